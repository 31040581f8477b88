"""Hands in the ledger of somebody who may do anything with the database: triggers are taken off, and put back afterwards."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from sucharit.kernel.immutability import allow_change_sql, refuse_change_sql
from sucharit.records import chain, keys, verifying
from sucharit.records.leaves import AWARD, DECISION, TABLES, instant
from sucharit.records.models import AwardEvent, LedgerEntry, LedgerHead, Seal, SigningKey, WaitingEntry
from sucharit.records.offline import verify_sucharit_ledger as core
from tests.conftest import EVIDENCE_KEYS

EVERYTHING = (
    "records_awardevent",
    "records_decision",
    "records_ledgerentry",
    "records_seal",
    "records_signingkey",
)


def run(statement: str, *values: object) -> int:
    """One statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def settle() -> None:
    """Let PostgreSQL check what it has put off to the end of the transaction: it alters no table before."""
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def without_guards(*tables: str) -> Iterator[None]:
    """Take the guards of these tables away for a moment, and foreign keys with them where the database lets one.

    What fails meanwhile is rolled back by the caller, which brings them back as well.
    """
    if connection.vendor == "postgresql":
        run("SET LOCAL session_replication_role = replica")
        yield
        run("SET LOCAL session_replication_role = origin")
        return
    for table in tables:
        for statement in allow_change_sql(table, connection.vendor):
            run(statement)
    yield
    for table in tables:
        for statement in refuse_change_sql(
            table, connection.vendor, "evidence", EVIDENCE_KEYS.get(table, ())
        ):
            run(statement)


def cut_off(since: int) -> None:
    """Take away every seal from this one on with its entries and rows, and set the head back: all that is left is in order."""
    first = chain.seal(since).first
    awards = LedgerEntry.objects.filter(position__gte=first, award__isnull=False)
    gone = {
        "award": list(awards.values_list("award_id", flat=True)),
        "decision": list(
            LedgerEntry.objects.filter(position__gte=first, decision__isnull=False).values_list(
                "decision_id", flat=True
            )
        ),
    }
    with without_guards(*EVERYTHING):
        run("DELETE FROM records_ledgerentry WHERE position >= %s", first)
        run("DELETE FROM records_seal WHERE number >= %s", since)
        for table, ids in (("records_awardevent", gone["award"]), ("records_decision", gone["decision"])):
            for row in ids:
                run(f"DELETE FROM {table} WHERE id = %s", row)
    last = chain.seal(since - 1)
    LedgerHead.objects.update(
        seal=since - 1,
        position=last.last if last else 0,
        digest=core.digest_of(last) if last else core.ZEROS,
    )


# --- a thousand ways --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """What verifying must name: one of these codes, and the places that are given."""

    codes: tuple[str, ...]
    seal: int | None = None
    position: int | None = None
    table: str = ""
    row: int | None = None
    key: str = ""

    def is_met(self, fault: core.Fault | None) -> bool:
        """Whether the fault found is the one made."""
        if fault is None or fault.code not in self.codes:
            return False
        said = {name: getattr(self, name) for name in ("seal", "position", "table", "row", "key")}
        return all(getattr(fault, name) == value for name, value in said.items() if value)


