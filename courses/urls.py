"""What learners do. The pages themselves are served by Wagtail (see `wagtail_hooks`)."""

from django.urls import path, register_converter

from courses import views
from courses.player import StepKind


class TestKindConverter:
    """`pre` or `post` in an address."""

    regex = "pre|post"

    def to_python(self, value: str) -> StepKind:
        """The kind of test."""
        return StepKind(value)

    def to_url(self, value: StepKind | str) -> str:
        """The word in the address."""
        return str(value)


register_converter(TestKindConverter, "test_kind")
app_name = "courses"
urlpatterns = [
    path("<str:code>/begin/", views.begin, name="begin"),
    path("<str:code>/lessons/<uuid:lesson_key>/read/", views.read_lesson, name="read_lesson"),
    path("<str:code>/test/<test_kind:which>/", views.test, name="test"),
    path("<str:code>/test/<test_kind:which>/<str:attempt_id>/", views.attempt, name="attempt"),
    path("<str:code>/test/<test_kind:which>/<str:attempt_id>/result/", views.result, name="result"),
    path("<str:code>/passed/", views.passed, name="passed"),
]
