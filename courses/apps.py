"""Floor 5: courses."""

from importlib import import_module

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Course pages, the player and what learners do in them."""

    name = "courses"
    label = "courses"
    verbose_name = "รายวิชา"

    def ready(self) -> None:
        """Connect to Wagtail's publishing signals, once the models exist."""
        import_module("courses.signal_handlers")
