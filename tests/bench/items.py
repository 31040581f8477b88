"""Item analysis of N answers beside one plain pass over them: `python -m tests.bench.items --answers N --out FILE`, on an empty database.

Answers are written in bulk, as collecting would have left them: papers of 20 questions drawn from a pool of 40, with people of all
abilities. Timed are the analysis of the quiz, the analysis of one question, and the yardstick: one grouped pass over the
same answers, which is the least that any analysis must do. Wall seconds; CPU seconds of this process and of the database.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from math import exp
from pathlib import Path
from statistics import median
from typing import Any

import django

django.setup()

import psutil  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Count, Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from quizzes import analysis, services, tallies  # noqa: E402
from quizzes.enums import Kind  # noqa: E402
from quizzes.models import Attempt, QuestionVersion, Quiz, Response  # noqa: E402
from sucharit.kernel.thai_calendar import local_date  # noqa: E402
from sucharit.officers import services as entry  # noqa: E402
from sucharit.officers.enums import PersonnelType, PositionLevel, PositionType  # noqa: E402
from tests.bench import bank  # noqa: E402

POOL, ASKED, BATCH = 40, 20, 1_000
# Version, what was said, points.
Sheet = list[tuple[QuestionVersion, str, int]]


def fill(answers: int, *, pool: int = POOL, asked: int = ASKED) -> Quiz:
    """A quiz with so many answers, to whole papers of so many questions out of a pool."""
    now = timezone.now()
    agency = entry.add_agency(parent=None, code="BENCH", name="กระทรวงตัวอย่าง", level="01")
    newcomer = entry.NewOfficer(
        title="นาง",
        first_name="สมศรี",
        last_name="ใจดี",
        personnel_type=PersonnelType.CIVIL_SERVANT,
        agency=agency,
        position_title="นักวิชาการ",
        position_type=PositionType.ACADEMIC,
        position_level=PositionLevel.K2,
        starts_on=date(2020, 10, 1),
    )
    officer = next(iter(entry.enter_officers(people=[newcomer])))
    versions = [_question(number, now) for number in range(pool)]
    quiz = services.save_quiz(code="ITEMS", title="วัด", draws=[services.Draw(standard=1, count=asked)])
    chance = random.Random(2569)
    papers = -(-answers // asked)
    for start in range(0, papers, BATCH):
        with transaction.atomic():
            numbers = range(start, min(papers, start + BATCH))
            _sit(quiz, officer.pk, [_sheet(versions, chance, asked) for _ in numbers], numbers, now, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return quiz


def _question(number: int, now: datetime) -> QuestionVersion:
    choices = [services.Choice(f"ทางเลือก {n}", n == 0, "เพราะเหตุนี้") for n in range(4)]
    draft = services.QuestionDraft(kind=Kind.SINGLE, stem=f"คำถาม {number}", choices=choices)
    return services.save_question(code=f"B-{number:03d}", standard=1, draft=draft, now=now)


def _sit(
    quiz: Quiz,
    officer_id: int,
    sheets: "list[Sheet]",
    numbers: range,
    now: datetime,
    chance: random.Random,
) -> None:
    attempts = Attempt.objects.bulk_create(
        Attempt(
            quiz=quiz,
            officer_id=officer_id,
            context=f"bench:{number}",
            number=1,
            items=[{"v": version.pk} for version, _, _ in sheet],
            answers={str(version.pk): [said] for version, said, _ in sheet},
            pass_percent=60,
            started_at=now - timedelta(days=1),
            submitted_at=now - timedelta(minutes=number % 500_000),
            state="submitted",
            score=sum(points for _, _, points in sheet),
            max_score=len(sheet),
            passed=True,
            is_collected=True,
        )
        for number, sheet in zip(numbers, sheets, strict=True)
    )
    Response.objects.bulk_create(
        row for attempt, sheet in zip(attempts, sheets, strict=True) for row in _rows(attempt, sheet, chance)
    )


def _sheet(versions: list[QuestionVersion], chance: random.Random, asked: int) -> "Sheet":
    ability = chance.gauss(0, 1)
    sheet = []
    for place in sorted(chance.sample(range(len(versions)), asked)):
        version = versions[place]
        known = chance.random() < 1 / (1 + exp(place / 10 - 2.5 - ability))
        row = next(r for r in version.choices if r["correct"]) if known else chance.choice(version.choices)
        sheet.append((version, row["id"], int(row["correct"])))
    return sheet


def _rows(attempt: Attempt, sheet: "Sheet", chance: random.Random) -> Iterator[Response]:
    total = sum(points for _, _, points in sheet)
    for version, said, points in sheet:
        yield Response(
            attempt=attempt,
            version=version,
            points=points,
            said=said,
            seconds=min(1800, int(chance.expovariate(1 / 45))),
            rest=total - points,
            others=len(sheet) - 1,
        )


def database() -> psutil.Process | None:
    """PostgreSQL's process of this connection; none for SQLite, which runs in this one."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(cursor.fetchone()[0])


def timed(act: Callable[[], Any], rounds: int) -> dict[str, float]:
    """The median round: wall and CPU seconds."""
    beside = database()
    walls, cpus = [], []
    for _ in range(rounds):
        before = sum(beside.cpu_times()[:2]) if beside else 0.0
        own, started = time.process_time(), time.perf_counter()
        act()
        walls.append(time.perf_counter() - started)
        cpus.append(time.process_time() - own + ((sum(beside.cpu_times()[:2]) if beside else 0.0) - before))
    return {"wall": round(median(walls), 3), "cpu": round(median(cpus), 3)}


def main() -> None:
    """Fill, time, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bank", type=int, default=20_000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    quiz = fill(options.answers)
    filled = time.perf_counter() - started
    today = local_date(timezone.now())
    since = today - timedelta(days=400)
    scope = tallies.Scope(since, today, quiz.pk, most=max(tallies.MOST_PAPERS, options.answers // ASKED))
    version = QuestionVersion.objects.order_by("pk")[0]
    found = analysis.report(quiz, scope)
    figures = {
        "vendor": connection.vendor,
        "answers": sum(item.n for item in found.items),
        "papers": found.n,
        "alpha": found.reliability.alpha,
        "fill_seconds": round(filled, 1),
        "quiz": timed(lambda: analysis.report(quiz, scope), options.rounds),
        "question": timed(lambda: analysis.item_report(version, scope), options.rounds),
        "yardstick": timed(
            lambda: list(
                Response.objects.filter(attempt__quiz=quiz)
                .order_by()
                .values_list("version_id")
                .annotate(n=Count("pk"), points=Sum("points"))
            ),
            options.rounds,
        ),
    }
    figures["regrade"] = bank.regrade(version)
    figures["draw"] = bank.draw(options.bank)
    options.out.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
