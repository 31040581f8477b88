"""What a browser would post from the pages of the admin: every field of the page as it stands, and what was typed."""

from typing import Any

from django.test import Client


def fields_of(response: Any) -> dict[str, Any]:
    """The fields of a page's form and rows, with their values."""
    context = response.context
    found: dict[str, Any] = {}
    for form in [context["form"], *(context.get("rows") or [])]:
        for bound in form:
            value = bound.value()
            if value is None or value is False:
                continue
            shown = (
                bound.field.widget.format_value(value)
                if hasattr(bound.field.widget, "format_value")
                else value
            )
            found[bound.html_name] = "on" if value is True else (shown if shown is not None else "")
    if context.get("rows") is not None:
        found |= {bound.html_name: bound.value() for bound in context["rows"].management_form}
    return found


def edit(client: Client, url: str, **typed: Any) -> Any:
    """Open a page, type over some fields (None clears one), and send it."""
    data = fields_of(client.get(url)) | typed
    return client.post(url, {name: value for name, value in data.items() if value is not None})


def said(response: Any) -> list[str]:
    """The messages shown after following to the page that was led to."""
    return [str(message) for message in response.wsgi_request._messages]
