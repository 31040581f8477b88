"""Completions from a file: read and matched once, kept, and written by the worker in batches that keep their place (rule E20).

A row is the same completion in whatever file it comes: its award's key is made of the person, the subject, the day and the method, so
a second run writes nothing. Whoever or whatever is not known stays in the file's rows and may be matched again later.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO

from django.db import IntegrityError, transaction

from sucharit.kernel.errors import Conflict, DomainError, InvalidInput, OutOfScope, Refused
from sucharit.kernel.thai_calendar import format_date, local_date, midnight
from sucharit.officers import dated
from sucharit.officers import selectors as officers
from sucharit.officers.matching import Matched, match
from sucharit.officers.selectors import Verb, Viewer, can
from sucharit.records import corrections, history
from sucharit.records.attachments import clean_name
from sucharit.records.enums import AwardKind, Method, ProposalKind, ProposalState, ReasonCode, RowState
from sucharit.records.models import AwardEvent, Edition, ImportRow, Proposal, RequirementPeriod
from sucharit.records.recording import record_many
from sucharit.records.second import why_second
from sucharit.records.services import Completion, record_award

# Rows looked at together: bounded memory, and on SQLite a lock of well under a second.
READ_BATCH = 1_000
# Rows written in one transaction.
BATCH = 100
_KNOWN_ALREADY = "มีผลของรายวิชานี้ในวันนี้อยู่แล้ว ไม่บันทึกซ้ำ"


# Awards by person, subject and day, with whether the last word about each is that an import was undone.
Known = dict[tuple[int, int, date], tuple[int, bool]]


def key_of(row: ImportRow) -> str:
    """What makes a row the same completion in any file."""
    day = row.completed_on.isoformat() if row.completed_on else ""
    return f"import:{row.officer_id}:{row.subject_id}:{day}:{row.method}"


# --- reading ------------------------------------------------------------------------------------------------


def receive(
    *,
    content: IO[bytes],
    filename: str,
    size: int,
    era: str,
    agency: officers.AgencyNode,
    reason: str,
    who: Viewer,
    now: datetime,
) -> Proposal:
    """Read a file for an agency and say of each row what would become of it; nothing enters the ledger. The file is not kept.

    Raises InvalidInput at the input that is wrong; then nothing of the file stays.
    """
    if who.user_id is None or not can(who, Verb.CORRECT_RECORDS, agency, today=local_date(now)):
        raise OutOfScope("out_of_scope", "ไม่พบหน่วยงานนี้")
    if era not in history.ERAS:
        raise InvalidInput("era_missing", "โปรดเลือกว่าปีในไฟล์เป็น พ.ศ. หรือ ค.ศ.", field="era")
    if not filename.lower().endswith((".xlsx", ".csv")):
        raise InvalidInput("file_kind", "นำเข้าได้เฉพาะไฟล์ XLSX และ CSV", field="file")
    if size > history.MOST_BYTES:
        raise InvalidInput("file_too_large", f"ไฟล์ใหญ่เกิน {history.MOST_BYTES // 1024**2} MB", field="file")
    proposal = Proposal.objects.create(
        kind=ProposalKind.IMPORT,
        agency=agency,
        payload={"era": era, "filename": clean_name(filename), "reading": True},
        reason=reason.strip(),
        made_by_id=who.user_id,
        made_at=now,
    )
    try:
        _read_all(proposal, history.read(content, filename=filename, era=era), who, local_date(now))
    except DomainError:
        proposal.delete()
        raise
    return proposal


def _read_all(proposal: Proposal, rows: Iterator[history.Read], who: Viewer, today: date) -> None:
    seen: set[tuple[object, ...]] = set()
    closed = own = False
    while batch := list(islice(rows, READ_BATCH)):
        made = [_fresh(proposal, row, seen) for row in batch]
        _match(made, who, proposal.agency, today)
        ImportRow.objects.bulk_create(made)
        ready = [row for row in made if row.state == RowState.READY]
        closed = closed or _any_closed(ready, today)
        own = own or any(row.officer_id == who.officer_id for row in ready)
    if not proposal.rows.exists():
        raise InvalidInput("file_empty", "ไฟล์นี้ไม่มีแถวข้อมูล", field="file")
    payload = {key: value for key, value in proposal.payload.items() if key != "reading"}
    proposal.payload = {**payload, "closed": closed, "own": own}
    proposal.total = proposal.rows.filter(state=RowState.READY).count()
    _weigh(proposal, who, today)
    proposal.save()


def _weigh(proposal: Proposal, who: Viewer, today: date) -> None:
    proposal.second_reason = why_second(proposal, own_officer_id=who.officer_id, today=today)
    proposal.needs_second = bool(proposal.second_reason)


def _fresh(proposal: Proposal, row: history.Read, seen: set[tuple[object, ...]]) -> ImportRow:
    # Whatever the method: nobody completes one subject twice on one day.
    same = (row.person_hash or row.person_code, row.subject_code, row.completed_on)
    state = RowState.WRONG if row.problems else RowState.UNKNOWN
    problems = row.problems
    if not problems and same in seen:
        state, problems = RowState.TWICE, [["", "ซ้ำกับแถวก่อนหน้าในไฟล์นี้ จะบันทึกเพียงครั้งเดียว"]]
    seen.add(same)
    return ImportRow(
        proposal=proposal,
        number=row.number,
        state=state,
        problems=problems,
        person_hash=row.person_hash,
        person_code=row.person_code,
        person_shown=row.person_shown,
        subject_code=row.subject_code,
        completed_on=row.completed_on,
        method=row.method,
        score=row.score,
        max_score=row.max_score,
        evidence=row.evidence,
    )


def _match(rows: Sequence[ImportRow], who: Viewer, agency: officers.AgencyNode, today: date) -> None:
    """Find person and subject of rows that have neither, and say why not where there is none. Five queries."""
    open_rows = [row for row in rows if row.state == RowState.UNKNOWN]
    people = match(
        who,
        agency,
        hashes={row.person_hash for row in open_rows if row.person_hash},
        codes={row.person_code for row in open_rows if row.person_code},
        today=today,
    )
    subjects = dict(
        Edition.objects.filter(subject__code__in={row.subject_code for row in open_rows})
        .order_by()
        .values_list("subject__code", "subject_id")
        .distinct()
    )
    for row in open_rows:
        row.officer_id = _person(row, people)
        row.subject_id = subjects.get(row.subject_code)
    ids = sorted({row.officer_id for row in open_rows if row.officer_id is not None})
    posts = dated.people_by_date(ids)
    known = _known(ids, set(subjects.values()))
    for row in open_rows:
        _judge(row, posts, known, today)


def _person(row: ImportRow, people: Matched) -> int | None:
    if row.person_hash:
        return people.by_hash.get(row.person_hash)
    return people.by_code.get(row.person_code)


def _judge(
    row: ImportRow,
    posts: Mapping[int, dated.DatedPerson],
    known: Known,
    today: date,
) -> None:
    day, problems = row.completed_on, []
    if row.officer_id is None:
        heading = history.NATIONAL_ID if row.person_hash else history.OFFICER
        problems.append([heading, "ไม่พบผู้นี้ในหน่วยงานที่นำเข้า"])
    if row.subject_id is None:
        problems.append([history.SUBJECT, "ไม่พบรหัสรายวิชานี้ในทะเบียน"])
    if day is not None and day > today:
        row.state, row.problems = RowState.WRONG, [[history.DAY, "วันที่ผ่านต้องไม่อยู่หลังวันนี้"]]
        return
    if day is not None and row.officer_id is not None:
        problems += _of_service(posts[row.officer_id], day)
    row.problems = problems
    if problems or day is None or row.officer_id is None or row.subject_id is None:
        return
    award_id, is_undone = known.get((row.officer_id, row.subject_id, day), (None, False))
    if award_id is None or is_undone:
        row.state, row.award_id = RowState.READY, award_id
    else:
        row.state, row.award_id = RowState.KNOWN, award_id
        row.problems = [["", _KNOWN_ALREADY]]


def _of_service(person: dated.DatedPerson, day: date) -> list[list[str]]:
    if person.entered_on is not None and day < person.entered_on:
        return [[history.DAY, f"อยู่ก่อนวันที่รับราชการ ({format_date(person.entered_on, 'short')})"]]
    if person.post_on(day) is None:
        return [[history.DAY, "ไม่พบตำแหน่งของผู้นี้ในวันนั้น แก้ประวัติตำแหน่งแล้วลองจับคู่อีกครั้งได้"]]
    return []


def _known(officer_ids: Collection[int], subject_ids: Collection[int]) -> Known:
    """Awards by person, subject and day, with whether the last word about them is that an import was undone."""
    rows = AwardEvent.objects.filter(officer_id__in=officer_ids, subject_id__in=subject_ids).order_by("pk")
    found: Known = {}
    place: dict[int, tuple[int, int, date]] = {}
    for pk, kind, officer, subject, at, target, code in rows.values_list(
        "pk", "kind", "officer_id", "subject_id", "completed_at", "target_id", "reason_code"
    ):
        if kind == AwardKind.AWARD:
            place[pk] = (officer, subject, local_date(at))
            found[place[pk]] = (pk, False)
        elif target in place and kind in (AwardKind.REVOKE, AwardKind.REINSTATE):
            found[place[target]] = (target, kind == AwardKind.REVOKE and code == ReasonCode.IMPORT_UNDONE)
    return found


def _any_closed(rows: Sequence[ImportRow], today: date) -> bool:
    subjects = {row.subject_id for row in rows}
    rounds = list(
        RequirementPeriod.objects.filter(requirement__subjects__in=subjects, closes_on__lt=today).values_list(
            "requirement__subjects", "opens_on", "closes_on"
        )
    )
    return any(
        row.subject_id == subject and row.completed_on is not None and opens <= row.completed_on <= closes
        for row in rows
        for subject, opens, closes in rounds
    )


@transaction.atomic
def retry(*, proposal_id: int, who: Viewer, now: datetime) -> int:
    """Look again for people, subjects and postings of rows that had none. Returns how many are ready now.

    Of a file that was applied they are written in the background, under the same approval.
    """
    proposal = _held_import(proposal_id, who, now)
    if proposal.state not in (ProposalState.DRAFT, ProposalState.APPLIED):
        raise Refused("not_now", "จับคู่ได้ก่อนส่ง หรือหลังบันทึกเสร็จแล้ว")
    found, after = 0, 0
    waiting = proposal.rows.filter(state=RowState.UNKNOWN).order_by("number")
    while rows := list(waiting.filter(number__gt=after)[:READ_BATCH]):
        after = rows[-1].number
        _match(rows, who, proposal.agency, local_date(now))
        ImportRow.objects.bulk_update(
            rows, ["state", "problems", "officer", "subject", "award"], batch_size=200
        )
        found += sum(row.state == RowState.READY for row in rows)
    proposal.total += found
    if proposal.state == ProposalState.DRAFT:
        ready = list(proposal.rows.filter(state=RowState.READY))
        closed = _any_closed(ready, local_date(now))
        own = any(row.officer_id == who.officer_id for row in ready)
        proposal.payload = {**proposal.payload, "closed": closed, "own": own}
        _weigh(proposal, who, local_date(now))
    if found and proposal.state == ProposalState.APPLIED:
        proposal.state, proposal.finished_at = ProposalState.APPLYING, None
    proposal.save()
    return found


def _held_import(proposal_id: int, who: Viewer, now: datetime) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True).select_related("agency")
    proposal = rows.filter(pk=proposal_id, kind=ProposalKind.IMPORT).first()
    if proposal is None or not can(who, Verb.CORRECT_RECORDS, proposal.agency, today=local_date(now)):
        raise OutOfScope("out_of_scope", "ไม่พบรายการนี้")
    return proposal


@transaction.atomic
def undo(*, proposal_id: int, who: Viewer, now: datetime) -> Proposal:
    """Propose that everything written from a file be taken back. It waits for a second person.

    Raises Refused where nothing is written, Conflict where that is proposed already.
    """
    proposal = _held_import(proposal_id, who, now)
    number = proposal.rows.filter(state=RowState.APPLIED).count()
    if proposal.state != ProposalState.APPLIED or not number:
        raise Refused("nothing_to_undo", "ไม่มีผลจากไฟล์นี้ที่ยกเลิกได้")
    try:
        with transaction.atomic():
            return Proposal.objects.create(
                kind=ProposalKind.UNDO_IMPORT,
                state=ProposalState.WAITING,
                of=proposal,
                agency=proposal.agency,
                payload={"filename": proposal.payload.get("filename", "")},
                reason=f"ยกเลิกการนำเข้าไฟล์ {proposal.payload.get('filename', '')}",
                second_reason="การยกเลิกทำให้ผลทุกแถวของไฟล์ไม่นับอีก",
                made_by_id=who.user_id or 0,
                made_at=now,
                total=number,
            )
    except IntegrityError as error:
        raise Conflict("undone_already", "มีผู้เสนอยกเลิกการนำเข้าไฟล์นี้แล้ว") from error


def may_undo(proposal: Proposal, who: Viewer, *, now: datetime) -> bool:
    """Whether undoing this file may be proposed by the viewer now."""
    if proposal.kind != ProposalKind.IMPORT or proposal.state != ProposalState.APPLIED:
        return False
    if not can(who, Verb.CORRECT_RECORDS, proposal.agency, today=local_date(now)):
        return False
    closed = (ProposalState.REFUSED, ProposalState.WITHDRAWN)
    return proposal.rows.filter(state=RowState.APPLIED).exists() and not (
        proposal.undone_by.exclude(state__in=closed).exists()
    )


# --- writing ------------------------------------------------------------------------------------------------


def advance(now: datetime) -> int:
    """The next batch of every file that is being written or undone. Returns how many rows were done; 0 where nothing is left.

    Two workers never hold one file; a kill loses at most the batch that was not committed.
    """
    rows = Proposal.objects.filter(state=ProposalState.APPLYING).order_by("pk")
    return sum(_advance(pk, now) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _advance(pk: int, now: datetime) -> int:
    held = (
        Proposal.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk=pk, state=ProposalState.APPLYING)
        .first()
    )
    if held is None:
        return 0
    is_undoing = held.kind == ProposalKind.UNDO_IMPORT
    source = (held.of_id if is_undoing else None) or held.pk
    wanted = RowState.APPLIED if is_undoing else RowState.READY
    rows = list(ImportRow.objects.filter(proposal_id=source, state=wanted).order_by("number")[:BATCH])
    subjects = {row.subject_id for row in rows if row.subject_id is not None}
    editions = _editions(subjects)
    # Looked at again: another file may have brought the same completions since this one was read.
    known = _known({row.officer_id for row in rows if row.officer_id is not None}, subjects)
    written = set() if is_undoing else _write_together(held, rows, editions, known, now)
    for row in rows:
        if is_undoing:
            _take_back(held, row, now)
        elif row not in written:
            _write(held, row, editions, known, now)
    ImportRow.objects.bulk_update(rows, ["state", "problems", "award"])
    held.done += sum(row.state in (RowState.APPLIED, RowState.UNDONE) for row in rows)
    if len(rows) < BATCH:
        held.state, held.finished_at = ProposalState.APPLIED, now
    held.save(update_fields=["done", "state", "finished_at"])
    return max(len(rows), 1)


def _editions(subject_ids: Collection[int]) -> Mapping[int, Edition]:
    rows = Edition.objects.filter(subject_id__in=subject_ids).select_related("subject").order_by("number")
    return {row.subject_id: row for row in rows}


def _write_together(
    held: Proposal, rows: Sequence[ImportRow], editions: Mapping[int, Edition], known: Known, now: datetime
) -> set[ImportRow]:
    """Write at once the rows that are plainly new; whatever is left, or all of them in a race, is written one by one."""
    fresh: dict[tuple[int, int, date], ImportRow] = {}
    for row in rows:
        if row.officer_id is None or row.subject_id is None or row.completed_on is None:
            continue
        place = (row.officer_id, row.subject_id, row.completed_on)
        if place not in known:
            fresh.setdefault(place, row)
    by_key = {edition.pk: edition for edition in editions.values()}
    completions = [_completion(held, row, editions[subject]) for (_, subject, _), row in fresh.items()]
    try:
        with transaction.atomic():
            made = record_many(completions=completions, editions=by_key, now=now)
    except IntegrityError:
        return set()
    written = set()
    for (place, row), award in zip(fresh.items(), made, strict=True):
        if award is not None:
            row.award, row.state, row.problems = award, RowState.APPLIED, []
            known[place] = (award.pk, False)
            written.add(row)
    return written


def _completion(held: Proposal, row: ImportRow, edition: Edition) -> Completion:
    if row.officer_id is None or row.completed_on is None:
        raise AssertionError(row.pk)
    told = [str(Method(row.method).label), row.evidence]
    return Completion(
        key=key_of(row),
        officer_id=row.officer_id,
        subject_code=edition.subject.code,
        edition_id=edition.pk,
        completed_at=midnight(row.completed_on),
        method=Method.IMPORTED,
        score=row.score,
        max_score=row.max_score,
        evidence_ref=" · ".join(part for part in told if part)[:200],
        recorded_by_id=held.made_by_id,
        issue_certificate=False,
    )


def _write(
    held: Proposal, row: ImportRow, editions: Mapping[int, Edition], known: Known, now: datetime
) -> None:
    if row.officer_id is None or row.subject_id is None or row.completed_on is None:
        raise AssertionError(row.pk)
    edition, actor = editions[row.subject_id], held.made_by_id
    row.award_id, is_undone = known.get((row.officer_id, row.subject_id, row.completed_on), (None, False))
    if row.award_id is not None and not is_undone:
        row.state, row.problems = RowState.KNOWN, [["", _KNOWN_ALREADY]]
        return
    try:
        with transaction.atomic():
            if row.award_id is not None:
                corrections.reinstate(
                    award_id=row.award_id,
                    reason_code=ReasonCode.EVIDENCE_FOUND,
                    reason=f"นำเข้าอีกครั้งจากไฟล์ {held.payload.get('filename', '')}",
                    actor_id=actor,
                    now=now,
                )
            else:
                row.award = record_award(completion=_completion(held, row, edition), now=now)
            row.state, row.problems = RowState.APPLIED, []
            known[row.officer_id, row.subject_id, row.completed_on] = (row.award_id or 0, False)
    except DomainError as error:
        # What changed since the file was looked at holds up its own row only.
        row.state, row.problems = RowState.UNKNOWN, [["", error.message]]


def _take_back(held: Proposal, row: ImportRow, now: datetime) -> None:
    try:
        with transaction.atomic():
            corrections.revoke(
                award_id=row.award_id or 0,
                reason_code=ReasonCode.IMPORT_UNDONE,
                reason=held.reason,
                actor_id=held.made_by_id,
                now=now,
            )
    except Refused as error:
        # Somebody had revoked it already; it counts no more, which is what was asked.
        row.problems = [["", error.message]]
    row.state = RowState.UNDONE
