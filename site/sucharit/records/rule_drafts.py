"""Writes of drafts of rules: made by one person, approved by another, in force from a day on.

Approval writes the version of the rule (which never changes again) and, where its day has come, makes the requirement say it and brings
it to the people of its open rounds; the worker does the same on the day of a version that begins later.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from sucharit.kernel import thai_text
from sucharit.kernel.errors import Conflict, InvalidInput, Refused
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.records import applications, impacts, requiring
from sucharit.records.enums import Cycle, DraftState
from sucharit.records.models import Requirement, RequirementPeriod, RuleDraft, RuleImpact, RuleVersion
from sucharit.records.models.drafts import OPEN_DRAFTS
from sucharit.records.rule_checks import RuleFacts, faults

COLUMNS = (
    "subject",
    "audience",
    "need",
    "refresher",
    "reason",
    "legal_basis",
    "cycle",
    "due_month",
    "due_day",
    "due_days",
    "window_days",
    "min_validity_months",
    "grace_days",
    "valid_months",
    "is_active",
)
DECIDED = Refused("draft_decided", "ร่างนี้พิจารณาหรือถอนไปแล้ว โปรดเปิดหน้านี้ใหม่")


def propose_requirement(
    *, code: str, title: str, contact: str, facts: RuleFacts, by_id: int, now: datetime
) -> RuleDraft:
    """Begin a draft of a new requirement. Raises InvalidInput at the field of a fact that makes no sense, or of a known code."""
    if Requirement.objects.filter(code=code).exists():
        raise InvalidInput("code_taken", "มีข้อกำหนดรหัสนี้แล้ว", field="code")
    draft = RuleDraft(code=code, title=title, contact=contact, made_by_id=by_id, made_at=now)
    return _save(draft, facts, now)


def propose_change(*, requirement: Requirement, facts: RuleFacts, by_id: int, now: datetime) -> RuleDraft:
    """Begin a draft of a change. Raises InvalidInput at its field, Conflict while another draft of it is open."""
    draft = RuleDraft(
        requirement=requirement,
        code=requirement.code,
        title=requirement.title,
        contact=requirement.contact,
        made_by_id=by_id,
        made_at=now,
    )
    return _save(draft, facts, now)


def propose_audience(*, requirement: Requirement, by_id: int, now: datetime) -> RuleDraft:
    """Begin a draft that asks what is asked now, of the audience as it stands now."""
    return propose_change(requirement=requirement, facts=facts_of(requirement, now=now), by_id=by_id, now=now)


def propose_again(*, draft: RuleDraft, by_id: int, now: datetime) -> RuleDraft:
    """Begin a new draft with what one said that was refused or withdrawn, from today on at the earliest."""
    if draft.state not in (DraftState.REFUSED, DraftState.WITHDRAWN):
        raise DECIDED
    facts = facts_of(draft, now=now)
    if draft.requirement is not None:
        return propose_change(requirement=draft.requirement, facts=facts, by_id=by_id, now=now)
    return propose_requirement(
        code=draft.code, title=draft.title, contact=draft.contact, facts=facts, by_id=by_id, now=now
    )


def change_draft(
    *,
    draft: RuleDraft,
    facts: RuleFacts,
    by_id: int,
    now: datetime,
    title: str | None = None,
    contact: str | None = None,
) -> RuleDraft:
    """Change a draft that was not sent yet; only whoever made it, so that whoever approves has written none of it."""
    _only_mine(draft, by_id)
    if draft.state != DraftState.DRAFT:
        raise Refused("draft_sent", "ร่างนี้ส่งขออนุมัติแล้ว โปรดดึงกลับมาก่อนแก้ไข")
    if draft.requirement is None:
        draft.title, draft.contact = title or draft.title, draft.contact if contact is None else contact
    return _save(draft, facts, now)


def facts_of(said: Requirement | RuleDraft, *, now: datetime) -> RuleFacts:
    """The facts of a requirement or of a draft as they stand; in force today, or on the draft's day if it is later.

    A requirement whose first version waits for its day says what that version will.
    """
    today = local_date(now)
    if isinstance(said, Requirement) and not said.rule_version:
        said = said.drafts.filter(state=DraftState.APPROVED).order_by("-version__number").first() or said
    return RuleFacts(
        **{name: getattr(said, name) for name in COLUMNS},
        subjects=list(said.subjects.order_by("code")),
        effective_on=max(today, said.effective_on) if isinstance(said, RuleDraft) else today,
    )


def check(facts: RuleFacts, requirement: Requirement | None, *, now: datetime) -> dict[str, str]:
    """What is wrong with these facts for this requirement (None: a new one), by field."""
    found = dict(faults(facts))
    if facts.effective_on < local_date(now):
        found["effective_on"] = "วันที่มีผลต้องเป็นวันนี้หรือหลังจากนี้ ข้อกำหนดไม่มีผลย้อนหลัง"
    if requirement is not None and requirement.periods.exists():
        if facts.subject.pk != requirement.subject_id:
            found["subject"] = "ข้อกำหนดที่เปิดรอบแล้วเปลี่ยนรายวิชาหลักไม่ได้ โปรดเพิ่มข้อกำหนดใหม่"
        if facts.cycle != requirement.cycle:
            found["cycle"] = "ข้อกำหนดที่เปิดรอบแล้วเปลี่ยนชนิดของรอบไม่ได้ โปรดเพิ่มข้อกำหนดใหม่"
    return found


def _save(draft: RuleDraft, facts: RuleFacts, now: datetime) -> RuleDraft:
    for field, sentence in check(facts, draft.requirement, now=now).items():
        raise InvalidInput("rule_senseless", sentence, field=field)
    for name in COLUMNS:
        setattr(draft, name, getattr(facts, name))
    draft.reason = thai_text.normalise(facts.reason)
    draft.effective_on, draft.saved_at = facts.effective_on, now
    draft.audience_name = facts.audience.name
    draft.rule = {}
    try:
        with transaction.atomic():
            # Only one that is still a draft: whoever sent it meanwhile sent what was read, and it may be approved by now.
            held = RuleDraft.objects.select_for_update().filter(pk=draft.pk, state=DraftState.DRAFT)
            if draft.pk is not None and held.first() is None:
                raise DECIDED
            draft.save()
            draft.subjects.set(facts.all_subjects)
            draft.rule = requiring.rule_json(draft)
            draft.save(update_fields=["rule"])
    except IntegrityError as error:
        raise Conflict("draft_open", "ข้อกำหนดนี้มีร่างที่ยังไม่เสร็จ โปรดอนุมัติหรือถอนร่างนั้นก่อน") from error
    impacts.begin_and_settle(draft, now=now)
    return draft


def renew_impact(*, draft: RuleDraft, now: datetime) -> RuleImpact:
    """Work out anew what an open draft would change; a small audience's at once, else by the worker."""
    if draft.state not in OPEN_DRAFTS:
        raise DECIDED
    return impacts.begin_and_settle(draft, now=now)


