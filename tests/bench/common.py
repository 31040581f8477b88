"""What both sides of the bench share: the invented people, the groups of learners, the credentials, the shape of a plan.

A plan is plain JSON made by the loader of each project and read by the driver, so that both are asked the same things:
catalogue, course, begin, lessons, records, attempts, journey, login, hr (see `ours` and `bare.fill`).
"""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
STOCK = ROOT / "site" / "sucharit" / "officers" / "data" / "people.toml"
PASSWORD = "bench-only-password-2569"
# Django takes the bare secret as a token; only the bench knows this one, on servers that live for minutes.
CSRF = "b" * 32
COURSES = 20
# The department whose people are listed.
AGENCY = "MOI-CDD"
DEEP_PAGES = 9
# Learners with an account, by what they are for: each hand-in needs somebody who has not handed in yet.
GROUPS: Mapping[str, int] = {
    "readers": 40,
    "recorders": 60,
    "submitters": 600,
    "certified": 120,
    # Each starts the test of every course; each of the next goes on answering one test.
    "starters": 30,
    "savers": 8,
    "walkers": 60,
    "certified_walkers": 20,
    # The pages counted before anything is timed: one who begins, one who hands in, one who is certified.
    "probers": 3,
}


@dataclass(frozen=True)
class Invented:
    """Somebody who does not exist, posted to the unit of this index."""

    title: str
    first_name: str
    last_name: str
    unit: int
    position: str
    level: str


def invent(count: int, units: int) -> Iterator[Invented]:
    """The same `count` people on every machine and in both projects, spread over so many units."""
    stock = tomllib.loads(STOCK.read_text(encoding="utf-8"))["names"]
    given = [("นาย", name) for name in stock["male"]] + [("นางสาว", name) for name in stock["female"]]
    chance = random.Random(2569)
    for number in range(count):
        title, first = chance.choice(given)
        yield Invented(
            title,
            first,
            chance.choice(stock["surnames"]),
            number % units,
            "นักวิชาการพัฒนาชุมชน",
            f"K{1 + number % 3}",
        )


def state_of(number: int, learners: int) -> str:
    """Where person `number` stands: learners have not begun; of the rest half are done and a tenth is under way."""
    if number < learners:
        return "not_started"
    return {0: "in_progress", 1: "not_started", 2: "not_started", 3: "not_started", 4: "not_started"}.get(
        number % 10, "on_time"
    )


def split(people: Sequence[str], groups: Mapping[str, int]) -> dict[str, list[str]]:
    """Deal a list out into the named groups, in order."""
    dealt, start = {}, 0
    for name, size in groups.items():
        dealt[name] = list(people[start : start + size])
        start += size
    return dealt


def cookie(session_key: str) -> str:
    """The Cookie header of a signed-in browser."""
    return f"sessionid={session_key}; csrftoken={CSRF}"


def form(**fields: str) -> str:
    """A form's body with its token."""
    return urlencode({"csrfmiddlewaretoken": CSRF, **fields})


def answers(items: Sequence[int], key: Mapping[int, Sequence[str]]) -> str:
    """A form's body with the right answer to every question."""
    pairs = [("csrfmiddlewaretoken", CSRF)]
    pairs += [(f"q{item}", choice) for item in items for choice in key[item]]
    return urlencode(pairs)


def saves(
    sheets: Sequence[tuple[str, str, Sequence[int]]], key: Mapping[int, Sequence[str]]
) -> list[dict[str, str | int]]:
    """What the page's script sends as tests are answered, one question more each time: the whole form as it then stands.

    `sheets` are (cookie, path, versions asked). Everybody's first answer comes before anybody's second.
    """
    longest = max((len(items) for _, _, items in sheets), default=0)
    return [
        {
            "cookie": cookie,
            "path": path,
            "body": answers(items[:asked], key) + "&save=1",
            "accept": "application/json",
            "expect": 200,
        }
        for asked in range(1, longest + 1)
        for cookie, path, items in sheets
    ]
