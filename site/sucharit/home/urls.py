"""The front doors of people who have signed in."""

from django.urls import path

from sucharit.home import hr_acts, hr_imports, hr_views, my_records, views

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
    path("hr/people/<str:officer_id>/merge/", hr_acts.find_other, name="hr_find_other"),
    path("hr/people/<str:officer_id>/acts/<str:kind>/", hr_acts.act, name="hr_act_form"),
    path("hr/acts/", hr_acts.index, name="hr_acts"),
    path("hr/acts/<str:proposal_id>/", hr_acts.one, name="hr_act"),
    path("hr/acts/<str:proposal_id>/problems.csv", hr_imports.problems, name="hr_import_problems"),
    path("hr/papers/<str:proposal_id>/", hr_imports.paper, name="hr_paper"),
    path("hr/import/", hr_imports.new, name="hr_import"),
    path("hr/import/template.<str:kind>", hr_imports.template, name="hr_import_template"),
    path("my/records/", my_records.mine, name="my_records"),
    path("my/records/ask/<str:kind>/", my_records.ask, name="my_ask"),
    path("healthz", views.healthz, name="healthz"),
]
