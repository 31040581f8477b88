#!/usr/bin/env python3
"""From a fresh machine to a running or tested Sucharit, with the standard library alone.

    python3 bootstrap.py run | test | check | bench | figures | demo | shell-command …

Makes `.venv`, installs the hash-checked lock, then hands over to the project's own commands. Written so that an old Python
can still read it and say what is wrong.
"""

import hashlib
import os
import socket
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
NEEDED = (3, 11)
LOCKS = {"run": ["runtime"], "dev": ["runtime", "dev"]}


def stop(message):
    """Say one clear line and leave with status 2."""
    sys.stderr.write("sucharit: " + message + "\n")
    sys.exit(2)


def check_python():
    """Refuse a Python that cannot run the platform."""
    if sys.version_info < NEEDED:
        have = ".".join(str(part) for part in sys.version_info[:3])
        stop("Python 3.11 or newer is needed, this is %s. Try: make PYTHON=python3.12 run" % have)


def check_folder():
    """Refuse a folder that cannot be written to: the project's, the database's, or that of uploads."""
    kept = os.environ.get("SUCHARIT_VAR") or "var"
    uploads = os.environ.get("SUCHARIT_MEDIA") or "media"
    for folder in (ROOT, kept, uploads):
        # The platform runs in the project's folder, so that is what a relative name counts from.
        place = os.path.join(ROOT, folder)
        while not os.path.exists(place) and os.path.dirname(place) != place:
            place = os.path.dirname(place)
        if not os.path.isdir(place) or not os.access(place, os.W_OK):
            stop("cannot write to %s. Give yourself the right to, or copy the project elsewhere." % folder)


def check_port():
    """Refuse a port that another program holds, before any long work."""
    text = os.environ.get("PORT") or "8000"
    # `isdigit` would let ² and ๘ in, and int() refuses the one and a number of thousands of digits.
    if text.strip("0123456789") or not 1 <= len(text) <= 5 or not 0 < int(text) < 65536:
        stop("PORT must be a number from 1 to 65535, not %r." % text[:20])
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(text)))
    except OSError:
        stop("port %s is taken. Choose another: make run PORT=8001" % text)
    finally:
        probe.close()


def python_of_venv():
    """The interpreter inside the virtual environment."""
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(VENV, *parts)


def has_pip():
    """Whether the environment can install anything. One whose making was interrupted has an interpreter and no pip."""
    try:
        with open(os.devnull, "w") as nowhere:
            command = [python_of_venv(), "-m", "pip", "--version"]
            return subprocess.call(command, stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def install(kind):
    """Make the environment and install the lock by hash; nothing when the same lock is in already."""
    locks = [os.path.join(ROOT, "requirements", name + ".txt") for name in LOCKS[kind]]
    digest = hashlib.sha256()
    for path in locks:
        with open(path, "rb") as stream:
            digest.update(stream.read())
    marks = [os.path.join(VENV, "installed-" + name) for name in ("run", "dev")]
    wanted = digest.hexdigest()
    mark = os.path.join(VENV, "installed-" + kind)
    if os.path.exists(mark) and os.path.exists(python_of_venv()):
        with open(mark) as stream:
            if stream.read() == wanted:
                return
    sys.stderr.write("sucharit: installing (once; about a minute) …\n")
    if not has_pip() and subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        stop("could not make .venv. On Debian or Ubuntu: apt install python3-venv")
    command = [python_of_venv(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--only-binary", ":all:"]
    for path in locks:
        command += ["-r", path]
    for old in marks:
        if os.path.exists(old) and old == mark:
            os.remove(old)
    if subprocess.call(command, cwd=ROOT) != 0:
        stop("the packages could not be installed. Is a package index reachable?")
    with open(mark, "w") as stream:
        stream.write(wanted)


def hand_over(arguments, **extra):
    """Become the project's own command."""
    environment = dict(os.environ, **extra)
    shelves = [ROOT, os.path.join(ROOT, "site")]
    environment["PYTHONPATH"] = os.pathsep.join(shelves + [environment.get("PYTHONPATH", "")]).rstrip(
        os.pathsep
    )
    os.chdir(ROOT)
    if os.name == "nt":
        sys.exit(subprocess.call([python_of_venv()] + arguments, env=environment))
    os.execve(python_of_venv(), [python_of_venv()] + arguments, environment)


def main(arguments):
    """Choose what to become."""
    verb = arguments[0] if arguments else ""
    check_python()
    check_folder()
    if verb == "run":
        check_port()
        install("run")
        settings = os.environ.get("DJANGO_SETTINGS_MODULE") or "sucharit.settings.demo"
        hand_over(["manage.py", "serve"], DJANGO_SETTINGS_MODULE=settings)
    elif verb in ("test", "check", "bench", "figures", "demo"):
        install("dev")
        hand_over([os.path.join("tests", "tools", verb + ".py")] + arguments[1:])
    else:
        stop("say one of: run, test, check, bench, figures, demo")


if __name__ == "__main__":
    main(sys.argv[1:])
