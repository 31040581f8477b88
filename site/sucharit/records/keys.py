"""The keys that sign seals: Ed25519, the private half in a file of its own outside the database.

A new key is endorsed by the one before it, in a statement that names its public half and the first seal that it signs. Whoever
knows the fingerprint of the first key can follow the endorsements to every other.
"""

import os
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction

from sucharit.kernel.errors import Conflict
from sucharit.records import chain
from sucharit.records.leaves import instant
from sucharit.records.models import LedgerHead, SigningKey
from sucharit.records.offline import verify_sucharit_ledger as core
from sucharit.records.stops import KeyMissing, LedgerRewritten


def folder() -> Path:
    """Where the private keys lie."""
    return Path(settings.LEDGER_KEYS)


def verify(public: str, message: bytes, signature: str) -> bool:
    """Say whether a signature (128 hex) over the message is of a public key (64 hex)."""
    try:
        signed = bytes.fromhex(signature)
        _public(public).verify(signed, message)
    except (InvalidSignature, ValueError, TypeError):
        return False
    # One way of writing it only: small letters, no spaces.
    return signed.hex() == signature and public == public.lower()


@lru_cache(maxsize=64)
def _public(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


def sign(private: Ed25519PrivateKey, message: bytes) -> str:
    """The signature in hex."""
    return private.sign(message).hex()


def signer(number: int, *, now: datetime) -> tuple[core.Key, Ed25519PrivateKey]:
    """The key whose turn a seal is, with its private half. An empty ledger gets its first key here.

    Raises KeyMissing where the private half is not on this machine, LedgerRewritten where there are seals and no key.
    """
    known = [key for key in chain.signing_keys() if key.from_seal <= number]
    if known:
        return known[-1], _load(known[-1].id)
    if number > 1:
        raise LedgerRewritten(
            "keys_gone", "ทะเบียนมีผนึกแล้วแต่ไม่มีกุญแจในฐานข้อมูล โปรดหยุดระบบและตรวจด้วย verify_ledger"
        )
    private = Ed25519PrivateKey.generate()
    return _keep(private, from_seal=1, by=None, now=now), private


@transaction.atomic(durable=True)
def rotate(*, now: datetime) -> core.Key:
    """Make a new key that signs from the next seal on, endorsed by the one in use.

    Raises KeyMissing where that one is not on this machine, Conflict where it has not signed anything yet.
    """
    LedgerHead.objects.get_or_create(pk=1)
    head = LedgerHead.objects.select_for_update().get(pk=1)
    known = chain.signing_keys()
    if not known or known[-1].from_seal > head.seal:
        raise Conflict("key_unused", "กุญแจปัจจุบันยังไม่เคยใช้ผนึก จึงยังไม่ต้องเปลี่ยน")
    endorser = (known[-1], _load(known[-1].id))
    return _keep(Ed25519PrivateKey.generate(), from_seal=head.seal + 1, by=endorser, now=now)


def _keep(
    private: Ed25519PrivateKey,
    *,
    from_seal: int,
    by: tuple[core.Key, Ed25519PrivateKey] | None,
    now: datetime,
) -> core.Key:
    """Write a new key to its file, then to the database."""
    public = private.public_key().public_bytes_raw().hex()
    key = core.Key(core.key_id(public), public, from_seal, by[0].id if by else "", "", str(instant(now)))
    key = key._replace(endorsement=sign(by[1] if by else private, core.key_statement(key)))
    _write(key.id, private)
    SigningKey.objects.create(
        key_id=key.id,
        public_key=public,
        from_seal=from_seal,
        endorsed_by_id=key.endorsed_by or None,
        endorsement=key.endorsement,
        made_at=now,
    )
    return key


def _write(key_id: str, private: Ed25519PrivateKey) -> None:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(folder() / f"{key_id}.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    # The name as well: a key that a power cut loses after it has signed stops sealing for good.
    entry = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def _load(key_id: str) -> Ed25519PrivateKey:
    path = folder() / f"{key_id}.pem"
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey) or (
        core.key_id(private.public_key().public_bytes_raw().hex()) != key_id
    ):
        raise KeyMissing(
            "key_missing",
            f"ผนึกทะเบียนไม่ได้: ไม่พบกุญแจ {key_id} หรืออ่านไม่ได้ โปรดวางไฟล์ {key_id}.pem ไว้ในโฟลเดอร์ของ "
            "SUCHARIT_LEDGER_KEYS การบันทึกผลยังทำงานตามปกติ",
            key=key_id,
        )
    return private