class Intruder:
    """One tampering after the other, drawn by a seed. Each changes the database and says what must be found."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.chance = random.Random(seed)
        self.now = now
        self.entries = {
            position: (AWARD, award) if award else (DECISION, decision)
            for position, award, decision in LedgerEntry.objects.values_list(
                "position", "award_id", "decision_id"
            )
        }
        self.seals = list(chain.seals())
        self.keys = chain.signing_keys()
        self.waiting = list(WaitingEntry.objects.values_list("pk", "award_id"))

    def ways(self) -> list[Callable[[], Expected | None]]:
        """Every way there is."""
        return [getattr(self, name) for name in sorted(dir(self)) if name.startswith("do_")]

    # What is drawn.

    def _position(self) -> int:
        return self.chance.choice(sorted(self.entries))

    def _seal_of(self, position: int) -> int:
        return next(seal.number for seal in self.seals if seal.first <= position <= seal.last)

    def _at(self, position: int, *codes: str) -> Expected:
        table, row = self.entries[position]
        return Expected(codes, self._seal_of(position), position, table, row)

    def _value(self, field: models.Field, old: object) -> object:
        if isinstance(field, models.DateTimeField):
            return old - self.chance.choice(
                [timedelta(microseconds=1), timedelta(days=1), timedelta(days=400)]
            )
        if isinstance(field, models.DateField):
            return (old or self.now.date()) + timedelta(days=self.chance.choice([-1, 1, 365]))
        if isinstance(field, models.DecimalField):
            return self.chance.choice([value for value in (0, 1, 2, 2.25) if value != old])
        if isinstance(field, models.CharField | models.TextField):
            text = str(old)
            other = ("x" if text[:1] != "x" else "y") + text[1:]
            return self.chance.choice([other, text[:-1]]) if text else self.chance.choice(["x", " "])
        return self.chance.choice([value for value in (None, 1, 2, 3, 9_999) if value != old])

    def _edit(self, position: int) -> str:
        """Change one column of a row; returns its name."""
        name, pk = self.entries[position]
        model = TABLES[name].model
        field = self.chance.choice([f for f in model._meta.concrete_fields if f.attname != "id"])
        old = model.objects.filter(pk=pk).values_list(field.attname, flat=True).get()
        value = self._value(field, old)
        with without_guards(model._meta.db_table):
            model.objects.filter(pk=pk).update(**{field.attname: value})
        return field.attname

    def _rehash(self, position: int) -> None:
        """Make the kept hash fit the row, as somebody would who has read how it is made."""
        name, pk = self.entries[position]
        leaf = TABLES[name].hashes(TABLES[name].model.objects.filter(pk=pk))[pk]
        LedgerEntry.objects.filter(position=position).update(leaf=leaf)

    def _new_award(self) -> AwardEvent:
        row = AwardEvent.objects.order_by("pk")[self.chance.randrange(20)]
        row.pk, row.idempotency_key = None, f"forged:{self.chance.random()}"
        row.save(force_insert=True)
        return row

    def _rewrite(self, since: int, sign: Callable[[core.Seal], str]) -> None:
        """Recompute roots, chain and head from a seal on, and sign it in some way."""
        digest = chain.seal(since - 1)
        previous = core.digest_of(digest) if digest else core.ZEROS
        for seal in chain.seals(since):
            kept = LedgerEntry.objects.filter(position__gte=seal.first, position__lte=seal.last).order_by(
                "position"
            )
            leaves = [bytes(leaf) for leaf in kept.values_list("leaf", flat=True)]
            made = seal._replace(root=core.merkle_root(leaves).hex(), previous=previous)
            made = made._replace(signature=sign(made))
            Seal.objects.filter(pk=seal.number).update(
                root=made.root, previous=made.previous, signature=made.signature
            )
            previous = core.digest_of(made)
        LedgerHead.objects.update(digest=previous)

    # Rows and entries.

    def do_edit_a_row(self) -> Expected:
        position = self._position()
        self._edit(position)
        return self._at(position, "row-altered")

    do_edit_another_row = do_edit_one_more = do_edit_a_row

    def do_edit_a_row_and_its_hash(self) -> Expected:
        position = self._position()
        self._edit(position)
        with without_guards("records_ledgerentry"):
            self._rehash(position)
        return Expected(("root-differs",), self._seal_of(position))

    def do_backdate(self) -> Expected:
        position = self._position()
        name, pk = self.entries[position]
        model = TABLES[name].model
        field = self.chance.choice(["recorded_at", "completed_at"]) if name == AWARD else "recorded_at"
        back = timedelta(days=self.chance.randrange(1, 900))
        both = {"completed_at": F("completed_at") - back, "recorded_at": F("recorded_at") - back}
        with without_guards(model._meta.db_table, "records_ledgerentry"):
            model.objects.filter(pk=pk).update(**(both if name == AWARD else {field: both[field]}))
            if self.chance.random() < 0.5:
                return self._at(position, "row-altered")
            self._rehash(position)
        return Expected(("root-differs",), self._seal_of(position))

    def do_renumber_a_row(self) -> Expected:
        position = self._position()
        name, pk = self.entries[position]
        table = TABLES[name].model._meta.db_table
        with without_guards(table):
            run(f"UPDATE {table} SET id = %s WHERE id = %s", pk + 1_000_000, pk)
        return self._at(position, "row-missing")

    def do_delete_a_row(self) -> Expected:
        position = self._position()
        name, pk = self.entries[position]
        table = TABLES[name].model._meta.db_table
        with without_guards(table):
            run(f"DELETE FROM {table} WHERE id = %s", pk)
        return self._at(position, "row-missing")

    def do_delete_an_entry(self) -> Expected:
        position = self._position()
        with without_guards("records_ledgerentry"):
            run("DELETE FROM records_ledgerentry WHERE position = %s", position)
        return Expected(("position-missing",), self._seal_of(position), position)

    def do_delete_a_row_with_its_entry(self) -> Expected:
        position = self._position()
        name, pk = self.entries[position]
        table = TABLES[name].model._meta.db_table
        with without_guards(table, "records_ledgerentry"):
            run("DELETE FROM records_ledgerentry WHERE position = %s", position)
            run(f"DELETE FROM {table} WHERE id = %s", pk)
        return Expected(("position-missing",), self._seal_of(position), position)

    def do_edit_a_hash(self) -> Expected:
        position = self._position()
        with without_guards("records_ledgerentry"):
            LedgerEntry.objects.filter(position=position).update(leaf=self.chance.randbytes(32))
        return self._at(position, "entry-altered")

    def do_swap_two_entries(self) -> Expected:
        """Reordered, with or without the hashes."""
        awards = [position for position, (name, _) in self.entries.items() if name == AWARD]
        first, second = sorted(self.chance.sample(awards, 2))
        rows = {p: LedgerEntry.objects.values("award_id", "leaf").get(position=p) for p in (first, second)}
        both = self.chance.random() < 0.5
        with without_guards("records_ledgerentry"):
            LedgerEntry.objects.filter(position__in=(first, second)).delete()
            for place, other in ((first, second), (second, first)):
                leaf = rows[other if both else place]["leaf"]
                LedgerEntry.objects.create(position=place, award_id=rows[other]["award_id"], leaf=leaf)
        if both:
            return Expected(("root-differs",), self._seal_of(first))
        return Expected(("row-altered",), self._seal_of(first), first)

    def do_swap_what_two_rows_say(self) -> Expected:
        awards = [position for position, (name, _) in self.entries.items() if name == AWARD]
        first, second = sorted(self.chance.sample(awards, 2))
        said = {p: AwardEvent.objects.filter(pk=self.entries[p][1]).values().get() for p in (first, second)}
        kept = {"id", "idempotency_key"}
        with without_guards("records_awardevent"):
            for place, other in ((first, second), (second, first)):
                values = {key: value for key, value in said[other].items() if key not in kept}
                AwardEvent.objects.filter(pk=said[place]["id"]).update(**values)
        return self._at(first, "row-altered")

    def do_insert_a_row(self) -> Expected:
        row = self._new_award()
        return Expected(("row-unsealed",), table=AWARD, row=row.pk)

    def do_insert_a_row_with_an_entry_at_the_end(self) -> Expected:
        row, end = self._new_award(), max(self.entries) + 1
        leaf = TABLES[AWARD].hashes(AwardEvent.objects.filter(pk=row.pk))[row.pk]
        LedgerEntry.objects.create(position=end, award=row, leaf=leaf)
        return Expected(("entry-unsealed",), position=end)

    def do_insert_a_row_between_others(self) -> Expected:
        position, row = self._position(), self._new_award()
        leaf = TABLES[AWARD].hashes(AwardEvent.objects.filter(pk=row.pk))[row.pk]
        later = list(LedgerEntry.objects.filter(position__gte=position).order_by("-position").values())
        with without_guards("records_ledgerentry"):
            LedgerEntry.objects.filter(position__gte=position).delete()
            LedgerEntry.objects.bulk_create(
                LedgerEntry(**{**values, "position": values["position"] + 1}) for values in later
            )
            LedgerEntry.objects.create(position=position, award=row, leaf=leaf)
        return Expected(("root-differs",), self._seal_of(position))

    # The tail.

    def do_cut_off_entries(self) -> Expected:
        position = self._position()
        with without_guards("records_ledgerentry"):
            run("DELETE FROM records_ledgerentry WHERE position >= %s", position)
        return Expected(("position-missing",), self._seal_of(position), position)

    def do_cut_off_rows(self) -> Expected:
        position = self._position()
        with without_guards("records_awardevent", "records_decision"):
            for place, (name, pk) in self.entries.items():
                if place >= position:
                    run(f"DELETE FROM {TABLES[name].model._meta.db_table} WHERE id = %s", pk)
        return self._at(position, "row-missing")

    def do_cut_off_seals(self) -> Expected:
        number = self.chance.choice(self.seals).number
        with without_guards("records_seal"):
            run("DELETE FROM records_seal WHERE number >= %s", number)
        return Expected(("seal-missing",), number)

    def do_cut_off_everything_and_set_the_head_back(self) -> Expected:
        number = self.chance.choice(self.seals).number
        cut_off(number)
        return Expected(("seal-missing",), number)

    def do_rewrite_the_tail_without_the_key(self) -> Expected:
        position = self._position()
        number = self._seal_of(position)
        self._edit(position)
        own = Ed25519PrivateKey.generate()
        with without_guards(*EVERYTHING):
            self._rehash(position)
            self._rewrite(number, lambda seal: keys.sign(own, core.seal_statement(seal)))
        return Expected(("seal-altered",), number)

    def do_rewrite_the_tail_with_the_key(self) -> Expected:
        position = self._position()
        number = self._seal_of(position)
        self._edit(position)
        with without_guards(*EVERYTHING):
            self._rehash(position)
            self._rewrite(number, lambda seal: keys.sign(keys._load(seal.key), core.seal_statement(seal)))
        return Expected(("seal-rewritten",), number)

    def do_sign_one_seal_anew(self) -> Expected:
        seal = self.chance.choice(self.seals)
        made = seal._replace(root="ab" * 32)
        with without_guards("records_seal"):
            signature = keys.sign(keys._load(seal.key), core.seal_statement(made))
            Seal.objects.filter(pk=seal.number).update(root=made.root, signature=signature)
        return Expected(("seal-rewritten",), seal.number)

    # Seals, keys, head, queue.

    def do_edit_a_seal(self) -> Expected:
        seal = self.chance.choice(self.seals)
        other = next(key.id for key in self.keys if key.id != seal.key)
        change = self.chance.choice(
            [
                {"root": self.chance.randbytes(32).hex()},
                {"previous": self.chance.randbytes(32).hex()},
                {"signature": self.chance.randbytes(64).hex()},
                {"signature": seal.signature.upper()},
                {"sealed_at": self.now - timedelta(days=self.chance.randrange(1, 90))},
                {"last_position": seal.last + 1_000_000},
                {"first_position": 0 if seal.first == 1 else -5},
                {"key_id": other},
            ]
        )
        with without_guards("records_seal"), unchecked("records_seal", "a_seal_holds_at_least_one_position"):
            Seal.objects.filter(pk=seal.number).update(**change)
        return Expected(("seal-altered",), seal.number)

    def do_swap_two_seals(self) -> Expected:
        first, second = sorted(self.chance.sample(self.seals, 2))
        with without_guards("records_seal"):
            for old, new in ((first, 90_001), (second, first.number), (first, second.number)):
                number = 90_001 if new == second.number else old.number
                run("UPDATE records_seal SET number = %s WHERE number = %s", new, number)
        return Expected(("seal-altered",), first.number)

    def do_delete_a_seal(self) -> Expected:
        seal = self.chance.choice(self.seals)
        with without_guards("records_seal"):
            run("DELETE FROM records_seal WHERE number = %s", seal.number)
        return Expected(("seal-missing",), seal.number)

    def do_edit_a_key(self) -> Expected:
        key = self.chance.choice(self.keys)
        change = self.chance.choice(
            [
                {"public_key": self.chance.randbytes(32).hex()},
                {"endorsement": self.chance.randbytes(64).hex()},
                {"from_seal": key.from_seal + 1},
                {"made_at": self.now - timedelta(days=3)},
                {"endorsed_by": None if key.endorsed_by else key.id},
            ]
        )
        with without_guards("records_signingkey"):
            SigningKey.objects.filter(pk=key.id).update(**change)
        return Expected(("key-altered", "key-forged"), key=key.id)

    def do_put_in_another_key(self) -> Expected:
        """Somebody's own key in the place of one of ours, with seals that it signed."""
        key, own = self.chance.choice(self.keys), Ed25519PrivateKey.generate()
        public = own.public_key().public_bytes_raw().hex()
        made = key._replace(id=core.key_id(public), public=public)
        made = made._replace(endorsement=keys.sign(own, core.key_statement(made)))
        with without_guards("records_signingkey", "records_seal"):
            SigningKey.objects.filter(pk=key.id).update(
                key_id=made.id, public_key=made.public, endorsement=made.endorsement
            )
            SigningKey.objects.filter(endorsed_by=key.id).update(endorsed_by=made.id)
            Seal.objects.filter(key=key.id).update(key=made.id)
        if key.endorsed_by:
            return Expected(("key-forged",), key=made.id)
        # The first key endorses itself; the one that it endorsed is the first that does not hold.
        return Expected(("key-forged",), key=self.keys[1].id)

    def do_forge_an_endorsement(self) -> Expected:
        own = Ed25519PrivateKey.generate()
        public, since = own.public_key().public_bytes_raw().hex(), self.seals[-1].number + 1
        last = self.keys[-1].id
        key = core.Key(core.key_id(public), public, since, last, "", instant(self.now))
        SigningKey.objects.create(
            key_id=key.id,
            public_key=public,
            from_seal=since,
            endorsed_by_id=last,
            endorsement=keys.sign(own, core.key_statement(key)),
            made_at=self.now,
        )
        return Expected(("key-forged",), key=key.id)

    def do_move_the_head(self) -> Expected:
        end = self.seals[-1].number
        change = self.chance.choice(
            [
                {"seal": end - 1},
                {"position": 3},
                {"digest": self.chance.randbytes(32).hex()},
                {"seal": end + 1},
            ]
        )
        LedgerHead.objects.update(**change)
        if change.get("seal") == end + 1:
            return Expected(("seal-missing",), end + 1)
        return Expected(("head-differs",), end)

    def do_take_a_row_out_of_the_queue(self) -> Expected:
        pk, award = self.chance.choice(self.waiting)
        WaitingEntry.objects.filter(pk=pk).delete()
        return Expected(("row-unsealed",), table=AWARD, row=award)

    def do_delete_a_row_that_waits(self) -> Expected:
        _, award = self.chance.choice(self.waiting)
        with without_guards("records_awardevent"):
            run("DELETE FROM records_awardevent WHERE id = %s", award)
        return Expected(("waiting-gone",), table=AWARD, row=award)

    def do_queue_a_sealed_row(self) -> Expected:
        position = self.chance.choice([place for place, (name, _) in self.entries.items() if name == AWARD])
        WaitingEntry.objects.create(award_id=self.entries[position][1])
        return Expected(("waiting-sealed",), position=position, table=AWARD, row=self.entries[position][1])


