"""Drafts of rules decided, sent and worked out at the same moment, on a real PostgreSQL."""

from dataclasses import replace

import pytest
from django.db import connection

from sucharit.kernel.errors import DomainError
from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.records import impacts, rule_drafts, services
from sucharit.records.models import Application, RequirementPeriod, RuleDraft, RuleVersion
from tests.conftest import NOW, PASSWORD
from tests.quizzes.test_races import CROWDS, at_once
from tests.records.build import requirement

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def fresh(pk) -> RuleDraft:
    """The draft as a page would read it."""
    return RuleDraft.objects.select_related("requirement", "impact", "version").get(pk=pk)


@pytest.fixture
def waiting(world):
    """A draft that waits for approval, and three who may approve it."""
    rule = requirement([world.community])
    facts = replace(rule_drafts.facts_of(rule, now=NOW), grace_days=5)
    draft = services.propose_change(requirement=rule, facts=facts, by_id=world.secretariat.pk, now=NOW)
    services.send_draft(draft=fresh(draft.pk), by_id=world.secretariat.pk, now=NOW)
    others = []
    for number in range(3):
        user = people.open_account(email=f"s{number}@example.go.th", password=PASSWORD, first_name="ผู้อนุมัติ")
        people.grant_role(user=user, role=Role.SECRETARIAT, now=NOW)
        others.append(user.pk)
    return draft.pk, others


@pytest.mark.parametrize("people_at_once", CROWDS)
def test_approved_by_three_at_once_it_is_one_version(waiting, people_at_once):
    pk, others = waiting
    results = at_once(
        lambda number: services.approve_draft(draft=fresh(pk), by_id=others[number % 3], now=NOW),
        people_at_once,
    )
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == people_at_once - 1
    assert all(isinstance(each, DomainError) for each in refused), refused
    assert RuleVersion.objects.count() == 2
    assert (RequirementPeriod.objects.count(), Application.objects.count()) == (1, 1)


@pytest.mark.parametrize("people_at_once", CROWDS)
def test_approved_and_taken_back_at_once_it_is_one_of_both(world, waiting, people_at_once):
    pk, others = waiting
    results = at_once(
        lambda number: (
            services.approve_draft(draft=fresh(pk), by_id=others[0], now=NOW)
            if number % 2
            else services.take_back(draft=fresh(pk), by_id=world.secretariat.pk)
        ),
        people_at_once,
    )
    assert sum(isinstance(result, DomainError) for result in results) == people_at_once - 1, results
    assert (fresh(pk).state == "approved") == (RuleVersion.objects.count() == 2)


@pytest.mark.parametrize("people_at_once", CROWDS)
def test_one_draft_of_a_requirement_is_open_whoever_comes_first(world, people_at_once):
    rule = requirement([world.community])
    facts = replace(rule_drafts.facts_of(rule, now=NOW), grace_days=5)
    results = at_once(
        lambda _: (
            services.propose_change(requirement=rule, facts=facts, by_id=world.secretariat.pk, now=NOW).pk
        ),
        people_at_once,
    )
    assert sum(isinstance(result, DomainError) for result in results) == people_at_once - 1, results
    assert RuleDraft.objects.count() == 1


@pytest.mark.parametrize("workers", CROWDS)
def test_two_workers_count_nobody_twice(world, monkeypatch, workers):
    from tests.conftest import enter

    monkeypatch.setattr(impacts, "SMALL", 0)
    monkeypatch.setattr(impacts, "BATCH", 2)
    for number in range(8):
        enter(f"คน{number}", "มาก", world.division)
    rule = requirement([world.community])
    facts = replace(rule_drafts.facts_of(rule, now=NOW), grace_days=5)
    draft = services.propose_change(requirement=rule, facts=facts, by_id=world.secretariat.pk, now=NOW)

    def work(_):
        for _round in range(40):
            impacts.advance(now=NOW)

    results = at_once(work, workers)
    assert not [result for result in results if isinstance(result, Exception)], results
    impact = fresh(draft.pk).impact
    assert (impact.seen, impact.counts["stay"], impact.finished_at) == (10, 10, NOW)
