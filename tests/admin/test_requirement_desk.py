"""Requirements and audiences: for the secretariat alone, counted before they are saved, in พ.ศ., never a list of people."""

import re

import pytest
import time_machine
from django.urls import reverse

from sucharit.officers import services as people
from sucharit.officers.enums import PersonnelType, Role
from sucharit.officers.models import Audience, RoleGrant
from sucharit.records import following, services
from sucharit.records.models import (
    AccessEntry,
    Requirement,
    RequirementPeriod,
    RuleDraft,
    Standing,
    Subject,
)
from tests.admin.build import edit, fields_of, said
from tests.conftest import NOW, PASSWORD, enter
from tests.records.build import rules_round

pytestmark = pytest.mark.django_db

ADMIN = ["questions:index", "questions:add", "quizzes:index", "quizzes:add"]
SECRETARIAT = [
    "requirements:index",
    "requirements:add",
    "rule-drafts:index",
    "audiences:index",
    "audiences:add",
]


@pytest.fixture
def desk(world, signed_in):
    with time_machine.travel(NOW, tick=False):
        yield signed_in(world.secretariat)


@pytest.fixture
def audience(world):
    return people.save_audience(name="กรมการพัฒนาชุมชน", agencies=[world.community])


@pytest.fixture
def requirement(audience):
    subject = Subject.objects.create(code="ETH-7", title="มาตรฐานทางจริยธรรม")
    return services.save_requirement(
        code="YEARLY",
        title="เรียนประจำปี",
        subject=subject,
        audience=audience,
        reason="ตามแผน",
        due_month=2,
        due_day=28,
        now=NOW,
    )


@pytest.mark.parametrize("page", ADMIN)
def test_the_secretariat_does_not_write_content(desk, page):
    assert desk.get(reverse(page)).status_code in (302, 403)


@pytest.mark.parametrize("page", SECRETARIAT)
def test_the_secretariat_opens_its_pages(desk, page):
    assert desk.get(reverse(page)).status_code == 200


@pytest.mark.parametrize(("who", "allowed"), [("editor", ADMIN), ("learner", []), ("hr", []), (None, [])])
def test_others_open_only_what_is_theirs(world, signed_in, who, allowed):
    client = signed_in(world.users[who] if who else None)
    for page in ADMIN + SECRETARIAT:
        assert (client.get(reverse(page)).status_code == 200) == (page in allowed), page
        if page not in allowed:
            assert client.post(reverse(page), {}).status_code in (302, 403, 405)


def test_an_editor_can_post_nothing_to_a_requirement(world, signed_in, requirement):
    client = signed_in(world.pakphum)
    for page in ("requirements:edit", "requirements:apply", "requirements:propose", "requirements:adopt"):
        assert client.post(reverse(page, args=[requirement.pk]), {"title": "x"}).status_code in (302, 403)
    requirement.refresh_from_db()
    assert requirement.title == "เรียนประจำปี"
    assert not RequirementPeriod.objects.exists()
    assert not RuleDraft.objects.exists()


def test_the_role_brings_the_admin_and_takes_it_away(world):
    grant = RoleGrant.objects.get(user=world.secretariat)
    user = world.secretariat
    assert user.has_perm("wagtailadmin.access_admin")
    people.end_role(grant=grant, now=NOW)
    assert not type(user).objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")
    people.grant_role(user=user, role=Role.SECRETARIAT, now=NOW)
    assert type(user).objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")


def test_an_audience_is_counted_before_it_is_saved_and_names_nobody(world, desk):
    page = edit(desk, reverse("audiences:add"), name="ทดลอง", agencies=["MOI"], preview="1")
    html = page.content.decode()
    assert "กลุ่มนี้มี 2 คน" in html
    assert page.context["preview"].departments == [("กรมการพัฒนาชุมชน", 2)]
    assert "สมศรี" not in html
    assert "ดารุณี" not in html
    assert not Audience.objects.exists()
    assert page.context["form"].ticked == {"MOI"}


