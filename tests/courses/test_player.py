"""What is open to a learner: properties of the pure functions."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from courses.player import (
    Done,
    LessonOutline,
    StepKind,
    StepState,
    all_read,
    next_step,
    percent_done,
    readable,
    steps,
)

PRE, POST = ("ก่อนเรียน", "/pre/"), ("หลังเรียน", "/post/")


def lesson(number: int) -> LessonOutline:
    return LessonOutline(UUID(int=number), number, f"บท {number}", f"/{number}/", None, 5)


outlines = st.integers(0, 12).map(lambda n: [lesson(number) for number in range(1, n + 1)])
reads = st.sets(st.integers(1, 16).map(lambda n: UUID(int=n))).map(frozenset)
dones = st.builds(Done, read=reads, pre_taken=st.booleans(), passed=st.booleans())


@given(outlines, reads)
def test_in_order_exactly_the_read_ones_and_the_first_unread_are_open(lessons, read):
    allowed = readable(lessons, read, sequential=True)
    unread = [item.key for item in lessons if item.key not in read]
    assert allowed == {item.key for item in lessons if item.key in read} | set(unread[:1])


@given(outlines, reads)
def test_in_free_order_everything_is_open(lessons, read):
    assert readable(lessons, read, sequential=False) == {item.key for item in lessons}


@given(outlines)
def test_reading_what_is_open_always_leads_to_the_end(lessons):
    read: set[UUID] = set()
    for _ in lessons:
        fresh = readable(lessons, read, sequential=True) - read
        assert len(fresh) == 1
        read |= fresh
    assert all_read(lessons, read)


@given(outlines, dones, st.booleans())
def test_progress_lies_between_nothing_and_all_and_is_whole_only_at_the_end(lessons, done, has_post):
    percent = percent_done(lessons, done, has_post=has_post)
    assert 0 <= percent <= 100
    finished = all_read(lessons, done.read) and (done.passed or not has_post)
    assert (percent == 100) == (finished and bool(lessons or has_post))


@given(outlines, dones, st.integers(1, 12))
def test_reading_one_more_lesson_never_loses_progress(lessons, done, number):
    more = Done(done.read | {UUID(int=number)}, done.pre_taken, done.passed)
    assert percent_done(lessons, more, has_post=True) >= percent_done(lessons, done, has_post=True)


@given(outlines, dones, st.booleans())
def test_the_post_test_is_locked_until_every_lesson_is_read_or_it_is_passed(lessons, done, sequential):
    rows = steps(lessons, done, sequential=sequential, pre=PRE, post=POST)
    assert [row.kind for row in rows] == [StepKind.PRE, *[StepKind.LESSON] * len(lessons), StepKind.POST]
    locked = rows[-1].state is StepState.LOCKED
    assert locked == (not all_read(lessons, done.read) and not done.passed)
    assert bool(rows[-1].note) == locked


@given(outlines, dones, st.booleans())
def test_r9_the_pre_test_never_blocks(lessons, done, sequential):
    def lesson_states(pre):
        rows = steps(lessons, done, sequential=sequential, pre=pre, post=POST)
        return [row.state for row in rows if row.kind is not StepKind.PRE]

    assert lesson_states(PRE) == lesson_states(None)
    assert steps(lessons, done, sequential=sequential, pre=PRE, post=POST)[0].state is not StepState.LOCKED


@given(outlines, dones, st.booleans(), st.one_of(st.none(), st.integers(1, 14).map(lambda n: UUID(int=n))))
def test_continue_never_leads_to_a_locked_or_finished_step(lessons, done, sequential, last):
    rows = steps(lessons, done, sequential=sequential, pre=PRE, post=POST)
    chosen = next_step(rows, last)
    if chosen is None:
        assert not [row for row in rows if row.state is StepState.OPEN and row.kind is not StepKind.PRE]
    else:
        assert chosen.state is StepState.OPEN


@given(outlines.filter(bool), dones, st.sampled_from([StepKind.PRE, StepKind.POST]), st.integers(0, 11))
def test_where_one_stands_does_not_change_what_comes_next(lessons, done, test, number):
    """The result page of a test asks for the next step while standing at that test."""
    at = test if number % 2 else lessons[number % len(lessons)].key
    away = next_step(steps(lessons, done, sequential=True, pre=PRE, post=POST), None)
    here = next_step(steps(lessons, done, sequential=True, pre=PRE, post=POST, at=at), None)
    assert (here.url if here else None) == (away.url if away else None)


def test_a_lesson_left_half_way_is_where_one_goes_on():
    lessons = [lesson(number) for number in (1, 2, 3, 4)]
    rows = steps(lessons, Done(read=frozenset({UUID(int=1)})), sequential=False, pre=PRE, post=POST)
    assert next_step(rows, UUID(int=3)).title == "บท 3"
    assert next_step(rows, UUID(int=1)).title == "บท 2", "a read lesson is not half-way"
    assert next_step(rows, UUID(int=99)).title == "บท 2", "a lesson that is gone is nowhere"


def test_the_lesson_one_stands_at_is_marked():
    lessons = [lesson(1), lesson(2)]
    rows = steps(lessons, Done(), sequential=False, pre=None, post=None, at=UUID(int=2))
    assert [row.state for row in rows] == [StepState.OPEN, StepState.CURRENT]
