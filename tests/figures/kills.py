"""R1 and R2: hand-ins while processes die. Nobody loses a completion, nobody gets two, and no count is off by one.

R1 kills web workers and background workers with signal 9. R2 kills the database's own processes as well, and stops it as a power
cut would; a client may then be told of a fault, but never of a success that was not written.
"""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.bench import servers
from tests.figures import stage
from tests.figures.clients import Gate, Heard, crowd
from tests.tools.postgres import Cluster

CLIENTS = 6
# A worker is killed so many seconds after it answered: at work, not idle and not while it starts.
LIFE = (0.3, 1.2)
WORKER_LIFE = (4.0, 16.0)
BACKEND_LIFE = (1.0, 4.0)


@dataclass(frozen=True)
class Size:
    """How much of everything: hand-ins, kills of web workers, crash recoveries and sudden stops of the database."""

    hand_ins: int
    kills: int
    crashes: int = 0
    stops: int = 0
    seconds: float = 1_500
    seed: int = 2569
    # Without, the server leaves certificates for later: each costs more than the hand-in itself.
    certificates: bool = True


@dataclass
class Trouble:
    """What was done to the product."""

    web: int = 0
    at_work: int = 0
    workers: int = 0
    crashes: int = 0
    stops: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def plan(folder: Path, url: str, learners: int) -> tuple[Mapping[str, str], list[dict[str, Any]]]:
    """A planted database with its learners; returns the environment and the hand-ins."""
    env = stage.environment(folder, url)
    stage.run(
        ["-m", "tests.figures.fill", "--learners", str(learners), "--plan", str(folder / "plan.json")], env
    )
    requests: list[dict[str, Any]] = json.loads((folder / "plan.json").read_text("utf-8"))
    return env, requests


def count(folder: Path, env: Mapping[str, str]) -> dict[str, Any]:
    """Drain the background work and count (see `count`)."""
    out = folder / "count.json"
    stage.run(["-m", "tests.figures.count", "--out", str(out)], env)
    told: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return told


def run(folder: Path, url: str, size: Size, cluster: Cluster | None = None) -> list[str]:
    """Play the whole figure; says what it did, and returns what was missed."""
    started = time.monotonic()
    env, requests = plan(folder, url, size.hand_ins)
    stage.say(f"{len(requests):,} learners with a begun test, {time.monotonic() - started:.0f} s")
    heard, trouble, over, done = Heard(), Trouble(), threading.Event(), threading.Event()
    gate, port = Gate(requests), servers.free_port()
    started = time.monotonic()
    with ExitStack() as stack:
        web = stack.enter_context(stage.web(env, folder, port, certificates=size.certificates))
        work = stack.enter_context(stage.worker(env, folder))
        killers: list[Callable[[], None]] = [
            lambda: kill_web(web, port, size, trouble, gate, heard, over),
            lambda: kill_worker(work, size, trouble, done, over),
        ]
        if cluster is not None:
            killers.append(lambda: crash(cluster, port, size, trouble, gate, heard, over))
        left = threading.Semaphore(0)

        def client() -> None:
            try:
                crowd(port, gate, heard, over)
            finally:
                left.release()

        if not stage.wait_for(port):
            raise SystemExit(f"figures: the server did not start\n{tail(folder / 'web.log')}")
        with stage.beside(*[client] * CLIENTS, *killers) as raised:
            until = time.monotonic() + size.seconds
            for _ in range(CLIENTS):
                left.acquire(timeout=max(0.0, until - time.monotonic()))
            while not finished(trouble, size) and time.monotonic() < until:
                time.sleep(0.2)
            done.set()
            over.set()
        starts = web.starts
    seconds = time.monotonic() - started
    told = count(folder, env)
    say_what_was_done(trouble, heard, starts, seconds)
    return judge(requests, heard, told, trouble, size) + [repr(error) for error in raised]


def finished(trouble: Trouble, size: Size) -> bool:
    """Whether all of the trouble was made."""
    return trouble.web >= size.kills and trouble.crashes >= size.crashes and trouble.stops >= size.stops


