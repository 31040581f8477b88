"""Reads of the quiz engine. `paper` carries no key at all; `review` exists only for an attempt that was handed in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Count

from quizzes.allowances import last_bell
from quizzes.attempts import is_over as is_over
from quizzes.blueprints import lines_for
from quizzes.checks import check_draft
from quizzes.corrections import OPEN
from quizzes.corrections import changes_of as changes_of
from quizzes.corrections import new_passes as new_passes
from quizzes.corrections import score_changes_of as score_changes_of
from quizzes.corrections import weighed as weighed
from quizzes.diffs import Difference, differences
from quizzes.drafts import QuestionDraft
from quizzes.enums import AttemptState, Counts, Feedback, Kind
from quizzes.grading import GRACE, Ruling, under
from quizzes.kinds import PAIRED, TYPED, Asked, pairs_of, row_ids, target_ids, target_text
from quizzes.models import Attempt as Attempt
from quizzes.models import KeyCorrection, Question, QuestionVersion, Quiz
from quizzes.papers import PaperItem as PaperItem
from quizzes.papers import ReviewItem as ReviewItem
from quizzes.papers import illustrated, item_of, paper_item, review_item, row_text
from quizzes.pictures import check_held
from quizzes.rekey import key_answer
from quizzes.rules import (
    NOTHING,
    allowed_attempts,
    closing_of,
    counted_in,
    counting,
    minutes_allowed,
    refusal,
)
from quizzes.rulings import IN_FORCE, rulings_of, versions_and_rulings
from quizzes.setbacks import setbacks as setbacks
from quizzes.versions import asked_of, draft_of, stored_rows
from sucharit.kernel import ids
from sucharit.kernel.errors import Refused
from sucharit.kernel.thai_calendar import format_datetime, local_date


@dataclass(frozen=True)
class QuizFacts:
    """What one person is told before starting: the rules, with what was granted to them already in the numbers.

    `refusal` is why no new attempt may begin now, "" where one may; `used_up` where that is so because all were made.
    `counted` is the public id of the attempt whose result counts, "" before the first.
    """

    title: str
    instructions: str
    questions: int
    pass_percent: int
    minutes: int | None
    attempts_allowed: int
    cooling_hours: int
    closes_at: datetime | None
    feedback: Feedback
    counts: Counts
    has_accommodation: bool
    refusal: str
    used_up: bool
    counted: str


def quiz_facts(
    quiz: Quiz, officer_id: int, attempts: Sequence[Attempt], *, since: datetime | None, now: datetime
) -> QuizFacts:
    """The facts of a quiz for one person, in one query. `attempts` are theirs in this place, oldest first."""
    draws, allowance = lines_for(quiz, officer_id, local_date(now))
    refused = refusal(quiz, allowance, attempts, now=now, since=since)
    counted = counting(counted_in(attempts, since), quiz.counts)
    return QuizFacts(
        title=quiz.title,
        instructions=quiz.instructions,
        questions=sum(draw.count for draw in draws),
        pass_percent=quiz.pass_percent,
        minutes=minutes_allowed(quiz, allowance),
        attempts_allowed=allowed_attempts(quiz, allowance),
        cooling_hours=quiz.cooling_hours,
        closes_at=closing_of(quiz, allowance),
        feedback=Feedback(quiz.feedback),
        counts=Counts(quiz.counts),
        has_accommodation=allowance != NOTHING,
        refusal=refused.message if refused else "",
        used_up=refused is not None and refused.code == "attempts_used_up",
        counted=counted.public_id if counted else "",
    )


_ATTEMPT_FACTS = (
    "public_id",
    "context",
    "number",
    "started_at",
    "deadline_at",
    "submitted_at",
    "score",
    "max_score",
    "passed",
    "is_practice",
)


def attempts_in(officer_id: int, contexts: Sequence[str]) -> Mapping[str, Sequence[Attempt]]:
    """The officer's attempts in each place, oldest first, in one query."""
    found: dict[str, list[Attempt]] = {context: [] for context in contexts}
    rows = Attempt.objects.filter(officer_id=officer_id, context__in=contexts).only(*_ATTEMPT_FACTS)
    for attempt in rows.order_by("number"):
        found[attempt.context].append(attempt)
    return found


