"""A course that has a questionnaire, and the clock of the tests' world."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from courses.models import CoursePage
from quizzes.attitudes import Instrument
from tests.admin.conftest import count_queries as count_queries
from tests.attitudes.build import instrument
from tests.conftest import NOW, World
from tests.courses.build import School, school
from tests.records.build import complete


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Every view reads this clock."""
    with time_machine.travel(NOW, tick=True) as travel:
        yield travel


@pytest.fixture
def held(db) -> Instrument:
    """One questionnaire of three statements."""
    return instrument()


@pytest.fixture
def place(world: World, held: Instrument) -> School:
    """A course that offers it."""
    made = school()
    CoursePage.objects.filter(pk=made.course.pk).update(attitude=held)
    made.course.refresh_from_db()
    return made


@pytest.fixture
def somsri(world: World, signed_in):
    """The learner, signed in."""
    return signed_in(world.somsri.user)


@pytest.fixture
def award_days_ago(world: World, place: School):
    """Give the learner an award of so many days ago."""

    def give(days: int):
        return complete(world.somsri, at=NOW - timedelta(days=days), key=f"{days} days")

    return give
