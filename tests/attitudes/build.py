"""Questionnaires of attitude for tests, and answers of so many invented people."""

from quizzes.attitudes import Instrument, Line, answer, questionnaire, save_instrument
from quizzes.enums import Wave
from tests.conftest import NOW

PLACE = "course:ETH-1"
# The closed year of most tests, and the running one of `NOW`.
CLOSED, RUNNING = 2569, 2570


def instrument(code: str = "ATT-1", *, statements: int = 3, by_id: int | None = None, **facts) -> Instrument:
    """One questionnaire; its second statement is reversed."""
    lines = facts.pop("lines", None) or [
        Line(f"ข้อความที่ {n} ของ {code}", n == 2) for n in range(1, statements + 1)
    ]
    facts.setdefault("title", f"แบบสอบถาม {code}")
    return save_instrument(code=code, lines=lines, declares=True, now=NOW, by_id=by_id, **facts)


def say(
    held: Instrument,
    person: str,
    points: list[int | None],
    *,
    wave: Wave = Wave.BEFORE,
    group: str = "MOI",
    year: int = CLOSED,
    context: str = PLACE,
) -> None:
    """One answer through the real door; None leaves a statement out."""
    asked = questionnaire(held.pk)
    answer(
        asked=asked,
        context=context,
        wave=wave,
        person=person,
        group=group,
        fiscal_year=year,
        answers={
            pk: point for (pk, _), point in zip(asked.statements, points, strict=True) if point is not None
        },
    )


def crowd(held: Instrument, spread: dict[int, int], *, start: int = 0, **facts) -> int:
    """So many people for each point, who say the same to every statement. Returns the next free number."""
    statements = held.statements.count()
    for point, people in spread.items():
        for number in range(start, start + people):
            say(held, f"person-{number:05d}", [point] * statements, **facts)
        start += people
    return start
