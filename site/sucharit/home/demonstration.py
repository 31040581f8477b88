"""Invented people for trying the platform: four departments, one requirement, three front doors.

Nobody here exists. The accounts are marked, and production settings refuse to start while one of them does.
"""

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from courses import selectors as courses
from courses.player import StepKind
from quizzes import rehearsal
from sucharit.kernel import national_id
from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers import selectors as officers
from sucharit.officers import services as people
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType, Role
from sucharit.records import selectors as records
from sucharit.records import services as ledger
from sucharit.records.enums import Method

STOCK = people.AGENCIES_FILE.parent / "people.toml"
DEPARTMENTS = {"MOI-CDD": 260, "OPM-OCSC": 140, "MOI-DOPA": 180, "MOF-CGD": 120}
SHARE_DONE = {"MOI-CDD": 0.46, "OPM-OCSC": 0.72, "MOI-DOPA": 0.31, "MOF-CGD": 0.55}
COURSE_CODE = "ETH-7"
# So many of those who completed did so by the tests of the course, and so many more have begun by the first of them.
TESTED = {"MOI-CDD": 20, "OPM-OCSC": 14, "MOI-DOPA": 18, "MOF-CGD": 14}
FIRST_ONLY = 3


@dataclass(frozen=True)
class Position:
    """A position somebody may hold, and where."""

    title: str
    personnel_type: str
    type: str
    levels: Sequence[str]
    weight: int
    agencies: Sequence[str]
    prefixes: Sequence[str]
    once: bool

    def fits(self, agency: "officers.AgencyNode", codes: Sequence[str]) -> bool:
        """Whether an agency may have this position; `codes` are its own code and those above it."""
        inside = not self.agencies or any(code in self.agencies for code in codes)
        named = not self.prefixes or agency.name.startswith(tuple(self.prefixes))
        return inside and named


@transaction.atomic
def load(*, now: datetime) -> None:
    """Enter the people, the requirement, their history so far this year, and the accounts."""
    today = local_date(now)
    stock = tomllib.loads(STOCK.read_text(encoding="utf-8"))
    chance = random.Random(2569)  # noqa: S311 - the same invented people on every machine
    entered: dict[str, list[officers.Officer]] = {}
    for place, (code, size) in enumerate(DEPARTMENTS.items()):
        units = officers.leaf_units(code)
        newcomers = list(_invent(stock, chance, units, size, start=place * 10_000, today=today))
        entered[code] = list(people.enter_officers(people=newcomers))
    hr = _accounts(entered, now=now, today=today)
    audience = people.save_audience(
        name="ข้าราชการ พนักงานราชการ และลูกจ้างประจำ",
        agencies=[officers.agency_by_code(code) for code in DEPARTMENTS],
        personnel_types=[
            PersonnelType.CIVIL_SERVANT,
            PersonnelType.GOVERNMENT_EMPLOYEE,
            PersonnelType.PERMANENT_EMPLOYEE,
        ],
    )
    requirement = ledger.save_requirement(
        code="ETH-YEARLY",
        title="เรียนรู้มาตรฐานทางจริยธรรมประจำปี",
        subject=records.subject(COURSE_CODE),
        audience=audience,
        reason="เพื่อให้เจ้าหน้าที่ทุกคนเข้าใจมาตรฐานทางจริยธรรม 7 ข้อ และนำไปใช้ในงานได้จริง",
        legal_basis="แผนส่งเสริมจริยธรรมของหน่วยงาน ประจำปีงบประมาณ (ข้อความตัวอย่างสำหรับการสาธิต)",
        contact="กลุ่มงานจริยธรรมของหน่วยงานคุณ",
        due_month=3 if _is_first_round(today) else 9,
        due_day=31 if _is_first_round(today) else 30,
        now=now,
    )
    year = FiscalYear.of(today).year
    ledger.apply_requirement(requirement=requirement, fiscal_year=year, now=now)
    _history(entered, chance, hr_id=hr.pk, now=now)
    # Sealed once all of it is committed: nothing is sealed that might still be rolled back.
    transaction.on_commit(lambda: ledger.settle(now=now))


def _is_first_round(today: date) -> bool:
    return today.month >= 10 or today.month < 3


