"""Rules as approved versions: drafts, two persons, the day they take effect, what they would change, requirements that overlap."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import F

from sucharit.kernel.errors import Conflict, InvalidInput, Refused
from sucharit.kernel.thai_calendar import midnight
from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.officers.models import Audience, Officer
from sucharit.records import (
    applications,
    conflicts,
    following,
    impact_report,
    impacts,
    requirements,
    rule_drafts,
    rule_words,
    selectors,
    services,
)
from sucharit.records.enums import Cycle, DraftState, State
from sucharit.records.management.commands import apply_requirements
from sucharit.records.models import (
    Application,
    Overlap,
    Requirement,
    RequirementPeriod,
    RuleDraft,
    RuleVersion,
    Standing,
)
from sucharit.records.rule_checks import RuleFacts, faults
from tests.conftest import NOW, PASSWORD, TODAY, enter
from tests.records.build import applied, complete, known, requirement, rules_round, standing, transfer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def second(world):
    """Another holder of the same verb."""
    user = people.open_account(email="second@example.go.th", password=PASSWORD, first_name="ผู้อนุมัติ")
    people.grant_role(user=user, role=Role.SECRETARIAT, now=NOW)
    return user


def facts(world, **said) -> RuleFacts:
    """A yearly rule for the community department, in force today."""
    audience = said.pop("audience", None) or people.save_audience(name="กลุ่มใหม่", agencies=[world.community])
    plain = {
        "subject": known("ETH-1").subject,
        "reason": "ตามแผน",
        "effective_on": TODAY,
        "due_month": 3,
        "due_day": 31,
    }
    return RuleFacts(**{**plain, "audience": audience, **said})


def draft_of(rule, world, *, now=NOW, **said) -> RuleDraft:
    """A draft of a change by the secretariat."""
    asked = replace(rule_drafts.facts_of(rule, now=now), **said)
    return services.propose_change(requirement=rule, facts=asked, by_id=world.secretariat.pk, now=now)


def fresh(draft) -> RuleDraft:
    """The draft as a page would read it."""
    return RuleDraft.objects.select_related("requirement", "impact", "version").get(pk=draft.pk)


def approved(draft, world, second, *, now=NOW) -> RuleVersion:
    """Sent by whoever made it, approved by the other."""
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=now)
    return services.approve_draft(draft=fresh(draft), by_id=second.pk, now=now)


def killed(step, pk) -> None:
    """A piece whose process ends before its transaction does."""

    def act() -> None:
        with transaction.atomic():
            step(pk, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()


# --- two persons ---------------------------------------------------------------------------------------------


def test_a_new_requirement_asks_nobody_before_it_is_approved_and_then_its_round_opens_by_itself(
    world, second
):
    draft = services.propose_requirement(
        code="NEW", title="ใหม่", contact="", facts=facts(world), by_id=world.secretariat.pk, now=NOW
    )
    rules_round(NOW)
    assert not Requirement.objects.exists()
    version = approved(draft, world, second)
    rule = Requirement.objects.get()
    period = rule.periods.get()
    assert (rule.code, rule.rule_version, rule.is_active, period.fiscal_year) == ("NEW", 1, True, 2570)
    assert (version.made_by, version.approved_by, version.effective_on) == (world.secretariat, second, TODAY)
    while rules_round(NOW):
        pass
    assert {row.officer_id for row in Standing.objects.all()} == {world.somsri.pk, world.daruni.pk}


def test_a_change_asks_nobody_before_it_is_approved(world, second):
    period = applied([world.community])
    other = people.save_audience(name="คลัง", agencies=[world.comptroller])
    draft = draft_of(period.requirement, world, audience=other)
    rules_round(NOW)
    assert standing(world.anan, period) is None
    approved(draft, world, second)
    while rules_round(NOW):
        pass
    assert standing(world.anan, period).state == State.NOT_STARTED
    assert standing(world.somsri, period).state == State.NOT_REQUIRED


def test_nobody_approves_or_refuses_what_they_made_themselves(world):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    with pytest.raises(Refused, match="ผู้เสนออนุมัติเองไม่ได้"):
        services.approve_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    with pytest.raises(Refused, match="ผู้เสนออนุมัติเองไม่ได้"):
        services.refuse_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW, note="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleDraft.objects.update(state="refused", decided_by=F("made_by"))


def test_only_whoever_made_a_draft_changes_sends_or_withdraws_it(world, second):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    asked = rule_drafts.facts_of(draft, now=NOW)
    for act in (
        lambda: services.change_draft(draft=fresh(draft), facts=asked, by_id=second.pk, now=NOW),
        lambda: services.send_draft(draft=fresh(draft), by_id=second.pk, now=NOW),
        lambda: services.withdraw_draft(draft=fresh(draft), by_id=second.pk),
        lambda: services.take_back(draft=fresh(draft), by_id=second.pk),
    ):
        with pytest.raises(Refused, match="เฉพาะผู้เสนอ"):
            act()


def test_a_draft_is_decided_once(world, second):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    approved(draft, world, second)
    stale = fresh(draft)
    stale.state = DraftState.WAITING
    with pytest.raises(Refused, match="พิจารณาหรือถอนไปแล้ว"):
        services.approve_draft(draft=stale, by_id=second.pk, now=NOW)
    with pytest.raises(Refused, match="พิจารณาหรือถอนไปแล้ว"):
        services.withdraw_draft(draft=fresh(draft), by_id=world.secretariat.pk)
    assert RuleVersion.objects.count() == 2


def test_one_draft_of_a_requirement_is_open_at_a_time(world, second):
    rule = requirement([world.community])
    draft = draft_of(rule, world, grace_days=5)
    with pytest.raises(Conflict, match="มีร่างที่ยังไม่เสร็จ"):
        draft_of(rule, world, grace_days=6)
    services.withdraw_draft(draft=fresh(draft), by_id=world.secretariat.pk)
    draft_of(rule, world, grace_days=6)


def test_what_was_sent_is_not_changed_until_it_is_taken_back(world):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    asked = replace(rule_drafts.facts_of(draft, now=NOW), grace_days=6)
    with pytest.raises(Refused, match="ดึงกลับมา"):
        services.change_draft(draft=fresh(draft), facts=asked, by_id=world.secretariat.pk, now=NOW)
    services.take_back(draft=fresh(draft), by_id=world.secretariat.pk)
    services.change_draft(draft=fresh(draft), facts=asked, by_id=world.secretariat.pk, now=NOW)
    assert fresh(draft).rule["grace_days"] == 6


def test_what_was_sent_from_another_window_is_not_written_over(world, second):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    old_window = fresh(draft)
    approved(draft, world, second)
    asked = replace(rule_drafts.facts_of(old_window, now=NOW), grace_days=9)
    with pytest.raises(Refused, match="พิจารณาหรือถอนไปแล้ว"):
        services.change_draft(draft=old_window, facts=asked, by_id=world.secretariat.pk, now=NOW)
    assert (fresh(draft).state, fresh(draft).grace_days, fresh(draft).version.number) == ("approved", 5, 2)


def test_a_refusal_says_why_and_what_was_typed_can_be_taken_up_again(world, second):
    rule = requirement([world.community])
    draft = draft_of(rule, world, grace_days=5)
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    with pytest.raises(InvalidInput) as refused:
        services.refuse_draft(draft=fresh(draft), by_id=second.pk, now=NOW, note=" ")
    assert refused.value.field == "note"
    services.refuse_draft(draft=fresh(draft), by_id=second.pk, now=NOW, note="โปรดลดวันผ่อนผัน")
    again = services.propose_again(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    assert (again.grace_days, again.state, fresh(draft).note) == (5, "draft", "โปรดลดวันผ่อนผัน")
    assert rule.versions.count() == 1


def test_nothing_is_sent_that_changes_nothing(world):
    draft = draft_of(requirement([world.community]), world)
    with pytest.raises(Refused, match="เหมือนข้อกำหนดที่ใช้อยู่"):
        services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)


def test_title_and_contact_are_words_and_need_no_second_person(world):
    rule = requirement([world.community])
    services.save_words(requirement=rule, title="ชื่อใหม่", contact="โทร 1567")
    rule.refresh_from_db()
    assert (rule.title, rule.contact, rule.rule_version, rule.versions.count()) == ("ชื่อใหม่", "โทร 1567", 1, 1)


# --- what is approved is what was read -----------------------------------------------------------------------


def test_an_audience_that_is_edited_changes_nothing_until_it_is_proposed(world, second):
    period = applied([world.community])
    audience = Audience.objects.get()
    people.save_audience(name=audience.name, agencies=[world.comptroller])
    rules_round(NOW)
    rule = Requirement.objects.get()
    (change,) = requirements.changed_audience(rule, requirements.version_in_force(rule))
    assert (change.old, change.new) == (["กรมการพัฒนาชุมชน"], ["กรมบัญชีกลาง"])
    assert standing(world.anan, period) is None
    draft = services.propose_audience(requirement=rule, by_id=world.secretariat.pk, now=NOW)
    approved(draft, world, second)
    rule.refresh_from_db()
    assert requirements.changed_audience(rule, requirements.version_in_force(rule)) == []


def test_an_audience_edited_after_the_draft_was_saved_is_not_approved_with_it(world, second):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    people.save_audience(name="กลุ่ม R1", agencies=[world.comptroller])
    version = approved(draft, world, second)
    assert version.rule["agencies"] == [world.community.pk]


def test_numbers_that_changed_since_they_were_read_are_shown_again_before_approval(world, second):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    enter("มาใหม่", "วันนี้", world.division)
    assert impacts.why_old(fresh(draft), now=NOW) == "มีการบรรจุหรือย้ายเจ้าหน้าที่หลังคำนวณตัวเลขนี้"
    with pytest.raises(Conflict, match="โปรดตรวจอีกครั้ง"):
        services.approve_draft(draft=fresh(draft), by_id=second.pk, now=NOW)
    assert fresh(draft).state == DraftState.WAITING
    assert fresh(draft).impact.counts["stay"] == 3
    services.approve_draft(draft=fresh(draft), by_id=second.pk, now=NOW)


def test_old_numbers_that_are_still_true_stop_nobody(world, second):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    enter("ที่อื่น", "วันนี้", world.treasury)
    services.approve_draft(draft=fresh(draft), by_id=second.pk, now=NOW)
    assert fresh(draft).state == DraftState.APPROVED


def test_numbers_of_a_large_audience_may_be_an_hour_behind_the_postings_and_no_more(
    world, second, monkeypatch
):
    monkeypatch.setattr(impacts, "SMALL", 1)
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    assert fresh(draft).impact.finished_at is None
    with pytest.raises(Refused, match="คำนวณผลกระทบไม่เสร็จ"):
        services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    while following.weigh_rules(NOW):
        pass
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    enter("มาใหม่", "วันนี้", world.division)
    assert impacts.is_fresh_enough(fresh(draft), now=NOW + timedelta(minutes=59))
    with pytest.raises(Conflict, match="กำลังคำนวณใหม่"):
        services.approve_draft(draft=fresh(draft), by_id=second.pk, now=NOW + timedelta(minutes=61))
    assert fresh(draft).impact.finished_at is None


# --- the day of effect ---------------------------------------------------------------------------------------


def test_e7_a_version_for_a_later_day_is_written_at_approval_and_applied_on_its_day(world, second):
    period = applied([world.community])
    rule, later = period.requirement, TODAY + timedelta(days=10)
    other = people.save_audience(name="คลัง", agencies=[world.comptroller])
    version = approved(draft_of(rule, world, audience=other, effective_on=later), world, second)
    assert (version.number, version.effective_on) == (2, later)
    for now in (NOW, midnight(later) - timedelta(minutes=1)):
        while rules_round(now):
            pass
        rule.refresh_from_db()
        assert (rule.rule_version, rule.audience_id == other.pk) == (1, False)
        assert standing(world.anan, period) is None
    assert [row.version for row in requirements.coming(rule)] == [version]
    now = midnight(later)
    while rules_round(now):
        pass
    rule.refresh_from_db()
    assert (rule.rule_version, rule.audience) == (2, other)
    assert standing(world.anan, period).from_at == now
    assert Standing.objects.get(officer=world.somsri, until_at__isnull=True).state == State.NOT_REQUIRED


def test_e17_a_newer_version_wins_over_one_that_waits_for_a_later_day(world, second):
    rule = applied([world.community]).requirement
    approved(draft_of(rule, world, is_active=False, effective_on=TODAY + 10 * DAY), world, second)
    draft = draft_of(rule, world, grace_days=3)
    assert any("ฉบับที่ 2" in each for each in impact_report.report(fresh(draft), now=NOW).warnings)
    approved(draft, world, second)
    now = NOW + 11 * DAY
    while rules_round(now):
        pass
    rule.refresh_from_db()
    assert (rule.rule_version, rule.is_active, rule.grace_days) == (3, True, 3)
    assert RequirementPeriod.objects.get().rule_version == 3
    assert Standing.objects.filter(until_at__isnull=True, state=State.NOT_STARTED).count() == 2


def test_a_draft_whose_day_passed_while_it_waited_takes_effect_at_approval(world, second):
    draft = draft_of(requirement([world.community]), world, grace_days=5)
    services.send_draft(draft=fresh(draft), by_id=world.secretariat.pk, now=NOW)
    tomorrow = NOW + DAY
    services.renew_impact(draft=fresh(draft), now=tomorrow)
    version = services.approve_draft(draft=fresh(draft), by_id=second.pk, now=tomorrow)
    assert version.effective_on == TODAY + DAY


def test_a_new_requirement_that_waits_for_its_day_is_changed_from_what_it_will_say(world, second):
    later = TODAY + 5 * DAY
    draft = services.propose_requirement(
        code="NEW",
        title="ใหม่",
        contact="",
        facts=facts(world, effective_on=later),
        by_id=world.secretariat.pk,
        now=NOW,
    )
    approved(draft, world, second)
    rules_round(NOW)
    rule = Requirement.objects.get()
    assert (rule.rule_version, rule.is_active, rule.periods.count()) == (0, False, 0)
    asked = rule_drafts.facts_of(rule, now=NOW)
    assert (asked.is_active, asked.effective_on) == (True, later)
    rules_round(midnight(later))
    rule.refresh_from_db()
    assert (rule.rule_version, rule.is_active, rule.periods.count()) == (1, True, 1)


def test_nothing_takes_effect_in_the_past(world):
    with pytest.raises(InvalidInput) as refused:
        draft_of(requirement([world.community]), world, effective_on=TODAY - DAY)
    assert refused.value.field == "effective_on"


def test_loaders_number_after_versions_that_wait(world, second):
    rule = applied([world.community]).requirement
    approved(draft_of(rule, world, grace_days=9, effective_on=TODAY + 10 * DAY), world, second)
    assert services.save_requirement(code="R1", now=NOW, contact="x").rule_version == 1
    assert services.save_requirement(code="R1", now=NOW, due_day=15).rule_version == 3


def test_e6_a_change_leaves_the_past_of_everybody_as_it_was(world, second):
    period = applied([world.community], now=NOW - 20 * DAY)
    complete(world.somsri, at=NOW - 10 * DAY, now=NOW - 10 * DAY)
    before = list(Standing.objects.filter(from_at__lt=NOW - DAY).values_list("officer", "from_at", "state"))
    other = people.save_audience(name="คลัง", agencies=[world.comptroller])
    approved(draft_of(period.requirement, world, audience=other), world, second)
    while rules_round(NOW):
        pass
    after = Standing.objects.filter(from_at__lt=midnight(TODAY)).values_list("officer", "from_at", "state")
    assert sorted(after) == sorted(before)


def test_what_was_asked_in_a_round_and_how_often_stays(world):
    rule = applied([world.community]).requirement
    for name, value in (("subject", known("ETH-2").subject), ("cycle", Cycle.ONCE)):
        more = {"due_days": 30} if name == "cycle" else {}
        with pytest.raises(InvalidInput) as refused:
            draft_of(rule, world, **{name: value}, subjects=(), **more)
        assert refused.value.field == name


# --- what a draft would change -------------------------------------------------------------------------------


def test_e17_the_preview_says_who_enters_who_leaves_and_who_keeps_what_they_have(world):
    period = applied([world.community])
    complete(world.somsri)
    other = people.save_audience(name="สองกรม", agencies=[world.division, world.comptroller])
    draft = draft_of(period.requirement, world, audience=other)
    report = impact_report.report(fresh(draft), now=NOW)
    assert {name: number for name, number in report.counts.items() if number} == {
        "enter": 2,
        "leave": 1,
        "leave_done": 1,
        "stay": 1,
        "open": 3,
    }
    assert [(row.name, row.enter, row.leave, row.after) for row in report.departments] == [
        ("กรมบัญชีกลาง", 2, 0, 2),
        ("กรมการพัฒนาชุมชน", 0, 1, 1),
    ]
    assert (report.old, report.is_enough, report.percent) == ("", True, 100)
    assert fresh(draft).impact.entering == [world.thawat.pk, world.anan.pk]


def test_the_preview_is_what_then_happens(world, second):
    """Whatever it said of entering, leaving and being done is what the standings say after the application."""
    period = applied([world.community])
    more = [enter(f"คน{n}", "มาก", world.treasury if n % 3 else world.division) for n in range(12)]
    services.apply_requirement(requirement=period.requirement, fiscal_year=2570, now=NOW)
    for officer in (world.somsri, more[0], more[1]):
        complete(officer)
    other = people.save_audience(name="สองกรม", agencies=[world.province, world.comptroller])
    now = NOW + timedelta(minutes=5)
    draft = draft_of(period.requirement, world, audience=other, now=now)
    counts = impact_report.report(fresh(draft), now=now).counts
    was = set(_asked(period))
    approved(draft, world, second, now=now)
    while rules_round(now):
        pass
    is_now = set(_asked(period))
    assert (counts["enter"], counts["leave"], counts["stay"]) == (
        len(is_now - was),
        len(was - is_now),
        len(was & is_now),
    )
    done = Standing.objects.filter(until_at__isnull=True, state__in=["on_time", "late"]).count()
    assert counts["done"] == done


def _asked(period):
    rows = Standing.objects.filter(period=period, until_at__isnull=True).exclude(state=State.NOT_REQUIRED)
    return rows.values_list("officer_id", flat=True)


def test_the_preview_says_who_has_to_learn_again_because_more_is_asked(world):
    period = applied([world.community])
    complete(world.somsri)
    draft = draft_of(period.requirement, world, subjects=[known("ETH-2").subject], need=2)
    assert impact_report.report(fresh(draft), now=NOW).counts["asked_again"] == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"due_month": 10, "due_day": 30}, ["ผ่านไปแล้ว", "คนจะเลยกำหนดทันที"]),
        ({"due_month": 11, "due_day": 29}, ["ตรงกับวันอาทิตย์", "ไม่ถึง 14 วัน"]),
        ({"due_month": 11, "due_day": 24}, ["ไม่ถึง 14 วัน"]),
        ({"due_month": 3, "due_day": 31}, []),
    ],
)
def test_due_days_that_nobody_could_keep_are_said(world, said, words):
    draft = services.propose_requirement(
        code="NEW", title="ใหม่", contact="", facts=facts(world, **said), by_id=world.secretariat.pk, now=NOW
    )
    found = impact_report.report(fresh(draft), now=NOW).warnings
    assert all(any(word in each for each in found) for word in words)
    assert len(found) == len(words), found


def test_a_due_day_before_the_course_can_be_learned_is_said(world):
    known("LONG")
    services.announce_edition(code="LONG", title="ยาว", minutes=600, digest="b" * 64, now=NOW)
    said = facts(world, subject=known("LONG").subject, cycle=Cycle.ONCE, due_days=5)
    draft = services.propose_requirement(
        code="NEW", title="ใหม่", contact="", facts=said, by_id=world.secretariat.pk, now=NOW
    )
    found = impact_report.report(fresh(draft), now=NOW).warnings
    assert any("10 ชั่วโมง" in each and "5 วันทำการ" in each for each in found), found


def test_a_preview_of_a_later_day_is_of_that_day(world):
    rule = requirement([world.community])
    transfer(world.anan, world.division, on=TODAY + 5 * DAY)
    before = draft_of(rule, world, grace_days=1, effective_on=TODAY + 4 * DAY)
    assert fresh(before).impact.counts["stay"] == 2
    services.withdraw_draft(draft=fresh(before), by_id=world.secretariat.pk)
    after = draft_of(rule, world, grace_days=1, effective_on=TODAY + 5 * DAY)
    assert fresh(after).impact.counts["stay"] == 3


def test_a_preview_goes_on_after_a_kill_and_counts_nobody_twice(world, monkeypatch):
    monkeypatch.setattr(impacts, "SMALL", 0)
    monkeypatch.setattr(impacts, "BATCH", 3)
    for number in range(10):
        enter(f"คน{number}", "มาก", world.division)
    draft = services.propose_requirement(
        code="NEW", title="ใหม่", contact="", facts=facts(world), by_id=world.secretariat.pk, now=NOW
    )
    assert impacts.step(draft.pk, now=NOW)
    assert (fresh(draft).impact.seen, impact_report.report(fresh(draft), now=NOW).percent) == (3, 25)
    killed(impacts.step, draft.pk)
    assert fresh(draft).impact.seen == 3
    while impacts.advance(now=NOW):
        pass
    impact = fresh(draft).impact
    assert (impact.seen, impact.counts["enter"], impact.total) == (12, 12, 12)
    assert len(impact.entering) == 12


def test_a_preview_costs_a_piece_the_same_however_many_people_there_are(world, django_assert_num_queries):
    draft = draft_of(requirement([world.community]), world, grace_days=1)
    for number in range(30):
        enter(f"คน{number}", "มาก", world.division)
    impacts.begin(fresh(draft), now=NOW)
    with django_assert_num_queries(18):
        impacts.step(draft.pk, now=NOW)


# --- bringing a rule to its people ---------------------------------------------------------------------------


def test_an_application_says_how_far_it_is_and_goes_on_after_a_kill(world, second, monkeypatch):
    monkeypatch.setattr(applications, "STRIDE", 2)
    period = applied([world.community])
    for number in range(6):
        enter(f"คน{number}", "มาก", world.division)
    approved(draft_of(period.requirement, world, grace_days=5), world, second)
    application = Application.objects.get(finished_at__isnull=True)
    assert applications.step(application.pk, now=NOW + timedelta(minutes=1))
    (progress,) = requirements.under_way(period.requirement, now=NOW + timedelta(minutes=1))
    reached = Officer.objects.order_by("pk")[1].pk
    said = (progress.done, progress.percent, progress.minutes_left >= 1)
    assert said == (reached, 100 * reached // progress.total, True)
    killed(applications.step, application.pk)
    while rules_round(NOW):
        pass
    assert requirements.under_way(period.requirement, now=NOW) == []
    assert Standing.objects.filter(period=period, until_at__isnull=True).count() == 8
    (row,) = requirements.rounds_of(period.requirement, today=TODAY)
    assert (row.required, row.rule_version, row.applied_at) == (8, 2, NOW)


def test_a_newer_version_takes_the_place_of_one_that_is_under_way(world, second, monkeypatch):
    monkeypatch.setattr(applications, "STRIDE", 1)
    period = applied([world.community])
    rule = period.requirement
    approved(draft_of(rule, world, grace_days=5), world, second)
    older = Application.objects.get(finished_at__isnull=True)
    applications.step(older.pk, now=NOW)
    rule.refresh_from_db()
    approved(draft_of(rule, world, grace_days=6), world, second)
    older.refresh_from_db()
    newer = Application.objects.get(finished_at__isnull=True)
    assert (older.finished_at, newer.rule_version, newer.cursor) == (NOW, 3, 0)
    while rules_round(NOW):
        pass
    assert {row.turns_on for row in Standing.objects.filter(until_at__isnull=True)} == {date(2027, 10, 6)}


def test_a_change_of_words_alone_walks_through_nobody(world, second):
    period = applied([world.community])
    approved(draft_of(period.requirement, world, reason="เหตุใหม่", due_day=15), world, second)
    assert not Application.objects.filter(finished_at__isnull=True).exists()
    period.refresh_from_db()
    assert (period.rule_version, period.due_on) == (2, date(2027, 9, 30))


def test_the_command_takes_up_opens_and_brings_every_cycle_and_says_how_far_it_is(
    world, second, monkeypatch, capsys
):
    monkeypatch.setattr(applications, "STRIDE", 1)
    monkeypatch.setattr(apply_requirements, "EVERY", 2)
    requirement([world.community], code="R1")
    requirement([world.comptroller], code="R2", cycle="once", due_days=30)
    requirement([world.comptroller], code="R3", cycle="anniversary", due_days=30, valid_months=12)
    with time_machine.travel(NOW, tick=False):
        call_command("apply_requirements")
        call_command("apply_requirements")
    said = capsys.readouterr().out
    assert f"R1: ปีงบประมาณ พ.ศ. 2570 {Officer.objects.order_by('pk')[1].pk:,}/" in said
    assert "R2: รอบต่อเนื่อง ครบกำหนดตามวันของแต่ละคน สถานะเปลี่ยน 2 คน" in said
    assert Standing.objects.count() == 6
    assert RequirementPeriod.objects.filter(applied_at=NOW).count() == 3
    assert not Application.objects.filter(finished_at__isnull=True).exists()


def test_learners_go_on_while_a_rule_is_brought_to_its_people(world, second, monkeypatch):
    monkeypatch.setattr(applications, "STRIDE", 1)
    period = applied([world.community])
    approved(draft_of(period.requirement, world, grace_days=5), world, second)
    applications.advance(now=NOW, seconds=0)
    complete(world.somsri)
    while rules_round(NOW):
        pass
    assert standing(world.somsri, period).state == State.ON_TIME


# --- requirements that overlap -------------------------------------------------------------------------------


@pytest.fixture
def two(world):
    """Two requirements of one subject, with different due days; one person is in both."""
    first = applied([world.community], code="R1")
    second = applied([world.division, world.comptroller], code="R2", due_month=3, due_day=31)
    return first, second


def test_a_conflict_is_said_on_both_with_the_people_in_both(world, two):
    first, second = two
    (row,) = conflicts.beside(first.requirement, today=TODAY)
    assert (row.title, row.people, row.has_other_day) == ("ข้อกำหนด R2", None, True)
    while conflicts.advance(now=NOW):
        pass
    for mine, other in ((first, "R2"), (second, "R1")):
        (row,) = conflicts.beside(mine.requirement, today=TODAY)
        assert (row.code, row.people) == (other, 1)
    assert not conflicts.advance(now=NOW + timedelta(hours=1))
    assert conflicts.advance(now=NOW + timedelta(hours=13)) == 1


def test_a_conflict_is_said_in_the_preview_before_it_is_there(world, two):
    draft = services.propose_requirement(
        code="NEW", title="ใหม่", contact="", facts=facts(world), by_id=world.secretariat.pk, now=NOW
    )
    rows = impact_report.report(fresh(draft), now=NOW).both
    assert [(row.title, row.people, row.has_other_day) for row in rows] == [
        ("ข้อกำหนด R1", 2, True),
        ("ข้อกำหนด R2", 1, False),
    ]


def test_requirements_of_different_subjects_are_no_conflict(world):
    first = applied([world.community], code="R1")
    applied([world.community], code="R3", subject="ETH-3")
    assert conflicts.beside(first.requirement, today=TODAY) == []
    assert conflicts.advance(now=NOW) == 0
    assert not Overlap.objects.exists()


def test_e17_one_completion_answers_both_and_the_learner_is_told_of_both(world, two):
    duties = selectors.duties(world.daruni.pk, today=TODAY, now=NOW)
    assert [duty.due_on for duty in duties] == [date(2027, 3, 31), date(2027, 9, 30)]
    assert [[also.requirement for also in duty.also] for duty in duties] == [["ข้อกำหนด R1"], ["ข้อกำหนด R2"]]
    complete(world.daruni)
    assert {duty.state for duty in selectors.duties(world.daruni.pk, today=TODAY, now=NOW)} == {State.ON_TIME}


def test_an_exemption_from_one_is_none_from_the_other(world, two):
    first, second = two
    from sucharit.records import decisions

    decisions.exempt(
        key="one",
        officer_id=world.daruni.pk,
        requirement=first.requirement,
        exemption="long_leave",
        starts_on=TODAY,
        until_on=None,
        reason="other",
        actor_id=world.secretariat.pk,
        now=NOW,
    )
    services.settle(now=NOW + timedelta(minutes=1))
    assert standing(world.daruni, first).state == State.EXEMPT
    assert standing(world.daruni, second).state == State.NOT_STARTED


# --- senseless rules and rules in words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"need": 2}, "need"),
        ({"need": 0}, "need"),
        ({"due_day": 31, "due_month": 2}, "due_day"),
        ({"due_days": 30}, "due_days"),
        ({"min_validity_months": 12}, "min_validity_months"),
        ({"valid_months": 12}, "valid_months"),
        ({"window_days": 365}, "window_days"),
        ({"cycle": "once"}, "due_days"),
        ({"cycle": "once", "due_days": 30, "valid_months": 12}, "valid_months"),
        ({"cycle": "once", "due_days": 30, "window_days": 10}, "window_days"),
        ({"cycle": "once", "due_days": 30, "min_validity_months": 3}, "min_validity_months"),
        ({"cycle": "anniversary", "valid_months": 12}, "due_days"),
        ({"cycle": "anniversary", "due_days": 60}, "valid_months"),
        ({"cycle": "anniversary", "due_days": 60, "valid_months": 1, "window_days": 30}, "window_days"),
        (
            {"cycle": "anniversary", "due_days": 60, "valid_months": 12, "min_validity_months": 1},
            "min_validity_months",
        ),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(world, said, field):
    assert list(faults(facts(world, **said))) == [field]


def test_a_renewal_counts_one_subject_and_a_refresher_is_another(world):
    other = known("ETH-2").subject
    said = {"cycle": "anniversary", "due_days": 60, "valid_months": 12, "subjects": [other], "need": 2}
    assert list(faults(facts(world, **said))) == ["need"]
    assert list(faults(facts(world, refresher=known("ETH-1").subject))) == ["refresher"]
    assert list(faults(facts(world, refresher=other, cycle="once", due_days=3))) == ["refresher"]
    assert faults(facts(world, refresher=other)) == {}


def test_the_history_says_in_words_what_each_version_changed(world, second):
    rule = requirement([world.community])
    other = known("ETH-2").subject
    approved(draft_of(rule, world, subjects=[other], need=1, grace_days=5), world, second)
    page = requirements.versions_of("R1")
    assert [(each.number, each.approved_by) for each in page.versions] == [(2, second), (1, None)]
    assert {change.label: (list(change.old), list(change.new)) for change in page.changes} == {
        "รายวิชา": (["มาตรฐานทางจริยธรรม"], ["มาตรฐานทางจริยธรรม", "มาตรฐานทางจริยธรรม"]),
        "ต้องเรียน": (["รายวิชานี้"], ["อย่างน้อย 1 จาก 2 รายวิชา"]),
        "ผ่อนผัน": ([], ["5 วันหลังครบกำหนด"]),
    }
    assert requirements.versions_of("NONE") is None


def test_a_rule_in_words_says_nothing_that_its_cycle_does_not_use(world):
    rule = requirement([world.community], cycle="anniversary", due_days=60, valid_months=24, window_days=30)
    kept = rule.versions.get().rule
    lines = {
        line.label: line.words
        for line in rule_words.lines(rule_words.Said(kept), rule_words.names_for([kept]))
    }
    assert lines["ครบกำหนด"] == ["ภายใน 60 วันหลังเข้ากลุ่มเป้าหมาย"]
    assert lines["อายุของผล"] == ["24 เดือน"]
    assert "ผลที่เพิ่งผ่านใช้ต่อได้" not in lines
