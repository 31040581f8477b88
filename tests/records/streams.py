"""Random worlds and streams of events through the real verbs, told to the plain model beside them.

Everything is picked from a list of small numbers, so that a stream that fails shrinks to a short one.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sucharit.kernel.errors import DomainError
from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers import services as people
from sucharit.officers.models import Agency, Audience, Moved, Officer, User
from sucharit.records import applications, corrections, decisions, requiring, sealing, services
from sucharit.records import following as worker
from sucharit.records.enums import Cycle, ExemptionKind, ReasonCode
from sucharit.records.models import (
    AwardEvent,
    Edition,
    Requirement,
    RequirementPeriod,
    Standing,
    Subject,
)
from tests.records import plain
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


class Stream:
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
        while worker.apply_rules(self.now):
            pass
        self.learn_rounds()

    def finish(self) -> None:
        """The end of the stream: what was not brought to everybody yet is, and nothing waits."""
        self.now += SECOND
        self.settle()
        if self.dirty:
            self.apply()

    # --- what may happen ------------------------------------------------------------------------------------

    def run(self, events: Sequence[Sequence[int]]) -> None:
        """These events, one after another; one that the verbs refuse did not happen."""
        for event in events:
            self.step(event)
        self.finish()

    def step(self, event: Sequence[int]) -> None:
        """One event."""
        n = Numbers(event)
        act: Callable[[Numbers], None] = n.one(ACTS)
        self.wait(n)
        self.instants.append(self.now)
        try:
            act(self, n)  # type: ignore[call-arg, arg-type]
        except DomainError:
            return

    def who(self, n: Numbers) -> str:
        """Somebody."""
        name: str = n.one(list(self.officers))
        return name

    def award(self, n: Numbers) -> None:
        """A completion, now or recorded late."""
        name, subject = self.who(n), n.one((*SUBJECTS, REFRESHER, "S1", "S1"))
        back = n.one((None, None, None, 0 * DAY, plain.MOMENT, HOUR, DAY, 9 * DAY, 40 * DAY, 200 * DAY))
        at = self.now if back is None else self.now - back
        if n.number(5) == 0:
            at = midnight(local_date(at))
        key = f"A{len(self.keys)}"
        row = services.record_award(
            completion=services.Completion(
                key=key,
                officer_id=self.officers[name].pk,
                subject_code=subject,
                edition_id=Edition.objects.filter(subject__code=subject).latest("number").pk,
                completed_at=at,
                issue_certificate=False,
            ),
            now=self.now,
        )
        self.keys[key] = row.pk
        self.instants.append(at)
        self.plain.add(plain.Awarded(key, name, subject, at, self.now))

    def _award(self, n: Numbers) -> tuple[str, dict[str, Any]]:
        if not self.keys:
            raise DomainError("none", "ไม่มี")
        key = n.one(list(self.keys))
        said = {"reason_code": WHY, "reason": "เหตุ", "actor_id": self.actor, "now": self.now}
        return key, {"award_id": self.keys[key], **said}

    def revoke(self, n: Numbers) -> None:
        """Take a completion back."""
        key, said = self._award(n)
        day = n.one((None, local_date(self.now), local_date(self.now) - 6 * DAY))
        corrections.revoke(**said, effective_on=day)
        self.plain.add(plain.Revoked(key, day))
        self.mark(day)

    def reinstate(self, n: Numbers) -> None:
        """Give one back: the last that was revoked, where there is one."""
        revoked = [row.award for row in self.plain.all(plain.Revoked)]
        if not revoked:
            return
        key = revoked[-1]
        _, said = self._award(n)
        corrections.reinstate(**{**said, "award_id": self.keys[key]})
        self.plain.add(plain.Reinstated(key))

    def amend(self, n: Numbers) -> None:
        """State when a completion was anew."""
        key, said = self._award(n)
        at = self.now - n.one((HOUR, 2 * DAY, 15 * DAY, 100 * DAY))
        corrections.amend(**said, completed_at=at)
        self.plain.add(plain.Amended(key, at))
        self.instants.append(at)

    def supersede(self, n: Numbers) -> None:
        """End a completion on a day, perhaps one to come."""
        key, said = self._award(n)
        day = local_date(self.now) + n.one((0, 7, 30, -3)) * DAY
        corrections.supersede(**said, effective_on=day)
        self.plain.add(plain.Superseded(key, day))
        self.mark(day)

    def start(self, n: Numbers) -> None:
        """Somebody begins a subject."""
        name, subject = self.who(n), n.one((*SUBJECTS, REFRESHER))
        year = FiscalYear.of(local_date(self.now)).year
        services.mark_started(officer_id=self.officers[name].pk, subject_code=subject, now=self.now)
        began = any(
            (row.person, row.subject, row.fiscal_year) == (name, subject, year)
            for row in self.plain.all(plain.Started)
        )
        if not began:
            self.plain.add(plain.Started(name, subject, year, self.now))

    def _round(self, n: Numbers) -> RequirementPeriod:
        rounds = list(RequirementPeriod.objects.select_related("requirement").order_by("pk"))
        if not rounds:
            raise DomainError("none", "ไม่มี")
        found: RequirementPeriod = n.one(rounds)
        return found

    def _deciding(self) -> tuple[str, dict[str, Any]]:
        self.count += 1
        key = f"D{self.count}"
        return key, {"key": key, "reason": "เหตุ", "actor_id": self.actor, "now": self.now}

    def exempt(self, n: Numbers) -> None:
        """Some days without the duty."""
        name, rnd = self.who(n), self._round(n)
        first = local_date(self.now) + n.one((0, -10, -30, 5)) * DAY
        last = n.one((None, first, first + 12 * DAY, first + 60 * DAY))
        period = n.one((None, rnd))
        key, said = self._deciding()
        row = decisions.exempt(
            **said,
            officer_id=self.officers[name].pk,
            requirement=rnd.requirement,
            period=period,
            exemption=ExemptionKind.STUDY,
            starts_on=first,
            until_on=last,
        )
        self.decided[key] = row.pk
        self.plain.add(
            plain.Exempted(key, name, rnd.requirement.code, round_name(rnd) if period else None, first, last)
        )
        self.mark(first, last and last + DAY)

    def extend(self, n: Numbers) -> None:
        """A later due day."""
        name, rnd = self.who(n), self._round(n)
        officer = self.officers[name]
        held = Standing.objects.filter(officer=officer, period=rnd, until_at__isnull=True).first()
        due_on = ((held and held.due_on) or local_date(self.now)) + n.one((3, 20, 60)) * DAY
        key, said = self._deciding()
        row = decisions.extend(**said, officer_id=officer.pk, period=rnd, due_on=due_on)
        self.decided[key] = row.pk
        self.plain.add(plain.Extended(key, name, round_name(rnd), due_on, self.now))
        self.mark(due_on, due_on + DAY)

    def merge(self, n: Numbers) -> None:
        """Two records of one person."""
        name, other = self.who(n), self.who(n)
        key, said = self._deciding()
        row = decisions.merge(**said, officer_id=self.officers[name].pk, other_id=self.officers[other].pk)
        self.decided[key] = row.pk
        self.plain.add(plain.Merged(key, name, other, self.now))

    def end(self, n: Numbers) -> None:
        """A decision is taken back: the last one, or any."""
        if not self.decided:
            return
        target = n.one(list(reversed(self.decided)))
        day = n.one((None, local_date(self.now), local_date(self.now) - 5 * DAY))
        _key, said = self._deciding()
        row = decisions.end(**said, decision_id=self.decided[target], reason_code=WHY, last_day=day)
        # An exemption cannot end before the day before it began.
        self.plain.add(plain.Ended(target, self.now, row.until_on))
        self.mark(row.until_on and row.until_on + DAY)

    def post(self, n: Numbers) -> None:
        """A move: today, one that becomes known late, or one to come."""
        name, leaf, level = self.who(n), n.one(LEAVES), n.one(LEVELS)
        starts_on = local_date(self.now) + n.one((0, 1, 8, -4, -20, -60)) * DAY
        people.post_officer(
            officer=self.officers[name],
            agency=Agency.objects.get(code=leaf),
            position_title="นักวิชาการ",
            position_type="academic",
            position_level=level,
            starts_on=starts_on,
            now=self.now,
        )
        self.plain.add(plain.Posted(name, leaf, level, starts_on, self.now))
        self.mark(starts_on)

    def leave(self, n: Numbers) -> None:
        """Somebody leaves the service, as the roster says it."""
        name = self.who(n)
        on = local_date(self.now) + n.one((0, 10, -10)) * DAY
        officer = self.officers[name]
        entered = officer.entered_service_on
        if officer.left_service_on is not None or (entered and on < entered) or n.number(2):
            return
        officer.left_service_on = on
        officer.save(update_fields=["left_service_on"])
        Moved.objects.create(officer=officer)
        self.plain.add(plain.Left(name, on))
        self.mark(on)

    def change_rule(self, n: Numbers) -> None:
        """A new version of a rule, brought to its people at once or later."""
        code = n.one(self.rules)
        before = [row for row in self.plain.all(plain.Asked) if row.requirement == code][-1]
        said = before._asdict()
        del said["requirement"], said["effective_on"]
        facts: dict[str, Any] = {}
        match n.number(5):
            case 0:
                facts["audience"], named = self.audience(code, n)
                said |= named
            case 1:
                facts["is_active"] = said["is_active"] = not before.is_active
            case 2:
                more = {before.subjects[0], *n.some(SUBJECTS)}
                said["subjects"] = (before.subjects[0], *sorted(more - {before.subjects[0]}))
                said["need"] = facts["need"] = 1 if before.cycle == "anniversary" else 1 + n.number(len(more))
            case 3:
                facts["grace_days"] = said["grace_days"] = n.one((0, 5, 30))
                facts["window_days"] = said["window_days"] = n.one((0, 30, 60))
            case _:
                if before.due_days is not None:
                    facts["due_days"] = said["due_days"] = n.one((1, 20, 60))
        self.save_rule(code, said, **facts)
        self.dirty = True
        if n.number(2):
            self.apply()

    def roster(self, n: Numbers) -> None:
        """Names change, an agency moves: nothing of it changes where anybody stood."""
        match n.number(4):
            case 0:
                self.enter(n)
            case 1:
                agency = Agency.objects.get(code=n.one(LEAVES))
                agency.name = f"{agency.name} (ใหม่)"
                agency.save(update_fields=["name"])
            case 2:
                self.announce(n.one(SUBJECTS))
            case _ if self.agencies_move:
                code, parent = n.one((("L2", "D2"), ("L1", "D3"), ("D2", "M2"), ("L3", "D1")))
                target = Agency.objects.get(code=parent)
                Agency.objects.get(code=code).move(target, pos="last-child")
                Agency.fix_tree()
                self.plain.move(code, parent)
                self.dirty = True

    def work(self, n: Numbers) -> None:
        """The worker comes by: a little, or until nothing waits."""
        match n.number(5):
            case 0:
                sealing.seal(self.now, most=1 + n.number(4))
            case 1:
                worker.follow(self.now)
            case 2:
                sealing.seal(self.now)
                worker.follow(self.now)
            case 3:
                self.apply()
            case _:
                self.settle()


ACTS = (
    *[Stream.award] * 7,
    *[Stream.work] * 7,
    *[Stream.post] * 3,
    *[Stream.change_rule] * 2,
    *[Stream.end] * 3,
    *[Stream.exempt] * 2,
    *[Stream.extend] * 2,
    *[Stream.start] * 2,
    Stream.revoke,
    Stream.revoke,
    Stream.reinstate,
    Stream.amend,
    Stream.supersede,
    Stream.merge,
    Stream.merge,
    Stream.leave,
    Stream.roster,
)


def round_name(period: RequirementPeriod) -> str:
    """What the model calls a period."""
    return f"{period.requirement.code}/{period.fiscal_year or ''}"


# --- comparing ----------------------------------------------------------------------------------------------


def stored(stream: Stream) -> dict[tuple[str, str], list[Standing]]:
    """All rows by person and round, in order."""
    names = {officer.pk: name for name, officer in stream.officers.items()}
    found: dict[tuple[str, str], list[Standing]] = {}
    rows = Standing.objects.select_related("period__requirement", "agency", "award").order_by("from_at")
    for row in rows:
        found.setdefault((names[row.officer_id], round_name(row.period)), []).append(row)
    return found


def at_instant(rows: Sequence[Standing], instant: datetime) -> Standing | None:
    """The row of an instant."""
    return next(
        (row for row in rows if row.from_at <= instant and (row.until_at is None or instant < row.until_at)),
        None,
    )


def as_answer(row: Standing | None) -> plain.Answer | None:
    """A row in the model's words."""
    if row is None:
        return None
    if row.state == "not_required":
        return plain.Answer("not_required", None, None, None, None, None, None)
    agency = row.agency.code
    if row.state == "exempt":
        return plain.Answer("exempt", agency, None, None, None, None, None)
    key = row.award.idempotency_key if row.award else None
    return plain.Answer(
        row.state, agency, row.due_on, row.original_due_on, row.turns_on, row.completed_at, key
    )


