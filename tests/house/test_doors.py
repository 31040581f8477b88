"""One table of role × address: every address of ours, who may come in, and what everybody else is told.

An address that is not in the table fails the test: whoever adds one writes down whom it is for. Wagtail's and allauth's own
addresses are theirs to test; the doors that we put before them, and the desks that we add to the admin, are ours.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.models import CampaignPage
from quizzes.enums import Remedy
from quizzes.imports import receive
from quizzes.models import Attempt, ItemTask, Question, QuestionVersion, Quiz
from quizzes.services import grant_accommodation, propose_correction
from sucharit.kernel.ids import new_serial
from sucharit.officers import services as people
from sucharit.officers.enums import HrBody, Role
from sucharit.officers.models import Audience, RoleGrant
from sucharit.records import rule_drafts, sealing
from sucharit.records import services as records
from sucharit.records.attachments import keep
from sucharit.records.models import AwardEvent, Certificate, Proposal, Requirement
from tests.attitudes.build import instrument
from tests.conftest import NOW, PASSWORD, TODAY
from tests.courses.build import School, read_all, school, start
from tests.quizzes.build import question
from tests.records.build import applied, complete

pytestmark = pytest.mark.django_db
OUR_PACKAGES = {"sucharit", "courses", "quizzes", "campaigns"}
# The desks of accounts are Wagtail's views on our model; their permissions have tests in tests/officers.
NOT_OURS = ("admin/users/", "admin/reports/", "admin/groups/")
ROLES = (
    "visitor",
    "learner",
    "hr",
    "hr_elsewhere",
    "central_hr",
    "author",
    "editor",
    "approver",
    "secretariat",
    "auditor",
    "administrator",
)

# S: sent to sign in. D: sent back to the admin's front page with a word. Numbers: that status. The columns are ROLES; «learner» is the person the things belong to, «hr» is HR of
# that person's department, «hr_elsewhere» of another.
GET = """
my/                                                          S    200  200  200  200  200  200  200  200  200  200
my/account/                                                  S    200  200  200  200  200  200  200  200  200  200
hr/                                                          S    404  302  302  200  404  404  404  200  200  404
hr/agencies/<str:agency_id>/                                 S    404  200  404  200  404  404  404  200  200  404
hr/agencies/<str:agency_id>/people/                          S    404  200  404  200  404  404  404  200  200  404
hr/agencies/<str:agency_id>/people.csv                       S    404  200  404  200  404  404  404  200  200  404
hr/agencies/<str:agency_id>/people.xlsx                      S    404  200  404  200  404  404  404  200  200  404
hr/people/<str:officer_id>/                                  S    404  200  404  200  404  404  404  200  200  404
my/records/                                                  S    200  200  200  200  200  200  200  200  200  200
my/records/ask/<str:kind>/                                   S    200  200  200  404  404  404  404  404  404  404
hr/people/<str:officer_id>/merge/                            S    404  200  404  200  404  404  404  200  404  404
hr/people/<str:officer_id>/acts/<str:kind>/                  S    404  200  404  200  404  404  404  200  404  404
hr/acts/                                                     S    404  200  200  200  404  404  404  200  200  404
hr/acts/<str:proposal_id>/                                   S    404  200  404  200  404  404  404  200  200  404
hr/acts/<str:proposal_id>/problems.csv                       S    404  200  404  200  404  404  404  200  404  404
hr/papers/<str:proposal_id>/                                 S    404  200  404  200  404  404  404  200  200  404
hr/import/                                                   S    404  200  200  200  404  404  404  200  404  404
hr/import/template.<str:kind>                                S    404  200  200  200  404  404  404  200  404  404
healthz                                                      200  200  200  200  200  200  200  200  200  200  200
certificates/<str:serial>.pdf                                S    200  404  404  404  404  404  404  404  404  404
rules/                                                       S    404  404  404  404  404  404  404  200  200  200
rules/<str:code>/                                            S    404  404  404  404  404  404  404  200  200  200
verify/                                                      200  200  200  200  200  200  200  200  200  200  200
verify/<str:serial>/                                         200  200  200  200  200  200  200  200  200  200  200
verify/<str:serial>/proof.json                               200  200  200  200  200  200  200  200  200  200  200
learn/<str:code>/begin/                                      405  405  405  405  405  405  405  405  405  405  405
learn/<str:code>/lessons/<uuid:lesson_key>/read/             405  405  405  405  405  405  405  405  405  405  405
learn/<str:code>/test/<test_kind:which>/                     S    200  200  200  403  403  403  403  403  403  403
learn/<str:code>/test/<test_kind:which>/<str:attempt_id>/    S    200  404  404  403  403  403  403  403  403  403
learn/<str:code>/test/<test_kind:which>/<str:attempt_id>/result/ S    302  404  404  403  403  403  403  403  403  403
learn/<str:code>/passed/                                     S    200  302  302  403  403  403  403  403  403  403
learn/<str:code>/attitude/<wave:wave>/                       S    200  302  302  403  403  403  403  403  403  403
design/                                                      200  200  200  200  200  200  200  200  200  200  200
admin/login/                                                 S    403  403  403  403  D    D    D    D    403  D
admin/password_reset/                                        302  302  302  302  302  302  302  302  302  302  302
admin/password_reset/<path:rest>                             302  302  302  302  302  302  302  302  302  302  302
_util/login/                                                 S    403  403  403  403  403  403  403  403  403  403
admin/questions/                                             S    S    S    S    S    D    200  200  D    S    200
admin/questions/results/                                     S    S    S    S    S    D    200  200  D    S    200
admin/questions/new/                                         S    S    S    S    S    D    200  200  D    S    200
admin/questions/edit/<int:pk>/                               S    S    S    S    S    D    200  200  D    S    200
admin/questions/history/<int:pk>/                            S    S    S    S    S    D    200  200  D    S    200
admin/questions/preview/<int:pk>/                            S    S    S    S    S    D    200  200  D    S    200
admin/questions/retire/<int:pk>/                             S    S    S    S    S    D    405  405  D    S    405
admin/questions/import/                                      S    S    S    S    S    D    200  200  D    S    200
admin/questions/import/<int:pk>/                             S    S    S    S    S    D    200  200  D    S    200
admin/questions/import/template.xlsx                         S    S    S    S    S    D    200  200  D    S    200
admin/questions/export/                                      S    S    S    S    S    D    200  200  D    S    200
admin/questions/correct/<int:pk>/                            S    S    S    S    S    D    200  200  D    S    200
admin/questions/bulk/                                        S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/                                               S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/results/                                       S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/new/                                           S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/edit/<int:pk>/                                 S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/pair/<int:pk>/                                 S    S    S    S    S    D    405  405  D    S    405
admin/corrections/                                           S    S    S    S    S    D    200  200  D    S    200
admin/corrections/results/                                   S    S    S    S    S    D    200  200  D    S    200
admin/corrections/<int:pk>/                                  S    S    S    S    S    D    200  200  D    S    200
admin/accommodations/                                        S    S    S    S    S    D    D    200  D    S    200
admin/accommodations/results/                                S    S    S    S    S    D    D    200  D    S    200
admin/accommodations/new/                                    S    S    S    S    S    D    D    200  D    S    200
admin/accommodations/<int:pk>/                               S    S    S    S    S    D    D    200  D    S    200
admin/gain/                                                  S    S    S    S    S    D    200  200  200  S    200
admin/gain/<str:code>/                                       S    S    S    S    S    D    200  200  200  S    200
admin/gain/<str:code>/gain.csv                               S    S    S    S    S    D    200  200  200  S    200
admin/gain/<str:code>/gain.xlsx                              S    S    S    S    S    D    200  200  200  S    200
admin/analysis/                                              S    S    S    S    S    D    200  200  D    S    200
admin/analysis/table.xlsx                                    S    S    S    S    S    D    404  404  D    S    404
admin/analysis/items/<int:pk>/                               S    S    S    S    S    D    200  200  D    S    200
admin/item-tasks/                                            S    S    S    S    S    D    200  200  D    S    200
admin/item-tasks/<int:pk>/                                   S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/                                             S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/results/                                     S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/new/                                         S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/edit/<int:pk>/                               S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/retire/<int:pk>/                             S    S    S    S    S    D    405  405  D    S    405
admin/attitudes/results/<int:pk>/                            S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/publish/<int:pk>/                            S    S    S    S    S    D    405  405  D    S    405
admin/requirements/                                          S    S    S    S    S    D    D    D    200  S    200
admin/requirements/results/                                  S    S    S    S    S    D    D    D    200  S    200
admin/requirements/new/                                      S    S    S    S    S    D    D    D    200  S    200
admin/requirements/edit/<int:pk>/                            S    S    S    S    S    D    D    D    200  S    200
admin/requirements/apply/<int:pk>/                           S    S    S    S    S    D    D    D    405  S    405
admin/requirements/propose/<int:pk>/                         S    S    S    S    S    D    D    D    200  S    200
admin/requirements/adopt/<int:pk>/                           S    S    S    S    S    D    D    D    405  S    405
admin/rule-drafts/                                           S    S    S    S    S    D    D    D    200  S    200
admin/rule-drafts/results/                                   S    S    S    S    S    D    D    D    200  S    200
admin/rule-drafts/<int:pk>/                                  S    S    S    S    S    D    D    D    200  S    200
admin/rule-drafts/change/<int:pk>/                           S    S    S    S    S    D    D    D    200  S    302
admin/rule-drafts/people/<int:pk>/                           S    S    S    S    S    D    D    D    200  S    404
admin/audiences/                                             S    S    S    S    S    D    D    D    200  S    200
admin/audiences/results/                                     S    S    S    S    S    D    D    D    200  S    200
admin/audiences/new/                                         S    S    S    S    S    D    D    D    200  S    200
admin/audiences/edit/<int:pk>/                               S    S    S    S    S    D    D    D    200  S    200
admin/roles/                                                 S    S    S    S    S    D    D    D    D    S    200
admin/roles/results/                                         S    S    S    S    S    D    D    D    D    S    200
admin/roles/new/                                             S    S    S    S    S    D    D    D    D    S    200
admin/roles/edit/<int:pk>/                                   S    S    S    S    S    D    D    D    D    S    200
admin/roles/delete/<int:pk>/                                 S    S    S    S    S    D    D    D    D    S    D
admin/roles/history/<int:pk>/                                S    S    S    S    S    D    D    D    D    S    200
admin/roles/history-results/<int:pk>/                        S    S    S    S    S    D    D    D    D    S    200
admin/roles/usage/<int:pk>/                                  S    S    S    S    S    D    D    D    D    S    200
page:home                                                    200  200  200  200  200  200  200  200  200  200  200
page:catalogue                                               200  200  200  200  200  200  200  200  200  200  200
page:course                                                  200  200  200  200  200  200  200  200  200  200  200
page:lesson-1                                                S    200  200  200  200  200  200  200  200  200  200
page:lesson-3                                                S    200  403  403  403  200  200  200  403  403  200
page:campaigns                                               200  200  200  200  200  200  200  200  200  200  200
page:campaign                                                200  200  200  200  200  200  200  200  200  200  200
page:draft                                                   404  404  404  404  404  404  404  404  404  404  404
page:admin                                                   S    S    S    S    S    200  200  200  200  S    200
page:media                                                   404  404  404  404  404  404  404  404  404  404  404
"""
# What an empty or forged POST meets. The learner's own acts come last in the learner's world, so their order does not matter.
POST = """
my/                                                          405  405  405  405  405  405  405  405  405  405  405
my/account/                                                  405  405  405  405  405  405  405  405  405  405  405
hr/                                                          405  405  405  405  405  405  405  405  405  405  405
hr/agencies/<str:agency_id>/                                 405  405  405  405  405  405  405  405  405  405  405
hr/agencies/<str:agency_id>/people/                          405  405  405  405  405  405  405  405  405  405  405
hr/agencies/<str:agency_id>/people.csv                       405  405  405  405  405  405  405  405  405  405  405
hr/agencies/<str:agency_id>/people.xlsx                      405  405  405  405  405  405  405  405  405  405  405
hr/people/<str:officer_id>/                                  405  405  405  405  405  405  405  405  405  405  405
my/records/                                                  405  405  405  405  405  405  405  405  405  405  405
my/records/ask/<str:kind>/                                   S    200  200  200  404  404  404  404  404  404  404
hr/people/<str:officer_id>/merge/                            405  405  405  405  405  405  405  405  405  405  405
hr/people/<str:officer_id>/acts/<str:kind>/                  S    404  200  404  200  404  404  404  200  404  404
hr/acts/                                                     405  405  405  405  405  405  405  405  405  405  405
hr/acts/<str:proposal_id>/                                   S    404  200  404  200  404  404  404  200  404  404
hr/acts/<str:proposal_id>/problems.csv                       405  405  405  405  405  405  405  405  405  405  405
hr/papers/<str:proposal_id>/                                 405  405  405  405  405  405  405  405  405  405  405
hr/import/                                                   S    404  200  200  200  404  404  404  200  404  404
hr/import/template.<str:kind>                                405  405  405  405  405  405  405  405  405  405  405
healthz                                                      405  405  405  405  405  405  405  405  405  405  405
certificates/<str:serial>.pdf                                405  405  405  405  405  405  405  405  405  405  405
rules/                                                       405  405  405  405  405  405  405  405  405  405  405
rules/<str:code>/                                            405  405  405  405  405  405  405  405  405  405  405
verify/                                                      405  405  405  405  405  405  405  405  405  405  405
verify/<str:serial>/                                         405  405  405  405  405  405  405  405  405  405  405
verify/<str:serial>/proof.json                               405  405  405  405  405  405  405  405  405  405  405
learn/<str:code>/begin/                                      S    302  302  302  403  403  403  403  403  403  403
learn/<str:code>/lessons/<uuid:lesson_key>/read/             S    302  302  302  403  403  403  403  403  403  403
learn/<str:code>/test/<test_kind:which>/                     S    302  302  302  403  403  403  403  403  403  403
learn/<str:code>/test/<test_kind:which>/<str:attempt_id>/    S    302  404  404  403  403  403  403  403  403  403
learn/<str:code>/test/<test_kind:which>/<str:attempt_id>/result/ 405  405  405  405  405  405  405  405  405  405  405
learn/<str:code>/passed/                                     405  405  405  405  405  405  405  405  405  405  405
learn/<str:code>/attitude/<wave:wave>/                       S    200  302  302  403  403  403  403  403  403  403
design/                                                      200  200  200  200  200  200  200  200  200  200  200
admin/login/                                                 S    403  403  403  403  D    D    D    D    403  D
admin/password_reset/                                        302  302  302  302  302  302  302  302  302  302  302
admin/password_reset/<path:rest>                             302  302  302  302  302  302  302  302  302  302  302
_util/login/                                                 S    403  403  403  403  403  403  403  403  403  403
admin/questions/                                             S    S    S    S    S    D    405  405  D    S    405
admin/questions/results/                                     S    S    S    S    S    D    405  405  D    S    405
admin/questions/new/                                         S    S    S    S    S    D    200  200  D    S    200
admin/questions/edit/<int:pk>/                               S    S    S    S    S    D    200  200  D    S    200
admin/questions/history/<int:pk>/                            S    S    S    S    S    D    405  405  D    S    405
admin/questions/preview/<int:pk>/                            S    S    S    S    S    D    405  405  D    S    405
admin/questions/retire/<int:pk>/                             S    S    S    S    S    D    302  302  D    S    302
admin/questions/import/                                      S    S    S    S    S    D    200  200  D    S    200
admin/questions/import/<int:pk>/                             S    S    S    S    S    D    302  302  D    S    302
admin/questions/import/template.xlsx                         S    S    S    S    S    D    405  405  D    S    405
admin/questions/export/                                      S    S    S    S    S    D    405  405  D    S    405
admin/questions/correct/<int:pk>/                            S    S    S    S    S    D    200  200  D    S    200
admin/questions/bulk/                                        S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/                                               S    S    S    S    S    D    405  405  D    S    405
admin/quizzes/results/                                       S    S    S    S    S    D    405  405  D    S    405
admin/quizzes/new/                                           S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/edit/<int:pk>/                                 S    S    S    S    S    D    200  200  D    S    200
admin/quizzes/pair/<int:pk>/                                 S    S    S    S    S    D    302  302  D    S    302
admin/corrections/                                           S    S    S    S    S    D    405  405  D    S    405
admin/corrections/results/                                   S    S    S    S    S    D    405  405  D    S    405
admin/corrections/<int:pk>/                                  S    S    S    S    S    D    200  200  D    S    200
admin/accommodations/                                        S    S    S    S    S    D    D    405  D    S    405
admin/accommodations/results/                                S    S    S    S    S    D    D    405  D    S    405
admin/accommodations/new/                                    S    S    S    S    S    D    D    200  D    S    200
admin/accommodations/<int:pk>/                               S    S    S    S    S    D    D    302  D    S    302
admin/gain/                                                  S    S    S    S    S    D    405  405  405  S    405
admin/gain/<str:code>/                                       S    S    S    S    S    D    405  405  405  S    405
admin/gain/<str:code>/gain.csv                               S    S    S    S    S    D    405  405  405  S    405
admin/gain/<str:code>/gain.xlsx                              S    S    S    S    S    D    405  405  405  S    405
admin/analysis/                                              S    S    S    S    S    D    405  405  D    S    405
admin/analysis/table.xlsx                                    S    S    S    S    S    D    405  405  D    S    405
admin/analysis/items/<int:pk>/                               S    S    S    S    S    D    405  405  D    S    405
admin/item-tasks/                                            S    S    S    S    S    D    405  405  D    S    405
admin/item-tasks/<int:pk>/                                   S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/                                             S    S    S    S    S    D    405  405  D    S    405
admin/attitudes/results/                                     S    S    S    S    S    D    405  405  D    S    405
admin/attitudes/new/                                         S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/edit/<int:pk>/                               S    S    S    S    S    D    200  200  D    S    200
admin/attitudes/retire/<int:pk>/                             S    S    S    S    S    D    302  302  D    S    302
admin/attitudes/results/<int:pk>/                            S    S    S    S    S    D    405  405  D    S    405
admin/attitudes/publish/<int:pk>/                            S    S    S    S    S    D    302  302  D    S    302
admin/requirements/                                          S    S    S    S    S    D    D    D    405  S    405
admin/requirements/results/                                  S    S    S    S    S    D    D    D    405  S    405
admin/requirements/new/                                      S    S    S    S    S    D    D    D    200  S    200
admin/requirements/edit/<int:pk>/                            S    S    S    S    S    D    D    D    200  S    200
admin/requirements/apply/<int:pk>/                           S    S    S    S    S    D    D    D    302  S    302
admin/requirements/propose/<int:pk>/                         S    S    S    S    S    D    D    D    200  S    200
admin/requirements/adopt/<int:pk>/                           S    S    S    S    S    D    D    D    302  S    302
admin/rule-drafts/                                           S    S    S    S    S    D    D    D    405  S    405
admin/rule-drafts/results/                                   S    S    S    S    S    D    D    D    405  S    405
admin/rule-drafts/<int:pk>/                                  S    S    S    S    S    D    D    D    200  S    200
admin/rule-drafts/change/<int:pk>/                           S    S    S    S    S    D    D    D    200  S    200
admin/rule-drafts/people/<int:pk>/                           S    S    S    S    S    D    D    D    405  S    405
admin/audiences/                                             S    S    S    S    S    D    D    D    405  S    405
admin/audiences/results/                                     S    S    S    S    S    D    D    D    405  S    405
admin/audiences/new/                                         S    S    S    S    S    D    D    D    200  S    200
admin/audiences/edit/<int:pk>/                               S    S    S    S    S    D    D    D    200  S    200
admin/roles/                                                 S    S    S    S    S    D    D    D    D    S    405
admin/roles/results/                                         S    S    S    S    S    D    D    D    D    S    405
admin/roles/new/                                             S    S    S    S    S    D    D    D    D    S    200
admin/roles/delete/<int:pk>/                                 S    S    S    S    S    D    D    D    D    S    D
admin/roles/history/<int:pk>/                                S    S    S    S    S    D    D    D    D    S    405
admin/roles/history-results/<int:pk>/                        S    S    S    S    S    D    D    D    D    S    405
admin/roles/usage/<int:pk>/                                  S    S    S    S    S    D    D    D    D    S    405
admin/roles/edit/<int:pk>/                                   S    S    S    S    S    D    D    D    D    S    302
"""


def rows(table: str) -> dict[str, list[str]]:
    """The table by address."""
    lines = [line.split() for line in table.strip().splitlines()]
    return {address: expected for address, *expected in lines}


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its whole path."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, path)
        else:
            yield path, pattern


def _homes(callback: object) -> set[str]:
    """The packages a view and its model come from."""
    places = {callback.__module__}
    view = getattr(callback, "view_class", None)
    if view is not None:
        places.add(view.__module__)
    model = (getattr(callback, "view_initkwargs", None) or {}).get("model")
    if isinstance(model, type):
        places.add(model.__module__)
    return {place.split(".")[0] for place in places}


def ours() -> list[str]:
    """The paths of our own patterns."""
    found = [path for path, pattern in walk(get_resolver()) if _homes(pattern.callback) & OUR_PACKAGES]
    return [path for path in found if not path.startswith(NOT_OURS)]


@dataclass
class House:
    """The addresses of the things that belong to the learner, by pattern."""

    addresses: dict[str, str]

    def __getitem__(self, pattern: str) -> str:
        return self.addresses.get(pattern) or "/" + pattern


def _of_the_quiz_desk(world) -> dict[str, int]:
    """A correction that waits, and an accommodation, both of an administrator's making."""
    by_id = world.users["secretariat"].pk
    version = Question.objects.get(code="SPARE").current
    correction = propose_correction(version=version, remedy=Remedy.VOID, reason="ตัดข้อนี้", by_id=by_id, now=NOW)
    granted = grant_accommodation(
        officer_id=world.thawat.pk,
        quiz=None,
        reason="สัญญาณขัดข้อง",
        valid_from=TODAY,
        extra_attempts=1,
        by_id=by_id,
        now=NOW,
    )
    return {"corrections": correction.pk, "accommodations": granted.pk}


