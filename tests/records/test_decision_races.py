"""Decisions, corrections and certificates at the same moment (R5), on a real PostgreSQL, each with a control without its guard."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from sucharit.kernel.errors import DomainError
from sucharit.records import certificates, corrections, decisions, projection, services
from sucharit.records.enums import AwardKind, DecisionKind, ExemptionKind, ReasonCode
from sucharit.records.models import AwardEvent, Certificate, Decision, LearningStart, Requirement, RuleVersion
from tests.conftest import NOW, TODAY
from tests.quizzes.test_races import CROWDS, at_once
from tests.records.build import applied, complete, counted, known, recounted, requirement, settle
from tests.records.test_races import errors

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture(autouse=True)
def _real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def refused(results) -> list[DomainError]:
    """Those who were told why not; anything else that was raised would be a 5xx."""
    assert all(isinstance(each, DomainError) for each in errors(results)), results
    return errors(results)


def who(world, number: int) -> int:
    """One of two who record."""
    return (world.pakphum.pk, world.secretariat.pk)[number % 2]


def merge(world, number: int):
    """Even ones make Daruni part of Somsri, odd ones Somsri part of Daruni."""
    pair = (world.somsri.pk, world.daruni.pk)
    one, other = pair if number % 2 == 0 else pair[::-1]
    return decisions.merge(
        key=f"m{number}", officer_id=one, other_id=other, reason="เหตุ", actor_id=who(world, number), now=NOW
    ).pk


@pytest.mark.parametrize("devices", CROWDS)
def test_merged_both_ways_at_once_it_is_merged_one_way(world, devices):
    results = at_once(lambda number: merge(world, number), devices)
    assert len(refused(results)) == devices - 1
    assert Decision.objects.filter(kind=DecisionKind.MERGE).count() == 1


def test_control_without_holding_the_people_they_swallow_each_other(world, monkeypatch):
    gate, look = threading.Barrier(2), decisions._holds_others

    def both_looked(officer_id):
        found = look(officer_id)
        gate.wait(20)
        return found

    monkeypatch.setattr(decisions.people, "hold", lambda officer_ids: None)
    monkeypatch.setattr(decisions, "_holds_others", both_looked)
    assert not errors(at_once(lambda number: merge(world, number), 2))
    assert Decision.objects.filter(kind=DecisionKind.MERGE).count() == 2


def exempt(world, rule, key: str, number: int):
    return decisions.exempt(
        key=key,
        officer_id=world.somsri.pk,
        requirement=rule,
        exemption=ExemptionKind.values[0],
        starts_on=TODAY,
        until_on=None,
        reason="เหตุ",
        actor_id=who(world, number),
        now=NOW,
    ).pk


@pytest.mark.parametrize("devices", CROWDS)
def test_exempted_by_one_key_at_once_it_is_once(world, devices):
    rule = requirement([world.community])
    results = at_once(lambda number: exempt(world, rule, "one", number), devices)
    assert not errors(results), results
    assert len(set(results)) == Decision.objects.count() == 1


def test_control_with_keys_of_their_own_they_are_several(world):
    rule = requirement([world.community])
    assert len(set(at_once(lambda number: exempt(world, rule, f"k{number}", number), 8))) == 8


def end(world, decision_id: int, number: int):
    return decisions.end(
        key=f"e{number}",
        decision_id=decision_id,
        reason="เหตุ",
        reason_code=ReasonCode.OTHER,
        actor_id=who(world, number),
        now=NOW,
    ).pk


@pytest.mark.parametrize("devices", CROWDS)
def test_a_decision_taken_back_at_once_is_taken_back_once(world, devices):
    rule = requirement([world.community])
    made = exempt(world, rule, "one", 0)
    results = at_once(lambda number: end(world, made, number), devices)
    assert len(refused(results)) == devices - 1
    assert Decision.objects.filter(kind=DecisionKind.END, target=made).count() == 1


def test_control_without_holding_the_person_it_is_taken_back_twice(world, monkeypatch):
    rule = requirement([world.community])
    made = exempt(world, rule, "one", 0)
    gate, write = threading.Barrier(2), decisions._decide

    def both_looked(*args, **facts):
        gate.wait(20)
        return write(*args, **facts)

    monkeypatch.setattr(decisions.people, "hold", lambda officer_ids: None)
    monkeypatch.setattr(decisions, "_decide", both_looked)
    assert not errors(at_once(lambda number: end(world, made, number), 2))
    assert Decision.objects.filter(kind=DecisionKind.END, target=made).count() == 2


def revoke(world, award_id: int, number: int):
    return corrections.revoke(
        award_id=award_id,
        reason_code=ReasonCode.OTHER,
        reason="เหตุ",
        actor_id=who(world, number),
        now=NOW + timedelta(days=1),
    ).pk


def amend(world, award_id: int, number: int):
    return corrections.amend(
        award_id=award_id,
        reason_code=ReasonCode.OTHER,
        reason="เหตุ",
        actor_id=who(world, number),
        now=NOW + timedelta(days=1),
        completed_at=NOW - timedelta(minutes=number + 1),
    ).pk


@pytest.mark.parametrize("devices", CROWDS)
def test_an_award_revoked_at_once_is_revoked_once(world, devices):
    award = complete(world.somsri)
    results = at_once(lambda number: revoke(world, award.pk, number), devices)
    assert len(refused(results)) == devices - 1
    assert AwardEvent.objects.filter(kind=AwardKind.REVOKE).count() == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_revoked_beside_amendments_nothing_is_amended_afterwards(world, devices):
    period = applied([world.community])
    award = complete(world.somsri)
    results = at_once(lambda number: (revoke if number == 0 else amend)(world, award.pk, number), devices)
    refused(results)
    kinds = list(AwardEvent.objects.filter(target=award).order_by("pk").values_list("kind", flat=True))
    assert kinds.count(AwardKind.REVOKE) == 1
    assert kinds[-1] == AwardKind.REVOKE
    settle(NOW + timedelta(days=1))
    assert counted(period) == recounted(period)


def test_control_without_lock_and_key_an_award_is_revoked_twice(world, monkeypatch):
    award = complete(world.somsri)
    gate, look, chance = threading.Barrier(2), corrections._refuse_senseless, iter(range(1_000))

    def both_looked(*args):
        look(*args)
        gate.wait(20)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(corrections, "_refuse_senseless", both_looked)
    create = QuerySet.create

    def any_key(self, **facts):
        if "idempotency_key" in facts:
            facts["idempotency_key"] += f":{next(chance)}"
        return create(self, **facts)

    monkeypatch.setattr(QuerySet, "create", any_key)
    assert not errors(at_once(lambda number: revoke(world, award.pk, number), 2))
    assert AwardEvent.objects.filter(kind=AwardKind.REVOKE).count() == 2


@pytest.fixture
def printed(monkeypatch):
    """Every print is another file, and none takes long."""
    number = iter(range(10_000))
    monkeypatch.setattr(certificates, "render_pdf", lambda face: b"%%PDF %d" % next(number))


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize("devices", CROWDS)
def test_a_certificate_made_at_once_is_one(world, devices):
    award = complete(world.somsri)
    results = at_once(
        lambda _: bytes(certificates.issue(award=AwardEvent.objects.get(pk=award.pk), now=NOW).pdf), devices
    )
    assert not errors(results), results
    assert len(set(results)) == Certificate.objects.count() == 1


@pytest.mark.usefixtures("printed")
def test_control_it_is_the_key_that_keeps_the_second_certificate_out(world, monkeypatch):
    """Both have looked and found none: the database refuses the second, which a kept answer would not have noticed."""
    award = complete(world.somsri)
    certificates.issue(award=award, now=NOW)
    with pytest.raises(IntegrityError):
        Certificate.objects.create(serial="S2", award=award, issued_at=NOW, pdf=b"%PDF", sha256="0" * 64)


@pytest.mark.parametrize("devices", CROWDS)
def test_begun_on_devices_at_once_the_year_has_begun_once(world, devices):
    period = applied([world.community])
    results = at_once(
        lambda _: services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW), devices
    )
    assert not errors(results), results
    assert LearningStart.objects.count() == 1
    settle(NOW + timedelta(minutes=1))
    assert counted(period) == recounted(period)
    assert counted(period)[world.province.pk, "in_progress"] == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_a_rule_saved_at_once_has_versions_without_gaps(world, devices):
    rule = requirement([world.community])

    def save(number):
        return services.save_requirement(
            code=rule.code, due_day=1 + number % 28, due_month=8, now=NOW
        ).rule_version

    results = at_once(save, devices)
    assert not errors(results), results
    numbers = sorted(RuleVersion.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Requirement.objects.get().rule_version == numbers[-1]


@pytest.mark.parametrize("devices", CROWDS)
def test_a_new_rule_saved_at_once_is_one(world, devices):
    from sucharit.officers import services as entry

    audience = entry.save_audience(name="กลุ่ม", agencies=[world.community])
    subject = known("ETH-1").subject

    def save(_):
        return services.save_requirement(
            code="NEW", title="ใหม่", subject=subject, audience=audience, reason="เหตุ", now=NOW
        ).pk

    results = at_once(save, devices)
    assert not errors(results), results
    assert len(set(results)) == Requirement.objects.count() == RuleVersion.objects.count() == 1


@pytest.mark.parametrize("devices", CROWDS)
def test_extended_at_once_every_extension_is_later_than_the_one_before(world, devices):
    period = applied([world.community])
    settle(NOW)
    due = projection.Standing.objects.get(officer=world.somsri).due_on

    def extend(number):
        return decisions.extend(
            key="one",
            officer_id=world.somsri.pk,
            period=period,
            due_on=due + timedelta(days=10),
            reason="เหตุ",
            actor_id=who(world, number),
            now=NOW,
        ).pk

    results = at_once(extend, devices)
    assert not errors(results), results
    assert len(set(results)) == Decision.objects.count() == 1
