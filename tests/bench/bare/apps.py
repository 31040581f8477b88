"""The one app of the yardstick."""

from django.apps import AppConfig


class BareConfig(AppConfig):
    """Its label is also its tables' prefix."""

    name = "tests.bench.bare"
    label = "bare"