def attempt_of(officer_id: int, public_id: str) -> Attempt | None:
    """One of the officer's own attempts with its quiz, or none: another's does not exist here."""
    if not ids.is_public_id(public_id):
        return None
    return Attempt.objects.select_related("quiz").filter(officer_id=officer_id, public_id=public_id).first()


def paper(attempt: Attempt) -> Sequence[PaperItem | ReviewItem]:
    """The questions to answer, in the attempt's pinned order, with what was kept; without the key.

    One query, and one where a question shows a picture. A question that was closed to see its feedback comes as it was
    answered, with its key: it can no longer be changed.
    """
    ids = [item["v"] for item in attempt.items]
    closed, rulings = versions_and_rulings(attempt.checked) if attempt.checked else ({}, {})
    versions = QuestionVersion.objects.in_bulk([pk for pk in ids if pk not in closed])
    found: list[PaperItem | ReviewItem] = []
    for number, item in enumerate(attempt.items, start=1):
        pk, kept = item["v"], attempt.answers.get(str(item["v"]), ())
        if pk in closed:
            found.append(review_item(number, closed[pk], item, kept, rulings.get(pk)))
        else:
            can_check = attempt.feedback == Feedback.EACH
            found.append(paper_item(number, versions[pk], item, kept, can_check=can_check))
    return illustrated(found)


@dataclass(frozen=True)
class KeyGate:
    """Whether the key of an attempt may be seen, and where not, from when on in a sentence."""

    is_open: bool
    why_not: str = ""


def key_gate(attempt: Attempt, *, now: datetime, since: datetime | None = None) -> KeyGate:
    """Whether this attempt's answers may be shown with their key (R8), by the policy it began under. At most three queries.

    A pass opens a key only in its own period, which began at `since`; a closing only when the last bell has rung, grace
    included, for whoever was given a later end or began under one.
    """
    if attempt.state != AttemptState.SUBMITTED:
        return KeyGate(is_open=False, why_not="ดูเฉลยได้หลังส่งคำตอบแล้ว")
    if attempt.feedback in {Feedback.SUBMISSION, Feedback.EACH}:
        return KeyGate(is_open=True)
    closing = last_bell(attempt.quiz)
    if closing is not None and now > closing + GRACE:
        return KeyGate(is_open=True)
    # A closing that an editor took away leaves the other rule.
    if attempt.feedback == Feedback.CLOSING and closing is not None:
        return KeyGate(is_open=False, why_not=f"เปิดเฉลยเมื่อแบบทดสอบปิด {format_datetime(closing)}")
    here = Attempt.objects.filter(officer_id=attempt.officer_id, context=attempt.context, passed=True)
    if attempt.passed or (here.filter(started_at__gte=since) if since else here).exists():
        return KeyGate(is_open=True)
    return KeyGate(is_open=False, why_not="เปิดเฉลยเมื่อคุณผ่านแบบทดสอบนี้")


def review(attempt: Attempt, *, now: datetime, since: datetime | None = None) -> Sequence[ReviewItem]:
    """Every question with its feedback. Refused before the policy allows it: this is the only way a key leaves."""
    gate = key_gate(attempt, now=now, since=since)
    if not gate.is_open:
        raise Refused("key_closed", gate.why_not)
    versions, rulings = versions_and_rulings([item["v"] for item in attempt.items])
    return illustrated(
        [
            review_item(
                number,
                versions[item["v"]],
                item,
                attempt.answers.get(str(item["v"]), ()),
                rulings.get(item["v"]),
            )
            for number, item in enumerate(attempt.items, start=1)
        ]
    )


def blueprint_of(quiz: Quiz | None) -> Sequence[object]:
    """What of a quiz belongs to the edition of a course: its rules and draws. The versions asked are pinned by attempts."""
    if quiz is None:
        return []
    draws = quiz.draws.values_list("question__code", "standard", "topic__name", "difficulty", "count")
    limits: list[object] = [quiz.pass_percent, quiz.time_limit_minutes, quiz.max_attempts]
    # Said where it is not the usual, so that what editions said before it could be set stays what they said.
    limits += [quiz.counts] if quiz.counts != Counts.HIGHEST else []
    return [quiz.code, *limits, [list(draw) for draw in draws]]


