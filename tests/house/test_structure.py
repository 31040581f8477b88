"""Rules of the structure that no import linter sees."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    ".py",
    ".toml",
    ".txt",
    ".in",
    ".md",
    ".html",
    ".css",
    ".js",
    ".po",
    ".yml",
    ".yaml",
    ".sh",
    ".cfg",
    "",
}


def tracked() -> list[Path]:
    """What the repository holds; a checkout without git is read from the disk."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    paths = [ROOT / name for name in names if name] or [p for p in ROOT.rglob("*") if ".venv" not in p.parts]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("folder", ["site", "locale", "media"])
def test_shelves_are_never_packages(folder: str):
    # A package named `site` cannot be imported; one named `locale` would hide the standard library's.
    assert not (ROOT / folder / "__init__.py").exists()


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_locks_hold_versions_and_hashes_and_no_addresses(name: str):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text
    pins = re.findall(r"^([a-z0-9][a-z0-9._-]*)==[^\s;\\]+", text, re.MULTILINE | re.IGNORECASE)
    entries = [
        block for block in re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE) if "==" in block
    ]
    assert len(pins) > 30
    assert all("--hash=sha256:" in block for block in entries)


def test_the_dev_lock_agrees_with_the_runtime_lock():
    def pins(name: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        for package, version in re.findall(
            r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE | re.IGNORECASE
        ):
            found.setdefault(package.lower(), set()).add(version)
        return found

    runtime, dev = pins("runtime"), pins("dev")
    assert {name for name in dev if name in runtime and not dev[name] <= runtime[name]} == set()


def test_no_foreign_lock_or_build_output_is_kept():
    names = {path.name for path in tracked()}
    assert not names & {"uv.lock", "pylock.toml", "package-lock.json", "poetry.lock"}
    assert not [path for path in tracked() if path.suffix in {".mo", ".pyc", ".sqlite3"}]


def test_nothing_names_this_machine():
    inside = re.compile(r"(?<![\w.])/(?:work|root|home)/(?!<)\w+")
    guilty = []
    for path in tracked():
        if path.suffix in TEXT and path.name != Path(__file__).name and path.stat().st_size < 2_000_000:
            found = inside.search(path.read_text(encoding="utf-8", errors="replace"))
            if found:
                guilty.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert guilty == []


def test_top_level_folders_stand():
    for folder in ("site", "courses", "campaigns", "quizzes", "locale", "media", "tests"):
        assert (ROOT / folder).is_dir(), folder
    assert (
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"] == "sucharit"
    )


def test_the_bootstrap_reads_in_an_old_python():
    # It must be able to say "too old" itself, so it may not use syntax that an old Python cannot parse.
    source = (ROOT / "bootstrap.py").read_text(encoding="utf-8")
    compile(source, "bootstrap.py", "exec", dont_inherit=True)
    assert not re.search(r'\bf["\']|:=|\bmatch \w+:|-> ', source)


def test_python_files_stay_readable():
    long_files = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py" and "migrations" not in path.parts and "tests" not in path.parts
        if (lines := sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())) > 400
    }
    assert long_files == {}


def test_no_import_hides_inside_a_function():
    hidden = []
    for path in tracked():
        if path.suffix != ".py" or "tests" in path.parts or path.name in {"manage.py", "bootstrap.py"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if re.match(r"\s+(?:from \S+ import|import \S+)", line) and "TYPE_CHECKING" not in line:
                before = path.read_text(encoding="utf-8").splitlines()[:number]
                block = next(
                    (
                        text
                        for text in reversed(before[:-1])
                        if text and not text.startswith((" ", "\t", ")"))
                    ),
                    "",
                )
                if block.startswith(("def ", "class ", "@", "async def ")):
                    hidden.append(f"{path.relative_to(ROOT)}:{number}")
    assert hidden == []


def test_the_runtime_is_python_311_or_newer():
    assert sys.version_info >= (3, 11)


def test_every_relative_link_of_the_documents_leads_somewhere():
    links = [
        (path, target)
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text(encoding="utf-8"))
        if "://" not in target
    ]
    assert len(links) > 20
    assert [
        f"{path.relative_to(ROOT)}: {target}" for path, target in links if not (path.parent / target).exists()
    ] == []
