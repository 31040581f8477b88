"""Figures of an analysis in words and pictures that a communications officer understands. No database, no request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.text import Truncator

from quizzes.analysis import ItemReport, QuizReport, to_look_at
from quizzes.models import QuestionVersion
from quizzes.psychometrics import WHY_NOT, Code, Severity
from quizzes.psychometrics.flags import ADVICE, LITTLE_DISCRIMINATION, MIN_ANSWERS, TOO_EASY
from quizzes.tallies import bin_labels
from sucharit.theme.charts import Bar, Chart, Point, Series, hbars, small_multiples
from sucharit.theme.scatter import Axis, Spot, scatter

TITLES: Mapping[str, str] = {
    Code.KEY_WRONG: "เฉลยอาจไม่ถูกต้อง",
    Code.BACKWARDS: "ผู้รู้ดีกลับตอบผิด",
    Code.TOO_HARD: "ยากเกินไป",
    Code.DISCRIMINATES_LITTLE: "แยกผู้รู้กับผู้ไม่รู้ได้น้อย",
    Code.TOO_EASY: "ง่ายเกินไป",
    Code.DISTRACTOR_UNUSED: "มีตัวเลือกที่ไม่มีใครเลือก",
    Code.TOO_FEW: "ผู้ตอบยังน้อย",
}
URGENCY: Mapping[str, str] = {
    Severity.HIGH: "เร่งด่วน",
    Severity.MEDIUM: "ควรทบทวน",
    Severity.LOW: "เพื่อทราบ",
}
GROUPS = ("กลุ่ม 1", "กลุ่ม 2", "กลุ่ม 3", "กลุ่ม 4", "กลุ่ม 5")
GOOD_ALPHA = 0.7
STEM_SHOWN, OPTION_SHOWN = 60, 80
_RANK = [Severity.HIGH, Severity.MEDIUM, Severity.LOW]


def percent(share: float) -> str:
    """A share as per cent, without a unit: 62.5."""
    return f"{100 * share:.1f}".removesuffix(".0")


def correlation(value: float | None) -> str:
    """A correlation with two decimals and a true minus; a dash where there is none."""
    return "–" if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def seconds(value: float) -> str:
    """A time in words."""
    whole = round(value)
    return f"{whole} วินาที" if whole < 120 else f"{whole // 60} นาที {whole % 60} วินาที"


def first_words(text: str, limit: int = STEM_SHOWN) -> str:
    """The beginning of a text on one line."""
    return Truncator(" ".join(text.split())).chars(limit)


# --- what was found ---------------------------------------------------------------------------------------------


def option_text(version: QuestionVersion, option: str) -> str:
    """An option in its own words."""
    return next((row["text"] for row in version.choices if row["id"] == option), "")


def evidence_words(
    code: str, evidence: Mapping[str, float], options: Sequence[str], version: QuestionVersion
) -> str:
    """The numbers that a flag rests on, as a sentence."""
    n = f"จากผู้ตอบ {round(evidence.get('n', 0)):,} คน"
    if code == Code.KEY_WRONG:
        shares = [(option, evidence.get(f"upper_share:{option}", 0.0)) for option in options]
        chosen = " ".join(
            f"เลือก «{first_words(option_text(version, option), OPTION_SHOWN)}» ร้อยละ {percent(share)}"
            for option, share in shares
        )
        key = " ".join(
            f"«{first_words(row['text'], OPTION_SHOWN)}» ร้อยละ {percent(evidence.get('upper_share:' + row['id'], 0.0))}"
            for row in version.choices
            if row.get("correct")
        )
        upper = f"{round(evidence.get('upper_n', 0)):,}"
        return f"{n} กลุ่มที่ทำข้ออื่นได้ดีที่สุด {upper} คน {chosen} แต่เลือกคำตอบตามเฉลย {key}"
    if code in {Code.BACKWARDS, Code.DISCRIMINATES_LITTLE}:
        ends = ""
        if "item_rest_low" in evidence:
            low, high = correlation(evidence["item_rest_low"]), correlation(evidence["item_rest_high"])
            ends = f" (อยู่ระหว่าง {low} ถึง {high})"
        return f"{n} อำนาจจำแนก {correlation(evidence.get('item_rest'))}{ends}"
    if code in {Code.TOO_EASY, Code.TOO_HARD}:
        found = f"{n} ได้คะแนนข้อนี้เฉลี่ยร้อยละ {percent(evidence.get('facility', 0.0))}"
        if code == Code.TOO_HARD:
            return f"{found} ส่วนการเดาได้ราวร้อยละ {percent(evidence.get('chance', 0.0))}"
        return found
    if code == Code.DISTRACTOR_UNUSED:
        words = " ".join(
            f"«{first_words(option_text(version, option), OPTION_SHOWN)}» ร้อยละ {percent(evidence.get(f'share:{option}', 0.0))}"
            for option in options
        )
        return f"{n} มีผู้เลือก {words}"
    return f"{n} ยังไม่ถึง {MIN_ANSWERS} คน"


def findings(item: ItemReport) -> Sequence[Mapping[str, str]]:
    """The flags of a question, the gravest first: title, urgency, evidence and advice in words."""
    return [
        finding(flag.code, flag.severity, flag.evidence, flag.options, item.version)
        for flag in sorted(to_look_at(item), key=lambda flag: _RANK.index(flag.severity))
    ]


def finding(
    code: str,
    severity: str,
    evidence: Mapping[str, float],
    options: Sequence[str],
    version: QuestionVersion,
) -> Mapping[str, str]:
    """One flag in words."""
    return {
        "title": TITLES.get(code, code),
        "urgency": URGENCY.get(severity, severity),
        "is_urgent": "1" if severity == Severity.HIGH else "",
        "evidence": evidence_words(code, evidence, options, version),
        "advice": ADVICE[Code(code)] if code in set(Code) else "",
    }


# --- a quiz -----------------------------------------------------------------------------------------------------


def headline(report: QuizReport) -> Sequence[tuple[str, str, str]]:
    """(what, figure, what it means) of the whole quiz."""
    mean, spread = report.mean or 0.0, report.spread or 0.0
    rows = [
        ("ผู้ทำแบบทดสอบ", f"{report.n:,} คน", "นับคนละครั้ง เฉพาะครั้งแรกที่ทำ"),
        (
            "คะแนนเฉลี่ย",
            f"ร้อยละ {percent(mean / 100)}",
            f"คะแนนของแต่ละคนห่างจากค่าเฉลี่ยราวร้อยละ {percent(spread / 100)} (ส่วนเบี่ยงเบนมาตรฐาน)",
        ),
        ("จำนวนข้อที่มีคะแนน", f"{report.length} ข้อ", "จำนวนข้อต่อชุดที่พบบ่อยที่สุด"),
    ]
    return [*rows, *_reliability(report)]


def _reliability(report: QuizReport) -> Sequence[tuple[str, str, str]]:
    found = report.reliability
    if found.alpha is None:
        return [("ความเชื่อมั่น", "ยังไม่มีค่า", WHY_NOT[found.reason] if found.reason else "")]
    good = "ถือว่าใช้ได้" if found.alpha >= GOOD_ALPHA else "ยังต่ำ ไม่ควรใช้คะแนนเทียบคนต่อคน"
    words = f"ถ้าทำชุดที่ยากเท่ากันอีกครั้ง ลำดับของแต่ละคนจะใกล้เดิมเพียงใด เต็ม 1 ค่าที่ดีคือ {GOOD_ALPHA:.2f} ขึ้นไป ค่านี้{good}"
    if found.interval:
        words += f" (อยู่ระหว่าง {correlation(found.interval.low)} ถึง {correlation(found.interval.high)})"
    if report.is_drawn:
        words += f" คำนวณจากข้อที่สุ่มพบด้วยกัน ในชุดล่าสุด {found.n:,} ชุด"
    error = f"คะแนนของคนหนึ่งอาจต่างจากที่รู้จริงได้ราวนี้ จากเต็ม {found.items} คะแนน ยิ่งน้อยยิ่งแม่น"
    return [
        ("ความเชื่อมั่น (แอลฟาของครอนบาค)", correlation(found.alpha), words),
        ("ความคลาดเคลื่อนของคะแนน", f"± {found.sem or 0.0:.2f} คะแนน", error),
    ]


def score_chart(report: QuizReport) -> Chart:
    """How many people reached each tenth of the score."""
    most = max(report.histogram, default=0)
    return hbars(
        "คะแนนกระจายอย่างไร",
        [Bar(label, n) for label, n in zip(bin_labels(), report.histogram, strict=True)],
        unit="คน",
        maximum=float(most or 1),
        value_label="จำนวน",
        label_label="คะแนน",
        keep_order=True,
        note="ถ้าคนส่วนใหญ่กองอยู่ปลายบน แบบทดสอบนี้บอกความต่างของผู้เรียนได้น้อย",
    )


def item_chart(report: QuizReport) -> Chart:
    """Every question by how easy it is and how well it tells people apart; those to look at are named."""
    spots = [
        Spot(
            item.version.question.code,
            100 * item.facility.mean,
            item.discrimination,
            # What is only good to know stands in the table; here it would hide what is grave.
            is_marked=gravity(item) < _RANK.index(Severity.LOW),
        )
        for item in in_order(report.items, "look")
        if item.facility is not None and item.discrimination is not None and item.is_judged
    ]
    return scatter(
        "แต่ละข้อยากเพียงใด และแยกผู้รู้ได้เพียงใด",
        spots,
        x=Axis("ตอบถูก (ร้อยละ)", 0, 100, (0, 25, 50, 75, 100), mark=100 * TOO_EASY),
        y=Axis("อำนาจจำแนก", -1, 1, (-1, -0.5, 0, 0.5, 1), mark=LITTLE_DISCRIMINATION),
        label_label="ข้อ",
        note=(
            f"ข้อที่ดีอยู่เหนือเส้นประแนวนอน ({LITTLE_DISCRIMINATION}) และอยู่ซ้ายของเส้นประแนวตั้ง "
            f"(ร้อยละ {100 * TOO_EASY:g}) วงกลมกลวงคือข้อที่ควรดูก่อน"
        ),
    )


Measure = Callable[[ItemReport], Any]


def gravity(item: ItemReport) -> int:
    """0 for the gravest, 3 for a question that nothing is said about."""
    return min((_RANK.index(flag.severity) for flag in to_look_at(item)), default=len(_RANK))


def difference(item: ItemReport) -> float | None:
    """How much better the upper group does than the lower; None where there are none."""
    return item.upper_lower.index if item.upper_lower else None


# Name in the address: heading, whether it is a number, and what a question is sorted by (None comes last).
MEASURES: Mapping[str, tuple[str, bool, Measure]] = {
    "code": ("รหัสข้อ", False, lambda item: item.version.question.code),
    "n": ("ผู้ตอบ", True, lambda item: item.n),
    "facility": ("ตอบถูก (ร้อยละ)", True, lambda item: item.facility.mean if item.facility else None),
    "discrimination": ("อำนาจจำแนก", True, lambda item: item.discrimination),
    "difference": ("กลุ่มสูง − กลุ่มต่ำ", True, difference),
    "time": ("เวลากลาง (วินาที)", True, lambda item: item.time.median if item.time else None),
    "look": ("ควรดู", False, gravity),
}


def in_order(items: Sequence[ItemReport], sort: str) -> Sequence[ItemReport]:
    """Questions by a measure, descending after a minus; those without it last; equals by code."""
    name = sort.removeprefix("-")
    measure = MEASURES[name][2]
    known = [item for item in items if measure(item) is not None]
    unknown = [item for item in items if measure(item) is None]
    return [*sorted(known, key=measure, reverse=sort.startswith("-")), *unknown]


def said_of(item: ItemReport) -> str:
    """What to look at, in a few words."""
    if item.is_corrected:
        return "แก้เฉลยแล้ว"
    if not item.is_judged:
        return TITLES[Code.TOO_FEW]
    return ", ".join(TITLES[flag.code] for flag in item.flags)


# --- a question -------------------------------------------------------------------------------------------------


def figures(item: ItemReport) -> Sequence[tuple[str, str, str]]:
    """(what, figure, what it is and what is good) of one question."""
    if item.facility is None:
        return []
    ends = item.facility.interval
    rows = [
        ("ผู้ตอบ", f"{item.n:,} คน", "นับคนละครั้ง เฉพาะครั้งแรกที่ทำ"),
        (
            "ตอบถูก",
            f"ร้อยละ {percent(item.facility.mean)}",
            (
                f"คะแนนเฉลี่ยของข้อนี้ ยิ่งสูงยิ่งง่าย ค่าจริงน่าจะอยู่ระหว่างร้อยละ {percent(ends.low)} ถึง {percent(ends.high)} "
                f"ค่าที่ดีคือสูงกว่าการเดา (ร้อยละ {percent(item.chance)}) ชัดเจน และไม่เกินร้อยละ {100 * TOO_EASY:g}"
            ),
        ),
        (
            "อำนาจจำแนก",
            correlation(item.discrimination),
            (
                "ผู้ที่ทำข้ออื่นได้ดี ทำข้อนี้ได้ดีด้วยหรือไม่ ค่าอยู่ระหว่าง −1 ถึง 1 "
                f"ค่าที่ดีคือ {LITTLE_DISCRIMINATION} ขึ้นไป ถ้าติดลบ โปรดตรวจเฉลยก่อน{_between(item)}"
            ),
        ),
        (
            "สหสัมพันธ์กับคะแนนรวม",
            correlation(item.biserial),
            "เหมือนอำนาจจำแนก แต่นับข้อนี้รวมในคะแนนด้วย จึงสูงกว่าเสมอ ใช้เทียบกับรายงานของระบบอื่น",
        ),
    ]
    if item.upper_lower:
        upper, lower = percent(item.upper_lower.upper), percent(item.upper_lower.lower)
        rows.append(
            (
                "กลุ่มสูง − กลุ่มต่ำ",
                correlation(item.upper_lower.index),
                f"กลุ่มคะแนนสูงสุดร้อยละ 27 ตอบถูกร้อยละ {upper} กลุ่มต่ำสุดร้อยละ 27 ตอบถูกร้อยละ {lower} ยิ่งต่างมากยิ่งแยกได้ดี",
            )
        )
    if item.time:
        quick, slow = seconds(item.time.p10), seconds(item.time.p90)
        rows.append(
            (
                "เวลาที่ใช้",
                seconds(item.time.median),
                f"ครึ่งหนึ่งใช้ไม่เกินนี้ คนส่วนใหญ่ใช้ {quick} ถึง {slow} ถ้านานผิดปกติ คำถามอาจอ่านยาก",
            )
        )
    return rows


def _between(item: ItemReport) -> str:
    if item.interval is None:
        return ""
    return f" ค่าจริงน่าจะอยู่ระหว่าง {correlation(item.interval.low)} ถึง {correlation(item.interval.high)}"


def options_of(item: ItemReport) -> Sequence[Mapping[str, Any]]:
    """The options in the author's order: number, text, whether right, and the share of all who chose it, in per cent."""
    if item.table is None:
        return []
    shares = item.table.overall.shares
    return [
        {
            "number": number,
            "text": row["text"],
            "is_right": row["id"] in item.right,
            "share": percent(shares.get(row["id"], 0.0)),
            "is_unused": row["id"] in item.table.unused,
            "is_rival": row["id"] in item.table.rivals,
        }
        for number, row in enumerate(item.version.choices, start=1)
    ]


def option_chart(item: ItemReport) -> Chart | None:
    """Who chose what: one small line for each option, from the weakest fifth to the best. None where nothing is chosen."""
    table = item.table
    if table is None:
        return None
    series = [
        Series(
            # Short, so that neighbours stand on one line; the words stand in the list above, under the same number.
            f"ตัวเลือก {number}{' (เฉลย)' if row['id'] in item.right else ''}",
            [
                Point(label, 100 * group.shares[row["id"]] if group.n else None)
                for label, group in zip(GROUPS, table.groups, strict=True)
            ],
        )
        for number, row in enumerate(item.version.choices, start=1)
    ]
    return small_multiples(
        "ใครเลือกข้อใด",
        series,
        label_label="ตัวเลือก",
        note=(
            "แบ่งผู้ตอบเป็น 5 กลุ่มตามคะแนนข้ออื่น กลุ่ม 1 ได้น้อยที่สุด กลุ่ม 5 ได้มากที่สุด "
            "เส้นของเฉลยควรสูงขึ้นไปทางขวา เส้นของตัวเลือกอื่นควรต่ำลง"
        ),
    )
