"""Let a new key sign the ledger from the next seal on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sucharit.kernel.errors import DomainError
from sucharit.records import keys


class Command(BaseCommand):
    """Make a key, let the one in use endorse it, and say what to do with the files."""

    help = "Make a new signing key for the ledger, endorsed by the one in use."

    def handle(self, *args: Any, **options: Any) -> None:
        """One new key."""
        try:
            key = keys.rotate(now=timezone.now())
        except DomainError as fault:
            raise CommandError(fault.message, returncode=1) from fault
        self.stdout.write(
            f"กุญแจใหม่ {key.id} ลงนามตั้งแต่ผนึกที่ {key.from_seal:,} รับรองโดย {key.endorsed_by}\n"
            f"โปรดสำรอง {keys.folder() / f'{key.id}.pem'} ไว้คนละที่กับฐานข้อมูล และเก็บกุญแจเดิมไว้จนกว่าจะไม่ใช้แล้ว"
        )
