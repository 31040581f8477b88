"""GIFT as Moodle exports it and as people type it."""

import base64
from decimal import Decimal
from fractions import Fraction

import pytest

from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Kind
from quizzes.interchange import Format, read, write
from quizzes.interchange.texts import credit_of, percent, share
from tests.quizzes.picture_build import picture

PICTURE = picture()
BASKET = base64.b64encode(PICTURE).decode().replace("=", r"\=")
MOODLE_EXPORT = r"""// question: 0  name: Switch category to $course$/top/Default for ETH/จริยธรรม/ของขวัญ
$CATEGORY: $course$/top/Default for ETH/จริยธรรม/ของขวัญ


// question: 101  name: ETH7-101
// [id:ETH7-101] [tag:ของขวัญ] [tag:ป.ป.ช. \] พิเศษ]
::ETH7-101::[html]<p>ผู้รับเหมานำ<b>กระเช้า</b>มามอบ&nbsp;&nbsp;ท่านควรทำอย่างไร</p><p><img src\="data\:image/png;base64,{BASKET}" alt\="กระเช้า" /></p>{
	=<p>ปฏิเสธ\: อย่างสุภาพ</p>#<p>ถูกต้อง</p>
	~<p>รับไว้ { หรือ \} แบ่งกัน</p>#<p>ไม่ถูก</p>
	####<p>พ.ร.บ. มาตรฐานทางจริยธรรม</p>
}


// question: 102  name: หลายคำตอบ
::หลายคำตอบ::ข้อใดเป็นความขัดกัน{
	~%33.33333%อนุมัติสัญญาคู่สมรส
	~%33.33333%ใช้รถราชการ#ทรัพย์สินราชการ
	~%33.33333%รับค่านายหน้า
	~%-33.33333%ลาพักผ่อน
}
""".replace("{BASKET}", BASKET)


def one(text):
    reading = read(text.encode(), filename="x.gift")
    assert reading.format == Format.GIFT
    assert reading.faults == []
    (row,) = reading.entries
    return row


def fault(text):
    reading = read(text.encode(), filename="x.gift")
    assert reading.entries == []
    (found,) = reading.faults
    return found


def test_an_export_of_moodle():
    reading = read(MOODLE_EXPORT.encode("utf-8-sig").replace(b"\n", b"\r\n"), filename="export.txt")
    assert reading.format == "gift"
    assert reading.faults == []
    first, second = reading.entries
    assert first.entry.code == "ETH7-101"
    assert first.entry.topics == ("จริยธรรม", "ของขวัญ", "ป.ป.ช. ] พิเศษ")
    draft = first.entry.draft
    assert draft.kind == Kind.SINGLE
    assert draft.stem == "ผู้รับเหมานำกระเช้ามามอบ ท่านควรทำอย่างไร\n\n![กระเช้า](picture.png)"
    assert first.images == {"picture.png": PICTURE}
    assert draft.choices == (
        Choice("ปฏิเสธ: อย่างสุภาพ", correct=True, feedback="ถูกต้อง"),
        Choice("รับไว้ { หรือ } แบ่งกัน", feedback="ไม่ถูก"),
    )
    assert draft.explanation == "พ.ร.บ. มาตรฐานทางจริยธรรม"
    assert first.notes == ()
    assert first.row == 7
    assert second.entry.code == ""
    assert second.entry.draft.kind == Kind.MULTIPLE
    assert [choice.correct for choice in second.entry.draft.choices] == [True, True, True, False]
    assert second.notes == ()


def embedded(colour="teal", kind="image/png"):
    digits = base64.b64encode(picture(colour)).decode().replace("=", r"\=")
    return rf"data\:{kind};base64,{digits}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'ดูภาพ<br><img src\\="{embedded()}" alt\\="ก\nข">{{T}}', "ดูภาพ\n![ก ข](picture.png)"),
        (f"[markdown]ดูภาพ ![ก]({embedded()}){{T}}", "ดูภาพ ![ก](picture.png)"),
        (
            '[html]<img alt="" src="' + embedded(kind=r"IMAGE/PNG;name\=a") + '"/>{T}',
            "![](picture.png)",
        ),
    ],
)
def test_a_picture_within_the_text_is_taken_in(text, shown):
    row = one(text)
    assert row.entry.draft.stem == shown
    assert row.images == {"picture.png": picture()}


