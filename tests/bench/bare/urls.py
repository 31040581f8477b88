"""Every address of the yardstick."""

from django.urls import path

from tests.bench.bare import hr, views

urlpatterns = [
    path("healthz", views.healthz),
    path("login/", views.sign_in),
    path("courses/", views.catalogue),
    path("courses/<str:code>/", views.course),
    path("courses/<str:code>/begin/", views.begin),
    path("courses/<str:code>/test/", views.test),
    path("courses/<str:code>/test/<str:attempt_id>/", views.attempt),
    path("courses/<str:code>/test/<str:attempt_id>/result/", views.result),
    path("courses/<str:code>/passed/", views.passed),
    path("courses/<str:code>/<int:number>/", views.lesson),
    path("courses/<str:code>/<int:number>/read/", views.read),
    path("hr/<str:agency_id>/people/", hr.people),
    path("hr/<str:agency_id>/people.csv", hr.people_csv),
]
