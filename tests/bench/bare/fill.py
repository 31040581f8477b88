"""Fill the yardstick with the content and people of ours: `python -m tests.bench.bare.fill --content FILE --officers N --plan FILE`.

Run with DJANGO_SETTINGS_MODULE=tests.bench.bare.settings. Writes the plan that the driver follows.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.bench import common  # noqa: E402
from tests.bench.bare.models import (  # noqa: E402
    Agency,
    Attempt,
    Course,
    Enrolment,
    Lesson,
    Person,
    Progress,
    Question,
    Rollup,
    Standing,
)
from tests.bench.bare.views import asked_of, new_attempt  # noqa: E402

BATCH = 1_000
DUE = date(2027, 3, 31)
LEVELS = {"K1": "ปฏิบัติการ", "K2": "ชำนาญการ", "K3": "ชำนาญการพิเศษ"}


def plant(content: Mapping[str, Any]) -> None:
    """Agencies, courses, lessons and questions, word for word those of ours."""
    Agency.objects.bulk_create(
        Agency(public_id=f"a{number}", path=row["path"], name=row["name"])
        for number, row in enumerate([content["agency"], *content["units"]])
    )
    for place, row in enumerate(content["courses"]):
        course = Course.objects.create(
            code=row["code"],
            title=row["title"],
            summary=row["summary"],
            html=row["html"],
            cover=row["cover"],
            minutes=row["minutes"],
            lessons=len(row["lessons"]),
            is_required=place == 0,
        )
        Lesson.objects.bulk_create(
            Lesson(course=course, number=number, **lesson)
            for number, lesson in enumerate(row["lessons"], start=1)
        )
    Question.objects.bulk_create(Question(stem=q["stem"], choices=q["choices"]) for q in content["questions"])


def people(count: int, learners: int, units: Sequence[Mapping[str, str]]) -> list[Person]:
    """So many lines of the HR list; the first `learners` of them with an account. Returns these."""
    password = make_password(common.PASSWORD)
    now = timezone.now()
    accounts, lines, counts = [], [], Counter[tuple[str, str]]()
    for number, someone in enumerate(common.invent(count, len(units))):
        unit, state = units[someone.unit], common.state_of(number, learners)
        name = f"{someone.title}{someone.first_name} {someone.last_name}"
        line = Standing(
            public_id=f"p{number:015d}",
            agency_path=unit["path"],
            agency_name=unit["name"],
            sort_key=f"{someone.first_name} {someone.last_name}",
            name=name,
            position=someone.position,
            level=LEVELS[someone.level],
            state=state,
            due_on=DUE,
            completed_at=now if state == "on_time" else None,
        )
        if number < learners:
            person = Person(
                email=f"learner{number}@bench.example", name=name, password=password, agency_name=unit["name"]
            )
            line.person = person
            accounts.append(person)
        lines.append(line)
        counts[unit["path"], state] += 1
    Person.objects.bulk_create(accounts, batch_size=BATCH)
    for line in lines[:learners]:
        line.person_id = line.person.pk
    Standing.objects.bulk_create(lines, batch_size=BATCH)
    Rollup.objects.bulk_create(
        Rollup(agency_path=unit["path"], state=state, people=counts[unit["path"], state])
        for unit in units
        for state in ("not_started", "in_progress", "on_time")
    )
    return accounts


def sign_in(person: Person) -> str:
    """A session of this person; returns the Cookie header."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return common.cookie(session.session_key or "")


def read_all(persons: Sequence[Person], course: Course) -> None:
    """All lessons of the course read by all of them."""
    now = timezone.now()
    Enrolment.objects.bulk_create(Enrolment(person=p, course=course, started_at=now) for p in persons)
    Progress.objects.bulk_create(
        [
            Progress(person=p, course=course, number=number, read_at=now)
            for p in persons
            for number in range(1, course.lessons + 1)
        ],
        batch_size=BATCH,
    )
    Standing.objects.filter(person__in=persons).update(state="in_progress")
    Rollup.objects.all().delete()
    counts = Counter(Standing.objects.values_list("agency_path", "state"))
    paths = {path for path, _ in counts}
    Rollup.objects.bulk_create(
        Rollup(agency_path=path, state=state, people=counts[path, state])
        for path in sorted(paths)
        for state in ("not_started", "in_progress", "on_time")
    )