def _only_mine(draft: RuleDraft, by_id: int) -> None:
    if draft.made_by_id != by_id:
        raise Refused("not_yours", "แก้ไข ส่ง หรือถอนร่างได้เฉพาะผู้เสนอ")


@transaction.atomic
def send_draft(*, draft: RuleDraft, by_id: int, now: datetime) -> None:
    """Ask for approval. Raises Refused where the numbers are not there yet, the day has passed, or nothing would change."""
    _only_mine(draft, by_id)
    if draft.effective_on < local_date(now):
        raise Refused("day_passed", "วันที่มีผลผ่านไปแล้ว โปรดแก้ไขร่างและเลือกวันใหม่")
    impact = RuleImpact.objects.filter(draft=draft).first()
    if impact is None or impact.finished_at is None:
        raise Refused("impact_missing", "ระบบยังคำนวณผลกระทบไม่เสร็จ โปรดรอแล้วดูตัวเลขก่อนส่ง")
    if _changes_nothing(draft):
        raise Refused("nothing_changes", "ร่างนี้เหมือนข้อกำหนดที่ใช้อยู่ทุกอย่าง จึงไม่มีอะไรให้อนุมัติ")
    _move(draft, (DraftState.DRAFT,), state=DraftState.WAITING, sent_at=now, note="")


def _changes_nothing(draft: RuleDraft) -> bool:
    if draft.requirement is None:
        return False
    held = draft.requirement.versions.order_by("-number").first()
    return (
        held is not None
        and not requiring.differs(held.rule, draft.rule)
        and not requiring.differs(draft.rule, held.rule)
        and (held.reason, held.legal_basis) == (draft.reason, draft.legal_basis)
    )


