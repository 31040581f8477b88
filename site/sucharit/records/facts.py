"""The facts that standings are derived from, read in bulk: the ledger up to a position, decisions, starts and dated people.

Internal to this app. A dozen queries for however many people are asked about at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from sucharit.kernel.thai_calendar import midnight
from sucharit.officers import dated
from sucharit.officers.selectors import among
from sucharit.records.enums import AwardKind, DecisionKind
from sucharit.records.models import (
    AwardEvent,
    Decision,
    LearningStart,
    RequirementPeriod,
    RuleVersion,
)
from sucharit.records.rules import PeriodRules, from_json, paths_of
from sucharit.records.timeline import Award, Exemption, Extension, Facts, Start, Stretch


@dataclass(frozen=True)
class Asked:
    """A period with its rules, and what of a person matters to it."""

    rules: PeriodRules
    requirement_id: int
    fiscal_year: int | None
    subjects: frozenset[int]


@dataclass
class Known:
    """Everything known of one officer, for whatever period."""

    person: dated.DatedPerson
    awards: list[Award] = field(default_factory=list)
    # By fiscal year.
    starts: list[tuple[int, Start]] = field(default_factory=list)
    exemptions: list[tuple[int, int | None, Exemption]] = field(default_factory=list)
    extensions: list[tuple[int, Extension]] = field(default_factory=list)
    merged: list[Stretch] = field(default_factory=list)

    def until(self, now: datetime) -> datetime:
        """Now, or the last instant at which something here happened: what is recorded has come, whatever this machine's clock says."""
        stretches = [*self.merged, *(start.during for _, start in self.starts)]
        stretches += [Stretch(row.granted_at, row.ended_at) for _, row in self.extensions]
        ends = (stretch.until for stretch in stretches if stretch.until is not None)
        happened = (award.counts_from for award in self.awards)
        return max([now, *happened, *(stretch.since for stretch in stretches), *ends])

    def facts_for(self, asked: Asked) -> Facts:
        """What of it matters to one period."""
        year = asked.fiscal_year
        return Facts(
            person=self.person,
            awards=[award for award in self.awards if award.subject_id in asked.subjects],
            starts=[
                start
                for started_in, start in self.starts
                if start.subject_id in asked.subjects and (year is None or started_in == year)
            ],
            exemptions=[
                exemption
                for requirement, period, exemption in self.exemptions
                if requirement == asked.requirement_id and period in (None, asked.rules.period_id)
            ],
            extensions=[row for period, row in self.extensions if period == asked.rules.period_id],
            merged=self.merged,
        )


def asked_of(periods: Iterable[RequirementPeriod]) -> Sequence[Asked]:
    """These periods (with their requirement at hand) and the rules that were in force in them. Two queries."""
    periods = list(periods)
    versions: dict[int, list[RuleVersion]] = defaultdict(list)
    rows = RuleVersion.objects.filter(requirement__in={period.requirement_id for period in periods})
    for row in rows.order_by("number"):
        versions[row.requirement_id].append(row)
    paths = paths_of([row.rule for rows_of in versions.values() for row in rows_of])
    found = []
    for period in periods:
        # A period follows the versions up to the one that was applied to it, not drafts or later thoughts.
        kept = [row for row in versions[period.requirement_id] if row.number <= period.rule_version]
        rules = [
            from_json(row.rule, version=row.number, effective_on=row.effective_on, paths=paths)
            for row in kept or versions[period.requirement_id][:1]
        ]
        subjects = {pk for rule in rules for pk in rule.subjects}
        subjects |= {rule.refresher for rule in rules if rule.refresher is not None}
        found.append(
            Asked(
                PeriodRules(period.pk, period.opens_on, period.due_on, period.closes_on, tuple(rules)),
                period.requirement_id,
                period.fiscal_year,
                frozenset(subjects),
            )
        )
    return found


def known_of(officer_ids: Sequence[int], *, through: int | None) -> Mapping[int, Known]:
    """What is known of these officers by the ledger up to a position, or (None) with what is not sealed yet."""
    found = {pk: Known(person) for pk, person in dated.people_by_date(officer_ids).items()}
    links = _links(officer_ids, through)
    # Whoever was merged into somebody asked about brings their awards and decisions along.
    own = {*officer_ids, *(link.other for link in links)}
    awards = _awards(sorted(own), through)
    for pk, known in found.items():
        known.awards = list(awards.get(pk, ()))
    for link in links:
        if link.officer in found:
            found[link.officer].awards += [_linked(award, link) for award in awards.get(link.other, ())]
        if link.other in found:
            found[link.other].merged.append(link.stretch)
    _decide(found, links, own, through)
    _start(found, links, own)
    return found


@dataclass(frozen=True)
class Link:
    """`other` is the same person as `officer` for a stretch of time: what theirs counts for counts for both then."""

    officer: int
    other: int
    stretch: Stretch


def _sealed(rows: "QuerySet[Decision]", through: int | None) -> "QuerySet[Decision]":
    return rows if through is None else rows.filter(entry__position__lte=through)


def _links(officer_ids: Sequence[int], through: int | None) -> Sequence[Link]:
    wanted = among(officer_ids)
    rows = _sealed(
        Decision.objects.filter(Q(officer_id__in=wanted) | Q(other_id__in=wanted), kind=DecisionKind.MERGE),
        through,
    )
    merges = list(rows.order_by("pk").values_list("pk", "officer_id", "other_id", "recorded_at"))
    if not merges:
        return []
    ends = dict(
        _sealed(Decision.objects.filter(target__in=[row[0] for row in merges]), through).values_list(
            "target_id", "recorded_at"
        )
    )
    return [Link(officer, other or 0, Stretch(at, ends.get(pk))) for pk, officer, other, at in merges]


