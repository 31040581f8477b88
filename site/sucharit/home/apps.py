"""Floor 6: the front doors."""

from importlib import import_module

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The public home page, the learner's page and the HR desk."""

    name = "sucharit.home"
    label = "home"
    verbose_name = "หน้าแรก"

    def ready(self) -> None:
        """Connect to Wagtail's publishing signals, once the models exist."""
        import_module("sucharit.home.signal_handlers")
