"""Writes of requirements: versions of their rules, their rounds, and bringing a rule to its people."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import FiscalYear, local_date
from sucharit.officers import selectors as officers
from sucharit.records import applications, projection
from sucharit.records.enums import Cycle
from sucharit.records.models import Requirement, RequirementPeriod, RuleDraft, RuleVersion, Subject
from sucharit.records.rules import FOREVER, Rule, as_json

# Facts that are words for people, not a part of what is asked.
_WORDS = frozenset({"title", "contact"})


def period_dates(requirement: Requirement | RuleDraft, year: FiscalYear) -> tuple[date, date, date]:
    """Opening, due and closing day of a requirement in a fiscal year. A 31st that a month lacks becomes its last day."""
    calendar_year = year.start.year if requirement.due_month >= 10 else year.end.year
    day = min(requirement.due_day, monthrange(calendar_year, requirement.due_month)[1])
    return year.start, date(calendar_year, requirement.due_month, day), year.end


@transaction.atomic
def save_requirement(
    *, code: str, now: datetime, subjects: Sequence[Subject] | None = None, **facts: Any
) -> Requirement:
    """Make a requirement, or change it; what it asks becomes a new version of its rule, in force from today.

    For loaders, and for what was approved elsewhere (`rule_drafts`). `subjects` are all that count, the leading one among them;
    without them the leading one alone. Its audience is taken as it stands now: one edited later asks nothing of anybody until it is
    saved here again. Refused where the leading subject of one that already has a period would change.
    """
    held = Requirement.objects.select_for_update(no_key=True).filter(code=code)
    requirement = held.first()
    if requirement is None:
        try:
            with transaction.atomic():
                requirement = Requirement.objects.create(code=code, rule_version=0, **facts)
        except IntegrityError:
            # Somebody made it at the same moment: what is asked here changes theirs.
            requirement = held.get()
        else:
            requirement.subjects.set(subjects or [requirement.subject])
            _new_version(requirement, rule_json(requirement), now)
            return requirement
    changed = {name for name, value in facts.items() if getattr(requirement, name) != value}
    if "subject" in changed and requirement.periods.exists():
        raise InvalidInput(
            "subject_is_asked", "ข้อกำหนดที่เปิดรอบแล้วเปลี่ยนรายวิชาไม่ได้ โปรดเพิ่มข้อกำหนดใหม่", field="subject"
        )
    for name in changed:
        setattr(requirement, name, facts[name])
    requirement.save()
    if subjects is not None or "subject" in changed:
        requirement.subjects.set(subjects or [requirement.subject])
    last = requirement.versions.filter(number=requirement.rule_version).first()
    rule = rule_json(requirement)
    if last is None or differs(last.rule, rule) or changed - _WORDS:
        _new_version(requirement, rule, now)
    return requirement


def differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two kept rules ask for different things; what the older one does not speak of is no difference."""
    return any(new.get(name) != value for name, value in old.items())


def next_number(requirement: Requirement) -> int:
    """The number of the next version: some may be approved that are not in force yet."""
    last = requirement.versions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _new_version(requirement: Requirement, rule: Mapping[str, Any], now: datetime) -> RuleVersion:
    requirement.rule_version = next_number(requirement)
    requirement.save(update_fields=["rule_version"])
    return RuleVersion.objects.create(
        requirement=requirement,
        number=requirement.rule_version,
        effective_on=local_date(now),
        rule=rule,
        audience_name=requirement.audience.name,
        reason=requirement.reason,
        legal_basis=requirement.legal_basis,
        approved_at=now,
    )


