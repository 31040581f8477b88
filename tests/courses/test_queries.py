"""Query counts per page: within the issue's bounds, and the same for a large course as for a small one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes.models import Attempt
from tests.courses.build import fields, plant_course, plant_home, read_all, school
from tests.quizzes.build import bank, right_answers

pytestmark = pytest.mark.django_db


def cost(act) -> int:
    """How many statements an act sends, without the marks of nested transactions."""
    with CaptureQueriesContext(connection) as seen:
        answer = act()
    assert answer.status_code < 400, answer.status_code
    said = [query["sql"] for query in seen.captured_queries]
    skipped = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return len([sql for sql in said if not sql.startswith(skipped)])


def measured(client, lessons: int, asked: int) -> dict[str, int]:
    place = school(lessons=lessons, questions=asked * 2, asked=asked)
    first = f"/learn/ETH-1/lessons/{place.lessons[0].translation_key}/read/"
    second = f"/learn/ETH-1/lessons/{place.lessons[1].translation_key}/read/"
    # A process reads the addresses of sites and the kinds of pages once in its life; a fresh test worker must have done so.
    client.get("/courses/")
    client.get(place.url)
    found = {"begin": cost(lambda: client.post("/learn/ETH-1/begin/"))}
    client.post(first)
    found["course"] = cost(lambda: client.get(place.url))
    found["lesson"] = cost(lambda: client.get(f"{place.url}lesson-2/"))
    found["lesson again"] = cost(lambda: client.get(f"{place.url}lesson-2/"))
    found["record"] = cost(lambda: client.post(second))
    read_all(client, place)
    found["test"] = cost(lambda: client.get("/learn/ETH-1/test/post/"))
    found["start"] = cost(lambda: client.post("/learn/ETH-1/test/post/"))
    path = f"/learn/ETH-1/test/post/{Attempt.objects.get().public_id}/"
    found["attempt"] = cost(lambda: client.get(path))
    # All right, so that handing in always passes and always pays for the award as well.
    answers = right_answers(Attempt.objects.get())
    found["save"] = cost(lambda: client.post(path, {**fields(answers), "save": "1"}))
    found["hand in"] = cost(lambda: client.post(path, {"submit": "1"}))
    assert Attempt.objects.get().passed
    found["result"] = cost(lambda: client.get(f"{path}result/"))
    return found


SMALL, LARGE = (2, 5), (20, 30)


@pytest.fixture
def small(somsri):
    return measured(somsri, *SMALL)


@pytest.fixture
def large(somsri):
    return measured(somsri, *LARGE)


def test_the_issue_s_bounds(small):
    print(small)
    assert small["lesson"] <= 12
    assert small["lesson again"] <= 11
    assert small["record"] <= 10
    assert small["course"] <= 12
    assert small["start"] <= 10
    assert small["save"] <= 5
    assert small["hand in"] <= 10, "with the award"
    assert max(small.values()) <= 20


def test_they_hold_for_twenty_lessons_and_sixty_questions(large):
    assert large["lesson"] <= 12
    assert large["record"] <= 10
    assert max(large[act] for act in ("start", "save", "hand in")) <= 10


def test_the_cost_does_not_grow_with_lessons_or_questions(world, signed_in):
    from django.db import transaction

    counts = []
    for size in (SMALL, LARGE):
        point = transaction.savepoint()
        counts.append(measured(signed_in(world.somsri.user), *size))
        transaction.savepoint_rollback(point)
        from django.core.cache import cache

        cache.clear()
    # More lessons also mean a deeper list of what was posted, never more statements.
    assert counts[0] == counts[1]


@pytest.mark.parametrize("courses", [1, 12])
def test_the_catalogue_costs_a_visitor_at_most_five(client, courses):
    _, index, _ = plant_home()
    bank(4)
    for number in range(courses):
        plant_course(index, f"C-{number}", lessons=2, pre=None, post=None)
    client.get("/courses/")
    assert cost(lambda: client.get("/courses/")) <= 5


def test_the_catalogue_does_not_grow_with_courses(client):
    _, index, _ = plant_home()
    counts = []
    for number in range(8):
        plant_course(index, f"C-{number}", lessons=1, pre=None, post=None)
        client.get("/courses/")
        counts.append(cost(lambda: client.get("/courses/")))
    assert len(set(counts)) == 1, counts
