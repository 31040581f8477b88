"""What this floor adds to Wagtail's admin."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from quizzes.models import (
    Accommodation,
    Instrument,
    ItemTask,
    KeyCorrection,
    Question,
    Quiz,
    Response,
)
from quizzes.viewsets import QuizDesk
from sucharit.officers.permissions import AsCan
from sucharit.officers.selectors import Verb

for _model in (Question, Quiz, Response, ItemTask, KeyCorrection, Instrument):
    register_permission_policy(_model, AsCan(_model, Verb.MANAGE_QUIZZES))
register_permission_policy(Accommodation, AsCan(Accommodation, Verb.GRANT_ACCOMMODATIONS))


@hooks.register("register_admin_viewset")
def quiz_desk() -> QuizDesk:
    """The bank and the quizzes."""
    return QuizDesk()