def _linked(award: Award, link: Link) -> Award:
    stretch = _within(link.stretch, award.counts_from, award.counts_until)
    return replace(award, counts_from=stretch.since, counts_until=stretch.until)


def _within(stretch: Stretch, since: datetime, until: datetime | None = None) -> Stretch:
    """What two stretches have in common."""
    ends = (at for at in (stretch.until, until) if at is not None)
    return Stretch(max(stretch.since, since), min(ends, default=None))


def _start(found: Mapping[int, Known], links: Sequence[Link], own: Iterable[int]) -> None:
    """What was begun, and what a merged record had begun while it is merged."""
    heirs = _heirs(links)
    starts = LearningStart.objects.filter(officer_id__in=among(sorted(own))).order_by("started_at")
    for pk, subject, year, at in starts.values_list("officer_id", "subject_id", "fiscal_year", "started_at"):
        if pk in found:
            found[pk].starts.append((year, Start(subject, at, Stretch(at, None))))
        for link in heirs[pk]:
            if link.officer in found:
                found[link.officer].starts.append((year, Start(subject, at, _within(link.stretch, at))))


def _heirs(links: Sequence[Link]) -> Mapping[int, Sequence[Link]]:
    """The links by the record that was merged."""
    heirs: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        heirs[link.other].append(link)
    return heirs


_EVENT = (
    "pk",
    "kind",
    "officer_id",
    "subject_id",
    "completed_at",
    "target_id",
    "effective_on",
)


def _awards(officer_ids: Sequence[int], through: int | None) -> Mapping[int, Sequence[Award]]:
    """Awards after their corrections, by officer. A revocation with no day takes back the whole: it never counted."""
    rows = AwardEvent.objects.filter(officer_id__in=among(officer_ids))
    if through is not None:
        rows = rows.filter(entry__position__lte=through)
    owner: dict[int, int] = {}
    ledger: dict[int, _Entry] = {}
    # In the order of writing, which is the same however much of it is sealed.
    for pk, kind, officer, subject, completed, target, effective in rows.order_by("pk").values_list(*_EVENT):
        if kind == AwardKind.AWARD:
            ledger[pk], owner[pk] = _Entry(subject, completed), officer
        elif target in ledger:
            ledger[target].correct(kind, completed, midnight(effective) if effective else None)
    found: dict[int, list[Award]] = defaultdict(list)
    for pk, entry in ledger.items():
        if not entry.never:
            found[owner[pk]].append(
                Award(pk, entry.subject_id, entry.completed_at, entry.completed_at, entry.until)
            )
    return found


@dataclass
class _Entry:
    """An award while its corrections are read."""

    subject_id: int
    completed_at: datetime
    never: bool = False
    revoked_from: datetime | None = None
    superseded_from: datetime | None = None

    def correct(self, kind: str, completed_at: datetime, effective: datetime | None) -> None:
        """Take one correction in. A revocation with no day takes back the whole: it never counted."""
        if kind == AwardKind.AMEND:
            self.completed_at = completed_at
        elif kind == AwardKind.REINSTATE:
            self.never, self.revoked_from = False, None
        elif kind == AwardKind.REVOKE and effective is None:
            self.never = True
        elif kind == AwardKind.REVOKE:
            self.revoked_from = effective
        elif effective is not None:
            self.superseded_from = min(effective, self.superseded_from or effective)

    @property
    def until(self) -> datetime | None:
        """When it stops counting."""
        ends = (at for at in (self.revoked_from, self.superseded_from) if at is not None)
        return min(ends, default=None)


def _decide(
    found: Mapping[int, Known], links: Sequence[Link], own: Iterable[int], through: int | None
) -> None:
    """Exemptions and extensions, with what ended them; those of a merged record follow the person."""
    rows = _sealed(
        Decision.objects.filter(
            officer_id__in=among(sorted(own)), kind__in=[DecisionKind.EXEMPT, DecisionKind.EXTEND]
        ),
        through,
    )
    decisions = list(rows.order_by("pk"))
    if not decisions:
        return
    ended = {
        row.target_id: row
        for row in _sealed(Decision.objects.filter(target__in=[row.pk for row in decisions]), through)
    }
    heirs = _heirs(links)
    for row in decisions:
        end = ended.get(row.pk)
        for pk, merged in (
            (row.officer_id, None),
            *((each.officer, each.stretch) for each in heirs[row.officer_id]),
        ):
            if pk not in found:
                continue
            if row.kind == DecisionKind.EXEMPT and row.starts_on and row.requirement_id:
                until = _earlier(row.until_on, end)
                if until is None or until >= row.starts_on:
                    exemption = Exemption(row.starts_on, until, merged)
                    found[pk].exemptions.append((row.requirement_id, row.period_id, exemption))
            elif row.kind == DecisionKind.EXTEND and row.due_on and row.period_id:
                held = Stretch(row.recorded_at, end.recorded_at if end else None)
                if merged is not None:
                    held = _within(merged, held.since, held.until)
                extension = Extension(row.due_on, held.since, held.until)
                found[pk].extensions.append((row.period_id, extension))


def _earlier(until: date | None, end: Decision | None) -> date | None:
    """The last day of an exemption, which a later decision may have brought forward (to before it began: it never was)."""
    if end is None:
        return until
    last = end.until_on or date.min
    return last if until is None else min(until, last)