def check_askable(draft: QuestionDraft) -> None:
    """Refuse a draft that could not be asked as it stands. Raises InvalidInput with the field."""
    check_draft(draft)
    check_held(draft)


def as_asked(draft: QuestionDraft) -> PaperItem:
    """A draft as a learner would meet it, its rows in the author's order. What comes back holds no key."""
    asked = Asked(draft.kind, stored_rows(draft), draft.scoring, tuple(draft.scale))
    pinned = {"order": row_ids(asked), "targets": target_ids(asked)}
    return illustrated([item_of(1, 0, draft.stem, draft.unit, asked, pinned, ())])[0]


def versions_of(question: Question) -> Sequence[QuestionVersion]:
    """Every version of a question, newest first, with who stored it. One query."""
    return list(question.versions.select_related("created_by").order_by("-number"))


def history_of(question: Question) -> Sequence[tuple[QuestionVersion, Sequence[Difference]]]:
    """Every version of a question, newest first, each with what it changed; the first changed nothing. One query."""
    versions = versions_of(question)
    drafts = [draft_of(version) for version in versions]
    changed: list[Sequence[Difference]] = [differences(old, new) for new, old in pairwise(drafts)]
    return list(zip(versions, [*changed, []], strict=True)) if versions else []


def pool_sizes() -> Mapping[int, int]:
    """How many questions can be drawn from each standard. One query."""
    drawn = Question.objects.filter(is_retired=False, current__isnull=False).exclude(
        current__kind=Kind.LIKERT
    )
    rows = drawn.values_list("standard")
    return dict(rows.annotate(questions=Count("id")).order_by())


def questions_in_use() -> int:
    """How many questions the bank may ask."""
    return Question.objects.filter(is_retired=False, current__isnull=False).count()


def passes(*, context_ends: str, officer_id: int | None = None) -> Iterator[Attempt]:
    """Passed attempts that count, in places whose name ends so, of one officer or of everyone, oldest first, in batches."""
    rows = (
        Attempt.objects.filter(passed=True, is_practice=False, context__endswith=context_ends)
        .defer("items", "answers")
        .order_by("id")
    )
    if officer_id is not None:
        rows = rows.filter(officer_id=officer_id)
    return rows.iterator(chunk_size=1_000)


def to_rekey(version: QuestionVersion, right: Sequence[str] | None) -> PaperItem:
    """A version to be answered as it should have been: filled in with `right`, or with its own key. For staff only."""
    asked = under(asked_of(version), rulings_of([version.pk]).get(version.pk))
    pinned = {"v": version.pk, "order": row_ids(asked), "targets": target_ids(asked)}
    return paper_item(0, version, pinned, key_answer(asked) if right is None else right)


def open_correction_of(version: QuestionVersion) -> KeyCorrection | None:
    """The correction of a version that is not done yet; at most one is."""
    return KeyCorrection.objects.filter(version=version, state__in=OPEN).first()


def keys_of(correction: KeyCorrection) -> tuple[Sequence[str], Sequence[str]] | None:
    """The old and the new key in words, a line for each part; None where the correction has no key. For staff only."""
    if not correction.key:
        return None
    before = KeyCorrection.objects.filter(
        version=correction.version, state__in=IN_FORCE, pk__lt=correction.pk
    )
    last = before.order_by("-pk").first()
    old = under(asked_of(correction.version), Ruling(last.remedy, last.key) if last else None)
    return _key_in_words(old), _key_in_words(under(old, Ruling(correction.remedy, correction.key)))


def _key_in_words(asked: Asked) -> Sequence[str]:
    answer = key_answer(asked)
    if asked.kind in PAIRED:
        return [
            f"{row_text(asked, row)}: {target_text(asked, target)}"
            for row, target in pairs_of(answer).items()
        ]
    return answer if asked.kind in TYPED else [asked.row(one)["text"] for one in answer]
