"""The ledger is sealed (E3): positions without gaps in order of commits, signed batches, keys and checkpoints outside the database."""

import json
import stat
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from sucharit.home.work import PARTS, one_round
from sucharit.kernel.errors import Conflict
from sucharit.kernel.immutability import trigger_names
from sucharit.records import chain, checkpoints, guards, keys, leaves, sealing, verifying
from sucharit.records.leaves import AWARD, DECISION, TABLES, instant
from sucharit.records.models import (
    AwardEvent,
    Decision,
    LedgerEntry,
    LedgerHead,
    Seal,
    SigningKey,
    WaitingEntry,
)
from sucharit.records.offline import verify_sucharit_ledger as core
from sucharit.records.stops import CheckpointsDiffer, KeyMissing, LedgerRewritten, SealingStopped
from tests.conftest import NOW
from tests.records.build import recorded as complete
from tests.records.ledger_build import awards, decisions, seal_all
from tests.records.tampering import cut_off, settle, without_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(world):
    return [world.somsri, world.daruni, world.thawat, world.anan]


@pytest.fixture
def ledger(people):
    """Sixty rows of every kind in four seals."""
    awards(people, 40)
    decisions(people, 20)
    assert seal_all(most=16) == 60
    return people


def fault(**options):
    return verifying.verify(now=NOW, **options).fault


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def is_empty(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table}")
        return cursor.fetchone() is None


def tampered(table, statement, *values):
    """As somebody with rights on the database would: without the guards, which are put back afterwards."""
    with without_guards(table):
        sql(statement, *values)


# --- leaves -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "model"), [(AWARD, AwardEvent), (DECISION, Decision)])
def test_e3_every_column_of_a_row_is_in_its_leaf(people, name, model):
    (awards if name == AWARD else decisions)(people, 1)
    table = TABLES[name]
    row = next(table.rows(model.objects.all()))
    leaf = table.leaf(row)
    columns = {field.attname for field in model._meta.concrete_fields}
    assert set(leaf.private) | set(leaves.PUBLIC[name].values()) == columns
    assert not set(leaf.private) & set(leaves.PUBLIC[name].values())
    assert set(leaf.public) == {*leaves.PUBLIC[name], "private", "table", "v"}


