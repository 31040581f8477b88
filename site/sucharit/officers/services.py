"""Writes about people and agencies: verbs, keyword-only, one transaction each."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from sucharit.kernel import national_id, thai_text
from sucharit.kernel.errors import Conflict, Refused
from sucharit.officers.enums import HrBody, PositionLevel, PositionType, Role
from sucharit.officers.leaving import anonymise as anonymise
from sucharit.officers.leaving import hold as hold
from sucharit.officers.leaving import refuse_anonymising as refuse_anonymising
from sucharit.officers.models import Agency, Audience, Moved, Officer, Posting, RoleGrant, User

AGENCIES_FILE = Path(__file__).parent / "data" / "agencies.toml"
# Wagtail's own groups carry the permissions of its admin; a role that works there maps to one of them.
CONTENT_GROUPS = {
    Role.AUTHOR: "ผู้เขียนเนื้อหา",
    Role.EDITOR: "บรรณาธิการและผู้อนุมัติ",
    Role.APPROVER: "บรรณาธิการและผู้อนุมัติ",
    Role.SECRETARIAT: "ฝ่ายเลขานุการ",
}
BATCH = 1_000
# Printed on the sign-in page of a demonstration; `startup.refuse_unsafe` keeps such accounts out of any other installation.
DEMONSTRATION_PASSWORD = "sucharit-demo-2569"  # noqa: S105 - public on purpose


@dataclass(frozen=True)
class LoadReport:
    """What a load did, in rows."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class NewOfficer:
    """One person to enter, with the posting they hold. `national_id` is checked, hashed and forgotten."""

    title: str
    first_name: str
    last_name: str
    personnel_type: str
    agency: Agency
    position_title: str
    position_type: str = PositionType.OTHER
    position_level: str = PositionLevel.NONE
    starts_on: date = date(2020, 10, 1)
    entered_service_on: date | None = None
    national_id: str = ""


