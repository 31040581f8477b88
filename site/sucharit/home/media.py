"""Uploads served by the platform itself, for the embedded installation. A large one lets nginx do it with the same headers."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def serve_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One uploaded file, never a document: those go through Wagtail, which asks who may read them. An SVG or HTML file that someone opens alone runs nothing: the sandbox forbids it."""
    if path.startswith("documents/"):
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=86400"
    return response
