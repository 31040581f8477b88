"""Rules of evidence about time, moves and merges, each stated by one short story through the real verbs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sucharit.kernel.errors import Refused
from sucharit.kernel.thai_calendar import midnight
from sucharit.officers.models import Agency
from sucharit.records import (
    applications,
    corrections,
    decisions,
    projection,
    requiring,
    sealing,
    selectors,
    services,
)
from sucharit.records.enums import Cycle, ExemptionKind, ReasonCode
from sucharit.records.models import AwardEvent, Coverage, RequirementPeriod, Standing
from tests.conftest import NOW, TODAY, enter
from tests.records.build import (
    applied,
    complete,
    counted,
    edition,
    recounted,
    requirement,
    rules_round,
    settle,
    standing,
    transfer,
)
from tests.records.comparing import EVERYONE, everything

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = {"reason": "เหตุ", "reason_code": ReasonCode.OTHER}


def noon(year: int, month: int, day: int) -> datetime:
    """Noon in Bangkok."""
    return datetime(year, month, day, 5, tzinfo=UTC)


def spans(officer, period) -> list[tuple[str, datetime]]:
    """States of a person one after another, with the instant at which each began."""
    rows = Standing.objects.filter(officer=officer, period=period).order_by("from_at")
    return [(row.state, row.from_at) for row in rows]


def ends(world, row, key: str, at: datetime, **facts):
    """Take a decision back."""
    return decisions.end(key=key, decision_id=row.pk, actor_id=world.pakphum.pk, now=at, **WHY, **facts)


def merged(world, key: str, at: datetime, *, into, other):
    """Say that two records are one person."""
    row = decisions.merge(
        key=key,
        officer_id=into.pk,
        other_id=other.pk,
        reason="คนเดียวกัน",
        actor_id=world.pakphum.pk,
        now=at,
    )
    settle(at)
    return row


def test_e5_doing_it_again_in_the_same_round_changes_no_row(world):
    period = applied([world.community])
    complete(world.somsri, key="first")
    before = everything()
    complete(world.somsri, at=NOW + 40 * DAY, key="again")
    assert everything() == before
    assert AwardEvent.objects.count() == 2
    assert standing(world.somsri, period).award.idempotency_key == "first"


def test_e5_a_new_round_asks_anew_and_leaves_the_old_one_as_it_was(world):
    period = applied([world.community])
    complete(world.somsri)
    old = spans(world.somsri, period)
    later = noon(2027, 10, 5)
    settle(later)
    rules_round(later)
    new = RequirementPeriod.objects.get(fiscal_year=2571)
    assert standing(world.somsri, new).state == "not_started"
    assert spans(world.somsri, period) == old


def test_e7_a_round_opened_ahead_asks_from_its_first_day(world):
    ahead = applied([world.community], year=2571)
    assert not Standing.objects.filter(period=ahead).exists()
    settle(noon(2027, 9, 30))
    assert not Standing.objects.filter(period=ahead).exists()
    first = noon(2027, 10, 1)
    settle(first)
    while rules_round(first):
        pass
    assert spans(world.somsri, ahead) == [("not_started", midnight(date(2027, 10, 1)))]
    assert counted(ahead) == recounted(ahead) != {}


def test_e7_a_july_completion_need_not_be_repeated_in_october(world):
    period = applied([world.community], year=2570, min_validity_months=4)
    complete(world.somsri, at=noon(2026, 6, 2), now=NOW)
    complete(world.daruni, at=noon(2026, 6, 1), now=NOW)
    assert standing(world.somsri, period).state == "on_time"
    # Four months from the first of June end on the day of the opening: not beyond it.
    assert standing(world.daruni, period).state == "not_started"


def anniversary(world, **facts) -> RequirementPeriod:
    """A validity of twelve months that may be renewed in its last thirty days; the round is a year old."""
    rule = {"cycle": Cycle.ANNIVERSARY, "due_days": 60, "valid_months": 12, "window_days": 30}
    opened = noon(2024, 1, 10)
    edition()
    asked = requirement([world.community], **{**rule, "now": opened, **facts})
    return services.apply_requirement(requirement=asked, fiscal_year=None, now=opened)


def test_e7_renewed_early_inside_the_window_adds_to_the_old_end_without_drift(world):
    period = anniversary(world)
    # The 29th of February: a year later it ends on the 28th, four years later on the 29th again.
    for year, month, day, until in (
        (2024, 2, 29, date(2025, 2, 28)),
        (2025, 2, 10, date(2026, 2, 28)),
        (2026, 2, 28, date(2027, 2, 28)),
        (2027, 1, 29, date(2028, 2, 29)),
    ):
        at = noon(year, month, day)
        complete(world.somsri, at=at, now=at + DAY)
        held = standing(world.somsri, period)
        assert (held.state, held.turns_on) == ("on_time", until)


def test_e7_too_early_does_not_count_and_after_the_end_it_begins_anew(world):
    period = anniversary(world)
    complete(world.somsri, at=noon(2024, 2, 29), now=noon(2024, 3, 1))
    complete(world.somsri, at=noon(2025, 1, 28), now=noon(2025, 1, 29))
    assert standing(world.somsri, period).turns_on == date(2025, 2, 28)
    complete(world.somsri, at=noon(2025, 3, 1), now=noon(2025, 3, 2))
    held = standing(world.somsri, period)
    assert (held.state, held.turns_on) == ("late", date(2026, 3, 1))


def test_e8_an_extension_moves_the_due_day_and_keeps_the_old_one_and_ends(world):
    period = applied([world.community], due_month=12, due_day=1)
    row = decisions.extend(
        key="x",
        officer_id=world.somsri.pk,
        period=period,
        due_on=date(2026, 12, 20),
        reason="ลาคลอด",
        actor_id=world.pakphum.pk,
        now=NOW,
    )
    settle(NOW)
    held = standing(world.somsri, period)
    assert (held.due_on, held.original_due_on, held.turns_on) == (
        date(2026, 12, 20),
        date(2026, 12, 1),
        date(2026, 12, 20),
    )
    ends(world, row, "y", NOW + DAY)
    settle(NOW + DAY)
    held = standing(world.somsri, period)
    assert (held.due_on, held.original_due_on) == (date(2026, 12, 1), None)


def test_e14_an_exemption_is_outside_the_denominator_on_its_days_only(world):
    period = applied([world.community])
    decisions.exempt(
        key="x",
        officer_id=world.somsri.pk,
        requirement=period.requirement,
        exemption=ExemptionKind.STUDY,
        starts_on=TODAY + DAY,
        until_on=TODAY + 3 * DAY,
        reason="ลาศึกษา",
        actor_id=world.pakphum.pk,
        now=NOW,
    )
    for step, required in ((0, 2), (1, 1), (3, 1), (4, 2)):
        settle(NOW + step * DAY)
        count = selectors.count_of(EVERYONE, period, world.community, today=TODAY + step * DAY)
        assert (count.required, count.exempt) == (required, 2 - required)
    assert [state for state, _ in spans(world.somsri, period)] == ["not_started", "exempt", "not_started"]


def test_e17_a_move_recorded_late_is_replayed_and_the_award_keeps_its_agency(world):
    period = applied([world.ministry, world.comptroller])
    award = complete(world.somsri)
    later = NOW + 20 * DAY
    transfer(world.somsri, world.treasury, on=TODAY - 5 * DAY)
    settle(later)
    for at, agency in (
        (NOW - 7 * DAY, world.province),
        (NOW - 5 * DAY, world.treasury),
        (NOW, world.treasury),
    ):
        (row,) = [each for each in selectors.standings_at(period, at) if each.officer_id == world.somsri.pk]
        assert row.agency_id == agency.pk
    here = selectors.count_of(EVERYONE, period, world.province, today=TODAY, as_of=NOW)
    there = selectors.count_of(EVERYONE, period, world.treasury, today=TODAY, as_of=NOW)
    assert (here.done, there.done) == (0, 1)
    assert AwardEvent.objects.get(pk=award.pk).agency_id == world.province.pk
    assert counted(period) == recounted(period)


def test_e17_a_move_known_in_advance_takes_place_on_its_day(world):
    transfer(world.somsri, world.treasury, on=TODAY + 2 * DAY)
    period = applied([world.community])
    assert standing(world.somsri, period).state == "not_started"
    settle(NOW)
    assert standing(world.somsri, period).state == "not_started"
    settle(NOW + 2 * DAY)
    assert standing(world.somsri, period).state == "not_required"
    assert counted(period) == recounted(period)


def test_e17_an_agency_that_moved_is_counted_where_it_lies(world):
    period = applied([world.ministry, world.comptroller])
    for leaf, parent in ((world.treasury, world.community), (world.province, world.comptroller)):
        Agency.objects.get(pk=leaf.pk).move(Agency.objects.get(pk=parent.pk), pos="last-child")
        settle()
        services.apply_requirement(requirement=period.requirement, fiscal_year=2570, now=NOW)
        assert applications.wrong_counts(period) == 0
        for row in Coverage.objects.select_related("agency"):
            assert row.agency_path == row.agency.path
        whole = Agency.objects.get(pk=parent.pk)
        assert selectors.count_of(EVERYONE, period, whole, today=TODAY).required == len(
            [
                row
                for row in Standing.objects.filter(until_at__isnull=True)
                if row.agency_path.startswith(whole.path) and row.state != "not_required"
            ]
        )


def test_e6_who_finishes_while_a_round_is_brought_to_its_people_has_finished(world, monkeypatch):
    """The first pieces are done and the last are not; what is followed meanwhile counts for those who have rows."""
    monkeypatch.setattr(applications, "STRIDE", 1)
    asked = requirement([world.community])
    period = requiring.open_period(requirement=asked, fiscal_year=2570, now=NOW)
    running = applications.begin(period, now=NOW)
    while standing(world.somsri, period) is None:
        assert applications.step(running.pk, now=NOW)
    complete(world.somsri)
    applications.run(running, now=NOW)
    assert standing(world.somsri, period).state == "on_time"
    assert counted(period) == recounted(period)


def test_e18_leaving_the_scope_deletes_nothing_and_coming_back_restores(world):
    period = applied([world.community])
    award = complete(world.somsri)
    transfer(world.somsri, world.treasury, on=TODAY + DAY)
    transfer(world.somsri, world.division, on=TODAY + 9 * DAY)
    settle(NOW + 10 * DAY)
    assert spans(world.somsri, period) == [
        ("not_started", midnight(period.opens_on)),
        ("on_time", NOW),
        ("not_required", midnight(TODAY + DAY)),
        ("on_time", midnight(TODAY + 9 * DAY)),
    ]
    assert standing(world.somsri, period).award_id == award.pk


def test_e19_a_merge_brings_what_the_other_has_and_can_be_undone(world):
    period = applied([world.community])
    complete(world.daruni, at=NOW)
    link = merged(world, "m", NOW + DAY, into=world.somsri, other=world.daruni)
    assert standing(world.somsri, period).state == "on_time"
    assert standing(world.daruni, period).state == "not_required"
    ends(world, link, "u", NOW + 3 * DAY)
    settle(NOW + 4 * DAY)
    assert spans(world.somsri, period) == [
        ("not_started", midnight(period.opens_on)),
        ("on_time", NOW + DAY),
        ("not_started", NOW + 3 * DAY),
    ]
    assert spans(world.daruni, period) == [
        ("not_started", midnight(period.opens_on)),
        ("on_time", NOW),
        ("not_required", NOW + DAY),
        ("on_time", NOW + 3 * DAY),
    ]
    assert counted(period) == recounted(period)


def test_e19_an_exemption_of_the_other_record_exempts_from_the_merge_on_and_not_before(world):
    period = applied([world.community])
    decisions.exempt(
        key="x",
        officer_id=world.daruni.pk,
        requirement=period.requirement,
        exemption=ExemptionKind.STUDY,
        starts_on=period.opens_on,
        until_on=None,
        reason="ลาศึกษา",
        actor_id=world.pakphum.pk,
        now=NOW,
    )
    merged(world, "m", NOW + DAY, into=world.somsri, other=world.daruni)
    assert spans(world.somsri, period) == [("not_started", midnight(period.opens_on)), ("exempt", NOW + DAY)]


def test_e19_a_merge_that_came_after_the_due_day_does_not_make_a_timely_completion_late(world):
    period = applied([world.community], due_month=11, due_day=30)
    complete(world.daruni, at=NOW)
    merged(world, "m", NOW + 30 * DAY, into=world.somsri, other=world.daruni)
    held = standing(world.somsri, period)
    assert (held.state, held.completed_at) == ("on_time", NOW)


def test_a_start_counts_for_what_the_rule_in_force_asks(world):
    """The refresher is a start once something was completed that it refreshes; before it is something of one's own."""
    refresher = edition("REF", digest="c" * 64).subject
    period = applied([world.community], refresher=refresher)
    services.mark_started(officer_id=world.somsri.pk, subject_code="REF", now=NOW)
    settle(NOW)
    assert standing(world.somsri, period).state == "not_started"
    complete(world.daruni, at=noon(2026, 3, 1), now=NOW)
    services.mark_started(officer_id=world.daruni.pk, subject_code="REF", now=NOW + timedelta(hours=1))
    settle(NOW + DAY)
    assert standing(world.daruni, period).state == "in_progress"