def _draft(world) -> int:
    """A draft by the secretariat, of the one requirement, that its maker may still change."""
    rule, by_id = Requirement.objects.get(), world.secretariat.pk
    facts = replace(rule_drafts.facts_of(rule, now=NOW), grace_days=3)
    return records.propose_change(requirement=rule, facts=facts, by_id=by_id, now=NOW).pk


def _of_the_hr_desk(world) -> dict[str, dict[str, str]]:
    """A revocation with a paper that waits, and a file that waits, both of the department's HR; and a kind by address."""
    by = world.daruni.user
    facts = {"state": "waiting", "made_by": by, "made_at": NOW, "reason": "ก"}
    paper = keep(upload=SimpleUploadedFile("a.pdf", b"%PDF-1"), by_id=by.pk, now=NOW)
    revocation = Proposal.objects.create(
        kind="revoke",
        officer=world.somsri,
        agency=world.province,
        award=AwardEvent.objects.get(),
        attachment=paper,
        **facts,
    )
    file = Proposal.objects.create(
        kind="import", agency=world.community, payload={"filename": "a.csv"}, **facts
    )
    return {
        "<str:proposal_id>": {"problems": file.public_id, "": revocation.public_id},
        "<str:kind>": {"template": "xlsx", "ask/": "contest", "": "manual"},
    }


