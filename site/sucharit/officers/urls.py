"""Doors that must be shut before Wagtail's own addresses are reached. The street plan puts them first."""

from django.urls import URLPattern, URLResolver, path

from sucharit.officers import views

admin_door_urls: list[URLPattern | URLResolver] = [
    path("admin/login/", views.admin_login, name="officers_admin_login"),
    path("admin/password_reset/", views.password_reset),
    path("admin/password_reset/<path:rest>", views.password_reset),
    # Wagtail serves a second login for private pages, outside its admin: a password alone would open a session there.
    path("_util/login/", views.page_login, name="officers_page_login"),
]
