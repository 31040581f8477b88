"""Prove that the ledger says what was sealed, or name the first place where it does not."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sucharit.records import verifying


class Command(BaseCommand):
    """Read everything, change nothing. Exit status 1 at a fault."""

    help = "Verify the sealed ledger: rows, roots, chain, signatures, keys, checkpoints, queue and triggers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much to check, and against what."""
        parser.add_argument("--from-seal", type=int, default=1, help="begin at this seal")
        parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1), help="processes")
        parser.add_argument("--checkpoints", type=Path, help="a copy of the checkpoints from another machine")
        parser.add_argument(
            "--first-key", default="", help="fingerprint of the first key, as it was published"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and say how much was checked or what is wrong."""
        report = verifying.verify(
            now=timezone.now(),
            since=max(1, options["from_seal"]),
            jobs=max(1, options["jobs"]),
            place=options["checkpoints"],
            first_key=options["first_key"],
        )
        self.stdout.write(_as_json(report) if options["json"] else _in_words(report))
        if report.fault is not None:
            sys.exit(1)


def _as_json(report: verifying.Report) -> str:
    checked = {
        name: getattr(report, name)
        for name in ("events", "seals", "keys", "waiting", "covered", "late_seals")
    }
    fault = (
        report.fault._asdict() | dict(zip(("thai", "english"), report.words, strict=True))
        if report.fault
        else None
    )
    told = {"ok": fault is None, "fault": fault, "checked": checked, "seconds": round(report.seconds, 3)}
    return json.dumps(told, ensure_ascii=False)


def _in_words(report: verifying.Report) -> str:
    if report.fault is not None:
        thai, english = report.words
        return f"พบความผิดปกติ: {thai}\nFAULT ({report.fault.code}): {english}"
    speed = report.events / report.seconds * 60 if report.seconds else 0
    lines = [
        f"ไม่พบความผิดปกติ: ตรวจ {report.events:,} รายการ {report.seals:,} ผนึก {report.keys} กุญแจ",
        f"ใช้เวลา {report.seconds:.1f} วินาที ({speed:,.0f} รายการต่อนาที)",
        f"จุดตรวจถึงผนึกที่ {report.covered:,} รอผนึก {report.waiting:,} รายการ",
    ]
    if report.late_seals:
        lines.append(f"ผนึกที่มีรายการซึ่งบันทึกไว้ก่อนผนึกเกินหนึ่งวัน: {report.late_seals:,} (ไม่ใช่ความผิดปกติในตัวเอง)")
    return "\n".join(lines)
