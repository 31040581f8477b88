"""What is asked of both sides, and what each figure may be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench import common

Plan = Mapping[str, Any]
Job = dict[str, Any]
CONNECTIONS = 4


@dataclass(frozen=True)
class Scenario:
    """One line of the table. `make` gives the job of one round out of so many; `at_most` is today's limit of the ratio."""

    name: str
    title: str
    make: Callable[[Plan, int, int], Job]
    at_most: float | None = 4.0
    # Which of our servers answers: the whole product, or the one that leaves certificates for later.
    certificates: bool = True
    bare: bool = True
    # Only at the largest number of officers; a scenario of the HR list runs at every number.
    every_size: bool = False
    warm: bool = True


def _share(rows: Sequence[Any], place: int, rounds: int) -> list[Any]:
    # One part more than rounds: the first warms the server up.
    size = len(rows) // (rounds + 1)
    return list(rows[place * size : (place + 1) * size])


def _cycle(requests: list[dict[str, str]]) -> Job:
    return {"kind": "cycle", "requests": requests, "connections": CONNECTIONS}


def _once(requests: list[dict[str, str]]) -> Job:
    return {"kind": "once", "requests": requests, "connections": CONNECTIONS}


def catalogue(plan: Plan, place: int, rounds: int) -> Job:
    """The catalogue, signed in."""
    return _cycle([{"path": plan["catalogue"], "cookie": cookie} for cookie in plan["readers"]])


def lesson(plan: Plan, place: int, rounds: int) -> Job:
    """A lesson, signed in, each reader at their own."""
    lessons = plan["lessons"]
    return _cycle([{"path": lessons[n % len(lessons)], "cookie": c} for n, c in enumerate(plan["readers"])])


def record(plan: Plan, place: int, rounds: int) -> Job:
    """A lesson recorded as read, for the first time."""
    # Whole courses to a round: lessons open in order, so a course left half-way in one round is not gone on with in the next.
    rows = [row for course in _share(plan["records"], place, rounds) for row in course]
    return _once([{**row, "body": common.form()} for row in rows])


def start(plan: Plan, place: int, rounds: int) -> Job:
    """A test of 14 questions started: the questions are drawn and pinned."""
    return _once(_share(plan["starts"], place, rounds))


def save(plan: Plan, place: int, rounds: int) -> Job:
    """Answers kept as they are given, one more with each request, by the page's own script."""
    return _cycle(plan["saves"])


def submit(plan: Plan, place: int, rounds: int) -> Job:
    """A test of 14 questions handed in and passed."""
    return _once(_share(plan["attempts"], place, rounds))


def submit_certified(plan: Plan, place: int, rounds: int) -> Job:
    """The same, with what the certificate costs on the way."""
    return _once(_share(plan["attempts_certified"], place, rounds))


def _journey(plan: Plan, walkers: list[str]) -> Job:
    way = {**plan["journey"], "form": common.form()}
    way |= {name: plan[name] for name in ("catalogue", "course", "lessons")}
    return {"kind": "journey", "walkers": walkers, "journey": way}


def journey(plan: Plan, place: int, rounds: int) -> Job:
    """The whole course, one learner after another."""
    return _journey(plan, _share(plan["walkers"], place, rounds))


def journey_certified(plan: Plan, place: int, rounds: int) -> Job:
    """The whole course and its certificate."""
    return _journey(plan, _share(plan["certified_walkers"], place, rounds))


def sign_in(plan: Plan, place: int, rounds: int) -> Job:
    """E-mail and password."""
    login = plan["login"]
    cookie = f"csrftoken={common.CSRF}"
    bodies = [common.form(login=email, password=common.PASSWORD) for email in login["emails"]]
    return _once(
        [{"path": login["path"], "cookie": cookie, "body": body} for body in _share(bodies, place, rounds)]
    )


def hr_list(plan: Plan, place: int, rounds: int) -> Job:
    """The HR list: its first page and pages deep inside it."""
    return _cycle([{"path": path, "cookie": plan["hr"]["cookie"]} for path in plan["hr"]["list"]])


def _hr(name: str) -> Callable[[Plan, int, int], Job]:
    def make(plan: Plan, place: int, rounds: int) -> Job:
        return _cycle([{"path": plan["hr"][name], "cookie": plan["hr"]["cookie"]}])

    return make


def hr_csv(plan: Plan, place: int, rounds: int) -> Job:
    """Everybody as one file."""
    return {"kind": "stream", "requests": [{"path": plan["hr"]["csv"], "cookie": plan["hr"]["cookie"]}]}


def gain(plan: Plan, place: int, rounds: int) -> Job:
    """What a course taught, added up anew for every page."""
    return _cycle([{"path": plan["gain"]["course"], "cookie": plan["gain"]["cookie"]}])


SCENARIOS = (
    Scenario("catalogue", "catalogue, 20 courses", catalogue),
    Scenario("lesson", "lesson, signed in", lesson),
    Scenario("record", "hand-in: record a lesson", record),
    Scenario("start", "start: test of 14 drawn", start, at_most=3.0),
    Scenario("save", "save: answers of a test", save, at_most=3.0),
    Scenario("submit", "hand-in: test of 14, award", submit, at_most=3.0, certificates=False),
    Scenario("submit-pdf", "  the same with certificate PDF", submit_certified, at_most=None, warm=False),
    Scenario("journey", "one learner's whole course", journey, certificates=False),
    Scenario("journey-pdf", "  the same with certificate PDF", journey_certified, at_most=None, warm=False),
    Scenario("login", "sign-in (Argon2id)", sign_in),
    Scenario("hr", "HR list", hr_list, every_size=True),
    Scenario("hr-overview", "  HR overview", _hr("overview"), at_most=None, bare=False, every_size=True),
    Scenario("hr-left", "  HR list, not done", _hr("left"), at_most=None, bare=False, every_size=True),
    Scenario(
        "hr-search", "  HR list, name begins with", _hr("search"), at_most=None, bare=False, every_size=True
    ),
    Scenario("csv", "CSV of everybody", hr_csv),
    Scenario("gain", "learning gain of a course", gain, at_most=None, bare=False),
)
NAMES = tuple(scenario.name for scenario in SCENARIOS)
# How much dearer the HR list may be at the largest number of officers than at the smallest.
FLAT = 1.5
CSV_ROWS_PER_SECOND = {"sqlite": 15_000, "postgresql": 100_000}
CSV_FIRST_BYTE = 0.5
CSV_GROWTH = 16 * 2**20
