"""A crowd with a begun post-test each: `python -m tests.figures.fill --learners N --plan FILE`, on an empty database.

Writes the plan that the clients follow: of everybody their cookie, the address of their attempt and the body that passes it.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from tests.bench import common, ours  # sets Django up

# isort: split
from django.core.management import call_command
from django.utils import timezone

from courses.models import CoursePage
from quizzes.models import QuestionVersion
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers import selectors as officers
from sucharit.officers import services as entry
from sucharit.records import services as ledger


def crowd(count: int) -> list[dict[str, Any]]:
    """Enter so many people, require the course of them, let them read it all and begin its test; returns their hand-ins."""
    now = timezone.now()
    units = [unit for unit, _ in officers.leaf_units(common.AGENCY)]
    entered = list(entry.enter_officers(people=ours._newcomers(count, units, local_date(now))))
    year = FiscalYear.of(local_date(now)).year
    ledger.apply_requirement(requirement=ours._requirement(now), fiscal_year=year, now=now)
    users = ours._accounts(entered)
    course = CoursePage.objects.live().get(code=ours.COURSE)
    ours._read_all(users, course, now=now)
    key = {v.pk: [c["id"] for c in v.choices if c["correct"]] for v in QuestionVersion.objects.all()}
    return [{"cookie": ours._sign_in(user), **ours._attempt(user, course, key, now=now)} for user in users]


def main() -> None:
    """Enter, and write the plan."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, required=True)
    parser.add_argument("--plan", type=Path, required=True)
    options = parser.parse_args()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_starter", verbosity=0)
    options.plan.write_text(json.dumps(crowd(options.learners)), encoding="utf-8")


if __name__ == "__main__":
    main()
