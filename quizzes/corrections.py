"""Correcting a key after people were asked (rule E12): weighed, approved by a second person, applied; nobody loses a pass.

Weighing and applying run in the background in small transactions. Each step goes on from where the last one ended, two that run
at once take turns, and a kill loses nothing. Learners are never waited for: only attempts that are handed in are touched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet

from quizzes.attempts import graded
from quizzes.enums import AttemptState, CorrectionState, Kind, Remedy, Work
from quizzes.grading import Ruling
from quizzes.models import Attempt, KeyCorrection, QuestionVersion, Response, ScoreChange
from quizzes.pace import Pace
from quizzes.rekey import rekeyed
from quizzes.responses import collect
from quizzes.rules import share_of
from quizzes.rulings import keys_and_rulings, rulings_of
from quizzes.setbacks import UNWELL, contained, of, ready, to_try_again, wait_for
from quizzes.versions import asked_of
from sucharit.kernel import thai_text
from sucharit.kernel.errors import Conflict, InvalidInput, Refused

# Attempts in one transaction, at the most.
CHUNK = 200
_pace = Pace(CHUNK)
# Corrections that move in one round; more than anybody decides in a day.
MOST_AT_ONCE = 50
# Whoever was handing in while the correction was approved has finished by then.
SETTLE = timedelta(seconds=30)
OPEN = (CorrectionState.WEIGHING, CorrectionState.WEIGHED, CorrectionState.APPLYING)
REKEYING = frozenset({Remedy.NEW_KEY, Remedy.ACCEPT_BOTH})


@transaction.atomic
def propose_correction(
    *,
    version: QuestionVersion,
    remedy: str,
    reason: str,
    by_id: int,
    now: datetime,
    right: Sequence[str] = (),
) -> KeyCorrection:
    """Propose to correct a version's key. `right` is the right answer as a learner would give it, for a new key.

    Raises InvalidInput for a key that is none or is the old one, or no reason; Conflict while another correction is open.
    """
    said = thai_text.normalise(reason)
    if not said:
        raise InvalidInput("reason_missing", "โปรดเขียนเหตุผล ผู้เรียนจะเห็นข้อความนี้", field="reason")
    if version.kind == Kind.LIKERT:
        raise Refused("never_scored", "คำถามระดับความเห็นไม่มีคะแนน จึงไม่มีเฉลยให้แก้")
    asked = asked_of(version)
    key = rekeyed(asked, right) if remedy in REKEYING else []
    ruling = rulings_of([version.pk]).get(version.pk)
    today = (ruling.remedy, list(ruling.key)) if ruling else (remedy, list(asked.choices) if key else None)
    if today == (remedy, key):
        raise InvalidInput("key_unchanged", "ข้อนี้ใช้เฉลยนี้อยู่แล้ว", field="key")
    try:
        with transaction.atomic():
            return KeyCorrection.objects.create(
                version=version,
                remedy=remedy,
                key=key,
                reason=said,
                proposed_by_id=by_id,
                proposed_at=now,
                total=Response.objects.filter(version=version).count(),
            )
    except IntegrityError as error:
        raise Conflict("correction_open", "ข้อนี้มีการแก้เฉลยที่ยังไม่เสร็จ โปรดจบรายการนั้นก่อน") from error


@transaction.atomic
def approve_correction(*, correction: KeyCorrection, by_id: int, now: datetime, note: str = "") -> None:
    """Approve what was weighed; from now on the question is graded by it, and old attempts follow in the background.

    Raises Refused for the person who proposed it, and where it is not waiting for a decision.
    """
    if correction.proposed_by_id == by_id:
        raise Refused("own_proposal", "ผู้เสนออนุมัติเองไม่ได้ โปรดให้ผู้อื่นตรวจและอนุมัติ")
    _decide(correction, CorrectionState.WEIGHED, CorrectionState.APPLYING, by_id, now, note)


@transaction.atomic
def refuse_correction(*, correction: KeyCorrection, by_id: int, now: datetime, note: str = "") -> None:
    """Leave everything as it is. Whoever proposed it may take it back; whoever decides says why."""
    said = thai_text.normalise(note)
    if correction.proposed_by_id != by_id and not said:
        raise InvalidInput("note_missing", "โปรดเขียนเหตุผลที่ไม่ดำเนินการ", field="note")
    before = CorrectionState(correction.state)
    if before not in (CorrectionState.WEIGHING, CorrectionState.WEIGHED):
        raise Refused("correction_decided", "รายการนี้พิจารณาไปแล้ว")
    _decide(correction, before, CorrectionState.REFUSED, by_id, now, said)


def _decide(correction: KeyCorrection, before: str, after: str, by_id: int, now: datetime, note: str) -> None:
    rows = KeyCorrection.objects.filter(pk=correction.pk, state=before)
    changed = rows.update(
        state=after,
        decided_by_id=by_id,
        decided_at=now,
        decision_note=thai_text.normalise(note),
        cursor=0,
        seen=0,
        total=Response.objects.filter(version_id=correction.version_id).count(),
    )
    if not changed:
        raise Refused("correction_decided", "รายการนี้พิจารณาไปแล้ว หรือยังตรวจผลกระทบไม่เสร็จ")


def advance_corrections(*, now: datetime) -> int:
    """One step of every correction that has work to do. Returns how many had; call it until it returns 0.

    An attempt that cannot be regraded is set back, and the others go on; a correction is applied when none is left behind.
    """
    open_ones = KeyCorrection.objects.filter(
        Q(state=CorrectionState.WEIGHING) | Q(state=CorrectionState.APPLYING, decided_at__lte=now - SETTLE)
    )
    idle = 0

    def step(one: KeyCorrection) -> None:
        nonlocal idle
        idle += not _advance(one.pk, now)

    found = ready(Work.CORRECTIONS, open_ones.only("pk").order_by("pk"), now=now, limit=MOST_AT_ONCE)
    return contained(Work.CORRECTIONS, found, step, now=now) - idle


def _advance(pk: int, now: datetime) -> bool:
    """One step of a correction; false where another worker has it, or it waits for what failed."""
    held = (
        KeyCorrection.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk=pk, state__in=(CorrectionState.WEIGHING, CorrectionState.APPLYING))
        .first()
    )
    if held is None:
        return False
    if held.cursor == 0:
        # What was handed in before the decision is found by its responses, so those must be there.
        until = held.decided_at + SETTLE if held.decided_at else held.proposed_at
        waiting = Attempt.objects.filter(
            state=AttemptState.SUBMITTED, is_collected=False, submitted_at__lte=until
        )
        stuck = of(Work.RESPONSES).values("row_id")
        if waiting.exclude(pk__in=stuck).exists():
            # Another worker may hold them all: then there is nothing to collect, and still nothing to go on with.
            collect(now=now)
            return True
        _take_along(held, waiting.filter(pk__in=stuck), now)
    rows = Response.objects.filter(version_id=held.version_id, attempt_id__gt=held.cursor)
    with _pace:
        ids = list(rows.order_by("attempt_id").values_list("attempt_id", flat=True)[: min(CHUNK, _pace.size)])
        if not ids:
            return _finish(held, now)
        _regrade(held, ids, now)
        _pace.met = len(ids)
    held.cursor, held.seen = ids[-1], held.seen + len(ids)
    held.total = max(held.total, held.seen)
    held.save(update_fields=["cursor", "seen", "total"])
    return True


def _take_along(held: KeyCorrection, stuck: "QuerySet[Attempt]", now: datetime) -> None:
    """Attempts that could not be counted have no responses by which to be found: they are tried one by one at the end."""
    if held.state == CorrectionState.APPLYING:
        for attempt in stuck.only("pk", "items"):
            if any(item["v"] == held.version_id for item in attempt.items):
                wait_for(Work.REGRADES, attempt.pk, now=now, about=held.pk)


def _regrade(held: KeyCorrection, ids: Sequence[int], now: datetime) -> None:
    """The attempts together, which is fast; where that fails, each by itself, so that only the faulty ones wait."""
    act = _weigh if held.state == CorrectionState.WEIGHING else _apply
    try:
        with transaction.atomic():
            act(held, ids, now)
    except UNWELL:
        raise
    except Exception:  # noqa: BLE001 - which of them failed is found, and noted, one by one
        rows = list(Attempt.objects.filter(pk__in=ids).only("pk").order_by("pk"))
        contained(Work.REGRADES, rows, lambda one: act(held, [one.pk], now), now=now, about=held.pk)


def _finish(held: KeyCorrection, now: datetime) -> bool:
    behind = of(Work.REGRADES, held.pk)
    if held.state == CorrectionState.WEIGHING:
        # A dry run can do without them; they are met again when it is applied.
        behind.delete()
        held.state = CorrectionState.WEIGHED
    else:
        rows = Attempt.objects.only("pk")
        again = to_try_again(Work.REGRADES, rows, now=now, about=held.pk)
        contained(Work.REGRADES, again, lambda one: _apply(held, [one.pk], now), now=now, about=held.pk)
        if behind.exists():
            return False
        held.state, held.applied_at = CorrectionState.APPLIED, now
    held.total = held.seen
    held.save(update_fields=["state", "applied_at", "total"])
    return True


@dataclass(frozen=True)
class _Result:
    score: Decimal
    max_score: int
    passed: bool


def _regraded(
    attempt: Attempt, versions: Mapping[int, QuestionVersion], rulings: Mapping[int, Ruling]
) -> _Result:
    """The result of today's keys; never a lower share than before, never a pass lost: the fault was not the learner's."""
    new = graded(attempt, versions, rulings, attempt.answers)
    old = _Result(attempt.score or Decimal(0), attempt.max_score, bool(attempt.passed))
    share = new.exact / new.max_score if new.max_score else Fraction(0)
    if share < share_of(attempt):
        return _Result(old.score, old.max_score, old.passed)
    return _Result(new.score, new.max_score, old.passed or new.passed)


def _weigh(held: KeyCorrection, ids: Sequence[int], now: datetime) -> None:
    attempts = list(Attempt.objects.filter(pk__in=ids).order_by("pk"))
    versions, rulings = keys_and_rulings({item["v"] for one in attempts for item in one.items})
    supposed = {**rulings, held.version_id: Ruling(held.remedy, held.key, held.reason)}
    changes = [
        change
        for attempt in attempts
        if (change := _change(held, attempt, _regraded(attempt, versions, supposed))) is not None
    ]
    ScoreChange.objects.bulk_create(changes, ignore_conflicts=True)


def _apply(held: KeyCorrection, ids: Sequence[int], now: datetime) -> None:
    rows = Attempt.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    attempts = list(rows)
    versions, rulings = keys_and_rulings({item["v"] for one in attempts for item in one.items})
    changes = []
    by_result: dict[_Result, list[int]] = {}
    for attempt in attempts:
        result = _regraded(attempt, versions, rulings)
        change = _change(held, attempt, result)
        if change is not None:
            change.applied_at = now
            changes.append(change)
            by_result.setdefault(result, []).append(attempt.pk)
    # There are few results and many attempts.
    for result, changed in by_result.items():
        Attempt.objects.filter(pk__in=changed).update(
            score=result.score, max_score=result.max_score, passed=result.passed
        )
    # Answers earn something else now, even where the whole is the same.
    Attempt.objects.filter(pk__in=ids).update(is_collected=False)
    ScoreChange.objects.bulk_create(
        changes,
        update_conflicts=True,
        unique_fields=["correction", "attempt"],
        update_fields=[
            "old_score",
            "new_score",
            "old_max",
            "new_max",
            "old_passed",
            "new_passed",
            "applied_at",
        ],
    )


def _change(held: KeyCorrection, attempt: Attempt, result: _Result) -> ScoreChange | None:
    before = (attempt.score, attempt.max_score, bool(attempt.passed))
    if before == (result.score, result.max_score, result.passed):
        return None
    return ScoreChange(
        correction=held,
        attempt=attempt,
        old_score=attempt.score or Decimal(0),
        new_score=result.score,
        old_max=attempt.max_score,
        new_max=result.max_score,
        old_passed=bool(attempt.passed),
        new_passed=result.passed,
    )


@dataclass(frozen=True)
class Weighed:
    """What a correction changes: attempts met, attempts that change, and those that newly pass."""

    met: int
    changed: int
    new_passes: int


def weighed(correction: KeyCorrection) -> Weighed:
    """The sums of a correction, planned or applied. One query."""
    newly = Count("pk", filter=Q(old_passed=False, new_passed=True))
    found = ScoreChange.objects.filter(correction=correction).aggregate(changed=Count("pk"), newly=newly)
    return Weighed(correction.seen, found["changed"], found["newly"])


def changes_of(
    correction: KeyCorrection, *, only_new_passes: bool, after: int, limit: int
) -> Sequence[ScoreChange]:
    """Attempts that change, in order, from after a change's key on: with person and quiz, in one query."""
    rows = ScoreChange.objects.filter(correction=correction, pk__gt=after)
    if only_new_passes:
        rows = rows.filter(old_passed=False, new_passed=True)
    return list(rows.select_related("attempt__officer", "attempt__quiz").order_by("pk")[:limit])


def new_passes(*, now: datetime, limit: int) -> Sequence[Attempt]:
    """Attempts that a correction let pass and whose host was not told yet, oldest first.

    Those whose award failed come last, and not before their wait is over (`contained`).
    """
    rows = Attempt.objects.filter(
        score_changes__old_passed=False,
        score_changes__new_passed=True,
        score_changes__applied_at__isnull=False,
        score_changes__is_passed_on=False,
    )
    return ready(Work.AWARDS, rows.order_by("score_changes__pk"), now=now, limit=limit)


def passed_on(*, attempt: Attempt) -> None:
    """The host knows of this attempt's new pass."""
    ScoreChange.objects.filter(attempt=attempt, new_passed=True, applied_at__isnull=False).update(
        is_passed_on=True
    )


def score_changes_of(attempt: Attempt) -> Sequence[ScoreChange]:
    """What corrections changed in an attempt, oldest first, for the person it belongs to. One query."""
    rows = ScoreChange.objects.filter(attempt=attempt, applied_at__isnull=False)
    changed = rows.exclude(old_score=F("new_score"), old_max=F("new_max"), old_passed=F("new_passed"))
    return list(changed.select_related("correction").order_by("applied_at", "pk"))
