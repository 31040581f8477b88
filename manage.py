#!/usr/bin/env python
"""Django's command line, with the `site/` shelf on the path."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Run a management command; `SUCHARIT_SETTINGS` style choices go through DJANGO_SETTINGS_MODULE."""
    # `site/` is a shelf, never a package: the standard library owns that import name.
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sucharit.settings.demo")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - the path above comes first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
