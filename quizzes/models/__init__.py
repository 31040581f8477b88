"""What the quiz engine keeps: the bank, the blueprints, the attempts, and what the answers taught."""

from quizzes.models.attempts import Accommodation, Attempt, Response
from quizzes.models.attitudes import AttitudeAnswer, AttitudeResult, Instrument, Statement
from quizzes.models.bank import BankImport, Question, QuestionVersion, Topic
from quizzes.models.blueprint import Quiz, QuizDraw
from quizzes.models.corrections import ItemTask, KeyCorrection, ScoreChange
from quizzes.models.images import BankRow, PictureUse, QuestionImage
from quizzes.models.items import ItemMeasure
from quizzes.models.setbacks import Setback

__all__ = [
    "Accommodation",
    "Attempt",
    "AttitudeAnswer",
    "AttitudeResult",
    "BankImport",
    "BankRow",
    "Instrument",
    "ItemMeasure",
    "ItemTask",
    "KeyCorrection",
    "PictureUse",
    "Question",
    "QuestionImage",
    "QuestionVersion",
    "Quiz",
    "QuizDraw",
    "Response",
    "ScoreChange",
    "Setback",
    "Statement",
    "Topic",
]