def test_e3_the_bytes_of_a_leaf_are_these(people):
    """Spelled out by hand: whoever changes what is hashed makes every old seal unverifiable."""
    [row] = awards(people, 1)
    row.refresh_from_db()
    kept = AwardEvent.objects.filter(pk=row.pk).values().get()
    private = {key: value for key, value in kept.items() if key not in set(leaves.PUBLIC[AWARD].values())}
    for key in ("score", "max_score"):
        private[key] = None if private[key] is None else str(private[key].quantize(Decimal("0.01")))
    digest = sha256(
        json.dumps(private, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
    until = f'"{row.valid_until.isoformat()}"' if row.valid_until else "null"

    def at(value):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    said = (
        f'{{"completed_at":"{at(row.completed_at)}","edition":1,"edition_digest":"{"a" * 64}","effective_on":null,'
        f'"id":{row.pk},"kind":"award","method":"{row.method}","private":"{digest}","recorded_at":"{at(row.recorded_at)}",'
        f'"subject":"ETH-1","table":"award","target":null,"v":1,"valid_until":{until}}}'
    )
    table = TABLES[AWARD]
    values = next(table.rows(AwardEvent.objects.all()))
    assert leaves.canonical(table.leaf(values).public) == said
    assert table.leaf(values).hash == sha256(b"\x00" + said.encode()).digest()


def test_e3_a_leaf_is_the_same_on_both_databases():
    """The values as each driver gives them for one and the same row."""
    bangkok = timezone(timedelta(hours=7))
    forms = {
        "completed_at": (datetime(2026, 11, 23, 9, 30, tzinfo=bangkok), datetime(2026, 11, 23, 2, 30)),
        "recorded_at": (datetime(2026, 11, 23, 2, 30, 0, 5, tzinfo=UTC), datetime(2026, 11, 23, 2, 30, 0, 5)),
        "valid_until": (date(2027, 1, 2), date(2027, 1, 2)),
        "score": (Decimal("4.50"), 4.5),
        "max_score": (Decimal("5.00"), 5),
        "reason": ('ไทย "x" \\ \n \u2028 🙂', 'ไทย "x" \\ \n \u2028 🙂'),
    }
    table = TABLES[AWARD]
    rows = [[forms[column][place] if column in forms else 7 for column in table.columns] for place in (0, 1)]
    assert table.hash(rows[0]) == table.hash(rows[1]) == table.leaf(rows[0]).hash == table.leaf(rows[1]).hash


def test_e3_the_fast_hash_is_the_hash_of_the_parts(ledger):
    for table in TABLES.values():
        for row in table.rows(table.model.objects.all()):
            leaf = table.leaf(row)
            assert table.hash(row) == leaf.hash
            assert core.leaf_of(leaf._asdict()) == leaf.hash


@pytest.mark.parametrize(
    "odd", [None, "2026-11-23 02:30:00", b"x", 4.505, 1.2e30, Decimal("4.005"), True, "4.00"]
)
def test_a_value_of_another_kind_than_ours_counts_as_a_change(odd):
    table = TABLES[AWARD]
    kinds = {"completed_at": datetime(2026, 11, 23, 2, 30), "score": 4, "reason": "x"}
    usual = [kinds.get(column, 7) for column in table.columns]
    for column in kinds:
        bent = list(usual)
        bent[table.columns.index(column)] = odd
        assert (table.hash(bent) == table.hash(usual)) == (column == "score" and odd == "4.00")
        assert table.hash(bent) == table.leaf(bent).hash


def test_a_published_part_cannot_be_searched_for_a_name(people):
    """Two rows that differ in nothing but the salt have unlike digests."""
    awards(people, 1)
    table = TABLES[AWARD]
    row = list(next(table.rows(AwardEvent.objects.all())))
    other = list(row)
    other[table.columns.index("salt")] = "0" * 32
    assert table.leaf(row).public["private"] != table.leaf(other).public["private"]


def test_e3_what_the_driver_gives_does_not_depend_on_the_zone_of_the_machine(people, monkeypatch):
    awards(people, 2)
    table = TABLES[AWARD]
    rows = AwardEvent.objects.order_by("pk")
    before = table.hashes(rows)
    monkeypatch.setenv("TZ", "Asia/Bangkok")
    time.tzset()
    try:
        assert table.hashes(rows) == before
        told = table.leaf(next(table.rows(rows))).public["recorded_at"]
        assert told == "2026-11-23T02:30:00.000000Z"
    finally:
        monkeypatch.undo()
        time.tzset()


# --- sealing ------------------------------------------------------------------------------------------------


def test_e3_rows_are_sealed_without_gaps_in_the_order_of_their_commits(people):
    made = awards(people, 7)
    assert [sealing.seal(NOW, most=3) for _ in range(4)] == [3, 3, 1, 0]
    entries = list(LedgerEntry.objects.order_by("position").values_list("position", "award_id"))
    assert entries == [(place, row.pk) for place, row in enumerate(made, start=1)]
    assert list(Seal.objects.values_list("number", "first_position", "last_position")) == [
        (1, 1, 3),
        (2, 4, 6),
        (3, 7, 7),
    ]
    assert not WaitingEntry.objects.exists()
    head = LedgerHead.objects.get()
    assert (head.seal, head.position) == (3, 7)
    assert fault() is None


def test_e3_each_seal_is_signed_and_names_the_one_before(ledger):
    seals, [key] = list(chain.seals()), chain.signing_keys()
    assert seals[0].previous == "0" * 64
    for before, seal in pairwise(seals):
        assert seal.previous == sha256(core.seal_statement(before)).hexdigest()
    for seal in seals:
        assert keys.verify(key.public, core.seal_statement(seal), seal.signature)
        assert not keys.verify(key.public, core.seal_statement(seal) + b" ", seal.signature)
    assert core.seal_statement(seals[0]).decode() == (
        f"sucharit.ledger/v1 seal\nnumber 1\npositions 1 16\nroot {seals[0].root}\nprevious {'0' * 64}\n"
        f"time {instant(NOW)}\nkey {key.id}\n"
    )


def test_e3_a_recorded_completion_waits_and_is_sealed(world):
    award = complete(world.somsri)
    assert WaitingEntry.objects.get().award_id == award.pk
    assert fault() is None, "an unsealed ledger is no fault"
    assert sealing.seal(NOW) == 1
    assert award.entry.position == 1
    assert fault() is None


def test_e3_the_worker_seals_first(world):
    assert PARTS[0].name == "seals"
    complete(world.somsri)
    faults = []
    assert one_round(NOW, lambda name, error: faults.append((name, error))) >= 1
    assert faults == []
    assert LedgerEntry.objects.count() == 1


def test_an_idle_worker_asks_two_questions(ledger, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert sealing.seal(NOW) == 0


def test_queries_of_a_batch_do_not_grow_with_its_rows(people, django_assert_max_num_queries):
    awards(people, 2, seed=1)
    seal_all()
    awards(people, 200, seed=2)
    with django_assert_max_num_queries(19):
        assert sealing.seal(NOW) == 200


@pytest.mark.parametrize("table", guards.TABLES)
def test_e2_what_is_sealed_is_guarded_by_the_database(ledger, table):
    assert guards.missing() == []
    if is_empty(table):
        # A trigger for each row refuses nothing where there is none.
        pytest.skip("the ledger of these tests has no such row")
    for statement in (
        f"DELETE FROM {table}",
        f"UPDATE {table} SET {_some_column(table)} = {_some_column(table)}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)


def _some_column(table):
    return {"records_ledgerentry": "position", "records_seal": "number", "records_signingkey": "key_id"}.get(
        table, "id"
    )


@pytest.mark.parametrize("table", guards.TABLES)
def test_e2_a_guard_that_is_gone_or_refuses_nothing_is_named(ledger, table, is_postgresql):
    name = trigger_names(table, connection.vendor)[0]
    settle()
    if is_postgresql:
        sql(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
    else:
        sql(f'DROP TRIGGER "{name}"')
        sql(f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}" BEGIN SELECT 1; END')
    found = fault()
    assert (found.code, found.detail) == ("guard-missing", name)


# --- what stops it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["seal", "position", "digest"])
def test_e3_a_head_that_does_not_fit_stops_sealing_and_not_recording(world, ledger, column, caplog):
    value = {"seal": 3, "position": 59, "digest": "f" * 64}[column]
    LedgerHead.objects.update(**{column: value})
    complete(world.anan, key="later")
    with pytest.raises(LedgerRewritten):
        sealing.seal(NOW)
    assert "verify_ledger" in caplog.text
    assert WaitingEntry.objects.count() == 1
    assert LedgerEntry.objects.count() == 60
    assert fault() is not None


def test_e3_an_end_that_was_cut_off_together_with_its_head_stops_sealing(world, ledger):
    """All that is left in the database is in order; the checkpoints know better."""
    cut_off(since=4)
    complete(world.anan, key="later")
    with pytest.raises(CheckpointsDiffer):
        sealing.seal(NOW)
    found = fault()
    assert (found.code, found.seal) == ("seal-missing", 4)


def test_a_key_that_is_not_here_stops_sealing_and_not_recording(world, ledger, caplog):
    [path] = keys.folder().glob("*.pem")
    kept = path.read_bytes()
    path.unlink()
    complete(world.anan, key="later")
    with pytest.raises(KeyMissing) as stop:
        sealing.seal(NOW)
    assert isinstance(stop.value, SealingStopped)
    assert path.name in caplog.text
    faults = []
    one_round(NOW, lambda name, error: faults.append(name))
    assert faults == ["seals"]
    assert fault() is None, "the rows wait, nothing is wrong with the ledger"
    path.write_bytes(kept)
    assert sealing.seal(NOW) == 1
    assert fault() is None


def test_another_key_under_its_name_is_not_taken(world, ledger):
    [path] = keys.folder().glob("*.pem")
    path.unlink()
    keys._write(path.stem, keys.Ed25519PrivateKey.generate())
    complete(world.anan, key="later")
    with pytest.raises(KeyMissing):
        sealing.seal(NOW)


def test_keys_that_are_gone_are_not_made_anew(world, ledger):
    complete(world.anan, key="later")
    before = transaction.savepoint()
    with without_guards("records_signingkey"):
        sql("DELETE FROM records_signingkey")
    with pytest.raises(LedgerRewritten):
        sealing.seal(NOW)
    transaction.savepoint_rollback(before)
    assert sealing.seal(NOW) == 1


# --- keys ---------------------------------------------------------------------------------------------------


def test_the_private_key_is_a_file_for_its_owner_and_never_in_the_database(ledger):
    [path] = keys.folder().iterdir()
    [key] = chain.signing_keys()
    assert path.name == f"{key.id}.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.folder().stat().st_mode) == 0o700
    private = keys._load(key.id).private_bytes_raw().hex()
    kept = str(list(SigningKey.objects.values())) + str(list(Seal.objects.values()))
    assert private not in kept


def test_a_new_key_is_endorsed_by_the_one_before(world, ledger):
    call_command("rotate_ledger_key")
    complete(world.anan, key="later")
    assert sealing.seal(NOW) == 1
    first, second = chain.signing_keys()
    assert (second.from_seal, second.endorsed_by) == (5, first.id)
    assert [seal.key for seal in chain.seals()] == [first.id] * 4 + [second.id]
    assert keys.verify(first.public, core.key_statement(second), second.endorsement)
    assert not keys.verify(second.public, core.key_statement(second), second.endorsement)
    assert fault() is None
    assert fault(first_key=first.id) is None
    assert fault(first_key=second.id).code == "key-unknown"


def test_a_key_that_has_not_signed_is_not_replaced(ledger):
    keys.rotate(now=NOW)
    with pytest.raises(Conflict):
        keys.rotate(now=NOW)
    with pytest.raises(CommandError):
        call_command("rotate_ledger_key")
    assert len(chain.signing_keys()) == 2


def test_without_the_key_in_use_there_is_no_new_one(ledger):
    for path in keys.folder().iterdir():
        path.unlink()
    with pytest.raises(KeyMissing):
        keys.rotate(now=NOW)
    assert len(chain.signing_keys()) == 1


# --- checkpoints --------------------------------------------------------------------------------------------


def test_every_seal_has_a_line_outside_the_database(ledger):
    [path] = checkpoints.files(checkpoints.folder())
    assert path.name == "2026-11.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [core.seal_of(line) for line in path.read_text().splitlines()] == list(chain.seals())


@pytest.mark.parametrize("left", [0, 1, 40, 100])
def test_lines_that_a_kill_left_out_or_cut_off_are_written_at_the_next_round(ledger, left):
    [path] = checkpoints.files(checkpoints.folder())
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]) + lines[2][:left])
    assert fault() is None, "an hour later they are there; nothing is wrong yet"
    assert sealing.seal(NOW) == 0
    assert path.read_bytes() == whole


def test_a_new_month_gets_a_file_and_a_clock_that_goes_back_does_not(world, ledger):
    for key, at in (("a", NOW + timedelta(days=9)), ("b", NOW)):
        complete(world.anan, key=key)
        assert sealing.seal(at) == 1
    assert [path.name for path in checkpoints.files(checkpoints.folder())] == ["2026-11.txt", "2026-12.txt"]
    assert fault() is None


def test_checkpoints_that_stopped_are_a_fault_after_a_day(ledger):
    [path] = checkpoints.files(checkpoints.folder())
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:2]))
    assert fault() is None
    found = verifying.verify(now=NOW + timedelta(days=2)).fault
    assert (found.code, found.seal) == ("checkpoints-behind", 3)


