"""The pages of the HR desk's acts: nothing typed is lost, what will happen is said first, and only whoever may see them sees them."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sucharit.kernel import national_id
from sucharit.officers.enums import Role
from sucharit.officers.services import grant_role
from sucharit.records.models import AccessEntry, Attachment, AwardEvent, Decision, Proposal
from tests.conftest import NOW, enter
from tests.records.build import CODE, applied, complete, edition, settle
from tests.records.desk import colleague, confirmed
from tests.records.test_imports import csv_of, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(world):
    return applied([world.ministry, world.comptroller])


@pytest.fixture
def daruni(world, signed_in):
    return signed_in(world.daruni.user)


def form(world, kind, query=""):
    return f"/hr/people/{world.somsri.public_id}/acts/{kind}/{query}"


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def paper(name="ใบรับรอง.pdf", content=b"%PDF-1.7 paper"):
    return SimpleUploadedFile(name, content)


# --- a form, its page, and the ledger -----------------------------------------------------------------------


def test_e8_from_the_person_through_the_preview_into_the_record(world, daruni, period):
    page = daruni.get(f"/hr/people/{world.somsri.public_id}/")
    assert form(world, "extend") in page.content.decode()
    typed = {
        "period": period.pk,
        "due_on": "31 ธ.ค. 2570",
        "reason": "ไปราชการต่างประเทศ",
        "document": "คำสั่ง 4",
    }
    sent = daruni.post(form(world, "extend"), typed)
    made = Proposal.objects.get()
    assert sent.url == f"/hr/acts/{made.public_id}/"
    told = words(daruni.get(sent.url))
    assert "เมื่อบันทึก นางสมศรี ใจดี จะครบกำหนด" in told
    assert "31 ธ.ค. 2570 (เดิม 30 ก.ย. 2570)" in told
    assert not Decision.objects.exists()
    daruni.post(sent.url, {"act": "confirm"})
    settle()
    told = words(daruni.get(f"/hr/people/{world.somsri.public_id}/"))
    assert "ขยายกำหนด ข้อกำหนด R1 ปีงบประมาณ พ.ศ. 2570 ถึง 31 ธันวาคม 2570 (กำหนดเดิม 30 กันยายน 2570)" in told
    assert "ไปราชการต่างประเทศ" in told
    assert "เดิม 30 ก.ย. 2570" in told


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(world, daruni, period):
    edition()
    typed = {
        "subject": CODE,
        "day": "31/02/2569",
        "method": "assessed",
        "evidence": "รุ่นที่ 3",
        "reason": "จัดเองที่กรม",
        "document": "กจ 12/2569",
        "file": paper(),
    }
    answer = daruni.post(form(world, "manual"), typed)
    text = answer.content.decode()
    assert answer.status_code == 200
    for value in ("31/02/2569", "รุ่นที่ 3", "จัดเองที่กรม", "กจ 12/2569", "ใบรับรอง.pdf"):
        assert value in text
    assert re.search(r'<option value="assessed" selected', text)
    assert re.search(r'<input[^>]*name="day"[^>]*aria-invalid="true"', text)
    kept = re.search(r'name="kept_file" value="(\w+)"', text)[1]
    again = {**typed, "day": "20/11/2569", "kept_file": kept}
    del again["file"]
    sent = daruni.post(form(world, "manual"), again)
    assert sent.status_code == 302
    assert Proposal.objects.get().attachment.name == "ใบรับรอง.pdf"
    assert Attachment.objects.count() == 1


def test_what_the_rules_refuse_is_told_at_its_field_too(world, daruni, period):
    typed = {"period": period.pk, "due_on": "1/12/2569", "reason": "ก"}
    answer = daruni.post(form(world, "extend"), typed)
    assert "กำหนดใหม่ต้องอยู่หลังกำหนดเดิม (30 กันยายน 2570)" in words(answer)
    assert re.search(
        r'<input[^>]*value="1/12/2569"[^>]*name="due_on"|name="due_on"[^>]*value="1/12/2569"',
        answer.content.decode(),
    )


def test_somebody_elses_kept_file_is_not_taken(world, daruni, signed_in, period):
    edition()
    typed = {
        "subject": CODE,
        "day": "x",
        "method": "assessed",
        "evidence": "ก",
        "reason": "ก",
        "file": paper(),
    }
    daruni.post(form(world, "manual"), typed)
    stolen = Attachment.objects.get().public_id
    other = signed_in(colleague(world.community))
    good = {**typed, "day": "20/11/2569", "kept_file": stolen}
    del good["file"]
    other.post(form(world, "manual"), good)
    assert Proposal.objects.get().attachment is None


def test_a_draft_is_mended_with_what_was_typed(world, daruni, period):
    typed = {"period": f"p{period.pk}", "exemption": "study", "starts_on": "1/11/2569", "reason": "ลาศึกษา"}
    sent = daruni.post(form(world, "exempt"), typed)
    page = daruni.get(sent.url).content.decode()
    edit = re.search(r'href="(/hr/people/[^"]+draft=[^"]+)"', page)[1]
    text = daruni.get(edit).content.decode()
    assert "ลาศึกษา" in text
    assert "01/11/2569" in text
    again = daruni.post(edit, {**typed, "until_on": "31/12/2569"})
    assert again.url == sent.url
    assert Proposal.objects.get().payload["until_on"] == "2026-12-31"


def test_a_revocation_is_decided_by_another_person_on_its_page(world, daruni, signed_in, period):
    award = complete(world.somsri)
    typed = {"reason_code": "wrong_person", "reason": "บันทึกให้ผิดคน"}
    sent = daruni.post(form(world, "revoke", f"?award={award.pk}"), typed)
    assert "ต้องมีผู้อื่นอนุมัติ" in words(daruni.get(sent.url))
    daruni.post(sent.url, {"act": "confirm"})
    mine = daruni.get(sent.url).content.decode()
    assert 'value="approve"' not in mine
    answer = daruni.post(sent.url, {"act": "approve"})
    assert "ผู้เสนออนุมัติเองไม่ได้" in words(answer)
    other = signed_in(colleague(world.community))
    assert "นางสมศรี ใจดี" in words(other.get("/hr/acts/"))
    refused = other.post(sent.url, {"act": "refuse", "note": ""})
    assert "โปรดเขียนเหตุผลที่ไม่อนุมัติ" in words(refused)
    other.post(sent.url, {"act": "approve", "note": "ตรวจหลักฐานแล้ว"})
    assert AwardEvent.objects.filter(kind="revoke").count() == 1
    late = signed_in(world.secretariat).post(sent.url, {"act": "approve", "note": "ของฉัน"})
    assert "มีผู้พิจารณาหรือถอนไปแล้ว" in words(late)
    told = words(daruni.get(f"/hr/people/{world.somsri.public_id}/"))
    assert "ถูกเพิกถอน" in told
    assert "บันทึกให้ผิดคน" in told
    assert "คืนผล" in told


def test_e19_find_compare_and_merge(world, daruni, period):
    twin = enter("สมศรี", "ใจดีมาก", world.province)
    enter("สมศรี", "ที่อื่น", world.treasury)
    complete(twin)
    found = daruni.get(f"/hr/people/{world.somsri.public_id}/merge/?q=สมศรี").content.decode()
    assert "ใจดีมาก" in found
    assert "ที่อื่น" not in found
    page = words(daruni.get(form(world, "merge", f"?other={twin.public_id}")))
    assert "ประวัติหลัก" in page
    assert "ผ่านแล้ว 1 รายวิชา" in page
    sent = daruni.post(form(world, "merge", f"?other={twin.public_id}"), {"reason": "คนเดียวกัน"})
    told = words(daruni.get(sent.url))
    assert "จะได้ผลการเรียนของประวัติ “นางสมศรี ใจดีมาก” มานับด้วย" in told
    assert "ผ่านแล้วตามกำหนด" in told


# --- who sees it --------------------------------------------------------------------------------------------


def test_an_auditor_looks_and_is_offered_nothing(world, signed_in, period):
    grant_role(user=world.pakphum, role=Role.AUDITOR, now=NOW)
    auditor = signed_in(world.pakphum)
    made = confirmed(world, "revoke", award_id=complete(world.somsri).pk, reason_code="other")
    page = auditor.get(f"/hr/acts/{made.public_id}/").content.decode()
    assert 'name="act"' not in page
    assert auditor.post(f"/hr/acts/{made.public_id}/", {"act": "approve"}).status_code == 404
    assert (
        "/acts/"
        not in auditor.get(f"/hr/people/{world.somsri.public_id}/").content.decode().split("<main")[1]
    )


def test_a_paper_is_for_whoever_may_see_the_proposal_and_leaves_as_a_file(world, daruni, signed_in, period):
    typed = {"period": period.pk, "due_on": "31/12/2570", "reason": "ก", "file": paper()}
    sent = daruni.post(form(world, "extend"), typed)
    made = Proposal.objects.get()
    url = f"/hr/papers/{made.public_id}/"
    answer = daruni.get(url)
    assert answer.content == b"%PDF-1.7 paper"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    # A draft is its maker's.
    assert signed_in(colleague(world.community)).get(url).status_code == 404
    daruni.post(sent.url, {"act": "confirm"})
    assert signed_in(world.secretariat).get(url).status_code == 200
    for user in (world.thawat.user, world.somsri.user, world.pakphum):
        assert signed_in(user).get(url).status_code == 404


def test_e25_opening_a_proposal_about_somebody_is_written_down(world, daruni, signed_in, period):
    made = confirmed(world, "revoke", award_id=complete(world.somsri).pk, reason_code="other")
    before = AccessEntry.objects.filter(officer=world.somsri).count()
    signed_in(world.secretariat).get(f"/hr/acts/{made.public_id}/")
    assert AccessEntry.objects.filter(officer=world.somsri, viewer=world.secretariat).count() == before + 1


def test_e23_no_score_of_a_test_and_no_answer_stands_on_these_pages(world, daruni, period):
    award = complete(world.somsri, score=7, max_score=10)
    page = words(daruni.get(form(world, "revoke", f"?award={award.pk}")))
    assert "7.00" not in page
    amend = daruni.get(form(world, "amend", f"?award={award.pk}")).content.decode()
    assert 'name="score"' not in amend
    assert "7.00" not in amend
    assert "คะแนน" not in page.split("เพิกถอนผล", 1)[1]


# --- a learner's own ----------------------------------------------------------------------------------------


def test_e25_a_learner_reads_what_was_decided_contests_it_and_is_answered(world, daruni, signed_in, period):
    somsri = signed_in(world.somsri.user)
    award = complete(world.somsri)
    confirmed(
        world,
        "exempt",
        payload={
            "requirement": period.requirement_id,
            "period": period.pk,
            "exemption": "study",
            "starts_on": "2026-11-01",
        },
        reason="ลาศึกษาต่อ",
    )
    mine = words(somsri.get("/my/records/"))
    assert "ยกเว้นการเรียน" in mine
    assert "ลาศึกษาต่อ" in mine
    sent = somsri.post(f"/my/records/ask/contest/?award={award.pk}", {"reason": "วันที่ไม่ตรงกับวุฒิบัตร"})
    assert sent.url == "/my/records/"
    made = Proposal.objects.get(kind="contest")
    assert "วันที่ไม่ตรงกับวุฒิบัตร" in words(daruni.get(f"/hr/acts/{made.public_id}/"))
    daruni.post(f"/hr/acts/{made.public_id}/", {"act": "answer", "note": "แก้ให้แล้ว"})
    assert "แก้ให้แล้ว" in words(somsri.get("/my/records/"))


def test_e15_a_learner_asks_with_a_paper_that_only_they_and_staff_read(world, daruni, signed_in, period):
    somsri = signed_in(world.somsri.user)
    typed = {"subject": CODE, "source": "สถาบันพระปกเกล้า", "day": "20/10/2569", "reason": "เรียนมาแล้ว"}
    assert "โปรดแนบหลักฐาน" in words(somsri.post("/my/records/ask/recognise/", typed))
    somsri.post("/my/records/ask/recognise/", {**typed, "file": paper()})
    made = Proposal.objects.get()
    assert (made.state, made.payload["two_of_staff"]) == ("waiting", True)
    assert somsri.get(f"/hr/papers/{made.public_id}/").status_code == 200
    page = words(daruni.get(f"/hr/acts/{made.public_id}/"))
    assert "เห็นชอบ" in page
    daruni.post(f"/hr/acts/{made.public_id}/", {"act": "approve"})
    signed_in(world.secretariat).post(f"/hr/acts/{made.public_id}/", {"act": "approve"})
    settle(NOW + timedelta(hours=2))
    assert "เทียบโอนผลการเรียน" in words(somsri.get("/my/records/"))


def test_a_learner_contests_only_entries_of_their_own(world, signed_in):
    award = complete(world.thawat)
    assert signed_in(world.somsri.user).get(f"/my/records/ask/contest/?award={award.pk}").status_code == 404


# --- files --------------------------------------------------------------------------------------------------


def test_e20_a_file_is_read_shown_and_confirmed(world, daruni):
    edition()
    number = national_id.synthetic(7)
    enter("มาลี", "ทองดี", world.province, national_id=number)
    content = csv_of(row(number=number), row(number=national_id.synthetic(8)))
    typed = {
        "agency": world.community.public_id,
        "era": "be",
        "reason": "ทะเบียนอบรม",
        "file": SimpleUploadedFile("ทะเบียน.csv", content),
    }
    sent = daruni.post("/hr/import/", typed)
    made = Proposal.objects.get()
    assert sent.url == f"/hr/acts/{made.public_id}/"
    page = words(daruni.get(sent.url))
    assert "ยังจับคู่ไม่ได้ 1" in page
    assert "พร้อมบันทึก 1" in page
    assert national_id.masked_tail(national_id.synthetic(8)) in page
    assert national_id.synthetic(8) not in page
    assert "มาลี" in words(daruni.get(f"{sent.url}?rows=ready"))
    csv = b"".join(daruni.get(f"{sent.url}problems.csv").streaming_content).decode()
    assert "ไม่พบผู้นี้ในหน่วยงานที่นำเข้า" in csv
    daruni.post(sent.url, {"act": "confirm"})
    assert Proposal.objects.get().state == "applying"
    assert "กำลังบันทึก" in words(daruni.get(sent.url))


def test_e20_a_file_without_an_era_or_of_another_kind_is_told_at_its_field(world, daruni):
    typed = {
        "agency": world.community.public_id,
        "reason": "ทะเบียนอบรม",
        "file": SimpleUploadedFile("a.pdf", b"%PDF-"),
    }
    assert "ทะเบียนอบรม" in words(daruni.post("/hr/import/", typed))
    answer = daruni.post("/hr/import/", {**typed, "era": "be", "file": SimpleUploadedFile("a.pdf", b"%PDF-")})
    assert "นำเข้าได้เฉพาะไฟล์ XLSX และ CSV" in words(answer)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_reads_back(world, daruni, kind):
    import io

    from sucharit.records import history

    content = b"".join(daruni.get(f"/hr/import/template.{kind}").streaming_content)
    (found,) = history.read(io.BytesIO(content), filename=f"a.{kind}", era="be")
    assert found.completed_on.year == 2020
    assert [heading for heading, _ in found.problems] == []


# --- cost ---------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_few_and_for_many(world, daruni, signed_in, period):
    other = signed_in(colleague(world.community))
    costs = []
    for number in (2, 12):
        for place in range(number):
            officer = enter(f"คน{place}", f"ชุด{number}", world.province)
            confirmed(
                world,
                "revoke",
                officer=officer,
                award_id=complete(officer, settled=False).pk,
                reason_code="other",
            )
        other.get("/hr/acts/")
        with CaptureQueriesContext(connection) as counted:
            assert other.get("/hr/acts/").status_code == 200
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 9, costs


def test_the_page_of_one_costs_what_it_costs(world, daruni, signed_in, period):
    made = confirmed(world, "revoke", award_id=complete(world.somsri).pk, reason_code="other")
    other = signed_in(colleague(world.community))
    other.get(f"/hr/acts/{made.public_id}/")
    with CaptureQueriesContext(connection) as counted:
        other.get(f"/hr/acts/{made.public_id}/")
    assert len(counted) <= 28, len(counted)


def test_the_list_goes_on_by_key(world, signed_in, period, monkeypatch):
    from sucharit.records import proposed

    monkeypatch.setattr(proposed, "PAGE", 2)
    for place in range(3):
        officer = enter(f"คน{place}", "หน้า", world.province)
        confirmed(
            world,
            "revoke",
            officer=officer,
            award_id=complete(officer, settled=False).pk,
            reason_code="other",
        )
    client = signed_in(world.secretariat)
    first = client.get("/hr/acts/").content.decode()
    more = re.search(r'href="(\?list=[^"]+after=\d+)"', first)[1].replace("&amp;", "&")
    assert "คน2" in first
    assert "คน0" not in first
    assert "คน0" in client.get(f"/hr/acts/{more}").content.decode()
