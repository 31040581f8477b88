"""Model fields that every floor above may use."""

from typing import Any

from wagtail.fields import StreamField


class ContentField(StreamField):  # type: ignore[misc]
    """A StreamField whose block definitions stay out of migrations.

    Blocks are edited weekly while they are young; a migration that repeats two hundred lines of them each time says nothing
    about the database, where the column is text either way.
    """

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """The column only, without its blocks."""
        name, path, _, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
