"""`make demo`: walk the journeys in Chromium and say where the pictures are."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Run the journeys; the pictures stay in test-results/journeys/."""
    code = subprocess.call([sys.executable, "-m", "pytest", "-q", "tests/journeys", *arguments], cwd=ROOT)
    pictures = sorted((ROOT / "test-results" / "journeys").glob("*.png"))
    print(f"{len(pictures)} pictures in test-results/journeys/")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
