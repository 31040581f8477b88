"""Random worlds, in the database and in the plain model alike: agencies, people, rules, the worker and the clock.

Everything is picked from a list of small numbers, so that a world that fails shrinks to a plain one.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers import services as people
from sucharit.officers.models import Agency, Audience, Officer, User
from sucharit.records import services
from sucharit.records.enums import Cycle, ReasonCode
from sucharit.records.models import (
    Requirement,
    RequirementPeriod,
    Subject,
)
from tests.records import plain
from tests.records.build import rules_round
from tests.records.plain import Plain

BEGIN = datetime(2025, 10, 20, 2, 30, tzinfo=UTC)
SUBJECTS = ("S1", "S2", "S3")
REFRESHER = "SR"
TREE = {"M1": None, "M2": None, "D1": "M1", "D2": "M1", "D3": "M2", "L1": "D1", "L2": "D1", "L3": "D2"}
LEAVES = ("L1", "L2", "L3", "D2", "D3")
KINDS = ("civil_servant", "government_employee")
LEVELS = ("K1", "K2", "O1")
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
# How long nothing happens between two events; None: until the next midnight in Bangkok.
GAPS = (plain.MOMENT, SECOND, HOUR, 5 * HOUR, None, DAY, 3 * DAY, 6 * DAY, 11 * DAY, 19 * DAY, 33 * DAY)
WHY = ReasonCode.OTHER


def round_name(period: RequirementPeriod) -> str:
    """What the model calls a period."""
    return f"{period.requirement.code}/{period.fiscal_year or ''}"


class Numbers:
    """Small numbers to pick by, in order; noughts once they are used up."""

    def __init__(self, numbers: Sequence[int]) -> None:
        """The numbers."""
        self.left = list(reversed(numbers))

    def number(self, below: int) -> int:
        """A number from 0 up to one below this."""
        return self.left.pop() % below if self.left else 0

    def one(self, among: Sequence[Any]) -> Any:
        """One of these."""
        return among[self.number(len(among))]

    def some(self, among: Sequence[Any], least: int = 1) -> list[Any]:
        """Some of these, in their order."""
        start, length = self.number(len(among)), least + self.number(len(among) - least + 1)
        chosen = {among[(start + step) % len(among)] for step in range(length)}
        return [each for each in among if each in chosen]


class World:
    """A world that things happen to, in the database and in the plain model alike."""

    def __init__(self, numbers: Sequence[int], *, agencies_move: bool = True) -> None:
        """Agencies, subjects, people and rules by these numbers."""
        n = Numbers(numbers)
        self.now = BEGIN
        self.plain = Plain(parents=dict(TREE))
        self.agencies_move = agencies_move
        self.instants: list[datetime] = []
        self.keys: dict[str, int] = {}
        self.decided: dict[str, int] = {}
        self.count = 0
        self.actor: int = User.objects.create_user("actor@example.go.th").pk
        made: dict[str, Agency] = {}
        for code, parent in TREE.items():
            made[code] = people.add_agency(
                parent=made[parent] if parent else None,
                code=code,
                name=f"หน่วยงาน {code}",
                level="01" if parent is None else "02",
            )
        for code in (*SUBJECTS, REFRESHER):
            self.announce(code)
        self.officers: dict[str, Officer] = {}
        for _ in range(3 + n.number(4)):
            self.enter(n)
        self.rules = [f"R{place}" for place in range(1 + n.number(3))]
        for place, code in enumerate(self.rules):
            self.make_rule(code, n, cycle=list(Cycle)[(place + n.number(3)) % 3])
        self.dirty = True

    # --- making things --------------------------------------------------------------------------------------

    def announce(self, code: str) -> None:
        """A new edition of a subject."""
        self.count += 1
        services.announce_edition(
            code=code, title=f"วิชา {code}", minutes=60, digest=f"{self.count:064}", now=self.now
        )

    def enter(self, n: Numbers) -> None:
        """Somebody new."""
        name = f"P{len(self.officers)}"
        leaf, kind, level = n.one(LEAVES), n.one(KINDS), n.one(LEVELS)
        starts_on = local_date(self.now) + n.one((-900, -900, -10, -3, 0, 4)) * DAY
        newcomer = people.NewOfficer(
            title="นาย",
            first_name=f"ชื่อ{name}",
            last_name="สมมติ",
            personnel_type=kind,
            agency=Agency.objects.get(code=leaf),
            position_title="นักวิชาการ",
            position_type="academic",
            position_level=level,
            starts_on=starts_on,
            entered_service_on=starts_on,
        )
        (self.officers[name],) = people.enter_officers(people=[newcomer])
        self.plain.add(
            plain.Entered(name, kind, starts_on), plain.Posted(name, leaf, level, starts_on, self.now)
        )
        self.mark(starts_on)

    def mark(self, *days: date | None) -> None:
        """Days at whose beginning something may change."""
        self.instants += [midnight(day) for day in days if day is not None and day < plain.FOREVER]

    def audience(self, code: str, n: Numbers) -> tuple[Audience, dict[str, Any]]:
        """Whom a rule names."""
        agencies = n.one(((), ("M1",), ("M1",), ("D1", "D3"), ("L1",), ("M2", "L2")))
        personnel = n.one(((), (), KINDS[:1]))
        levels = n.one(((), (), (), LEVELS[:2]))
        newly = n.one((None, None, None, None, 30))
        audience = people.save_audience(
            name=f"กลุ่ม {code}",
            agencies=list(Agency.objects.filter(code__in=agencies)),
            personnel_types=list(personnel),
            position_levels=list(levels),
            newly_appointed_days=newly,
        )
        if newly:
            for row in self.plain.all(plain.Entered):
                self.mark(row.entered_on and row.entered_on + newly * DAY)
        return audience, {
            "agencies": frozenset(agencies),
            "personnel": frozenset(personnel),
            "levels": frozenset(levels),
            "newly_days": newly,
        }

    def make_rule(self, code: str, n: Numbers, cycle: Cycle) -> None:
        """A first version of a rule."""
        audience, named = self.audience(code, n)
        subjects = n.some(SUBJECTS, 1)
        need = 1 if cycle == Cycle.ANNIVERSARY else 1 + n.number(len(subjects))
        facts: dict[str, Any] = {
            "need": need,
            "grace_days": n.one((0, 0, 10)),
            "window_days": n.one((0, 30, 90)),
            "min_validity_months": n.one((0, 3, 6)) if cycle == Cycle.FISCAL_YEAR else 0,
            "due_days": None if cycle == Cycle.FISCAL_YEAR else n.one((5, 30, 90)),
            "valid_months": n.one((1, 3, 6)) if cycle == Cycle.ANNIVERSARY else None,
        }
        refresher = n.one((None, REFRESHER))
        months = n.one(((9, 30), (3, 31), (2, 31), (12, 15)))
        self.save_rule(
            code,
            {"subjects": tuple(subjects), "refresher": refresher, "cycle": str(cycle), **named, **facts},
            audience=audience,
            subject=Subject.objects.get(code=subjects[0]),
            title=f"ข้อกำหนด {code}",
            reason="แผนของหน่วยงาน",
            cycle=cycle,
            due_month=months[0],
            due_day=months[1],
            refresher=Subject.objects.get(code=refresher) if refresher else None,
            **facts,
        )

    def save_rule(self, code: str, said: dict[str, Any], **facts: Any) -> None:
        """A version of a rule, in the database and in the model."""
        chosen = sorted(Subject.objects.filter(code__in=said["subjects"]), key=lambda each: each.code)
        services.save_requirement(code=code, now=self.now, subjects=chosen, **facts)
        self.plain.add(plain.Asked(requirement=code, effective_on=local_date(self.now), **said))
        self.mark(local_date(self.now))

    # --- the worker and the clock ---------------------------------------------------------------------------

    def apply(self) -> None:
        """Open the rounds of today and bring every rule to its people."""
        for requirement in Requirement.objects.order_by("pk"):
            year = FiscalYear.of(local_date(self.now)).year if requirement.cycle == "fiscal_year" else None
            services.apply_requirement(requirement=requirement, fiscal_year=year, now=self.now)
            for period in requirement.periods.exclude(fiscal_year=year):
                services.apply_requirement(
                    requirement=requirement, fiscal_year=period.fiscal_year, now=self.now
                )
        self.dirty = False
        self.learn_rounds()

    def learn_rounds(self) -> None:
        """Tell the model of rounds that were opened."""
        known = {row.name for row in self.plain.all(plain.Round)}
        for row in RequirementPeriod.objects.select_related("requirement"):
            name = round_name(row)
            if name not in known:
                code = row.requirement.code
                self.plain.add(
                    plain.Round(name, code, row.fiscal_year, row.opens_on, row.due_on, row.closes_on)
                )
                self.mark(row.opens_on, row.due_on, row.closes_on + DAY if row.fiscal_year else None)

    def wait(self, n: Numbers) -> None:
        """Let time go by."""
        gap = n.one(GAPS)
        day = local_date(self.now)
        self.now = self.now + gap if gap is not None else midnight(day + DAY)

    def settle(self) -> None:
        """All that the worker does, until nothing waits."""
        services.settle(now=self.now)
        while rules_round(self.now):
            pass
        self.learn_rounds()

    def finish(self) -> None:
        """The end of the stream: what was not brought to everybody yet is, and nothing waits."""
        self.now += SECOND
        self.settle()
        if self.dirty:
            self.apply()
