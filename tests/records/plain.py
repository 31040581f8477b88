"""A slow, plain model of where people stand: everything that happened in one list, every answer found by looking through it.

Written from the rules of evidence and not from the code that it judges: no database, no timeline, nothing kept between
questions but the day on which somebody first came under a rule. Days are days in Bangkok, instants are aware.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from sucharit.kernel.thai_calendar import local_date, midnight
from tests.records.happened import (
    FOREVER,
    Amended,
    Asked,
    Awarded,
    Ended,
    Entered,
    Exempted,
    Extended,
    Happened,
    Left,
    Merged,
    Name,
    Posted,
    Reinstated,
    Revoked,
    Round,
    Started,
    Superseded,
)

MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)


Fact = TypeVar("Fact")


class Answer(NamedTuple):
    """Where somebody stands. `agency` is None once nothing is asked of them any more."""

    state: str
    agency: Name | None
    due_on: date | None
    original_due_on: date | None
    turns_on: date | None
    completed_at: datetime | None
    award: Name | None


class Counting(NamedTuple):
    """An award that is worth something at the instant asked about, as corrected."""

    key: Name
    subject: Name
    completed_at: datetime

    @property
    def day(self) -> date:
        """The day in Bangkok on which it was completed."""
        return local_date(self.completed_at)


class Done(NamedTuple):
    """What makes somebody done: the award, the day it is told as, through which day, and the day that it had to be done by."""

    award: Counting
    day: date
    turns_on: date
    # Where it is not the due day of the round: the end of the validity that was renewed.
    by: date | None = None


def months_after(day: date, months: int) -> date:
    """The same day so many months later (earlier where negative), or the last of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def shown(answer: Answer, day: date, window_days: int) -> str:
    """A state in the words of a day: overdue, due soon within 30 days, expired, or in the window of its renewal."""
    turns_on = answer.turns_on or FOREVER
    if answer.state in ("not_started", "in_progress"):
        if day > turns_on:
            return "overdue"
        is_near = answer.due_on is not None and day >= answer.due_on - timedelta(days=30)
        return "due_soon" if is_near else answer.state
    if answer.state in ("on_time", "late"):
        if day > turns_on:
            return "expired"
        return (
            "window_open" if day >= turns_on - timedelta(days=window_days) and window_days else answer.state
        )
    return answer.state


