"""The results of a questionnaire of attitude in words, pictures, tables and lines of a file: one source for all of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizzes.attitude_results import Shown
from quizzes.enums import Round, Wave
from sucharit.kernel.sheets import Column, csv_stream
from sucharit.kernel.thai_calendar import FiscalYear
from sucharit.officers.selectors import agency_names
from sucharit.theme.charts import Bar, Chart, Dot, dots, hbars

HIDDEN = "ไม่แสดง"
BLANK_WORDS = "ไม่ตอบ"
GROUP_COLUMNS = (
    {"label": "กระทรวง"},
    {"label": "ผู้ตอบ (คน)", "numeric": True},
    {"label": "ค่าเฉลี่ย (1 ถึง 5)", "numeric": True},
)
REVERSED_WORDS = " (ข้อความเชิงลบ)"


@dataclass(frozen=True)
class StatementTable:
    """One statement: how many chose each point at each wave, how many in a hundred, and the picture of what is shown."""

    number: int
    text: str
    columns: Sequence[Mapping[str, Any]]
    rows: Sequence[Sequence[str]]
    chart: Chart | None
    change: str


@dataclass(frozen=True)
class GroupTable:
    """One wave by ministry."""

    wave: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class ResultPage:
    """Everything of one place and year that a page or a file may show."""

    key: str
    title: str
    people: Sequence[tuple[str, str]]
    change_words: str
    change_chart: Chart | None
    statements: Sequence[StatementTable]
    groups: Sequence[GroupTable]


def place_words(shown: Shown) -> tuple[str, str]:
    """The key of a counted year in an address, and its name for people."""
    code = shown.context.partition(":")[2]
    key = f"{code}-{shown.fiscal_year}-{shown.round}"
    return key, f"รายวิชา {code} {FiscalYear(shown.fiscal_year).label} {shown.round.label}"


def page_of(shown: Shown) -> ResultPage:
    """The whole page. One query, for the names of ministries."""
    key, title = place_words(shown)
    named = agency_names([row[0] for wave in shown.waves.values() for row in wave["groups"] if row[0]])
    return ResultPage(
        key=key,
        title=title,
        people=[(wave.label, _people(content["people"])) for wave, content in shown.waves.items()],
        change_words=_change_words(shown),
        change_chart=_change_chart(shown),
        statements=[_statement(shown, place) for place in range(len(shown.statements))],
        groups=[
            GroupTable(wave.label, [_group_row(row, named) for row in content["groups"]])
            for wave, content in shown.waves.items()
            if content["groups"]
        ],
    )


def _people(count: int | None) -> str:
    return f"{count:,} คน" if count else "น้อยกว่า 10 คน จึงไม่แสดง"


def _compared(shown: Shown) -> str:
    second = Wave.AFTER if shown.round is Round.COURSE else Wave.LATER
    return f"{Wave.BEFORE.label}กับ{second.label}"


def _change_words(shown: Shown) -> str:
    if shown.people_in_pairs is None or shown.change is None:
        return f"ไม่แสดงการเปลี่ยนแปลงระหว่าง{_compared(shown)} เพราะผู้ที่ตอบทั้งสองครั้ง หรือผู้ที่ตอบครั้งเดียว มีน้อยกว่า 10 คน หรือตัวเลขจะเปิดเผยกลุ่มเล็กที่ซ่อนไว้"
    one = shown.change
    moved = f"คำตอบ{_moved(one.mean)}โดยเฉลี่ย จาก {one.n:,} คนที่ตอบทั้งสองครั้งอย่างน้อยครึ่งหนึ่งของทุกข้อ"
    if one.effect is None:
        return f"{moved} ทุกคนเปลี่ยนเท่ากัน"
    return f"{moved} ขนาดอิทธิพล (d) {one.effect:.1f} ช่วงความเชื่อมั่น 95 % จาก {one.low:.1f} ถึง {one.high:.1f}"


def _moved(change: float) -> str:
    """In words: a sign before a number would be a formula to a spreadsheet."""
    if not change:
        return "เท่าเดิม"
    return f"{'ดีขึ้น' if change > 0 else 'ลดลง'} {abs(change):.1f} ระดับ"


def _change_chart(shown: Shown) -> Chart | None:
    one = shown.change
    if one is None or one.effect is None or one.low is None or one.high is None:
        return None
    reach = max(2.0, abs(one.low), abs(one.high))
    return dots(
        f"ขนาดการเปลี่ยนแปลงระหว่าง{_compared(shown)}",
        [Dot("ทั้งแบบสอบถาม", one.effect, one.low, one.high)],
        unit="",
        minimum=-reach,
        maximum=reach,
        value_label="ขนาดอิทธิพล (d)",
        note="มากกว่า 0 คือเปลี่ยนไปในทางที่พึงประสงค์ ข้อความเชิงลบกลับด้านแล้ว",
    )


def _statement(shown: Shown, place: int) -> StatementTable:
    text, is_reversed = shown.statements[place]
    names = [*shown.scale, BLANK_WORDS]
    rows, bars = [], []
    for wave, content in shown.waves.items():
        if not content["people"]:
            continue
        counts, whole = content["statements"][place], content["people"]
        rows.append([wave.label, *(_cell(count, whole) for count in counts), f"{whole:,}"])
        bars += [
            Bar(f"{wave.label}: {name}", 100 * count / whole, f"{count:,} จาก {whole:,} คน")
            for name, count in zip(names, counts, strict=True)
            if count is not None
        ]
    change = shown.changes[place] if place < len(shown.changes) else None
    hidden = any(
        count is None
        for wave in shown.waves.values()
        if wave["people"]
        for count in wave["statements"][place]
    )
    chart = hbars(
        text,
        bars,
        value_label="สัดส่วน",
        label_label="ระดับความเห็น",
        keep_order=True,
        note="ระดับที่มีผู้เลือกน้อยกว่า 10 คน และระดับที่คำนวณย้อนได้ ไม่แสดง" if hidden else "",
    )
    return StatementTable(
        number=place + 1,
        text=text + (REVERSED_WORDS if is_reversed else ""),
        columns=[{"label": "ครั้ง"}, *({"label": name, "numeric": True} for name in [*names, "รวม"])],
        rows=rows,
        chart=chart if bars else None,
        change=HIDDEN if change is None else _moved(change),
    )


def _cell(count: int | None, whole: int) -> str:
    return HIDDEN if count is None else f"{count:,} ({100 * count / whole:.0f} %)"


def _group_row(row: Sequence[Any], named: Mapping[str, str]) -> list[str]:
    code, people, mean = row
    name = "หน่วยงานอื่นรวมกัน" if code is None else named.get(code, "ไม่ทราบสังกัด")
    return [name, f"{people:,}", HIDDEN if mean is None else f"{mean:.1f}"]


# --- The file ---------------------------------------------------------------------------------------------------

_COLUMNS = (
    Column("table", "ตาราง"),
    Column("row", "แถว"),
    Column("column", "คอลัมน์"),
    Column("value", "ค่า"),
)


def csv_of(page: ResultPage) -> Iterator[bytes]:
    """The tables of the page, cell by cell, and nothing else."""
    return iter(csv_stream(_COLUMNS, _lines(page)))


def _lines(page: ResultPage) -> Iterator[tuple[str, str, str, str]]:
    for wave, words in page.people:
        yield "ผู้ตอบ", wave, "จำนวน", words
    yield "การเปลี่ยนแปลง", "ทั้งแบบสอบถาม", "", page.change_words
    for one in page.statements:
        for row in one.rows:
            for column, value in zip(one.columns[1:], row[1:], strict=True):
                yield f"ข้อ {one.number} {one.text}", row[0], column["label"], value
        yield f"ข้อ {one.number} {one.text}", "การเปลี่ยนแปลง", "เฉลี่ย", one.change
    for group in page.groups:
        for name, people, mean in group.rows:
            yield f"ตามกระทรวง {group.wave}", name, "ผู้ตอบ", people
            yield f"ตามกระทรวง {group.wave}", name, "ค่าเฉลี่ย 1 ถึง 5", mean
