"""The editors' list of questions to look at again: opened, renewed and ended by what the answers say, or ended by a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, IntegerField, Max, QuerySet, Value, When

from quizzes.analysis import ItemReport, item_report, to_look_at
from quizzes.enums import TaskEnd, Work
from quizzes.models import ItemMeasure, ItemTask, KeyCorrection, QuestionVersion, Response
from quizzes.psychometrics import Flag, Severity
from quizzes.responses import are_waiting
from quizzes.rulings import IN_FORCE
from quizzes.setbacks import contained, ready
from quizzes.tallies import Scope
from sucharit.kernel import thai_text
from sucharit.kernel.errors import Conflict, InvalidInput
from sucharit.kernel.thai_calendar import local_date

# Answers of so many days are looked at.
PERIOD_DAYS = 365
# A version is measured at most so often, however fast answers come.
EVERY = timedelta(hours=6)
# So long a version waits for answers that are handed in and not counted yet.
PATIENCE = timedelta(minutes=10)
BATCH = 20
_RANK: Mapping[str, int] = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}
_LONGEST_NOTE = 300


def refresh(*, now: datetime, limit: int = BATCH) -> int:
    """Bring the list up to date with the answers of the last 12 months. Returns how many versions were measured.

    Call it until it returns 0. Only versions with answers that nobody looked at yet are measured, `limit` of them at once and each
    from its newest answers, so that the work is bounded. Safe when two run at once, and repeatable. Nobody waits while a version is
    measured, only while what it says is written; one that cannot be measured is set back.
    """
    _end_overtaken(now)
    elsewhere = 0

    def look(row: ItemMeasure) -> None:
        nonlocal elsewhere
        elsewhere += not _look_at(row.pk, now)

    due = _due(now)
    if are_waiting():
        # Measured by a part of the answers, a version would be left alone for hours: unless answers never stop coming, they come first.
        due = due.filter(waiting_since__lte=now - PATIENCE)
    found = ready(Work.MEASURES, due.order_by("waiting_since", "version_id"), now=now, limit=limit)
    return contained(Work.MEASURES, found, look, now=now, in_transaction=False) - elsewhere


def _due(now: datetime) -> "QuerySet[ItemMeasure]":
    """Versions with answers that wait, and that were not measured lately."""
    return ItemMeasure.objects.filter(waiting_since__isnull=False).exclude(measured_at__gt=now - EVERY)


def _look_at(version_id: int, now: datetime) -> bool:
    """Measure one version and note what is to be looked at. False where another worker has it."""
    newest = Response.objects.aggregate(pk=Max("pk"))["pk"] or 0
    version = QuestionVersion.objects.select_related("question").get(pk=version_id)
    reports = []
    # What is no longer asked, or was corrected, is not looked at: nothing is left to do there.
    if _is_asked(version) and not _corrected([version_id]):
        today = local_date(now)
        reports = [item_report(version, Scope(today - timedelta(days=PERIOD_DAYS), today))]
    with transaction.atomic():
        mine = _due(now).select_for_update(skip_locked=True).filter(pk=version_id)
        if not mine.values_list("pk", flat=True):
            return False
        # Answers that came meanwhile make it wait again.
        came = Response.objects.filter(pk__gt=newest, version_id=version_id).exists()
        ItemMeasure.objects.filter(pk=version_id).update(waiting_since=now if came else None, measured_at=now)
        if reports:
            _note(reports, now)
    return True


def _is_asked(version: QuestionVersion) -> bool:
    return version.question.current_id == version.pk and not version.question.is_retired


def _corrected(version_ids: Collection[int]) -> set[int]:
    rows = KeyCorrection.objects.filter(version_id__in=version_ids, state__in=IN_FORCE)
    return set(rows.values_list("version_id", flat=True))


def _end_overtaken(now: datetime) -> None:
    """End the tasks that a correction, a retirement or a new version has answered. Three updates, each once for each task."""
    corrected = KeyCorrection.objects.filter(state__in=IN_FORCE).values("version_id")
    _end(open_rows().filter(version_id__in=corrected), TaskEnd.CORRECTED, now)
    retired = QuestionVersion.objects.filter(question__is_retired=True).values("pk")
    _end(open_rows().filter(version_id__in=retired), TaskEnd.RETIRED, now)
    asked = QuestionVersion.objects.filter(pk=F("question__current_id")).values("pk")
    _end(open_rows().exclude(version_id__in=asked), TaskEnd.NEW_VERSION, now)


def _end(rows: "QuerySet[ItemTask]", how: TaskEnd, now: datetime) -> int:
    return rows.update(ended_at=now, ended_how=how)


def _note(reports: Sequence[ItemReport], now: datetime) -> None:
    """Write what the flags say into the list. Four queries and one for each hundred tasks, however many versions."""
    ids = [report.version.pk for report in reports]
    known = {(task.version_id, task.code): task for task in open_rows().filter(version_id__in=ids)}
    settled = _dismissed(ids)
    found: list[tuple[int, Flag]] = [
        (report.version.pk, flag) for report in reports for flag in to_look_at(report)
    ]
    made, renewed = [], []
    for version_id, flag in found:
        task = known.get((version_id, flag.code))
        if task is not None:
            task.severity, task.evidence, task.options = (
                flag.severity,
                dict(flag.evidence),
                list(flag.options),
            )
            task.measured_at = now
            renewed.append(task)
        elif _RANK[flag.severity] < settled.get((version_id, flag.code), len(_RANK)):
            made.append(_new(version_id, flag, now))
    ItemTask.objects.bulk_update(renewed, ["severity", "evidence", "options", "measured_at"], batch_size=100)
    # The constraint keeps one open task for a matter; whoever else opened it first is right.
    ItemTask.objects.bulk_create(made, ignore_conflicts=True)
    still = {(version_id, flag.code) for version_id, flag in found}
    judged = {report.version.pk for report in reports if report.is_judged}
    gone = [task.pk for key, task in known.items() if key not in still and key[0] in judged]
    _end(open_rows().filter(pk__in=gone), TaskEnd.GONE, now)


def _new(version_id: int, flag: Flag, now: datetime) -> ItemTask:
    return ItemTask(
        version_id=version_id,
        code=flag.code,
        severity=flag.severity,
        evidence=dict(flag.evidence),
        options=list(flag.options),
        opened_at=now,
        measured_at=now,
    )


def _dismissed(version_ids: Iterable[int]) -> Mapping[tuple[int, str], int]:
    """How grave the gravest task was that somebody dismissed, by version and matter: only something graver comes back."""
    rows = ItemTask.objects.filter(version_id__in=version_ids, ended_how=TaskEnd.DISMISSED)
    found: dict[tuple[int, str], int] = {}
    for version_id, code, severity in rows.values_list("version_id", "code", "severity"):
        rank = _RANK.get(severity, len(_RANK))
        found[version_id, code] = min(rank, found.get((version_id, code), rank))
    return found


@transaction.atomic
def dismiss(*, task: ItemTask, by_id: int | None, note: str, now: datetime) -> None:
    """End a task as looked at and in order, with the reason.

    Raises InvalidInput (field "note") without a reason or with too long a one, Conflict where the task has ended already.
    """
    said = thai_text.normalise(note)
    if not said:
        raise InvalidInput("note_missing", "โปรดเขียนเหตุผลว่าทำไมไม่ต้องแก้", field="note")
    if len(said) > _LONGEST_NOTE:
        raise InvalidInput("note_long", f"เหตุผลยาวเกิน {_LONGEST_NOTE} ตัวอักษร", field="note")
    ended = (
        open_rows()
        .filter(pk=task.pk)
        .update(ended_at=now, ended_how=TaskEnd.DISMISSED, ended_by_id=by_id, note=said)
    )
    if not ended:
        raise Conflict("task_ended", "เรื่องนี้ปิดไปแล้ว โปรดดูสถานะล่าสุด")


# --- reads ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskPage:
    """One page of the list: its tasks, and how many there are in all."""

    tasks: Sequence[ItemTask]
    total: int


def open_rows() -> "QuerySet[ItemTask]":
    """The tasks that nobody has ended."""
    return ItemTask.objects.filter(ended_at__isnull=True)


def open_count() -> int:
    """How many tasks are open. One query."""
    return open_rows().count()


def open_tasks(*, start: int, size: int) -> TaskPage:
    """Open tasks with their questions, the gravest first, then by code of the question. Two queries."""
    rank = Case(
        *(When(severity=severity, then=Value(rank)) for severity, rank in _RANK.items()),
        default=Value(len(_RANK)),
        output_field=IntegerField(),
    )
    rows = open_rows().select_related("version__question").annotate(rank=rank)
    ordered = rows.order_by("rank", "version__question__code", "code", "pk")
    return TaskPage(list(ordered[start : start + size]), rows.count())


def tasks_of(version_id: int) -> Sequence[ItemTask]:
    """Every task of a version, open ones first, then the newest. One query."""
    rows = ItemTask.objects.filter(version_id=version_id).select_related("ended_by")
    return list(rows.order_by(F("ended_at").desc(nulls_first=True), "-pk"))
