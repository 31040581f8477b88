"""The HR desk at the same moment: two who decide, two workers on one file, two merges that cross. On a real PostgreSQL."""

import pytest
from django.db import connection

from sucharit.kernel.errors import Conflict, Refused
from sucharit.records import certificates, importing, proposals
from sucharit.records.models import AwardEvent, Decision, ImportRow, Proposal
from tests.conftest import enter
from tests.quizzes.test_races import at_once
from tests.records.build import complete, edition
from tests.records.desk import LATER, approved, colleague, confirmed, drafted, seen_as
from tests.records.test_imports import csv_of, received, row

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def test_two_who_decide_at_once_write_one_event(world):
    people = [world.secretariat, *(colleague(world.community, f"c{number}") for number in range(3))]
    viewers = [seen_as(person) for person in people]
    award = complete(world.somsri, settled=False)
    made = confirmed(world, "revoke", award_id=award.pk, reason_code="other")

    def decide(number):
        if number % 2:
            facts = {"proposal_id": made.pk, "who": viewers[number % 4], "now": LATER, "note": "ไม่ครบ"}
            return proposals.refuse(**facts).state
        return proposals.approve(proposal_id=made.pk, who=viewers[number % 4], now=LATER).state

    results = at_once(decide)
    done = [result for result in results if not isinstance(result, Exception)]
    assert len(done) == 1, results
    assert all(isinstance(result, Conflict) for result in results if isinstance(result, Exception)), results
    state = Proposal.objects.get(pk=made.pk).state
    assert done == [state]
    assert AwardEvent.objects.filter(kind="revoke").count() == (1 if state == "applied" else 0)


def test_confirmed_in_two_tabs_at_once_is_one_award(world, monkeypatch):
    # The paper that follows an award has tests of its own.
    monkeypatch.setattr(certificates, "issue_quietly", lambda **facts: None)
    edition()
    made = drafted(world, "manual")
    who = seen_as(world.daruni.user)
    results = at_once(lambda _: proposals.confirm(proposal_id=made.pk, who=who, now=LATER).state)
    assert sorted(str(result) for result in results if not isinstance(result, Exception)) == ["applied"]
    assert AwardEvent.objects.count() == 1


def test_two_workers_on_one_file_write_every_row_once(world, monkeypatch):
    edition()
    monkeypatch.setattr(importing, "BATCH", 3)
    rows = [row(code=world.somsri.public_id, day=f"{day}/03/2564") for day in range(1, 21)]
    made = received(world, csv_of(*rows))
    proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)

    def work(_):
        for _ in range(200):
            if not Proposal.objects.filter(pk=made.pk, state="applying").exists():
                return 0
            importing.advance(LATER)
        raise AssertionError("the import never ends")

    results = at_once(work, times=4)
    assert results == [0] * 4, results
    assert AwardEvent.objects.count() == 20
    assert set(ImportRow.objects.values_list("state", flat=True)) == {"applied"}
    assert Proposal.objects.get(pk=made.pk).done == 20


def test_a_merge_of_each_into_the_other_at_once_leaves_one_of_them(world):
    for number in range(4):
        twin = enter(f"แฝด{number}", "ใจดี", world.province)
        one = enter(f"คู่{number}", "ใจดี", world.province)
        there = confirmed(world, "merge", officer=one, other=twin)
        back = confirmed(world, "merge", officer=twin, other=one)
        pair = [there, back]
        results = at_once(
            lambda place, pair=pair: approved(world, pair[place], world.secretariat).state, times=2
        )
        assert sum(result == "applied" for result in results) == 1, results
        assert any(isinstance(result, Refused) for result in results), results
        assert Decision.objects.filter(kind="merge", officer__in=[one, twin]).count() == 1


def test_two_who_undo_one_file_at_once_propose_it_once(world):
    edition()
    made = received(world, csv_of(row(code=world.somsri.public_id)))
    proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    while importing.advance(LATER):
        pass
    who = seen_as(world.daruni.user)
    results = at_once(lambda _: importing.undo(proposal_id=made.pk, who=who, now=LATER).pk)
    assert len([result for result in results if isinstance(result, int)]) == 1, results
    assert all(isinstance(result, Conflict) for result in results if not isinstance(result, int)), results