def test_an_audience_is_saved_with_deeper_units_by_code(world, desk):
    answer = edit(
        desk,
        reverse("audiences:add"),
        name="กองหนึ่ง",
        other_codes="CDD-CMI, CGD-HR",
        personnel_types=[PersonnelType.CIVIL_SERVANT],
    )
    made = Audience.objects.get()
    assert {agency.code for agency in made.agencies.all()} == {"CDD-CMI", "CGD-HR"}
    assert made.personnel_types == [PersonnelType.CIVIL_SERVANT]
    assert said(answer) == ["บันทึกกลุ่มเป้าหมายแล้ว วันนี้กลุ่มนี้มี 3 คน"]
    url = reverse("audiences:edit", args=[made.pk])
    edit(desk, url, name="กองสอง", other_codes="CDD-CMI", newly_appointed_days="30")
    made.refresh_from_db()
    assert (made.name, made.newly_appointed_days, made.agencies.count()) == ("กองสอง", 30, 1)


def test_an_unknown_unit_and_a_taken_name_are_said_at_their_fields(desk, audience):
    page = edit(desk, reverse("audiences:add"), name=audience.name, other_codes="NONE")
    assert set(page.context["form"].errors) == {"name", "other_codes"}


def test_the_audience_page_does_not_grow_with_people_or_small_units(world, desk, audience, count_queries):
    url = reverse("audiences:edit", args=[audience.pk])
    before, length = count_queries(desk, url), len(desk.get(url).content)
    for number in range(20):
        unit = people.add_agency(parent=world.division, code=f"U{number}", name=f"ฝ่าย {number}", level="04")
        enter(f"คน{number}", "มาก", unit)
    assert count_queries(desk, url) == before
    assert abs(len(desk.get(url).content) - length) < 200


@pytest.fixture
def second(world, signed_in):
    """Somebody else of the secretariat at the same hour."""
    user = people.open_account(email="second@example.go.th", password=PASSWORD, first_name="ผู้อนุมัติ")
    people.grant_role(user=user, role=Role.SECRETARIAT, now=NOW)
    return signed_in(user)


def sent_by(client, draft, act, **more):
    """Read a draft's page and press one of its buttons."""
    url = reverse("rule-drafts:look", args=[draft.pk])
    if act == "approve" and "read" not in more:
        found = re.search(r'name="read" value="([0-9a-f]+)"', client.get(url).content.decode())
        more["read"] = found[1] if found else ""
    return client.post(url, {act: "1", **more})


def work(now=NOW):
    """What the worker does, until nothing is left."""
    while rules_round(now) + following.weigh_rules(now) + following.count_overlaps(now):
        pass


def test_a_requirement_is_drafted_read_sent_approved_and_its_round_opens_by_itself(desk, second, audience):
    Subject.objects.create(code="ETH-7", title="มาตรฐานทางจริยธรรม")
    edit(
        desk,
        reverse("requirements:add"),
        code="YEARLY",
        title="เรียนประจำปี",
        subject=Subject.objects.get().pk,
        audience=audience.pk,
        reason="ตามแผนของหน่วยงาน",
        due_day="31",
        due_month="3",
    )
    draft = RuleDraft.objects.get()
    page = desk.get(reverse("rule-drafts:look", args=[draft.pk])).content.decode()
    assert "<strong>2</strong> คนเข้าใหม่" in page
    assert "31 มีนาคม ของทุกปีงบประมาณ" in page
    assert "สมศรี" not in page
    work()
    assert not Requirement.objects.exists(), "a draft asks nobody"
    sent_by(desk, draft, "send")
    assert 'name="approve"' not in desk.get(reverse("rule-drafts:look", args=[draft.pk])).content.decode()
    assert 'name="approve"' in second.get(reverse("rule-drafts:look", args=[draft.pk])).content.decode()
    sent_by(second, draft, "approve")
    made = Requirement.objects.get()
    url = reverse("requirements:edit", args=[made.pk])
    html = desk.get(url).content.decode()
    assert "กำลังปรับรายชื่อ" in html
    assert "<progress" in html
    work()
    assert Standing.objects.count() == 2
    html = desk.get(url).content.decode()
    assert "<progress" not in html
    assert "31 มี.ค. 2570" in html
    assert "2570" in desk.get(reverse("requirements:index")).content.decode()


