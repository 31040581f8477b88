"""Plant the product's starter site for the bench, with nineteen copies of its course, and write out what the yardstick must show.

`python -m tests.bench.ours_site --content FILE`, with the demonstration settings and an empty database.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db.models import F  # noqa: E402

from courses import starter  # noqa: E402
from courses.models import CourseIndexPage, CoursePage, LessonPage  # noqa: E402
from quizzes.models import QuestionVersion, Quiz  # noqa: E402
from sucharit.home.management.commands.serve import compile_translations  # noqa: E402
from sucharit.officers import selectors as officers  # noqa: E402
from sucharit.theme.pictures import responsive_attributes  # noqa: E402
from tests.bench import common  # noqa: E402


def base(content: Path) -> None:
    """The starter site with twenty courses; writes what the yardstick must show too."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_starter", verbosity=0)
    compile_translations(lambda _: None)
    call_command("collectstatic", verbosity=0, interactive=False)
    index = CourseIndexPage.objects.get()
    quizzes = {quiz.code: quiz for quiz in Quiz.objects.all()}
    for number in range(2, common.COURSES + 1):
        _plant_copy(number, index, quizzes)
    content.write_text(json.dumps(_content(), ensure_ascii=False), encoding="utf-8")


def _plant_copy(number: int, index: CourseIndexPage, quizzes: Mapping[str, Quiz]) -> None:
    source = starter.CONTENT / "standards-7"
    facts = (source / "course.toml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="sucharit-bench-") as folder:
        copy = Path(folder) / "course"
        shutil.copytree(source, copy)
        lines = [_renamed(line, number) for line in facts.splitlines()]
        (copy / "course.toml").write_text("\n".join(lines), encoding="utf-8")
        index.refresh_from_db()
        starter.load_course(copy, index, pre_quiz=quizzes.get("ETH7-PRE"), post_quiz=quizzes.get("ETH7-POST"))


def _renamed(line: str, number: int) -> str:
    if line.startswith(("code =", "slug =")):
        name, _, value = line.partition("=")
        return f'{name}= "{value.strip().strip(chr(34))}-{number}"'
    return line


def _content() -> dict[str, Any]:
    agency = officers.agency_by_code(common.AGENCY)
    units = [unit for unit, _ in officers.leaf_units(common.AGENCY)]
    versions = QuestionVersion.objects.filter(pk__in=_current_versions())
    return {
        "agency": {"path": agency.path, "name": agency.name},
        "units": [{"path": unit.path, "name": unit.name} for unit in units],
        "questions": [{"stem": v.stem, "choices": v.choices} for v in versions],
        "courses": [_course(page) for page in CoursePage.objects.live().order_by("path")],
    }


def _current_versions() -> list[int]:
    rows = QuestionVersion.objects.filter(question__current=F("pk"), question__is_retired=False)
    return list(rows.values_list("pk", flat=True))


def _course(page: CoursePage) -> dict[str, Any]:
    cover = responsive_attributes(page.cover, widths=[400], sizes="100vw")["src"] if page.cover else ""
    return {
        "code": page.code,
        "title": page.title,
        "summary": page.summary,
        "html": page.introduction + page.objectives,
        "cover": cover,
        "minutes": page.minutes,
        "lessons": [
            {
                "title": lesson.title,
                "minutes": lesson.minutes,
                "html": "".join(str(block.render()) for block in lesson.body),
            }
            for lesson in LessonPage.objects.live().child_of(page).order_by("path")
        ],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--content", type=Path, required=True)
    base(parser.parse_args().content)
