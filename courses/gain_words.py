"""Learning gain in plain words, in pictures and in files: the same figures three times. Hidden ones stay hidden in all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from courses.gain import CourseGain, GainRow
from quizzes.psychometrics import SMALLEST_GROUP, Gain
from sucharit.kernel import sheets
from sucharit.kernel.shares import percent_of
from sucharit.kernel.thai_calendar import format_datetime
from sucharit.theme.changes import Change, changes
from sucharit.theme.charts import Chart, Point, Series, small_multiples

HIDDEN = "ไม่แสดง"
TOO_FEW = f"มีผู้ที่ทำทั้งแบบทดสอบก่อนและหลังเรียนไม่ถึง {SMALLEST_GROUP} คน จึงไม่แสดงตัวเลข"
AGENCY_HIDDEN = "หน่วยงานนี้ไม่แสดงตัวเลข เพราะเป็นกลุ่มเล็ก หรือแสดงแล้วจะคำนวณย้อนไปถึงกลุ่มเล็กอื่นได้"
# Cohen (1988): from which size on a difference in standard deviations is called so.
SIZES = ((0.8, "มาก"), (0.5, "ปานกลาง"), (0.2, "น้อย"), (0.0, "น้อยมาก"))
CONVENTION = (
    "เกณฑ์ 0.2 น้อย 0.5 ปานกลาง และ 0.8 มาก เป็นข้อตกลงที่ Cohen (1988) เสนอไว้ ไม่ใช่กฎตายตัว "
    "ค่านี้คือ d_z ซึ่งคำนวณจากส่วนต่างของคนเดียวกัน (ปรับแก้ตาม Hedges) จึงไม่ควรเทียบกับขนาดผลระหว่างคนสองกลุ่ม"
)
NOTES = (
    "ตัวเลขนี้บอกว่าคะแนนเปลี่ยนไปเท่าใด แต่ไม่พิสูจน์ว่าเปลี่ยนเพราะรายวิชา เพราะไม่มีกลุ่มเปรียบเทียบที่ไม่ได้เรียน",
    "ผู้ที่ได้คะแนนต่ำในครั้งแรกมักได้สูงขึ้นเองในครั้งถัดไป และผู้ที่ได้คะแนนสูงอยู่แล้วเพิ่มได้อีกไม่มาก ส่วนเพิ่มจึงอาจสูงหรือต่ำกว่าความจริง",
    "นับเฉพาะผู้ที่ทำครบทั้งสองแบบทดสอบ ถ้ามีผู้หยุดกลางทางมาก ผลจะดูดีกว่าความจริง",
    "ใช้ผลครั้งแรกของแต่ละแบบทดสอบในปีงบประมาณเดียวกัน เพราะผู้ที่ทำซ้ำได้เห็นคำถามและเฉลยแล้ว",
    "เลือกดูได้เป็นปีงบประมาณเท่านั้น เพราะถ้าเลือกช่วงวันเองได้ จะนำสองช่วงมาลบกันจนรู้ผลของคนกลุ่มเล็กได้",
)


def cut(share: float) -> int:
    """A mean share in whole per cent, cut and not rounded: a hundred is said of full scores only.

    Coarse on purpose: from two pages a day apart nobody reads the score of the one person who came between.
    """
    # A sum of sixths adds up to 0.5999…: what no two scores can tell apart is the same share.
    return int(percent_of(min(1.0, max(0.0, round(share, 9))), 1))


def size_of(effect: float) -> str:
    """The word for an effect by Cohen's conventions."""
    word = next(word for least, word in SIZES if abs(effect) >= least)
    return f"คะแนนลดลง{word}" if effect <= -SIZES[-2][0] else word


def headline(who: str, gain: Gain) -> str:
    """One sentence for whoever reads only one."""
    before, after = cut(gain.mean_pre), cut(gain.mean_post)
    people = f"{who} {gain.n:,} คนที่ทำทั้งก่อนและหลังเรียน ได้คะแนนเฉลี่ย"
    if before == after:
        return f"{people}เท่าเดิม คือร้อยละ {before} ของคะแนนเต็ม"
    return f"{people}{'เพิ่มขึ้น' if after > before else 'ลดลง'}จากร้อยละ {before} เป็นร้อยละ {after} ของคะแนนเต็ม"


