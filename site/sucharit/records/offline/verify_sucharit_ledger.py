#!/usr/bin/env python3
"""Check an export of the ledger of Sucharit, on any machine, with Python alone (3.10 or newer; nothing to install, no network).

    python3 verify_sucharit_ledger.py FOLDER [--first-key ID] [--json]

It computes every hash again from the rows themselves, then the Merkle roots (RFC 9162), the chain of seals, their Ed25519 signatures
(RFC 8032), the endorsements of keys, and compares all that with the checkpoints. It names the first fault and ends
with 1; with 0 where all holds; with 2 where the folder cannot be read. `--first-key` is the fingerprint of the first key as the
owner of the ledger published it: without it, you take the exported first key for theirs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

ORIGIN = "sucharit.ledger/v1"
ZEROS = "0" * 64
Verify = Callable[[str, bytes, str], bool]

# --- Ed25519, RFC 8032 section 5.1 ------------------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]
_NONE: _Point = (0, 1, 1, 0)


def _add(a: _Point, b: _Point) -> _Point:
    u, v = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    w, z = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = v - u, z - w, z + w, v + u
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _x_of(y: int, sign: int) -> int | None:
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return _P - x if x & 1 != sign else x


def _point(data: bytes) -> _Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % _P)


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")) or _NONE


def verify_ed25519(public: str, message: bytes, signature: str) -> bool:
    """Say whether the signature (128 hex) over the message is of the public key (64 hex)."""
    try:
        key, signed = bytes.fromhex(public), bytes.fromhex(signature)
    except (ValueError, TypeError):
        return False
    # One way of writing it only: small letters, no spaces.
    if len(key) != 32 or len(signed) != 64 or (key.hex(), signed.hex()) != (public, signature):
        return False
    point, s = _point(key), int.from_bytes(signed[32:], "little")
    if point is None or s >= _L:
        return False
    h = int.from_bytes(hashlib.sha512(signed[:32] + key + message).digest(), "little") % _L
    negative = (_P - point[0], point[1], 1, _P - point[3])
    table = (_NONE, _BASE, negative, _add(_BASE, negative))
    found = _NONE
    for bit in range(252, -1, -1):
        found = _add(found, found)
        found = _add(found, table[(s >> bit & 1) | (h >> bit & 1) << 1])
    inverse = pow(found[2], _P - 2, _P)
    x, y = found[0] * inverse % _P, found[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signed[:32]


# --- Merkle trees, RFC 9162 section 2.1 -------------------------------------------------------------------------


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        # A last one without a neighbour rises.
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = above + (level[-1:] if len(level) % 2 else [])
    return level[0]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which an inclusion path leads from a leaf; nothing where the path does not fit the tree."""
    found, rest = leaf, list(path)
    while size > 1:
        if index ^ 1 < size:
            if not rest:
                return b""
            pair = (rest.pop(0), found) if index % 2 else (found, rest.pop(0))
            found = hashlib.sha256(b"\x01" + pair[0] + pair[1]).digest()
        index, size = index // 2, (size + 1) // 2
    return b"" if rest else found


# --- what is signed ---------------------------------------------------------------------------------------------


class Key(NamedTuple):
    """The public half of a signing key, and the endorsement of the key before it (of itself, for the first)."""

    id: str
    public: str
    from_seal: int
    endorsed_by: str
    endorsement: str
    made_at: str


class Seal(NamedTuple):
    """One sealed batch. `previous` is the SHA-256 of the statement before, `signature` is over this one."""

    number: int
    first: int
    last: int
    root: str
    previous: str
    sealed_at: str
    key: str
    signature: str


def seal_statement(seal: Seal) -> bytes:
    """The text that a seal's signature is over."""
    return (
        f"{ORIGIN} seal\nnumber {seal.number}\npositions {seal.first} {seal.last}\nroot {seal.root}\n"
        f"previous {seal.previous}\ntime {seal.sealed_at}\nkey {seal.key}\n"
    ).encode()


