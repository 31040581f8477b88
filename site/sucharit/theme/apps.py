"""The design system as a Django app."""

from django.apps import AppConfig


class ThemeConfig(AppConfig):
    """Tokens, components, forms, charts and content blocks; no models and no tables."""

    name = "sucharit.theme"
    label = "theme"
    verbose_name = "ระบบออกแบบ"