def test_pictures_of_options_and_of_two_questions_keep_their_names_apart():
    text = "\n\n".join(
        f'::P-{at}::ภาพใด{{=<img src\\="{embedded(colour)}" alt\\="ก">#ดี\n~ข#ไม่\n####<img src\\="{embedded("red")}">}}'
        for at, colour in enumerate(["red", "blue"])
    )
    first, second = read(text.encode(), filename="x").entries
    assert first.entry.draft.choices[0] == Choice("![ก](picture.png)", correct=True, feedback="ดี")
    assert second.entry.draft.choices[0].text == "![ก](picture-2.png)"
    assert second.entry.draft.explanation == "![](picture.png)"
    assert second.images == {"picture-2.png": picture("blue"), "picture.png": picture("red")}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("@@PLUGINFILE@@/basket.png", "ไม่มีอยู่ในไฟล์นี้"),
        (r"https\://example.test/basket.png", "อยู่ที่เว็บไซต์อื่น"),
        ("//example.test/basket.png", "อยู่ที่เว็บไซต์อื่น"),
        (r"data\:image/png;base64,%%%", "อ่านไม่ได้"),
        (r"data\:image/svg+xml;base64,PHN2Zy8+", "ไม่ใช่ภาพ"),
        ("basket.png", "ไม่มีอยู่ในไฟล์นี้"),
    ],
)
@pytest.mark.parametrize("where", ["stem", "option", "feedback"])
def test_a_picture_that_is_not_in_the_file_holds_its_question_back(source, said, where):
    mark = rf'<img src\="{source}" alt\="กระเช้า">'
    found = fault(
        {
            "stem": f"ภาพใด {mark}{{T}}",
            "option": f"ภาพใด {{={mark}\n~ข}}",
            "feedback": f"ภาพใด {{=ก#{mark}\n~ข}}",
        }[where]
    )
    assert said in found.message
    assert "กระเช้า" in found.raw


def test_an_outside_picture_in_markdown_holds_its_question_back():
    assert "อยู่ที่เว็บไซต์อื่น" in fault(r"[markdown]ภาพ ![ก](https\://example.test/a.png){T}").message
    assert one(r"[markdown]ดู ![ก] และ [ข](ค){T}").entry.draft.stem == "ดู ![ก] และ [ข](ค)"


def test_what_is_held_back_shows_no_digits_of_a_picture():
    found = fault(f'<img src\\="{embedded()}">{{=ก =ข ~ค}}')
    assert "data" in found.raw
    assert len(found.raw) < 60


def test_one_bad_question_spoils_no_other():
    text = MOODLE_EXPORT.replace(r"\}", "}")
    reading = read(text.encode(), filename="x.txt")
    assert [row.entry.draft.kind for row in reading.entries] == [Kind.MULTIPLE]
    (bad,) = reading.faults
    assert (bad.row, bad.field) == (7, "answer")
    assert "กระเช้า" in bad.raw


def test_thai_windows_is_read():
    row = one_bytes("::Q::น้ำใจ กำลัง ๑๒ {TRUE}".encode("cp874"))
    assert row.entry.draft.stem == "น้ำใจ กำลัง ๑๒"


def one_bytes(data):
    (row,) = read(data, filename="x.txt").entries
    return row


@pytest.mark.parametrize(
    ("answer", "right", "of_true", "of_false"),
    [
        ("T", True, "", ""),
        ("FALSE", False, "", ""),
        ("true", True, "", ""),
        ("TRUE#ผิดแล้ว#ถูกแล้ว", True, "ถูกแล้ว", "ผิดแล้ว"),
        ("F # ผิดแล้ว # ถูกแล้ว ####สรุป", False, "ผิดแล้ว", "ถูกแล้ว"),
    ],
)
def test_true_or_false(answer, right, of_true, of_false):
    draft = one(f"โลกกลม{{{answer}}}").entry.draft
    assert draft.kind == Kind.TRUE_FALSE
    assert draft.choices == (Choice("ถูก", right, of_true), Choice("ผิด", not right, of_false))
    assert draft.explanation == ("สรุป" if "####" in answer else "")


def test_matching_with_a_partner_for_nothing():
    draft = one("จับคู่ {\n = ไทย -> กรุงเทพ\n =[html]<b>ลาว</b> -> เวียงจันทน์\n = -> โตเกียว\n}").entry.draft
    assert draft.kind == Kind.MATCHING
    assert draft.choices == (
        Choice("ไทย", match="กรุงเทพ"),
        Choice("ลาว", match="เวียงจันทน์"),
        Choice("", match="โตเกียว"),
    )