def test_nobody_approves_their_own_draft_by_posting(desk, requirement):
    edit(desk, reverse("requirements:propose", args=[requirement.pk]), grace_days="5")
    draft = RuleDraft.objects.get()
    sent_by(desk, draft, "send")
    answer = sent_by(desk, draft, "approve")
    assert "ผู้เสนออนุมัติเองไม่ได้" in answer.content.decode()
    assert requirement.versions.count() == 1


def test_a_refusal_needs_a_word_and_keeps_it(desk, second, requirement):
    edit(desk, reverse("requirements:propose", args=[requirement.pk]), grace_days="5")
    draft = RuleDraft.objects.get()
    sent_by(desk, draft, "send")
    page = sent_by(second, draft, "refuse")
    assert list(page.context["form"].errors) == ["note"]
    sent_by(second, draft, "refuse", note="โปรดลดวันผ่อนผัน")
    page = desk.get(reverse("rule-drafts:look", args=[draft.pk])).content.decode()
    assert "โปรดลดวันผ่อนผัน" in page
    sent_by(desk, draft, "again")
    newest = RuleDraft.objects.latest("pk")
    assert (newest.state, newest.grace_days) == ("draft", 5)
    edit(desk, reverse("rule-drafts:change", args=[newest.pk]), grace_days="3")
    newest.refresh_from_db()
    assert newest.grace_days == 3
    sent_by(desk, newest, "withdraw")
    assert RuleDraft.objects.latest("pk").state == "withdrawn"


def test_a_draft_of_somebody_else_is_read_and_not_changed(desk, second, requirement):
    edit(desk, reverse("requirements:propose", args=[requirement.pk]), grace_days="5")
    draft = RuleDraft.objects.get()
    url = reverse("rule-drafts:change", args=[draft.pk])
    assert second.get(url).status_code == 302
    page = second.post(url, fields_of(desk.get(url)) | {"grace_days": "9"})
    assert "เฉพาะผู้เสนอ" in page.content.decode()
    draft.refresh_from_db()
    assert draft.grace_days == 5


def test_a_second_draft_says_that_one_is_open_and_loses_nothing(desk, requirement):
    url = reverse("requirements:propose", args=[requirement.pk])
    edit(desk, url, grace_days="5")
    page = edit(desk, url, grace_days="6", reason="เหตุที่พิมพ์ไว้")
    assert "มีร่างที่ยังไม่เสร็จ" in page.content.decode()
    assert "เหตุที่พิมพ์ไว้" in page.content.decode()


def test_an_edited_audience_is_said_on_the_requirement_and_one_button_drafts_it(world, desk, requirement):
    url = reverse("requirements:edit", args=[requirement.pk])
    assert "กลุ่มเป้าหมายเปลี่ยนไปจากที่อนุมัติไว้" not in desk.get(url).content.decode()
    people.save_audience(name="กรมการพัฒนาชุมชน", agencies=[world.comptroller])
    html = desk.get(url).content.decode()
    assert "กลุ่มเป้าหมายเปลี่ยนไปจากที่อนุมัติไว้" in html
    assert "<del>กรมการพัฒนาชุมชน</del>" in html
    assert "<ins>กรมบัญชีกลาง</ins>" in html
    desk.post(reverse("requirements:adopt", args=[requirement.pk]))
    assert RuleDraft.objects.get().rule["agencies"] == [world.comptroller.pk]
    assert "มีร่างการเปลี่ยนแปลง" in desk.get(url).content.decode()


