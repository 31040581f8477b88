"""What the HR desk proposes, who decides it, and what the ledger then says (E8, E14, E15, E16, E17, E19, E25)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from sucharit.kernel.errors import Conflict, InvalidInput, OutOfScope, Refused
from sucharit.officers.enums import Role
from sucharit.officers.models import Officer, Posting
from sucharit.officers.services import grant_role
from sucharit.records import attachments, proposals, proposed, supposing, wording
from sucharit.records.enums import ProposalKind, ProposalState
from sucharit.records.models import AwardEvent, Decision, Proposal
from sucharit.records.statuses import statuses
from tests.conftest import NOW, TODAY, enter
from tests.records.build import CODE, applied, complete, edition, settle, standing
from tests.records.desk import LATER, approved, colleague, confirmed, drafted, seen_as

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def period(world):
    return applied([world.ministry, world.comptroller])


def pdf(by, name="หลักฐาน.pdf"):
    upload = SimpleUploadedFile(name, b"%PDF-1.7 paper")
    return attachments.keep(upload=upload, by_id=by.pk, now=NOW)


def change(proposal, period):
    return next(row for row in supposing.changes(proposal, now=NOW) if row.period.pk == period.pk)


# --- extend and exempt --------------------------------------------------------------------------------------


def extension(period, day="2027-12-31"):
    return {"period": period.pk, "due_on": day}


def test_e8_an_extension_moves_the_due_day_and_keeps_the_first_one_beside_it(world, period):
    made = drafted(world, "extend", payload=extension(period))
    assert (made.needs_second, made.state) == (False, "draft")
    told = change(made, period)
    assert (told.before.due_on, told.after.due_on) == (period.due_on, date(2027, 12, 31))
    assert told.after.original_due_on == period.due_on
    assert "จะครบกำหนด" in wording.sentence(made)
    assert standing(world.somsri, period).due_on == period.due_on
    proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=NOW)
    settle()
    held = standing(world.somsri, period)
    assert (held.due_on, held.original_due_on) == (date(2027, 12, 31), period.due_on)
    assert Decision.objects.get().idempotency_key == f"proposal:{made.pk}"


@pytest.mark.parametrize("day", ["2026-12-01", "2027-09-30"])
def test_e8_a_new_day_that_is_not_later_is_refused_at_its_field(world, period, day):
    with pytest.raises(InvalidInput) as refused:
        drafted(world, "extend", payload=extension(period, day))
    assert (refused.value.code, refused.value.field) == ("not_later", "due_on")
    assert not Proposal.objects.exists()


def exemption(period, **facts):
    return {
        "requirement": period.requirement_id,
        "period": period.pk,
        "exemption": "study",
        "starts_on": "2026-11-01",
        **facts,
    }


def test_e14_an_exemption_is_no_completion_and_ends_on_its_day(world, period):
    made = drafted(world, "exempt", payload=exemption(period, until_on="2026-11-30"))
    told = change(made, period)
    assert (told.before.shown, told.after.shown) == ("not_started", "exempt")
    proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=NOW)
    settle()
    held = standing(world.somsri, period)
    assert (held.state, held.award) == ("exempt", None)
    assert not AwardEvent.objects.exists()
    settle(NOW + timedelta(days=30))
    assert standing(world.somsri, period).state == "not_started"


def test_e14_an_exemption_can_be_taken_back(world, period):
    confirmed(world, "exempt", payload=exemption(period))
    settle()
    decision = Decision.objects.get()
    end = {"decision_id": decision.pk, "reason_code": "recorded_wrongly"}
    made = drafted(world, "end", now=LATER, **end)
    assert not made.needs_second
    told = next(row for row in supposing.changes(made, now=LATER) if row.period.pk == period.pk)
    assert (told.before.shown, told.after.shown) == ("exempt", "not_started")
    proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    settle(TOMORROW)
    assert standing(world.somsri, period).state == "not_started"
    with pytest.raises(Refused, match="ยกเลิกแล้ว"):
        drafted(world, "end", now=LATER, **end)


def test_e14_what_one_hr_does_alone_is_listed_for_the_secretariat(world, period):
    made = confirmed(world, "exempt", payload=exemption(period))
    assert made.state == "applied"
    rows = proposed.page(seen_as(world.secretariat), "done", today=TODAY).rows
    assert [row.pk for row in rows] == [made.pk]


def test_nobody_exempts_themself_alone(world, period):
    made = confirmed(world, "exempt", officer=world.daruni, payload=exemption(period))
    assert (made.state, made.second_reason) == ("waiting", "เป็นประวัติของผู้เสนอเอง")
    with pytest.raises(Refused, match="ผู้เสนออนุมัติเองไม่ได้"):
        approved(world, made, world.daruni.user)


# --- manual -------------------------------------------------------------------------------------------------


def test_e16_a_completion_outside_the_platform_is_recorded_with_its_evidence(world, period):
    made = drafted(world, "manual")
    told = change(made, period)
    assert (told.before.shown, told.after.shown) == ("not_started", "on_time")
    proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=NOW)
    award = AwardEvent.objects.get()
    assert (award.method, award.evidence_ref, award.recorded_by) == ("classroom", "รุ่นที่ 3", world.daruni.user)
    settle()
    assert standing(world.somsri, period).completed_at == award.completed_at


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-11-24", "day_in_the_future"), ("2020-12-31", "day_before_service"), ("2021-02-01", "no_posting")],
)
def test_e16_a_day_after_today_before_service_or_without_a_posting_is_refused(world, day, code):
    edition()
    Officer.objects.filter(pk=world.somsri.pk).update(entered_service_on=date(2021, 1, 1))
    Posting.objects.filter(officer=world.somsri).update(starts_on=date(2021, 3, 1))
    payload = {"subject": CODE, "day": day, "method": "classroom", "evidence": "ก"}
    with pytest.raises(InvalidInput) as refused:
        drafted(world, "manual", payload=payload)
    assert (refused.value.code, refused.value.field) == (code, "day")


def test_e16_a_reason_is_required(world):
    edition()
    with pytest.raises(InvalidInput) as refused:
        drafted(world, "manual", reason="  ")
    assert refused.value.field == "reason"


def test_e16_into_a_closed_round_needs_a_second_person(world):
    last = applied([world.ministry], year=2569)
    payload = {"subject": CODE, "day": "2026-05-01", "method": "classroom", "evidence": "ก"}
    made = confirmed(world, "manual", payload=payload)
    assert (made.state, made.needs_second) == ("waiting", True)
    assert "รอบที่ปิดแล้ว" in made.second_reason
    assert not AwardEvent.objects.exists()
    approved(world, made, world.secretariat)
    settle(TOMORROW)
    assert standing(world.somsri, last).state == "on_time"


def test_the_same_completion_twice_is_refused(world):
    edition()
    confirmed(world, "manual")
    with pytest.raises(InvalidInput) as refused:
        drafted(world, "manual")
    assert refused.value.code == "recorded_already"


# --- a second person ----------------------------------------------------------------------------------------


def revocation(world, award, **facts):
    return confirmed(world, "revoke", award_id=award.pk, reason_code="wrong_person", **facts)


def test_a_revocation_waits_for_somebody_else_and_is_then_one_event(world, period):
    award = complete(world.somsri)
    made = revocation(world, award)
    assert made.state == "waiting"
    assert AwardEvent.objects.count() == 1
    told = change(made, period)
    assert (told.before.shown, told.after.shown) == ("on_time", "not_started")
    done = approved(world, made, colleague(world.community))
    assert (done.state, done.decided_by.email) == ("applied", "colleague@example.go.th")
    assert statuses([award], today=TODAY)[award.pk].state == "revoked"
    settle(TOMORROW)
    assert standing(world.somsri, period).state == "not_started"
    with pytest.raises(Conflict):
        approved(world, made, world.secretariat)
    assert AwardEvent.objects.count() == 2


def test_what_was_revoked_comes_back_by_two_people_too(world, period):
    award = complete(world.somsri)
    approved(world, revocation(world, award), world.secretariat)
    settle(TOMORROW)
    made = confirmed(world, "reinstate", award_id=award.pk, reason_code="evidence_found", now=LATER)
    assert made.needs_second
    assert supposing.changes(made, now=LATER)[0].after.shown == "on_time"
    approved(world, made, world.secretariat, now=LATER)
    settle(TOMORROW + timedelta(hours=1))
    assert standing(world.somsri, period).state == "on_time"


def test_an_amended_day_is_what_counts_and_the_first_one_stays_readable(world, period):
    award = complete(world.somsri)
    payload = {"day": "2026-10-05"}
    made = confirmed(
        world, "amend", award_id=award.pk, reason_code="recorded_wrongly", payload=payload, now=LATER
    )
    assert made.state == "applied"
    settle(TOMORROW)
    assert standing(world.somsri, period).completed_at.date() == date(2026, 10, 4)  # midnight in Bangkok
    assert AwardEvent.objects.get(pk=award.pk).completed_at == award.completed_at


def test_the_maker_the_person_and_people_out_of_reach_decide_nothing(world, period):
    made = revocation(world, complete(world.somsri))
    with pytest.raises(Refused, match="ผู้เสนออนุมัติเองไม่ได้"):
        approved(world, made, world.daruni.user)
    with pytest.raises(OutOfScope):
        approved(world, made, world.thawat.user)
    grant_role(user=world.somsri.user, role=Role.AGENCY_HR, agency=world.community, now=NOW)
    with pytest.raises(Refused, match="ตนเอง"):
        approved(world, made, world.somsri.user)
    grant_role(user=world.pakphum, role=Role.AUDITOR, now=NOW)
    with pytest.raises(OutOfScope):
        approved(world, made, world.pakphum)
    assert Proposal.objects.get().state == "waiting"


def test_the_database_refuses_a_decision_by_the_maker(world, period):
    made = revocation(world, complete(world.somsri))
    for facts in (
        {"state": "applied", "decided_by": world.daruni.user},
        {"state": "applied", "decided_by": None},
        {"state": "refused", "decided_by": world.secretariat, "note": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=made.pk).update(**facts)


def test_a_refusal_says_why_and_changes_nothing(world, period):
    made = revocation(world, complete(world.somsri))
    with pytest.raises(InvalidInput) as refused:
        proposals.refuse(proposal_id=made.pk, who=seen_as(world.secretariat), now=LATER, note=" ")
    assert refused.value.field == "note"
    done = proposals.refuse(proposal_id=made.pk, who=seen_as(world.secretariat), now=LATER, note="หลักฐานไม่พอ")
    assert (done.state, done.note) == ("refused", "หลักฐานไม่พอ")
    assert AwardEvent.objects.count() == 1


def test_the_maker_takes_it_back_before_it_is_decided(world, period):
    made = revocation(world, complete(world.somsri))
    proposals.withdraw(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    with pytest.raises(Conflict):
        approved(world, made, world.secretariat)


def test_what_the_ledger_refuses_by_now_leaves_it_waiting(world, period):
    award = complete(world.somsri)
    first, second = revocation(world, award), revocation(world, award)
    approved(world, first, world.secretariat)
    with pytest.raises(Refused, match="ถูกเพิกถอนแล้ว"):
        approved(world, second, world.secretariat)
    assert Proposal.objects.get(pk=second.pk).state == "waiting"


def test_confirmed_twice_is_written_once(world):
    edition()
    made = confirmed(world, "manual")
    with pytest.raises(Conflict):
        proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    assert AwardEvent.objects.count() == 1


# --- scope --------------------------------------------------------------------------------------------------


def test_e17_only_people_in_reach_today(world, period):
    with pytest.raises(OutOfScope):
        drafted(world, "extend", officer=world.thawat, payload=extension(period))
    with pytest.raises(OutOfScope):
        drafted(world, "extend", by=world.pakphum, payload=extension(period))


def test_e17_the_old_agency_loses_what_it_proposed_when_the_person_moves(world, period):
    from tests.records.build import transfer

    made = revocation(world, complete(world.somsri))
    transfer(world.somsri, world.treasury, on=TODAY - timedelta(days=1))
    assert proposed.one(seen_as(world.daruni.user), made.public_id, today=TODAY) is None
    assert proposed.one(seen_as(world.thawat.user), made.public_id, today=TODAY) == made
    with pytest.raises(OutOfScope):
        approved(world, made, colleague(world.community))
    assert approved(world, made, world.thawat.user).state == "applied"


def test_a_draft_is_seen_by_its_maker_only(world, period):
    made = drafted(world, "extend", payload=extension(period))
    assert proposed.one(seen_as(world.daruni.user), made.public_id, today=TODAY) == made
    assert proposed.one(seen_as(world.secretariat), made.public_id, today=TODAY) is None


# --- recognised learning ------------------------------------------------------------------------------------


def test_e15_recognised_learning_needs_a_paper_that_is_young_enough(world, settings):
    edition()
    with pytest.raises(InvalidInput) as refused:
        drafted(world, "recognise")
    assert (refused.value.code, refused.value.field) == ("file_missing", "file")
    old = {"subject": CODE, "day": "2023-11-22", "source": "ก"}
    with pytest.raises(InvalidInput) as refused:
        drafted(world, "recognise", payload=old, attachment=pdf(world.daruni.user))
    assert (refused.value.code, refused.value.field) == ("evidence_too_old", "day")
    assert drafted(
        world, "recognise", payload={**old, "day": "2023-11-23"}, attachment=pdf(world.daruni.user)
    )
    settings.RECOGNISE_WITHIN_YEARS = 1
    with pytest.raises(InvalidInput):
        drafted(world, "recognise", payload={**old, "day": "2023-11-23"}, attachment=pdf(world.daruni.user))


def test_e15_a_required_subject_takes_a_second_person_another_does_not(world):
    edition()
    assert confirmed(world, "recognise", attachment=pdf(world.daruni.user)).state == "applied"
    assert AwardEvent.objects.get().method == "recognised"
    applied([world.ministry])
    officer = enter("วิไล", "ทองดี", world.province)
    made = confirmed(world, "recognise", officer=officer, attachment=pdf(world.daruni.user))
    assert (made.state, "ข้อกำหนด" in made.second_reason) == ("waiting", True)


def asked(world, kind="recognise", **facts):
    wanted = proposals.Wanted(
        kind=ProposalKind(kind),
        officer=world.somsri,
        reason="เรียนมาแล้ว",
        payload={"subject": CODE, "day": "2026-10-20", "source": "ก"} if kind == "recognise" else {},
        **facts,
    )
    return proposals.ask(wanted=wanted, who=seen_as(world.somsri.user), now=NOW)


def test_e15_what_a_learner_asks_of_a_required_subject_takes_two_of_staff(world, period):
    made = asked(world, attachment=pdf(world.somsri.user))
    first = approved(world, made, world.daruni.user)
    assert (first.state, first.endorsed_by) == ("waiting", world.daruni.user)
    assert not AwardEvent.objects.exists()
    with pytest.raises(Refused, match="เห็นชอบรายการนี้ไปแล้ว"):
        approved(world, made, world.daruni.user)
    assert approved(world, made, world.secretariat).state == "applied"
    award = AwardEvent.objects.get()
    assert (award.method, award.recorded_by) == ("recognised", world.daruni.user)


def test_e15_of_another_subject_one_of_staff_is_enough_and_never_the_learner(world):
    edition()
    grant_role(user=world.somsri.user, role=Role.AGENCY_HR, agency=world.community, now=NOW)
    made = asked(world, attachment=pdf(world.somsri.user))
    with pytest.raises(Refused):
        approved(world, made, world.somsri.user)
    assert approved(world, made, world.daruni.user).state == "applied"


def test_e15_the_label_stays_on_the_list(world, period):
    from sucharit.officers.selectors import agency_by_code
    from sucharit.records import selectors

    approved(world, confirmed(world, "recognise", attachment=pdf(world.daruni.user)), world.secretariat)
    settle(TOMORROW)
    who, agency = seen_as(world.daruni.user), agency_by_code("CDD")
    rows = selectors.people(who, period, agency, selectors.PeopleFilter(), today=TODAY).rows
    assert any("เทียบโอนผลการเรียน" in row.status(TODAY) for row in rows)


# --- merges -------------------------------------------------------------------------------------------------


def test_e19_two_records_of_one_person_count_together_and_come_apart_again(world, period):
    twin = enter("สมศรี", "ใจดีมาก", world.province)
    complete(twin)
    made = confirmed(world, "merge", other=twin)
    assert made.needs_second
    told = change(made, period)
    assert (told.before.shown, told.after.shown) == ("not_started", "on_time")
    approved(world, made, world.secretariat)
    settle(TOMORROW)
    assert standing(world.somsri, period).state == "on_time"
    assert standing(twin, period).state == "not_required"
    assert proposed.merged_names(world.somsri.pk) == [twin.full_name]
    apart = confirmed(
        world, "end", decision_id=Decision.objects.get().pk, reason_code="recorded_wrongly", now=LATER
    )
    assert apart.needs_second
    approved(world, apart, world.secretariat, now=LATER + timedelta(minutes=1))
    settle(TOMORROW + timedelta(hours=2))
    assert standing(world.somsri, period).state == "not_started"
    assert standing(twin, period).state == "on_time"
    assert AwardEvent.objects.get().officer == twin


def test_e19_both_records_are_in_reach_of_whoever_decides(world, period):
    far = enter("สมศรี", "ใจดี", world.treasury)
    with pytest.raises(OutOfScope):
        drafted(world, "merge", other=far)
    made = confirmed(world, "merge", by=world.secretariat, other=far)
    with pytest.raises(OutOfScope):
        approved(world, made, world.daruni.user)


# --- contesting ---------------------------------------------------------------------------------------------


def test_e25_a_contested_entry_is_answered_in_words_and_nothing_else_follows(world, period):
    award = complete(world.somsri)
    made = asked(world, "contest", award_id=award.pk)
    with pytest.raises(Refused, match="ข้อความ"):
        approved(world, made, world.daruni.user)
    done = proposals.answer(
        proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER, note="ตรวจแล้วถูกต้อง"
    )
    assert (done.state, done.note) == ("answered", "ตรวจแล้วถูกต้อง")
    assert AwardEvent.objects.count() == 1
    assert proposed.of_officer(world.somsri.pk) == [done]


def test_e25_what_was_decided_is_told_with_reason_and_who(world, period):
    award = complete(world.somsri)
    approved(world, revocation(world, award, reason="บันทึกให้ผิดคน"), world.secretariat)
    confirmed(
        world, "exempt", payload=exemption(period), reason="ลาศึกษาต่อ", document="คำสั่ง 5/2569", now=LATER
    )
    told = proposed.events(world.somsri.pk)
    assert sorted(event.what for event in told) == ["ยกเว้นการเรียน", "เพิกถอนผล"]
    assert {event.reason for event in told} == {"บันทึกให้ผิดคน", "ลาศึกษาต่อ"}
    assert all("ดารุณี" in event.by for event in told)


def test_a_learner_asks_only_about_themself(world):
    wanted = proposals.Wanted(kind=ProposalKind.CONTEST, officer=world.thawat, reason="ก")
    with pytest.raises(OutOfScope):
        proposals.ask(wanted=wanted, who=seen_as(world.somsri.user), now=NOW)
    wanted = proposals.Wanted(kind=ProposalKind.EXEMPT, officer=world.somsri, reason="ก")
    with pytest.raises(OutOfScope):
        proposals.ask(wanted=wanted, who=seen_as(world.somsri.user), now=NOW)


# --- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "file_kind"),
        ("a.pdf", b"PK\x03\x04", "file_is_not_what_it_says"),
        ("a.png", b"%PDF-1", "file_is_not_what_it_says"),
        ("a.csv", b"a\x00b", "file_is_not_what_it_says"),
        ("a.svg", b"<svg/>", "file_kind"),
        ("a.pdf", b"%PDF-" + b"x" * attachments.MOST_BYTES, "file_too_large"),
    ],
)
def test_files_that_are_not_taken(world, name, content, code):
    with pytest.raises(InvalidInput) as refused:
        attachments.keep(upload=SimpleUploadedFile(name, content), by_id=world.daruni.user.pk, now=NOW)
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_a_name_is_cleaned_and_stays_thai():
    assert attachments.clean_name("../../etc/pass<wd>.pdf") == "pass_wd_.pdf"
    assert attachments.clean_name("C:\\งาน\\ประกาศนียบัตร.PDF") == "ประกาศนียบัตร.PDF"
    assert len(attachments.clean_name("ก" * 300 + ".pdf")) <= 120


# --- leaving ------------------------------------------------------------------------------------------------


def leaver(world):
    Officer.objects.filter(pk=world.somsri.pk).update(left_service_on=TODAY - timedelta(days=1))
    return Officer.objects.get(pk=world.somsri.pk)


def test_e4_a_name_is_taken_out_by_two_of_the_secretariat_and_the_ledger_stays(world):
    from sucharit.officers.services import open_account
    from tests.conftest import PASSWORD

    award = complete(world.somsri)
    with pytest.raises(Refused, match="พ้นจากราชการ"):
        drafted(world, "anonymise", by=world.secretariat)
    officer = leaver(world)
    with pytest.raises(OutOfScope):
        drafted(world, "anonymise", officer=officer)
    made = confirmed(world, "anonymise", by=world.secretariat, officer=officer)
    assert made.state == "waiting"
    with pytest.raises(OutOfScope):
        approved(world, made, world.daruni.user)
    other = open_account(email="second@example.go.th", password=PASSWORD, first_name="คนที่สอง")
    grant_role(user=other, role=Role.SECRETARIAT, now=NOW)
    approved(world, made, other)
    officer.refresh_from_db()
    officer.user.refresh_from_db()
    assert "สมศรี" not in officer.full_name
    assert (officer.national_id_hash, officer.user.is_active) == (None, False)
    assert "somsri" not in officer.user.email
    assert AwardEvent.objects.get(pk=award.pk).first_name == "สมศรี"
    assert Proposal.objects.get(pk=made.pk).state == ProposalState.APPLIED


def test_e4_a_subject_is_retired_not_deleted(world):
    from django.core.management import CommandError, call_command
    from django.db.models import ProtectedError

    from sucharit.records import acts

    award = complete(world.somsri)
    with pytest.raises(ProtectedError):
        award.subject.delete()
    period = applied([world.ministry])
    with pytest.raises(CommandError, match="ยังมีข้อกำหนดที่ใช้รายวิชานี้"):
        call_command("retire_subject", CODE)
    type(period.requirement).objects.update(is_active=False)
    call_command("retire_subject", CODE)
    assert acts.subjects() == []
    assert AwardEvent.objects.get().subject.retired_at is not None
    call_command("retire_subject", CODE, "--back")
    assert [subject.code for subject in acts.subjects()] == [CODE]
    with pytest.raises(CommandError, match="ไม่พบรายวิชา"):
        call_command("retire_subject", "NONE")


def test_e12_a_score_that_was_graded_here_is_not_changed_at_the_desk(world):
    award = complete(world.somsri, score=7, max_score=10)
    payload = {"score": "9", "max_score": "10"}
    with pytest.raises(Refused, match="ระบบตรวจ"):
        drafted(world, "amend", award_id=award.pk, reason_code="other", payload=payload)
    by_hand = complete(world.somsri, at=NOW - timedelta(days=2), method="classroom", score=7, max_score=10)
    made = confirmed(world, "amend", award_id=by_hand.pk, reason_code="other", payload=payload, now=LATER)
    assert made.state == "applied"
    assert AwardEvent.objects.get(kind="amend").score == 9


def test_e19_taking_apart_is_about_both_people(world, period):
    twin = enter("สมศรี", "ใจดี", world.province)
    approved(world, confirmed(world, "merge", other=twin), world.secretariat)
    far = enter("ไกล", "มาก", world.treasury)
    decision = Decision.objects.get()
    with pytest.raises(OutOfScope):
        drafted(world, "end", decision_id=decision.pk, other=far, reason_code="other", now=LATER)
