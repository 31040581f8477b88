"""Floor 4: questions and attempts."""

from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    """The question bank and what learners answer."""

    name = "quizzes"
    label = "quizzes"
    verbose_name = "แบบทดสอบ"
