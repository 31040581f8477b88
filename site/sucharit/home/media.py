"""Uploads served by the platform itself, for the embedded installation. A large one lets nginx do it with the same headers."""

import posixpath

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# Where Wagtail keeps pictures and wagtailmedia its films and their stills. Whatever else lies there is nobody's to fetch.
PUBLIC_FOLDERS = ("images", "original_images", "media", "media_thumbnails")


def _public_path(path: str) -> str:
    """The path as the file system will read it. Raises Http404 for one that leaves the folders for everyone."""
    # `serve` tidies a path after us, so we look at the tidy one; a backslash separates too, on some systems.
    tidy = posixpath.normpath(path.replace("\\", "/")).lstrip("/")
    folder, _, name = tidy.partition("/")
    if folder not in PUBLIC_FOLDERS or not name or "\x00" in tidy:
        raise Http404
    return tidy


@require_safe
def serve_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One picture or film, never a document: those go through Wagtail, which asks who may read them.

    An SVG or HTML file that someone opens alone runs nothing: the sandbox forbids it.
    """
    response = serve(request, _public_path(path), document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=86400"
    return response
