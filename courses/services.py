"""Writes of the courses: announcing editions, and what a learner does."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from courses.models import CoursePage, EditionContent, Enrolment, LessonPage, LessonProgress
from courses.player import StepKind, readable
from courses.selectors import context_of, enrolment_of, lesson_keys, lessons_of, year_began
from quizzes import selectors as quiz_selectors
from quizzes import services as quizzes
from quizzes.selectors import Attempt
from quizzes.services import Answers
from sucharit.kernel.errors import NotFound, Refused
from sucharit.kernel.thai_calendar import local_date
from sucharit.records import selectors as records_selectors
from sucharit.records import services as records
from sucharit.records.enums import Method


def content_of(course: CoursePage) -> dict[str, Any]:
    """Everything a learner of this course could read or be asked today, as plain data."""
    lessons = LessonPage.objects.live().child_of(course).order_by("path")
    return {
        "code": course.code,
        "title": course.title,
        "subtitle": course.subtitle,
        "introduction": course.introduction,
        "objectives": course.objectives,
        "assessment": course.assessment,
        "closing": course.closing,
        "minutes": course.minutes,
        "order": course.order,
        "pre_quiz": quiz_selectors.blueprint_of(course.pre_quiz),
        "post_quiz": quiz_selectors.blueprint_of(course.post_quiz),
        "lessons": [
            {
                "key": str(lesson.translation_key),
                "title": lesson.title,
                "standard": lesson.standard,
                "standard_text": lesson.standard_text,
                "lead": lesson.lead,
                "minutes": lesson.minutes,
                "picture": lesson.picture_id,
                "picture_alt": lesson.picture_alt,
                "body": _without_ids(lesson.body.get_prep_value()),
            }
            for lesson in lessons
        ],
    }


def _without_ids(value: Any) -> Any:
    """Stream data without the ids that the editor gives to blocks: the same words made anew are the same words."""
    if isinstance(value, dict):
        block = {"type", "value"} <= value.keys()
        return {key: _without_ids(item) for key, item in value.items() if not (block and key == "id")}
    if isinstance(value, list):
        return [_without_ids(item) for item in value]
    return value


@transaction.atomic
def announce(*, course: CoursePage, now: datetime) -> None:
    """Announce what a published course now says. A new edition is made only when a word or a rule changed.

    Rules of a test count from the next time a page of the course is published; what was asked is pinned by each attempt.
    """
    content = content_of(course)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    edition, is_new = records.announce_edition(
        code=course.code, title=course.title, minutes=course.minutes, digest=digest, now=now
    )
    if is_new:
        EditionContent.objects.create(edition=edition, content=content)


@transaction.atomic
def begin(*, course: CoursePage, officer_id: int, now: datetime) -> Enrolment:
    """Enrol, once. What the person must complete moves to "in progress"."""
    return _begin(course, officer_id, now)[0]


def _begin(
    course: CoursePage, officer_id: int, now: datetime
) -> tuple[Enrolment, records_selectors.Edition, Collection[UUID]]:
    """The enrolment, today's edition, and the lessons read: two queries for someone who has begun."""
    found = records_selectors.edition_to_learn(course.code, officer_id, today=local_date(now))
    if found is None:
        raise NotFound("course_unpublished", "รายวิชานี้ยังไม่เปิดให้เรียน")
    edition, is_started = found
    enrolment, read = enrolment_of(officer_id, course.code)
    if enrolment is None or not is_started:
        # Only whoever begins writes; those who have begun take no lock.
        with transaction.atomic():
            enrolment, _ = Enrolment.objects.get_or_create(
                officer_id=officer_id,
                subject_id=edition.subject_id,
                defaults={"started_at": now, "last_seen_at": now},
            )
            records.mark_started(officer_id=officer_id, subject_code=course.code, now=now)
    return enrolment, edition, read


def remember_place(*, enrolment: Enrolment, lesson_key: UUID, now: datetime) -> None:
    """Keep where the learner is, so that "continue" leads back here from any device. Writes only when the place changed."""
    if enrolment.last_lesson_key != lesson_key:
        Enrolment.objects.filter(pk=enrolment.pk).update(last_lesson_key=lesson_key, last_seen_at=now)


@transaction.atomic
def read_lesson(*, course: CoursePage, officer_id: int, lesson_key: UUID, now: datetime) -> str:
    """Record that a lesson was read. Refused for one that is not open yet; a second time changes nothing.

    Returns the slug of the lesson after it, or "" after the last.
    """
    lessons = lessons_of(course, "")
    if lesson_key not in {lesson.key for lesson in lessons}:
        raise NotFound("lesson_unknown", "ไม่พบบทเรียนนี้ในรายวิชา")
    enrolment, _, read = _begin(course, officer_id, now)
    sequential = course.order == CoursePage.Order.SEQUENTIAL
    if lesson_key not in readable(lessons, read, sequential=sequential):
        raise Refused("lesson_locked", "บทเรียนนี้เปิดเมื่ออ่านบทก่อนหน้าจบ")
    if lesson_key not in read:
        LessonProgress.objects.bulk_create(
            [LessonProgress(enrolment=enrolment, lesson_key=lesson_key, read_at=now)], ignore_conflicts=True
        )
    place = [lesson.key for lesson in lessons].index(lesson_key)
    return lessons[place + 1].url.strip("/") if place + 1 < len(lessons) else ""


