"""`make bench`: the product beside a bare Django yardstick, on this machine, in this run, alternating.

Trust the ratios and the CPU per request; requests per second swing with the machine. What is asked of both, and what each
figure may be, stands in tests/bench/scenarios.py. Exit status is 0 unless --strict meets a FAIL, or an answer
was not the one expected.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

from tests.bench import common, report, scenarios, servers  # noqa: E402
from tests.tools import postgres  # noqa: E402

OURS = "sucharit.settings.demo"
BARE = "tests.bench.bare.settings"
ITEMS, REKEY, LEDGER = "items", "rekey", "ledger"
# What each page of the yardstick is weighed against.
WEIGHED = {
    "catalogue": "catalogue, signed in",
    "course": "course, signed in",
    "lesson": "lesson, signed in",
    "test": "test page",
    "attempt": "attempt page",
    "result": "result",
    "passed": "passed",
    "people": "HR list",
}


@dataclass(frozen=True)
class Side:
    """One project with its data: the environment it runs in and the plan of what to ask."""

    env: Mapping[str, str]
    plan: Mapping[str, Any]
    probes: Sequence[Mapping[str, Any]]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="Measure beside a bare Django.")
    parser.add_argument("--officers", default="1000,100000", type=_sizes, help="sizes of the HR list")
    parser.add_argument("--seconds", default=3.0, type=float, help="of one round")
    parser.add_argument("--rounds", default=3, type=int, help="of each side, alternating")
    parser.add_argument(
        "--only",
        action="append",
        choices=(*scenarios.NAMES, ITEMS, REKEY, LEDGER),
        help="may be given again",
    )
    parser.add_argument("--answers", default=20_000, type=int, help="of the item analysis")
    parser.add_argument("--attempts", default=2_000, type=int, help="that a corrected key regrades")
    parser.add_argument("--events", default=100_000, type=int, help="of the sealed ledger")
    parser.add_argument("--tamperings", default=1_000, type=int, help="of the sealed ledger")
    parser.add_argument(
        "--database-url", default="", help="PostgreSQL to make databases in, or `embedded`; without it SQLite"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--strict", action="store_true", help="fail where a target is missed")
    return parser.parse_args(arguments)


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(part) for part in text.split(",")})
    least = sum(common.GROUPS.values())
    if not sizes or sizes[0] < least:
        raise argparse.ArgumentTypeError(f"at least {least} officers are needed for the learners")
    return sizes


# --- data -------------------------------------------------------------------------------------------------------


class Store:
    """Where the data lies: files in a folder, or databases of a PostgreSQL server that go when the bench ends."""

    def __init__(self, folder: Path, server_url: str) -> None:
        self.folder = folder
        self.server_url = server_url
        self.made: list[str] = []

    @property
    def vendor(self) -> str:
        """The kind of database."""
        return "postgresql" if self.server_url else "sqlite"

    def url(self, name: str, *, like: str = "") -> str:
        """The URL of a fresh database, empty or a copy of another; none where a file in the folder will do."""
        if not self.server_url:
            return ""
        wanted = f"sucharit_bench_{os.getpid()}_{name}"
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            template = f"sucharit_bench_{os.getpid()}_{like}" if like else "template0"
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(made.format(sql.Identifier(wanted), sql.Identifier(template)))
        self.made.append(wanted)
        return urlunsplit(urlsplit(self.server_url)._replace(path=f"/{wanted}"))

    def drop(self) -> None:
        """Take the databases of this run away."""
        if self.made:
            with psycopg.connect(self.server_url, autocommit=True) as connection:
                for name in self.made:
                    gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                    connection.execute(gone.format(sql.Identifier(name)))

    def process(self) -> psutil.Process | None:
        """PostgreSQL's first process, where it runs on this machine."""
        if not self.server_url:
            return None
        with psycopg.connect(self.server_url) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            try:
                return psutil.Process(row[0]).parent() if row else None
            except psutil.Error:
                say("PostgreSQL runs elsewhere: its CPU is not counted")
                return None


def say(line: str) -> None:
    """One line of progress, at once."""
    print(line, flush=True)