def make_plan(content: Mapping[str, Any], groups: Mapping[str, list[Person]]) -> dict[str, Any]:
    """What the driver asks of the yardstick."""
    courses = list(Course.objects.order_by("id"))
    first = courses[0]
    key = {q.pk: [c["id"] for c in q.choices if c["correct"]] for q in Question.objects.all()}
    cookies = {name: [sign_in(person) for person in members] for name, members in groups.items()}
    takers = [*groups["submitters"], *groups["certified"], *groups["probers"][1:]]
    read_all([*groups["readers"], *takers], first)
    attempts = [new_attempt(person.pk, first.pk) for person in takers]
    Attempt.objects.bulk_create(attempts, batch_size=BATCH)
    taking = cookies["submitters"] + cookies["certified"] + cookies["probers"][1:]
    few = len(cookies["submitters"])
    begun = [new_attempt(person.pk, first.pk) for person in groups["savers"]]
    Attempt.objects.bulk_create(begun, batch_size=BATCH)
    base = f"/courses/{first.code}/"
    posts = [
        {
            "cookie": cookie,
            "path": f"{base}test/{attempt.public_id}/",
            "body": common.answers(asked_of(attempt), key),
        }
        for cookie, attempt in zip(taking, attempts, strict=True)
    ]
    numbers = range(1, first.lessons + 1)
    agency = Agency.objects.get(path=content["agency"]["path"])
    return {
        "catalogue": "/courses/",
        "course": base,
        "lessons": [f"{base}{n}/" for n in numbers],
        "readers": cookies["readers"],
        "records": _records(courses, cookies["recorders"]),
        "attempts": posts[:few],
        "attempts_certified": posts[few:-2],
        "starts": [
            {"cookie": cookie, "path": path, "body": common.form(), "refused": path}
            for path in (f"/courses/{course.code}/test/" for course in courses)
            for cookie in cookies["starters"]
        ],
        "saves": common.saves(
            [
                (cookie, f"{base}test/{attempt.public_id}/", asked_of(attempt))
                for cookie, attempt in zip(cookies["savers"], begun, strict=True)
            ],
            key,
        ),
        "probers": cookies["probers"],
        "probe_attempts": posts[-2:],
        "journey": {
            "begin": f"{base}begin/",
            "reads": [f"{base}{n}/read/" for n in numbers],
            "test": f"{base}test/",
            "passed": f"{base}passed/",
            "key": {str(pk): chosen for pk, chosen in key.items()},
        },
        "walkers": cookies["walkers"],
        "certified_walkers": cookies["certified_walkers"],
        "login": {"path": "/login/", "emails": [p.email for p in groups["walkers"]]},
        "hr": hr_plan(agency),
    }


def _records(courses: Sequence[Course], cookies: Sequence[str]) -> list[list[dict[str, str]]]:
    return [
        [
            {"cookie": cookie, "path": f"/courses/{course.code}/{n}/read/"}
            for n in range(1, course.lessons + 1)
            for cookie in cookies
        ]
        for course in courses
    ]


def hr_plan(agency: Agency) -> dict[str, Any]:
    """The list's first page, pages deep inside it, and the file."""
    hr = Person.objects.create(email="hr@bench.example", name="งานบุคคล", scope=agency.path, password="!")
    base = f"/hr/{agency.public_id}/people"
    total = Standing.objects.count()
    rows = Standing.objects.order_by("agency_path", "sort_key", "id").values_list(
        "agency_path", "sort_key", "id"
    )
    deep = [rows[total * n // (common.DEEP_PAGES + 1)] for n in range(1, common.DEEP_PAGES + 1)]
    pages = [f"{base}/?{common.urlencode({'after': f'{p}~{k}~{i}'})}" for p, k, i in deep]
    return {"cookie": sign_in(hr), "list": [f"{base}/", *pages], "csv": f"{base}.csv"}


def probes(plan: Mapping[str, Any]) -> list[dict[str, str]]:
    """The pages whose queries are counted."""
    reader, walk = plan["readers"][0], plan["journey"]
    fresh = plan["probers"][0]
    return [
        {"name": "catalogue, visitor", "path": plan["catalogue"]},
        {"name": "catalogue, signed in", "path": plan["catalogue"], "cookie": reader},
        {"name": "course, signed in", "path": plan["course"], "cookie": reader},
        {"name": "lesson, signed in", "path": plan["lessons"][0], "cookie": reader},
        {"name": "begin", "path": walk["begin"], "cookie": fresh, "body": common.form()},
        {"name": "record a lesson", "path": walk["reads"][0], "cookie": fresh, "body": common.form()},
        {"name": "test page", "path": walk["test"], "cookie": reader},
        {"name": "start the test", "path": walk["test"], "cookie": reader, "body": common.form()},
        {
            "name": "attempt page",
            "path": plan["probe_attempts"][0]["path"],
            "cookie": plan["probe_attempts"][0]["cookie"],
        },
        {"name": "save answers", **plan["saves"][0]},
        {"name": "hand in the test", **plan["probe_attempts"][0]},
        {
            "name": "result",
            "path": plan["probe_attempts"][0]["path"] + "result/",
            "cookie": plan["probe_attempts"][0]["cookie"],
        },
        {"name": "passed", "path": walk["passed"], "cookie": plan["probe_attempts"][0]["cookie"]},
        {"name": "HR list", "path": plan["hr"]["list"][0], "cookie": plan["hr"]["cookie"]},
        {"name": "HR list, deep", "path": plan["hr"]["list"][-1], "cookie": plan["hr"]["cookie"]},
    ]


def main() -> None:
    """Make the tables, fill them, write the plan."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--content", type=Path, required=True)
    parser.add_argument("--officers", type=int, required=True)
    parser.add_argument("--groups", type=json.loads, default=dict(common.GROUPS))
    parser.add_argument("--plan", type=Path, required=True)
    options = parser.parse_args()
    content = json.loads(options.content.read_text(encoding="utf-8"))
    started = time.monotonic()
    call_command("migrate", run_syncdb=True, verbosity=0)
    learners = sum(options.groups.values())
    with transaction.atomic():
        plant(content)
        accounts = people(options.officers, learners, content["units"])
        groups = common.split(accounts, options.groups)
        plan = make_plan(content, groups)
    plan["probes"] = probes(plan)
    plan["fill_seconds"] = round(time.monotonic() - started, 1)
    options.plan.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
