"""Where learners meet a questionnaire of attitude: before a course, after it, and about three months later. Always by choice.

What is answered goes to the quiz floor under a pseudonym. Nothing of it is kept here: no progress, no place, no time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from courses.models import CoursePage
from courses.selectors import COURSE_DEPTH, CourseView
from quizzes import attitudes as questionnaires
from quizzes.attitude_results import LATER_FROM, LATER_UNTIL
from quizzes.attitudes import Questionnaire
from quizzes.enums import Wave
from sucharit.kernel.errors import NotFound, Refused
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers import selectors as officers
from sucharit.records import selectors as records
from sucharit.theme.pages import reachable

Skipped = Collection[tuple[str, str]]


@dataclass(frozen=True)
class Offer:
    """A questionnaire that somebody may answer now, or leave."""

    code: str
    title: str
    wave: Wave

    @property
    def url(self) -> str:
        """Where it is answered."""
        return reverse("courses:attitude", kwargs={"code": self.code, "wave": self.wave})


@dataclass(frozen=True)
class Sheet:
    """The questionnaire of a course at one wave, as this learner may answer it now."""

    asked: Questionnaire
    wave: Wave
    fiscal_year: int
    is_answered: bool


def context_of(code: str) -> str:
    """The name under which answers of a course are kept: the course, never an attempt or an enrolment."""
    return f"course:{code}"


def open_wave(awarded_on: date | None, *, today: date) -> tuple[Wave, int] | None:
    """The wave that may be answered today with the fiscal year it counts for, or none. `awarded_on` is the newest award's day.

    Before: no award yet. After: the 89 days from the award, within its fiscal year. Later: from 90 to 180 days after it. So a
    year takes no answers before and after once it has ended, and no later ones once 180 more days have passed.
    """
    if awarded_on is None:
        return Wave.BEFORE, FiscalYear.of(today).year
    year, passed = FiscalYear.of(awarded_on), today - awarded_on
    if LATER_FROM <= passed <= LATER_UNTIL:
        return Wave.LATER, year.year
    if passed < LATER_FROM and today in year:
        return Wave.AFTER, year.year
    return None


def sheet(course: CoursePage, officer_id: int, wave: Wave, *, today: date) -> Sheet | None:
    """The questionnaire of a course for this learner; none where there is none, or the wave is not open."""
    if course.attitude_id is None:
        return None
    found = open_wave(_awarded_on(officer_id, course.code), today=today)
    if found is None or found[0] is not wave:
        return None
    asked = questionnaires.questionnaire(course.attitude_id)
    if asked is None:
        return None
    place = (asked.code, context_of(course.code))
    person = officers.public_id_of(officer_id)
    answered = questionnaires.has_answered(places=[place], wave=wave, person=person)
    return Sheet(asked, wave, found[1], bool(answered))


def _awarded_on(officer_id: int, code: str) -> date | None:
    award = records.newest_award(officer_id, code)
    return local_date(award.completed_at) if award is not None else None


def offer(course: CoursePage, officer_id: int | None, *, today: date, skipped: Skipped) -> Offer | None:
    """What may be offered on a page of the course: at most four queries, and none where the course has no questionnaire."""
    if course.attitude_id is None or officer_id is None:
        return None
    found = open_wave(_awarded_on(officer_id, course.code), today=today)
    if found is None or (course.code, str(found[0])) in skipped:
        return None
    codes = questionnaires.codes_in_use([course.attitude_id])
    if not codes:
        return None
    place = (codes[course.attitude_id], context_of(course.code))
    person = officers.public_id_of(officer_id)
    if questionnaires.has_answered(places=[place], wave=found[0], person=person):
        return None
    return Offer(course.code, course.title, found[0])


def offer_at_start(
    course: CoursePage, view: CourseView, officer_id: int | None, *, today: date, skipped: Skipped
) -> Offer | None:
    """The offer before the course: only until something of it was read, or it would measure something else."""
    if view.award is not None or view.done.read:
        return None
    return offer(course, officer_id, today=today, skipped=skipped)


def invitations(
    officer_id: int, awards: Sequence[records.AwardEvent], *, today: date, skipped: Skipped
) -> Sequence[Offer]:
    """The later questionnaires open to a learner: none or four queries, however many awards."""
    newest: dict[str, date] = {}
    for award in awards:
        newest.setdefault(award.subject.code, local_date(award.completed_at))
    due = [
        code
        for code, day in newest.items()
        if LATER_FROM <= today - day <= LATER_UNTIL and (code, str(Wave.LATER)) not in skipped
    ]
    if not due:
        return []
    rows = reachable(CoursePage.objects.filter(code__in=due, attitude__isnull=False), depth=COURSE_DEPTH)
    courses: Mapping[str, CoursePage] = {page.code: page for page in rows}
    instruments = questionnaires.codes_in_use({page.attitude_id for page in courses.values()})
    places = {
        page.code: (instruments[page.attitude_id], context_of(page.code))
        for page in courses.values()
        if page.attitude_id in instruments
    }
    if not places:
        return []
    person = officers.public_id_of(officer_id)
    answered = questionnaires.has_answered(places=list(places.values()), wave=Wave.LATER, person=person)
    return [
        Offer(code, courses[code].title, Wave.LATER)
        for code in due
        if code in places and places[code] not in answered
    ]


def answer(
    *, course: CoursePage, officer_id: int, wave: Wave, answers: Mapping[int, int], today: date
) -> None:
    """Hand what this learner said to the quiz floor. Raises NotFound where the wave is not open, Refused for a second time."""
    found = sheet(course, officer_id, wave, today=today)
    if found is None:
        raise NotFound("wave_closed", "แบบสอบถามนี้ไม่ได้เปิดในขณะนี้")
    if found.is_answered:
        raise Refused("answered_already", "คุณตอบแบบสอบถามครั้งนี้แล้ว")
    questionnaires.answer(
        asked=found.asked,
        context=context_of(course.code),
        wave=wave,
        person=officers.public_id_of(officer_id),
        group=officers.ministry_code_on(officer_id, today),
        fiscal_year=found.fiscal_year,
        answers=answers,
    )
