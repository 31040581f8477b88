"""Enter people into the product for the bench: `python -m tests.bench.ours --officers N --plan FILE`, on a planted site.

Officers and the requirement go through the product's services; only what has no service for thousands (accounts, past awards,
lessons read long ago) is written in bulk through the ORM, here and nowhere else. Writes the plan that the driver follows.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from courses import services as learning  # noqa: E402
from courses.models import CoursePage, Enrolment, LessonPage, LessonProgress  # noqa: E402
from courses.player import StepKind  # noqa: E402
from quizzes.models import QuestionVersion  # noqa: E402
from sucharit.kernel.thai_calendar import FiscalYear, local_date  # noqa: E402
from sucharit.officers import selectors as officers  # noqa: E402
from sucharit.officers import services as entry  # noqa: E402
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType, Role  # noqa: E402
from sucharit.officers.models import Officer, Posting, User  # noqa: E402
from sucharit.records import selectors as records  # noqa: E402
from sucharit.records import services as ledger  # noqa: E402
from sucharit.records.enums import Method  # noqa: E402
from sucharit.records.models import (  # noqa: E402
    AwardEvent,
    Edition,
    LearningStart,
    Requirement,
    RequirementPeriod,
    Standing,
    Subject,
    Touched,
    WaitingEntry,
)
from tests.bench import common, gain  # noqa: E402

COURSE = "ETH-7"
BATCH = 1_000
BACKEND = "sucharit.officers.backends.AccountBackend"


def people(count: int, groups: Mapping[str, int]) -> dict[str, Any]:
    """Enter people, require the course of them, let half complete it; then what the driver needs. Returns the plan."""
    now = timezone.now()
    learners = sum(groups.values())
    clock = [time.monotonic()]
    units = [unit for unit, _ in officers.leaf_units(common.AGENCY)]
    entered = list(entry.enter_officers(people=_newcomers(count, units, local_date(now))))
    clock.append(time.monotonic())
    requirement = _requirement(now)
    year = FiscalYear.of(local_date(now)).year
    period = ledger.open_period(requirement=requirement, fiscal_year=year, now=now)
    _past(period, entered, learners, now=now)
    clock.append(time.monotonic())
    ledger.settle(now=now)
    clock.append(time.monotonic())
    ledger.apply_requirement(requirement=requirement, fiscal_year=year, now=now)
    clock.append(time.monotonic())
    users = _accounts(entered[:learners])
    plan = _plan(common.split(users, groups), now=now)
    pairs = gain.plant(entered[learners:], COURSE, now=now)
    plan["gain"] = _gain_plan(now)
    ledger.settle(now=timezone.now())
    plan["fill_seconds"] = {
        "enter_officers": round(clock[1] - clock[0], 1),
        "seal": round(clock[3] - clock[2], 1),
        "apply_requirement": round(clock[4] - clock[3], 1),
        "pairs": pairs,
        "all": round(time.monotonic() - clock[0], 1),
    }
    return plan


def _newcomers(count: int, units: Sequence[Any], today: date) -> Iterator[entry.NewOfficer]:
    for someone in common.invent(count, len(units)):
        yield entry.NewOfficer(
            title=someone.title,
            first_name=someone.first_name,
            last_name=someone.last_name,
            personnel_type=PersonnelType.CIVIL_SERVANT,
            agency=units[someone.unit],
            position_title=someone.position,
            position_type=PositionType.ACADEMIC,
            position_level=PositionLevel(someone.level),
            starts_on=date(today.year - 2, 10, 1),
        )


def _requirement(now: datetime) -> Requirement:
    audience = entry.save_audience(name="ผู้ถูกวัด", agencies=[officers.agency_by_code(common.AGENCY)])
    return ledger.save_requirement(
        code="BENCH",
        title="เรียนรู้มาตรฐานทางจริยธรรมประจำปี",
        subject=records.subject(COURSE),
        audience=audience,
        reason="ข้อมูลสำหรับการวัด",
        due_month=9,
        due_day=30,
        now=now,
    )


def _past(period: RequirementPeriod, entered: Sequence[Officer], learners: int, *, now: datetime) -> None:
    """Half of the people completed an hour ago: awards and starts in bulk, as a year of hand-ins would leave them."""
    edition = records.latest_edition(COURSE)
    assert edition is not None
    done_at = now - timedelta(hours=1)
    states = {officer.pk: common.state_of(number, learners) for number, officer in enumerate(entered)}
    done = [officer for officer in entered if states[officer.pk] == "on_time"]
    held = {p.officer_id: p for p in Posting.objects.select_related("agency").iterator(chunk_size=2_000)}
    for start in range(0, len(done), BATCH):
        made = AwardEvent.objects.bulk_create(
            _award(officer, held[officer.pk], period, edition, done_at=done_at, now=now)
            for officer in done[start : start + BATCH]
        )
        WaitingEntry.objects.bulk_create([WaitingEntry(award=award) for award in made])
    begun = [pk for pk, state in states.items() if state == "in_progress"]
    _begin(begun, edition.subject_id, done_at)


def _begin(officer_ids: Sequence[int], subject_id: int, at: datetime) -> None:
    year = FiscalYear.of(local_date(at)).year
    LearningStart.objects.bulk_create(
        [
            LearningStart(officer_id=pk, subject_id=subject_id, fiscal_year=year, started_at=at)
            for pk in officer_ids
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    Touched.objects.bulk_create([Touched(officer_id=pk) for pk in officer_ids], batch_size=BATCH)


def _award(
    officer: Officer,
    posting: Posting,
    period: RequirementPeriod,
    edition: Edition,
    *,
    done_at: datetime,
    now: datetime,
) -> AwardEvent:
    return AwardEvent(
        idempotency_key=f"bench:{officer.pk}",
        officer=officer,
        title=officer.title,
        first_name=officer.first_name,
        last_name=officer.last_name,
        personnel_type=officer.personnel_type,
        agency=posting.agency,
        agency_code=posting.agency.code,
        agency_name=posting.agency.name,
        position_title=posting.position_title,
        position_type=posting.position_type,
        position_level=posting.position_level,
        subject_id=period.requirement.subject_id,
        edition=edition,
        subject_code=edition.subject.code,
        edition_number=edition.number,
        edition_digest=edition.digest,
        posting=posting,
        requirement=period.requirement,
        period=period,
        rule_version=period.rule_version,
        method=Method.CLASSROOM,
        completed_at=done_at,
        recorded_at=now,
    )


def _accounts(learners: Sequence[Officer]) -> list[User]:
    password = make_password(common.PASSWORD)
    users = User.objects.bulk_create(
        User(
            email=f"learner{number}@bench.example",
            password=password,
            first_name=officer.first_name,
            last_name=officer.last_name,
        )
        for number, officer in enumerate(learners)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    for officer, user in zip(learners, users, strict=True):
        officer.user = user
    Officer.objects.bulk_update(learners, ["user"], batch_size=200)
    return users


def _sign_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return common.cookie(session.session_key or "")


def _read_all(users: Sequence[User], course: CoursePage, *, now: datetime) -> None:
    keys = list(LessonPage.objects.live().child_of(course).values_list("translation_key", flat=True))
    subject = Subject.objects.get(code=course.code)
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(officer=user.officer, subject=subject, started_at=now, last_seen_at=now) for user in users
    )
    LessonProgress.objects.bulk_create(
        [
            LessonProgress(enrolment=enrolment, lesson_key=key, read_at=now)
            for enrolment in enrolments
            for key in keys
        ],
        batch_size=BATCH,
    )
    _begin([user.officer.pk for user in users], subject.pk, now)


def _attempt(
    user: User, course: CoursePage, key: Mapping[int, Sequence[str]], *, now: datetime
) -> dict[str, str]:
    path, asked = _asked(user, course, now=now)
    return {"path": path, "body": common.answers(asked, key) + "&submit=1"}


def _asked(user: User, course: CoursePage, *, now: datetime) -> tuple[str, list[int]]:
    """A test begun: its address and the versions it asks."""
    held = learning.start_test(course=course, which=StepKind.POST, officer_id=user.officer.pk, now=now)
    return f"/learn/{course.code}/test/post/{held.public_id}/", [item["v"] for item in held.items]


def _starts(courses: Sequence[CoursePage], cookies: Sequence[str]) -> list[dict[str, str]]:
    """Every starter in every course: a refusal would come back to the page of the test."""
    paths = [f"/learn/{page.code}/test/post/" for page in courses]
    return [
        {"cookie": cookie, "path": path, "body": common.form(), "refused": path}
        for path in paths
        for cookie in cookies
    ]


def _plan(groups: Mapping[str, list[User]], *, now: datetime) -> dict[str, Any]:
    """What the driver asks of the product."""
    courses = list(CoursePage.objects.live().order_by("path"))
    first = next(page for page in courses if page.code == COURSE)
    outlines = {
        page.code: list(
            LessonPage.objects.live().child_of(page).order_by("path").values_list("slug", "translation_key")
        )
        for page in courses
    }
    versions = QuestionVersion.objects.all()
    key = {v.pk: [c["id"] for c in v.choices if c["correct"]] for v in versions}
    cookies = {name: [_sign_in(user) for user in members] for name, members in groups.items()}
    takers = [*groups["submitters"], *groups["certified"], *groups["probers"][1:]]
    _read_all([*groups["readers"], *takers], first, now=now)
    taking = cookies["submitters"] + cookies["certified"] + cookies["probers"][1:]
    few = len(cookies["submitters"])
    for page in courses:
        _read_all([*groups["starters"], *(groups["savers"] if page == first else [])], page, now=now)
    posts = [
        {"cookie": cookie, **_attempt(user, first, key, now=now)}
        for cookie, user in zip(taking, takers, strict=True)
    ]
    lessons = outlines[COURSE]
    url = first.url
    return {
        "catalogue": "/courses/",
        "course": url,
        "lessons": [f"{url}{slug}/" for slug, _ in lessons],
        "readers": cookies["readers"],
        "records": _records(courses, outlines, cookies["recorders"]),
        "attempts": posts[:few],
        "attempts_certified": posts[few:-2],
        "starts": _starts(courses, cookies["starters"]),
        "saves": common.saves(
            [
                (cookie, *_asked(user, first, now=now))
                for cookie, user in zip(cookies["savers"], groups["savers"], strict=True)
            ],
            key,
        ),
        "probers": cookies["probers"],
        "probe_attempts": posts[-2:],
        "journey": {
            "begin": f"/learn/{COURSE}/begin/",
            "reads": [f"/learn/{COURSE}/lessons/{lesson}/read/" for _, lesson in lessons],
            "test": f"/learn/{COURSE}/test/post/",
            "passed": f"/learn/{COURSE}/passed/",
            "key": {str(pk): chosen for pk, chosen in key.items()},
        },
        "walkers": cookies["walkers"],
        "certified_walkers": cookies["certified_walkers"],
        "login": {"path": "/accounts/login/", "emails": [user.email for user in groups["walkers"]]},
        "hr": _hr_plan(now),
    }


def _records(
    courses: Sequence[CoursePage], outlines: Mapping[str, list[tuple[str, Any]]], cookies: Sequence[str]
) -> list[list[dict[str, str]]]:
    """Course by course, lesson by lesson, everybody: a refused one would come back to the course's own page."""
    return [
        [
            {"cookie": cookie, "path": f"/learn/{page.code}/lessons/{lesson}/read/", "refused": page.url}
            for _, lesson in outlines[page.code]
            for cookie in cookies
        ]
        for page in courses
    ]


