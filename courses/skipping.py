"""What somebody has skipped, kept by their browser and nowhere else: a refusal is nobody's business."""

from collections.abc import Collection
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

COOKIE = "sucharit_skipped"
KEPT = timedelta(days=400)
# More than anybody has courses waiting; a longer cookie loses its oldest.
MOST = 20


def skipped(request: HttpRequest) -> Collection[tuple[str, str]]:
    """The (course code, wave) pairs that this browser was told to offer no more."""
    return _pairs(request)


def skip(request: HttpRequest, response: HttpResponse, *, code: str, wave: str) -> None:
    """Tell the browser to remember one more."""
    kept = [pair for pair in _pairs(request) if pair != (code, wave)] + [(code, wave)]
    response.set_cookie(
        COOKIE,
        "_".join(f"{code}.{wave}" for code, wave in kept[-MOST:]),
        max_age=KEPT,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    found = [part.partition(".") for part in request.COOKIES.get(COOKIE, "").split("_")]
    return [(code, wave) for code, _, wave in found if code and wave]