def test_short_text_with_weights_and_what_earns_nothing():
    row = one("ก.พ. คือ {=%100%สำนักงาน ก.พ.#ดี =%50%กพ =%33.33333%สนง* =%0%*#ลองใหม่}")
    assert row.entry.draft.kind == Kind.SHORT_TEXT
    assert row.entry.draft.choices == (
        Choice("สำนักงาน ก.พ.", feedback="ดี"),
        Choice("กพ", credit=Decimal("0.5")),
        Choice("สนง*", credit=Decimal("0.3333333")),
    )
    assert row.notes == (("wrong_feedback", "คำอธิบายของคำตอบอื่นซึ่งไม่ได้คะแนนไม่ได้นำมาด้วย: ลองใหม่"),)
    assert one("ใคร {ไม่มีใคร}").entry.draft.choices == (Choice("ไม่มีใคร"),)


@pytest.mark.parametrize(
    ("answer", "choices"),
    [
        ("#3:2", [("3", "2", "1")]),
        ("#1..5", [("3", "2", "1")]),
        ("#3000", [("3000", "0", "1")]),
        ("#๓,๐๐๐:๐.๕", [("3000", "0.5", "1")]),
        ("#=1..5 =%50%0..6#ใกล้", [("3", "2", "1"), ("3", "3", "0.5")]),
        ("#\n\t=%100%1822:0#ใช่\n\t=%50%1822:2#เกือบ\n", [("1822", "0", "1"), ("1822", "2", "0.5")]),
        (r"#-2.5\:0.1", [("-2.5", "0.1", "1")]),
    ],
)
def test_numbers(answer, choices):
    draft = one(f"เท่าใด {{{answer}}}").entry.draft
    assert draft.kind == Kind.NUMERIC
    assert [(choice.text, choice.tolerance, choice.credit) for choice in draft.choices] == [
        (text, Decimal(tolerance), Decimal(credit)) for text, tolerance, credit in choices
    ]


def test_numbers_note_the_words_for_any_other():
    row = one("เท่าใด {#3:2~#ผิดทั้งหมด}")
    assert [code for code, _ in row.notes] == ["wrong_feedback"]


def test_missing_word():
    assert one("เจ้าหน้าที่ต้อง {=ซื่อสัตย์ ~คดโกง} ต่อหน้าที่").entry.draft.stem == "เจ้าหน้าที่ต้อง _____ ต่อหน้าที่"


def test_escapes_and_lines():
    row = one("::A-1::บรรทัดหนึ่ง\\n\\nบรรทัด\\: \\~\\=\\#\\{\\} \\\\ \\x สอง\nต่อ {\n=ก\\=ข\n~ค\\#ง\n}")
    assert row.entry.draft.stem == "บรรทัดหนึ่ง\n\nบรรทัด: ~=#{} \\ \\x สอง\nต่อ"
    assert [choice.text for choice in row.entry.draft.choices] == ["ก=ข", "ค#ง"]


def test_styles():
    assert one("[plain]ก < ข &amp; <b>{T}").entry.draft.stem == "ก < ข &amp; <b>"
    assert one("[markdown]**ก**{T}").entry.draft.stem == "**ก**"
    assert one("[html]ก<br>ข\nค{T}").entry.draft.stem == "ก\nข ค"
    assert one("ก<br>ข\nค{T}").entry.draft.stem == "ก\nข\nค"
    assert one("[1] ก{T}").entry.draft.stem == "[1] ก"


def test_an_empty_line_within_braces_and_comments_between():
    text = "// หัว\n\n::B-1::ถาม {\n\n=ก\n// ในวงเล็บ\n\n~ข\n\n}\n\n::C-1::ถามอีก{F}"
    reading = read(text.encode(), filename="x")
    assert [row.entry.code for row in reading.entries] == ["B-1", "C-1"]
    assert reading.faults == []


