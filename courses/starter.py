"""A starter course from a folder of readable files: course.toml, its lessons in order, and their pictures."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wagtail.models import Page

from courses.models import CourseIndexPage, LessonPage
from courses.models import CoursePage as CoursePage
from quizzes.starter import Instrument, Quiz
from sucharit.theme.starter import Gallery, Raw, stream

CONTENT = Path(__file__).parent / "content"


def _self_check(raw: Raw, gallery: Gallery) -> Any:
    options = [{"text": o["text"], "right": o["right"], "feedback": o["feedback"]} for o in raw["options"]]
    return {"question": raw["question"], "options": options}


EXTRA = {"self_check": ("self_check", _self_check)}


def plant_index(home: Page, *, title: str, introduction: str) -> CourseIndexPage:
    """Plant the empty catalogue below the front page."""
    index = CourseIndexPage(title=title, slug="courses", introduction=introduction, show_in_menus=True)
    home.add_child(instance=index)
    return index


def load_course(
    folder: Path,
    index: CourseIndexPage,
    *,
    pre_quiz: Quiz | None,
    post_quiz: Quiz | None,
    attitude: Instrument | None = None,
) -> CoursePage:
    """Plant a course under the catalogue and publish it, lessons first, so that its first edition is whole."""
    facts = tomllib.loads((folder / "course.toml").read_text(encoding="utf-8"))
    gallery = Gallery(folder)
    course = CoursePage(
        title=facts["title"],
        slug=facts["slug"],
        code=facts["code"],
        subtitle=facts.get("subtitle", ""),
        summary=facts["summary"].strip(),
        introduction=facts["introduction"].strip(),
        objectives="\n".join(facts["objectives"]),
        target_group=facts["audience"].strip(),
        assessment=facts["assessment"].strip(),
        contact=facts.get("contact", "").strip()[:300],
        closing=facts.get("closing", "").strip(),
        minutes=round(facts["hours"] * 60),
        cover=gallery.image("cover.svg"),
        pre_quiz=pre_quiz,
        post_quiz=post_quiz,
        attitude=attitude,
        show_in_menus=True,
        live=False,
    )
    index.add_child(instance=course)
    for name in facts["lessons"]:
        stem = name if name.endswith(".toml") else f"{name}.toml"
        _load_lesson(tomllib.loads((folder / stem).read_text(encoding="utf-8")), course, gallery)
    course.save_revision().publish()
    course.refresh_from_db()
    return course


def _load_lesson(raw: Mapping[str, Any], course: CoursePage, gallery: Gallery) -> None:
    opening = f"lesson-{raw['standard']}.svg"
    lesson = LessonPage(
        title=raw["title"],
        slug=raw["slug"],
        standard=raw["standard"],
        standard_text=raw["standard_text"],
        lead=raw["lead"],
        picture=gallery.image(opening),
        picture_alt=gallery.alt(opening)[:300],
        minutes=raw["minutes"],
        body=json.dumps(stream(raw["blocks"], gallery, EXTRA), ensure_ascii=False),
        live=False,
    )
    course.add_child(instance=lesson)
    lesson.save_revision().publish()
