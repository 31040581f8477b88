"""Fill an empty installation: agencies, starter pages and, where asked, invented people."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sucharit.home import demonstration, starter
from sucharit.officers import services as officers
from sucharit.officers.selectors import User


class Command(BaseCommand):
    """Load what a first start needs. What is already there is left alone."""

    help = "Load agencies and starter content into an empty database; --demonstration adds invented people and accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to add the demonstration."""
        parser.add_argument("--demonstration", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load in the order in which things rest on each other."""
        now = timezone.now()
        report = officers.load_agencies()
        self.stdout.write(f"หน่วยงาน: เพิ่ม {report.added} ปรับ {report.changed} คงเดิม {report.unchanged}")
        if not starter.is_planted():
            course = starter.plant_site(now=now)
            self.stdout.write(f"เนื้อหาเริ่มต้น: {course.title}")
        if options["demonstration"]:
            if not settings.DEMONSTRATION:
                raise CommandError("Demonstration people belong to the demonstration settings only.")
            if not User.objects.filter(is_demonstration=True).exists():
                demonstration.load(now=now)
                self.stdout.write("บุคคลสมมติสำหรับการสาธิต: พร้อม")
