"""The one family of errors that the domain raises.

Every message is a Thai sentence that may be shown to the person as it stands; `code` is for programs and
logs. A view maps the class to a status (InvalidInput 400, Refused 403/409, Conflict 409, NotFound and
OutOfScope 404).
"""

from __future__ import annotations

from typing import Any

__all__ = ["Conflict", "DomainError", "InvalidInput", "NotFound", "OutOfScope", "Refused"]


class DomainError(Exception):
    """Something the domain will not do. `data` holds facts for logs and templates, never personal numbers."""

    def __init__(self, code: str, message: str, **data: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        # The message and the data stay out: representations end up in logs.
        return f"<{type(self).__name__} {self.code}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process borders in workers and in parallel tests; keyword data would be lost by
        # default.
        return _rebuild, (type(self), self.code, self.message, self._keywords())

    def _keywords(self) -> dict[str, object]:
        return dict(self.data)


class InvalidInput(DomainError):  # noqa: N818
    """What the person typed cannot be used. `field` names the input it belongs to ("" for the whole form)."""

    def __init__(self, code: str, message: str, *, field: str = "", **data: object) -> None:
        super().__init__(code, message, **data)
        self.field = field

    def _keywords(self) -> dict[str, object]:
        return {**self.data, "field": self.field}


class Refused(DomainError):  # noqa: N818
    """The request is well formed, and a rule of the house forbids it."""


class Conflict(DomainError):  # noqa: N818
    """The state changed under the person's hands, or the same thing exists already."""


class NotFound(DomainError):  # noqa: N818
    """There is no such thing."""


class OutOfScope(NotFound):
    """It exists, but outside what the person may see; answered like NotFound, so that nothing leaks."""


def _rebuild(cls: type[DomainError], code: str, message: str, keywords: dict[str, Any]) -> DomainError:
    return cls(code, message, **keywords)
