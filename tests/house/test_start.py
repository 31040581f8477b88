"""The two commands refuse to start in one clear line, and production settings refuse what is unsafe."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SECRET_KEY": "kP3vX9qLr8sT2wYzB7nMcD4fGhJ6aQeU1iOoRtWxVyZ5sKbNpQ7wE2r",
    "NATIONAL_ID_KEY": "a-national-id-key-of-forty-characters-00",
    "ALLOWED_HOSTS": "sucharit.example.go.th",
    "PUBLIC_URL": "https://sucharit.example.go.th",
}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "DATABASE_URL", *SAFE}
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def one_line(finished: subprocess.CompletedProcess[str]) -> str:
    assert finished.returncode == 2, finished
    lines = finished.stderr.strip().splitlines()
    assert len(lines) == 1, finished.stderr
    return lines[0]


def test_a_taken_port_is_said_in_one_line():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        line = one_line(run("bootstrap.py", "run", PORT=str(port)))
    assert str(port) in line
    assert "PORT=" in line


@pytest.mark.parametrize("port", ["0", "70000", "eighty"])
def test_a_port_that_is_none_is_said_in_one_line(port: str):
    assert port in one_line(run("bootstrap.py", "run", PORT=port))


def test_an_unwritable_folder_is_said_in_one_line(tmp_path: Path):
    # A file where the folder should be cannot be written to by anyone, root included.
    obstacle = tmp_path / "var"
    obstacle.write_text("not a folder")
    assert "cannot write" in one_line(run("bootstrap.py", "run", SUCHARIT_VAR=str(obstacle / "inside")))


def test_an_old_python_is_said_in_one_line():
    program = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['bootstrap.py', 'run'];"
        "runpy.run_path('bootstrap.py', run_name='__main__')"
    )
    assert "3.11" in one_line(run("-c", program))


def test_an_unknown_verb_is_said_in_one_line():
    assert "run, test" in one_line(run("bootstrap.py", "fly"))


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    shelves = os.pathsep.join([str(ROOT), str(ROOT / "site")])
    return run(
        "-c",
        "import sucharit.wsgi",
        DJANGO_SETTINGS_MODULE="sucharit.settings.production",
        PYTHONPATH=shelves,
        **environment,
    )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + "a1b2c3d4" * 8}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"NATIONAL_ID_KEY": "short"}, "NATIONAL_ID_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"PUBLIC_URL": "http://sucharit.example.go.th"}, "PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_unsafe(fault: dict[str, str], said: str):
    finished = start(**{**SAFE, **fault})
    assert finished.returncode != 0
    assert "will not start" in finished.stderr
    assert said in finished.stderr


def test_production_refuses_demonstration_accounts(tmp_path: Path):
    database = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    shelves = os.pathsep.join([str(ROOT), str(ROOT / "site")])
    common = {**SAFE, "DATABASE_URL": database, "SUCHARIT_VAR": str(tmp_path)}
    production = {**common, "PYTHONPATH": shelves, "DJANGO_SETTINGS_MODULE": "sucharit.settings.production"}
    assert run("manage.py", "migrate", "-v0", **production).returncode == 0
    assert start(**common).returncode == 0, "a clean installation starts"
    create = (
        "from sucharit.officers import services; "
        "services.open_account(email='a@sucharit.example', password='x', is_demonstration=True)"
    )
    assert run("manage.py", "shell", "-c", create, **production).returncode == 0
    finished = start(**common)
    assert finished.returncode != 0
    assert "demonstration" in finished.stderr
