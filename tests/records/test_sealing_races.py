"""Sealing beside itself and beside recording (R5, R15), on a real PostgreSQL, with controls; and a kill at every step, on both."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import IntegrityError, connection

from sucharit.records import sealing, verifying
from sucharit.records.models import LedgerEntry, LedgerHead, Seal, WaitingEntry
from tests.conftest import NOW, enter
from tests.quizzes.test_races import CROWDS, at_once
from tests.records.build import known
from tests.records.build import recorded as complete
from tests.records.ledger_build import awards, seal_all

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def real_server():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one at a time; the race needs PostgreSQL")


def positions() -> list[int]:
    return list(LedgerEntry.objects.order_by("position").values_list("position", flat=True))


@pytest.mark.postgresql
@pytest.mark.usefixtures("real_server")
@pytest.mark.parametrize("sealers", CROWDS)
def test_e3_sealers_at_once_seal_every_row_once(world, sealers):
    awards([world.somsri, world.daruni], 60)
    done = 0
    while WaitingEntry.objects.exists():
        results = at_once(lambda _: sealing.seal(NOW, most=7), sealers)
        assert all(isinstance(result, int) for result in results), results
        done += sum(results)
    assert done == 60
    assert positions() == list(range(1, 61))
    assert verifying.verify(now=NOW).fault is None


@pytest.mark.postgresql
@pytest.mark.usefixtures("real_server")
def test_control_without_the_lock_sealers_collide(world, monkeypatch):
    """Two that both believe to hold the head, and both have taken the same rows."""
    awards([world.somsri, world.daruni], 40)
    gate = threading.Barrier(8)

    def unlocked():
        gate.wait(20)
        return LedgerHead.objects.get(pk=1)

    seal_all(most=1)
    awards([world.somsri, world.daruni], 40, seed=2)
    monkeypatch.setattr(sealing, "_lock_head", unlocked)
    monkeypatch.setattr(sealing, "_leave_queue", lambda taken: None)
    results = at_once(lambda _: sealing.seal(NOW), 8)
    assert any(isinstance(result, IntegrityError) for result in results), results


@pytest.mark.postgresql
@pytest.mark.usefixtures("real_server")
@pytest.mark.parametrize("recorders", CROWDS)
def test_e3_sealing_beside_recording_skips_nobody(world, recorders):
    """While people finish, one worker seals and a reader of the feed follows by its cursor: it misses nothing."""
    people = [enter(f"คน{n}", "พร้อมกัน", world.province) for n in range(recorders)]
    rule = known("ETH-1")
    over, read, faults = threading.Event(), [], []

    def beside(act):
        try:
            while not over.is_set():
                act()
        except Exception as error:  # noqa: BLE001 - told to the test
            faults.append(error)
        finally:
            connection.close()

    def follow():
        last = read[-1][0] if read else 0
        read.extend(
            LedgerEntry.objects.filter(position__gt=last)
            .order_by("position")
            .values_list("position", "award_id")
        )

    workers = [
        threading.Thread(target=beside, args=(act,)) for act in (lambda: sealing.seal(NOW, most=5), follow)
    ]
    for worker in workers:
        worker.start()
    results = at_once(
        lambda n: [complete(people[n], key=f"k{n}:{turn}", edition_id=rule.pk).pk for turn in range(4)],
        recorders,
    )
    over.set()
    for worker in workers:
        worker.join(60)
    seal_all()
    follow()
    assert faults == []
    assert all(isinstance(result, list) for result in results), results
    made = {pk for result in results for pk in result}
    assert len(made) == recorders * 4
    assert [position for position, _ in read] == list(range(1, len(made) + 1))
    assert {award for _, award in read} == made
    assert verifying.verify(now=NOW).fault is None


@pytest.mark.postgresql
@pytest.mark.usefixtures("real_server")
def test_e3_a_row_that_is_committed_late_is_not_skipped(world):
    """It takes its id first and commits last: positions are given after the commit, so the order of ids does not matter."""
    began, go = threading.Event(), threading.Event()
    rule = known("ETH-1")

    def slow(execute, statement, params, many, context):
        answer = execute(statement, params, many, context)
        if statement.startswith('INSERT INTO "records_waitingentry"'):
            began.set()
            assert go.wait(30)
        return answer

    def record(number):
        with connection.execute_wrapper(slow):
            return complete(world.somsri, key="early", edition_id=rule.pk).pk

    results = []
    late = threading.Thread(target=lambda: results.extend(at_once(record, 1)))
    late.start()
    assert began.wait(30)
    second = complete(world.daruni, key="late", edition_id=rule.pk).pk
    assert sealing.seal(NOW) == 1
    go.set()
    late.join(60)
    assert sealing.seal(NOW) == 1
    [first] = results
    assert first < second
    assert list(LedgerEntry.objects.order_by("position").values_list("award_id", flat=True)) == [
        second,
        first,
    ]
    assert verifying.verify(now=NOW).fault is None


@pytest.mark.timeout(170)
def test_e3_a_kill_at_any_step_leaves_nothing_half_done(world, tmp_path):
    """Real processes, killed with signal 9 before each statement and each write to disk in turn; the next round puts all right."""
    awards([world.somsri, world.daruni], 90)
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
        with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
            connection.connection.backup(copy)
        copy.close()
    else:
        base, _, _ = os.environ["TEST_DATABASE_URL"].rpartition("/")
        url = f"{base}/{connection.settings_dict['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sucharit.settings.test",
        "TEST_DATABASE_URL": url,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "tests.records.killed"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.split() == ["killed", "ok"]
    if connection.vendor == "postgresql":
        assert Seal.objects.count() > 10