def test_a_copy_of_the_checkpoints_is_what_counts_when_it_is_named(ledger, tmp_path):
    (tmp_path / "2026-11.txt").write_bytes(checkpoints.files(checkpoints.folder())[0].read_bytes())
    assert fault(place=tmp_path) is None
    text = (tmp_path / "2026-11.txt").read_text()
    (tmp_path / "2026-11.txt").write_text(
        text.replace(f"seal 2 17 32 {chain.seal(2).root}", f"seal 2 17 32 {'0' * 64}")
    )
    found = fault(place=tmp_path)
    assert (found.code, found.seal) == ("checkpoint-altered", 2)
    assert fault() is None


@pytest.mark.parametrize(
    ("change", "code", "seal"),
    [
        (lambda lines: [*lines[:1], *lines[2:]], "checkpoint-missing", 2),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "checkpoint-unreadable", None),
        (lambda lines: [lines[0], "nonsense\n", *lines[2:]], "checkpoint-unreadable", None),
        (lambda lines: [*lines, lines[3].replace("seal 4 ", "seal 5 ")], "seal-missing", 5),
    ],
)
def test_checkpoints_that_were_edited_are_found(ledger, change, code, seal):
    [path] = checkpoints.files(checkpoints.folder())
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))
    found = fault()
    assert (found.code, found.seal) == (code, seal)