def _hr_plan(now: datetime) -> dict[str, Any]:
    agency = officers.agency_by_code(common.AGENCY)
    hr = entry.open_account(email="hr@bench.example", password=common.PASSWORD, first_name="งานบุคคล")
    entry.grant_role(user=hr, role=Role.AGENCY_HR, agency=agency, now=now)
    base = f"/hr/agencies/{agency.public_id}/"
    present = Standing.objects.filter(until_at__isnull=True)
    total = present.count()
    rows = present.order_by("agency_path", "sort_key", "id").values_list("agency_path", "sort_key", "id")
    deep = [rows[total * n // (common.DEEP_PAGES + 1)] for n in range(1, common.DEEP_PAGES + 1)]
    pages = [f"{base}people/?{common.urlencode({'after': f'{p}~{k}~{i}'})}" for p, k, i in deep]
    return {
        "cookie": _sign_in(hr),
        "overview": base,
        "list": [f"{base}people/", *pages],
        "left": f"{base}people/?show=left",
        "search": f"{base}people/?{common.urlencode({'q': 'สม'})}",
        "csv": f"{base}people.csv",
    }


def _gain_plan(now: datetime) -> dict[str, Any]:
    editor = entry.open_account(email="editor@bench.example", password=common.PASSWORD, first_name="สื่อสาร")
    entry.grant_role(user=editor, role=Role.EDITOR, now=now)
    return {"cookie": _sign_in(editor), "course": f"/admin/gain/{COURSE}/"}


def _probes(plan: Mapping[str, Any]) -> list[dict[str, str]]:
    reader, walk = plan["readers"][0], plan["journey"]
    fresh, hr = plan["probers"][0], plan["hr"]
    handed, certified = plan["probe_attempts"]
    learner = {"cookie": handed["cookie"]}
    return [
        {"name": "home, visitor", "path": "/"},
        {"name": "home, signed in", "path": "/", "cookie": reader},
        {"name": "catalogue, visitor", "path": plan["catalogue"]},
        {"name": "catalogue, signed in", "path": plan["catalogue"], "cookie": reader},
        {"name": "course, visitor", "path": plan["course"]},
        {"name": "course, signed in", "path": plan["course"], "cookie": reader},
        {"name": "lesson, signed in", "path": plan["lessons"][0], "cookie": reader},
        {"name": "begin", "path": walk["begin"], "cookie": fresh, "body": common.form()},
        {"name": "record a lesson", "path": walk["reads"][0], "cookie": fresh, "body": common.form()},
        {"name": "test page", "path": walk["test"], "cookie": reader},
        {"name": "start the test", "path": walk["test"], "cookie": reader, "body": common.form()},
        {"name": "attempt page", "path": handed["path"], **learner},
        {"name": "save answers", **plan["saves"][0]},
        {"name": "hand in the test", "without": "certificate", **handed},
        {"name": "hand in, with certificate", **certified},
        {"name": "result", "path": handed["path"] + "result/", **learner},
        {"name": "passed", "path": walk["passed"], "cookie": certified["cookie"]},
        {"name": "my, before", "path": "/my/", "cookie": reader},
        {"name": "my, after", "path": "/my/", "cookie": certified["cookie"]},
        {"name": "verify", "path": "@verify"},
        {"name": "sign-in page", "path": plan["login"]["path"]},
        {"name": "HR overview", "path": hr["overview"], "cookie": hr["cookie"]},
        {"name": "HR list", "path": hr["list"][0], "cookie": hr["cookie"]},
        {"name": "HR list, deep", "path": hr["list"][-1], "cookie": hr["cookie"]},
        {"name": "HR list, not done", "path": hr["left"], "cookie": hr["cookie"]},
        {"name": "HR list, search", "path": hr["search"], "cookie": hr["cookie"]},
    ]


def main() -> None:
    """Enter, and write the plan."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--officers", type=int, required=True)
    parser.add_argument("--groups", type=json.loads, default=dict(common.GROUPS))
    parser.add_argument("--plan", type=Path, required=True)
    options = parser.parse_args()
    plan = people(options.officers, options.groups)
    plan["probes"] = _probes(plan)
    options.plan.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
