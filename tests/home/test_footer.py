"""The links of the footer: short pages that everybody may read, gone as soon as they are not."""

import pytest
from wagtail.models import PageViewRestriction

from sucharit.home.models import InformationPage
from tests.courses.build import plant_home

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages():
    """A front page with two short pages that are shown in menus, and one that is not."""
    home, _, _ = plant_home()
    made = {}
    for slug, title, shown in (
        ("contact", "ติดต่อเรา", True),
        ("privacy", "ความเป็นส่วนตัว", True),
        ("notes", "บันทึก", False),
    ):
        page = home.add_child(
            instance=InformationPage(title=title, slug=slug, show_in_menus=shown, live=False)
        )
        page.save_revision().publish()
        made[slug] = InformationPage.objects.get(pk=page.pk)
    return made


@pytest.fixture
def footer(client):
    """The labels that a visitor sees in the footer."""

    def labels() -> list[str]:
        html = client.get("/").content.decode().split("<footer", 1)[1]
        return [page for page in ("ติดต่อเรา", "ความเป็นส่วนตัว", "บันทึก", "ชื่อใหม่") if page in html]

    return labels


def test_pages_for_menus_are_linked_and_kept(pages, footer, client, django_assert_num_queries):
    from sucharit.home.context import footer_links

    assert footer() == ["ติดต่อเรา", "ความเป็นส่วนตัว"]
    with django_assert_num_queries(0):
        assert [link["url"] for link in footer_links()] == ["/contact/", "/privacy/"]


@pytest.mark.parametrize("above", [False, True])
def test_a_private_page_shows_nobody_its_title(pages, footer, above):
    page = pages["contact"].get_parent() if above else pages["contact"]
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    from sucharit.home.context import footer_links

    assert [link["label"] for link in footer_links()] == ([] if above else ["ความเป็นส่วนตัว"])


@pytest.fixture
def seen(footer, django_capture_on_commit_callbacks):
    """What the footer says after something was done, when it had been kept before."""

    def after(change) -> list[str]:
        assert footer() == ["ติดต่อเรา", "ความเป็นส่วนตัว"]
        with django_capture_on_commit_callbacks(execute=True):
            change()
        return footer()

    return after


def test_a_page_that_is_taken_down_leaves_at_once(pages, seen):
    assert seen(pages["contact"].unpublish) == ["ความเป็นส่วนตัว"]


def test_a_page_that_is_deleted_leaves_at_once(pages, seen):
    assert seen(pages["contact"].delete) == ["ความเป็นส่วนตัว"]


def test_a_page_that_is_published_or_renamed_comes_at_once(pages, seen):
    def publish() -> None:
        pages["notes"].show_in_menus = True
        pages["notes"].save_revision().publish()
        pages["contact"].title = "ชื่อใหม่"
        pages["contact"].save_revision().publish()

    assert seen(publish) == ["ความเป็นส่วนตัว", "บันทึก", "ชื่อใหม่"]


def test_a_page_that_becomes_private_leaves_at_once(pages, seen):
    restriction = PageViewRestriction(page=pages["contact"], restriction_type="login")
    assert seen(restriction.save) == ["ความเป็นส่วนตัว"]


def test_the_footer_follows_when_privacy_ends(pages, footer, django_capture_on_commit_callbacks):
    restriction = PageViewRestriction.objects.create(page=pages["contact"], restriction_type="login")
    assert footer() == ["ความเป็นส่วนตัว"]
    with django_capture_on_commit_callbacks(execute=True):
        restriction.delete()
    assert footer() == ["ติดต่อเรา", "ความเป็นส่วนตัว"]


def test_another_order_of_the_pages_is_followed(pages, footer, django_capture_on_commit_callbacks):
    from sucharit.home.context import footer_links

    footer()
    with django_capture_on_commit_callbacks(execute=True):
        pages["privacy"].move(pages["contact"], pos="left")
    assert [link["label"] for link in footer_links()] == ["ความเป็นส่วนตัว", "ติดต่อเรา"]
