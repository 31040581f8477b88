"""The bench itself: its yardstick stands, asks the fewest queries, and is served as the product is. Nothing here is timed."""

import json
import os
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

import pytest

from sucharit.home.management.commands import serve
from tests.bench import common, driver, ledger, report, scenarios, servers
from tests.tools import bench

GROUPS = dict.fromkeys(common.GROUPS, 2) | {"probers": 3}
# Session, account, and what the page itself needs: the floor that the product is held against.
FEWEST = {
    "catalogue, visitor": (200, 1),
    "catalogue, signed in": (200, 3),
    "course, signed in": (200, 5),
    "lesson, signed in": (200, 5),
    "begin": (302, 9),
    "record a lesson": (302, 6),
    "test page": (200, 4),
    "start the test": (302, 7),
    "attempt page": (200, 4),
    "save answers": (200, 4),
    "hand in the test": (302, 10),
    "result": (200, 4),
    "passed": (200, 3),
    "HR list": (200, 5),
    "HR list, deep": (200, 5),
}


def content() -> dict[str, Any]:
    lessons = [{"title": f"บทที่ {n}", "minutes": 5, "html": "<p>เนื้อหา</p>"} for n in range(1, 4)]
    facts = {"summary": "คำบรรยาย", "html": "", "cover": "", "minutes": 60, "lessons": lessons}
    choices = [{"id": "a", "text": "ก", "correct": True}, {"id": "b", "text": "ข", "correct": False}]
    return {
        "agency": {"path": "0001", "name": "กรมตัวอย่าง"},
        "units": [{"path": f"0001000{n}", "name": f"กองที่ {n}"} for n in range(1, 4)],
        "courses": [{"code": f"C-{n}", "title": f"รายวิชา {n}", **facts} for n in range(1, 4)],
        "questions": [{"stem": f"คำถาม {n}", "choices": choices} for n in range(20)],
    }