def rule_json(requirement: Requirement | RuleDraft) -> dict[str, Any]:
    """What the columns of a requirement, or a draft of one, and its audience say now, as a version keeps it."""
    audience = officers.rule_of(requirement.audience)
    rule = Rule(
        version=0,
        effective_on=date.min,
        cycle=Cycle(requirement.cycle),
        # The leading subject first: a refresher stands for it.
        subjects=sorted(
            requirement.subjects.values_list("pk", flat=True),
            key=lambda pk: (pk != requirement.subject_id, pk),
        ),
        audience=audience,
        need=requirement.need,
        refresher=requirement.refresher_id,
        due_days=requirement.due_days,
        window_days=requirement.window_days,
        min_validity_months=requirement.min_validity_months,
        grace_days=requirement.grace_days,
        valid_months=requirement.valid_months,
        is_active=requirement.is_active,
    )
    kept = as_json(rule, list(requirement.audience.agencies.values_list("pk", flat=True)))
    # The days of a round are those of its opening; here for whoever reads what a version said.
    return {**kept, "due_month": requirement.due_month, "due_day": requirement.due_day}


@transaction.atomic
def open_period(*, requirement: Requirement, fiscal_year: int | None, now: datetime) -> RequirementPeriod:
    """The round of a fiscal year (None: the only round of a requirement without years), made at the first call.

    It follows the version in force from now on. The dates of an open round stay as they were opened.
    """
    # Locked, so that two people who press the button at once take turns; not its key, to which every award refers.
    rules = Requirement.objects.select_for_update(of=("self",), no_key=True)
    requirement = rules.get(pk=requirement.pk)
    opens_on, due_on, closes_on = _dates(requirement, fiscal_year, now)
    period, _ = RequirementPeriod.objects.get_or_create(
        requirement=requirement,
        fiscal_year=fiscal_year,
        defaults={"opens_on": opens_on, "due_on": due_on, "closes_on": closes_on},
    )
    if period.rule_version != requirement.rule_version:
        period.rule_version = requirement.rule_version
        period.save(update_fields=["rule_version"])
    return period


def _dates(
    requirement: Requirement, fiscal_year: int | None, now: datetime
) -> tuple[date, date | None, date]:
    if fiscal_year is not None:
        return period_dates(requirement, FiscalYear(fiscal_year))
    return local_date(now), None, FOREVER


def apply_requirement(
    *, requirement: Requirement, fiscal_year: int | None, now: datetime
) -> RequirementPeriod:
    """Open the round if needed and bring its standings to what rule and postings say, all at once.

    Safe to run again, and beside learners: it goes in pieces, each a transaction of its own (`applications`).
    """
    period = open_period(requirement=requirement, fiscal_year=fiscal_year, now=now)
    applications.run(applications.begin(period, now=now), now=now)
    period.refresh_from_db()
    return period


def open_rounds(*, now: datetime) -> int:
    """Open this year's round of every requirement in use, and begin bringing every round that is due for it. Returns how many began.

    The worker's: a new fiscal year, a version approved yesterday or a fresh installation needs nobody to press a button.
    """
    begun = 0
    year = FiscalYear.of(local_date(now)).year
    current = Requirement.objects.filter(is_active=True, versions__isnull=False).distinct()
    for requirement in current:
        wanted = year if requirement.cycle == Cycle.FISCAL_YEAR else None
        if not requirement.periods.filter(fiscal_year=wanted).exists():
            open_period(requirement=requirement, fiscal_year=wanted, now=now)
    for period in applications.unapplied(now=now):
        applications.begin(period, now=now)
        begun += 1
    return begun


@transaction.atomic
def bring_rounds(*, requirement: Requirement, now: datetime) -> int:
    """Begin bringing the open rounds of a requirement up to date; this year's is opened where there is none. Returns how many began."""
    today = local_date(now)
    wanted = FiscalYear.of(today).year if requirement.cycle == Cycle.FISCAL_YEAR else None
    if requirement.is_active and not requirement.periods.filter(fiscal_year=wanted).exists():
        open_period(requirement=requirement, fiscal_year=wanted, now=now)
    rounds = list(requirement.periods.filter(opens_on__lte=today, closes_on__gte=today))
    for period in rounds:
        applications.begin(period, now=now)
    return len(rounds)


@transaction.atomic
def recount_coverage(*, period: RequirementPeriod) -> int:
    """Count the coverage of a period from its standings. Returns how many counts were wrong before."""
    projection.waited()
    return projection.recount(period)
