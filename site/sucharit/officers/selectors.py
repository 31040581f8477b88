"""Reads about people and agencies. Lists of people start from `access.visible_to`; single lookups say whose they are."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Substr

from sucharit.kernel import ids, names, thai_text
from sucharit.kernel.errors import Refused
from sucharit.officers.access import NOBODY as NOBODY
from sucharit.officers.access import Viewer as Viewer
from sucharit.officers.access import agencies_visible_to as agencies_visible_to
from sucharit.officers.access import can as can
from sucharit.officers.access import correcting as correcting
from sucharit.officers.access import path_end as path_end
from sucharit.officers.access import viewer as viewer
from sucharit.officers.access import viewer_of as viewer_of
from sucharit.officers.access import visible_to as visible_to
from sucharit.officers.destinations import front_door as front_door
from sucharit.officers.enums import HrBody, PersonnelType, PositionLevel, PositionType
from sucharit.officers.enums import Role as Role
from sucharit.officers.enums import Verb as Verb
from sucharit.officers.models import Agency, Posting, RoleGrant
from sucharit.officers.models import Audience as Audience
from sucharit.officers.models import Officer as Officer
from sucharit.officers.models import User as User


@dataclass(frozen=True)
class PersonSnapshot:
    """A person as they stood on one day: what an award copies and keeps (rule E1)."""

    officer_id: int
    public_id: str
    title: str
    first_name: str
    last_name: str
    personnel_type: str
    agency_id: int
    agency_code: str
    agency_name: str
    agency_path: str
    # From ministry to the parent of the unit, joined by " › "; empty for a ministry itself.
    agency_chain: str
    posting_id: int
    position_title: str
    position_type: str
    position_level: str

    @property
    def full_name(self) -> str:
        """Title and name as printed."""
        return names.full_name(self.title, self.first_name, self.last_name)


def posting_on(officer_id: int, day: date) -> Posting | None:
    """The posting that an officer held on a day, with its agency; the later one where two touch."""
    return (
        Posting.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), officer_id=officer_id, starts_on__lte=day
        )
        .select_related("agency", "officer")
        .order_by("-starts_on", "-id")
        .first()
    )


def agency_names(codes: Collection[str]) -> dict[str, str]:
    """The names of agencies by their codes, in one query."""
    return dict(Agency.objects.filter(code__in=set(codes)).values_list("code", "name"))


def public_id_of(officer_id: int) -> str:
    """The public id of one's own officer record, in one query."""
    return Officer.objects.values_list("public_id", flat=True).get(pk=officer_id)


def entered_service_on(officer_id: int) -> date | None:
    """The day an officer entered the service, where it is known. One query."""
    return Officer.objects.values_list("entered_service_on", flat=True).get(pk=officer_id)


def ministry_code_on(officer_id: int, day: date) -> str:
    """The code of the highest agency above the officer's posting that day, or "": two queries."""
    held = posting_on(officer_id, day)
    if held is None:
        return ""
    above = agency_chain(held.agency)
    code: str = above[0].code if above else held.agency.code
    return code


def snapshot_on(officer_id: int, day: date) -> PersonSnapshot:
    """The person as of `day`, in two queries. Refused where no posting covers the day: nobody could say for whom they worked."""
    posting = posting_on(officer_id, day)
    if posting is None:
        raise Refused("no_posting", "ยังบันทึกผลไม่ได้ เพราะไม่พบหน่วยงานที่คุณสังกัดในวันนี้ โปรดติดต่อเจ้าหน้าที่บุคคลของหน่วยงาน")
    officer, agency = posting.officer, posting.agency
    chain = _above(agency).values_list("name", flat=True)
    return PersonSnapshot(
        officer_id=officer.pk,
        public_id=officer.public_id,
        title=officer.title,
        first_name=officer.first_name,
        last_name=officer.last_name,
        personnel_type=officer.personnel_type,
        agency_id=agency.pk,
        agency_code=agency.code,
        agency_name=agency.name,
        agency_path=agency.path,
        agency_chain=" › ".join(chain),
        posting_id=posting.pk,
        position_title=posting.position_title,
        position_type=posting.position_type,
        position_level=posting.position_level,
    )


def told_on(officer_id: int, day: date) -> tuple[str, str, str]:
    """A person's name, and code and name of their agency that day ("" where none): what a decision about them keeps."""
    posting = posting_on(officer_id, day)
    officer = posting.officer if posting else Officer.objects.get(pk=officer_id)
    return officer.full_name, posting.agency.code if posting else "", posting.agency.name if posting else ""


