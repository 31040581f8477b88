"""The two commands refuse to start in one clear line, and production settings refuse what is unsafe."""

import os
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SECRET_KEY": "kP3vX9qLr8sT2wYzB7nMcD4fGhJ6aQeU1iOoRtWxVyZ5sKbNpQ7wE2r",
    "NATIONAL_ID_KEY": "a-national-id-key-of-forty-characters-00",
    "ALLOWED_HOSTS": "sucharit.example.go.th",
    "PUBLIC_URL": "https://sucharit.example.go.th",
    "TRUSTED_PROXY_COUNT": "1",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.go.th:587",
}
FOLDERS = ("SUCHARIT_VAR", "SUCHARIT_MEDIA")
POSTGRESQL = ("PGHOST", "PGHOSTADDR", "PGSERVICE")


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "DATABASE_URL", *FOLDERS, *POSTGRESQL, *SAFE}
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


@pytest.mark.parametrize("port", ["0", "70000", "eighty", "-1", "²", "๘๐", "8 0", "9" * 5_000])
def test_a_port_that_is_none_is_said_in_one_line(port: str):
    assert port[:20] in one_line(run("bootstrap.py", "run", PORT=port))


def test_an_unwritable_folder_is_said_in_one_line(tmp_path: Path):
    # A file where the folder should be cannot be written to by anyone, root included.
    obstacle = tmp_path / "var"
    obstacle.write_text("not a folder")
    assert "cannot write" in one_line(run("bootstrap.py", "run", SUCHARIT_VAR=str(obstacle / "inside")))


def test_an_unwritable_folder_of_uploads_is_said_before_any_long_work(tmp_path: Path):
    obstacle = tmp_path / "media"
    obstacle.write_text("not a folder")
    line = one_line(
        run("bootstrap.py", "run", SUCHARIT_VAR=str(tmp_path), SUCHARIT_MEDIA=str(obstacle / "inside"))
    )
    assert "cannot write" in line
    assert "inside" in line


@pytest.mark.parametrize("name", ["SUCHARIT_VAR", "SUCHARIT_MEDIA"])
def test_a_relative_folder_that_is_not_there_yet_is_no_obstacle(name: str):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = str(held.getsockname()[1])
        # The next look, at the port, is where this run is meant to end.
        line = one_line(run("bootstrap.py", "run", **{name: "nowhere-yet/inside", "PORT": port}))
    assert port in line
    assert not (ROOT / "nowhere-yet").exists()


def test_an_environment_whose_making_was_interrupted_is_made_anew(tmp_path: Path):
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "runtime.txt").write_text("")
    (tmp_path / "manage.py").write_text("print('handed over')")
    # What an interruption leaves: the interpreter is there already, pip is not yet.
    venv.create(tmp_path / ".venv", with_pip=False)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = str(held.getsockname()[1])
    finished = run(str(tmp_path / "bootstrap.py"), "run", PORT=port)
    assert "handed over" in finished.stdout, finished.stderr
    assert "index" not in finished.stderr
    assert (tmp_path / ".venv" / "installed-run").exists()


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
        ({"SUCHARIT_ATTITUDE_KEY": "short"}, "SUCHARIT_ATTITUDE_KEY"),
        ({"SUCHARIT_ATTITUDE_KEY": SAFE["NATIONAL_ID_KEY"]}, "SUCHARIT_ATTITUDE_KEY"),
        ({"SUCHARIT_ATTITUDE_KEY": SAFE["SECRET_KEY"]}, "SUCHARIT_ATTITUDE_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"PUBLIC_URL": "http://sucharit.example.go.th"}, "PUBLIC_URL"),
        ({"ALLOWED_HOSTS": "sucharit.example.go.th,*"}, "ALLOWED_HOSTS"),
        ({"TRUSTED_PROXY_COUNT": None}, "TRUSTED_PROXY_COUNT"),
        ({"TRUSTED_PROXY_COUNT": ""}, "TRUSTED_PROXY_COUNT"),
        ({"TRUSTED_PROXY_COUNT": "-1"}, "TRUSTED_PROXY_COUNT"),
        ({"EMAIL_URL": None}, "EMAIL_URL"),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL"),
        ({"EMAIL_URL": "dummymail://"}, "EMAIL_URL"),
    ],
)
def test_production_refuses_what_is_unsafe(fault: dict[str, str | None], said: str):
    finished = start(**{name: value for name, value in {**SAFE, **fault}.items() if value is not None})
    assert finished.returncode != 0
    assert "will not start" in finished.stderr
    assert said in finished.stderr


@pytest.mark.parametrize(("proxies", "trusted"), [("0", False), ("1", True), ("2", True)])
def test_the_word_of_a_proxy_is_taken_only_where_one_stands(proxies: str, trusted: bool):
    program = (
        "from sucharit.settings import production as chosen;"
        "print(chosen.ALLAUTH_TRUSTED_PROXY_COUNT, hasattr(chosen, 'SECURE_PROXY_SSL_HEADER'))"
    )
    shelves = os.pathsep.join([str(ROOT), str(ROOT / "site")])
    finished = run("-c", program, PYTHONPATH=shelves, **{**SAFE, "TRUSTED_PROXY_COUNT": proxies})
    assert finished.stdout.split() == [proxies, str(trusted)], finished.stderr


@pytest.mark.parametrize(
    ("environment", "refused"),
    [
        ({"DATABASE_URL": "postgresql://u:p@db.example.go.th/sucharit"}, "db.example.go.th"),
        ({"DATABASE_URL": "postgresql://u:p@localhost,db.example.go.th/sucharit"}, "db.example.go.th"),
        ({"DATABASE_URL": "postgresql:///sucharit?host=db.example.go.th"}, "db.example.go.th"),
        ({"DATABASE_URL": "postgresql:///sucharit?service=real"}, "real"),
        ({"DATABASE_URL": "postgresql:///sucharit", "PGHOST": "10.0.0.7"}, "10.0.0.7"),
        ({"DATABASE_URL": "mysql://u:p@db.example.go.th/sucharit"}, "db.example.go.th"),
        ({"DATABASE_URL": "postgresql://u:p@localhost:5433/sucharit"}, ""),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1/sucharit"}, ""),
        ({"DATABASE_URL": "postgresql://u:p@[::1]:5432/sucharit"}, ""),
        ({"DATABASE_URL": "postgresql:///sucharit?host=/run/postgresql"}, ""),
        ({}, ""),
    ],
)
def test_the_demonstration_never_meets_a_database_elsewhere(
    tmp_path: Path, environment: dict[str, str], refused: str
):
    shelves = os.pathsep.join([str(ROOT), str(ROOT / "site")])
    finished = run(
        "-c",
        "import sucharit.settings.demo",
        PYTHONPATH=shelves,
        SUCHARIT_VAR=str(tmp_path),
        **environment,
    )
    if refused:
        assert finished.returncode != 0
        assert refused in finished.stderr.strip().splitlines()[-1]
        assert "u:p" not in finished.stderr
        assert not (tmp_path / "secret_key").exists()
    else:
        assert finished.returncode == 0, finished.stderr


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
