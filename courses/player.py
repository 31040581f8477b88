"""What is open to a learner: pure functions of the outline and of what was done. No database, no clock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class LessonOutline:
    """A lesson as the contents list knows it."""

    key: UUID
    page_id: int
    title: str
    url: str
    standard: int | None
    minutes: int


class StepState(StrEnum):
    """How a step of the course stands for this learner. The words are those of the theme's `steps`."""

    DONE = "done"
    CURRENT = "current"
    OPEN = "open"
    LOCKED = "locked"


class StepKind(StrEnum):
    """What a step is."""

    PRE = "pre"
    LESSON = "lesson"
    POST = "post"


@dataclass(frozen=True)
class Step:
    """One line of the contents: a test or a lesson, with where it leads and whether it is open."""

    kind: StepKind
    title: str
    url: str
    # Done, open or locked, wherever one stands; what comes next is read from this.
    access: StepState
    is_here: bool = False
    minutes: int | None = None
    standard: int | None = None
    key: UUID | None = None
    note: str = ""

    @property
    def state(self) -> StepState:
        """What the contents list shows: standing before a locked door does not open it."""
        return StepState.CURRENT if self.is_here and self.access is not StepState.LOCKED else self.access


@dataclass(frozen=True)
class Done:
    """What a learner has done in a course, in this period."""

    read: frozenset[UUID] = frozenset()
    pre_taken: bool = False
    passed: bool = False


def readable(
    lessons: Sequence[LessonOutline], read: Collection[UUID], *, sequential: bool
) -> frozenset[UUID]:
    """The lessons that may be opened: all, or in order those read and the first one not yet read."""
    if not sequential:
        return frozenset(lesson.key for lesson in lessons)
    allowed = []
    for lesson in lessons:
        allowed.append(lesson.key)
        if lesson.key not in read:
            break
    return frozenset(allowed) | {lesson.key for lesson in lessons if lesson.key in read}


def all_read(lessons: Sequence[LessonOutline], read: Collection[UUID]) -> bool:
    """Whether the post-test is open. A course without lessons is a test alone."""
    return all(lesson.key in read for lesson in lessons)


def percent_done(lessons: Sequence[LessonOutline], done: Done, *, has_post: bool) -> int:
    """Progress in whole per cent: each lesson one part, the post-test one more; 100 only when it is passed."""
    parts = len(lessons) + int(has_post)
    if not parts:
        return 0
    return (sum(lesson.key in done.read for lesson in lessons) + int(has_post and done.passed)) * 100 // parts


def steps(
    lessons: Sequence[LessonOutline],
    done: Done,
    *,
    sequential: bool,
    pre: tuple[str, str] | None,
    post: tuple[str, str] | None,
    at: UUID | StepKind | None = None,
) -> Sequence[Step]:
    """The contents list. `pre` and `post` are (title, url) of the tests; `at` is where the learner stands now.

    The pre-test never blocks (it measures where one starts), and closes once lessons are read or it was taken.
    """
    rows: list[Step] = []
    if pre is not None:
        state = StepState.DONE if done.pre_taken else StepState.OPEN
        rows.append(Step(StepKind.PRE, pre[0], pre[1], state, at is StepKind.PRE))
    allowed = readable(lessons, done.read, sequential=sequential)
    for lesson in lessons:
        state = StepState.DONE if lesson.key in done.read else StepState.OPEN
        if lesson.key not in allowed:
            state = StepState.LOCKED
        rows.append(
            Step(
                StepKind.LESSON,
                lesson.title,
                lesson.url,
                state,
                lesson.key == at,
                minutes=lesson.minutes,
                standard=lesson.standard,
                key=lesson.key,
                note="เปิดเมื่ออ่านบทก่อนหน้าจบ" if state is StepState.LOCKED else "",
            )
        )
    if post is not None:
        state = StepState.DONE if done.passed else StepState.OPEN
        if not all_read(lessons, done.read) and not done.passed:
            state = StepState.LOCKED
        note = "เปิดเมื่ออ่านครบทุกบท" if state is StepState.LOCKED else ""
        rows.append(Step(StepKind.POST, post[0], post[1], state, at is StepKind.POST, note=note))
    return rows


def next_step(rows: Sequence[Step], last_key: UUID | None) -> Step | None:
    """Where "continue" leads: the lesson left half-way if it is not yet read, else the first step that is not done.

    None when everything is done.
    """
    for row in rows:
        if row.key is not None and row.key == last_key and row.access is StepState.OPEN:
            return row
    started = any(row.kind is StepKind.LESSON and row.access is StepState.DONE for row in rows)
    for row in rows:
        if row.kind is StepKind.PRE and started:
            continue
        if row.access is StepState.OPEN:
            return row
    return None