# --- verifying ----------------------------------------------------------------------------------------------


def test_a_whole_ledger_is_in_order(ledger):
    report = verifying.verify(now=NOW)
    assert report.fault is None
    assert (report.events, report.seals, report.keys, report.waiting, report.covered) == (60, 4, 1, 0, 4)
    assert verifying.verify(now=NOW, since=3).events == 28


def test_an_empty_ledger_is_in_order(db):
    assert verifying.verify(now=NOW).fault is None


def test_a_row_that_waits_for_more_than_a_day_is_named(world):
    award = complete(world.somsri)
    assert fault() is None
    found = verifying.verify(now=NOW + timedelta(days=2)).fault
    assert (found.code, found.table, found.row) == ("waiting-long", "award", award.pk)


def test_rows_that_were_sealed_long_after_their_date_are_counted(people):
    awards(people, 3, at=NOW - timedelta(days=3))
    seal_all()
    report = verifying.verify(now=NOW)
    assert (report.fault, report.late_seals) == (None, 1)


def test_the_command_says_what_it_checked_and_ends_with_the_verdict(ledger, capsys):
    call_command("verify_ledger")
    assert "ตรวจ 60 รายการ 4 ผนึก" in capsys.readouterr().out
    tampered("records_awardevent", "UPDATE records_awardevent SET reason = 'x' WHERE id = %s", chain_row(9))
    with pytest.raises(SystemExit) as end:
        call_command("verify_ledger", json=True)
    assert end.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["fault"]["code"], told["fault"]["position"], told["fault"]["seal"]) == (
        False,
        "row-altered",
        9,
        1,
    )
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
    out = capsys.readouterr().out
    assert f"แถวของลำดับที่ 9 (award {chain_row(9)}) ในผนึกที่ 1 ไม่ตรงกับที่ผนึกไว้" in out
    assert f"the row of position 9 (award {chain_row(9)}) of seal 1 is not what was sealed" in out


