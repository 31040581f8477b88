"""Requirements and audiences: for the secretariat alone, counted before they are saved, in พ.ศ., never a list of people."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from sucharit.officers import services as people
from sucharit.officers.enums import PersonnelType, Role
from sucharit.officers.models import Audience, RoleGrant
from sucharit.records import services
from sucharit.records.models import Requirement, RequirementPeriod, Standing, Subject
from tests.admin.build import edit, fields_of, said
from tests.conftest import NOW, enter

pytestmark = pytest.mark.django_db

ADMIN = ["questions:index", "questions:add", "quizzes:index", "quizzes:add"]
SECRETARIAT = ["requirements:index", "requirements:add", "audiences:index", "audiences:add"]


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
    for page in ("requirements:edit", "requirements:apply"):
        assert client.post(reverse(page, args=[requirement.pk]), {"title": "x"}).status_code in (302, 403)
    requirement.refresh_from_db()
    assert requirement.title == "เรียนประจำปี"
    assert not RequirementPeriod.objects.exists()


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


def test_a_requirement_is_made_and_then_its_round_is_opened(world, desk, audience):
    Subject.objects.create(code="ETH-7", title="มาตรฐานทางจริยธรรม")
    answer = edit(
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
    made = Requirement.objects.get()
    assert "ยังไม่มีใครต้องเรียน" in said(answer)[0]
    page = desk.get(reverse("requirements:edit", args=[made.pk])).content.decode()
    assert "เปิดรอบปีงบประมาณ พ.ศ. 2570" in page
    assert "31 มีนาคม 2570" in page
    answer = desk.post(reverse("requirements:apply", args=[made.pk]))
    assert said(answer)[-1] == "เปิดรอบปีงบประมาณ พ.ศ. 2570 แล้ว มีผู้ต้องเรียน 2 คน ครบกำหนด 31 มีนาคม 2570"
    assert Standing.objects.count() == 2
    enter("มาใหม่", "วันนี้", world.division)
    answer = desk.post(reverse("requirements:apply", args=[made.pk]))
    assert said(answer)[-1] == "ปรับรายชื่อแล้ว ผู้ต้องเรียนเพิ่มขึ้น 1 คน เป็น 3 คน"
    assert "2570" in desk.get(reverse("requirements:index")).content.decode()


def test_a_requirement_that_is_out_of_use_opens_no_round(desk, requirement):
    edit(desk, reverse("requirements:edit", args=[requirement.pk]), is_active=None)
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
    ],
)
def test_what_cannot_stand_is_said_at_its_field_and_nothing_is_lost(desk, requirement, typed, field):
    page = edit(desk, reverse("requirements:edit", args=[requirement.pk]), title="ชื่อใหม่", **typed)
    assert list(page.context["form"].errors) == [field]
    assert "ชื่อใหม่" in page.content.decode()
    requirement.refresh_from_db()
    assert requirement.title == "เรียนประจำปี"


def test_a_changed_rule_is_a_new_version_and_a_changed_name_is_not(desk, requirement):
    url = reverse("requirements:edit", args=[requirement.pk])
    edit(desk, url, title="ชื่อใหม่")
    edit(desk, url, due_day="15")
    requirement.refresh_from_db()
    assert (requirement.title, requirement.due_day, requirement.rule_version) == ("ชื่อใหม่", 15, 2)


def test_a_known_code_does_not_overwrite_its_requirement(desk, requirement):
    data = fields_of(desk.get(reverse("requirements:edit", args=[requirement.pk]))) | {"code": "YEARLY"}
    page = desk.post(reverse("requirements:add"), data | {"title": "ทับ"})
    assert list(page.context["form"].errors) == ["code"]
    requirement.refresh_from_db()
    assert requirement.title == "เรียนประจำปี"


def test_the_lists_cost_the_same_for_two_and_for_ten(desk, requirement, count_queries, world):
    pages = [reverse("requirements:index"), reverse("audiences:index")]
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
        services.apply_requirement(requirement=made, fiscal_year=2570, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert [count_queries(desk, page) for page in pages] == few
