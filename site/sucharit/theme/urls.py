"""One address: the gallery of the design system."""

from django.urls import path

from sucharit.theme import views

app_name = "theme"
urlpatterns = [path("", views.gallery, name="gallery")]