def agency_chain(agency: Agency) -> Sequence[Agency]:
    """The agencies above one, ministry first."""
    return list(_above(agency))


def _above(agency: Agency) -> "QuerySet[Agency]":
    step = Agency.steplen
    above = [agency.path[:end] for end in range(step, len(agency.path), step)]
    found: QuerySet[Agency] = Agency.objects.filter(path__in=above).order_by("path")
    return found


def agency_by_public_id(who: Viewer, public_id: str) -> Agency | None:
    """One agency inside the viewer's scope, or none: outside it nothing exists."""
    if not ids.is_public_id(public_id):
        return None
    return agencies_visible_to(who).filter(public_id=public_id).first()


def scope_roots(who: Viewer) -> Sequence[Agency]:
    """The highest agencies in the viewer's scope: those whose parent is not in it. Where the HR desk begins."""
    seen = agencies_visible_to(who)
    if who.sees_everyone:
        return list(seen.filter(depth=1).order_by("path"))
    roots: list[Agency] = []
    for agency in seen.order_by("path").iterator():
        if not roots or not agency.path.startswith(roots[-1].path):
            roots.append(agency)
    return roots


def officer_by_public_id(who: Viewer, public_id: str, *, today: date) -> Officer | None:
    """One person inside the viewer's scope, or none."""
    if not ids.is_public_id(public_id):
        return None
    return visible_to(who, today=today).filter(public_id=public_id).first()


def officer_of(officer_id: int) -> Officer:
    """One officer by key: for whom the viewer is, or was found by a scoped look-up before."""
    return Officer.objects.get(pk=officer_id)


def officer_of_account(email: str) -> Officer | None:
    """The person who signs in with this e-mail address, or none. For staff who were given the address by the person."""
    return Officer.objects.filter(user__email__iexact=email.strip(), user__is_active=True).first()


@dataclass(frozen=True)
class AudienceRule:
    """What an audience says, saved or not. Empty means "any"; `paths` are the tree paths of agencies with all below them."""

    paths: Sequence[str] = ()
    personnel_types: Sequence[str] = ()
    position_types: Sequence[str] = ()
    position_levels: Sequence[str] = ()
    newly_appointed_days: int | None = None


def rule_of(audience: Audience) -> AudienceRule:
    """The rule of a saved audience, in one query."""
    return AudienceRule(
        paths=list(audience.agencies.order_by("path").values_list("path", flat=True)),
        personnel_types=audience.personnel_types,
        position_types=audience.position_types,
        position_levels=audience.position_levels,
        newly_appointed_days=audience.newly_appointed_days,
    )


def _postings(rule: AudienceRule, on: date) -> Q:
    held = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    if rule.paths:
        reach = Q(pk__in=[])
        for path in rule.paths:
            reach |= Q(agency__path__gte=path, agency__path__lt=path_end(path))
        held &= reach
    if rule.position_types:
        held &= Q(position_type__in=rule.position_types)
    if rule.position_levels:
        held &= Q(position_level__in=rule.position_levels)
    return held


def _people(rule: AudienceRule, on: date, prefix: str = "") -> Q:
    people = Q(**{f"{prefix}left_service_on__isnull": True}) | Q(**{f"{prefix}left_service_on__gt": on})
    if rule.personnel_types:
        people &= Q(**{f"{prefix}personnel_type__in": rule.personnel_types})
    if rule.newly_appointed_days:
        since = on - timedelta(days=rule.newly_appointed_days)
        people &= Q(**{f"{prefix}entered_service_on__gt": since, f"{prefix}entered_service_on__lte": on})
    return people


def audience_members(audience: Audience, *, on: date) -> "QuerySet[Officer]":
    """The officers an audience names on a day, each once."""
    rule = rule_of(audience)
    held = Posting.objects.filter(_postings(rule, on), officer=OuterRef("pk"))
    return Officer.objects.filter(_people(rule, on)).filter(Exists(held))


@dataclass(frozen=True)
class AudiencePreview:
    """How many people a rule names, and the departments with the most of them: counts, never people."""

    people: int
    departments: Sequence[tuple[str, int]]


