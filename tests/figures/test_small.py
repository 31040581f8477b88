"""The figures at a small size, each on the real server; and that what judges them sees what is wrong. The large sizes: `make figures`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.figures import kills, races
from tests.figures.clients import Gate, Heard

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "postgresql" if os.environ.get("TEST_DATABASE_URL", "").startswith("postgres") else "sqlite"
SIZE = kills.Size(hand_ins=2, kills=1)


def play(*arguments: str) -> str:
    """Play one figure; it must not miss anything."""
    environment = {k: v for k, v in os.environ.items() if k not in {"TEST_DATABASE_URL", "DATABASE_URL"}}
    done = subprocess.run(
        [sys.executable, "tests/tools/figures.py", *arguments],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if "no PostgreSQL could be started here" in done.stderr:
        pytest.skip("no PostgreSQL of our own can be started here")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.journey
def test_r1_kills_lose_nothing_and_double_nothing():
    told = play("R1", "--database", DATABASE, "--hand-ins", "24", "--kills", "2", "--seconds", "150")
    assert "lost=0 duplicates=0" in told
    assert told.endswith("R1 faults=0\n")


@pytest.mark.journey
def test_r2_a_database_that_crashes_loses_nothing():
    if DATABASE == "sqlite":
        pytest.skip("SQLite has no processes of its own to kill")
    told = play(
        "R2", "--hand-ins", "24", "--kills", "1", "--crashes", "1", "--stops", "1", "--seconds", "150"
    )
    assert "lost=0 duplicates=0" in told


# --- the judge --------------------------------------------------------------------------------------------------------


def told(**differently):
    """What the count tells when two hand-ins went well."""
    names = ("attempts handed in", "awards", "sealed entries", "learners on time")
    numbers = dict.fromkeys(names, 2) | differently.pop("numbers", {})
    return {
        "faults": [],
        "numbers": numbers,
        "certificates": 2,
        "handed in": ["A", "B"],
        **differently,
    }


def heard(*paths: str) -> Heard:
    found = Heard()
    found.acknowledged.update(paths or ("/post/A/", "/post/B/"))
    return found


def judged(heard_: Heard, told_, *, trouble: int = 1) -> list[str]:
    return kills.judge([{}, {}], heard_, told_, kills.Trouble(web=trouble), SIZE)


def test_what_went_well_is_not_missed():
    assert judged(heard(), told()) == []


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"numbers": {"awards": 3}}, "awards: 3 instead of 2"),
        ({"numbers": {"sealed entries": 1}}, "sealed entries: 1 instead of 2"),
        ({"certificates": 1}, "certificates: 1 instead of 2"),
        ({"handed in": ["A"]}, "1 acknowledged and not in the database"),
        ({"faults": ["verify_ledger: gap"]}, "verify_ledger: gap"),
    ],
)
def test_what_went_wrong_is_missed(facts, word):
    assert any(word in line for line in judged(heard(), told(**facts)))


def test_somebody_who_was_told_nothing_and_trouble_that_was_not_made_are_missed():
    assert any("acknowledged: 1" in line for line in judged(heard("/post/A/"), told()))
    assert any("trouble" in line for line in judged(heard(), told(), trouble=0))


def test_the_gate_lets_through_only_so_far():
    gate = Gate([{"path": "a"}, {"path": "b"}])
    over = kills.threading.Event()
    gate.let(1)
    assert gate.take(over) == (0, {"path": "a"})
    over.set()
    assert gate.take(over) is None


def test_failed_races_are_read_from_the_report(tmp_path):
    report = tmp_path / "races.xml"
    report.write_text(
        '<testsuites><testsuite><testcase name="good"/><testcase name="bad"><failure message="[1, 2]"/></testcase>'
        '<testcase name="left"><skipped message="x"/></testcase></testsuite></testsuites>',
        encoding="utf-8",
    )
    assert races.read(report) == (3, [("bad", "[1, 2]")], ["left"])