def run(module: str, *arguments: object, env: Mapping[str, str]) -> None:
    """Run one of the bench's modules in a process of its own; its last words are shown where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=servers.environment(**env),
        capture_output=True,
        text=True,
        timeout=1_800,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"bench: {module} failed\n{done.stderr[-3000:]}")


def _env(settings: str, var: Path, media: Path, url: str) -> dict[str, str]:
    names = {"SUCHARIT_VAR": str(var), "SUCHARIT_MEDIA": str(media), "BENCH_VAR": str(var)}
    address = url or f"sqlite:///{var / 'bench.sqlite3'}"
    return {"DJANGO_SETTINGS_MODULE": settings, "DATABASE_URL": address, **names}


def fill(store: Store, sizes: Sequence[int]) -> dict[int, dict[str, Side]]:
    """Both projects, with their people, at every size."""
    base, media, content = store.folder / "base", store.folder / "media", store.folder / "content.json"
    base.mkdir()
    say("planting the starter site and 20 courses …")
    run("tests.bench.ours_site", "--content", content, env=_env(OURS, base, media, store.url("base")))
    filled: dict[int, dict[str, Side]] = {}
    for size in sizes:
        say(f"entering {size:,} officers …")
        ours, bare = store.folder / f"ours-{size}", store.folder / f"bare-{size}"
        shutil.copytree(base, ours)
        bare.mkdir()
        envs = {
            "ours": _env(OURS, ours, media, store.url(f"ours_{size}", like="base")),
            "bare": _env(BARE, bare, media, store.url(f"bare_{size}")),
        }
        common_part = ("--officers", size, "--plan")
        run("tests.bench.ours", *common_part, ours / "plan.json", env=envs["ours"])
        run("tests.bench.bare.fill", "--content", content, *common_part, bare / "plan.json", env=envs["bare"])
        for folder, name in ((ours, "ours"), (bare, "bare")):
            files = ("--plan", folder / "plan.json", "--out", folder / "probes.json")
            run("tests.bench.probe", *files, env=envs[name])
        filled[size] = {name: _side(folder, envs[name]) for folder, name in ((ours, "ours"), (bare, "bare"))}
        _furnish(bare, filled[size])
    return filled


def _side(folder: Path, env: Mapping[str, str]) -> Side:
    plan, probes = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("plan", "probes"))
    return Side(env, plan, probes)


def _furnish(folder: Path, sides: Mapping[str, Side]) -> None:
    """Let the yardstick's pages weigh what ours weigh."""
    weight = {name: {row["name"]: row["bytes"] for row in side.probes} for name, side in sides.items()}
    sizes = {
        page: max(0, weight["ours"][probe] - weight["bare"][probe])
        for page, probe in WEIGHED.items()
        if probe in weight["ours"] and probe in weight["bare"]
    }
    (folder / "furniture.json").write_text(json.dumps(sizes), encoding="utf-8")


# --- measuring --------------------------------------------------------------------------------------------------


