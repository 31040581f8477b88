"""Awards that were recorded before the ledger was sealed come through the migrations filled, waiting and guarded."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty_database(db, tmp_path):
    """The URL of a fresh database of the kind this run is on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
        return
    server, name = os.environ["TEST_DATABASE_URL"], f"sucharit_migrated_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.timeout(170)
def test_e2_old_awards_come_through_the_migrations(empty_database):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sucharit.settings.test",
        "TEST_DATABASE_URL": empty_database,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "tests.records.migrated"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "migrated ok\n"), ran.stdout + ran.stderr[-3000:]
