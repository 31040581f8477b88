"""Make the certificates that are still owed, for instance after Pango was installed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sucharit.records import certificates


class Command(BaseCommand):
    """Make every certificate that is owed. Safe to stop and run again."""

    help = "Make the certificates of awards that have none yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse where the engine is missing, else make them and say how many."""
        fault = certificates.engine_fault()
        if fault:
            raise CommandError(fault, returncode=2)
        self.stdout.write(f"ออกประกาศนียบัตร {certificates.issue_missing(now=timezone.now()):,} ฉบับ")
