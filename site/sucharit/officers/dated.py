"""People as they were on each day: dated postings in bulk, and whose postings have changed since somebody asked.

For what is derived from people's pasts. Everything here stands above any viewer's scope: it is never shown as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from sucharit.officers.models import Agency, Moved, Officer, Posting
from sucharit.officers.selectors import AudienceRule, among


@dataclass(frozen=True, slots=True)
class Post:
    """One posting: where, as what, and its first and last day (None: still there)."""

    agency_id: int
    agency_path: str
    position_type: str
    position_level: str
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        """Whether it was held that day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class DatedPerson:
    """One officer with every posting, earliest first. The kind of personnel is today's: it is not kept by date."""

    officer_id: int
    sort_key: str
    personnel_type: str
    entered_on: date | None
    left_on: date | None
    posts: Sequence[Post]

    def post_on(self, day: date) -> Post | None:
        """The posting held that day, the latest begun where two overlap; none outside the service."""
        if self.left_on is not None and self.left_on <= day:
            return None
        return next((post for post in reversed(self.posts) if post.covers(day)), None)


def matches(rule: AudienceRule, person: DatedPerson, post: Post, day: date) -> bool:
    """Whether an audience names somebody in this posting on that day."""
    if rule.personnel_types and person.personnel_type not in rule.personnel_types:
        return False
    if rule.position_types and post.position_type not in rule.position_types:
        return False
    if rule.position_levels and post.position_level not in rule.position_levels:
        return False
    if rule.paths and not post.agency_path.startswith(tuple(rule.paths)):
        return False
    if rule.newly_appointed_days:
        entered = person.entered_on
        return entered is not None and entered <= day < entered + timedelta(days=rule.newly_appointed_days)
    return True


def people_by_date(officer_ids: Sequence[int]) -> Mapping[int, DatedPerson]:
    """These officers with all their postings, in two queries."""
    posts: dict[int, list[Post]] = {}
    rows = (
        Posting.objects.filter(officer_id__in=among(officer_ids))
        .order_by("starts_on", "id")
        .values_list(
            "officer_id",
            "agency_id",
            "agency__path",
            "position_type",
            "position_level",
            "starts_on",
            "ends_on",
        )
    )
    for row in rows:
        posts.setdefault(row[0], []).append(Post(*row[1:]))
    people = Officer.objects.filter(pk__in=among(officer_ids)).values_list(
        "pk", "sort_key", "personnel_type", "entered_service_on", "left_service_on"
    )
    return {row[0]: DatedPerson(*row, posts=posts.get(row[0], [])) for row in people}


def among_range(rule: AudienceRule, *, first: int, last: int, since: date, until: date) -> Sequence[int]:
    """Officers with ids from `first` to `last` whom a rule may have named on some day of these. One query.

    A few too many may come: the days on which a rule names somebody are worked out from their dated facts.
    """
    rows = _held(rule, since, until).filter(officer_id__gte=first, officer_id__lte=last)
    return list(rows.order_by("officer_id").values_list("officer_id", flat=True).distinct())


def next_of(rule: AudienceRule, *, after: int, most: int, since: date, until: date) -> Sequence[int]:
    """The next `most` officers by id, after one, of those whom `among_range` would name. One query."""
    rows = _held(rule, since, until).filter(officer_id__gt=after)
    return list(rows.order_by("officer_id").values_list("officer_id", flat=True).distinct()[:most])


def _held(rule: AudienceRule, since: date, until: date) -> "QuerySet[Posting]":
    held = Q(starts_on__lte=until) & (Q(ends_on__isnull=True) | Q(ends_on__gte=since))
    rows = Posting.objects.filter(held)
    if rule.paths:
        nodes = Q(pk__in=[])
        for path in rule.paths:
            nodes |= Q(agency__path__startswith=path)
        rows = rows.filter(nodes)
    if rule.personnel_types:
        rows = rows.filter(officer__personnel_type__in=rule.personnel_types)
    if rule.position_types:
        rows = rows.filter(position_type__in=rule.position_types)
    if rule.position_levels:
        rows = rows.filter(position_level__in=rule.position_levels)
    return rows


def newest_posting() -> int:
    """The number of the newest posting, or 0: it grows whenever somebody enters or moves."""
    return Posting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def officer_id_after(officer_id: int, number: int) -> int | None:
    """The id of the so-manieth officer after this id; none where there are not so many."""
    rows = Officer.objects.filter(pk__gt=officer_id).order_by("pk").values_list("pk", flat=True)
    return next(iter(rows[number - 1 : number]), None)


def last_officer_id() -> int:
    """The highest id there is, or 0."""
    return Officer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def changing_between(after: date, through: date, *, newly_days: Iterable[int] = ()) -> Sequence[int]:
    """Officers whose postings or service begin or end on a day after `after` up to `through`, once each.

    `newly_days` are the limits of rules about the newly appointed: whoever passes one in these days is meant as well.
    """
    first = after + timedelta(days=1)
    starts = Posting.objects.filter(starts_on__gte=first, starts_on__lte=through)
    # The day after the last one is when an ended posting no longer counts.
    ends = Posting.objects.filter(ends_on__gte=after, ends_on__lt=through)
    found = {pk for rows in (starts, ends) for pk in rows.values_list("officer_id", flat=True)}
    service = Q(left_service_on__gte=first, left_service_on__lte=through)
    for days in newly_days:
        past = timedelta(days=days)
        service |= Q(entered_service_on__gte=first - past, entered_service_on__lte=through - past)
        service |= Q(entered_service_on__gte=first, entered_service_on__lte=through)
    found.update(Officer.objects.filter(service).values_list("pk", flat=True))
    return sorted(found)


def take_moved(most: int) -> Sequence[int]:
    """Officers whose postings were changed since they were last taken, and forget that they were. Call inside a transaction.

    What is derived from their postings is to be derived anew in the same transaction: rolled back, they wait again.
    """
    rows = list(Moved.objects.order_by("pk").values_list("pk", "officer_id")[:most])
    Moved.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    return sorted({officer_id for _, officer_id in rows})


def moved_among(officer_ids: Sequence[int]) -> frozenset[int]:
    """Those of these officers whose postings were changed and not taken yet. One query."""
    rows = Moved.objects.filter(officer_id__in=among(officer_ids))
    return frozenset(rows.values_list("officer_id", flat=True))


def agency_paths(agency_ids: Iterable[int]) -> Mapping[int, str]:
    """Tree paths of agencies by id, in one query."""
    return dict(Agency.objects.filter(pk__in=set(agency_ids)).values_list("pk", "path"))
