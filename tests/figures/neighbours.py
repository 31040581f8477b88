"""R4: hand-ins while a neighbour of the product is missing or hangs. Everybody is shown their result, at the first try."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import servers
from tests.figures import kills, stage
from tests.figures.clients import Gate, Heard, crowd

PRODUCT = "sucharit.wsgi:application"


@dataclass(frozen=True)
class Neighbour:
    """One trouble: what the server is started as, and what of its environment is different."""

    name: str
    application: str = PRODUCT
    env: Mapping[str, str] = field(default_factory=dict)
    worker: bool = True


@contextmanager
def hanging() -> Iterator[int]:
    """A port that takes every connection and never says a word."""
    held: list[socket.socket] = []
    listener = socket.create_server((servers.HOST, 0), backlog=200)
    over = threading.Event()

    def take() -> None:
        while not over.is_set():
            try:
                held.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        # Closing alone does not wake who waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)
        for one in held:
            one.close()


def neighbours(folder: Path, hanging_port: int) -> Sequence[Neighbour]:
    """All of them, the undisturbed product first."""
    nowhere = folder / "a-file" / "checkpoints"
    nowhere.parent.write_text("a file is no folder", encoding="utf-8")
    no_keys = folder / "no-keys"
    no_keys.mkdir(exist_ok=True)
    return (
        Neighbour("nothing is wrong"),
        Neighbour("mail server refuses", env={"EMAIL_URL": f"smtp://{servers.HOST}:{servers.free_port()}"}),
        Neighbour("mail server hangs", env={"EMAIL_URL": f"smtp://{servers.HOST}:{hanging_port}"}),
        Neighbour("cache holds nothing", env={"CACHE_URL": "dummycache://"}),
        Neighbour("certificate engine missing", "tests.bench.no_certificates:application"),
        Neighbour("certificate engine hangs", "tests.figures.slow_certificates:application"),
        Neighbour("signing key missing", env={"SUCHARIT_LEDGER_KEYS": str(no_keys)}),
        Neighbour("checkpoints cannot be written", env={"SUCHARIT_LEDGER_CHECKPOINTS": str(nowhere)}),
        Neighbour("no background worker", worker=False),
    )


NUMBER = 9


def run(folder: Path, url: str, each: int) -> list[str]:
    """So many hand-ins beside each neighbour; says how long they took, and returns what was missed."""
    env, requests = kills.plan(folder, url, each * NUMBER)
    # The first seal makes the key: one that is missing later is then really missing.
    stage.run(["manage.py", "work", "--once"], env)
    missed: list[str] = []
    with hanging() as port:
        for number, neighbour in enumerate(neighbours(folder, port)):
            share = requests[number * each : (number + 1) * each]
            missed += _beside(neighbour, folder, env, share)
    shutil.rmtree(folder / "no-keys")
    told = kills.count(folder, env)
    missed += told["faults"]
    numbers = {**told["numbers"], "certificates": told["certificates"]}
    wanted = len(requests)
    missed += [
        f"{name}: {value:,} instead of {wanted:,}" for name, value in numbers.items() if value != wanted
    ]
    stage.say(f"R4 neighbours={NUMBER - 1} hand-ins={wanted:,} missed={len(missed)}")
    return missed


def _beside(
    neighbour: Neighbour, folder: Path, env: Mapping[str, str], requests: Sequence[Mapping[str, Any]]
) -> list[str]:
    port, heard, over, gate = servers.free_port(), Heard(), threading.Event(), Gate(requests)
    gate.let(len(requests))
    beside = {"PORT": str(port), **({"SUCHARIT_WORK_HERE": "1"} if neighbour.worker else {}), **neighbour.env}
    command = servers.command(neighbour.application, port)
    with stage.Kept(command, {**env, **beside}, folder / "web.log"):
        if not stage.wait_for(port):
            return [f"{neighbour.name}: the server did not start\n{kills.tail(folder / 'web.log')}"]
        with stage.beside(*[lambda: crowd(port, gate, heard, over, again=False)] * kills.CLIENTS) as raised:
            pass
    ordered = sorted(heard.seconds)
    p95 = ordered[len(ordered) * 95 // 100] * 1000 if ordered else 0.0
    stage.say(f"{neighbour.name}: {len(heard.acknowledged)} of {len(requests)}, p95 {p95:.0f} ms")
    missed = [f"{neighbour.name}: {error!r}" for error in raised]
    if heard.tries != len(requests) or len(heard.acknowledged) != len(requests):
        told = json.dumps([heard.in_doubt, heard.refused, heard.server_errors, heard.odd[:1]])
        missed.append(f"{neighbour.name}: {heard.tries} tries for {len(requests)} hand-ins: {told}")
    return missed
