"""Reads of the courses: the catalogue, and a course as one learner sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Substr
from django.utils.functional import cached_property
from wagtail.query import PageQuerySet

from courses.models import CourseIndexPage, CoursePage, Enrolment, LessonPage
from courses.player import (
    Done,
    LessonOutline,
    Step,
    StepKind,
    all_read,
    next_step,
    percent_done,
    readable,
    steps,
)
from quizzes import selectors as quizzes
from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers.selectors import Viewer
from sucharit.records import selectors as records
from sucharit.theme.pages import for_everyone, reachable

PRE, POST = StepKind.PRE, StepKind.POST
# Root, front page, catalogue, course.
COURSE_DEPTH = 4


class CardStandards:
    """The standards of several courses' lessons, read in one query when the first of them is asked for."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths

    @cached_property
    def _found(self) -> Mapping[str, Sequence[int]]:
        below = Q(pk__in=[])
        for path in self._paths:
            below |= Q(path__startswith=path)
        found: dict[str, set[int]] = {path: set() for path in self._paths}
        rows = LessonPage.objects.live().filter(below, standard__isnull=False).values_list("path", "standard")
        for path, standard in rows:
            found[path[: -LessonPage.steplen]].add(standard)
        return {path: sorted(standards) for path, standards in found.items()}

    def of(self, path: str) -> Sequence[int]:
        """The standards of the course at a path, ascending."""
        return self._found.get(path, ())


@dataclass(frozen=True)
class CourseCard:
    """A course in the catalogue. `changed_at` is when a lesson of it was last published: what a kept card depends on."""

    page: CoursePage
    lessons: int
    changed_at: datetime | None
    _standards: CardStandards

    @property
    def standards(self) -> Sequence[int]:
        """The standards its lessons teach."""
        return self._standards.of(self.page.path)


@dataclass(frozen=True)
class CourseView:
    """A course as one learner sees it. For a visitor nothing is done and nothing is enrolled."""

    page: CoursePage
    lessons: Sequence[LessonOutline]
    enrolment: Enrolment | None
    done: Done
    award: records.AwardEvent | None
    steps: Sequence[Step]
    next_step: Step | None
    percent: int
    attempts: Mapping[str, Sequence[quizzes.Attempt]]

    @property
    def is_started(self) -> bool:
        """Whether the learner has begun."""
        return self.enrolment is not None

    @property
    def read_count(self) -> int:
        """How many of today's lessons are read."""
        return sum(lesson.key in self.done.read for lesson in self.lessons)


def year_began(now: datetime) -> datetime:
    """The instant at which the Thai fiscal year of `now` began: attempts are counted by the year."""
    return midnight(FiscalYear.of(local_date(now)).start)


def context_of(code: str, which: StepKind) -> str:
    """The name under which the quiz engine keeps attempts of a course's test."""
    return f"course:{code}:{which}"


def test_url(code: str, which: StepKind) -> str:
    """Where a course's test begins."""
    return f"/learn/{code}/test/{which}/"


# What recording and testing need of a course; its texts, and the tests themselves, are read by the pages that show them.
_COURSE_FACTS = (
    "title",
    "slug",
    "path",
    "depth",
    "numchild",
    "url_path",
    "locale",
    "live",
    "code",
    "order",
    "minutes",
    "pre_quiz",
    "post_quiz",
    "attitude",
)


def live_course(code: str, *, test: StepKind | None = None) -> CoursePage | None:
    """A published course by code, without its texts, with one of its tests, and whether it is private; or none. One query."""
    if not code.isascii() or not code.isprintable():
        return None
    rows = reachable(CoursePage.objects.filter(code=code), depth=COURSE_DEPTH).only(*_COURSE_FACTS)
    found: CoursePage | None = (rows.select_related(f"{test}_quiz") if test else rows).first()
    return found


def live_courses(codes: Sequence[str]) -> Mapping[str, CoursePage]:
    """Published courses by code."""
    rows = reachable(CoursePage.objects.filter(code__in=codes), depth=COURSE_DEPTH).select_related("cover")
    return {page.code: page for page in rows}


def catalogue(index: CourseIndexPage) -> Sequence[CourseCard]:
    """The published courses under the index, in the editor's order, in two queries."""
    return _cards(for_everyone(CoursePage.objects.child_of(index)).select_related("cover").order_by("path"))


def newest_cards(*, limit: int) -> Sequence[CourseCard]:
    """The courses published last, for the front page, in two queries."""
    return _cards(
        for_everyone(CoursePage.objects.all())
        .select_related("cover")
        .order_by("-first_published_at", "path")[:limit]
    )


def count_live() -> int:
    """How many courses are published. One query."""
    count: int = CoursePage.objects.live().count()
    return count


def _cards(found: PageQuerySet) -> Sequence[CourseCard]:
    courses = list(found)
    # Courses stand at one depth, so their lessons are counted by the beginning of the path, in one grouped query.
    width = max((len(page.path) for page in courses), default=0)
    rows = (
        LessonPage.objects.live()
        .order_by()
        .annotate(course_path=Substr("path", 1, width))
        .values_list("course_path")
        .annotate(lessons=Count("pk"), changed_at=Max("last_published_at"))
    )
    below = {path: (lessons, changed_at) for path, lessons, changed_at in rows} if courses else {}
    standards = CardStandards([page.path for page in courses])
    return [CourseCard(page, *below.get(page.path, (0, None)), standards) for page in courses]


