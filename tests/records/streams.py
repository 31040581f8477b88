"""Streams of events through the real verbs, told to the plain model beside them. One that the verbs refuse did not happen."""

from collections.abc import Callable, Sequence
from typing import Any

from sucharit.kernel.errors import DomainError
from sucharit.kernel.thai_calendar import FiscalYear, local_date, midnight
from sucharit.officers import services as people
from sucharit.officers.models import Agency, Moved
from sucharit.records import corrections, decisions, sealing, services
from sucharit.records import following as worker
from sucharit.records.enums import ExemptionKind, ReasonCode
from sucharit.records.models import Edition, RequirementPeriod, Standing
from tests.records import plain
from tests.records.worlds import DAY, HOUR, LEAVES, LEVELS, REFRESHER, SUBJECTS, Numbers, World, round_name

WHY = ReasonCode.OTHER


class Stream(World):
    """A world that things happen to."""

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
        # Most of what people complete is asked of somebody.
        asked = [subject for rule in self.plain.all(plain.Asked) for subject in rule.subjects]
        name, subject = self.who(n), n.one((n.one(SUBJECTS), REFRESHER, n.one(asked), n.one(asked)))
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