def chain_row(position):
    return LedgerEntry.objects.values_list("award_id", flat=True).get(position=position)


def test_verifying_writes_nothing(ledger):
    before = [list(model.objects.values()) for model in (LedgerHead, Seal, WaitingEntry, SigningKey)]

    def refuse(execute, statement, params, many, context):
        assert statement.lstrip().upper().startswith("SELECT"), statement
        return execute(statement, params, many, context)

    with connection.execute_wrapper(refuse):
        assert fault() is None
    assert [list(model.objects.values()) for model in (LedgerHead, Seal, WaitingEntry, SigningKey)] == before


def test_queries_of_verifying_grow_with_blocks_only(people, django_assert_max_num_queries):
    awards(people, 300)
    seal_all(most=10)
    with django_assert_max_num_queries(22):
        assert verifying.verify(now=NOW).seals == 30


@pytest.mark.parametrize("position", [None, 1, 16, 17, 33, 60])
def test_stretches_for_several_processes_find_what_one_walk_finds(ledger, monkeypatch, position):
    """The same walk in parts: each begins at the seal before it. The processes themselves run in the bench."""
    asked = []

    def here(module, name, arguments, *, jobs):
        asked.extend(arguments)
        return [getattr(verifying, name)(argument) for argument in arguments]

    monkeypatch.setattr(verifying, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(verifying.processes, "everywhere", here)
    if position is not None:
        tampered(
            "records_ledgerentry",
            "UPDATE records_ledgerentry SET leaf = %s WHERE position = %s",
            b"x" * 32,
            position,
        )
    report = verifying.verify(now=NOW, jobs=2)
    assert [(part.since, part.to) for part in asked] == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert (report.fault and report.fault.position) == position
    assert report.fault == fault()
    if position is None:
        assert (report.events, report.seals, report.covered) == (60, 4, 4)