@transaction.atomic
def load_agencies(*, path: Path = AGENCIES_FILE) -> LoadReport:
    """Bring the agency tree to what the file says, matching by code. Nothing is ever deleted by a load."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["agency"]
    known = {agency.code: agency for agency in Agency.objects.all()}
    added = changed = 0
    for row in rows:
        facts = {name: row[name] for name in ("name", "short_name", "level", "area", "hr_body")}
        facts["name"] = thai_text.normalise(facts["name"])
        agency = known.get(row["code"])
        if agency is None:
            known[row["code"]] = _plant(known.get(row["parent"]), code=row["code"], **facts)
            added += 1
        elif any(getattr(agency, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(agency, name, value)
            agency.save(update_fields=list(facts))
            changed += 1
    return LoadReport(added, changed, len(rows) - added - changed)


def add_agency(*, parent: Agency | None, code: str, name: str, level: str, **facts: str) -> Agency:
    """One more agency below `parent` (None: a ministry). Raises Conflict where the code is taken."""
    if Agency.objects.filter(code=code).exists():
        raise Conflict("agency_code_taken", f"มีหน่วยงานรหัส {code} อยู่แล้ว")
    with transaction.atomic():
        fresh = Agency.objects.get(pk=parent.pk) if parent is not None else None
        return _plant(fresh, code=code, name=thai_text.normalise(name), level=level, **facts)


def _plant(parent: Agency | None, **facts: str) -> Agency:
    # The parent keeps its own count of children in memory, so siblings can be planted one after another.
    agency: Agency = Agency.add_root(**facts) if parent is None else parent.add_child(**facts)
    return agency


@transaction.atomic
def enter_officers(*, people: Iterable[NewOfficer]) -> Sequence[Officer]:
    """Enter many people with their postings, in batches of bounded memory per insert.

    Raises Conflict where a national id is already known (the database decides, so two loads cannot both win).
    """
    key = settings.NATIONAL_ID_KEY.encode()
    officers: list[Officer] = []
    postings: list[Posting] = []
    for person in people:
        officer = Officer(
            title=person.title,
            first_name=thai_text.normalise(person.first_name),
            last_name=thai_text.normalise(person.last_name),
            personnel_type=person.personnel_type,
            entered_service_on=person.entered_service_on,
        )
        if person.national_id:
            number = national_id.parse(person.national_id)
            officer.national_id_hash = national_id.keyed_hash(number, key)
            officer.national_id_tail = national_id.masked_tail(number)
        officer.set_sort_key()
        officers.append(officer)
        postings.append(
            Posting(
                officer=officer,
                agency=person.agency,
                position_title=person.position_title,
                position_type=person.position_type,
                position_level=person.position_level,
                starts_on=person.starts_on,
            )
        )
    Officer.objects.bulk_create(officers, batch_size=BATCH)
    for posting, officer in zip(postings, officers, strict=True):
        posting.officer_id = officer.pk
    Posting.objects.bulk_create(postings, batch_size=BATCH)
    Moved.objects.bulk_create([Moved(officer_id=officer.pk) for officer in officers], batch_size=BATCH)
    return officers


@transaction.atomic
def post_officer(
    *,
    officer: Officer,
    agency: Agency,
    position_title: str,
    position_type: str,
    position_level: str,
    starts_on: date,
    now: datetime | None = None,
) -> Posting:
    """Move an officer: the open posting ends the day before, the new one begins. Past postings stay as they were.

    `now` is when this became known; a move that is recorded late shows as such in what is said of the days before.
    """
    hold(officer_ids=[officer.pk])
    current = Posting.objects.filter(officer=officer, ends_on__isnull=True).first()
    if current is not None:
        if starts_on <= current.starts_on:
            raise Refused("posting_out_of_order", "วันที่เริ่มดำรงตำแหน่งต้องอยู่หลังวันที่เริ่มตำแหน่งปัจจุบัน")
        current.ends_on = starts_on - timedelta(days=1)
        current.save(update_fields=["ends_on"])
    Moved.objects.create(officer=officer)
    return Posting.objects.create(
        officer=officer,
        agency=agency,
        position_title=position_title,
        position_type=position_type,
        position_level=position_level,
        starts_on=starts_on,
        recorded_at=now,
    )


@transaction.atomic
def open_account(
    *,
    email: str,
    password: str,
    officer: Officer | None = None,
    first_name: str = "",
    is_demonstration: bool = False,
) -> User:
    """An account with a verified address: whoever enters the roster vouches for it, so no mail is needed to begin.

    Raises Conflict where an account has the address, in any case of its letters.
    """
    taken = Conflict("email_taken", "มีบัญชีที่ใช้อีเมลนี้แล้ว")
    if is_address_taken(email):
        raise taken
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email,
                password,
                first_name=officer.first_name if officer else first_name,
                last_name=officer.last_name if officer else "",
                is_demonstration=is_demonstration,
            )
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError as error:
        # Somebody else opened it between the look above and the write: the database decides.
        raise taken from error
    if officer is not None:
        officer.user = user
        officer.save(update_fields=["user"])
    return user


def is_address_taken(email: str, *, but_by: int | None = None) -> bool:
    """Whether another account signs in with this address, or has asked to, in any case of its letters."""
    users = User.objects.filter(email__iexact=email)
    asked = EmailAddress.objects.filter(email__iexact=email)
    if but_by is not None:
        users, asked = users.exclude(pk=but_by), asked.exclude(user_id=but_by)
    return users.exists() or bool(asked.exists())


@transaction.atomic
def vouch_for_email(*, user: User) -> None:
    """Make `user.email` the account's only, verified address: an administrator has entered it and answers for it.

    Raises Conflict where another account already signs in with it.
    """
    if is_address_taken(user.email, but_by=user.pk):
        raise Conflict("email_taken", "มีบัญชีที่ใช้อีเมลนี้แล้ว")
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email__iexact=user.email, defaults={"email": user.email, "verified": True, "primary": True}
    )


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    now: datetime,
    agency: Agency | None = None,
    hr_body: HrBody | None = None,
    granted_by: User | None = None,
) -> RoleGrant:
    """Give a role. Roles that work in Wagtail's admin also join the group that holds their permissions there."""
    if role == Role.AGENCY_HR and agency is None:
        raise Refused("role_needs_agency", "บทบาทเจ้าหน้าที่บุคคลต้องระบุหน่วยงาน")
    if role == Role.CENTRAL_HR and hr_body is None:
        raise Refused("role_needs_body", "บทบาทนี้ต้องระบุองค์กรกลางบริหารงานบุคคล")
    if role in CONTENT_GROUPS:
        user.groups.add(Group.objects.get(name=CONTENT_GROUPS[role]))
    grant, _ = RoleGrant.objects.get_or_create(
        user=user,
        role=role,
        agency=agency,
        hr_body=hr_body or "",
        ended_at=None,
        defaults={"granted_by": granted_by, "granted_at": now},
    )
    return grant


@transaction.atomic
def end_role(*, grant: RoleGrant, now: datetime) -> None:
    """Take a role back. The row stays, with its end; a Wagtail group is left when no other role needs it."""
    if not RoleGrant.objects.filter(pk=grant.pk, ended_at__isnull=True).update(ended_at=now):
        return
    group = CONTENT_GROUPS.get(Role(grant.role))
    still = RoleGrant.objects.filter(user=grant.user, ended_at__isnull=True).values_list("role", flat=True)
    if group and group not in {CONTENT_GROUPS.get(Role(role)) for role in still}:
        grant.user.groups.remove(Group.objects.get(name=group))


@transaction.atomic
def save_audience(
    *, name: str, agencies: Sequence[Agency] = (), audience: Audience | None = None, **rule: object
) -> Audience:
    """One audience by name, made or brought to this rule; `audience` is the one to rename where the name changed.

    Raises Conflict where another audience has the name.
    """
    if audience is None:
        audience, _ = Audience.objects.update_or_create(name=name, defaults=rule)
    else:
        if Audience.objects.filter(name=name).exclude(pk=audience.pk).exists():
            raise Conflict("audience_name_taken", "มีกลุ่มเป้าหมายชื่อนี้แล้ว")
        for field, value in {"name": name, **rule}.items():
            setattr(audience, field, value)
        audience.save()
    audience.agencies.set(agencies)
    return audience
