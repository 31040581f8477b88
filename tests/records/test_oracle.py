"""The standings held to a slow, plain model (`plain`), by random streams through the real verbs (`streams`)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest
from django.conf import settings as site
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import services as people
from sucharit.officers.dated import DatedPerson
from sucharit.officers.models import Agency
from sucharit.records import applications, decisions, timeline
from sucharit.records.models import AwardEvent, Decision, LedgerEntry, Projection
from sucharit.records.rules import PeriodRules
from tests.records.comparing import (
    counts,
    counts_plainly,
    differences,
    everything,
    moments,
    rebuild,
    rounds_of,
    told,
    told_plainly,
)
from tests.records.streams import Stream
from tests.records.worlds import DAY

pytestmark = pytest.mark.django_db
SEEDS = range(8)
NUMBERS = st.integers(0, 999)
WORLD = st.lists(NUMBERS, min_size=60, max_size=120)
EVENT = st.lists(NUMBERS, min_size=6, max_size=12)


def numbers(seed: int) -> tuple[list[int], list[list[int]]]:
    """A world and a stream of 20 to 60 events."""
    chance = Random(seed)
    world = [chance.randrange(1000) for _ in range(120)]
    return world, [[chance.randrange(1000) for _ in range(12)] for _ in range(chance.randrange(20, 61))]


@pytest.fixture
def stream(request: pytest.FixtureRequest) -> Stream:
    """A seeded stream that has come to its end."""
    world, events = numbers(request.param)
    made = Stream(world)
    made.run(events)
    return made


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction for one example, undone at its end; what is durable may stand inside, as in any test."""
    for folder in (site.LEDGER_KEYS, site.LEDGER_CHECKPOINTS):
        shutil.rmtree(folder, ignore_errors=True)
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        yield
        transaction.set_rollback(True)


def agree(stream: Stream, salt: int) -> None:
    """Rows, pages, coverage, a recount and a rebuild all say what the model does."""
    assert differences(stream, salt=salt) == []
    assert Projection.objects.get().position == LedgerEntry.objects.count()
    assert LedgerEntry.objects.count() == AwardEvent.objects.count() + Decision.objects.count()
    assert [applications.wrong_counts(period) for period in rounds_of(stream).values()] == [0] * len(
        rounds_of(stream)
    )
    asked = moments(stream, 60, salt)
    for at in asked[salt % 7 :: 29]:
        assert told(stream, at) == told_plainly(stream, at)
        assert counts(stream, at) == counts_plainly(stream, at)
    assert told(stream, None) == told_plainly(stream, stream.now)
    assert counts(stream, None) == counts_plainly(stream, stream.now)
    before = everything()
    rebuild(stream.now)
    assert everything() == before


@pytest.mark.parametrize("stream", SEEDS, indirect=True)
def test_e6_rows_pages_and_coverage_of_any_instant_are_what_the_plain_model_says(stream):
    agree(stream, salt=len(stream.instants))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=WORLD, events=st.lists(EVENT, min_size=5, max_size=40))
def test_e6_whatever_the_world_and_the_stream(world, events):
    with taken_back():
        stream = Stream(world)
        stream.run(events)
        agree(stream, salt=len(events))


@pytest.mark.parametrize("stream", [100, 101, 102], indirect=True)
def test_e6_the_past_is_the_same_after_a_course_edit_a_transfer_a_rename_and_a_merge(stream):
    then = stream.now
    asked = [at for at in moments(stream, 12) if at < then]
    before = [(told(stream, at), counts(stream, at)) for at in asked]
    assert any(page for page, _ in before)
    stream.now = then + DAY
    stream.announce("S1")
    today = local_date(stream.now)
    mover, *others = [row for row in stream.officers.values() if row.left_service_on is None]
    for number, name in enumerate(("L1", "D3")):
        people.post_officer(
            officer=mover,
            agency=Agency.objects.get(code=name),
            position_title="นักวิชาการ",
            position_type="academic",
            position_level="K1",
            starts_on=max(post.starts_on for post in mover.postings.all()) + DAY
            if number
            else max([today, *(post.starts_on + DAY for post in mover.postings.all())]),
            now=stream.now,
        )
    leaf = Agency.objects.get(code="L1")
    leaf.name = "ชื่อใหม่"
    leaf.save(update_fields=["name"])
    free = [row for row in others if not Decision.objects.filter(kind="merge", other=row).exists()]
    one, other = free[0], free[-1]
    if one != other and not Decision.objects.filter(kind="merge", officer=other).exists():
        decisions.merge(
            key="after",
            officer_id=one.pk,
            other_id=other.pk,
            reason="คนเดียวกัน",
            actor_id=stream.actor,
            now=stream.now,
        )
    stream.now += timedelta(hours=1)
    stream.settle()
    assert [(told(stream, at), counts(stream, at)) for at in asked] == before


# Each takes one rule out of what the rows are derived from.
WRONG = {
    "a revoked award goes on counting": (
        timeline.Award,
        "counts_at",
        lambda self, at: self.counts_from <= at,
    ),
    "an exemption is forgotten": (timeline.Exemption, "holds_at", lambda self, at: False),
    "an extension taken back goes on": (
        timeline.Extension,
        "holds_at",
        lambda self, at: self.granted_at <= at,
    ),
    "a merge undone goes on": (timeline.Stretch, "holds_at", lambda self, at: self.since <= at),
    "the newest rule was always in force": (PeriodRules, "rule_on", lambda self, day: self.rules[-1]),
    "a day begins in Greenwich": (timeline, "midnight", lambda day: datetime.combine(day, time.min, UTC)),
    "whoever has left is still there": (
        DatedPerson,
        "post_on",
        lambda self, day: next((post for post in reversed(self.posts) if post.covers(day)), None),
    ),
    "months are thirty days": (timeline, "add_months", lambda day, months: day + 30 * months * DAY),
}


def test_control_with_a_rule_taken_out_of_the_rows_the_streams_find_it(monkeypatch):
    left = dict(WRONG)
    for seed in range(12):
        with taken_back():
            world, events = numbers(seed)
            stream = Stream(world)
            stream.run(events)
            for name, (owner, attribute, wrong) in list(left.items()):
                with monkeypatch.context() as patch:
                    patch.setattr(owner, attribute, wrong)
                    rebuild(stream.now)
                if differences(stream):
                    del left[name]
        if not left:
            break
    assert not left