def take_back(*, draft: RuleDraft, by_id: int) -> None:
    """Take what was sent back to change it."""
    _only_mine(draft, by_id)
    _move(draft, (DraftState.WAITING,), state=DraftState.DRAFT, sent_at=None)


def withdraw_draft(*, draft: RuleDraft, by_id: int) -> None:
    """Give a draft up. It stays readable."""
    _only_mine(draft, by_id)
    _move(draft, OPEN_DRAFTS, state=DraftState.WITHDRAWN)


def refuse_draft(*, draft: RuleDraft, by_id: int, now: datetime, note: str) -> None:
    """Leave everything as it is, and say why. Raises Refused for whoever made it, InvalidInput without a word."""
    _not_mine(draft, by_id)
    said = thai_text.normalise(note)
    if not said:
        raise InvalidInput("note_missing", "โปรดเขียนเหตุผลที่ไม่อนุมัติ ผู้เสนอจะเห็นข้อความนี้", field="note")
    _move(
        draft,
        (DraftState.WAITING,),
        state=DraftState.REFUSED,
        decided_by_id=by_id,
        decided_at=now,
        note=said,
    )


def _not_mine(draft: RuleDraft, by_id: int) -> None:
    if draft.made_by_id == by_id:
        raise Refused("own_proposal", "ผู้เสนออนุมัติเองไม่ได้ โปรดให้ผู้อื่นตรวจและอนุมัติ")


def _move(draft: RuleDraft, before: tuple[DraftState, ...], **after: object) -> None:
    if not RuleDraft.objects.filter(pk=draft.pk, state__in=before).update(**after):
        raise DECIDED
    for name, value in after.items():
        setattr(draft, name, value)


def stamp(draft: RuleDraft) -> str:
    """What a page of a draft says, in a few characters: they differ where its words or its numbers do."""
    impact = RuleImpact.objects.filter(draft=draft).first()
    numbers = (str(impact.on_day), impact.counts, impact.departments) if impact else ()
    words = (
        draft.title,
        draft.reason,
        draft.legal_basis,
        str(draft.effective_on),
        draft.saved_at.timestamp(),
    )
    said = json.dumps([draft.rule, words, numbers], sort_keys=True)
    return sha256(said.encode()).hexdigest()[:16]


def approve_draft(
    *, draft: RuleDraft, by_id: int, now: datetime, note: str = "", read: str | None = None
) -> RuleVersion:
    """Approve: the version is written, and in force from its day or from today if that has passed.

    `read` is the stamp of the page that was read (None: it was read just now); Conflict where the draft was changed since. Raises Refused for whoever made it, Conflict where the numbers that were read are no longer what would happen: they are
    renewed, to be read again.
    """
    _not_mine(draft, by_id)
    if draft.state != DraftState.WAITING:
        raise DECIDED
    if read is not None and read != stamp(draft):
        raise Conflict("draft_changed", "ร่างหรือตัวเลขผลกระทบเปลี่ยนไปหลังคุณเปิดหน้านี้ โปรดตรวจอีกครั้งก่อนอนุมัติ")
    if not impacts.is_fresh_enough(draft, now=now):
        _renew_before_deciding(draft, now)
    return _approve(draft, by_id, now, thai_text.normalise(note))


def _renew_before_deciding(draft: RuleDraft, now: datetime) -> None:
    old = RuleImpact.objects.filter(draft=draft).first()
    new = impacts.begin_and_settle(draft, now=now)
    if new.finished_at is None:
        raise Conflict("impact_renewing", "ตัวเลขผลกระทบเก่าแล้ว ระบบกำลังคำนวณใหม่ โปรดตรวจตัวเลขใหม่ก่อนอนุมัติ")
    if old is None or not impacts.same_numbers(old, new):
        raise Conflict("impact_changed", "ผลกระทบเปลี่ยนไปจากที่แสดงไว้ ระบบคำนวณใหม่แล้ว โปรดตรวจอีกครั้งก่อนอนุมัติ")


