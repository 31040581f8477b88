"""What was sealed, written outside the database: one line per seal, in a file per month.

Whoever may write to the database, even with the signing key, cannot make these lines say something else: so a ledger that was cut
short or rewritten is found although all of its signatures hold. Copy them to another machine (see the operations guide).
"""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sucharit.records import chain
from sucharit.records.models import LedgerHead
from sucharit.records.offline import verify_sucharit_ledger as core
from sucharit.records.stops import CheckpointsDiffer

_TAIL = 4096


class UnreadableError(ValueError):
    """A line that is no checkpoint, or that stands in the wrong place; says which."""


def folder() -> Path:
    """Where the checkpoints of this installation lie."""
    return Path(settings.LEDGER_CHECKPOINTS)


def files(place: Path) -> list[Path]:
    """The files of a folder, oldest first."""
    return sorted(place.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].txt"))


def read(place: Path, since: int = 1) -> Iterator[core.Seal]:
    """The lines of a folder from the last before `since` on, in order, as seals. Raises UnreadableError at the first bad line."""
    before: core.Seal | None = None
    for path in files(place):
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                found = core.seal_of(line[:-1]) if line.endswith("\n") else None
                if found is None and path == files(place)[-1] and not line.endswith("\n"):
                    # Cut off by a kill; the next round writes it again.
                    break
                if found is None or (before is not None and found.number <= before.number):
                    raise UnreadableError(f"{path.name}:{number}")
                if before is not None and found.number >= since > before.number:
                    yield before
                before = found
                if found.number >= since:
                    yield found
    if before is not None and before.number < since:
        yield before


def last(place: Path) -> core.Seal | None:
    """The newest whole line, or none."""
    for path in reversed(files(place)):
        lines = _tail(path).split("\n")
        whole = [line for line in lines[:-1] if line]
        if whole:
            found = core.seal_of(whole[-1])
            if found is None:
                raise CheckpointsDiffer(
                    "checkpoint_unreadable", f"อ่านจุดตรวจของทะเบียนไม่ได้: {path.name} บรรทัดสุดท้าย"
                )
            return found
    return None


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return file.read().decode("utf-8", errors="replace")


def refuse_other_end() -> None:
    """Raise CheckpointsDiffer where the newest line is not what the database sealed under that number."""
    line = last(folder())
    if line is not None and chain.seal(line.number) != line:
        raise CheckpointsDiffer(
            "checkpoint_differs",
            f"ผนึกทะเบียนไม่ได้: จุดตรวจของผนึกที่ {line.number} ไม่ตรงกับฐานข้อมูล โปรดตรวจด้วย verify_ledger "
            "หากกู้ฐานข้อมูลจากสำเนาเก่า โปรดทำตามคู่มือการดูแลระบบ",
            seal=line.number,
        )


def catch_up() -> int:
    """Append the seals that have no line yet. Returns how many; safe after a kill and beside another worker."""
    end = chain.head()
    line = last(folder())
    written = line.number if line else 0
    if end is None or end.seal <= written:
        return 0
    with transaction.atomic():
        # Whoever holds the head writes; another worker of this machine finds nothing left to do.
        if LedgerHead.objects.select_for_update(skip_locked=True).filter(pk=1).first() is None:
            return 0
        line = last(folder())
        written = line.number if line else 0
        return _append(chain.seals(written + 1, end.seal))


def _append(seals: Iterator[core.Seal]) -> int:
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    done = 0
    waiting: list[str] = []
    path: Path | None = None
    for seal in seals:
        known = files(place)
        # A clock that goes back must not put lines into an older file: they are read in the order of the files.
        month = max([seal.sealed_at[:7], *(known[-1].stem for _ in known[-1:])])
        wanted = place / f"{month}.txt"
        if waiting and wanted != path:
            _write(path or wanted, waiting)
            waiting = []
        path = wanted
        waiting.append(core.line_of(seal))
        done += 1
    if waiting and path is not None:
        _write(path, waiting)
    return done


def _write(path: Path, lines: list[str]) -> None:
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        content = file.read() if is_new else _tail(path).encode()
        torn = content.rsplit(b"\n", 1)[-1] if content else b""
        size = file.seek(0, os.SEEK_END)
        if torn and lines[0].encode().startswith(torn):
            # Half a line that a kill left: written whole now.
            file.seek(size - len(torn))
        elif torn:
            raise CheckpointsDiffer(
                "checkpoint_unreadable", f"อ่านจุดตรวจของทะเบียนไม่ได้: {path.name} บรรทัดสุดท้าย"
            )
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        entry = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