def start_test(*, course: CoursePage, which: StepKind, officer_id: int, now: datetime) -> Attempt:
    """Start or resume a test of the course. The post-test is refused until every lesson is read.

    Where the bell rang over an open attempt, that one is handed in with what was saved and returned, submitted: its result
    is what the learner sees next, and no new attempt is spent without being asked for.
    """
    quiz = course.pre_quiz if which is StepKind.PRE else course.post_quiz
    if quiz is None:
        raise NotFound("test_unknown", "รายวิชานี้ไม่มีแบบทดสอบนี้")
    _, edition, read = _begin(course, officer_id, now)
    if which is StepKind.POST and not set(lesson_keys(course)) <= set(read):
        raise Refused("lessons_unread", "แบบทดสอบหลังเรียนเปิดเมื่ออ่านครบทุกบท")
    started = quizzes.start_attempt(
        quiz=quiz,
        officer_id=officer_id,
        context=context_of(course.code, which),
        context_version=str(edition.pk),
        now=now,
        counted_since=year_began(now),
    )
    if quizzes.is_over(started, now=now):
        return hand_in_attempt(attempt=started, now=now)
    return started


@transaction.atomic
def hand_in(
    *, course: CoursePage, which: StepKind, officer_id: int, attempt_id: str, answers: Answers, now: datetime
) -> Attempt:
    """Grade an attempt and, where it passes the post-test, record the award: both or neither.

    Handing in twice gives the first result, and one award: the attempt's id is the award's key. A pass that the register
    cannot take yet (no posting that day) stays a pass; `settle_awards` records it once it can. Raises NotFound for an attempt
    that is not this person's or not of this test.
    """
    graded = quizzes.submit_named(
        officer_id=officer_id,
        context=context_of(course.code, which),
        public_id=attempt_id,
        answers=answers,
        now=now,
    )
    return _rewarded(graded, now)


@transaction.atomic
def hand_in_attempt(*, attempt: Attempt, now: datetime) -> Attempt:
    """Hand in for somebody whose bell has rung, with what was saved; the award as in `hand_in`."""
    return _rewarded(quizzes.submit_overdue(attempt=attempt, now=now), now)


def _rewarded(graded: Attempt, now: datetime) -> Attempt:
    if graded.passed and not graded.is_practice and graded.context.endswith(f":{StepKind.POST}"):
        # Handed in this moment, or a second time: then the key is there and is found.
        _award(graded.context.split(":")[1], graded, now=now, is_new=True)
    return graded


def ring_bells(*, now: datetime, limit: int = 200) -> int:
    """Hand in attempts whose time is over and whose learners have left, longest overdue first. Returns how many.

    Each in a transaction of its own: safe to run at any time, twice at once, and again after a kill. One that fails waits and
    does not hold up the others.
    """
    found = quizzes.overdue(now=now, limit=limit)
    return quizzes.contained(
        quizzes.Work.BELLS, found, lambda attempt: hand_in_attempt(attempt=attempt, now=now), now=now
    )


def _award(code: str, graded: Attempt, *, now: datetime, is_new: bool = False) -> bool:
    """Record what a passing attempt earned; False where the register refuses it for now."""
    completion = records.Completion(
        key=f"attempt:{graded.public_id}",
        officer_id=graded.officer_id,
        subject_code=code,
        edition_id=int(graded.context_version),
        completed_at=graded.submitted_at or now,
        method=Method.ONLINE,
        score=graded.score,
        max_score=graded.max_score,
        attempt_ref=graded.public_id,
    )
    try:
        records.record_award(completion=completion, now=now, is_new=is_new)
    except Refused:
        return False
    return True


def settle_awards(*, now: datetime, officer_id: int | None = None) -> tuple[int, int]:
    """Record the passes that the register could not take when they were handed in. Returns (recorded, still waiting).

    Safe to run at any time: an award that exists is found by its key and not made twice.
    """
    recorded = waiting = 0
    for attempt in quiz_selectors.passes(context_ends=f":{StepKind.POST}", officer_id=officer_id):
        if records_selectors.has_award_for(attempt.public_id):
            continue
        code = attempt.context.split(":")[1]
        if _award(code, attempt, now=now):
            recorded += 1
        else:
            waiting += 1
    return recorded, waiting


def award_corrected(*, now: datetime, limit: int = 200) -> int:
    """Record the awards of attempts that a corrected key let pass (rule E12), oldest first. Returns how many were looked at.

    The award is of the day the attempt was handed in. One that the register cannot take waits for `settle_awards`; one that fails
    is tried again and does not hold up the others.
    """

    def pass_on(attempt: Attempt) -> None:
        if not attempt.is_practice and attempt.context.endswith(f":{StepKind.POST}"):
            _award(attempt.context.split(":")[1], attempt, now=now)
        quizzes.passed_on(attempt=attempt)

    found = quiz_selectors.new_passes(now=now, limit=limit)
    return quizzes.contained(quizzes.Work.AWARDS, found, pass_on, now=now)
