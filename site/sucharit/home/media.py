"""Uploads served by the platform itself, for the embedded installation. A large one lets nginx do it with the same headers."""

import posixpath

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# Where Wagtail keeps pictures and wagtailmedia its films and their stills. Whatever else lies there is nobody's to fetch.
# Pictures of questions are named by their hash: who has not met the question cannot guess one, and none ever changes.
UNCHANGING = "question_pictures"
PUBLIC_FOLDERS = ("images", "original_images", "media", "media_thumbnails", UNCHANGING)


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
    tidy = _public_path(path)
    response = serve(request, tidy, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    response["X-Content-Type-Options"] = "nosniff"
    is_named_by_hash = tidy.startswith(f"{UNCHANGING}/")
    response["Cache-Control"] = f"public, max-age={'31536000, immutable' if is_named_by_hash else '86400'}"
    return response
