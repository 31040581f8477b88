"""What leaves the house proves itself: exports and the program that checks them with the standard library alone."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from sucharit.kernel.ids import new_serial
from sucharit.records import chain, exporting, keys
from sucharit.records.models import Certificate, LedgerEntry
from sucharit.records.offline import verify_sucharit_ledger as offline
from tests.conftest import NOW
from tests.records.ledger_build import awards, decisions, seal_all

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032(public, message, signature):
    said = bytes.fromhex(message)
    assert offline.verify_ed25519(public, said, signature)
    assert keys.verify(public, said, signature)
    for bent in (signature[:-2] + "0f", "00" + signature[2:], signature.upper(), signature[:-2], ""):
        assert not offline.verify_ed25519(public, said, bent)
        assert not keys.verify(public, said, bent)
    assert not offline.verify_ed25519(public, said + b"x", signature)
    # The same point with the order of the group added to s: it must not count as another signature.
    s = int.from_bytes(bytes.fromhex(signature[64:]), "little") + offline._L
    other = signature[:64] + s.to_bytes(32, "little").hex()
    assert not offline.verify_ed25519(public, said, other)
    assert not keys.verify(public, said, other)


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 63), st.integers(0, 255))
def test_both_judge_every_signature_alike(seed, message, place, byte):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw().hex(), private.sign(message)
    assert offline.verify_ed25519(public, message, signature.hex())
    bent = bytearray(signature)
    bent[place] = byte
    said = offline.verify_ed25519(public, message, bytes(bent).hex())
    assert said == keys.verify(public, message, bytes(bent).hex()) == (bytes(bent) == signature)


# --- exports ------------------------------------------------------------------------------------------------


def check(folder: Path, *arguments: str) -> tuple[int, dict]:
    """Run the exported program as an auditor would: no site packages, nothing of ours on the path."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify_sucharit_ledger.py"), "--json", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
    )
    return ran.returncode, json.loads(ran.stdout) if ran.stdout.startswith("{") else {"error": ran.stderr}


@pytest.fixture
def ledger(world):
    """Ninety rows in five seals under two keys."""
    people = [world.somsri, world.daruni, world.thawat, world.anan]
    first = awards(people, 50)[0]
    seal_all(most=25)
    keys.rotate(now=NOW)
    decisions(people, 40)
    seal_all(most=15)
    serial = new_serial(2570)
    Certificate.objects.create(serial=serial, award=first, issued_at=NOW, pdf=b"%PDF", sha256="0" * 64)
    return serial


@pytest.fixture
def exported(ledger, tmp_path) -> Path:
    call_command("export_ledger", to=tmp_path / "out")
    return tmp_path / "out"


def rewrite(path: Path, act) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(act(lines)), encoding="utf-8")


@pytest.mark.django_db
def test_e3_a_whole_export_proves_itself_with_python_alone(exported):
    code, told = check(exported)
    assert (code, told["ok"], told["checked"]) == (
        0,
        True,
        {"kind": "range", "seals": 5, "events": 90, "checkpoints_to": 5},
    )
    for path in exported.iterdir():
        if path.name != "verify_sucharit_ledger.py":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE(exported.stat().st_mode) == 0o700
    first = chain.signing_keys()[0].id
    assert check(exported, "--first-key", first)[0] == 0
    code, told = check(exported, "--first-key", "0" * 16)
    assert (code, told["fault"]["code"]) == (1, "key-unknown")


@pytest.mark.django_db
def test_e3_a_part_of_the_ledger_proves_itself(ledger, tmp_path):
    call_command("export_ledger", to=tmp_path / "out", seals="2-4")
    code, told = check(tmp_path / "out")
    assert (code, told["checked"]["seals"], told["checked"]["events"]) == (0, 3, 55)
    assert told["checked"]["checkpoints_to"] == 4


def edited(number, key, value, part="private"):
    def act(lines):
        row = json.loads(lines[number])
        row[part][key] = value
        lines[number] = json.dumps(row, ensure_ascii=False) + "\n"
        return lines

    return act


def field(number, key, value):
    def act(lines):
        row = json.loads(lines[number])
        row[key] = value(row[key]) if callable(value) else value
        lines[number] = json.dumps(row, ensure_ascii=False) + "\n"
        return lines

    return act


def without(number):
    return lambda lines: lines[:number] + lines[number + 1 :]


