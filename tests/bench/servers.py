"""Start a project under the production server, and read what its processes cost: CPU seconds and resident memory."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from tests.bench.common import ROOT

HOST = "127.0.0.1"
START_SECONDS = 60


def command(application: str, port: int) -> list[str]:
    """The command of `manage.py serve` with one worker (a test holds the two together)."""
    line = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    line += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    return [*line, "--respawn-failed-workers", application]


def environment(**extra: str) -> dict[str, str]:
    """This process's environment with the project on its path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]), **extra}


def free_port() -> int:
    """A port nobody holds now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A running server: its process tree, and that of PostgreSQL where there is one."""

    name: str
    port: int
    process: psutil.Process
    database: psutil.Process | None = None
    peak: int = 0

    def cpu(self) -> float:
        """CPU seconds so far, of the application and of the database, children that ended included."""
        return _tree_cpu(self.process) + (_tree_cpu(self.database) if self.database else 0.0)

    def rss(self) -> int:
        """Resident bytes of the application's tree now; the highest is kept."""
        total = 0
        for process in _tree(self.process):
            with suppress(psutil.Error):
                total += process.memory_info().rss
        self.peak = max(self.peak, total)
        return total


def _tree(root: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [root, *root.children(recursive=True)]
    return []


def _tree_cpu(root: psutil.Process) -> float:
    total = 0.0
    for process in _tree(root):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    with suppress(psutil.Error):
        times = root.cpu_times()
        total += times.children_user + times.children_system
    return total


@contextmanager
def serve(
    name: str, application: str, folder: Path, env: Mapping[str, str], database: psutil.Process | None
) -> Iterator[Server]:
    """A server that answers /healthz; it ends with the block, whatever happens in it."""
    port = free_port()
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command(application, port),
            cwd=ROOT,
            env=environment(**env, PORT=str(port)),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        _wait(process, port, log)
        yield Server(name, port, psutil.Process(process.pid), database)
    finally:
        stop(process)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                connection.close()
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise RuntimeError(
        f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
    )


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a server and its workers, by their own ids."""
    if process.poll() is None:
        family = _tree(psutil.Process(process.pid))
        process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=10)
        for one in alive:
            with suppress(psutil.Error):
                one.kill()
        process.wait(timeout=10)


@dataclass
class Watch:
    """What one server cost between two moments."""

    server: Server
    cpu: float = 0.0
    growth: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._before, self._rss = self.server.cpu(), self.server.rss()
        self._high = self._rss
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def _sample(self) -> None:
        while not self._done.wait(0.1):
            self._high = max(self._high, self.server.rss())

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(timeout=5)
        self.cpu = self.server.cpu() - self._before
        self.growth = max(self._high, self.server.rss()) - self._rss
