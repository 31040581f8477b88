"""People and pages for tests of the desks."""

from html.parser import HTMLParser

from sucharit.records.models import RequirementPeriod
from tests.conftest import World, enter
from tests.records.build import applied, complete, settle


class Tables(HTMLParser):
    """The tables of a page as lists of rows of cell texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in {"td", "th"} and self.tables and self.tables[-1]:
            self._cell = []

    def handle_endtag(self, tag):
        if tag in {"td", "th"} and self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)


def tables(answer) -> list[list[list[str]]]:
    """The tables of an answer."""
    found = Tables()
    found.feed(answer.content.decode())
    return found.tables


def people_rows(answer) -> list[list[str]]:
    """The rows of the HR list, without their headings."""
    return next((table[1:] for table in tables(answer)), [])


THAI_ORDER = [
    "กมล",
    "เกษม",
    "แก้ว",
    "ขวัญ",
    "ไข่มุก",
    "จันทร์",
    "เจริญ",
    "ชัย",
    "ใจดี",
    "โชค",
    "ดาว",
    "เดือน",
    "ทอง",
    "ไพลิน",
]


def crowd(world: World, size: int, *, agency=None) -> list:
    """So many officers in one office, with Thai names whose leading vowels must not lead."""
    place = agency or world.province
    return [enter(THAI_ORDER[n % len(THAI_ORDER)], f"สกุล{n:04d}", place) for n in range(size)]


def mixed(world: World) -> RequirementPeriod:
    """A requirement in which some have begun, some have finished and some have not."""
    from sucharit.records import services
    from tests.conftest import NOW

    made = crowd(world, 9)
    period = applied([world.ministry, world.comptroller])
    for officer in made[:3]:
        complete(officer)
    for officer in made[3:5]:
        services.mark_started(officer_id=officer.pk, subject_code="ETH-1", now=NOW)
    settle(NOW)
    return period
