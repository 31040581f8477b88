"""Where one person stands in one period, from its first day to an instant: a pure function of dated facts.

Everything that the records say about standing comes from here: the projection writes these spans, an as-of report reads them, a
rebuild derives them again. Nothing here reads a clock or a database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sucharit.kernel.thai_calendar import local_date, midnight
from sucharit.officers.dated import DatedPerson, matches
from sucharit.records.enums import Cycle, State
from sucharit.records.rules import FOREVER, PeriodRules, Rule, add_months

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Award:
    """A completion as it stands after all corrections. It counts from one instant until another (None: for good).

    A revoked one stops counting when that took effect; one that came by a merge of two records counts from the merge on.
    """

    award_id: int
    subject_id: int
    completed_at: datetime
    counts_from: datetime
    counts_until: datetime | None = None

    def counts_at(self, instant: datetime) -> bool:
        """Whether it counts at that instant."""
        return self.counts_from <= instant and (self.counts_until is None or instant < self.counts_until)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one instant until another (None: to this day): how long a record was a part of another person's (rule E19)."""

    since: datetime
    until: datetime | None

    def holds_at(self, instant: datetime) -> bool:
        """Whether the instant lies inside."""
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True)
class Exemption:
    """The days on which somebody need not complete; of a merged record, while it is merged."""

    starts_on: date
    until_on: date | None
    merged: Stretch | None = None

    def holds_at(self, instant: datetime) -> bool:
        """Whether it is one of those days."""
        day = local_date(instant)
        covers = self.starts_on <= day and (self.until_on is None or day <= self.until_on)
        return covers and (self.merged is None or self.merged.holds_at(instant))


@dataclass(frozen=True, slots=True)
class Extension:
    """A later due day, granted at one instant and perhaps taken back at another."""

    due_on: date
    granted_at: datetime
    ended_at: datetime | None = None

    def holds_at(self, instant: datetime) -> bool:
        """Whether it is in force."""
        return self.granted_at <= instant and (self.ended_at is None or instant < self.ended_at)


@dataclass(frozen=True, slots=True)
class Start:
    """That a subject was begun, and during which time that counts (of a merged record: while it is merged)."""

    subject_id: int
    at: datetime
    during: Stretch


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a person for one period.

    `merged` are the stretches in which their own record was a part of another person's (rule E19).
    """

    person: DatedPerson
    awards: Sequence[Award] = ()
    starts: Sequence[Start] = ()
    exemptions: Sequence[Exemption] = ()
    extensions: Sequence[Extension] = ()
    merged: Sequence[Stretch] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of time in which nothing about a standing changed. `until_at` None: to this day.

    `turns_on` is the last day on which the state is what it says: an open one is overdue, a completed one expired after it.
    """

    from_at: datetime
    until_at: datetime | None
    agency_id: int
    agency_path: str
    state: State
    due_on: date | None
    original_due_on: date | None
    turns_on: date
    started_at: datetime | None
    completed_at: datetime | None
    award_id: int | None


@dataclass(frozen=True, slots=True)
class _Done:
    """That enough was completed: when it counts from, what the award was and until when it is valid."""

    at: datetime
    award: Award
    on_time: bool
    valid_until: date | None = None


def timeline(period: PeriodRules, facts: Facts, *, until: datetime) -> Sequence[Span]:
    """The spans of a person in a period from its opening to `until`, gap-free from the first; none if never required."""
    spans: list[Span] = []
    first_required: date | None = None
    for instant in _instants(period, facts, until):
        day = local_date(instant)
        rule = period.rule_on(day)
        post = facts.person.post_on(day)
        required = (
            post is not None
            and rule.is_active
            and not any(stretch.holds_at(instant) for stretch in facts.merged)
            and matches(rule.audience, facts.person, post, day)
        )
        if post is not None and required:
            first_required = first_required or day
            fresh = _standing(period, rule, facts, instant, first_required)
            span = replace(fresh, agency_id=post.agency_id, agency_path=post.agency_path)
        elif spans:
            place = (
                (post.agency_id, post.agency_path) if post else (spans[-1].agency_id, spans[-1].agency_path)
            )
            span = _blank(instant, State.NOT_REQUIRED, *place)
        else:
            continue
        if spans and replace(spans[-1], from_at=instant) == span:
            continue
        if spans:
            spans[-1] = replace(spans[-1], until_at=instant)
        spans.append(span)
    return spans


