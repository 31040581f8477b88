"""Certificates: one's own file, and the page where anyone may check one. Rules: every version of what was ever required."""

from django.urls import path

from sucharit.records import views

app_name = "records"
urlpatterns = [
    path("certificates/<str:serial>.pdf", views.certificate, name="certificate"),
    path("rules/", views.rules, name="rules"),
    path("rules/<str:code>/", views.rule, name="rule"),
    path("verify/", views.verify_form, name="verify_form"),
    path("verify/<str:serial>/", views.verify, name="verify"),
    path("verify/<str:serial>/proof.json", views.proof, name="proof"),
]
