"""The proof on the page where anyone checks a certificate: it proves that the award is sealed, and names nobody."""

import json

import pytest

from sucharit.kernel.ids import new_serial
from sucharit.kernel.merkle import is_included
from sucharit.records import keys, proofs, sealing
from sucharit.records.leaves import canonical
from sucharit.records.models import AwardEvent, Certificate, LedgerEntry
from sucharit.records.offline import verify_sucharit_ledger as core
from tests.conftest import NOW
from tests.records.build import recorded as complete
from tests.records.ledger_build import awards

pytestmark = pytest.mark.django_db


@pytest.fixture
def serial(world):
    """A certificate whose award stands among others of its batch."""
    people = [world.somsri, world.daruni, world.thawat, world.anan]
    awards(people, 3, seed=1)
    award = complete(world.somsri, attempt_ref="attempt-secret", evidence_ref="แฟ้มลับ")
    awards(people, 9, seed=2)
    serial = new_serial(2570)
    Certificate.objects.create(serial=serial, award=award, issued_at=NOW, pdf=b"%PDF", sha256="0" * 64)
    return serial


def test_before_it_is_sealed_the_page_says_so(serial, client):
    page = client.get(f"/verify/{serial}/").content.decode()
    assert "กำลังผนึก โปรดเปิดหน้านี้อีกครั้งในไม่กี่วินาที" in page
    assert "proof.json" not in page
    answer = client.get(f"/verify/{serial}/proof.json")
    assert answer.status_code == 404
    assert "กำลังผนึก" in answer.json()["error"]


def test_the_page_says_since_when_and_where_it_is_sealed(serial, client):
    sealing.seal(NOW)
    page = client.get(f"/verify/{serial}/").content.decode()
    assert "หลักฐานในทะเบียน" in page
    assert "23 พฤศจิกายน 2569 เวลา 09.30 น." in page
    position = LedgerEntry.objects.get(award__certificate__serial=serial).position
    assert f'<dt>ลำดับที่</dt><dd class="num">{position}</dd>' in page
    assert '<dt>ผนึกที่</dt><dd class="num">1</dd>' in page
    assert f"/verify/{serial}/proof.json" in page


def test_e3_the_proof_holds_without_this_system(serial, client):
    sealing.seal(NOW)
    answer = client.get(f"/verify/{serial}/proof.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    told = json.loads(answer.content)
    leaf = core.hashlib.sha256(b"\x00" + canonical(told["public"]).encode()).digest()
    seal, key = core.Seal(**told["seal"]), core.Key(**told["key"])
    path = [bytes.fromhex(node) for node in told["path"]]
    place, size = told["position"] - seal.first, seal.last - seal.first + 1
    assert leaf.hex() == told["leaf"]
    assert is_included(leaf, place, size, path, bytes.fromhex(seal.root))
    assert told["statement"].encode() == core.seal_statement(seal)
    assert core.verify_ed25519(key.public, core.seal_statement(seal), seal.signature)
    assert core.check_keys([key], core.verify_ed25519) is None
    assert told["public"]["id"] == Certificate.objects.get().award_id
    told["public"]["completed_at"] = "2020-01-01T00:00:00.000000Z"
    other = core.hashlib.sha256(b"\x00" + canonical(told["public"]).encode()).digest()
    assert not is_included(other, place, size, path, bytes.fromhex(seal.root))


def test_the_proof_names_nobody(world, serial, client):
    sealing.seal(NOW)
    award = AwardEvent.objects.get(certificate__serial=serial)
    text = client.get(f"/verify/{serial}/proof.json").content.decode()
    for hidden in (
        award.first_name,
        award.last_name,
        award.agency_name,
        award.agency_code,
        award.position_title,
        "attempt-secret",
        "แฟ้มลับ",
        award.salt,
        award.idempotency_key,
        world.somsri.public_id,
        world.somsri.user.email,
    ):
        assert hidden not in text, hidden
    assert set(json.loads(text)["public"]) == {
        "v", "table", "id", "kind", "target", "subject", "edition", "edition_digest", "method", "completed_at",
        "recorded_at", "valid_until", "effective_on", "private",
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["x", "%00", "ก" * 50, "SC69-AAAA-BBBB-CCCC-D"])
def test_an_unknown_serial_has_no_proof(client, typed):
    assert client.get(f"/verify/{typed}/proof.json").status_code == 404


def test_queries_stay_the_same_for_any_ledger(world, serial, client, django_assert_num_queries):
    people = [world.somsri, world.daruni, world.thawat, world.anan]
    sealing.seal(NOW)
    client.get(f"/verify/{serial}/")
    for seed in (8, 9):
        with django_assert_num_queries(7):
            proofs.proof_of_serial(serial)
        with django_assert_num_queries(3):
            assert client.get(f"/verify/{serial}/").status_code == 200
        awards(people, 60, seed=seed)
        sealing.seal(NOW, most=30)


def test_a_proof_after_a_change_of_keys_carries_the_key_of_its_time(world, serial):
    sealing.seal(NOW)
    before = proofs.proof_of_serial(serial)
    keys.rotate(now=NOW)
    awards([world.somsri, world.daruni], 2, seed=5)
    sealing.seal(NOW)
    assert proofs.proof_of_serial(serial) == before
