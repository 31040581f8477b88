"""`make run`, after the packages are in: prepare what is missing, say where the doors are, and serve."""

import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sucharit.home import starter
from sucharit.home.work import WORK_HERE
from sucharit.officers import startup
from sucharit.officers.services import DEMONSTRATION_PASSWORD
from sucharit.records.certificates import engine_fault

HOST = "127.0.0.1"


class Command(BaseCommand):
    """Serve with the production server, one process by default."""

    help = "Prepare database, content, translations and static files, then serve."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and with how much."""
        parser.add_argument("--host", default=os.environ.get("HOST", HOST))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--workers", type=int, default=int(os.environ.get("WORKERS") or 1))
        parser.add_argument(
            "--prepare-only", action="store_true", help="Prepare and stop: for images and tests."
        )
        parser.add_argument(
            "--no-worker",
            action="store_true",
            help="Serve pages only; `manage.py work` runs somewhere else.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Everything up to the server itself is skipped when it is already so."""
        if options["workers"] > 1 and isinstance(cache, LocMemCache):
            raise CommandError(
                "Several workers need a shared CACHE_URL: rate limits count only what they can see.",
                returncode=2,
            )
        self._refuse_taken_port(options["host"], options["port"])
        self._migrate()
        self._plant()
        compile_translations(self.stdout.write)
        self._collect()
        startup.refuse_unsafe()
        if engine_fault():
            self.stdout.write(self.style.WARNING(engine_fault()))
        if options["prepare_only"]:
            return
        self._print_doors(options["host"], options["port"])
        self.stdout.flush()
        if not options["no_worker"]:
            os.environ[WORK_HERE] = "1"
        _become_server(options["host"], options["port"], options["workers"])

    def _refuse_taken_port(self, host: str, port: int) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as fault:
                raise CommandError(
                    f"port {port} is taken. Choose another: make run PORT=8001", returncode=2
                ) from fault

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("เตรียมฐานข้อมูล …")
            call_command("migrate", verbosity=0, interactive=False)

    def _plant(self) -> None:
        if not starter.is_planted():
            self.stdout.write("วางเนื้อหาเริ่มต้น …")
            call_command("load_starter", demonstration=settings.DEMONSTRATION, stdout=self.stdout)

    def _collect(self) -> None:
        """Collect static files when a package or one of our own files is newer than the last time."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        if stamp.exists() and stamp.stat().st_mtime >= _newest_static():
            return
        self.stdout.write("รวมไฟล์คงที่ …")
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.touch()

    def _print_doors(self, host: str, port: int) -> None:
        base = f"http://{host}:{port}"
        say = self.stdout.write
        say(f"\nสุจริตพร้อมใช้ที่ {base}\n")
        if settings.DEMONSTRATION:
            say(f"  ผู้เรียน          {base}/my/     learner@sucharit.example")
            say(f"  งานสื่อสาร        {base}/admin/  editor@sucharit.example")
            say(f"  งานบุคคล          {base}/hr/     hr@sucharit.example")
            say(f"  รหัสผ่านของทุกบัญชีสาธิต: {DEMONSTRATION_PASSWORD}")
            say("  (ข้อมูลบุคคลทั้งหมดสมมติขึ้น ใช้เพื่อการสาธิตเท่านั้น)\n")
        say("หยุดด้วย Ctrl+C\n")


def compile_translations(say: Any) -> int:
    """Compile each of our .po files that is newer than its .mo. Pure Python: a fresh machine has no gettext."""
    made = 0
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                polib.pofile(str(source)).save_as_mofile(str(target))
                made += 1
    if made:
        say(f"แปลข้อความ {made} ไฟล์")
    return made


def _newest_static() -> float:
    """The newest change among static folders and installed packages."""
    newest = max(
        (Path(entry).stat().st_mtime for entry in sys.path if entry.endswith("site-packages")), default=0.0
    )
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            if "site-packages" not in path.parts:
                newest = max(newest, path.stat().st_mtime)
    return newest


def _become_server(host: str, port: int, workers: int) -> None:
    """Replace this process by granian, so that signals reach it directly."""
    root = Path(settings.ROOT)
    environment = dict(
        os.environ, PYTHONPATH=os.pathsep.join([str(root), str(root / "site")]), PORT=str(port)
    )
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    command += ["--respawn-failed-workers", "sucharit.wsgi:application"]
    connection.close()
    os.execve(sys.executable, command, environment)