def effect(gain: Gain) -> str:
    """The effect with its interval, and what it is called."""
    if gain.effect is None or gain.interval is None:
        return "คะแนนของทุกคนเปลี่ยนไปเท่ากัน จึงคำนวณขนาดผลไม่ได้"
    said = f"ขนาดผล {_two(gain.effect)} (ช่วงความเชื่อมั่น 95 % {_interval(gain)}): {size_of(gain.effect)}"
    unsure = gain.interval.low <= 0 <= gain.interval.high
    return f"{said} ช่วงนี้คร่อม 0 จึงยังบอกไม่ได้ว่าคะแนนเปลี่ยนจริง" if unsure else said


def room(gain: Gain) -> str:
    """The normalised gain in words."""
    if gain.class_gain is None:
        return "ทุกคนได้คะแนนเต็มตั้งแต่ก่อนเรียน จึงไม่มีส่วนที่จะเพิ่มได้"
    if gain.class_gain < 0:
        return f"คะแนนเฉลี่ยหลังเรียนต่ำกว่าก่อนเรียน ส่วนเพิ่มจึงติดลบ (normalised gain ของ Hake {normalised(gain)})"
    return f"จากคะแนนที่ยังขาดก่อนเรียน ผู้เรียนทำเพิ่มได้ร้อยละ {cut(gain.class_gain)} (normalised gain ของ Hake {normalised(gain)})"


def normalised(gain: Gain) -> str:
    """The normalised gain of the means with two decimals, cut as the share is."""
    if gain.class_gain is None:
        return "–"
    return f"{cut(gain.class_gain) / 100:.2f}" if gain.class_gain >= 0 else _two(gain.class_gain)


def drop_out(gain: Gain) -> str:
    """Who took the first test only, and what that means."""
    if gain.dropped_out is None:
        return "จำนวนผู้ที่ทำก่อนเรียนแล้วยังไม่ทำหลังเรียน: ไม่แสดง เพราะอาจชี้ไปถึงคนกลุ่มเล็ก"
    if not gain.dropped_out:
        return "ทุกคนที่ทำก่อนเรียนได้ทำหลังเรียนแล้ว"
    share = cut(gain.dropped_out / (gain.n + gain.dropped_out))
    part = f"ร้อยละ {share}" if share else "ไม่ถึงร้อยละ 1"
    return f"อีก {gain.dropped_out:,} คน ({part} ของผู้ที่ทำก่อนเรียน) ยังไม่ได้ทำหลังเรียน คนเหล่านี้อาจเรียนไม่จบ จึงไม่อยู่ในตัวเลขข้างต้น"


def full_before(gain: Gain) -> str:
    """Who had nothing to gain; empty where that is not told, or nobody."""
    return f"{gain.at_full:,} คนได้คะแนนเต็มตั้งแต่ก่อนเรียน คะแนนจึงเพิ่มไม่ได้อีก" if gain.at_full else ""


def _two(value: float) -> str:
    # Minus nought is nought.
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def _interval(gain: Gain) -> str:
    return f"{_two(gain.interval.low)}–{_two(gain.interval.high)}" if gain.interval else ""


# --- tables and pictures ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line of a table as screen and files show it; every cell is a text."""

    name: str
    url: str
    cells: tuple[str, ...]


CELLS = (
    "ทำครบ (คน)",
    "ก่อน (ร้อยละ)",
    "หลัง (ร้อยละ)",
    "normalised gain",
    "ขนาดผล",
    "ช่วงความเชื่อมั่น 95 %",
    "ทำแค่ก่อน (คน)",
)


@dataclass(frozen=True)
class Section:
    """One way of parting the same people: a picture of what is shown, its table, and the names of what is not."""

    key: str
    title: str
    help: str
    first: str
    chart: Chart | None
    lines: Sequence[Line]
    empty: Sequence[str]
    hidden: Sequence[str]
    headings: tuple[str, ...] = CELLS


def cells(gain: Gain | None, *, is_empty: bool = False) -> tuple[str, ...]:
    """The cells of CELLS; every one of a hidden group says so."""
    if gain is None:
        return ("0", *("–",) * (len(CELLS) - 1)) if is_empty else (HIDDEN,) * len(CELLS)
    return (
        f"{gain.n:,}",
        f"{cut(gain.mean_pre)}",
        f"{cut(gain.mean_post)}",
        normalised(gain),
        "–" if gain.effect is None else _two(gain.effect),
        _interval(gain) or "–",
        HIDDEN if gain.dropped_out is None else f"{gain.dropped_out:,}",
    )


def _section(key: str, title: str, help_text: str, first: str, rows: Sequence[GainRow], year: int) -> Section:
    lines = [Line(row.name, below(row, year), cells(row.gain)) for row in rows if row.gain is not None]
    return Section(
        key=key,
        title=title,
        help=help_text,
        first=first,
        chart=_changes(title, first, rows, year) if lines else None,
        lines=lines,
        empty=[row.name for row in rows if row.is_empty],
        hidden=[row.name for row in rows if row.is_hidden],
    )


