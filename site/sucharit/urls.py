"""The street plan: which address leads to which room."""

from django.conf import settings
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from sucharit.home import errors
from sucharit.home.media import serve_media
from sucharit.officers.urls import admin_door_urls

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("", include("sucharit.home.urls")),
    path("", include("sucharit.records.urls")),
    path("learn/", include("courses.urls")),
    path("design/", include("sucharit.theme.urls")),
    path("accounts/", include("allauth.urls")),
    # Wagtail's own login stays shut: it would let a password in without rate limit or second factor.
    *admin_door_urls,
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]
if settings.SERVE_MEDIA:
    urlpatterns += [re_path(r"^media/(?P<path>.+)$", serve_media, name="media")]
urlpatterns += [path("", include(wagtail_urls))]