@contextmanager
def unchecked(table: str, *names: str) -> Iterator[None]:
    """Somebody with rights drops a check as well; the transaction that is rolled back brings it back."""
    if connection.vendor == "postgresql":
        for name in names:
            run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield
        return
    connection.connection.execute("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        # Not a part of the transaction, so it is put back whatever happens.
        connection.connection.execute("PRAGMA ignore_check_constraints = OFF")


@dataclass
class Tally:
    """How many were made, of which kind, and what was missed. `refused` are those that a check of the database did not let in."""

    made: dict[str, int]
    refused: int
    missed: list[str]


def tamper(times: int, *, seed: int, now: datetime) -> Tally:
    """So many tamperings, each in a savepoint of its own: made, looked for, and taken back."""
    tally = Tally({}, 0, [])
    settle()
    intruder = Intruder(seed, now)
    ways = intruder.ways()
    while sum(tally.made.values()) < times:
        act = ways[(sum(tally.made.values()) + tally.refused) % len(ways)]
        try:
            with transaction.atomic():
                wanted = act()
                found = verifying.verify(now=now).fault
                transaction.set_rollback(True)
        except IntegrityError:
            tally.refused += 1
            continue
        tally.made[act.__name__] = tally.made.get(act.__name__, 0) + 1
        if not wanted.is_met(found):
            tally.missed.append(f"{act.__name__}: {wanted} but {found}")
    return tally