def _instants(period: PeriodRules, facts: Facts, until: datetime) -> Sequence[datetime]:
    """Every instant at which something may change, from the period's opening on, in order."""
    last = max([period.closes_on, *(row.due_on for row in facts.extensions)])
    end = until if last == FOREVER else min(until, midnight(last + _DAY) - timedelta(microseconds=1))
    opens = midnight(period.opens_on)
    found = {opens, *(midnight(day) for day in _days(period, facts) if day < FOREVER)}
    for award in facts.awards:
        found.update((award.counts_from, award.completed_at))
        if award.counts_until is not None:
            found.add(award.counts_until)
    for extension in facts.extensions:
        found.add(extension.granted_at)
        if extension.ended_at is not None:
            found.add(extension.ended_at)
    linked = [exemption.merged for exemption in facts.exemptions if exemption.merged is not None]
    for stretch in (*(start.during for start in facts.starts), *facts.merged, *linked):
        found.add(stretch.since)
        if stretch.until is not None:
            found.add(stretch.until)
    return sorted(instant for instant in found if opens <= instant <= end)


def _days(period: PeriodRules, facts: Facts) -> Iterator[date]:
    person = facts.person
    for post in person.posts:
        yield post.starts_on
        if post.ends_on is not None and post.ends_on < FOREVER:
            yield post.ends_on + _DAY
    if person.left_on is not None:
        yield person.left_on
    for rule in period.rules:
        yield rule.effective_on
        if rule.audience.newly_appointed_days and person.entered_on is not None:
            yield person.entered_on
            yield person.entered_on + timedelta(days=rule.audience.newly_appointed_days)
    for exemption in facts.exemptions:
        yield exemption.starts_on
        if exemption.until_on is not None and exemption.until_on < FOREVER:
            yield exemption.until_on + _DAY


def _blank(instant: datetime, state: State, agency_id: int = 0, agency_path: str = "") -> Span:
    return Span(instant, None, agency_id, agency_path, state, None, None, FOREVER, None, None, None)


def _standing(period: PeriodRules, rule: Rule, facts: Facts, instant: datetime, first_required: date) -> Span:
    """What the facts say at an instant of somebody who is required."""
    if any(exemption.holds_at(instant) for exemption in facts.exemptions):
        return _blank(instant, State.EXEMPT)
    original = period.due_on
    if original is None:
        original = first_required + timedelta(days=rule.due_days or 0)
    granted = [row.due_on for row in facts.extensions if row.holds_at(instant)]
    due_on = max([original, *granted])
    counted = sorted(
        (award for award in facts.awards if award.counts_at(instant)),
        key=lambda award: (award.completed_at, award.award_id),
    )
    started_at = _started(rule, facts, counted, instant)
    done = _done(period, rule, counted, due_on, first_required)
    if done is None:
        state = State.NOT_STARTED if started_at is None else State.IN_PROGRESS
        turns_on = due_on + timedelta(days=rule.grace_days)
    else:
        state = State.ON_TIME if done.on_time else State.LATE
        turns_on = done.valid_until or FOREVER
    return Span(
        from_at=instant,
        until_at=None,
        agency_id=0,
        agency_path="",
        state=state,
        due_on=due_on,
        original_due_on=original if original != due_on else None,
        turns_on=turns_on,
        started_at=started_at,
        completed_at=done.award.completed_at if done else None,
        award_id=done.award.award_id if done else None,
    )


def _started(rule: Rule, facts: Facts, counted: Sequence[Award], instant: datetime) -> datetime | None:
    """When they first began what the rule in force asks for; a refresher asks that something was completed before it."""
    begun = [start for start in facts.starts if start.during.holds_at(instant)]
    asked = (
        start.at for start in begun if _stands_for(rule, start.subject_id, start.at, counted) is not None
    )
    return min(asked, default=None)