def _addresses(world, place: School, attempt: str) -> dict[str, str]:
    agency, code = world.province.public_id, place.course.code
    serial, lesson = Certificate.objects.get().serial, place.lessons[2].translation_key
    grant = RoleGrant.objects.get(user=world.daruni.user).pk
    pks = {
        "questions": Question.objects.get(code="SPARE").pk,
        "quizzes": Quiz.objects.get(code="POST").pk,
        "requirements": Requirement.objects.get().pk,
        "rule-drafts": _draft(world),
        "audiences": Audience.objects.get().pk,
        "roles": grant,
        **_of_the_quiz_desk(world),
        "analysis": QuestionVersion.objects.get(question__code="SPARE").pk,
        "item-tasks": ItemTask.objects.get().pk,
        "attitudes": place.course.attitude_id,
    }
    versions = {"admin/questions/correct/<int:pk>/": Question.objects.get(code="SPARE").current_id}
    look = receive(filename="a.txt", content=b"x", now=NOW, by_id=None).pk
    found = {
        path: "/"
        + path.replace(
            "<int:pk>",
            str(look if "import" in path else versions.get(path, pks.get(path.split("/")[1], 1))),
        )
        for path in ours()
        if path.startswith("admin/")
    }
    replace = {
        "<str:agency_id>": agency,
        "<str:officer_id>": world.somsri.public_id,
        "<str:serial>": serial,
        "<str:code>": code,
        "<uuid:lesson_key>": str(lesson),
        "<test_kind:which>": "post",
        "<wave:wave>": "after",
        "<str:attempt_id>": attempt,
        "<path:rest>": "done/",
    }
    found["rules/<str:code>/"] = f"/rules/{Requirement.objects.get().code}/"
    proposed = _of_the_hr_desk(world)
    for path in ours():
        address = found.get(path, "/" + path)
        for mark, values in proposed.items():
            address = address.replace(mark, next(value for part, value in values.items() if part in path))
        for mark, value in replace.items():
            address = address.replace(mark, value)
        found[path] = address
    return found | {
        "page:home": "/",
        "page:catalogue": "/courses/",
        "page:course": place.url,
        "page:lesson-1": f"{place.url}lesson-1/",
        "page:lesson-3": f"{place.url}lesson-3/",
        "page:campaigns": "/campaigns/",
        "page:campaign": "/campaigns/c-now/",
        "page:draft": "/campaigns/c-draft/",
        "page:admin": "/admin/",
        "page:media": "/media/secret.pdf",
    }


