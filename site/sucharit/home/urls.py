"""The front doors of people who have signed in."""

from django.urls import path

from sucharit.home import hr_views, views

app_name = "home"
urlpatterns = [
    path("my/", views.my, name="my"),
    path("my/account/", views.account, name="account"),
    path("hr/", hr_views.desk, name="hr"),
    path("hr/agencies/<str:agency_id>/", hr_views.overview, name="hr_agency"),
    path("hr/agencies/<str:agency_id>/people/", hr_views.people, name="hr_people"),
    path("hr/agencies/<str:agency_id>/people.csv", hr_views.people_csv, name="hr_people_csv"),
    path("hr/agencies/<str:agency_id>/people.xlsx", hr_views.people_xlsx, name="hr_people_xlsx"),
    path("hr/people/<str:officer_id>/", hr_views.person, name="hr_person"),
    path("healthz", views.healthz, name="healthz"),
]
