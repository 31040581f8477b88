"""`make figures`: what the platform promises under trouble, measured: R1 kills, R2 a database that crashes, R4 slow neighbours, R5 races.

Each figure says what it did and its number last; the exit status is 1 where one is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

from tests.figures import kills, neighbours, races, stage  # noqa: E402
from tests.tools import postgres  # noqa: E402

NOWHERE = "no PostgreSQL could be started here"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make figures ARGS=…", description=__doc__)
    parser.add_argument("figure", choices=FIGURES)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--hand-ins", default=2_000, type=int)
    parser.add_argument("--kills", default=100, type=int, help="of web workers")
    parser.add_argument("--crashes", default=10, type=int, help="of a process of the database (R2)")
    parser.add_argument("--stops", default=3, type=int, help="of the whole database at once (R2)")
    parser.add_argument("--seconds", default=1_500, type=float, help="after which a figure gives up")
    parser.add_argument("--each", default=100, type=int, help="hand-ins beside each neighbour (R4)")
    parser.add_argument("--only", default="", help="only the races with this in their name (R5)")
    parser.add_argument(
        "--no-certificates", action="store_true", help="leave them for later, as a server without Pango does"
    )
    return parser.parse_args(arguments)


@contextmanager
def place(database: str) -> Iterator[tuple[Path, str, postgres.Cluster | None]]:
    """A folder and an empty database, with the server it lives in; all go at the end."""
    with tempfile.TemporaryDirectory(prefix="sucharit-figures-") as name:
        folder = Path(name)
        if database == "sqlite":
            yield folder, "", None
            return
        folder.chmod(0o755)
        pg = folder / "postgresql"
        pg.mkdir()
        with postgres.cluster(pg) as cluster:
            if cluster is None:
                raise SystemExit(f"figures: {NOWHERE}")
            with psycopg.connect(cluster.url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE figure TEMPLATE template0")
            yield folder, urlunsplit(urlsplit(cluster.url)._replace(path="/figure")), cluster


def _size(options: argparse.Namespace, *, crashes: int = 0, stops: int = 0) -> kills.Size:
    return kills.Size(
        options.hand_ins,
        options.kills,
        crashes,
        stops,
        seconds=options.seconds,
        certificates=not options.no_certificates,
    )


def r1(options: argparse.Namespace) -> list[str]:
    """Kills of web workers and background workers."""
    with place(options.database) as (folder, url, _):
        size = _size(options)
        return kills.run(folder, url, size)


def r2(options: argparse.Namespace) -> list[str]:
    """The same, while the database crashes."""
    with place("postgresql") as (folder, url, cluster):
        size = _size(options, crashes=options.crashes, stops=options.stops)
        missed = kills.run(folder, url, size, cluster)
        if cluster is not None:
            found = kills.recoveries(cluster)
            stage.say(f"the database recovered {found} times by its own log")
            if found < options.crashes + options.stops:
                missed.append(f"{found} recoveries for {options.crashes} crashes and {options.stops} stops")
        return missed


def r4(options: argparse.Namespace) -> list[str]:
    """Neighbours that are missing or hang."""
    with place(options.database) as (folder, url, _):
        return neighbours.run(folder, url, options.each)


def r5(options: argparse.Namespace) -> list[str]:
    """The register of races."""
    with tempfile.TemporaryDirectory(prefix="sucharit-figures-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        pg = folder / "postgresql"
        pg.mkdir()
        with postgres.server(pg) as url:
            return races.run(folder, url, only=options.only) if url else [NOWHERE]


FIGURES: Mapping[str, Callable[[argparse.Namespace], list[str]]] = {"R1": r1, "R2": r2, "R4": r4, "R5": r5}


def main(arguments: Sequence[str]) -> int:
    """Play one figure."""
    options = parse(arguments)
    missed = FIGURES[options.figure](options)
    for line in missed:
        stage.say(f"MISSED {line}")
    stage.say(f"{options.figure} faults={len(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
