"""Status of any person and coverage of any agency as of any past instant (rule E6), on the screen and in files."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from sucharit.kernel.thai_calendar import midnight
from sucharit.officers.models import Agency
from sucharit.officers.selectors import viewer_of
from sucharit.records import corrections, decisions, selectors, services
from sucharit.records.enums import ExemptionKind, ReasonCode, Shown, State
from sucharit.records.models import Coverage, Restatement, Standing
from tests.conftest import NOW, TODAY
from tests.records.build import again, applied, complete, edition, settle, standing, transfer

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def shown(officer, as_of=None, today=TODAY):
    (row,) = selectors.standings_of(officer.pk, today=today, as_of=as_of)
    return row.shown


def coverage(world, period, as_of=None):
    who = viewer_of(world.secretariat)
    node = Agency.objects.get(pk=world.ministry.pk)
    return selectors.count_of(who, period, node, today=TODAY, as_of=as_of)


@pytest.fixture
def period(world):
    return applied([world.ministry], due_month=12, due_day=31)


def test_e6_every_instant_of_the_past_can_be_asked_for(world, period):
    services.mark_started(officer_id=world.somsri.pk, subject_code="ETH-1", now=NOW + DAY)
    complete(world.somsri, at=NOW + 2 * DAY)
    assert shown(world.somsri, NOW) == Shown.NOT_STARTED
    assert shown(world.somsri, NOW + DAY) == Shown.IN_PROGRESS
    assert shown(world.somsri, NOW + 2 * DAY - timedelta(microseconds=1)) == Shown.IN_PROGRESS
    assert shown(world.somsri, NOW + 2 * DAY) == Shown.ON_TIME
    assert shown(world.daruni, datetime(2026, 12, 10, tzinfo=UTC)) == Shown.DUE_SOON
    assert shown(world.daruni, datetime(2027, 1, 1, tzinfo=UTC)) == Shown.OVERDUE


def test_e6_the_past_is_the_same_after_an_edit_a_rename_and_a_later_transfer(world, period):
    complete(world.somsri, at=NOW)
    then = NOW + DAY
    before = (shown(world.somsri, then), coverage(world, period, then), coverage(world, period, NOW - DAY))
    edition(digest="b" * 64)
    Agency.objects.filter(pk=world.province.pk).update(name="ชื่อใหม่")
    transfer(world.somsri, world.division, on=(NOW + 5 * DAY).date())
    settle(NOW + 5 * DAY)
    after = (shown(world.somsri, then), coverage(world, period, then), coverage(world, period, NOW - DAY))
    assert after == before
    assert not Restatement.objects.exists()


def test_e6_a_merge_changes_nothing_that_was_said_before_it(world, period):
    complete(world.somsri, at=NOW)
    merged_at = NOW + 3 * DAY
    merged = decisions.merge(
        key="m",
        officer_id=world.daruni.pk,
        other_id=world.somsri.pk,
        reason="คนเดียวกัน",
        actor_id=world.secretariat.pk,
        now=merged_at,
    )
    settle(merged_at)
    assert shown(world.daruni, merged_at - DAY) == Shown.NOT_STARTED
    assert shown(world.daruni, merged_at) == Shown.ON_TIME, "the union counts from the merge on"
    assert shown(world.somsri, merged_at - DAY) == Shown.ON_TIME
    assert shown(world.somsri, merged_at) == Shown.NOT_REQUIRED
    decisions.end(
        key="u",
        decision_id=merged.pk,
        reason="ผิดคน",
        reason_code=ReasonCode.WRONG_PERSON,
        actor_id=world.secretariat.pk,
        now=merged_at + DAY,
    )
    settle(merged_at + DAY)
    assert standing(world.daruni, period).state == State.NOT_STARTED
    assert standing(world.somsri, period).state == State.ON_TIME
    assert shown(world.daruni, merged_at) == Shown.ON_TIME, "what was said while they were one stays said"


def test_e17_a_transfer_recorded_late_is_replayed_and_the_report_says_restated(world, period):
    complete(world.somsri, at=NOW)
    later = NOW + 20 * DAY
    then = NOW + 10 * DAY
    who = viewer_of(world.secretariat)
    province = Agency.objects.get(pk=world.province.pk)
    division = Agency.objects.get(pk=world.division.pk)
    assert selectors.count_of(who, period, province, today=TODAY, as_of=then).on_time == 1
    transfer(world.somsri, world.division, on=(NOW + 5 * DAY).date())
    settle(later)
    assert selectors.count_of(who, period, province, today=TODAY, as_of=then).on_time == 0
    assert selectors.count_of(who, period, division, today=TODAY, as_of=then).on_time == 1
    assert selectors.restated(who, period, province, as_of=then) == 1
    assert selectors.restated(who, period, division, as_of=then) == 1
    assert selectors.restated(who, period, province, as_of=NOW + DAY) == 0, "before the move nothing changed"
    assert selectors.restated(who, period, province, as_of=later) == 0, (
        "whoever asks for a later day knew of it"
    )


def test_e14_an_exemption_is_no_completion_and_outside_the_denominator(world, period):
    before = coverage(world, period)
    decisions.exempt(
        key="x",
        officer_id=world.somsri.pk,
        requirement=period.requirement,
        exemption=ExemptionKind.STUDY,
        starts_on=TODAY,
        until_on=TODAY + 9 * DAY,
        reason="ลาศึกษา",
        actor_id=world.daruni.user_id,
        now=NOW,
    )
    settle(NOW)
    after = coverage(world, period)
    assert (after.required, after.exempt, after.done) == (before.required - 1, 1, before.done)
    settle(NOW + 10 * DAY)
    assert standing(world.somsri, period).state == State.NOT_STARTED, (
        "the day after its last, it ends by itself"
    )


def test_e8_an_extension_moves_the_due_day_only_and_keeps_the_original(world, period):
    decisions.extend(
        key="e",
        officer_id=world.somsri.pk,
        period=period,
        due_on=datetime(2027, 1, 31, tzinfo=UTC).date(),
        reason="ป่วย",
        actor_id=world.daruni.user_id,
        now=NOW,
    )
    settle(NOW)
    held = standing(world.somsri, period)
    assert (held.due_on.isoformat(), held.original_due_on.isoformat()) == ("2027-01-31", "2026-12-31")
    assert shown(world.daruni, midnight(datetime(2027, 1, 2, tzinfo=UTC).date())) == Shown.OVERDUE
    assert shown(world.somsri, midnight(datetime(2027, 1, 2, tzinfo=UTC).date())) == Shown.DUE_SOON
    complete(world.somsri, at=datetime(2027, 1, 15, tzinfo=UTC))
    assert standing(world.somsri, period).state == State.ON_TIME


def test_e2_a_revocation_ends_a_standing_and_reinstating_restores_it(world, period):
    award = complete(world.somsri, at=NOW)
    facts = {"award_id": award.pk, "reason": "ตรวจพบ", "actor_id": world.secretariat.pk}
    corrections.revoke(
        **facts, reason_code=ReasonCode.NOT_ENTITLED, effective_on=TODAY + 2 * DAY, now=NOW + 3 * DAY
    )
    settle(NOW + 3 * DAY)
    assert shown(world.somsri, NOW + DAY) == Shown.ON_TIME
    assert standing(world.somsri, period).state == State.NOT_STARTED
    corrections.reinstate(**facts, reason_code=ReasonCode.RECORDED_WRONGLY, now=NOW + 4 * DAY)
    settle(NOW + 4 * DAY)
    assert standing(world.somsri, period).state == State.ON_TIME


def test_e2_a_rebuild_gives_the_same_rows(world, period, capsys):
    complete(world.somsri, at=NOW)
    services.mark_started(officer_id=world.daruni.pk, subject_code="ETH-1", now=NOW)
    settle(NOW)
    rows = Standing.objects.order_by("officer_id", "from_at").values_list(
        "officer_id",
        "from_at",
        "until_at",
        "agency_id",
        "state",
        "due_on",
        "turns_on",
        "award_id",
        "started_at",
    )
    counts = Coverage.objects.order_by("agency_id", "state", "turns_on").values_list(
        "agency_id", "agency_path", "state", "turns_on", "people"
    )
    before = (list(rows), list(counts))
    call_command("rebuild_projections", "--check")
    call_command("rebuild_projections")
    assert (list(rows), list(counts)) == before


@pytest.mark.parametrize("spoil", ["standing", "count"])
def test_e2_a_check_names_what_a_rebuild_would_change(world, period, spoil):
    complete(world.somsri, at=NOW)
    if spoil == "standing":
        Standing.objects.filter(officer=world.daruni).update(state=State.IN_PROGRESS)
    else:
        Coverage.objects.update(people=7)
    with pytest.raises(SystemExit) as stop:
        call_command("rebuild_projections", "--check")
    assert stop.value.code == 1


def test_applying_again_restates_nothing(world, period):
    complete(world.somsri, at=NOW)
    again(period, now=NOW + 30 * DAY)
    assert not Restatement.objects.exists()


def test_a_comparison_waits_for_what_is_being_applied(world, period):
    from sucharit.records import applications, rebuilding

    applying = applications.begin(period, now=NOW)
    assert applications.begin(period, now=NOW, is_check=True) == applying
    found = list(rebuilding.walk(now=NOW, check=True))
    assert [(row.is_check, row.differing, row.wrong_counts) for row in found] == [(True, 0, 0)]
    applying.refresh_from_db()
    assert applying.finished_at is not None