CHANGES = {
    "a name": ("rows.jsonl", edited(7, "last_name", "คนอื่น"), "row-altered", 1, 8),
    "a date": ("rows.jsonl", edited(7, "completed_at", "2020-01-01T00:00:00.000000Z", "public"), "row-altered", 1, 8),
    "a kept hash": ("rows.jsonl", field(30, "leaf", "ab" * 32), "entry-altered", 2, 31),
    "a row": ("rows.jsonl", without(60), "position-missing", 4, 61 + 5),
    "rows in another order": ("rows.jsonl", lambda lines: [lines[1], lines[0], *lines[2:]], "row-altered", 1, 1),
    "the last rows": ("rows.jsonl", lambda lines: lines[:-3], "position-missing", 5, 88),
    "a seal": ("seals.jsonl", without(2), "seal-missing", 3, None),
    "the last seal": ("seals.jsonl", without(4), "seal-missing", 5, None),
    "a root": ("seals.jsonl", field(1, "root", "ab" * 32), "seal-altered", 2, None),
    "a signature": ("seals.jsonl", field(3, "signature", "ab" * 64), "seal-altered", 4, None),
    "a checkpoint": ("checkpoints.txt", lambda lines: [lines[0].replace("seal 1 1 25", "seal 1 1 24"), *lines[1:]], "checkpoint-altered", 1, None),
    "an endorsement": ("keys.jsonl", field(1, "endorsement", "ab" * 64), "key-forged", 3, None),
    "a key": ("keys.jsonl", field(0, "public", "ab" * 32), "key-altered", None, None),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("what", CHANGES)
def test_e3_what_was_changed_in_an_export_is_named(exported, what):
    name, act, code, seal, position = CHANGES[what]
    if what == "a row":
        position = 61
        seal = next(s.number for s in chain.seals() if s.first <= 61 <= s.last)
    rewrite(exported / name, act)
    if what == "rows in another order":
        renumber(exported / name)
    status, told = check(exported)
    fault = told["fault"]
    assert (status, fault["code"], fault["seal"], fault["position"]) == (1, code, seal, position)


def renumber(path):
    """The positions follow, the hashes stay where they were: only what stands there has changed places."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    kept = {row["position"]: row["leaf"] for row in rows}
    for place, row in enumerate(rows, start=1):
        row["position"], row["leaf"] = place, kept[place]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.django_db
def test_an_export_that_was_cut_off_is_not_taken_for_a_whole_one(exported):
    (exported / "manifest.json").unlink()
    assert check(exported)[0] == 2


@pytest.mark.django_db
def test_e3_the_evidence_of_one_certificate_proves_itself(ledger, tmp_path):
    call_command("export_ledger", to=tmp_path / "one", one=ledger)
    code, told = check(tmp_path / "one")
    assert (code, told["checked"]["kind"], told["checked"]["seals"], told["checked"]["events"]) == (
        0,
        "one",
        5,
        1,
    )
    [row] = [json.loads(line) for line in (tmp_path / "one" / "rows.jsonl").read_text().splitlines()]
    assert row["private"]["first_name"] == Certificate.objects.get().award.first_name
    assert (tmp_path / "one" / "certificate.pdf").read_bytes() == b"%PDF"
    for name, act, wanted in (
        ("rows.jsonl", edited(0, "first_name", "อื่น"), "row-altered"),
        ("rows.jsonl", field(0, "position", 2), "row-altered"),
        ("rows.jsonl", field(0, "path", lambda path: path[:-1]), "row-altered"),
        ("seals.jsonl", field(0, "root", "ab" * 32), "seal-altered"),
        ("seals.jsonl", without(4), "seal-missing"),
    ):
        shutil.copytree(tmp_path / "one", tmp_path / "bent")
        rewrite(tmp_path / "bent" / name, act)
        status, told = check(tmp_path / "bent")
        assert (status, told["fault"]["code"]) == (1, wanted), name
        shutil.rmtree(tmp_path / "bent")


@pytest.mark.django_db
def test_what_cannot_be_exported_is_said_in_thai(world, ledger, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for options in (
        {"to": tmp_path / "full"},
        {"to": tmp_path / "a", "seals": "9-12"},
        {"to": tmp_path / "b", "seals": "x"},
        {"to": tmp_path / "c", "one": new_serial(2570)},
        {"to": tmp_path / "d", "one": "nonsense"},
    ):
        with pytest.raises(CommandError) as fault:
            call_command("export_ledger", **options)
        assert fault.value.returncode == 2
        assert any("ก" <= char <= "๙" for char in str(fault.value))
    assert exporting.seal_range("3") == (3, 3)
    assert exporting.seal_range("3-") == (3, None)


@pytest.mark.django_db
def test_the_exported_program_is_ours_word_for_word(exported):
    assert (exported / "verify_sucharit_ledger.py").read_bytes() == exporting.VERIFIER.read_bytes()
    imports = {
        line.split()[1]
        for line in exporting.VERIFIER.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert {name.split(".")[0] for name in imports} <= sys.stdlib_module_names


@pytest.mark.django_db
def test_an_entry_of_a_kind_unknown_to_the_program_is_still_hashed(exported):
    """The program knows nothing of columns: a later version of the ledger may have more of them."""
    entry = LedgerEntry.objects.get(position=1)
    row = json.loads((exported / "rows.jsonl").read_text().splitlines()[0])
    assert offline.leaf_of(row) == bytes(entry.leaf)
