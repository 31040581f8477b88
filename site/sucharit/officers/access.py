"""One function decides access (`can`), one scope starts every query about people (`visible_to`).

Both read a `Viewer`: the person's open grants, loaded once per request in a single query. Outside the scope is 404, which
is why the scope is a queryset and not a list of refusals.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from sucharit.officers.enums import (
    ADMIN_ROLES,
    CORRECTING_ROLES,
    NATIONAL_ROLES,
    PEOPLE_ROLES,
    HrBody,
    Role,
    Verb,
)
from sucharit.officers.models import Agency, Officer, Posting, User

if TYPE_CHECKING:
    from django.http import HttpRequest

_CACHE = "_sucharit_viewer"


@dataclass(frozen=True)
class Viewer:
    """Who is looking: the account, its own officer record, and what its open grants reach.

    `paths` are the tree paths of the subtrees an agency's HR may see; `bodies` the central HR bodies; `national` all.
    """

    user_id: int | None
    officer_id: int | None
    roles: frozenset[Role]
    paths: tuple[str, ...]
    bodies: tuple[str, ...]
    is_superuser: bool = False

    @property
    def is_signed_in(self) -> bool:
        """Whether there is an account at all."""
        return self.user_id is not None

    @property
    def sees_everyone(self) -> bool:
        """Whether no scope limits this viewer."""
        return bool(self.roles & NATIONAL_ROLES)

    def sees_subtree(self, agency: Agency) -> bool:
        """Whether everything below the agency is in scope, and not only the agencies of some body."""
        return self.sees_everyone or any(agency.path.startswith(path) for path in self.paths)

    def reaches(self, agency: Agency) -> bool:
        """Whether the agency lies in the viewer's scope."""
        if self.sees_everyone or agency.hr_body in self.bodies:
            return True
        return any(agency.path.startswith(path) for path in self.paths)


NOBODY = Viewer(None, None, frozenset(), (), ())


def viewer_of(user: User | AnonymousUser) -> Viewer:
    """The viewer behind an account, in one query; kept on the account object for the rest of the request."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    kept: Viewer | None = getattr(user, _CACHE, None)
    if kept is not None:
        return kept
    rows = list(_with_grants(User.objects.filter(pk=user.pk)))
    viewer = _from_grants(user, rows)
    setattr(user, _CACHE, viewer)
    return viewer


def account_with_viewer(user_id: str | int) -> User | None:
    """An account by its key with its viewer already known, in the one query that every signed-in request begins with."""
    rows = list(_with_grants(User.objects.filter(pk=user_id)))
    if not rows:
        return None
    user: User = rows[0]
    if user.is_active:
        setattr(user, _CACHE, _from_grants(user, rows))
    return user


def _with_grants(accounts: "QuerySet[User]") -> "QuerySet[User]":
    """One row for each grant of an account, and one for an account without any."""
    grant = "role_grants__"
    return accounts.annotate(
        own_officer=F("officer__id"),
        grant_role=F(f"{grant}role"),
        grant_path=F(f"{grant}agency__path"),
        grant_body=F(f"{grant}hr_body"),
        grant_ended=F(f"{grant}ended_at"),
    ).order_by()


def _from_grants(user: User, rows: Sequence[Any]) -> Viewer:
    grants = [
        (row.grant_role, row.grant_path, row.grant_body)
        for row in rows
        if row.grant_role and row.grant_ended is None
    ]
    return Viewer(
        user_id=user.pk,
        officer_id=next((row.own_officer for row in rows), None),
        roles=frozenset(Role(role) for role, _, _ in grants),
        paths=tuple(path for role, path, _ in grants if role == Role.AGENCY_HR and path),
        bodies=tuple(str(HrBody(body)) for role, _, body in grants if role == Role.CENTRAL_HR and body),
        is_superuser=user.is_superuser,
    )


def viewer(request: "HttpRequest") -> Viewer:
    """The viewer of this request."""
    return viewer_of(request.user)  # type: ignore[arg-type]


def can(who: Viewer, verb: Verb, thing: Agency | Officer | None = None, *, today: date) -> bool:
    """Whether `who` may do `verb`, to `thing` where the verb has one. The only place where roles are read.

    `thing` is an Agency for VIEW_AGENCY and EXPORT_PEOPLE, an Officer for VIEW_OFFICER, either or none (any at all) for
    CORRECT_RECORDS and DECIDE_RECORDS.
    """
    if not who.is_signed_in:
        return False
    match verb:
        case Verb.LEARN:
            return who.officer_id is not None
        case _ if verb in ADMIN_ROLES:
            return who.is_superuser or bool(who.roles & ADMIN_ROLES[verb])
        case Verb.OPEN_HR_DESK | Verb.VIEW_AGENCY | Verb.EXPORT_PEOPLE:
            reached = verb == Verb.OPEN_HR_DESK or (isinstance(thing, Agency) and who.reaches(thing))
            return bool(who.roles & PEOPLE_ROLES) and reached
        case Verb.VIEW_OFFICER:
            return isinstance(thing, Officer) and visible_to(who, today=today).filter(pk=thing.pk).exists()
        case Verb.CORRECT_RECORDS | Verb.DECIDE_RECORDS:
            return _corrects(who, thing, today=today)
    raise AssertionError(verb)


def correcting(who: Viewer) -> Viewer:
    """The same viewer with what they may correct, not only see: without what they audit, and without their own record."""
    return replace(who, roles=who.roles & CORRECTING_ROLES, officer_id=None)


def _corrects(who: Viewer, thing: Agency | Officer | None, *, today: date) -> bool:
    reach = correcting(who)
    if not reach.roles or thing is None:
        return bool(reach.roles)
    if isinstance(thing, Agency):
        return reach.reaches(thing)
    return visible_to(reach, today=today).filter(pk=thing.pk).exists()


def _subtree(prefix: str, paths: Iterable[str]) -> Q:
    """Rows whose agency path lies under any of the paths, as index ranges (a prefix LIKE is not, in every collation)."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}path__gte": path, f"{prefix}path__lt": path_end(path)})
    return condition


def path_end(path: str) -> str:
    """The first path after the whole subtree of `path`, so that [path, path_end) is the subtree."""
    alphabet: str = Agency.alphabet
    for position in range(len(path) - 1, -1, -1):
        index = alphabet.index(path[position])
        if index + 1 < len(alphabet):
            return path[:position] + alphabet[index + 1]
    return path + alphabet[-1]


def agencies_visible_to(who: Viewer) -> "QuerySet[Agency]":
    """The agencies whose people `who` may see."""
    everything: QuerySet[Agency] = Agency.objects.all()
    if who.sees_everyone:
        return everything
    if not who.roles & PEOPLE_ROLES:
        return everything.none()
    return everything.filter(_subtree("", who.paths) | Q(hr_body__in=who.bodies))


def visible_to(who: Viewer, *, today: date) -> "QuerySet[Officer]":
    """The officers `who` may see today: everyone, those posted in reach, or only oneself. Starts every query on people."""
    everyone = Officer.objects.all()
    if not who.is_signed_in:
        return everyone.none()
    if who.sees_everyone:
        return everyone
    oneself = Q(pk=who.officer_id) if who.officer_id is not None else Q(pk__in=[])
    if not who.roles & PEOPLE_ROLES:
        return everyone.filter(oneself)
    held = Posting.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        _subtree("agency__", who.paths) | Q(agency__hr_body__in=who.bodies),
        officer=OuterRef("pk"),
        starts_on__lte=today,
    )
    return everyone.filter(Exists(held) | oneself)
