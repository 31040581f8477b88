"""What learners do. The pages themselves are served by Wagtail (see `wagtail_hooks`)."""

from django.urls import path, register_converter

from courses import views, views_attitude
from courses.player import StepKind
from quizzes.enums import Wave


class TestKindConverter:
    """`pre` or `post` in an address."""

    regex = "pre|post"

    def to_python(self, value: str) -> StepKind:
        """The kind of test."""
        return StepKind(value)

    def to_url(self, value: StepKind | str) -> str:
        """The word in the address."""
        return str(value)


class WaveConverter:
    """`before`, `after` or `later` in an address."""

    regex = "before|after|later"

    def to_python(self, value: str) -> Wave:
        """The wave."""
        return Wave(value)

    def to_url(self, value: Wave | str) -> str:
        """The word in the address."""
        return str(value)


register_converter(TestKindConverter, "test_kind")
register_converter(WaveConverter, "wave")
app_name = "courses"
urlpatterns = [
    path("<str:code>/begin/", views.begin, name="begin"),
    path("<str:code>/lessons/<uuid:lesson_key>/read/", views.read_lesson, name="read_lesson"),
    path("<str:code>/test/<test_kind:which>/", views.test, name="test"),
    path("<str:code>/test/<test_kind:which>/<str:attempt_id>/", views.attempt, name="attempt"),
    path("<str:code>/test/<test_kind:which>/<str:attempt_id>/result/", views.result, name="result"),
    path("<str:code>/passed/", views.passed, name="passed"),
    path("<str:code>/attitude/<wave:wave>/", views_attitude.attitude, name="attitude"),
]