def share(size: Size, trouble: Trouble) -> int:
    """How many hand-ins may have begun by now, so that they last until the last kill."""
    steps = size.kills + size.crashes + size.stops
    made = trouble.web + trouble.crashes + trouble.stops
    return -(-size.hand_ins * (made + 1) // max(1, steps))


def kill_web(
    web: stage.Kept, port: int, size: Size, trouble: Trouble, gate: Gate, heard: Heard, over: threading.Event
) -> None:
    """Kill the server's worker a moment after it answered, again and again."""
    chance = random.Random(size.seed)
    while not over.is_set() and trouble.web < size.kills:
        gate.let(share(size, trouble))
        if not stage.wait_for(port, over=over):
            continue
        over.wait(stage.moment(chance, *LIFE))
        victims = web.victims()
        if not victims:
            continue
        was_at_work = heard.in_flight > 0
        if stage.kill(chance.choice(victims)):
            with trouble.lock:
                trouble.web += 1
                trouble.at_work += was_at_work
    while not over.is_set() and not finished(trouble, size):
        gate.let(share(size, trouble))
        over.wait(0.2)
    gate.let(size.hand_ins)


def kill_worker(
    work: stage.Kept, size: Size, trouble: Trouble, done: threading.Event, over: threading.Event
) -> None:
    """Kill the background worker at any moment: while it starts, seals, follows, writes its checkpoint."""
    chance = random.Random(size.seed + 1)
    while not done.is_set() and not over.is_set():
        done.wait(stage.moment(chance, *WORKER_LIFE))
        for victim in work.victims():
            if not done.is_set() and stage.kill(victim):
                trouble.workers += 1


def crash(
    cluster: Cluster,
    port: int,
    size: Size,
    trouble: Trouble,
    gate: Gate,
    heard: Heard,
    over: threading.Event,
) -> None:
    """Kill a process of PostgreSQL that serves one of us, so that the whole server recovers; now and then stop all of it at once."""
    chance = random.Random(size.seed + 2)
    deeds = ["crash"] * size.crashes + ["stop"] * size.stops
    chance.shuffle(deeds)
    for deed in deeds:
        if over.is_set() or not stage.wait_for(port, over=over):
            return
        over.wait(stage.moment(chance, *BACKEND_LIFE))
        if deed == "crash":
            if not kill_backend(cluster, chance):
                raise RuntimeError("no process of the database could be killed")
            trouble.crashes += 1
        else:
            if not cluster.stop():
                raise RuntimeError("the database could not be stopped")
            over.wait(stage.moment(chance, 0.5, 2.0))
            if not cluster.start():
                raise RuntimeError("the database did not start again")
            trouble.stops += 1
        wait_for_database(cluster.url)
        gate.let(share(size, trouble))


def kill_backend(cluster: Cluster, chance: random.Random) -> bool:
    """Kill -9 one process of the database that serves the product. Waits for one at work."""
    asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    name = "figure"
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(psycopg.Error), psycopg.connect(cluster.url) as connection:
            rows = connection.execute(asked + " AND state <> 'idle'", [name]).fetchall()
            rows = rows or connection.execute(asked, [name]).fetchall()
            if rows:
                os.kill(chance.choice(rows)[0], signal.SIGKILL)
                return True
        time.sleep(0.02)
    return False


def wait_for_database(url: str) -> None:
    """Wait until the database lets one in again."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=5):
            return
        time.sleep(0.05)
    raise TimeoutError("the database did not come back")


def recoveries(cluster: Cluster) -> int:
    """How often the database says that it recovered: after a crash of one of its processes, or after a sudden stop."""
    return cluster.log.read_text("utf-8", errors="replace").count("automatic recovery in progress")


def say_what_was_done(trouble: Trouble, heard: Heard, starts: int, seconds: float) -> None:
    """In a few lines."""
    stage.say(
        f"{trouble.web} web workers killed ({trouble.at_work} with a hand-in under way; the server started {starts} times), "
        f"{trouble.workers} background workers killed, {trouble.crashes} backends killed, {trouble.stops} sudden stops, "
        f"{seconds:.0f} s"
    )
    stage.say(
        f"{heard.tries:,} tries: {heard.in_doubt:,} broken off, {heard.refused:,} not let in, "
        f"{heard.server_errors:,} answered 5xx; {len(heard.acknowledged):,} people saw their result"
    )


def judge(
    requests: list[dict[str, Any]], heard: Heard, told: Mapping[str, Any], trouble: Trouble, size: Size
) -> list[str]:
    """What is not as it must be."""
    missed = list(told["faults"])
    wanted = len(requests)
    numbers = {
        "acknowledged": len(heard.acknowledged),
        **told["numbers"],
        "certificates": told["certificates"],
    }
    if not size.certificates:
        del numbers["certificates"]
    missed += [
        f"{name}: {value:,} instead of {wanted:,}" for name, value in numbers.items() if value != wanted
    ]
    handed_in = set(told["handed in"])
    lost = {path for path in heard.acknowledged if path.rstrip("/").rsplit("/", 1)[1] not in handed_in}
    if lost:
        missed.append(f"{len(lost)} acknowledged and not in the database, such as {min(lost)}")
    if heard.odd:
        missed.append(f"{len(heard.odd)} odd answers, such as {heard.odd[0]}")
    if not finished(trouble, size):
        missed.append("not all of the trouble was made in time")
    duplicates = sum(max(0, value - wanted) for value in told["numbers"].values())
    stage.say(f"numbers: {numbers}")
    stage.say(f"lost={len(lost)} duplicates={duplicates}")
    return missed


def tail(path: Path) -> str:
    """The last words of a log."""
    return path.read_text("utf-8", errors="replace")[-2000:] if path.exists() else ""
