"""Fixtures of the whole house. Named people make permission tests read as stories:

Somsri learns in a district office, Daruni is HR of her department, Thawat is HR of another, Pakphum edits content.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client

from sucharit.kernel.immutability import allow_change_sql, refuse_change_sql
from sucharit.officers import services as people
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType, Role
from sucharit.officers.models import Agency, Officer, User

EVIDENCE = [
    ("records", "AwardEvent"),
    ("records", "Edition"),
    ("records", "Certificate"),
    ("records", "AccessEntry"),
    ("records", "Decision"),
    ("records", "LedgerEntry"),
    ("records", "Seal"),
    ("records", "SigningKey"),
    ("records", "RuleVersion"),
    ("quizzes", "QuestionVersion"),
    ("courses", "EditionContent"),
]
EVIDENCE_KEYS = {
    "records_awardevent": [["idempotency_key"]],
    "records_edition": [["subject_id", "number"]],
    "records_certificate": [["serial"], ["award_id"]],
    "records_decision": [["idempotency_key"]],
    "records_ledgerentry": [["award_id"], ["decision_id"]],
    "records_seal": [["first_position"], ["last_position"]],
    "records_signingkey": [["key_id"], ["public_key"], ["from_seal"], ["endorsed_by_id"]],
    "records_ruleversion": [["requirement_id", "number"]],
    "quizzes_questionversion": [["question_id", "number"]],
    "courses_editioncontent": [["edition_id"]],
}
# Half past nine on a working morning in Bangkok, in fiscal year 2570.
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PASSWORD = "tests-only-password-2569"


def pytest_configure(config: pytest.Config) -> None:
    """Compile our translations once, before any worker reads them: a checkout holds only the readable files."""
    if hasattr(config, "workerinput"):
        return
    for source in Path(__file__).parents[1].glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def _evidence_tables() -> list[str]:
    return [apps.get_model(app, name)._meta.db_table for app, name in EVIDENCE]


@pytest.fixture(scope="session", autouse=True)
def flush_may_empty_evidence() -> Iterator[None]:
    """Let the test framework empty the tables between transactional tests, which the database itself refuses."""
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        vendor = self.connection.vendor
        with self.connection.cursor() as cursor:
            for table in _evidence_tables():
                for statement in allow_change_sql(table, vendor):
                    cursor.execute(statement)
        original(self, sql_list)
        with self.connection.cursor() as cursor:
            for table in _evidence_tables():
                for statement in refuse_change_sql(table, vendor, "evidence", EVIDENCE_KEYS.get(table, ())):
                    cursor.execute(statement)

    BaseDatabaseOperations.execute_sql_flush = flush
    yield
    BaseDatabaseOperations.execute_sql_flush = original


@pytest.fixture(scope="session", autouse=True)
def media_folder() -> Iterator[None]:
    """Uploads of a test run go when it ends."""
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    shutil.rmtree(settings.LEDGER, ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """No test inherits rate limits or cached pages."""
    cache.clear()


@pytest.fixture(autouse=True)
def empty_ledger_folder() -> None:
    """The database forgets what a test sealed; so do the keys and checkpoints beside it."""
    for folder in (settings.LEDGER_KEYS, settings.LEDGER_CHECKPOINTS):
        if folder.exists():
            shutil.rmtree(folder)


@pytest.fixture
def is_postgresql(db: None) -> bool:
    """Whether this run is on PostgreSQL."""
    return connection.vendor == "postgresql"


@pytest.fixture
def now() -> datetime:
    """The instant at which the tests' world stands."""
    return NOW


@pytest.fixture
def today() -> date:
    """The Bangkok day of `now`."""
    return TODAY