def key_statement(key: Key) -> bytes:
    """The text that a key's endorsement is over."""
    return (
        f"{ORIGIN} key\nid {key.id}\npublic {key.public}\nfrom seal {key.from_seal}\nmade {key.made_at}\n"
        f"endorsed by {key.endorsed_by or 'itself'}\n"
    ).encode()


def digest_of(seal: Seal) -> str:
    """What the next seal names as `previous`."""
    return hashlib.sha256(seal_statement(seal)).hexdigest()


def key_id(public: str) -> str:
    """The fingerprint of a public key: 16 hex."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def line_of(seal: Seal) -> str:
    """A seal as one line of a checkpoint file."""
    return " ".join(("seal", *map(str, seal)))


def seal_of(line: str) -> Seal | None:
    """The seal that a checkpoint line states; none where it is not one."""
    parts = line.split(" ")
    if len(parts) != 9 or parts[0] != "seal" or not all(part.isdecimal() for part in parts[1:4]):
        return None
    return Seal(int(parts[1]), int(parts[2]), int(parts[3]), *parts[4:])


# --- faults -----------------------------------------------------------------------------------------------------

# Code, Thai, English.
_WORDS = """
key-altered | กุญแจ {key} ถูกแก้ไข: รหัสไม่ตรงกับกุญแจ | key {key} was altered: its id does not fit it
key-forged | กุญแจ {key} ไม่ได้รับการรับรองจากกุญแจก่อนหน้า | key {key} is not endorsed by the key before it
key-unknown | กุญแจแรก {key} ไม่ใช่กุญแจที่ประกาศไว้ ({expected}) | the first key {key} is not the published one ({expected})
seal-missing | ผนึกที่ {seal} หายไป | seal {seal} is missing
seal-altered | ผนึกที่ {seal} ถูกแก้ไข: ลายเซ็นไม่ถูกต้อง {detail} | seal {seal} was altered: its signature does not hold {detail}
seal-rewritten | ผนึกที่ {seal} ถูกทำใหม่: ลายเซ็นถูกต้องแต่ไม่ตรงกับจุดตรวจ {detail} | seal {seal} was made anew: signed, but not what the checkpoint says {detail}
seal-key | ผนึกที่ {seal} ไม่ได้ลงนามด้วยกุญแจที่ใช้ในเวลานั้น ({key}) | seal {seal} is not signed by the key of its time ({key})
chain-broken | ผนึกที่ {seal} ไม่ต่อจากผนึกก่อนหน้า: ผนึกใดผนึกหนึ่งถูกทำใหม่ | seal {seal} does not follow from the one before: one of the two was made anew
positions-jump | ผนึกที่ {seal} เริ่มที่ลำดับ {position} ซึ่งไม่ต่อจากผนึกก่อนหน้า | seal {seal} begins at position {position}, which does not follow the seal before
position-missing | ลำดับที่ {position} ในผนึกที่ {seal} หายไป | position {position} of seal {seal} is missing
row-missing | แถวของลำดับที่ {position} ({table} {row}) ในผนึกที่ {seal} หายไป | the row of position {position} ({table} {row}) of seal {seal} is missing
row-altered | แถวของลำดับที่ {position} ({table} {row}) ในผนึกที่ {seal} ไม่ตรงกับที่ผนึกไว้ | the row of position {position} ({table} {row}) of seal {seal} is not what was sealed
entry-altered | ค่าแฮชของลำดับที่ {position} ({table} {row}) ในผนึกที่ {seal} ถูกแก้ไข | the kept hash of position {position} ({table} {row}) of seal {seal} was altered
root-differs | รายการในผนึกที่ {seal} (ลำดับ {detail}) ถูกแก้ไขพร้อมค่าแฮช: รากไม่ตรงกับที่ลงนามไว้ | entries of seal {seal} (positions {detail}) were altered with their hashes: the root is not the signed one
checkpoint-altered | จุดตรวจของผนึกที่ {seal} ถูกแก้ไข {detail} | the checkpoint of seal {seal} was altered {detail}
checkpoint-unreadable | อ่านจุดตรวจไม่ได้: {detail} | a checkpoint cannot be read: {detail}
checkpoint-missing | จุดตรวจของผนึกที่ {seal} หายไป | the checkpoint of seal {seal} is missing
head-differs | ปลายทะเบียนไม่ตรงกับผนึกสุดท้าย (ผนึกที่ {seal}) | the head of the ledger does not fit the last seal ({seal})
"""


def words_of(text: str) -> dict[str, tuple[str, str]]:
    """Codes with their words, from lines of three columns."""
    rows = [line.split(" | ") for line in text.strip().splitlines()]
    return {code: (thai, english) for code, thai, english in rows}


FAULTS = words_of(_WORDS)


class Fault(NamedTuple):
    """The first thing that does not hold, and where."""

    code: str
    seal: int | None = None
    position: int | None = None
    table: str = ""
    row: int | None = None
    key: str = ""
    expected: str = ""
    found: str = ""
    detail: str = ""

    def words(self, faults: dict[str, tuple[str, str]] = FAULTS) -> tuple[str, str]:
        """The same in Thai and in English."""
        thai, english = faults[self.code]
        facts = self._asdict()
        return thai.format(**facts).rstrip(), english.format(**facts).rstrip()


# --- the walk ---------------------------------------------------------------------------------------------------


class Batch(NamedTuple):
    """The entries of one seal in order: position, (table, row), the kept leaf hash, and the one that the row gives today."""

    positions: list[int]
    rows: list[tuple[str, int | None]]
    kept: list[bytes | None]
    found: list[bytes | None]


def check_keys(keys: Sequence[Key], verify: Verify, first_key: str = "") -> Fault | None:
    """The first key that is not what it says, or that the key before does not endorse. Keys stand in the order of use."""
    before: Key | None = None
    for key in keys:
        try:
            fits = key_id(key.public) == key.id
        except (ValueError, TypeError):
            fits = False
        if not fits:
            return Fault("key-altered", key=key.id)
        if before is None and first_key and first_key not in {key.id, key.public}:
            return Fault("key-unknown", key=key.id, expected=first_key)
        by = before or key
        follows = key.endorsed_by == (before.id if before else "") and (
            before is not None or key.from_seal == 1
        )
        if not (follows and verify(by.public, key_statement(key), key.endorsement)):
            return Fault("key-forged", key=key.id, seal=key.from_seal)
        before = key
    return None


class Walk:
    """Seals one after the other: each is compared with its checkpoint, its signature, its key, the seal before, and its entries."""

    def __init__(
        self, keys: Sequence[Key], checkpoints: Iterable[Seal], verify: Verify, *, start: Seal | None = None
    ) -> None:
        self.keys = sorted(keys, key=lambda key: key.from_seal)
        self._by_id = {key.id: key for key in self.keys}
        self._since = [key.from_seal for key in self.keys]
        self.verify = verify
        # The seal before the first that is walked.
        self.number, self.position, self.digest = (
            (start.number, start.last, digest_of(start)) if start else (0, 0, ZEROS)
        )
        self._lines = iter(checkpoints)
        self._line = next(self._lines, None)
        self._began = False
        self.covered = 0
        self.entries = 0

    def _line_for(self, number: int) -> Seal | None:
        while self._line is not None and self._line.number < number:
            self._began = True
            self._line = next(self._lines, None)
        line = self._line
        if line is not None and line.number == number:
            self._began = True
            self._line = next(self._lines, None)
            return line
        return None

    def _signed(self, seal: Seal) -> bool:
        key = self._by_id.get(seal.key)
        return key is not None and self.verify(key.public, seal_statement(seal), seal.signature)

    def see(self, seal: Seal, load: Callable[[], Batch] | None) -> Fault | None:
        """Check one seal; `load` gives its entries, none where only the chain is walked."""
        fault = self._statement(seal) or self._place(seal)
        if fault is None and load is not None:
            fault = check_batch(seal, load())
            self.entries += seal.last - seal.first + 1
        self.number, self.position, self.digest = seal.number, seal.last, digest_of(seal)
        return fault

    def _statement(self, seal: Seal) -> Fault | None:
        if seal.number != self.number + 1:
            return Fault("seal-missing", self.number + 1)
        line, signed = self._line_for(seal.number), self._signed(seal)
        if line is None and self._began and self._line is not None:
            return Fault("checkpoint-missing", seal.number)
        if line is not None:
            self.covered = seal.number
            if line != seal:
                return self._differing(seal, line, signed=signed)
        place = bisect_right(self._since, seal.number) - 1
        if place < 0 or self.keys[place].id != seal.key:
            return Fault("seal-key", seal.number, key=seal.key)
        return None if signed else Fault("seal-altered", seal.number)

    def _differing(self, seal: Seal, line: Seal, *, signed: bool) -> Fault:
        rows = zip(seal._fields, line, seal, strict=True)
        detail = ", ".join(f"{name}: {kept} -> {now}" for name, kept, now in rows if kept != now)
        code = "seal-rewritten" if signed else "seal-altered"
        if signed and not self._signed(line):
            code = "checkpoint-altered"
        return Fault(code, seal.number, detail=f"({detail})")

    def _place(self, seal: Seal) -> Fault | None:
        if seal.previous != self.digest:
            return Fault("chain-broken", seal.number, expected=self.digest, found=seal.previous)
        if seal.first != self.position + 1 or seal.last < seal.first:
            return Fault("positions-jump", seal.number, seal.first)
        return None

    def end(self) -> Fault | None:
        """After the last seal: whether a checkpoint knows of more."""
        rest = self._line_for(self.number + 1) or self._line
        return Fault("seal-missing", self.number + 1) if rest is not None else None


def check_batch(seal: Seal, batch: Batch) -> Fault | None:
    """The first entry of a seal that is missing or altered."""
    wanted = range(seal.first, seal.last + 1)
    if batch.positions == list(wanted) and batch.kept == batch.found:
        leaves = [leaf for leaf in batch.found if leaf is not None]
        if len(leaves) == len(wanted) and merkle_root(leaves).hex() == seal.root:
            return None
    places = {position: place for place, position in enumerate(batch.positions)}
    for position in wanted:
        place = places.get(position)
        if place is None:
            return Fault("position-missing", seal.number, position)
        kept, found = batch.kept[place], batch.found[place]
        if found is None or kept != found:
            code = "row-missing" if found is None else "row-altered"
            if found is not None and _root_of(batch.found, seal):
                code = "entry-altered"
            told = [leaf.hex() if leaf else "" for leaf in (kept, found)]
            return Fault(code, seal.number, position, *batch.rows[place], expected=told[0], found=told[1])
    return Fault("root-differs", seal.number, seal.first, detail=f"{seal.first}-{seal.last}")


def _root_of(leaves: Sequence[bytes | None], seal: Seal) -> bool:
    known = [leaf for leaf in leaves if leaf is not None]
    return len(known) == len(leaves) and merkle_root(known).hex() == seal.root


# --- an exported folder -----------------------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """Canonical JSON, as it is hashed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def leaf_of(row: dict[str, Any]) -> bytes:
    """The leaf hash of an exported row, from its public and private parts."""
    private = hashlib.sha256(canonical(row["private"])).hexdigest()
    return hashlib.sha256(b"\x00" + canonical({**row["public"], "private": private})).digest()


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _checkpoints(path: Path) -> Iterator[Seal]:
    with path.open(encoding="utf-8") as file:
        for place, line in enumerate(file, start=1):
            seal = seal_of(line.rstrip("\n"))
            if seal is None:
                raise ValueError(f"{path.name}:{place}")
            yield seal