def test_a_revocation_from_a_day_takes_effect_at_its_midnight_and_reinstating_undoes_it(world):
    period = applied([world.community])
    award = complete(world.somsri)
    said = {"award_id": award.pk, "actor_id": world.pakphum.pk, **WHY}
    corrections.revoke(**said, now=NOW + 3 * DAY, effective_on=TODAY + 2 * DAY)
    settle(NOW + 3 * DAY)
    assert spans(world.somsri, period)[1:] == [("on_time", NOW), ("not_started", midnight(TODAY + 2 * DAY))]
    with pytest.raises(Refused):
        corrections.revoke(**said, now=NOW + 3 * DAY)
    corrections.reinstate(**said, now=NOW + 4 * DAY)
    settle(NOW + 4 * DAY)
    assert spans(world.somsri, period)[1:] == [("on_time", NOW)]


def statements(world, period, many: int) -> tuple[int, int]:
    """How many statements following so many completions takes, and how many of them enter the new rows in batches."""
    people = [enter(f"คน{number}", f"หมู่{many}", world.province) for number in range(many)]
    settle(NOW)
    for officer in people:
        complete(officer, settled=False)
    sealing.seal(NOW)
    with CaptureQueriesContext(connection) as queries:
        assert projection.follow(now=NOW) == many
    entered = [row for row in queries if row["sql"].startswith('INSERT INTO "records_standing"')]
    assert Standing.objects.filter(officer__in=people, state="on_time").count() == many
    assert counted(period) == recounted(period)
    return len(queries) - len(entered), len(entered)


def test_following_costs_the_same_for_one_person_and_for_a_hundred(world):
    period = applied([world.community])
    complete(world.daruni)
    complete(world.somsri)
    one, _ = statements(world, period, 1)
    hundred, batches = statements(world, period, 100)
    assert hundred == one
    assert batches <= 5


def test_the_page_about_a_person_reads_their_standings_in_one_query(world, django_assert_num_queries):
    requirement([world.community])
    applied([world.community])
    complete(world.somsri)
    for at in (None, NOW, NOW - DAY):
        with django_assert_num_queries(1):
            selectors.standings_of(world.somsri.pk, today=TODAY, as_of=at)