@pytest.fixture
def house(world, signed_in) -> Iterator[House]:
    """The learner has read, passed and begun again; HR has a requirement; an editor has a campaign and a draft."""
    with time_machine.travel(NOW, tick=True):
        place = school()
        spare = question("SPARE", standard=7)
        ItemTask.objects.create(
            version=spare, code="too_easy", severity="low", opened_at=NOW, measured_at=NOW
        )
        place.course.attitude = instrument()
        place.course.save_revision().publish()
        for slug, live in (("now", True), ("draft", False)):
            page = CampaignPage(
                title="รณรงค์", slug=f"c-{slug}", message="ม", starts_on=TODAY, ends_on=TODAY, live=live
            )
            place.campaigns.add_child(instance=page)
        applied([world.ministry, world.comptroller])
        somsri = signed_in(world.somsri.user)
        read_all(somsri, place)
        award = complete(world.somsri, key="one")
        pdf = b"%PDF"
        Certificate.objects.create(
            serial=new_serial(2570),
            award=award,
            issued_at=NOW,
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
        )
        start(somsri, place)
        sealing.seal(NOW)
        yield House(_addresses(world, place, Attempt.objects.get().public_id))


@pytest.fixture
def clients(world, signed_in):
    """A client for each role."""
    administrator = type(world.secretariat).objects.create_superuser("root@example.go.th")
    users = {"visitor": None, **world.users, "administrator": administrator}
    for role in (Role.AUTHOR, Role.APPROVER, Role.AUDITOR, Role.CENTRAL_HR):
        user = people.open_account(email=f"{role}@example.go.th", password=PASSWORD, first_name=str(role))
        body = {"hr_body": HrBody.OCSC} if role is Role.CENTRAL_HR else {}
        people.grant_role(user=user, role=role, now=NOW, **body)
        users[str(role)] = user
    return {role: signed_in(users[role]) for role in ROLES}