def moments(stream: Stream, most: int, salt: int = 0) -> list[datetime]:
    """Instants to ask about: every one at which something happened, a moment before and after, spread over so many."""
    near = {at + by for at in stream.instants for by in (-plain.MOMENT, timedelta(0), plain.MOMENT)}
    near |= {BEGIN + step * 7 * DAY + (step * 12347 % 86400) * SECOND for step in range(1, 60)}
    asked = sorted(at for at in near if at <= stream.now)
    step = max(1, len(asked) // most)
    return [*asked[salt % step :: step], stream.now]


def differences(stream: Stream, most: int = 80, salt: int = 0) -> list[str]:
    """Where rows and model do not say the same, in words."""
    rows = stored(stream)
    found = []
    rounds = [row for row in stream.plain.all(plain.Round) if row.opens_on <= local_date(stream.now)]
    for rnd in rounds:
        for name in stream.officers:
            mine = rows.get((name, rnd.name), [])
            for at in moments(stream, most, salt):
                says, is_so = as_answer(at_instant(mine, at)), stream.plain.state(name, rnd.name, at)
                if says != is_so:
                    found.append(f"{name} {rnd.name} at {at}:\n  rows  {says}\n  plain {is_so}")
                    break
    return found


def everything() -> list[tuple[Any, ...]]:
    """All rows of the projection but their ids."""
    names = [f.attname for f in Standing._meta.concrete_fields if f.name != "id"]
    return sorted(Standing.objects.values_list(*names), key=repr)


def rebuild(now: datetime) -> None:
    """Throw the standings of every round away and derive them again."""
    for period in RequirementPeriod.objects.order_by("pk"):
        applications.forget(period)
        applications.run(applications.begin(period, now=now), now=now)


__all__ = ["AwardEvent", "Stream", "differences", "everything", "moments", "rebuild", "requiring", "stored"]
