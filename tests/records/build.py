"""Subjects, requirements and completions for tests, entered through the services that real ones enter through."""

from datetime import datetime, timedelta

from sucharit.officers import services as people
from sucharit.records import following, selectors, services
from sucharit.records.models import (
    Coverage,
    Edition,
    Requirement,
    RequirementPeriod,
    Standing,
)
from sucharit.records.services import Completion
from tests.conftest import NOW

CODE = "ETH-1"


def edition(
    code: str = CODE, *, title: str = "มาตรฐานทางจริยธรรม", digest: str = "a" * 64, minutes: int = 90
) -> Edition:
    """What a course would announce."""
    made, _ = services.announce_edition(code=code, title=title, minutes=minutes, digest=digest, now=NOW)
    return made


def known(code: str) -> Edition:
    """The edition that stands, or a first one."""
    return selectors.latest_edition(code) or edition(code)


def requirement(agencies=(), *, code: str = "R1", subject: str = CODE, **facts) -> Requirement:
    """An audience by agencies, and what it must complete."""
    rule = {key: facts.pop(key) for key in ("personnel_types",) if key in facts}
    audience = people.save_audience(name=f"กลุ่ม {code}", agencies=list(agencies), **rule)
    return services.save_requirement(
        code=code,
        title=f"ข้อกำหนด {code}",
        subject=known(subject).subject,
        audience=audience,
        reason="เพราะเป็นแผนของหน่วยงาน",
        **{"now": NOW, **facts},
    )


def applied(agencies=(), *, year: int = 2570, now: datetime = NOW, **facts) -> RequirementPeriod:
    """A requirement whose period is open and filled."""
    return services.apply_requirement(requirement=requirement(agencies, **facts), fiscal_year=year, now=now)


def again(period: RequirementPeriod, *, now: datetime = NOW) -> RequirementPeriod:
    """Apply the same requirement once more."""
    rule = Requirement.objects.get(pk=period.requirement_id)
    settle(now)
    return services.apply_requirement(requirement=rule, fiscal_year=period.fiscal_year, now=now)


def settle(now: datetime | None = None) -> None:
    """Seal what waits and let the standings follow, as the worker does within seconds."""
    services.settle(now=now or NOW + timedelta(days=1))


def complete(
    officer, *, at: datetime = NOW, key: str = "", code: str = CODE, now: datetime | None = None, **facts
):
    """One completion, recorded a minute later; no certificate unless asked for."""
    facts.setdefault("issue_certificate", False)
    settled = facts.pop("settled", True)
    award = services.record_award(
        completion=Completion(
            key=key or f"test:{officer.pk}:{at.isoformat()}",
            officer_id=officer.pk,
            subject_code=code,
            edition_id=facts.pop("edition_id", None) or known(code).pk,
            completed_at=at,
            **facts,
        ),
        now=now or max(at, NOW) + timedelta(minutes=1),
    )
    if settled:
        settle(now or max(at, NOW) + timedelta(minutes=1))
    return award


def rules_round(now: datetime) -> int:
    """What the worker does for rules in one round."""
    return following.take_up_rules(now) + following.open_rounds(now) + following.apply_rules(now)


def recorded(officer, **facts):
    """One completion that waits to be sealed."""
    return complete(officer, settled=False, **facts)


def transfer(officer, agency, *, on) -> None:
    """Move somebody to another agency from a day on."""
    people.post_officer(
        officer=officer,
        agency=agency,
        position_title="นักวิชาการเงินและบัญชี",
        position_type="academic",
        position_level="K3",
        starts_on=on,
    )


def standing(officer, period) -> Standing | None:
    """Where somebody stands in a period."""
    return Standing.objects.filter(officer=officer, period=period, until_at__isnull=True).first()


def counted(period) -> dict[tuple[int, str], int]:
    """The coverage as it is kept, without its noughts."""
    rows = Coverage.objects.filter(period=period, people__gt=0)
    found: dict[tuple[int, str], int] = {}
    for row in rows:
        found[row.agency_id, row.state] = found.get((row.agency_id, row.state), 0) + row.people
    return found


def recounted(period) -> dict[tuple[int, str], int]:
    """The coverage counted slowly, one person at a time."""
    found: dict[tuple[int, str], int] = {}
    for row in Standing.objects.filter(period=period, until_at__isnull=True).exclude(state="not_required"):
        found[row.agency_id, row.state] = found.get((row.agency_id, row.state), 0) + 1
    return found