def _positions(stock: dict[str, Any]) -> list[Position]:
    return [
        Position(
            title=row["title"],
            personnel_type=row["personnel_type"],
            type=row["type"],
            levels=row["levels"],
            weight=row["weight"],
            agencies=row["agencies"],
            prefixes=row["agency_prefixes"],
            once=row["one_per_agency"],
        )
        for row in stock["position"]
    ]


def _invent(
    stock: dict[str, Any],
    chance: random.Random,
    units: "Sequence[tuple[officers.AgencyNode, Sequence[str]]]",
    size: int,
    *,
    start: int,
    today: date,
) -> Iterator[people.NewOfficer]:
    positions = _positions(stock)
    titles = {sex: [row for row in stock["title"] if row["gender"] == sex] for sex in ("male", "female")}
    filled: set[tuple[int, str]] = set()
    for number in range(size):
        # Every unit gets somebody before any gets many; the rest falls unevenly, as in life.
        agency, codes = (
            units[number] if number < len(units) else units[int(len(units) * chance.random() ** 1.6)]
        )
        fitting = [
            p for p in positions if p.fits(agency, codes) and not (p.once and (agency.pk, p.title) in filled)
        ]
        held = chance.choices(fitting, weights=[p.weight for p in fitting])[0]
        filled.add((agency.pk, held.title))
        sex = "female" if chance.random() < 0.6 else "male"
        first = chance.choice(stock["names"][sex])
        last = chance.choice([name for name in stock["names"]["surnames"] if name != first])
        title = chance.choices(titles[sex], weights=[row["weight"] for row in titles[sex]])[0]["text"]
        entered = date(today.year - chance.randint(1, 30), chance.choice([5, 10]), 1)
        yield people.NewOfficer(
            title=title,
            first_name=first,
            last_name=last,
            personnel_type=held.personnel_type,
            agency=agency,
            position_title=held.title,
            position_type=held.type,
            position_level=chance.choice(list(held.levels)),
            starts_on=max(entered, date(today.year - 6, 10, 1)),
            entered_service_on=entered,
            national_id=national_id.synthetic(start + number + 1),
        )


def _accounts(entered: dict[str, list["officers.Officer"]], *, now: datetime, today: date) -> "officers.User":
    """One learner, one communications editor, one HR of a department and one of a neighbour, two of the secretariat."""
    community = officers.agency_by_code("MOI-CDD")
    learner = _person("นางสาว", "ปาริชาต", "สายคำ", "MOI-CDD", "นักวิชาการพัฒนาชุมชน", "K1", today)
    editor = _person("นาย", "ภาคภูมิ", "แสงทอง", "OPM-OCSC", "นักวิชาการเผยแพร่", "K2", today)
    hr_person = _person("นาง", "ดารุณี", "บุญเรือง", "MOI-CDD", "นักทรัพยากรบุคคล", "K3", today)
    neighbour = _person("นาย", "ธวัชชัย", "ศรีงาม", "MOF-CGD", "นักทรัพยากรบุคคล", "K2", today)
    learner_o, editor_o, hr_o, neighbour_o = people.enter_officers(
        people=[learner, editor, hr_person, neighbour]
    )
    _open("learner", learner_o)
    people.grant_role(user=_open("editor", editor_o), role=Role.EDITOR, now=now)
    hr = _open("hr", hr_o)
    people.grant_role(user=hr, role=Role.AGENCY_HR, agency=community, now=now)
    people.grant_role(
        user=_open("hr2", neighbour_o),
        role=Role.AGENCY_HR,
        agency=officers.agency_by_code("MOF-CGD"),
        now=now,
    )
    # Two of them: what one proposes the other approves.
    for name in ("secretariat", "secretariat2"):
        people.grant_role(user=_open(name, None), role=Role.SECRETARIAT, now=now)
    return hr


def _person(
    title: str, first: str, last: str, code: str, position: str, level: str, today: date
) -> people.NewOfficer:
    unit, _ = officers.leaf_units(code)[0]
    return people.NewOfficer(
        title=title,
        first_name=first,
        last_name=last,
        personnel_type=PersonnelType.CIVIL_SERVANT,
        agency=unit,
        position_title=position,
        position_type=PositionType.ACADEMIC,
        position_level=PositionLevel(level),
        starts_on=date(today.year - 2, 10, 1),
        entered_service_on=date(today.year - 4, 5, 1),
    )


