"""People of the HR desk for tests, and the shortest way to a proposal."""

from datetime import timedelta

from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.officers.models import User
from sucharit.officers.selectors import viewer_of
from sucharit.records import proposals
from sucharit.records.enums import ProposalKind
from tests.conftest import NOW, PASSWORD
from tests.records.build import CODE

LATER = NOW + timedelta(hours=1)


def seen_as(user):
    """The viewer behind an account, read afresh."""
    return viewer_of(User.objects.get(pk=user.pk))


def colleague(agency, name: str = "colleague") -> User:
    """Another HR of an agency."""
    user = people.open_account(email=f"{name}@example.go.th", password=PASSWORD, first_name=name)
    people.grant_role(user=user, role=Role.AGENCY_HR, agency=agency, now=NOW)
    return user


PAYLOADS = {
    ProposalKind.MANUAL: {"subject": CODE, "day": "2026-11-20", "method": "classroom", "evidence": "รุ่นที่ 3"},
    ProposalKind.RECOGNISE: {"subject": CODE, "day": "2026-10-20", "source": "สถาบันพระปกเกล้า"},
}


def drafted(world, kind, *, by=None, officer=None, now=NOW, payload=None, **facts):
    """A draft by HR of the department (or `by`) about Somsri."""
    facts.setdefault("reason", "เหตุผลของหน่วยงาน")
    wanted = proposals.Wanted(
        kind=ProposalKind(kind),
        officer=officer or world.somsri,
        payload=PAYLOADS.get(kind, {}) if payload is None else payload,
        **facts,
    )
    return proposals.draft(wanted=wanted, who=seen_as(by or world.daruni.user), now=now)


def confirmed(world, kind, *, by=None, now=NOW, **facts):
    """The same, and confirmed by its maker."""
    made = drafted(world, kind, by=by, now=now, **facts)
    return proposals.confirm(proposal_id=made.pk, who=seen_as(by or world.daruni.user), now=now)


def approved(world, proposal, by, *, now=LATER, note=""):
    """Approved by somebody."""
    return proposals.approve(proposal_id=proposal.pk, who=seen_as(by), now=now, note=note)
