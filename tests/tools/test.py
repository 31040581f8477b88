"""`make test`: everything, on SQLite, on a real PostgreSQL, and in a browser.

SUCHARIT_REQUIRE_ALL=1 (set by CI) turns a missing PostgreSQL or Chromium into a failure instead of a note.
Arguments are handed to pytest, which then runs once on SQLite with them.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

from tests.tools import chromium, postgres  # noqa: E402

UNITS = [
    str(p)
    for p in sorted((ROOT / "tests").iterdir())
    if p.is_dir() and p.name not in {"journeys", "tools", "bench", "__pycache__"}
]


def run_pytest(title: str, arguments: list[str], **extra: str) -> int:
    """One pytest run with a heading; returns its exit code."""
    print(f"\n=== {title}", flush=True)
    started = time.monotonic()
    code = subprocess.call(
        [sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, env={**os.environ, **extra}
    )
    print(f"=== {title}: exit {code}, {time.monotonic() - started:.0f} s", flush=True)
    return code


def main(arguments: list[str]) -> int:
    """Run all; 0 only when every part passed."""
    if arguments:
        return run_pytest("SQLite", arguments)
    must = os.environ.get("SUCHARIT_REQUIRE_ALL") == "1"
    workers = ["-n", str(min(os.cpu_count() or 1, 4))]
    codes = [run_pytest("SQLite", [*workers, *UNITS])]
    with tempfile.TemporaryDirectory(prefix="sucharit-pg-") as folder, postgres.server(Path(folder)) as url:
        if url:
            codes.append(run_pytest("PostgreSQL", [*workers, *UNITS], TEST_DATABASE_URL=url))
        else:
            print("=== PostgreSQL: not found on this machine, and the embedded one did not start", flush=True)
            codes.append(int(must))
    if chromium.path():
        codes.append(run_pytest("Journeys in Chromium", [str(ROOT / "tests" / "journeys")]))
    else:
        print("=== Journeys: Chromium is not installed (Debian: apt install chromium)", flush=True)
        codes.append(int(must))
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