def test_the_rounds_are_brought_up_to_date_by_a_button(world, desk, requirement):
    url = reverse("requirements:apply", args=[requirement.pk])
    answer = desk.post(url)
    assert "กำลังปรับรายชื่อ" in said(answer)[-1]
    work()
    enter("มาใหม่", "วันนี้", world.division)
    desk.post(url)
    work()
    assert Standing.objects.count() == 3
    html = desk.get(reverse("requirements:edit", args=[requirement.pk])).content.decode()
    assert "ปีงบประมาณ พ.ศ. 2570" in html


def test_a_requirement_that_is_out_of_use_opens_no_round(desk, requirement):
    services.save_requirement(code="YEARLY", now=NOW, is_active=False)
    answer = desk.post(reverse("requirements:apply", args=[requirement.pk]))
    assert "ไม่ได้ใช้อยู่" in said(answer)[-1]
    assert not RequirementPeriod.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"due_day": "31", "due_month": "2"}, "due_day"),
        ({"due_day": "0"}, "due_day"),
        ({"reason": ""}, "reason"),
        ({"audience": ""}, "audience"),
        ({"subject": "999"}, "subject"),
        ({"need": "2"}, "need"),
        ({"min_validity_months": "12"}, "min_validity_months"),
        ({"cycle": "once"}, "due_days"),
        ({"cycle": "anniversary", "due_days": "30"}, "valid_months"),
        ({"effective_on": "22/11/2569"}, "effective_on"),
        ({"effective_on": "30/02/2570"}, "effective_on"),
    ],
)
def test_what_cannot_stand_is_said_at_its_field_and_nothing_is_lost(desk, requirement, typed, field):
    url = reverse("requirements:propose", args=[requirement.pk])
    page = edit(desk, url, **{"legal_basis": "ที่พิมพ์ไว้", **typed})
    assert list(page.context["form"].errors) == [field]
    assert "ที่พิมพ์ไว้" in page.content.decode()
    assert not RuleDraft.objects.exists()


def test_name_and_contact_are_changed_at_once_and_are_no_version(desk, requirement):
    url = reverse("requirements:edit", args=[requirement.pk])
    edit(desk, url, title="ชื่อใหม่", contact="โทร 1567")
    requirement.refresh_from_db()
    assert (requirement.title, requirement.contact, requirement.rule_version) == ("ชื่อใหม่", "โทร 1567", 1)
    page = edit(desk, url, title="")
    assert list(page.context["form"].errors) == ["title"]


def test_a_known_code_is_no_new_requirement(desk, requirement, audience):
    page = edit(
        desk,
        reverse("requirements:add"),
        code="YEARLY",
        title="ทับ",
        subject=requirement.subject_id,
        audience=audience.pk,
        reason="x",
    )
    assert list(page.context["form"].errors) == ["code"]
    assert not RuleDraft.objects.exists()


def test_names_are_shown_only_on_the_page_that_writes_the_look_down(world, desk, signed_in, requirement):
    people.save_audience(name="กรมการพัฒนาชุมชน", agencies=[world.comptroller])
    services.apply_requirement(requirement=requirement, fiscal_year=2570, now=NOW)
    desk.post(reverse("requirements:adopt", args=[requirement.pk]))
    draft = RuleDraft.objects.get()
    look, names = (reverse(f"rule-drafts:{page}", args=[draft.pk]) for page in ("look", "people"))
    html = desk.get(look).content.decode()
    assert not any(name in html for name in ("อนันต์", "ธวัชชัย", "สมศรี"))
    assert not AccessEntry.objects.exists()
    html = desk.get(names).content.decode()
    assert all(name in html for name in ("อนันต์", "ธวัชชัย", "สมศรี", "ดารุณี"))
    seen = AccessEntry.objects.filter(viewer=world.secretariat).values_list("officer", flat=True)
    assert set(seen) == {world.anan.pk, world.thawat.pk, world.somsri.pk, world.daruni.pk}
    administrator = signed_in(type(world.secretariat).objects.create_superuser("root@example.go.th"))
    assert administrator.get(look).status_code == 200
    assert administrator.get(names).status_code == 404


