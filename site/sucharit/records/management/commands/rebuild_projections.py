"""Derive every standing and count anew from the ledger and the dated facts, or say whether that would change anything."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from sucharit.records import rebuilding


class Command(BaseCommand):
    """`--check` writes nothing and exits with 1 where a rebuild would change a row; without it all rounds are rebuilt."""

    help = "Rebuild standings and coverage from the sealed ledger, or (--check) compare them with it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which round, and whether only to compare."""
        parser.add_argument(
            "--check",
            action="store_true",
            help="compare only (a rule that is being brought to its people is ended first); exit 1 on a difference",
        )
        parser.add_argument("--period", type=int, help="id of one round; all of them without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """One round after another, each in pieces."""
        now = timezone.now()
        faults = 0
        for found in rebuilding.walk(now=now, check=options["check"], period_id=options["period"]):
            faults += found.differing + found.wrong_counts
            self.stdout.write(found.words)
        if options["check"] and faults:
            self.stdout.write(self.style.ERROR(f"ต่างจากทะเบียน {faults:,} แห่ง"))
            sys.exit(1)