def _open(name: str, officer: "officers.Officer | None") -> "officers.User":
    return people.open_account(
        email=f"{name}@sucharit.example",
        password=people.DEMONSTRATION_PASSWORD,
        officer=officer,
        first_name="" if officer else "ฝ่ายเลขานุการ ก.ม.จ.",
        is_demonstration=True,
    )


def _history(
    entered: dict[str, list["officers.Officer"]], chance: random.Random, *, hr_id: int, now: datetime
) -> None:
    """Completions since the year began: a few by the tests, as learners would, the others in a classroom, as HR would."""
    edition = records.latest_edition(COURSE_CODE)
    if edition is None:
        return
    for code, officers_there in entered.items():
        done = [officer for officer in officers_there if chance.random() < SHARE_DONE[code]]
        others = [officer for officer in officers_there if officer not in done][:FIRST_ONLY]
        knowledge = random.Random(code)  # noqa: S311 - invented people
        tested = set(_tested(done[: TESTED[code]], others, knowledge, edition_id=edition.pk, now=now))
        for officer in done:
            if officer.pk not in tested:
                _classroom(officer, chance, edition_id=edition.pk, hr_id=hr_id, now=now)


def _classroom(
    officer: "officers.Officer", chance: random.Random, *, edition_id: int, hr_id: int, now: datetime
) -> None:
    days = max((local_date(now) - FiscalYear.of(local_date(now)).start).days, 1)
    ledger.record_award(
        completion=ledger.Completion(
            key=f"demonstration:{officer.public_id}",
            officer_id=officer.pk,
            subject_code=COURSE_CODE,
            edition_id=edition_id,
            completed_at=now - timedelta(days=chance.randrange(days), minutes=chance.randrange(300)),
            method=Method.CLASSROOM,
            evidence_ref="ใบลงชื่อเข้าอบรม (ข้อมูลสาธิต)",
            recorded_by_id=hr_id,
            issue_certificate=False,
        ),
        now=now,
    )


def _tested(
    done: "Sequence[officers.Officer]",
    begun: "Sequence[officers.Officer]",
    chance: random.Random,
    *,
    edition_id: int,
    now: datetime,
) -> Iterator[int]:
    """Let people take the tests of the course, the first before and the other after; yields who took both.

    What they knew is drawn once for each, and what the course added after it, so that pictures of learning have a shape.
    """
    course = courses.live_course(COURSE_CODE)
    if course is None or course.pre_quiz is None or course.post_quiz is None:
        return
    began = midnight(FiscalYear.of(local_date(now)).start)
    for officer in [*done, *begun]:
        first = began + (now - began) * chance.uniform(0.05, 0.85)
        knew = chance.uniform(0.35, 0.7)
        place = rehearsal.Place(officer.pk, courses.context_of(COURSE_CODE, StepKind.PRE), str(edition_id))
        rehearsal.sit(quiz=course.pre_quiz, place=place, skill=knew, chance=chance, now=first)
        if officer in begun:
            continue
        second = first + (now - first) * chance.uniform(0.05, 0.6)
        place = rehearsal.Place(officer.pk, courses.context_of(COURSE_CODE, StepKind.POST), str(edition_id))
        skill = min(0.98, knew + chance.uniform(0.15, 0.45))
        sat = rehearsal.sit(quiz=course.post_quiz, place=place, skill=skill, chance=chance, now=second)
        if sat.passed and sat.submitted_at is not None:
            ledger.record_award(
                completion=ledger.Completion(
                    key=f"attempt:{sat.public_id}",
                    officer_id=officer.pk,
                    subject_code=COURSE_CODE,
                    edition_id=edition_id,
                    completed_at=sat.submitted_at,
                    method=Method.ONLINE,
                    score=sat.score,
                    max_score=sat.max_score,
                    attempt_ref=sat.public_id,
                    issue_certificate=False,
                ),
                now=now,
            )
            yield officer.pk