class _Rows:
    """The exported rows, read once and in order."""

    def __init__(self, path: Path) -> None:
        self._rows = _lines(path)
        self._next = next(self._rows, None)

    def batch(self, seal: Seal) -> Batch:
        """Those of one seal."""
        batch = Batch([], [], [], [])
        while self._next is not None and self._next["position"] <= seal.last:
            row, self._next = self._next, next(self._rows, None)
            batch.positions.append(row["position"])
            batch.rows.append((row["public"]["table"], row["public"]["id"]))
            batch.kept.append(bytes.fromhex(row["leaf"]))
            batch.found.append(leaf_of(row))
        return batch


def _one(folder: Path, seal: Seal) -> Fault | None:
    """The one row of a certificate's evidence, by its inclusion path."""
    row = next(_lines(folder / "rows.jsonl"), None)
    if row is None:
        return Fault("position-missing", seal.number)
    position, found = row["position"], leaf_of(row)
    place = (seal.number, position, row["public"]["table"], row["public"]["id"])
    path = [bytes.fromhex(node) for node in row["path"]]
    if not seal.first <= position <= seal.last:
        return Fault("positions-jump", seal.number, position)
    if root_by_path(found, position - seal.first, seal.last - seal.first + 1, path).hex() != seal.root:
        return Fault("row-altered", *place, expected=row["leaf"], found=found.hex())
    return Fault("entry-altered", *place) if found.hex() != row["leaf"] else None