def preview_audience(rule: AudienceRule, *, on: date, departments: int = 5) -> AudiencePreview:
    """Count a rule before it is saved, in three queries."""
    rows = Posting.objects.filter(_postings(rule, on), _people(rule, on, "officer__"))
    people = rows.aggregate(people=Count("officer", distinct=True))["people"]
    largest = list(
        rows.annotate(department=Substr("agency__path", 1, 2 * PATH_STEP))
        .values_list("department")
        .annotate(people=Count("officer", distinct=True))
        .order_by("-people", "department")[:departments]
    )
    names_of = {node.path: node.name for node in nodes_at([path for path, _ in largest])}
    return AudiencePreview(people, [(names_of.get(path, ""), count) for path, count in largest])


def audience_in_words(audience: Audience) -> str:
    """The rule as one Thai phrase, for the learner who asks "why me"."""
    parts = [_labels(audience.personnel_types, PersonnelType) or "เจ้าหน้าที่ของรัฐทุกประเภท"]
    if audience.position_types:
        parts.append(f"ประเภทตำแหน่ง{_labels(audience.position_types, PositionType)}")
    if audience.position_levels:
        parts.append(f"ระดับ{_labels(audience.position_levels, PositionLevel)}")
    if audience.newly_appointed_days:
        parts.append(f"ที่บรรจุใหม่ภายใน {audience.newly_appointed_days:,} วัน")
    # Read whole and sorted here, so that a caller may have prefetched them.
    agencies = [
        agency.name for agency in sorted(audience.agencies.all(), key=lambda agency: str(agency.path))
    ][:4]
    if agencies:
        parts.append(f"ในสังกัด{_all_of(agencies[:3] + ['หน่วยงานอื่น'] * (len(agencies) > 3))}")
    return " ".join(parts)


def _all_of(words: Sequence[str]) -> str:
    """«กรม ก», «กรม ก และกรม ข», «กรม ก กรม ข และกรม ค»."""
    *others, last = words
    return f"{' '.join(others)} และ{last}" if others else last


def _labels(values: Iterable[str], choices: type[PersonnelType | PositionType | PositionLevel]) -> str:
    words = [str(choices(value).label) for value in values]
    return _all_of(words) if words else ""


PATH_STEP: int = Agency.steplen
AgencyNode = Agency


def nodes_at(paths: Sequence[str]) -> Sequence[Agency]:
    """The agencies at these tree paths."""
    return list(Agency.objects.filter(path__in=paths))


def among(ids: Sequence[int]) -> RawSQL:
    """Ids as one parameter: two thousand of them, each handled by Django, cost an export a seventh of its time."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])


def positions_on(officer_ids: Sequence[int], day: date) -> dict[int, tuple[str, str]]:
    """Position title and level in words of each officer on a day, in one query."""
    rows = (
        Posting.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), officer_id__in=among(officer_ids)
        )
        .filter(starts_on__lte=day)
        .order_by("starts_on", "id")
        .values_list("officer_id", "position_title", "position_level")
    )
    return {
        officer_id: (title, "" if level == PositionLevel.NONE else str(PositionLevel(level).label))
        for officer_id, title, level in rows
    }


def visible_chain(who: Viewer, agency: Agency) -> Sequence[Agency]:
    """The agencies above one that the viewer may open too, highest first: the way back up, no higher than the scope."""
    return [node for node in agency_chain(agency) if who.reaches(node)]


def agency_by_code(code: str) -> Agency:
    """One agency by its code. For loaders and imports, which stand above any viewer's scope."""
    agency: Agency = Agency.objects.get(code=code)
    return agency


def leaf_units(code: str) -> Sequence[tuple[Agency, Sequence[str]]]:
    """The units of an agency that have none below them, each with its own code and those above it, in tree order."""
    root = agency_by_code(code)
    subtree = list(Agency.objects.filter(path__gte=root.path, path__lt=path_end(root.path)).order_by("path"))
    above = [(node.path, node.code) for node in agency_chain(root)]
    known = dict(above) | {node.path: node.code for node in subtree}
    step = PATH_STEP
    return [
        (
            node,
            [
                known[node.path[:end]]
                for end in range(step, len(node.path) + 1, step)
                if node.path[:end] in known
            ],
        )
        for node in subtree
        if node.numchild == 0
    ]


@dataclass(frozen=True)
class DemonstrationAccount:
    """An account anyone may try: its address, who it stands for in words, and the path where it begins."""

    email: str
    label: str
    destination: str