def test_a_category_needs_no_empty_line():
    text = "$CATEGORY: tom/dick//harry\nถาม{T}\n\n$CATEGORY: $system$/top\n\nถามสอง{T}"
    first, second = read(text.encode(), filename="x").entries
    assert first.entry.topics == ("tom", "dick/harry")
    assert second.entry.topics == ()


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("อธิบาย {}", "kind", "essay"),
        ("อธิบาย {####สรุป}", "kind", "essay"),
        ("::T::คำชี้แจงเท่านั้น", "kind", "description"),
        ("ขาด {=ก ~ข", "answer", "ปีกกา"),
        ("ขาด =ก}", "answer", "ปีกกา"),
        ("สอง {=ก ~ข} และ {=ค ~ง}", "answer", "ช่องเดียว"),
        ("ไม่ถูกเลย {~ก ~ข}", "choices", "ไม่มีตัวเลือก"),
        ("ถูกสอง {=ก =ข ~ค}", "choices", "มากกว่า 1"),
        ("คู่ {=ก -> ข =ค}", "choices", "จับคู่"),
        ("เลข {#สาม}", "answer", "สาม"),
        ("เลข {#1e999999999}", "answer", "ตัวเลข"),
        ("เลข {#5..1}", "answer", "ช่วง"),
        ("เลข {#*}", "answer", "ตัวเลข"),
        ("เลข {#}", "answer", "ไม่มีคำตอบ"),
        ("{T}", "stem", "ไม่มีข้อความ"),
        ("ก่อน {ข้อความ =ก ~ข}", "choices", "ก่อนตัวเลือกแรก"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_words(text, field, said):
    prefix = "" if text.startswith("::") else "::Z::"
    found = fault(prefix + text)
    assert found.field == field
    assert said in found.message
    assert found.raw == prefix + text


def test_weights_that_differ_are_noted():
    row = one("ข้อใด {~%50%ก ~%30%ข ~%20%ค ~%-100%ง}")
    assert [code for code, _ in row.notes] == ["weights_right", "weights_wrong"]
    assert [code for code, _ in one("ข้อใด {~%50%ก ~%50%ข ~ค}").notes] == ["weights_wrong"]
    assert [code for code, _ in one("ข้อใด {=ก ~%50%ข ~%-10%ค}").notes] == ["partial_option", "penalty_option"]


@pytest.mark.parametrize(
    ("percent_", "part"),
    [("33.33333", "1/3"), ("33.333", "1/3"), ("66.66667", "2/3"), ("16.66667", "1/6"), ("14.28571", "1/7"),
     ("11.11111", "1/9"), ("12.5", "1/8"), ("5", "1/20"), ("33", "33/100"), ("83.33333%", "5/6")],
)  # fmt: skip
def test_shares(percent_, part):
    assert share(percent_) == Fraction(part)
    assert share(percent(credit_of(Fraction(part)))) == Fraction(part)


def test_twin_codes_are_noted():
    reading = read(b"::A-1::one{T}\n\n::A-1::two{T}", filename="x")
    assert reading.entries[0].notes == ()
    assert [code for code, _ in reading.entries[1].notes] == ["code_twice"]


def test_a_title_that_counts_or_repeats_is_no_code():
    codes = [
        row.entry.code
        for row in read(
            b"::12::one{T}\n\n::Q-2::two{T}\n\n::CAT::CAT is{T}\n\n::Q7::three{T}\n\n::QUESTION12::four{T}\n\n::ETH7::x{T}",
            filename="x",
        ).entries
    ]
    assert codes == ["", "Q-2", "", "", "", "ETH7"]


def test_writing_says_what_is_lost():
    pair = QuestionDraft(
        Kind.MATCHING, "คู่ ![ก](a.png)", (Choice("ก->ข", match="ค", feedback="ง"), Choice("จ", match="ฉ"))
    )
    step = QuestionDraft(Kind.ORDERING, "เรียง", (Choice("ก"), Choice("ข")))
    alone = QuestionDraft(Kind.SINGLE, "เดียว", (Choice("ก", correct=True),))
    many = QuestionDraft(
        Kind.MULTIPLE, "มาก", (*(Choice(str(at), correct=True) for at in range(11)), Choice("ข"))
    )
    told = QuestionDraft(Kind.TRUE_FALSE, "จริง", (Choice("ใช่", correct=True), Choice("ไม่")), source="กฎหมาย")
    entries = [
        BankEntry("M-1", pair),
        BankEntry("", step),
        BankEntry("", alone),
        BankEntry("", many),
        BankEntry("", told),
    ]
    written = write(entries, format="gift")
    assert [code for code, _ in written.notes] == [
        "not_held", "arrow", "not_held", "kind", "choices", "unlisted_weight", "true_words", "moodle_unseen",
    ]  # fmt: skip
    assert written.notes[0][1].startswith("ข้อ M-1: ")
    assert written.notes[3][1] == "ข้อลำดับที่ 2: GIFT เก็บชนิดเรียงลำดับไม่ได้ จึงไม่ได้ส่งออก"
    assert "แหล่งอ้างอิง" in written.notes[-1][1]
    assert [row.entry.draft.kind for row in read(written.data, filename="x").entries] == [
        Kind.MATCHING, Kind.MULTIPLE, Kind.TRUE_FALSE,
    ]  # fmt: skip


def test_own_facts_that_are_none_are_left_out():
    text = '// sucharit: {"standard": 9, "difficulty": "x", "as_of": 5, "source": ["a"], "review_on": "2026-13-01"}\nถาม{T}'
    entry = one(text).entry
    assert (entry.standard, entry.difficulty, entry.draft.source, entry.draft.as_of) == (
        0,
        "medium",
        "",
        None,
    )
    assert one("// sucharit: " + "[" * 5000 + "\nถาม{T}").entry.draft.stem == "ถาม"


# --- as other programs and people write it ----------------------------------------------------------------------


def test_questions_that_follow_without_an_empty_line_are_each_their_own():
    text = "// [id:A-1]\n::หนึ่ง::ถาม{T}\n// [id:A-2] [tag:เวลา]\n::สอง::ถามอีก{\n=ก\n~ข\n}\n::สาม::ถามต่อ{F}"
    reading = read(text.encode(), filename="x")
    assert reading.faults == []
    assert [(row.row, row.entry.code, row.entry.topics) for row in reading.entries] == [
        (2, "A-1", ()),
        (4, "A-2", ("เวลา",)),
        (8, "", ()),
    ]


def test_what_its_author_took_out_between_stars_is_no_question():
    text = "/*\n::เก่า::เลิกถาม {=ก -> ข =ค -> ง}\n*/\n::ใหม่::ถาม{T}\n/* ครึ่ง\n\nเลิกถาม{}\n*/\n\nถามอีก{F}\n\n/* ไม่ปิด{T}"
    reading = read(text.encode(), filename="x")
    assert reading.faults == []
    assert [row.entry.draft.stem for row in reading.entries] == ["ถาม", "ถามอีก", "/* ไม่ปิด"]


def test_tags_behind_the_answers_are_tags_and_no_blank():
    row = one("ถามว่าอะไร? {\n=ก\n~ข\n} [tags: ของขวัญ, สินบน] [category: จริยธรรม]")
    assert row.entry.draft.stem == "ถามว่าอะไร?"
    assert row.entry.topics == ("ของขวัญ", "สินบน", "จริยธรรม")


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("รับได้เสมอ {F} ใช่หรือไม่", "รับได้เสมอ  ใช่หรือไม่"),
        ("จับคู่ {=ก -> ข =ค -> ง} ให้ถูก", "จับคู่  ให้ถูก"),
        ("ต้อง {=ทำ} ให้ถูก", "ต้อง _____ ให้ถูก"),
    ],
)
def test_only_an_answer_that_is_a_word_leaves_a_blank(text, stem):
    assert one(text).entry.draft.stem == stem