def check_folder(folder: Path, *, first_key: str = "") -> tuple[Fault | None, dict[str, Any]]:
    """The first fault of an export, and how much was checked."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    keys = [Key(**row) for row in _lines(folder / "keys.jsonl")]
    done = {"kind": manifest["kind"], "seals": 0, "events": 0, "checkpoints_to": 0}
    fault = check_keys(keys, verify_ed25519, first_key)
    if fault is not None:
        return fault, done
    walk = Walk(keys, _checkpoints(folder / "checkpoints.txt"), verify_ed25519)
    rows = _Rows(folder / "rows.jsonl") if manifest["kind"] == "range" else None
    first = True
    for seal in (Seal(**row) for row in _lines(folder / "seals.jsonl")):
        if first and seal.number > 1:
            # A part of the ledger begins where its first seal, which is signed, says that it does.
            walk.number, walk.position, walk.digest = seal.number - 1, seal.first - 1, seal.previous
        fault = walk.see(seal, partial(rows.batch, seal) if rows else None)
        fault = fault or (_one(folder, seal) if first and rows is None else None)
        if fault is not None:
            return fault, done
        first = False
        done |= {"seals": done["seals"] + 1, "checkpoints_to": walk.covered}
        done["events"] = walk.entries if rows else 1
    if walk.number != manifest["to_seal"] or (first and manifest["to_seal"]):
        return Fault("seal-missing", walk.number + 1), done
    return walk.end(), done


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a folder and say what was found."""
    parser = argparse.ArgumentParser(description="Check an export of the ledger of Sucharit.")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    parser.add_argument("--first-key", default="", help="fingerprint of the first key, as it was published")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        fault, done = check_folder(options.folder, first_key=options.first_key)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"อ่านหลักฐานไม่ได้ / cannot be read: {type(error).__name__}: {error}\n")
        return 2
    if options.json:
        told = {"ok": fault is None, "fault": fault and fault._asdict(), "checked": done}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    elif fault is not None:
        sys.stdout.write(f"พบความผิดปกติ: {fault.words()[0]}\nFAULT ({fault.code}): {fault.words()[1]}\n")
    else:
        sys.stdout.write(
            "ไม่พบความผิดปกติ: ตรวจ {events:,} รายการ {seals:,} ผนึก จุดตรวจถึงผนึกที่ {checkpoints_to:,}\n"
            "OK: {events:,} entries, {seals:,} seals, checkpoints to seal {checkpoints_to:,}\n".format(**done)
        )
    return 0 if fault is None else 1


if __name__ == "__main__":
    sys.exit(main())
