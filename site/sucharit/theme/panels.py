"""Wagtail panels that speak พ.ศ."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import FieldPanel, PublishingPanel

from sucharit.theme.forms import AdminThaiDateTimeInput

__all__ = ["ThaiPublishingPanel"]

# The dialog that holds the two boxes listens for these.
_DIALOG = {
    "data-controller": "w-action",
    "data-action": "w-dialog:hidden->w-action#reset",
    "data-w-dialog-target": "notify",
}


class ThaiPublishingPanel(PublishingPanel):  # type: ignore[misc]
    """Scheduled publishing with the moment typed and shown in พ.ศ.: `settings_panels = [ThaiPublishingPanel()]`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "children",
            [
                FieldPanel(name, widget=AdminThaiDateTimeInput(attrs=_DIALOG))
                for name in ("go_live_at", "expire_at")
            ],
        )
        super().__init__(**kwargs)