def lessons_of(course: CoursePage, course_url: str) -> Sequence[LessonOutline]:
    """The published lessons of a course in order, without their bodies, in one query."""
    rows = _lessons_below(course).values_list(
        "translation_key", "page_ptr_id", "title", "slug", "standard", "minutes"
    )
    return [
        LessonOutline(key, page_id, title, f"{course_url}{slug}/", standard, minutes)
        for key, page_id, title, slug, standard, minutes in rows
    ]


def lesson_keys(course: CoursePage) -> Sequence[UUID]:
    """The published lessons of a course in order, by key alone, in one query."""
    return list(_lessons_below(course).values_list("translation_key", flat=True))


def _lessons_below(course: CoursePage) -> PageQuerySet:
    below = LessonPage.objects.filter(path__startswith=course.path, depth=course.depth + 1, live=True)
    found: PageQuerySet = below.order_by("path")
    return found


def course_view(
    course: CoursePage, course_url: str, who: Viewer, *, today: date, at: UUID | StepKind | None = None
) -> CourseView:
    """A course as `who` sees it today: at most five queries however many lessons or questions it has."""
    lessons = lessons_of(course, course_url)
    enrolment, done, award, attempts = _personal(course, who, today)
    rows = steps(
        lessons,
        done,
        sequential=course.order == CoursePage.Order.SEQUENTIAL,
        pre=("แบบทดสอบก่อนเรียน", test_url(course.code, PRE)) if course.pre_quiz_id else None,
        post=("แบบทดสอบหลังเรียน", test_url(course.code, POST)) if course.post_quiz_id else None,
        at=at,
    )
    return CourseView(
        page=course,
        lessons=lessons,
        enrolment=enrolment,
        done=done,
        award=award,
        steps=rows,
        next_step=next_step(rows, enrolment.last_lesson_key if enrolment else None),
        percent=percent_done(lessons, done, has_post=course.post_quiz_id is not None),
        attempts=attempts,
    )


def _personal(
    course: CoursePage, who: Viewer, today: date
) -> tuple[Enrolment | None, Done, records.AwardEvent | None, Mapping[str, Sequence[quizzes.Attempt]]]:
    pre, post = context_of(course.code, PRE), context_of(course.code, POST)
    if who.officer_id is None:
        return None, Done(), None, {pre: (), post: ()}
    enrolment, read = enrolment_of(who.officer_id, course.code)
    attempts = quizzes.attempts_in(who.officer_id, [pre, post])
    award = records.award_in_year(who.officer_id, course.code, today=today)
    done = Done(read=read, pre_taken=any(a.submitted_at for a in attempts[pre]), passed=award is not None)
    return enrolment, done, award, attempts


def open_lessons(view: CourseView) -> frozenset[UUID]:
    """The lessons this learner may open now."""
    return readable(view.lessons, view.done.read, sequential=view.page.order == CoursePage.Order.SEQUENTIAL)


def is_locked(view: CourseView, which: StepKind) -> bool:
    """Whether a test is not open yet: the post-test opens when every lesson is read."""
    return which is POST and not all_read(view.lessons, view.done.read)


def to_read_again(view: CourseView, items: Sequence[quizzes.ReviewItem]) -> Sequence[LessonOutline]:
    """The lessons on the standards in which an answer was not right, in the order of the course."""
    missed = {item.standard for item in items if not item.is_right}
    return [lesson for lesson in view.lessons if lesson.standard in missed]


def enrolment_of(officer_id: int, code: str) -> tuple[Enrolment | None, frozenset[UUID]]:
    """The enrolment and the lessons read, in one query."""
    rows = list(
        Enrolment.objects.filter(officer_id=officer_id, subject__code=code).annotate(
            read_key=F("progress__lesson_key")
        )
    )
    return (rows[0], frozenset(row.read_key for row in rows if row.read_key)) if rows else (None, frozenset())


def course_above(lesson: LessonPage) -> CoursePage:
    """The course of a lesson, in one query."""
    found: CoursePage = CoursePage.objects.only(
        "title", "slug", "path", "depth", "numchild", "url_path", "code", "order", "pre_quiz", "post_quiz"
    ).get(path=lesson.path[: -LessonPage.steplen])
    return found


def progress_of(officer_id: int, codes: Sequence[str]) -> Mapping[str, int]:
    """How many of today's lessons of each course a learner has read, in per cent of its parts: the first page's bars."""
    courses = {
        page.code: page
        for page in CoursePage.objects.live()
        .filter(code__in=codes)
        .only("code", "path", "depth", "post_quiz")
    }
    keys: dict[str, set[UUID]] = {code: set() for code in courses}
    by_path = {page.path: code for code, page in courses.items()}
    step = CoursePage.steplen
    for path, key in LessonPage.objects.live().values_list("path", "translation_key"):
        code = by_path.get(path[:-step])
        if code:
            keys[code].add(key)
    read: dict[str, int] = dict.fromkeys(courses, 0)
    for enrolment in (
        Enrolment.objects.filter(officer_id=officer_id, subject__code__in=codes)
        .prefetch_related("progress")
        .select_related("subject")
    ):
        code = enrolment.subject.code
        if code in keys:
            read[code] = sum(row.lesson_key in keys[code] for row in enrolment.progress.all())
    return {
        code: read[code] * 100 // (len(keys[code]) + int(page.post_quiz_id is not None) or 1)
        for code, page in courses.items()
    }