def test_the_history_is_for_the_secretariat_and_auditors(world, signed_in, desk, second, requirement):
    edit(desk, reverse("requirements:propose", args=[requirement.pk]), grace_days="5")
    draft = RuleDraft.objects.get()
    sent_by(desk, draft, "send")
    sent_by(second, draft, "approve")
    auditor = people.open_account(email="auditor@example.go.th", password=PASSWORD, first_name="ผู้ตรวจ")
    people.grant_role(user=auditor, role=Role.AUDITOR, now=NOW)
    url = reverse("records:rule", args=["YEARLY"])
    for client in (desk, signed_in(auditor)):
        html = client.get(url).content.decode()
        assert "<ins>เพิ่ม 5 วันหลังครบกำหนด</ins>" in html
        assert "ผู้อนุมัติ" in html
        assert "ฉบับที่ 1" in client.get(url + "?version=1").content.decode()
        assert "YEARLY" in client.get(reverse("records:rules")).content.decode()
        for strange in ("?version=9", "?version=x&against=²", "?against=2&version=2"):
            assert client.get(url + strange).status_code == 200
        assert client.get(reverse("records:rule", args=["NONE"])).status_code == 404
    assert signed_in(world.pakphum).get(url).status_code == 404


def test_the_pages_cost_the_same_for_two_people_and_for_forty(world, desk, requirement, count_queries):
    services.apply_requirement(requirement=requirement, fiscal_year=2570, now=NOW)
    edit(desk, reverse("requirements:propose", args=[requirement.pk]), grace_days="5")
    draft = RuleDraft.objects.get()
    pages = [
        reverse("requirements:edit", args=[requirement.pk]),
        reverse("requirements:propose", args=[requirement.pk]),
        reverse("rule-drafts:look", args=[draft.pk]),
        reverse("rule-drafts:index"),
        reverse("records:rule", args=["YEARLY"]),
    ]
    few = [count_queries(desk, page) for page in pages]
    for number in range(38):
        enter(f"คน{number}", "มาก", world.division)
    services.apply_requirement(requirement=requirement, fiscal_year=2570, now=NOW)
    services.renew_impact(draft=RuleDraft.objects.get(), now=NOW)
    assert [count_queries(desk, page) for page in pages] == few
    assert max(few) <= 40, few


def test_the_lists_cost_the_same_for_two_and_for_ten(desk, requirement, count_queries, world):
    pages = [reverse("requirements:index"), reverse("audiences:index"), reverse("records:rules")]
    few = [count_queries(desk, page) for page in pages]
    for number in range(10):
        other = people.save_audience(name=f"กลุ่ม {number}", agencies=[world.community, world.comptroller])
        made = services.save_requirement(
            code=f"R{number}",
            title=f"ข้อ {number}",
            subject=requirement.subject,
            audience=other,
            reason="x",
            now=NOW,
        )
        services.apply_requirement(requirement=made, fiscal_year=2570, now=NOW)
    assert [count_queries(desk, page) for page in pages] == few


def test_what_is_approved_is_what_the_approver_read(desk, second, requirement):
    edit(desk, reverse("requirements:propose", args=[requirement.pk]), grace_days="5")
    draft = RuleDraft.objects.get()
    sent_by(desk, draft, "send")
    url = reverse("rule-drafts:look", args=[draft.pk])
    read = re.compile(r'name="read" value="([0-9a-f]+)"')
    old = read.search(second.get(url).content.decode()).group(1)
    sent_by(desk, draft, "take_back")
    edit(desk, reverse("rule-drafts:change", args=[draft.pk]), grace_days="90")
    sent_by(desk, draft, "send")
    answer = sent_by(second, draft, "approve", read=old).content.decode()
    assert "เปลี่ยนไปหลังคุณเปิดหน้านี้" in answer
    assert requirement.versions.count() == 1
    new = read.search(answer).group(1)
    assert new != old
    second.post(url, {"approve": "1"})
    assert requirement.versions.count() == 1, "nor is what nobody says to have read"
    sent_by(second, draft, "approve", read=new)
    assert requirement.versions.count() == 2
