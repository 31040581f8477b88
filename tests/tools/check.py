"""`make check`: format, lint, types, import floors, migrations, translations, templates. Every part runs; all must pass."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PACKAGES = ["site/sucharit", "courses", "quizzes", "campaigns"]
TEMPLATES = [
    str(path.relative_to(ROOT))
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("templates"))
    if path.is_dir()
]

PARTS: list[tuple[str, list[str]]] = [
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("lint", [str(BIN / "ruff"), "check", "."]),
    ("types", [str(BIN / "mypy"), *PACKAGES]),
    ("floors", [str(BIN / "lint-imports")]),
    ("system", [sys.executable, "-W", "error", "manage.py", "check", "--fail-level", "WARNING"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("templates", [str(BIN / "djlint"), "--lint", "--quiet", *TEMPLATES]),
    ("translations", [sys.executable, "-m", "pytest", "-q", "tests/locale"]),
]


def main() -> int:
    """Run the parts and say at the end which failed."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sucharit.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    failed = []
    for name, command in PARTS:
        started = time.monotonic()
        code = subprocess.call(command, cwd=ROOT, env=environment)
        print(
            f"--- {name}: {'ok' if code == 0 else f'exit {code}'} ({time.monotonic() - started:.0f} s)",
            flush=True,
        )
        if code:
            failed.append(name)
    print("make check: " + ("failed in " + ", ".join(failed) if failed else "all passed"))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
