"""Close a round of research for ever: without its key nobody can tell which answers are one person's, or whose."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from quizzes.pseudonyms import forget_key

WORD = "ลืมกุญแจ"


class Command(BaseCommand):
    """Put a new key over the old one. It cannot be undone."""

    help = "Replace the key of pseudonyms, which unlinks all answers so far from one another for ever."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Confirmation for scripts."""
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, forget, and say what remains to be done by hand."""
        path = Path(settings.ATTITUDE_KEY_FILE) if settings.ATTITUDE_KEY_FILE else None
        if path is None or not path.is_file():
            raise CommandError(
                "The key is not in a file. Give SUCHARIT_ATTITUDE_KEY another value where it is set, and restart.",
                returncode=2,
            )
        self.stdout.write(
            "คำตอบที่มีอยู่จะจับคู่ก่อนเรียนกับหลังเรียนไม่ได้อีกตลอดไป ผลของปีที่ปิดและจัดทำแล้วยังอยู่ "
            "ปีที่ยังไม่ปิดจะไม่มีผลการเปลี่ยนแปลง และผู้ที่ตอบแล้วอาจได้รับแบบสอบถามอีกครั้ง"
        )
        if not options["yes"] and input(f"พิมพ์ {WORD} เพื่อยืนยัน: ").strip() != WORD:
            raise CommandError("ยังไม่ได้เปลี่ยนกุญแจ", returncode=1)
        forget_key(path)
        self.stdout.write("ทิ้งกุญแจเดิมแล้ว โปรดเริ่มระบบใหม่ และทำลายสำเนากุญแจเดิมที่เก็บไว้ที่อื่น")