def drive(job: Mapping[str, Any]) -> dict[str, Any]:
    """Hand one job to a driver process of its own."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "bench" / "driver.py")],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


class Bench:
    """The servers, started when first needed, and what was measured on them."""

    def __init__(
        self,
        filled: Mapping[int, Mapping[str, Side]],
        folder: Path,
        stack: ExitStack,
        database: psutil.Process | None,
    ) -> None:
        self.filled, self.folder, self.stack, self.database = filled, folder, stack, database
        self.running: dict[tuple[int, str], servers.Server] = {}
        self.measured: dict[report.Key, report.Rounds] = {}

    def server(self, size: int, side: str, *, certificates: bool) -> servers.Server:
        """The running server of a side at a size."""
        application = {"bare": "tests.bench.bare.wsgi:application", "ours": "sucharit.wsgi:application"}[side]
        name = f"{side}-{size}"
        if side == "ours" and not certificates:
            name, application = f"{name}-plain", "tests.bench.no_certificates:application"
        if (size, name) not in self.running:
            env = self.filled[size][side].env
            started = servers.serve(name, application, self.folder, env, self.database)
            self.running[size, name] = self.stack.enter_context(started)
        return self.running[size, name]

    def measure(self, scenario: scenarios.Scenario, size: int, *, rounds: int, seconds: float) -> None:
        """Both sides of one scenario, alternating; the first, short round only warms up."""
        sides = ["ours", "bare"] if scenario.bare else ["ours"]
        for place in range(rounds + 1):
            for side in sides:
                if place == 0 and not scenario.warm:
                    continue
                server = self.server(size, side, certificates=scenario.certificates)
                job = scenario.make(self.filled[size][side].plan, place, rounds)
                job |= {"port": server.port, "seconds": seconds if place else min(seconds, 1.0)}
                with servers.Watch(server) as watch:
                    result = drive(job)
                if place:
                    units = len(job["walkers"]) if job["kind"] == "journey" else result["count"]
                    kept = self.measured.setdefault((scenario.name, size, side), report.Rounds())
                    kept.add(result, watch.cpu, watch.growth, units)


def measure_all(bench: Bench, options: argparse.Namespace) -> None:
    """Every scenario asked for, the sizes of the HR list one after the other in each."""
    for scenario in scenarios.SCENARIOS:
        if options.only and scenario.name not in options.only:
            continue
        for size in options.officers if scenario.every_size else options.officers[-1:]:
            say(f"measuring {scenario.title.strip()} ({size:,}) …")
            bench.measure(scenario, size, rounds=options.rounds, seconds=options.seconds)


@contextmanager
def place(url: str) -> Iterator[Store]:
    """A folder, and a database server where one was asked for; both are left as they were found."""
    with tempfile.TemporaryDirectory(prefix="sucharit-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        if url == "embedded":
            pg = folder / "postgresql"
            pg.mkdir()
            folder.chmod(0o755)
            url = stack.enter_context(postgres.server(pg))
            if not url:
                raise SystemExit("bench: no PostgreSQL could be started here")
        store = Store(folder, url)
        try:
            yield store
        finally:
            store.drop()


def measure_items(store: Store, options: argparse.Namespace) -> bool:
    """The item analysis, on a database of its own and without servers; whether its target was met."""
    say(f"analysing {options.answers:,} answers …")
    var, out = store.folder / "items", store.folder / "items.json"
    var.mkdir()
    arguments = ("--answers", options.answers, "--rounds", options.rounds, "--out", out)
    run("tests.bench.items", *arguments, env=_env(OURS, var, store.folder / "media", store.url("items")))
    lines, verdict = report.items(json.loads(out.read_text("utf-8")))
    for line in [
        f"\nItem analysis ({store.vendor}), medians of {options.rounds} rounds",
        *lines,
        "",
        str(verdict),
    ]:
        say(line)
    return verdict.met


def measure_rekey(store: Store, options: argparse.Namespace) -> bool:
    """A corrected key beside learners, on a database of its own; whether every target was met."""
    say(f"correcting a key in {options.attempts:,} attempts …")
    var, out = store.folder / "rekey", store.folder / "rekey.json"
    var.mkdir()
    env = _env(OURS, var, store.folder / "media", store.url("rekey"))
    run("tests.bench.rekey", "--attempts", options.attempts, "--out", out, env=env)
    lines, judged = report.rekey(json.loads(out.read_text("utf-8")))
    for line in [f"\nA corrected key beside learners ({store.vendor})", *lines, "", *map(str, judged)]:
        say(line)
    return all(verdict.met for verdict in judged)


def measure_ledger(store: Store, options: argparse.Namespace) -> bool:
    """The sealed ledger, on databases of its own; whether its targets were met."""
    say(f"sealing and verifying {options.events:,} events, and tampering {options.tamperings:,} times …")
    told = []
    for name, size in (
        ("ledger", ("--events", options.events)),
        ("cheat", ("--tamperings", options.tamperings)),
    ):
        var, out = store.folder / name, store.folder / f"{name}.json"
        var.mkdir()
        env = _env(OURS, var, store.folder / "media", store.url(name))
        run("tests.bench.ledger", *size, "--out", out, env=env)
        told.append(json.loads(out.read_text("utf-8")))
    lines, verdicts = report.ledger(*told)
    for line in [f"\nSealed ledger ({store.vendor})", *lines, "", *map(str, verdicts)]:
        say(line)
    return all(verdict.met for verdict in verdicts)


def main(arguments: Sequence[str]) -> int:
    """Fill, measure, print."""
    options = parse(arguments)
    wanted = options.only or BY_THEMSELVES
    with place(options.database_url) as store:
        met = [act(store, options) for name, act in BY_THEMSELVES.items() if name in wanted]
        failed = int(options.strict and not all(met))
        if options.only and set(options.only) <= BY_THEMSELVES.keys():
            return failed
        filled = fill(store, options.officers)
        with ExitStack() as stack:
            bench = Bench(filled, store.folder, stack, store.process())
            measure_all(bench, options)
            peaks = {name: server.peak for (_, name), server in bench.running.items()}
        return max(failed, tell(filled, bench.measured, peaks, store.vendor, options))


# Figures that need no server.
BY_THEMSELVES = {ITEMS: measure_items, REKEY: measure_rekey, LEDGER: measure_ledger}


def tell(
    filled: Mapping[int, Mapping[str, Side]],
    measured: report.Measured,
    peaks: Mapping[str, int],
    vendor: str,
    options: argparse.Namespace,
) -> int:
    """Print the tables and the verdicts; returns the exit status."""
    sizes, largest = options.officers, filled[max(options.officers)]
    judged = report.verdicts(measured, sizes, vendor)
    say(
        f"\nOurs | bare Django on the same server and database ({vendor}), medians of {options.rounds} rounds\n"
    )
    for line in report.table(measured, sizes):
        say(line)
    for line in report.files(measured, sizes):
        say(line)
    for name, peak in peaks.items():
        say(f"peak RSS of {name}: {peak / 2**20:.0f} MiB")
    for size, sides in filled.items():
        say(f"filling {size:,}, seconds: ours {sides['ours'].plan['fill_seconds']}")
    say("\nSQL statements (transaction frames not counted) and bytes of a page\n")
    for line in report.queries(largest["ours"].probes, largest["bare"].probes):
        say(line)
    say("")
    for verdict in judged:
        say(str(verdict))
    if options.json:
        figures = {"|".join(map(str, key)): asdict(rounds) for key, rounds in measured.items()}
        probes = {name: side.probes for name, side in largest.items()}
        whole = {
            "vendor": vendor,
            "measured": figures,
            "probes": probes,
            "verdicts": [asdict(v) for v in judged],
        }
        options.json.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    broken = any(rounds.faults for rounds in measured.values())
    return int(broken or (options.strict and not all(verdict.met for verdict in judged)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
