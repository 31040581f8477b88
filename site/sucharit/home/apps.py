"""Floor 6: the front doors."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The public home page, the learner's page and the HR desk."""

    name = "sucharit.home"
    label = "home"
    verbose_name = "หน้าแรก"
