"""Certificates: immutable bytes that read as they are printed, and a verify page for strangers (E22)."""

import hashlib
from datetime import timedelta

import pypdfium2
import pytest

from sucharit.kernel import names
from sucharit.kernel.ids import new_serial
from sucharit.kernel.thai_text import compose_sara_am
from sucharit.officers.models import Officer
from sucharit.records import certificates, verification
from sucharit.records.certificates import Face
from sucharit.records.models import Certificate
from tests.conftest import NOW, TODAY, enter
from tests.records.build import complete, edition

# WeasyPrint leaves the colour profile of its own package open until it is collected.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]
needs_engine = pytest.mark.skipif(bool(certificates.engine_fault()), reason=certificates.engine_fault())
PEOPLE = [
    ("นาง", "สมศรี", "ใจดี"),
    ("นาย", "อำนาจ", "ค้ำจุน"),
    ("นางสาว", "น้ำฝน", "ฉ่ำชื่น"),
    ("นางสาว", "น้ำผึ้ง", "ซ้ำเติม"),
    ("นาย", "กำพล", "ล้ำเลิศ"),
    ("นาย", "ดำรง", "คำแก้ว"),
    ("นาง", "จำเนียร", "ทำนา"),
    ("นางสาว", "รำไพ", "อ่ำเจริญ"),
    ("นาย", "สำราญ", "ย้ำคิด"),
    ("นางสาว", "ปิ่นแก้ว", "เพิ่มพูน"),
    ("นาง", "ทัศนีย์", "ศรีสวัสดิ์"),
    ("นาย", "พงษ์ศักดิ์", "รุ่งเรืองกิจ"),
    ("นาย", "วุฒิ", "ตั้งใจดี"),
    ("นางสาว", "ญาณิศา", "ฐิติพันธุ์"),
    ("นาย", "กฤษฎิ์", "ณ เชียงใหม่"),
    ("นาง", "เกื้อกูล", "เลี้ยงชีพ"),
    ("นาย", "ไพฑูรย์", "โพธิ์ทอง"),
    ("นาย", "ปรีดิ์", "ปั้นปูน"),
    ("นางสาว", "ฟ้าใส", "ผู้ใหญ่"),
    ("นาย", "ศิริชัย", "ป้อมปี่"),
    ("นาง", "ชื่นจิตต์", "ฝั้นถี่"),
    ("พันตำรวจเอก", "กิตติ์", "ขวัญเมือง"),
    ("นาย", "ธีร์", "จันทร์เพ็ญ"),
    ("นางสาว", "พิมพ์ชนก", "วิสุทธิ์"),
    ("หม่อมหลวง", "ปาณฑิตา", "ชุมพล"),
    ("นาย", "ฤทธิ์", "ฦๅชา"),
    ("นาย", "ณัฏฐ์", "ฐาปนพงศ์"),
    ("นาง", "ปุญญิศา", "กุญแจทอง"),
    ("นาย", "เด่นชัย", "ก๊กผล"),
    ("นางสาว", "จ๋อมแจ๋ม", "ตี๋น้อย"),
    ("นาย", "บัญชา", "สุ่มสี่สุ่มห้า"),
    ("ผู้ช่วยศาสตราจารย์", "ดร.อำไพ", "สุวรรณคำ"),
]


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return compose_sara_am("\n".join(page.get_textpage().get_text_bounded() for page in document))
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Without the blanks that a line break adds or drops."""
    return "".join(text.split())


def face(**facts) -> Face:
    said = {
        "serial": new_serial(2570),
        "holder": "นางสมศรี ใจดี",
        "position": "นักวิชาการพัฒนาชุมชน",
        "agency": "สำนักงานพัฒนาชุมชนอำเภอน้ำปาด",
        "course": "มาตรฐานทางจริยธรรม 7 ข้อ ฉบับเข้าใจง่าย",
        "edition": 1,
        "hours": "1.5 ชั่วโมง",
        "completed_on": "23 พฤศจิกายน พ.ศ. 2569",
        "issued_on": "23 พฤศจิกายน พ.ศ. 2569",
        "verify_url": "https://sucharit.example/verify/X/",
    }
    return Face(**{**said, **facts})


@needs_engine
@pytest.mark.parametrize("start", range(0, len(PEOPLE), 4))
def test_e22_the_extracted_text_is_the_printed_text(start):
    """Four names to a document: one as the holder, the others inside the other lines in other sizes and weights."""
    assert len(PEOPLE) >= 30
    holder, position, agency, course = (names.full_name(*person) for person in PEOPLE[start : start + 4])
    said = face(holder=holder, position=f"ผู้ช่วย{position}", agency=f"มูลนิธิ{agency}", course=f"ถ้อยคำของ{course}")
    found = squeezed(text_of(certificates.render_pdf(said)))
    for value in (
        said.holder,
        said.position,
        said.agency,
        said.course,
        said.serial,
        said.completed_on,
        said.hours,
    ):
        assert squeezed(value) in found, value


@needs_engine
def test_a_certificate_is_one_page_even_with_the_longest_words():
    pdf = certificates.render_pdf(
        face(
            holder="ว่าที่ร้อยตรีหญิง " + "กฤษณพงศ์" * 3 + " " + "ศรีสุวรรณภูมิ" * 3,
            position="ผู้อำนวยการกลุ่มงานส่งเสริมและพัฒนาคุณธรรมจริยธรรม" * 2,
            agency="สำนักงานปลัดกระทรวงทรัพยากรธรรมชาติและสิ่งแวดล้อม" * 2,
            course="มาตรฐานทางจริยธรรมสำหรับเจ้าหน้าที่ของรัฐ" * 3,
        )
    )
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    document.close()


@needs_engine
def test_a_name_cannot_bring_markup_into_the_document():
    found = text_of(certificates.render_pdf(face(holder="<b>ก</b> & <script>x</script>")))
    assert squeezed("<b>ก</b>&<script>x</script>") in squeezed(found)


@pytest.fixture
def issued(world):
    """A certificate of a known content without the engine."""
    award = complete(world.somsri, key="one")
    serial = new_serial(2570)
    pdf = b"%PDF-1.7 test"
    return Certificate.objects.create(
        serial=serial, award=award, issued_at=NOW, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest()
    )


@needs_engine
@pytest.mark.django_db
def test_e22_a_certificate_is_made_once_and_its_bytes_never_change(world):
    award = complete(world.somsri, key="one")
    first = certificates.issue(award=award, now=NOW)
    Officer.objects.filter(pk=world.somsri.pk).update(first_name="เปลี่ยน")
    edition(digest="b" * 64, title="ชื่อวิชาใหม่")
    again = certificates.issue(award=award, now=NOW + timedelta(days=400))
    assert (again.pk, again.serial) == (first.pk, first.serial)
    kept = bytes(Certificate.objects.get().pdf)
    assert kept == bytes(first.pdf)
    assert hashlib.sha256(kept).hexdigest() == first.sha256
    assert squeezed("นางสมศรี ใจดี") in squeezed(text_of(kept))


@needs_engine
@pytest.mark.django_db
def test_e22_passing_again_gives_a_new_serial(world):
    serials = {
        certificates.issue(award=complete(world.somsri, key=key), now=NOW).serial for key in ("one", "two")
    }
    assert len(serials) == 2


@needs_engine
@pytest.mark.django_db
def test_a_serial_carries_the_fiscal_year_of_the_completion(world):
    late = complete(world.somsri, at=NOW - timedelta(days=60), key="old")
    assert certificates.issue(award=late, now=NOW).serial.startswith("SC69-")
    assert certificates.issue(award=complete(world.somsri, key="new"), now=NOW).serial.startswith("SC70-")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_certificate_follows_the_commit_and_not_a_rollback(world, monkeypatch):
    from django.db import transaction

    monkeypatch.setattr(certificates, "render_pdf", lambda face: b"%PDF fake")
    monkeypatch.setattr(certificates, "engine_fault", lambda: "")
    with transaction.atomic():
        complete(world.somsri, key="one", issue_certificate=True, settled=False)
        transaction.set_rollback(True)
    assert not Certificate.objects.exists()
    complete(world.somsri, key="one", issue_certificate=True)
    assert Certificate.objects.count() == 1


@pytest.mark.django_db
def test_a_missing_engine_leaves_the_award_and_is_made_good_later(world, monkeypatch):
    monkeypatch.setattr(certificates, "engine_fault", lambda: "ขาด Pango")
    award = complete(world.somsri, key="one")
    certificates.issue_quietly(award_id=award.pk)
    assert not Certificate.objects.exists()
    monkeypatch.undo()
    monkeypatch.setattr(certificates, "render_pdf", lambda face: b"%PDF fake")
    assert certificates.issue_missing(now=NOW) == 1
    assert certificates.issue_missing(now=NOW) == 0


# --- the holder's file --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_certificate_is_for_its_holder_alone(world, issued, signed_in, client):
    url = f"/certificates/{issued.serial}.pdf"
    mine = signed_in(world.somsri.user).get(url)
    assert mine.status_code == 200
    assert mine.content == b"%PDF-1.7 test"
    assert mine.headers["Content-Type"] == "application/pdf"
    assert "private" in mine.headers["Cache-Control"] or "no-store" in mine.headers["Cache-Control"]
    for who in ("hr", "hr_elsewhere", "editor", "secretariat"):
        assert signed_in(world.users[who]).get(url).status_code == 404, who
    assert client.get(url).url.startswith("/accounts/login/")
    assert signed_in(world.somsri.user).get("/certificates/nothing.pdf").status_code == 404


# --- the stranger's page ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_e22_a_stranger_sees_what_is_attested_and_only_a_masked_name(world, issued, client):
    answer = client.get(f"/verify/{issued.serial}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for said in (issued.serial, "มาตรฐานทางจริยธรรม", "ฉบับที่ 1", "23 พฤศจิกายน", "2569", "ใช้ได้"):
        assert said in page, said
    masked = verification.verify(issued.serial, today=TODAY).masked_name
    assert masked in page
    assert masked != world.somsri.full_name
    for hidden in (
        "สมศรี",
        "ใจดี",
        world.somsri.public_id,
        world.somsri.user.email,
        "สำนักงานพัฒนาชุมชน",
        "นักวิชาการพัฒนาชุมชน",
    ):
        assert hidden not in page, hidden


@pytest.mark.django_db
def test_e22_the_ways_people_type_a_serial(issued, client):
    thai_digits = issued.serial.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    for typed in (
        issued.serial.lower(),
        issued.serial.replace("-", ""),
        issued.serial.replace("-", " "),
        f" {issued.serial} ",
        issued.serial.replace("0", "O").replace("1", "l"),
        thai_digits,
    ):
        answer = client.get("/verify/", {"serial": typed})
        assert answer.status_code == 302, typed
        assert answer.url == f"/verify/{issued.serial}/"
        assert client.get(f"/verify/{typed.strip()}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "SC69-AAAA-BBBB-CCCC-D",
        "x",
        "0",
        "ก" * 300,
        "%00",
        "a%00b",
        "..%2f..",
        "<script>alert(1)</script>",
        "%ff%fe",
    ],
)
def test_an_unknown_serial_is_not_found_whatever_it_is(client, typed):
    answer = client.get(f"/verify/{typed}/")
    assert answer.status_code == 404
    assert b"<script>alert" not in answer.content


@pytest.mark.django_db
def test_a_genuine_shape_that_was_never_issued_is_not_found(client):
    assert client.get(f"/verify/{new_serial(2570)}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["x", "\x00", "ก" * 500, "SC69-AAAA-BBBB-CCCC-D"])
def test_a_serial_typed_wrong_is_answered_at_the_field(client, typed):
    answer = client.get("/verify/", {"serial": typed})
    assert answer.status_code == 400
    assert "เลขที่ประกาศนียบัตร" in answer.content.decode()


@pytest.mark.django_db
def test_e22_a_certificate_past_its_day_says_so(world, client):
    award = complete(world.somsri, key="one", valid_until=TODAY - timedelta(days=1))
    serial = new_serial(2570)
    Certificate.objects.create(serial=serial, award=award, issued_at=NOW, pdf=b"x", sha256="0" * 64)
    assert not verification.verify(serial, today=TODAY).is_valid
    assert verification.verify(serial, today=TODAY - timedelta(days=1)).is_valid
    assert "พ้นระยะเวลา" in client.get(f"/verify/{serial}/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["revoke", "supersede"])
def test_e22_the_verify_page_shows_the_state_of_today(issued, world, client, kind):
    from sucharit.records import corrections
    from sucharit.records.enums import ReasonCode

    facts = {"award_id": issued.award_id, "reason": "ตรวจพบ", "actor_id": world.secretariat.pk}
    facts |= {"reason_code": ReasonCode.NOT_ENTITLED, "now": NOW + timedelta(hours=1)}
    if kind == "revoke":
        corrections.revoke(**facts)
        assert "ถูกเพิกถอนแล้ว" in client.get(f"/verify/{issued.serial}/").content.decode()
        corrections.reinstate(**facts)
    else:
        corrections.supersede(**facts, effective_on=TODAY + timedelta(days=1))
        assert "สิ้นผล" not in client.get(f"/verify/{issued.serial}/").content.decode()
        found = verification.verify(issued.serial, today=TODAY + timedelta(days=1))
        assert (found.state, found.ended_on) == ("superseded", TODAY + timedelta(days=1))
    assert "และยังใช้ได้" in client.get(f"/verify/{issued.serial}/").content.decode()


def test_verify_costs_at_most_four_queries(issued, client, django_assert_max_num_queries):
    client.get("/courses/")
    with django_assert_max_num_queries(4):
        assert client.get(f"/verify/{issued.serial}/").status_code == 200


@pytest.mark.django_db
def test_masks_of_short_and_long_names_never_show_the_whole(world):
    for title, first, last in PEOPLE:
        enter(first, last, world.province, title=title)
        masked = names.mask_name(title, first, last)
        assert first not in masked or len(first) <= 1
        assert last not in masked