@pytest.fixture(scope="module")
def probes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("bare")
    (folder / "content.json").write_text(json.dumps(content()), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{common.ROOT}{os.pathsep}{common.ROOT / 'site'}",
        "DJANGO_SETTINGS_MODULE": bench.BARE,
        "BENCH_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'bare.sqlite3'}",
    }
    plan = str(folder / "plan.json")
    fill = ["--content", str(folder / "content.json"), "--officers", "120", "--groups", json.dumps(GROUPS)]
    for module, arguments in (
        ("tests.bench.bare.fill", [*fill, "--plan", plan]),
        ("tests.bench.probe", ["--plan", plan, "--out", str(folder / "probes.json")]),
    ):
        command = [sys.executable, "-W", "error", "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=common.ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads((folder / "probes.json").read_text(encoding="utf-8"))
    return {row["name"]: row for row in rows}


def test_the_yardstick_answers_with_the_fewest_queries(probes: dict[str, dict[str, Any]]):
    assert {name: (row["status"], row["sql"]) for name, row in probes.items()} == FEWEST


def test_the_yardstick_is_served_as_the_product_is(monkeypatch: pytest.MonkeyPatch):
    seen: list[list[str]] = []
    monkeypatch.setattr(serve.os, "execve", lambda program, command, environment: seen.append(command))
    serve._become_server(servers.HOST, 8000, 1)

    assert servers.command("sucharit.wsgi:application", 8000) == seen[0]


def test_command_line():
    options = bench.parse(["--officers", "100000,1000", "--seconds", "1.5", "--rounds", "2", "--only", "hr"])

    assert options.officers == [1000, 100000]
    assert (options.seconds, options.rounds, options.only) == (1.5, 2, ["hr"])
    assert bench.parse([]).officers == [1000, 100000]
    with pytest.raises(ArgumentTypeError):
        bench._sizes("10")


def test_people_are_the_same_every_time_and_half_are_done():
    assert list(common.invent(5, 2)) == list(common.invent(5, 2))
    states = [common.state_of(number, 0) for number in range(1_000)]

    assert states.count("on_time") == 500
    assert {common.state_of(number, 20) for number in range(20)} == {"not_started"}


def test_rounds_share_the_hand_ins_without_overlap():
    plan = {"records": [[{"path": f"/{course}/{n}", "cookie": ""} for n in range(7)] for course in range(20)]}
    asked = [[row["path"] for row in scenarios.record(plan, place, 2)["requests"]] for place in range(3)]

    assert [len(part) for part in asked] == [42, 42, 42]
    assert len({path for part in asked for path in part}) == 126


def rounds(cpu: float, *, fault: str = "") -> report.Rounds:
    kept = report.Rounds()
    result = {"elapsed": 2.0, "p50": 4.0, "p95": 8.0, "faults": int(bool(fault)), "fault": fault}
    kept.add(result, cpu, 0, 100)
    return kept


def test_verdicts_hold_the_ratio_and_the_flatness():
    measured = {
        ("hr", 1000, "ours"): rounds(1.0),
        ("hr", 1000, "bare"): rounds(0.5),
        ("hr", 100000, "ours"): rounds(2.5),
        ("hr", 100000, "bare"): rounds(0.5),
    }
    met = {verdict.what: verdict.met for verdict in report.verdicts(measured, [1000, 100000], "sqlite")}

    assert met == {
        "HR list (1,000), CPU": True,
        "HR list (100,000), CPU": False,
        "HR list, CPU at 100,000 / at 1,000": False,
        "answers as expected": True,
    }
    assert any("5.00" in line for line in report.table(measured, [1000, 100000]))


def test_an_unexpected_answer_is_a_failure():
    measured = {("lesson", 1000, "ours"): rounds(1.0, fault="/x: 500 to ")}

    assert not report.verdicts(measured, [1000], "sqlite")[-1].met


def test_item_analysis_is_measured_beside_a_plain_pass(tmp_path: Path):
    (tmp_path / "var").mkdir()
    environment = bench._env(bench.OURS, tmp_path / "var", tmp_path / "media", "")
    bench.run(
        "tests.bench.items",
        "--answers",
        800,
        "--rounds",
        1,
        "--bank",
        140,
        "--out",
        tmp_path / "o",
        env=environment,
    )
    figures = json.loads((tmp_path / "o").read_text(encoding="utf-8"))

    assert (figures["answers"], figures["papers"], figures["vendor"]) == (800, 40, "sqlite")
    assert len(report.items(figures)[0]) == 6
    assert (figures["regrade"]["state"], figures["draw"]["ms"] > 0) == ("applied", True)
    fast = {**figures, "quiz": {"wall": 29.0, "cpu": 29.0}}
    assert report.items(fast)[1].target == "<= 30 s"
    assert report.items(fast)[1].met
    slow = {**figures, "answers": 2_000_000, "quiz": {"wall": 61.0, "cpu": 60.0}}
    assert report.items(slow)[1].target == "<= 60 s"
    assert not report.items(slow)[1].met


def test_a_corrected_key_is_measured_beside_learners(tmp_path: Path):
    (tmp_path / "var").mkdir()
    environment = bench._env(bench.OURS, tmp_path / "var", tmp_path / "media", "")
    bench.run("tests.bench.rekey", "--attempts", 60, "--alone", 0.5, "--out", tmp_path / "o", env=environment)
    figures = json.loads((tmp_path / "o").read_text(encoding="utf-8"))

    assert (figures["state"], figures["left"], figures["attempts"] >= 60) == ("applied", 0, True)
    assert (figures["learners_alone"]["faults"], figures["learners_beside"]["faults"]) == (0, 0)
    assert figures["learners_alone"]["count"] > 0
    calm = {"p50": 10.0, "p95": 90.0, "worst": 900.0}
    fast = {**figures, "held_weighing": calm, "held_applying": calm}
    assert [verdict.met for verdict in report.rekey(fast)[1]] == [True, True, True]
    slow = {**fast, "held_applying": {**calm, "p95": 101.0}, "left": 1}
    slow["learners_beside"] = {**figures["learners_beside"], "faults": 2}
    assert [verdict.met for verdict in report.rekey(slow)[1]] == [False, False, False]
    assert any("regraded" in line for line in report.rekey(slow)[0])


@pytest.mark.django_db
def test_the_sealed_ledger_is_measured():
    figures = ledger.measure(40, jobs=1)

    assert (figures["events"], figures["seals"]) == (340, 1)
    assert set(figures) >= {"recorded_per_second", "sealed_per_second", "verified_per_minute", "proof_ms"}


@pytest.mark.django_db
def test_the_sealed_ledger_is_tampered_with():
    tampered = ledger.cheat(34)

    assert (tampered["made"], tampered["missed"], tampered["false_alarms"]) == (34, [], 0)


def test_verdicts_on_the_sealed_ledger():
    names = (
        "recorded_per_second",
        "longest_batch_ms",
        "events",
        "seals",
        "jobs",
        "verify_seconds",
        "proof_ms",
    )
    figures: dict[str, Any] = dict.fromkeys((*names, "sealed_per_second", "verify_cpu_us_per_event"), 1)
    tampered: dict[str, Any] = {"made": 34, "ways": 30, "missed": [], "false_alarms": 0}
    fast = {**figures, "seal_cpu_us_per_event": 200.0, "verify_cpu_us_per_event": 60.0}
    assert [verdict.met for verdict in report.ledger(fast, tampered)[1]] == [True, True, True]
    slow = {**figures, "seal_cpu_us_per_event": 200.1, "verify_cpu_us_per_event": 60.1}
    blind = {**tampered, "missed": ["one"]}
    assert [verdict.met for verdict in report.ledger(slow, blind)[1]] == [False, False, False]
    assert not report.ledger(fast, {**tampered, "false_alarms": 1})[1][2].met


def test_the_driver_notes_what_does_not_answer():
    job = {"port": servers.free_port(), "kind": "once", "seconds": 5, "connections": 1}
    seen = driver.run({**job, "requests": [{"path": Path("/nobody").as_posix()}]})

    assert (seen["count"], seen["faults"]) == (1, 1)
