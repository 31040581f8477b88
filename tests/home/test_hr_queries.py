"""What the HR desk costs: the same for ten officers and for three hundred."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.home.build import crowd
from tests.records.build import again, applied

pytestmark = pytest.mark.django_db


def cost(client, url) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url)
        b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    skipped = ("SAVEPOINT", "RELEASE")
    return len([query for query in seen.captured_queries if not query["sql"].startswith(skipped)])


def test_the_desk_costs_at_most_twelve_and_the_same_for_ten_and_three_hundred(world, signed_in):
    daruni, base = signed_in(world.daruni.user), f"/hr/agencies/{world.community.public_id}/"
    crowd(world, 10)
    period = applied([world.ministry])
    at = {
        "overview": base,
        "people": f"{base}people/",
        "csv": f"{base}people.csv",
        "xlsx": f"{base}people.xlsx",
    }
    daruni.get(at["overview"])
    small = {name: cost(daruni, url) for name, url in at.items()}
    crowd(world, 290)
    again(period)
    large = {name: cost(daruni, url) for name, url in at.items()}
    print(small, large)
    assert small["overview"] <= 12
    assert small["people"] <= 12
    assert small == large