@dataclass
class Plain:
    """Everything that happened, and the agencies by their parents."""

    parents: dict[Name, Name | None] = field(default_factory=dict)
    happened: list[Happened] = field(default_factory=list)
    _first: dict[tuple[Name, Name], datetime | None] = field(default_factory=dict)

    def add(self, *facts: Happened) -> None:
        """Something more happened."""
        self.happened.extend(facts)
        self._first.clear()

    def move(self, agency: Name, parent: Name | None) -> None:
        """An agency lies under another one now: the tree is today's for every day."""
        self.parents[agency] = parent
        self._first.clear()

    def all(self, kind: type[Fact]) -> Iterator[Fact]:
        """All that happened of one kind, in order."""
        return (fact for fact in self.happened if isinstance(fact, kind))

    # --- who is asked ---------------------------------------------------------------------------------------

    def round(self, name: Name) -> Round:
        """A round as it was opened."""
        return next(row for row in self.all(Round) if row.name == name)

    def rule_on(self, requirement: Name, day: date) -> Asked:
        """The last version that had taken effect, or the first before any had."""
        versions = [rule for rule in self.all(Asked) if rule.requirement == requirement]
        return ([rule for rule in versions if rule.effective_on <= day] or versions[:1])[-1]

    def is_under(self, agency: Name | None, roots: frozenset[Name]) -> bool:
        """Whether an agency is one of these or lies below one."""
        while agency is not None:
            if agency in roots:
                return True
            agency = self.parents[agency]
        return False

    def post_on(self, person: Name, day: date) -> Posted | None:
        """The posting of that day, the latest begun; none for somebody who has left."""
        if any(left.person == person and left.on <= day for left in self.all(Left)):
            return None
        held = [post for post in self.all(Posted) if post.person == person and post.starts_on <= day]
        return max(held, key=lambda post: post.starts_on) if held else None

    def names(self, rule: Asked, person: Name, day: date) -> bool:
        """Whether a rule asks something of this person that day."""
        post = self.post_on(person, day)
        entered = next(row for row in self.all(Entered) if row.person == person)
        return (
            rule.is_active
            and post is not None
            and (not rule.agencies or self.is_under(post.agency, rule.agencies))
            and (not rule.personnel or entered.personnel in rule.personnel)
            and (not rule.levels or post.level in rule.levels)
            and (
                not rule.newly_days
                or (
                    entered.entered_on is not None
                    and entered.entered_on <= day < entered.entered_on + timedelta(days=rule.newly_days)
                )
            )
        )

    def ended(self, key: Name) -> Ended | None:
        """How a decision was taken back, if it was."""
        return next((row for row in self.all(Ended) if row.key == key), None)

    def in_force(self, decision: Extended | Merged, at: datetime) -> bool:
        """Whether an extension or a merge holds at an instant."""
        end = self.ended(decision.key)
        return decision.at <= at and (end is None or at < end.at)

    def is_merged(self, person: Name, at: datetime) -> bool:
        """Whether this record is a part of another one at an instant."""
        return any(row.other == person and self.in_force(row, at) for row in self.all(Merged))

    def is_required(self, person: Name, rnd: Round, at: datetime) -> bool:
        """Whether the round asks something of this person at an instant."""
        day = local_date(at)
        if day < rnd.opens_on or self.is_merged(person, at):
            return False
        return self.names(self.rule_on(rnd.requirement, day), person, day)

    def first_required(self, person: Name, rnd: Round) -> datetime | None:
        """The first instant at which the round asked something of this person, up to the last day of what happened here."""
        key = (person, rnd.name)
        if key not in self._first:
            freed = [row.at for row in self.all(Ended)]
            days = (rnd.opens_on + n * DAY for n in range(1, 1500))
            instants = sorted([midnight(rnd.opens_on), *(midnight(day) for day in days), *freed])
            self._first[key] = next((at for at in instants if self.is_required(person, rnd, at)), None)
        return self._first[key]

    def is_exempt(self, person: Name, rnd: Round, at: datetime) -> bool:
        """Whether this is the day of an exemption from this round, theirs or of a record that is a part of theirs."""
        day, people = local_date(at), self.records_of(person, at)
        for row in self.all(Exempted):
            if row.person not in people or row.requirement != rnd.requirement:
                continue
            if row.round not in (None, rnd.name):
                continue
            end = self.ended(row.key)
            if end is not None and end.last_day is None:
                continue
            last = min(row.last or FOREVER, (end.last_day if end else None) or FOREVER)
            if row.first <= day <= last:
                return True
        return False

    # --- by when --------------------------------------------------------------------------------------------

    def extensions(self, person: Name, rnd: Round) -> Sequence[Extended]:
        """All that were ever granted to them, or to a record that was ever a part of theirs."""
        people = {person} | {row.other for row in self.all(Merged) if row.person == person}
        return [row for row in self.all(Extended) if row.person in people and row.round == rnd.name]

    def due(self, person: Name, rnd: Round, rule: Asked, at: datetime) -> tuple[date | None, date | None]:
        """The due day at an instant, and the one that an extension took the place of."""
        plain = rnd.due_on
        if plain is None and rule.due_days is not None:
            first = self.first_required(person, rnd)
            plain = local_date(first) + timedelta(days=rule.due_days) if first else None
        people = self.records_of(person, at)
        granted = [row for row in self.extensions(person, rnd) if self.in_force(row, at)]
        later = [row.due_on for row in granted if row.person in people]
        if plain is None or not later or max(later) <= plain:
            return plain, None
        return max(later), plain

    # --- what is worth something ----------------------------------------------------------------------------

    def counting(self, person: Name, at: datetime) -> Sequence[Counting]:
        """The awards of a person that count at an instant, theirs and those of records merged into theirs, oldest first."""
        people = self.records_of(person, at)
        found = []
        for award in self.all(Awarded):
            if award.person in people:
                completed_at, ends = self.as_corrected(award)
                if completed_at <= at < ends:
                    found.append(Counting(award.key, award.subject, completed_at))
        return sorted(found, key=lambda each: each.completed_at)

    def records_of(self, person: Name, at: datetime) -> frozenset[Name]:
        """This record and those that are a part of it at an instant."""
        return frozenset(
            {person}
            | {row.other for row in self.all(Merged) if row.person == person and self.in_force(row, at)}
        )

    def as_corrected(self, award: Awarded) -> tuple[datetime, datetime]:
        """When an award was completed, and the first instant at which it is worth nothing any more."""
        completed_at, revoked = award.completed_at, None
        ends = [FOREVER]
        for row in self.happened:
            match row:
                case Amended(award.key):
                    completed_at = row.completed_at
                case Revoked(award.key) | Reinstated(award.key):
                    revoked = row
                case Superseded(award.key):
                    ends.append(row.effective_on)
        if isinstance(revoked, Revoked):
            ends.append(revoked.effective_on or date.min)
        return completed_at, midnight(min(ends))

    def standing_for(self, rule: Asked, awards: Sequence[Counting]) -> Sequence[Counting]:
        """Awards of the rule's subjects; the refresher under the leading subject's name, after a first completion."""
        found = []
        for award in awards:
            if award.subject in rule.subjects:
                found.append(award)
            elif award.subject == rule.refresher and any(
                each.subject in rule.subjects and each.completed_at < award.completed_at for each in awards
            ):
                found.append(award._replace(subject=rule.subjects[0]))
        return found

    def told_as(
        self, rnd: Round, rule: Asked, award: Counting, awards: Sequence[Counting], due_on: date | None
    ) -> datetime | None:
        """The instant at which an award met a round: its own, or the opening for an earlier one; None where it does not count."""
        opening = midnight(rnd.opens_on)
        if award.day >= rnd.opens_on:
            return award.completed_at if award.day <= max(rnd.closes_on, due_on or date.min) else None
        if rule.cycle != "fiscal_year":
            return opening
        return opening if 0 in self.years_of(rnd, rule, awards)[award.key] else None

    def years_of(self, rnd: Round, rule: Asked, awards: Sequence[Counting]) -> dict[Name, set[int]]:
        """The years that each award answers, 0 being the round's own and -1 the one before it, award after award.

        One answers the year it fell in; the next instead where it came in the window before that and its own year was answered; the
        next as well where it is young enough to reach beyond its first day.
        """
        answered: dict[Name, set[int]] = {}
        years: dict[Name, set[int]] = {}
        for award in awards:
            year = 0
            while months_after(rnd.opens_on, 12 * year) > award.day:
                year -= 1
            following = months_after(rnd.opens_on, 12 * (year + 1))
            had = answered.setdefault(award.subject, set())
            fits = {year}
            if year in had and award.day >= following - timedelta(days=rule.window_days):
                fits = {year + 1}
            if months_after(award.day, rule.min_validity_months) > following:
                fits.add(year + 1)
            had |= fits
            years[award.key] = fits
        return years

    def done(self, person: Name, rnd: Round, rule: Asked, at: datetime, due_on: date | None) -> Done | None:
        """What makes this person done at an instant."""
        awards = self.standing_for(rule, self.counting(person, at))
        if rule.cycle == "anniversary":
            first = self.first_required(person, rnd)
            return self.renewed(rule, awards, local_date(first) if first else date.max, due_on)
        firsts: dict[Name, tuple[datetime, Counting]] = {}
        for award in awards:
            met_at = self.told_as(rnd, rule, award, awards, due_on)
            if met_at is not None and award.subject not in firsts:
                firsts[award.subject] = (met_at, award)
        met = sorted(firsts.values(), key=lambda each: (each[0], each[1].completed_at))
        if len(met) < rule.need or met[rule.need - 1][0] > at:
            return None
        met_at, award = met[rule.need - 1]
        return Done(award, local_date(met_at), FOREVER)

    def renewed(
        self, rule: Asked, awards: Sequence[Counting], first_day: date, due_on: date | None
    ) -> Done | None:
        """The last link of a validity that is renewed: inside the window without drift, afterwards anew, too early not at all.

        A validity that ended before anything was required says nothing, neither of being done nor of being late.
        """
        assert rule.valid_months is not None
        link: Done | None = None
        anchor, links = date.min, 0
        for award in awards:
            if link is None or award.day > link.turns_on:
                anchor, links = award.day, 1
            elif award.day >= link.turns_on - timedelta(days=rule.window_days):
                links += 1
            else:
                continue
            asked_by = link is not None and link.turns_on >= first_day
            by = max(link.turns_on, due_on or date.min) if link and asked_by else None
            end = months_after(anchor, links * rule.valid_months)
            link = Done(award, award.day, end, by)
        return link if link is None or link.turns_on >= first_day else None

    def is_started(self, person: Name, rnd: Round, rule: Asked, at: datetime) -> bool:
        """Whether they have begun one of the subjects, or the refresher after they had completed one."""
        people, awards = self.records_of(person, at), self.counting(person, at)
        for row in self.all(Started):
            if row.person not in people or row.at > at or rnd.fiscal_year not in (None, row.fiscal_year):
                continue
            learned = any(each.subject in rule.subjects and each.completed_at < row.at for each in awards)
            if row.subject in rule.subjects or (row.subject == rule.refresher and learned):
                return True
        return False

    # --- answers --------------------------------------------------------------------------------------------

    def last_instant(self, person: Name, rnd: Round) -> datetime:
        """After it nothing changes any more."""
        if rnd.closes_on == FOREVER:
            return datetime.max.replace(tzinfo=midnight(rnd.opens_on).tzinfo)
        last = max([rnd.closes_on, *(row.due_on for row in self.extensions(person, rnd))])
        return midnight(last + DAY) - MOMENT

    def state(self, person: Name, name: Name, at: datetime) -> Answer | None:
        """Where somebody stands in a round at an instant, by all that is known; None before it asked anything of them."""
        rnd = self.round(name)
        at = min(at, self.last_instant(person, rnd))
        day = local_date(at)
        first = self.first_required(person, rnd)
        if first is None or at < first:
            return None
        rule = self.rule_on(rnd.requirement, day)
        post = self.post_on(person, day)
        if not self.is_required(person, rnd, at) or post is None:
            return Answer("not_required", None, None, None, None, None, None)
        due_on, original = self.due(person, rnd, rule, at)
        if self.is_exempt(person, rnd, at):
            return Answer("exempt", post.agency, None, None, None, None, None)
        done = self.done(person, rnd, rule, at, due_on)
        if done is not None:
            by = done.by or due_on
            is_late = by is not None and done.day > by + timedelta(days=rule.grace_days)
            return Answer(
                "late" if is_late else "on_time",
                post.agency,
                due_on,
                original,
                done.turns_on,
                done.award.completed_at,
                done.award.key,
            )
        state = "in_progress" if self.is_started(person, rnd, rule, at) else "not_started"
        turns_on = due_on + timedelta(days=rule.grace_days) if due_on else FOREVER
        return Answer(state, post.agency, due_on, original, turns_on, None, None)

    def coverage(self, agency: Name, name: Name, at: datetime) -> Mapping[str, int]:
        """How many people of an agency and all below it stand in which state, those past their day as overdue or expired too."""
        counts: dict[str, int] = {}
        for person in {row.person for row in self.all(Entered)}:
            answer = self.state(person, name, at)
            if (
                answer is None
                or answer.agency is None
                or not self.is_under(answer.agency, frozenset({agency}))
            ):
                continue
            has_turned = answer.turns_on is not None and local_date(at) > answer.turns_on
            if has_turned and answer.state in ("on_time", "late"):
                counts["expired"] = counts.get("expired", 0) + 1
                continue
            if has_turned and answer.state in ("not_started", "in_progress"):
                counts["overdue"] = counts.get("overdue", 0) + 1
            counts[answer.state] = counts.get(answer.state, 0) + 1
        return counts
