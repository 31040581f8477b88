"""Who may see whom: one function, one scope, and the same answer from both."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from sucharit.officers import services as people
from sucharit.officers.access import NOBODY, agencies_visible_to, can, path_end, viewer_of, visible_to
from sucharit.officers.enums import HrBody, Role, Verb
from sucharit.officers.models import Agency, Officer, User
from tests.officers.conftest import PASSWORD

# --- subtrees as ranges of an index ---------------------------------------------------------------------------------

SEGMENT = st.text(alphabet=Agency.alphabet, min_size=Agency.steplen, max_size=Agency.steplen)
PATH = st.lists(SEGMENT, min_size=1, max_size=8).map("".join)


@given(PATH, st.lists(SEGMENT, max_size=3).map("".join))
def test_a_subtree_lies_inside_its_range(path, below):
    assert path <= path + below < path_end(path)


@given(PATH, PATH)
def test_nothing_else_does(path, other):
    inside = path <= other < path_end(path)
    assert inside == other.startswith(path)


@pytest.mark.parametrize(
    ("path", "end"), [("0001", "0002"), ("000Z", "0010"), ("0001000Z", "00010010"), ("0ZZZ", "1000")]
)
def test_the_end_carries_over(path, end):
    # The carry drops what follows it; compared as text that is the same border.
    assert end.startswith(path_end(path))


def test_the_last_path_of_all_still_has_an_end():
    last = "Z" * Agency.steplen
    assert last + "0001" < path_end(last)


# --- role × object --------------------------------------------------------------------------------------------------


@pytest.fixture
def cast(world, now):
    """Everybody who might look, by name."""
    auditor = people.open_account(email="auditor@example.go.th", password=PASSWORD, first_name="ผู้ตรวจ")
    people.grant_role(user=auditor, role=Role.AUDITOR, now=now)
    body = people.open_account(email="body@example.go.th", password=PASSWORD, first_name="ก.พ.อ.")
    people.grant_role(user=body, role=Role.CENTRAL_HR, hr_body=HrBody.UNIVERSITY, now=now)
    Agency.objects.filter(pk__in=[world.treasury.pk]).update(hr_body=HrBody.UNIVERSITY)
    division = people.open_account(email="division@example.go.th", password=PASSWORD, first_name="บุคคลกอง")
    people.grant_role(user=division, role=Role.AGENCY_HR, agency=world.division, now=now)
    users = {
        "department HR": world.daruni.user,
        "division HR": division,
        "other HR": world.thawat.user,
        "central HR": body,
        "secretariat": world.secretariat,
        "auditor": auditor,
        "learner": world.somsri.user,
        "editor": world.pakphum,
    }
    fresh = {name: viewer_of(User.objects.get(pk=user.pk)) for name, user in users.items()}
    return {**fresh, "visitor": viewer_of(AnonymousUser())}


# Who sees whom. Somsri works in a province of the community department, Daruni in its division, Thawat and Anan in the treasury.
SEES = {
    "department HR": {"somsri", "daruni"},
    "division HR": {"daruni"},
    "other HR": {"thawat", "anan"},
    "central HR": {"thawat", "anan"},
    "secretariat": {"somsri", "daruni", "thawat", "anan"},
    "auditor": {"somsri", "daruni", "thawat", "anan"},
    "learner": {"somsri"},
    "editor": set(),
    "visitor": set(),
}
REACHES = {
    "department HR": {"community", "division", "province"},
    "division HR": {"division"},
    "other HR": {"comptroller", "treasury"},
    "central HR": {"treasury"},
    "secretariat": {"ministry", "community", "division", "province", "comptroller", "treasury"},
    "auditor": {"ministry", "community", "division", "province", "comptroller", "treasury"},
    "learner": set(),
    "editor": set(),
    "visitor": set(),
}


@pytest.mark.parametrize("name", SEES)
@pytest.mark.django_db
def test_people_in_sight(world, cast, today, name):
    who = cast[name]
    expected = {getattr(world, person).pk for person in SEES[name]}
    assert set(visible_to(who, today=today).values_list("pk", flat=True)) == expected
    for person in ("somsri", "daruni", "thawat", "anan"):
        officer = getattr(world, person)
        assert can(who, Verb.VIEW_OFFICER, officer, today=today) is (officer.pk in expected), person


@pytest.mark.parametrize("name", REACHES)
@pytest.mark.django_db
def test_agencies_in_reach(world, cast, today, name):
    who = cast[name]
    for place in REACHES["secretariat"]:
        agency = Agency.objects.get(pk=getattr(world, place).pk)
        allowed = place in REACHES[name]
        for verb in (Verb.VIEW_AGENCY, Verb.EXPORT_PEOPLE):
            assert can(who, verb, agency, today=today) is allowed, (place, verb)
        assert agencies_visible_to(who).filter(pk=agency.pk).exists() is allowed, place


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        (Verb.LEARN, {"department HR", "other HR", "learner"}),
        (Verb.EDIT_CONTENT, {"editor"}),
        (Verb.MANAGE_QUIZZES, {"editor"}),
        (
            Verb.OPEN_HR_DESK,
            {"department HR", "division HR", "other HR", "central HR", "secretariat", "auditor"},
        ),
    ],
)
@pytest.mark.django_db
def test_what_each_may_do(cast, today, verb, allowed):
    assert {name for name, who in cast.items() if can(who, verb, today=today)} == allowed


@pytest.mark.django_db
def test_a_verb_about_something_says_no_about_nothing(cast, today):
    for verb in (Verb.VIEW_AGENCY, Verb.EXPORT_PEOPLE, Verb.VIEW_OFFICER):
        assert not can(cast["secretariat"], verb, None, today=today)


@pytest.mark.django_db
def test_the_administrator_runs_the_platform_but_is_no_personnel_officer(chief, world, today):
    who = viewer_of(chief)
    assert can(who, Verb.EDIT_CONTENT, today=today)
    assert not can(who, Verb.OPEN_HR_DESK, today=today)
    assert not visible_to(who, today=today).exists()


@pytest.mark.django_db
def test_an_inactive_account_is_nobody(world):
    user = world.daruni.user
    user.is_active = False
    assert viewer_of(user) is NOBODY


@pytest.mark.django_db
def test_a_role_that_ended_reaches_nothing(world, today, now):
    people.end_role(grant=world.daruni.user.role_grants.get(), now=now)
    who = viewer_of(User.objects.get(pk=world.daruni.user.pk))
    assert who.roles == frozenset()
    assert list(visible_to(who, today=today)) == [world.daruni]


@pytest.mark.django_db
def test_sight_follows_the_posting_of_the_day(world, cast, today):
    people.post_officer(
        officer=world.somsri,
        agency=world.treasury,
        position_title="นักวิชาการคลัง",
        position_type="academic",
        position_level="K2",
        starts_on=today + timedelta(days=10),
    )
    here, there = cast["department HR"], cast["other HR"]
    for day, seen_here in (
        (today, True),
        (today + timedelta(days=9), True),
        (today + timedelta(days=10), False),
    ):
        assert visible_to(here, today=day).filter(pk=world.somsri.pk).exists() is seen_here, day
        assert visible_to(there, today=day).filter(pk=world.somsri.pk).exists() is not seen_here, day


# --- what it costs --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_viewer_costs_one_query_once(world, django_assert_num_queries):
    user = User.objects.get(pk=world.daruni.user.pk)
    with django_assert_num_queries(1):
        viewer_of(user)
    with django_assert_num_queries(0):
        viewer_of(user)
        viewer_of(AnonymousUser())


@pytest.mark.parametrize("size", [1, 30])
@pytest.mark.django_db
def test_a_list_of_people_costs_one_query_however_long(world, cast, today, size, django_assert_num_queries):
    newcomers = [
        people.NewOfficer(
            title="นาย",
            first_name=f"ก{number}",
            last_name="ทดสอบ",
            personnel_type="civil_servant",
            agency=world.province,
            position_title="นักวิชาการพัฒนาชุมชน",
        )
        for number in range(size)
    ]
    people.enter_officers(people=newcomers)
    with django_assert_num_queries(1):
        names = [str(officer) for officer in visible_to(cast["department HR"], today=today)]
    assert len(names) == size + 2
    assert Officer.objects.count() == size + 4
