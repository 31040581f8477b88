"""What the front doors show, put together from the floors below."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from campaigns import selectors as campaigns
from courses import attitudes
from courses import selectors as courses
from sucharit.home.models import HomePage
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.selectors import Viewer
from sucharit.records import selectors as records
from sucharit.records.enums import State
from sucharit.records.statuses import AwardState


@dataclass(frozen=True)
class Task:
    """One required course on the learner's page."""

    duty: records.Duty
    title: str
    url: str
    minutes: int
    percent: int
    standards: Sequence[int]

    @property
    def action(self) -> str:
        """The word on its button."""
        return "เรียนต่อ" if self.percent or self.duty.state is State.IN_PROGRESS else "เริ่มเรียน"

    @property
    def minutes_left(self) -> int:
        """About how long the rest takes, at least one minute."""
        return max(1, self.minutes * (100 - self.percent) // 100)


@dataclass(frozen=True)
class FirstPage:
    """The learner's first page: what is due, what is on, what is done."""

    open: Sequence[Task]
    # Required, not done, and not open to learners at the moment.
    waiting: Sequence[records.Duty]
    awards: Sequence[records.AwardEvent]
    campaigns: Sequence[campaigns.CampaignPage]
    # Questionnaires about three months after a course.
    invitations: Sequence[attitudes.Offer] = ()

    def sentence(self, today: date) -> str:
        """Where I stand, in one sentence."""
        if not self.open and self.waiting:
            return "รายวิชาที่คุณต้องเรียนปิดปรับปรุงอยู่"
        if not self.open:
            return "คุณเรียนครบตามที่กำหนดแล้ว" if self.awards else "ขณะนี้ไม่มีรายวิชาที่คุณต้องเรียน"
        late = sum(task.duty.turns_on < today for task in self.open)
        words = f"คุณมีรายวิชาที่ต้องเรียนอีก {len(self.open)} รายวิชา"
        return f"{words} เลยกำหนดแล้ว {late} รายวิชา" if late else words


@dataclass(frozen=True)
class FrontPage:
    """What the public front page shows beside the editor's words."""

    campaigns: Sequence[campaigns.CampaignPage]
    courses: Sequence[courses.CourseCard]


def front_page(*, today: date) -> FrontPage:
    """Today's campaigns and the first courses of the catalogue."""
    return FrontPage(campaigns.running(today=today), courses.newest_cards(limit=3))


def fresh_home(page: HomePage) -> HomePage:
    """The front page as it is stored now, with its picture, in one query."""
    found: HomePage = HomePage.objects.select_related("hero").get(pk=page.pk)
    return found


def first_page(who: Viewer, *, now: datetime, skipped: Collection[tuple[str, str]] = ()) -> FirstPage:
    """The learner's page in a number of queries that does not grow with courses, lessons or awards."""
    today = local_date(now)
    if who.officer_id is None:
        return FirstPage([], [], [], campaigns.running(today=today))
    owed = records.duties(who.officer_id, today=today, now=now)
    # One course is one task, whatever requirements ask for it: the nearest due day first, the others in its reasons.
    nearest: dict[str, records.Duty] = {}
    for duty in owed:
        if not duty.is_done:
            nearest.setdefault(duty.subject_code, duty)
    undone, codes = list(nearest.values()), list(nearest)
    pages = courses.live_courses(codes)
    percents = courses.progress_of(who.officer_id, codes)
    tasks = [
        Task(
            duty=duty,
            title=pages[duty.subject_code].title,
            url=pages[duty.subject_code].url or "/",
            minutes=pages[duty.subject_code].minutes,
            percent=percents.get(duty.subject_code, 0),
            standards=(),
        )
        for duty in undone
        if duty.subject_code in pages
    ]
    waiting = [duty for duty in undone if duty.subject_code not in pages]
    # One that was taken back is told on the page of one's records, not counted among what is done.
    told = records.awards_told(who.officer_id, today=today)
    awards = [row.award for row in told if row.status.state != AwardState.REVOKED]
    invited = attitudes.invitations(who.officer_id, awards, today=today, skipped=skipped)
    return FirstPage(tasks, waiting, awards, campaigns.running(today=today), invited)