def _done(
    period: PeriodRules, rule: Rule, counted: Sequence[Award], due_on: date, first_required: date
) -> _Done | None:
    if rule.cycle == Cycle.ANNIVERSARY:
        return _by_anniversary(rule, counted, due_on, first_required)
    early = _early(period, rule, counted) if rule.cycle == Cycle.FISCAL_YEAR else frozenset()
    met: dict[int, tuple[datetime, Award]] = {}
    for award in counted:
        subject = _answers(rule, award, counted)
        if subject is None or subject in met:
            continue
        at = _counts_since(period, rule, award, due_on, is_early=award.award_id in early)
        if at is not None:
            met[subject] = (at, award)
    if len(met) < rule.need:
        return None
    # Earlier ones all count from the opening: the one completed last of them is what made it enough, whenever it was recorded.
    in_order = sorted(met.values(), key=lambda pair: (pair[0], pair[1].completed_at, pair[1].award_id))
    at, award = in_order[rule.need - 1]
    return _Done(at, award, on_time=local_date(at) <= due_on + timedelta(days=rule.grace_days))


def _answers(rule: Rule, award: Award, counted: Sequence[Award]) -> int | None:
    """The subject of the rule that an award answers."""
    return _stands_for(rule, award.subject_id, award.completed_at, counted)


def _stands_for(rule: Rule, subject_id: int, at: datetime, counted: Sequence[Award]) -> int | None:
    """The subject of the rule that one is: a refresher stands for the first, after some of them was completed."""
    if subject_id in rule.subjects:
        return subject_id
    if subject_id == rule.refresher:
        learned = any(other.subject_id in rule.subjects and other.completed_at < at for other in counted)
        return rule.subjects[0] if learned else None
    return None


def _counts_since(
    period: PeriodRules, rule: Rule, award: Award, due_on: date, *, is_early: bool
) -> datetime | None:
    """From when an award counts for the period, or None. One from before it counts from its opening, where the rule lets it."""
    day = local_date(award.completed_at)
    if day > max(period.closes_on, due_on):
        return None
    if day >= period.opens_on:
        return award.completed_at
    return midnight(period.opens_on) if rule.cycle == Cycle.ONCE or is_early else None


def _early(period: PeriodRules, rule: Rule, counted: Sequence[Award]) -> frozenset[int]:
    """The awards from before a yearly period that count for it as well, or for it alone.

    As well: those that are still young enough at its opening (`min_validity_months`). For it alone: those that came within the
    window before it when the year they fell in was answered already. Year after year is looked at from the first award on, so whoever
    always completes in the window is asked once a year.
    """
    answered: set[tuple[int, date]] = set()
    found: set[int] = set()
    window = timedelta(days=rule.window_days)
    for award in counted:
        subject, day = _answers(rule, award, counted), local_date(award.completed_at)
        if subject is None or day >= period.opens_on:
            continue
        begins = _beginning(period.opens_on, day)
        following = add_months(begins, 12)
        years = {begins}
        if (subject, begins) in answered and day >= following - window:
            years = {following}
        if rule.min_validity_months and add_months(day, rule.min_validity_months) > following:
            years.add(following)
        answered.update((subject, year) for year in years)
        if period.opens_on in years:
            found.add(award.award_id)
    return frozenset(found)


def _beginning(opens_on: date, day: date) -> date:
    """The first day of the year in which a day lies, of years that begin as one does that opens on `opens_on`."""
    begins = add_months(opens_on, 12 * (day.year - opens_on.year))
    return begins if begins <= day else add_months(begins, -12)


def _by_anniversary(rule: Rule, counted: Sequence[Award], due_on: date, first_required: date) -> _Done | None:
    """The validity that a chain of completions gives. One done early in the window adds to the old end: no drift.

    A validity that ended before anything was required says nothing: whoever comes under the rule then has the days of a newcomer.
    """
    months = rule.valid_months or 12
    anchor: date | None = None
    added = 0
    done: _Done | None = None
    grace = timedelta(days=rule.grace_days)
    for award in counted:
        if _answers(rule, award, counted) is None:
            continue
        day = local_date(award.completed_at)
        valid = add_months(anchor, added) if anchor is not None else None
        if valid is None or day > valid:
            # A later due day that was granted holds for a renewal as well.
            last = due_on if valid is None or valid < first_required else max(due_on, valid)
            on_time = day <= last + grace
            anchor, added = day, months
        elif day >= valid - timedelta(days=rule.window_days):
            on_time, added = True, added + months
        else:
            # Too early to be a renewal: it never shortens what was valid.
            continue
        done = _Done(award.completed_at, award, on_time, add_months(anchor or day, added))
    if done is not None and done.valid_until is not None and done.valid_until < first_required:
        return None
    return done