@dataclass(frozen=True)
class World:
    """A small state: one ministry, two departments, divisions below them, and the people in them."""

    ministry: Agency
    community: Agency
    division: Agency
    province: Agency
    comptroller: Agency
    treasury: Agency
    somsri: Officer
    daruni: Officer
    thawat: Officer
    anan: Officer
    pakphum: User
    secretariat: User

    @property
    def users(self) -> dict[str, User]:
        """The accounts by role name, for tables of role × address."""
        return {
            "learner": self.somsri.user,
            "hr": self.daruni.user,
            "hr_elsewhere": self.thawat.user,
            "editor": self.pakphum,
            "secretariat": self.secretariat,
        }


def enter(first: str, last: str, agency: Agency, **facts: Any) -> Officer:
    """One officer with a posting since October 2020."""
    newcomer = people.NewOfficer(
        title=facts.pop("title", "นาง"),
        first_name=first,
        last_name=last,
        personnel_type=facts.pop("personnel_type", PersonnelType.CIVIL_SERVANT),
        agency=agency,
        position_title=facts.pop("position_title", "นักวิชาการพัฒนาชุมชน"),
        position_type=facts.pop("position_type", PositionType.ACADEMIC),
        position_level=facts.pop("position_level", PositionLevel.K2),
        **facts,
    )
    return people.enter_officers(people=[newcomer])[0]


@pytest.fixture
def world(db: None) -> World:
    """The small state, entered through the services that real data enters through."""
    ministry = people.add_agency(parent=None, code="MOI", name="กระทรวงมหาดไทย", level="01")
    community = people.add_agency(parent=ministry, code="CDD", name="กรมการพัฒนาชุมชน", level="02")
    division = people.add_agency(parent=community, code="CDD-HR", name="กองการเจ้าหน้าที่", level="03")
    province = people.add_agency(
        parent=community, code="CDD-CMI", name="สำนักงานพัฒนาชุมชนจังหวัดเชียงใหม่", level="03"
    )
    finance = people.add_agency(parent=None, code="MOF", name="กระทรวงการคลัง", level="01")
    comptroller = people.add_agency(parent=finance, code="CGD", name="กรมบัญชีกลาง", level="02")
    treasury = people.add_agency(parent=comptroller, code="CGD-HR", name="กองบริหารทรัพยากรบุคคล", level="03")
    somsri = enter("สมศรี", "ใจดี", province)
    daruni = enter("ดารุณี", "บุญเรือง", division)
    thawat = enter("ธวัชชัย", "ศรีงาม", treasury, title="นาย")
    anan = enter("อนันต์", "แก้วใส", treasury, title="นาย")
    for officer, name in ((somsri, "somsri"), (daruni, "daruni"), (thawat, "thawat")):
        people.open_account(email=f"{name}@example.go.th", password=PASSWORD, officer=officer)
    pakphum = people.open_account(email="pakphum@example.go.th", password=PASSWORD, first_name="ภาคภูมิ")
    secretariat = people.open_account(
        email="secretariat@example.go.th", password=PASSWORD, first_name="ฝ่ายเลขานุการ"
    )
    people.grant_role(user=daruni.user, role=Role.AGENCY_HR, agency=community, now=NOW)
    people.grant_role(user=thawat.user, role=Role.AGENCY_HR, agency=comptroller, now=NOW)
    people.grant_role(user=pakphum, role=Role.EDITOR, now=NOW)
    people.grant_role(user=secretariat, role=Role.SECRETARIAT, now=NOW)
    fresh = {agency.pk: agency for agency in Agency.objects.all()}
    return World(
        ministry=fresh[ministry.pk],
        community=fresh[community.pk],
        division=fresh[division.pk],
        province=fresh[province.pk],
        comptroller=fresh[comptroller.pk],
        treasury=fresh[treasury.pk],
        somsri=somsri,
        daruni=daruni,
        thawat=thawat,
        anan=anan,
        pakphum=pakphum,
        secretariat=secretariat,
    )


@pytest.fixture
def signed_in(settings: Any) -> Callable[[User | None], Client]:
    """A client of somebody who has signed in; None is a visitor. Second factors have tests of their own."""
    settings.SECOND_FACTOR_REQUIRED = False

    def client_of(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="sucharit.officers.backends.AccountBackend")
        return client

    return client_of
