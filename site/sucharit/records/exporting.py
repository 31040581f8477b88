"""Evidence that leaves the house: rows with their leaves, seals, keys, checkpoints, and the program that checks them.

What is written holds names. Folders are made for their owner alone (0700, files 0600).
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sucharit.kernel import ids
from sucharit.kernel.errors import Conflict, InvalidInput, NotFound
from sucharit.records import chain, checkpoints, proofs
from sucharit.records.leaves import AWARD, DECISION, TABLES, Leaf, instant
from sucharit.records.models import AwardEvent, Certificate, LedgerEntry
from sucharit.records.offline import verify_sucharit_ledger as core

FORMAT = "sucharit-ledger-export/1"
VERIFIER = Path(core.__file__)
_BLOCK = 2_000


def export_range(*, to: Path, first: int, last: int | None, now: datetime) -> int:
    """Write the seals from `first` to `last` (the newest where none is named) with their rows. Returns how many rows.

    Raises NotFound where a seal of the range does not exist, Conflict where the folder is not empty.
    """
    newest = chain.last_seal()
    end = last if last is not None else (newest.number if newest else 0)
    if newest is None or not 1 <= first <= end <= newest.number:
        raise NotFound("seals_unknown", f"ทะเบียนมีผนึกที่ 1 ถึง {newest.number if newest else 0}")
    place = _folder(to)
    start, stop = chain.seal(first), chain.seal(end)
    if start is None or stop is None:
        raise NotFound("seals_unknown", "ไม่พบผนึกที่ขอ โปรดตรวจด้วย verify_ledger")
    done = _write_lines(place / "rows.jsonl", _rows(start.first, stop.last))
    lines = (line for line in checkpoints.read(checkpoints.folder(), first) if first <= line.number <= end)
    _write_rest(place, chain.seals(first, end), lines)
    _write_manifest(place, kind="range", from_seal=first, to_seal=end, rows=done, now=now)
    return done


def export_one(*, to: Path, serial: str, now: datetime) -> int:
    """Write the evidence of one certificate: its row, the path to its seal, and all seals since. Returns how many seals.

    Raises InvalidInput for a text that is no serial, NotFound where it is unknown or not sealed yet, Conflict where the folder
    is not empty.
    """
    clean = ids.parse_serial(serial)
    certificate = Certificate.objects.filter(serial=clean).first()
    if certificate is None:
        raise NotFound("certificate_unknown", "ไม่พบประกาศนียบัตรเลขที่นี้")
    entry = LedgerEntry.objects.filter(award_id=certificate.award_id).first()
    sealed = proofs.place_of(clean)
    if entry is None or sealed is None:
        raise NotFound("not_sealed", "รายการนี้กำลังผนึก โปรดลองอีกครั้งในไม่กี่วินาที")
    place = _folder(to)
    seal, newest = chain.seal(sealed.seal), chain.last_seal()
    if seal is None or newest is None:
        raise NotFound("seals_unknown", "ไม่พบผนึกของรายการนี้ โปรดตรวจด้วย verify_ledger")
    table = TABLES[AWARD]
    leaf = table.leaf(next(table.rows(AwardEvent.objects.filter(pk=certificate.award_id))))
    path = [node.hex() for node in proofs.path_in(seal, entry.position)]
    _write_lines(place / "rows.jsonl", [{**_row(entry.position, leaf, bytes(entry.leaf)), "path": path}])
    lines = (
        line for line in checkpoints.read(checkpoints.folder(), seal.number) if line.number >= seal.number
    )
    seals = list(chain.seals(seal.number, newest.number))
    _write_rest(place, seals, lines)
    _write(place / "certificate.pdf", bytes(certificate.pdf))
    facts = {
        "serial": clean,
        "award": certificate.award_id,
        "issued_at": instant(certificate.issued_at),
        "pdf_sha256": sha256(bytes(certificate.pdf)).hexdigest(),
    }
    _write(place / "certificate.json", json.dumps(facts, indent=1).encode())
    _write_manifest(place, kind="one", from_seal=seal.number, to_seal=newest.number, rows=1, now=now)
    return len(seals)


def seal_range(text: str) -> tuple[int, int | None]:
    """First and last of «A-B», «A-» or «A». Raises InvalidInput."""
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        raise InvalidInput("seal_range", "โปรดระบุผนึกเป็นเลข เช่น 1-20", field="seals")
    return int(first), int(last) if last else (None if dash else int(first))


def _folder(to: Path) -> Path:
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(to.iterdir()):
        raise Conflict("folder_not_empty", f"โฟลเดอร์ {to} มีไฟล์อยู่แล้ว โปรดใช้โฟลเดอร์ว่าง")
    return to


def _row(position: int, leaf: Leaf, kept: bytes) -> dict[str, Any]:
    return {"position": position, "leaf": kept.hex(), "public": leaf.public, "private": leaf.private}


def _rows(first: int, last: int) -> Iterator[dict[str, Any]]:
    for start in range(first, last + 1, _BLOCK):
        inside = {"position__gte": start, "position__lte": min(last, start + _BLOCK - 1)}
        leaves: dict[tuple[str, int], Leaf] = {}
        for name, table in TABLES.items():
            held = {f"entry__{key}": value for key, value in inside.items()}
            for row in table.rows(table.model._base_manager.filter(**held)):
                leaves[name, row[table.id_place]] = table.leaf(row)
        for entry in LedgerEntry.objects.filter(**inside).order_by("position"):
            name, pk = (AWARD, entry.award_id) if entry.award_id else (DECISION, entry.decision_id)
            leaf = leaves.get((name, pk or 0))
            if leaf is not None:
                yield _row(entry.position, leaf, bytes(entry.leaf))


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    path.touch(mode=0o600)
    done = 0
    with path.open("w", encoding="utf-8") as file:
        for done, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is returned
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return done


def _write_rest(place: Path, seals: Iterable[core.Seal], lines: Iterable[core.Seal]) -> None:
    _write_lines(place / "seals.jsonl", (seal._asdict() for seal in seals))
    _write_lines(place / "keys.jsonl", (key._asdict() for key in chain.signing_keys()))
    path = place / "checkpoints.txt"
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{core.line_of(line)}\n" for line in lines)
    shutil.copyfile(VERIFIER, place / VERIFIER.name)


def _write_manifest(
    place: Path, *, kind: str, from_seal: int, to_seal: int, rows: int, now: datetime
) -> None:
    """Last, so that an export that was cut off is not taken for a whole one."""
    facts = {
        "format": FORMAT,
        "kind": kind,
        "from_seal": from_seal,
        "to_seal": to_seal,
        "rows": rows,
        "exported_at": instant(now),
    }
    _write(place / "manifest.json", json.dumps(facts, indent=1).encode())