# A panel, not a directory: enough for every role and a few learners.
DEMONSTRATION_LIMIT = 12


def demonstration_accounts() -> Sequence[DemonstrationAccount]:
    """The accounts to try in a demonstration, holders of roles first, in two queries. Show them nowhere else."""
    users = (
        User.objects.filter(is_demonstration=True, is_active=True)
        .annotate(roles=Count("role_grants", filter=Q(role_grants__ended_at__isnull=True)))
        .select_related("officer")
        .prefetch_related(
            Prefetch("role_grants", RoleGrant.objects.filter(ended_at__isnull=True).select_related("agency"))
        )
        .order_by("-is_superuser", "-roles", "id")[:DEMONSTRATION_LIMIT]
    )
    return [_demonstration(user) for user in users]


def _demonstration(user: User) -> DemonstrationAccount:
    grants = list(user.role_grants.all())
    officer = getattr(user, "officer", None)
    who = Viewer(
        user.pk,
        officer.pk if officer else None,
        frozenset(Role(g.role) for g in grants),
        (),
        (),
        user.is_superuser,
    )
    parts = [f"{grant.get_role_display()}{_of(grant)}" for grant in grants]
    if user.is_superuser:
        parts.insert(0, "ผู้ดูแลระบบ")
    if not parts:
        parts.append(f"ผู้เรียน {officer.full_name}" if officer else f"ผู้เรียน {user}")
    # No role depends on the day; `front_door` asks only because `can` does.
    return DemonstrationAccount(user.email, " และ".join(parts), front_door(who, today=date.min))


def _of(grant: RoleGrant) -> str:
    if grant.agency is not None:
        return f" {grant.agency.name}"
    return f" {HrBody(grant.hr_body).label}" if grant.hr_body else ""


def ministries_and_departments() -> Sequence[tuple[Agency, Sequence[Agency]]]:
    """Each ministry with its departments in tree order: the agencies that a rule about people may name. One query."""
    found: list[tuple[Agency, list[Agency]]] = []
    for node in Agency.objects.filter(depth__lte=2).order_by("path"):
        if node.depth == 1:
            found.append((node, []))
        elif found:
            found[-1][1].append(node)
    return found


def audiences() -> "QuerySet[Audience]":
    """Every audience by name."""
    return Audience.objects.order_by("name")


def named(words: str, *, prefix: str = "") -> Q:
    """People whose first or last name begins with each of the words (at most four); `prefix` leads to the officer."""
    condition = Q()
    for word in thai_text.normalise(words).split()[:4]:
        condition &= _begins(f"{prefix}first_name", word) | _begins(f"{prefix}last_name", word)
    return condition


def ids_by_name(words: str, *, most: int) -> Sequence[int] | None:
    """The officers of `named`, found by index; None where there are more than `most`, for whom a list is no help."""
    found = list(Officer.objects.filter(named(words)).order_by().values_list("pk", flat=True)[: most + 1])
    return found if len(found) <= most else None


def _begins(field: str, word: str) -> Q:
    """A prefix condition that the index of either database serves: SQLite uses none for LIKE, but one for a range."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": word, f"{field}__lt": f"{word}\U0010ffff"})
    return Q(**{f"{field}__startswith": word})


def last_agency_id(officer_id: int) -> int | None:
    """The agency of an officer's latest posting, also of one that ended, or none."""
    rows = Posting.objects.filter(officer_id=officer_id).order_by("-starts_on", "-id")
    return rows.values_list("agency_id", flat=True).first()


@dataclass(frozen=True)
class Found:
    """A person found by name: enough to tell two of one name apart, no more."""

    pk: int
    public_id: str
    full_name: str
    position: str
    agency: str


def people_named(who: Viewer, words: str, *, today: date, most: int = 21) -> Sequence[Found]:
    """People within the viewer's scope whose name begins with the words, in Thai order, with their posting today. Two queries."""
    rows = visible_to(who, today=today).filter(named(words)).order_by("sort_key", "id")[:most]
    people = list(rows)
    posts = Posting.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)
    held = {
        post.officer_id: post
        for post in posts.filter(officer__in=[person.pk for person in people])
        .select_related("agency")
        .order_by("starts_on", "id")
    }
    return [
        Found(
            person.pk,
            person.public_id,
            person.full_name,
            held[person.pk].position_title if person.pk in held else "",
            held[person.pk].agency.name if person.pk in held else "",
        )
        for person in people
    ]
