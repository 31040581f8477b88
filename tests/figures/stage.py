"""The stage of a figure: a planted database of its own, the product served on it as `serve` does, and processes that are killed."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from tests.bench import servers
from tests.bench.common import ROOT

OURS = "sucharit.settings.demo"


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


def environment(folder: Path, url: str) -> dict[str, str]:
    """The environment of the product on this folder and database; without a URL, SQLite in the folder."""
    return {
        "DJANGO_SETTINGS_MODULE": OURS,
        "SUCHARIT_VAR": str(folder),
        "SUCHARIT_MEDIA": str(folder / "media"),
        "DATABASE_URL": url or f"sqlite:///{folder / 'figure.sqlite3'}",
    }


def run(command: list[str], env: Mapping[str, str], *, seconds: float = 1_800) -> str:
    """Run one of our commands to its end; its last words are shown where it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=servers.environment(**env),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"figures: {' '.join(command)} failed\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
    return done.stdout


class Kept:
    """A process that is started again whenever it has ended, as an operating system's supervisor would."""

    def __init__(self, command: list[str], env: Mapping[str, str], log: Path) -> None:
        self.command, self.env, self.log = command, env, log
        self.over = threading.Event()
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def _keep(self) -> None:
        while not self.over.is_set():
            with self._lock:
                if self.over.is_set():
                    return
                with self.log.open("ab") as stream:
                    self.process = subprocess.Popen(
                        self.command,
                        cwd=ROOT,
                        env=servers.environment(**self.env),
                        stdout=stream,
                        stderr=stream,
                        start_new_session=True,
                    )
                self.starts += 1
            self.process.wait()
            # Workers whose parent was killed still hold the port.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def __enter__(self) -> "Kept":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.over.set()
        if self.process is not None and self.process.poll() is None:
            servers.stop(self.process)
        self._thread.join(timeout=20)

    def victims(self) -> list[psutil.Process]:
        """The workers of a server, or the process itself where it has none."""
        with suppress(psutil.Error):
            if self.process is not None and self.process.poll() is None:
                main = psutil.Process(self.process.pid)
                return main.children() or [main]
        return []


def web(env: Mapping[str, str], folder: Path, port: int, *, certificates: bool = True, **extra: str) -> Kept:
    """The product's server with the background work beside it, as `manage.py serve` starts the two."""
    application = "sucharit.wsgi:application" if certificates else "tests.bench.no_certificates:application"
    command = servers.command(application, port)
    beside = {"PORT": str(port), "SUCHARIT_WORK_HERE": "1", **extra}
    return Kept(command, {**env, **beside}, folder / "web.log")


def worker(env: Mapping[str, str], folder: Path) -> Kept:
    """`manage.py work`, a worker of its own."""
    return Kept([sys.executable, "manage.py", "work"], env, folder / "work.log")


def answers(port: int) -> bool:
    """Whether the server answers now."""
    try:
        connection = HTTPConnection(servers.HOST, port, timeout=5)
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
        connection.close()
    except (OSError, HTTPException):
        return False
    return status == 200


def wait_for(port: int, *, seconds: float = 120, over: threading.Event | None = None) -> bool:
    """Wait until the server answers; False where it does not in time, or where all is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not (over and over.is_set()):
        if answers(port):
            return True
        time.sleep(0.05)
    return False


@contextmanager
def beside(*acts: Callable[[], None]) -> Iterator[list[BaseException]]:
    """Run these in threads while the block runs; what they raise is in the list. They end by themselves when told to."""
    raised: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told to whoever judges
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    yield raised
    for thread in threads:
        thread.join(timeout=180)
        if thread.is_alive():
            raised.append(TimeoutError("a part of the figure did not end"))


def kill(process: psutil.Process) -> bool:
    """Kill -9; whether there was something to kill."""
    with suppress(psutil.Error):
        process.kill()
        return True
    return False


def moment(chance: random.Random, least: float, most: float) -> float:
    """A random wait in seconds."""
    return chance.uniform(least, most)