def below(row: GainRow, year: int) -> str:
    """The query of the page below a row, "" where there is none."""
    return f"?{urlencode({'year': year, 'agency': row.agency_id})}" if row.agency_id else ""


def _changes(title: str, first: str, rows: Sequence[GainRow], year: int) -> Chart:
    items = [
        Change(
            row.name, cut(row.gain.mean_pre), cut(row.gain.mean_post), f"{row.gain.n:,} คน", below(row, year)
        )
        for row in rows
        if row.gain is not None
    ]
    return changes(title, items, before_label="ก่อนเรียน", after_label="หลังเรียน", label_label=first)


def overall(seen: CourseGain) -> Section:
    """Before and after of everybody on the page."""
    who = seen.agency.name if seen.agency else "ผู้เรียนทั้งหมด"
    return _section("all", "คะแนนเฉลี่ยก่อนและหลังเรียน", "", "กลุ่ม", [GainRow(who, seen.total)], seen.year.year)


def sections(seen: CourseGain) -> Sequence[Section]:
    """Every table of the page that has rows; months as lines, the others as before and after."""
    year = seen.year.year
    found = []
    if seen.months:
        months = _section("months", "แยกตามเดือน", "เดือนที่ทำแบบทดสอบหลังเรียน", "เดือน", seen.months, year)
        found.append(
            Section(
                **{**vars(months), "chart": _lines(seen.months) if len(months.lines) > 1 else months.chart}
            )
        )
    if seen.units:
        help_text = "หน่วยงานที่สังกัดในวันที่ทำแบบทดสอบหลังเรียน รวมหน่วยงานใต้สังกัด เลือกชื่อเพื่อดูหน่วยงานข้างใต้"
        found.append(_section("units", "แยกตามหน่วยงาน", help_text, "หน่วยงาน", seen.units, year))
    if seen.editions:
        help_text = "ฉบับของรายวิชาที่ใช้เมื่อทำแบบทดสอบหลังเรียน"
        found.append(_section("editions", "แยกตามฉบับของรายวิชา", help_text, "ฉบับ", seen.editions, year))
    return found


def _lines(rows: Sequence[GainRow]) -> Chart:
    series = [
        Series("ก่อนเรียน", [Point(row.name, cut(row.gain.mean_pre) if row.gain else None) for row in rows]),
        Series("หลังเรียน", [Point(row.name, cut(row.gain.mean_post) if row.gain else None) for row in rows]),
    ]
    return small_multiples("แยกตามเดือน", series, label_label="แบบทดสอบ")


# --- files ------------------------------------------------------------------------------------------------------------

COLUMNS = (
    sheets.Column("part", "แยกตาม", "text", 22),
    sheets.Column("name", "รายการ", "text", 44),
    *(sheets.Column(f"c{n}", heading, "text", 20) for n, heading in enumerate(CELLS)),
)


def file_rows(seen: CourseGain) -> Iterator[tuple[str, ...]]:
    """What the page shows, one line per group; the hidden ones are named and say so."""
    yield ("ทั้งหมด", seen.agency.name if seen.agency else "ผู้เรียนทั้งหมด", *cells(seen.total))
    for title, rows in (("เดือน", seen.months), ("หน่วยงาน", seen.units), ("ฉบับของรายวิชา", seen.editions)):
        for row in rows:
            yield (title, row.name, *cells(row.gain, is_empty=row.is_empty))


def file_notes(seen: CourseGain) -> list[str]:
    """The lines that say what the figures are of, and how to read them."""
    return [
        f"ผลการเรียนรู้ {seen.code} {seen.title} {seen.year.label}",
        f"หน่วยงาน {seen.agency.name if seen.agency else 'ทั้งหมด'}",
        f"ข้อมูล ณ {format_datetime(seen.now)}",
        f"“{HIDDEN}” คือกลุ่มที่เล็กกว่า {SMALLEST_GROUP} คน หรือกลุ่มที่ถ้าแสดงแล้วจะคำนวณย้อนไปถึงกลุ่มเล็กได้",
        CONVENTION,
        *NOTES,
    ]


def file_stem(seen: CourseGain) -> str:
    """The file's name without its ending."""
    agency = f"-{seen.agency.code.lower()}" if seen.agency else ""
    return f"sucharit-gain-{seen.code.lower()}-{seen.year.year}{agency}"