def test_signs_in_the_attributes_of_a_tag_are_no_syntax():
    row = one(
        '<p style="color:#a00">ข้อใด</p>{\n=<span style="color:#0a0">ถูก</span>#<b class=x title="a=b~c">ดี</b>\n~a <b ~ผิด}'
    )
    assert row.entry.draft.stem == "ข้อใด"
    assert row.entry.draft.choices == (
        Choice("ถูก", correct=True, feedback="ดี"),
        Choice("a <b"),
        Choice("ผิด"),
    )


def test_lines_of_code_stay_lines():
    assert (
        one(r"[html]<p>ดู</p><pre>a\=1\n  b\=2</pre>จบ\nแล้ว{T}").entry.draft.stem == "ดู\n\na=1\nb=2\n\nจบ แล้ว"
    )


@pytest.mark.parametrize("page", ["latin-1", "cp1252"])
def test_accents_of_other_languages_are_never_taken_for_thai(page):
    reading = read("::A-1::¿Cuál es el plazo máximo? Había también más opción {T}".encode(page), filename="x")
    assert reading.entries == []
    assert "UTF-8" in reading.faults[0].message


def test_thai_between_latin_words_is_still_thai():
    data = "::A-1::The word น้ำใจ means, ก or ข, kindness (ก.พ.) {T}".encode("cp874")
    assert one_bytes(data).entry.draft.stem == "The word น้ำใจ means, ก or ข, kindness (ก.พ.)"


def test_many_comments_and_titles_are_read_in_one_pass():
    text = "::x::{T}\n" + "// c\n" * 50_000 + "/*\n" * 50_000
    assert len(read(text.encode(), filename="x.gift").entries) == 0