@transaction.atomic
def _approve(draft: RuleDraft, by_id: int, now: datetime, note: str) -> RuleVersion:
    # The state is asked again under the lock: of two who decide at once, one is told.
    locked = RuleDraft.objects.select_for_update(of=("self",)).select_related("requirement")
    held = locked.filter(pk=draft.pk, state=DraftState.WAITING).first()
    if held is None or held.saved_at != draft.saved_at:
        raise DECIDED
    requirement = _locked_requirement(held)
    version = RuleVersion.objects.create(
        requirement=requirement,
        number=requiring.next_number(requirement),
        effective_on=max(held.effective_on, local_date(now)),
        rule=held.rule,
        audience_name=held.audience_name,
        reason=held.reason,
        legal_basis=held.legal_basis,
        approved_at=now,
        made_by_id=held.made_by_id,
        approved_by_id=by_id,
    )
    decided = {"decided_by_id": by_id, "decided_at": now, "note": note}
    _move(
        held,
        (DraftState.WAITING,),
        state=DraftState.APPROVED,
        version=version,
        requirement=requirement,
        **decided,
    )
    if version.effective_on <= local_date(now):
        _take_up(held, now)
    return version


def _locked_requirement(draft: RuleDraft) -> Requirement:
    if draft.requirement is not None:
        rows = Requirement.objects.select_for_update(of=("self",), no_key=True)
        return rows.get(pk=draft.requirement.pk)
    # Not in use until its day: the columns say what is in force, and nothing is yet.
    facts = {name: getattr(draft, name) for name in COLUMNS} | {"is_active": False}
    try:
        with transaction.atomic():
            made = Requirement.objects.create(
                code=draft.code, title=draft.title, contact=draft.contact, rule_version=0, **facts
            )
    except IntegrityError as error:
        raise Conflict("code_taken", "มีข้อกำหนดรหัสนี้แล้ว ร่างนี้อนุมัติไม่ได้") from error
    made.subjects.set(draft.subjects.all())
    return made


def take_up(*, now: datetime) -> int:
    """Put the approved versions in force whose day has come. Returns how many. The worker's."""
    due = RuleDraft.objects.filter(
        state=DraftState.APPROVED, taken_up_at__isnull=True, version__effective_on__lte=local_date(now)
    )
    taken = 0
    for pk in list(due.order_by("version__number", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = RuleDraft.objects.select_for_update(of=("self",), skip_locked=True)
            draft = (
                rows.select_related("requirement", "version").filter(pk=pk, taken_up_at__isnull=True).first()
            )
            if draft is not None:
                _take_up(draft, now)
                taken += 1
    return taken


def _take_up(draft: RuleDraft, now: datetime) -> None:
    """Make the requirement say what the version says, unless a newer one is in force already, and bring it to its people."""
    version = draft.version
    if version is None:
        return
    requirement = Requirement.objects.select_for_update(of=("self",), no_key=True).get(
        pk=version.requirement_id
    )
    if version.number > requirement.rule_version:
        for name in COLUMNS:
            setattr(requirement, name, getattr(draft, name))
        requirement.rule_version = version.number
        requirement.save()
        requirement.subjects.set(draft.subjects.all())
        _bring(requirement, version, now)
    RuleDraft.objects.filter(pk=draft.pk, taken_up_at__isnull=True).update(taken_up_at=now)


def _bring(requirement: Requirement, version: RuleVersion, now: datetime) -> None:
    """Open this year's round where there is none, and begin bringing the version to the people of every open one."""
    today = local_date(now)
    wanted = FiscalYear.of(today).year if requirement.cycle == Cycle.FISCAL_YEAR else None
    if requirement.is_active and not requirement.periods.filter(fiscal_year=wanted).exists():
        requiring.open_period(requirement=requirement, fiscal_year=wanted, now=now)
    for period in requirement.periods.filter(opens_on__lte=today, closes_on__gte=today):
        held = requirement.versions.filter(number=period.rule_version).first()
        is_other = held is None or requiring.differs(_asked_part(held), _asked_part(version))
        RequirementPeriod.objects.filter(pk=period.pk).update(rule_version=version.number)
        period.rule_version = version.number
        if is_other or period.applied_at is None:
            applications.begin(period, now=now)


def _asked_part(version: RuleVersion) -> Mapping[str, Any]:
    """What of a version decides where people stand in a round that is open: its dates are those of its opening."""
    return {name: value for name, value in version.rule.items() if name not in ("due_month", "due_day")}


@transaction.atomic
def save_words(*, requirement: Requirement, title: str, contact: str) -> None:
    """Change name and contact of a requirement: words for people, not a part of what is asked."""
    Requirement.objects.filter(pk=requirement.pk).update(title=title, contact=contact)
    requirement.title, requirement.contact = title, contact
