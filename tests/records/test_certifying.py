"""Certificates that a kill cut off are printed by the worker, once each, and nothing holds it up."""

from datetime import timedelta

import pytest

from sucharit.kernel.errors import Refused
from sucharit.records import certificates, certifying
from sucharit.records.enums import Method
from sucharit.records.models import Certificate, CertificatePlace
from tests.conftest import NOW
from tests.records.build import complete

SOON, LATER = NOW + timedelta(seconds=90), NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _prints(monkeypatch):
    """Every print is another file, and none takes long."""
    number = iter(range(10_000))
    monkeypatch.setattr(certificates, "render_pdf", lambda face: b"%%PDF %d" % next(number))
    monkeypatch.setattr(certificates, "engine_fault", lambda: "")


def everything(now=LATER) -> int:
    """Step after step until nothing is left to look at."""
    return sum(iter(lambda: certifying.print_cut_off(now=now), 0))


def test_what_a_kill_cut_off_is_printed_once(world):
    for officer in (world.somsri, world.daruni, world.thawat):
        complete(officer)
    assert everything() == 3
    assert Certificate.objects.count() == 3
    assert everything() == 0
    assert Certificate.objects.count() == 3


def test_whoever_prints_at_the_commit_has_a_minute_for_it(world):
    complete(world.somsri)
    assert everything(SOON) == 0
    assert not Certificate.objects.exists()
    assert everything() == 1


def test_a_certificate_that_is_there_stays_the_one(world):
    award = complete(world.somsri)
    made = certificates.issue(award=award, now=NOW)
    everything()
    assert Certificate.objects.get() == made


def test_what_was_brought_in_from_elsewhere_is_left_to_its_command(world):
    complete(world.somsri, method=Method.CLASSROOM)
    assert everything() == 1
    assert not Certificate.objects.exists()


def test_one_step_prints_a_few_and_the_next_goes_on(world, monkeypatch):
    monkeypatch.setattr(certifying, "PRINTED", 2)
    for number in range(5):
        complete(world.somsri, key=f"k{number}")
    assert [certifying.print_cut_off(now=LATER) for _ in range(4)] == [2, 2, 1, 0]


def test_without_an_engine_the_place_waits(world, monkeypatch):
    complete(world.somsri)
    with monkeypatch.context() as patch:
        patch.setattr(certificates, "engine_fault", lambda: "ขาด Pango")
        assert everything() == 0
    assert not CertificatePlace.objects.exists()
    everything()
    assert Certificate.objects.count() == 1


def test_one_that_cannot_be_printed_holds_up_nobody(world, monkeypatch, caplog):
    first, second = complete(world.somsri), complete(world.daruni)
    issue = certificates.issue

    def fails(*, award, now):
        if award.pk == first.pk:
            raise Refused("fonts_missing", "ไม่พบแบบอักษร")
        return issue(award=award, now=now)

    monkeypatch.setattr(certificates, "issue", fails)
    everything()
    assert Certificate.objects.get().award == second
    assert "could not be made" in caplog.text


def test_an_idle_step_asks_twice(world, django_assert_num_queries):
    complete(world.somsri)
    everything()
    with django_assert_num_queries(2):
        certifying.print_cut_off(now=LATER)