def told(answer) -> str:
    """S where one is sent to sign in, D where the admin sends one back to its front page, else the status."""
    status = answer.status_code
    if status == 302 and answer.url == "/admin/":
        return "D"
    if status == 302 and answer.url.startswith(("/accounts/login/", "/admin/login/")):
        return "S"
    return str(status)


def test_every_address_of_ours_is_in_the_table():
    assert set(ours()) - set(rows(GET)) == set(), "write down whom these are for"
    assert set(rows(GET)) - set(ours()) == {path for path in rows(GET) if path.startswith("page:")}
    assert set(rows(POST)) == set(ours())


@pytest.mark.parametrize("role", ROLES)
def test_who_may_look(house, clients, role):
    column = ROLES.index(role)
    wrong = []
    for pattern, expected in rows(GET).items():
        answer = clients[role].get(house[pattern])
        found = told(answer)
        if answer.streaming:
            b"".join(answer)  # a file is closed when it was read to its end
        if found != expected[column]:
            wrong.append(f"{pattern}: {found}, expected {expected[column]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_act(house, clients, role):
    column = ROLES.index(role)
    wrong = []
    for pattern, expected in rows(POST).items():
        found = told(clients[role].post(house[pattern]))
        if found != expected[column]:
            wrong.append(f"{pattern}: {found}, expected {expected[column]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_change_nothing(house, clients, method):
    for role in ("visitor", "learner", "hr", "editor"):
        for pattern in rows(GET):
            answer = getattr(clients[role], method)(house[pattern])
            assert answer.status_code < 500, (method, pattern, role)
    assert Attempt.objects.get().state == "open"
    assert Certificate.objects.count() == 1


def test_csrf_is_asked_for_everywhere(house, world, settings):
    from django.test import Client

    settings.SECOND_FACTOR_REQUIRED = False
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.somsri.user, backend="sucharit.officers.backends.AccountBackend")
    for pattern in rows(POST):
        if pattern.startswith("learn/") and not pattern.endswith(("result/", "passed/")):
            assert client.post(house[pattern]).status_code == 403, pattern


def test_foreign_things_look_like_things_that_never_were(house, world, clients):
    """404 for both, with the same page: whether somebody else's thing exists is not told."""
    hr = clients["hr_elsewhere"]
    for pattern in (
        "hr/agencies/<str:agency_id>/",
        "hr/people/<str:officer_id>/",
        "certificates/<str:serial>.pdf",
    ):
        foreign = hr.get(house[pattern])
        missing = hr.get(
            "/" + pattern.replace(pattern[pattern.index("<") : pattern.index(">") + 1], "0" * 16)
        )
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
