"""Moodle XML as Moodle exports it, and as other programs and people make it."""

import base64
from decimal import Decimal

import pytest

from quizzes.drafts import BankEntry, Choice, QuestionDraft
from quizzes.enums import Kind, Scoring
from quizzes.interchange import Format, read, write

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
JPG = b"\xff\xd8\xff\xe0" + b"picture" * 40
GIF = b"GIF89a" + b"\x00\x01\x02" * 20
IN_XML = {name: base64.b64encode(data).decode() for name, data in (("png", PNG), ("jpg", JPG), ("gif", GIF))}

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
EXPORT = f"""{HEAD}<!-- question: 0  -->
  <question type="category">
    <category>
      <text>$course$/top/Default for จริยธรรม/มาตรฐาน/ของขวัญ</text>
    </category>
    <info format="html">
      <text></text>
    </info>
    <idnumber></idnumber>
  </question>

<!-- question: 4021  -->
  <question type="multichoice">
    <name>
      <text>กระเช้าปีใหม่</text>
    </name>
    <questiontext format="html">
      <text><![CDATA[<p dir="ltr" style="text-align: left;">ผู้รับเหมานำ<strong>กระเช้า</strong>&nbsp;มามอบ<br></p>
<p><img src="@@PLUGINFILE@@/my%20basket.png" alt="กระเช้า [ของขวัญ]" width="48" class="img-fluid"></p>
<table><thead><tr><th>ปี</th><th>ราคา</th></tr></thead>
<tbody><tr><td>๒๕๖๘</td><td>3,000 &lt; x</td></tr></tbody></table>
<ul><li>ปฏิเสธ</li><li>รายงาน</li></ul>ท่านควรทำอย่างไร]]></text>
<file name="my basket.png" path="/" encoding="base64">{IN_XML["png"]}</file>
    </questiontext>
    <generalfeedback format="html">
      <text><![CDATA[<p>ดู <a href="https://www.nacc.go.th/x">ประกาศ</a></p><p>&nbsp;</p>]]></text>
    </generalfeedback>
    <defaultgrade>1.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber>ETH7-101</idnumber>
    <single>true</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <showstandardinstruction>0</showstandardinstruction>
    <correctfeedback format="html">
      <text>Your answer is correct.</text>
    </correctfeedback>
    <partiallycorrectfeedback format="html">
      <text>Your answer is partially correct.</text>
    </partiallycorrectfeedback>
    <incorrectfeedback format="html">
      <text>Your answer is incorrect.</text>
    </incorrectfeedback>
    <shownumcorrect/>
    <answer fraction="100" format="html">
      <text><![CDATA[<p>ปฏิเสธ</p>]]></text>
      <feedback format="html">
        <text><![CDATA[<p>ถูก <img src="@@PLUGINFILE@@/thumb.jpg" alt="" role="presentation"></p>]]></text>
<file name="thumb.jpg" path="/" encoding="base64">{IN_XML["jpg"]}</file>      </feedback>
    </answer>
    <answer fraction="0" format="html">
      <text>รับไว้ &amp; แบ่งกัน</text>
      <feedback format="html">
        <text><![CDATA[<p>ผิด <img src="@@PLUGINFILE@@/thumb.jpg" alt="นิ้ว"></p>]]></text>
<file name="thumb.jpg" path="/" encoding="base64">{IN_XML["gif"]}</file>      </feedback>
    </answer>
    <tags>
      <tag><text>ป.ป.ช.</text>
</tag>
      <tag><text>ของขวัญ</text>
</tag>
    </tags>
  </question>

</quiz>"""


def quiz(*questions):
    return (HEAD + "\n".join(questions) + "\n</quiz>").encode()


def question(type_, body, stem="ถาม", more=""):
    return (
        f'<question type="{type_}"><name><text>ชื่อ</text></name>'
        f'<questiontext format="html"><text>{stem}</text></questiontext>{more}{body}</question>'
    )


def one(type_, body, **more):
    reading = read(quiz(question(type_, body, **more)), filename="x.xml")
    assert reading.faults == []
    (row,) = reading.entries
    return row


def answer(text, fraction, extra="", feedback=""):
    said = f"<feedback><text>{feedback}</text></feedback>"
    return f'<answer fraction="{fraction}"><text>{text}</text>{said}{extra}</answer>'


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_an_export_of_moodle(ends, mark):
    reading = read(mark + EXPORT.replace("\n", ends).encode(), filename="questions-จริยธรรม-20261101.xml")
    assert reading.format == Format.MOODLE_XML
    assert reading.faults == []
    (row,) = reading.entries
    entry = row.entry
    assert entry.code == "ETH7-101"
    assert entry.topics == ("มาตรฐาน", "ของขวัญ", "ป.ป.ช.")
    assert entry.draft.kind == Kind.SINGLE
    assert entry.draft.stem == (
        "ผู้รับเหมานำกระเช้า มามอบ\n\n![กระเช้า ของขวัญ](my-basket.png)\n\n"
        "| ปี | ราคา |\n|---|---|\n| ๒๕๖๘ | 3,000 < x |\n\n- ปฏิเสธ\n- รายงาน\n\nท่านควรทำอย่างไร"
    )
    assert entry.draft.choices == (
        Choice("ปฏิเสธ", correct=True, feedback="ถูก ![](thumb.jpg)"),
        Choice("รับไว้ & แบ่งกัน", feedback="ผิด ![นิ้ว](thumb.gif)"),
    )
    assert entry.draft.explanation == "ดู ประกาศ (https://www.nacc.go.th/x)"
    assert row.images == {"my-basket.png": PNG, "thumb.jpg": JPG, "thumb.gif": GIF}
    assert row.notes == ()


def test_pictures_go_out_and_come_back():
    (row,) = read(EXPORT.encode(), filename="x.xml").entries
    written = write([row.entry], format="moodle_xml", images=row.images)
    (again,) = read(written.data, filename=written.filename).entries
    assert (again.entry, again.images, again.notes) == (row.entry, row.images, row.notes)
    assert written.notes == []
    bare = write([row.entry], format="moodle_xml")
    assert [code for code, _ in bare.notes] == ["picture_missing"]


def test_one_name_is_one_picture_in_the_whole_file():
    def with_logo(data):
        stem = f'<![CDATA[<img src="@@PLUGINFILE@@/a/logo.png">]]></text><file name="logo.png" path="/a/" encoding="base64">{data}</file><text>'
        return question("truefalse", answer("true", 100) + answer("false", 0), stem=stem)

    other = base64.b64encode(PNG + b"other").decode()
    reading = read(
        quiz(*(with_logo(data) for data in (IN_XML["png"], other, IN_XML["png"]))), filename="x.xml"
    )
    assert [row.entry.draft.stem for row in reading.entries] == [
        "![](logo.png)", "![](logo-2.png)", "![](logo.png)",
    ]  # fmt: skip
    assert [*reading.entries[1].images.values()] == [PNG + b"other"]


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("@@PLUGINFILE@@/a.png", ""),
        ("https://example.com/a.png", ""),
        ("@@PLUGINFILE@@/a.png", '<file name="a.png" encoding="base64">not base64!</file>'),
        (
            "@@PLUGINFILE@@/a.svg",
            f'<file name="a.svg" encoding="base64">{base64.b64encode(b"<svg/>").decode()}</file>',
        ),
    ],
)
def test_a_question_whose_picture_is_lost_is_held_back(source, file):
    stem = f'<![CDATA[ดู <img src="{source}" alt="แผนผัง">]]></text>{file}<text>'
    reading = read(
        quiz(question("truefalse", answer("true", 100) + answer("false", 0), stem=stem)), filename="x.xml"
    )
    assert reading.entries == []
    (fault,) = reading.faults
    assert source[:20] in fault.message or "a." in fault.message
    assert "โปรดแนบภาพไว้ในไฟล์" in fault.message
    assert ("เว็บไซต์อื่น" in fault.message) == source.startswith("https:")
    assert "ดู" in fault.raw


def test_embedded_and_old_pictures():
    stem = f'<![CDATA[<img alt="ก" src="data:image/png;base64,{IN_XML["png"]}">]]>'
    old = f"<image>dir/old.gif</image><image_base64>\n{IN_XML['gif']}\n</image_base64>"
    row = one("truefalse", answer("true", 0) + answer("false", 100), stem=stem, more=old)
    assert row.entry.draft.stem == "![ก](picture.png)\n\n![](old.gif)"
    assert row.images == {"picture.png": PNG, "old.gif": GIF}


def test_multiple_answers():
    third = "33.33333"
    body = (
        "<single>false</single>" + "".join(answer(word, third) for word in "กขค") + answer("ง", f"-{third}")
    )
    row = one("multichoice", body)
    assert row.entry.draft.kind == Kind.MULTIPLE
    assert [choice.correct for choice in row.entry.draft.choices] == [True, True, True, False]
    assert row.notes == ()
    uneven = "<single>0</single>" + answer("ก", 60) + answer("ข", 40) + answer("ค", -100)
    assert [code for code, _ in one("multichoice", uneven).notes] == ["weights_right", "weights_wrong"]


def test_true_or_false_in_any_order_and_language():
    turned = answer("false", 100, feedback="ไม่") + answer("true", 0, feedback="ใช่")
    expected = (Choice("ถูก", feedback="ใช่"), Choice("ผิด", correct=True, feedback="ไม่"))
    assert one("truefalse", turned).entry.draft.choices == expected
    thai = answer("จริง", 0, feedback="ใช่") + answer("เท็จ", 100, feedback="ไม่")
    assert one("truefalse", thai).entry.draft.choices == expected


def test_matching():
    body = (
        '<shuffleanswers>true</shuffleanswers><subquestion format="html"><text><![CDATA[<p>ไทย</p>]]></text>'
        "<answer><text>กรุงเทพ &lt;1&gt;</text></answer></subquestion>"
        '<subquestion format="html"><text></text><answer><text>โตเกียว</text></answer></subquestion>'
        '<subquestion format="html"><text></text><answer><text></text></answer></subquestion>'
    )
    assert one("matching", body).entry.draft.choices == (
        Choice("ไทย", match="กรุงเทพ <1>"), Choice("", match="โตเกียว"),
    )  # fmt: skip


def test_short_answer():
    body = "<usecase>1</usecase>" + answer("ก.พ.", 100, feedback="ดี") + answer("กพ*", "33.33333")
    row = one("shortanswer", body + answer("*", 0, feedback="ลองใหม่"))
    assert row.entry.draft.choices == (
        Choice("ก.พ.", feedback="ดี"), Choice("กพ*", credit=Decimal("0.3333333")),
    )  # fmt: skip
    assert [code for code, _ in row.notes] == ["use_case", "wrong_feedback"]


def test_numbers_with_units():
    body = (
        answer("3000", 100, "<tolerance>0.5</tolerance>")
        + answer("*", 0, "<tolerance></tolerance>")
        + "<units><unit><multiplier>0.01</multiplier><unit_name>สตางค์</unit_name></unit>"
        "<unit><multiplier>1</multiplier><unit_name>บาท</unit_name></unit></units>"
    )
    row = one("numerical", body)
    assert row.entry.draft.choices == (Choice("3000", tolerance=Decimal("0.5")),)
    assert row.entry.draft.unit == "บาท"
    assert [code for code, _ in row.notes] == ["units"]
    old = "<answer>1.5e3<fraction>100</fraction><tolerance>1</tolerance></answer>"
    assert one("numerical", old).entry.draft.choices == (Choice("1500", tolerance=Decimal(1)),)


def gaps(*options, tag="selectoption"):
    return "".join(f"<{tag}><text>{word}</text><group>{group}</group></{tag}>" for word, group in options)


@pytest.mark.parametrize("type_", ["gapselect", "ddwtos"])
def test_gaps_name_options_in_moodle_and_gaps_here(type_):
    tag = "selectoption" if type_ == "gapselect" else "dragbox"
    body = gaps(("แมว", 1), ("นั่ง", 1), ("เสื่อ", 1), ("นก", 1), tag=tag)
    row = one(type_, body, stem="[[3]] อยู่ใต้ [[1]]")
    assert row.entry.draft.kind == Kind.GAPS
    assert row.entry.draft.stem == "[[1]] อยู่ใต้ [[2]]"
    assert row.entry.draft.choices == (Choice("แมว", gap=2), Choice("นั่ง"), Choice("เสื่อ", gap=1), Choice("นก"))
    assert row.notes == ()
    groups = one(type_, gaps(("แมว", 1), ("เสื่อ", 2), tag=tag), stem="[[1]] [[2]]")
    assert [code for code, _ in groups.notes] == ["gap_groups"]


@pytest.mark.parametrize(
    ("stem", "options"),
    [
        ("ไม่มีช่อง", [("ก", 1), ("ข", 1)]),
        ("[[3]]", [("ก", 1), ("ข", 1)]),
        ("[[0]]", [("ก", 1), ("ข", 1)]),
        ("[[1]] [[1]]", [("ก", 1), ("ข", 1)]),
        ("[[1]] [[3]]", [("มาก", 1), ("น้อย", 1), ("มาก", 2), ("น้อย", 2)]),
    ],
)
def test_gaps_that_would_be_unfair_are_kept_aside(stem, options):
    reading = read(quiz(question("gapselect", gaps(*options), stem=stem)), filename="x.xml")
    assert [fault.field in {"stem", "choices"} for fault in reading.faults] == [True]


def test_ordering():
    body = (
        "<gradingtype>ALL_OR_NOTHING</gradingtype><selecttype>RANDOM</selecttype>"
        + answer("สอง", "2.0000000", feedback="กลาง")
        + answer("หนึ่ง", "1.0000000")
    )
    row = one("ordering", body)
    assert row.entry.draft.choices == (Choice("หนึ่ง"), Choice("สอง", feedback="กลาง"))
    assert row.entry.draft.scoring == Scoring.EXACT
    assert [code for code, _ in row.notes] == ["ordering_subset"]


@pytest.mark.parametrize("type_", ["essay", "description", "calculated", "cloze", "multianswer", "stack", ""])
def test_types_that_are_not_held_are_kept_aside(type_):
    bad = question(type_, "<responseformat>editor</responseformat>", stem="เขียนเล่า")
    good = question("truefalse", answer("true", 100) + answer("false", 0))
    reading = read(quiz(good, bad, good), filename="x.xml")
    assert [row.row for row in reading.entries] == [1, 3]
    (fault,) = reading.faults
    assert (fault.row, fault.field) == (2, "kind")
    assert "เขียนเล่า" in fault.raw


@pytest.mark.parametrize(
    ("type_", "body", "field"),
    [
        ("multichoice", "", "choices"),
        ("multichoice", answer("ก", 0) + answer("ข", 0), "choices"),
        ("multichoice", answer("ก", 100) + answer("ข", 100), "choices"),
        ("multichoice", answer("ก", "มาก") + answer("ข", 0), "answer"),
        ("truefalse", answer("true", 100), "choices"),
        ("truefalse", answer("true", 100) + answer("false", 100), "choices"),
        ("shortanswer", answer("ก", 0), "answer"),
        ("numerical", answer("สาม", 100), "answer"),
        ("numerical", answer("1e99999999", 100), "answer"),
        ("ordering", "", "answer"),
    ],
)
def test_answers_that_cannot_be_used(type_, body, field):
    reading = read(quiz(question(type_, body)), filename="x.xml")
    assert [fault.field for fault in reading.faults] == [field]


def test_broken_questions_spoil_no_other():
    good = question("truefalse", answer("true", 100) + answer("false", 0))
    ampersand = question("truefalse", answer("true", 100) + answer("false", 0), stem="ก & ข <br> ค")
    named = question("truefalse", answer("true", 100) + answer("false", 0), stem="ก&nbsp;&ndash;&nbsp;ข")
    category = '<question type="category"><category><text>top/หมวด</text></category></question>'
    cut = '<question type="truefalse"><name><text>ขาด'
    text = "\n".join((HEAD, *(good, ampersand, category, named, cut)))
    reading = read(text.encode(), filename="x.xml")
    assert [(row.row, row.entry.draft.stem, row.entry.topics) for row in reading.entries] == [
        (1, "ถาม", ()),
        (3, "ก – ข", ("หมวด",)),
    ]
    assert [(fault.row, fault.field) for fault in reading.faults] == [(2, "stem"), (4, "stem")]
    assert "ก & ข" in reading.faults[0].raw


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE quiz SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_entities_refuse_the_file(head):
    text = f'<?xml version="1.0"?>{head}<quiz>{question("truefalse", answer("&b;", 100))}</quiz>'
    reading = read(text.encode(), filename="x.xml")
    assert reading.entries == []
    (fault,) = reading.faults
    assert (fault.row, fault.field) == (0, "file")
    assert "ENTITY" in fault.message


def test_a_file_of_the_thai_code_page_says_so():
    text = EXPORT.replace('encoding="UTF-8"', 'encoding="windows-874"')
    (row,) = read(text.encode("cp874"), filename="x.xml").entries
    assert row.entry.topics[0] == "มาตรฐาน"


def test_what_is_lost_is_noted():
    more = (
        "<defaultgrade>2.0</defaultgrade><hidden>1</hidden><idnumber>ข้อ ๑</idnumber>"
        "<correctfeedback><text>เก่งมาก</text></correctfeedback><hint><text>ใบ้</text></hint>"
    )
    row = one("truefalse", answer("true", 100) + answer("false", 0), more=more)
    assert [code for code, _ in row.notes] == [
        "id_number", "combined_feedback", "hints", "default_grade", "hidden",
    ]  # fmt: skip
    assert row.entry.code == ""


def test_styles_of_texts():
    def stem(style, words):
        body = (
            f'<question type="truefalse"><questiontext format="{style}"><text><![CDATA[{words}]]></text></questiontext>'
            f"{answer('true', 100)}{answer('false', 0)}</question>"
        )
        return read(quiz(body), filename="x.xml").entries[0].entry.draft.stem

    assert stem("plain_text", " ก <b> &nbsp;\n  ข ") == "ก <b> &nbsp;\n  ข"
    assert stem("markdown", "**ก**") == "**ก**"
    assert stem("moodle_auto_format", "ก\n<b>ข</b>") == "ก\nข"
    assert stem("moodle_auto_format", "ก < ข\nค") == "ก < ข\nค"
    assert stem("html", "ก<script>alert(1)</script><!-- x <b> -->ข<!-- เปิดค้าง") == "กข"
    assert (
        stem("html", "<p>ก</p><hr><h3>ข</h3><pre>ค\nง</pre>จ\nฉ &#3585;&lt;b&gt;")
        == "ก\n\nข\n\nค\nง\n\nจ ฉ ก<b>"
    )
    assert stem("html", "ก<br><br>ข<br/>ค") == "ก\n\nข\nค"


def test_writing_leaves_out_what_moodle_has_no_kind_for():
    told = QuestionDraft(Kind.LIKERT, "เห็นด้วยไหม", (Choice("น้อย"), Choice("มาก")))
    judged = QuestionDraft(Kind.JUDGEMENT, "ควรไหม", (Choice("ก", expert=1), Choice("ข", expert=2)))
    gap = QuestionDraft(Kind.GAPS, "[[1]] [[2]]", (Choice("ก", gap=1), Choice("ข")))
    written = write(
        [BankEntry("L-1", told), BankEntry("J-1", judged), BankEntry("G-1", gap)], format="moodle_xml"
    )
    assert [code for code, _ in written.notes] == ["kind", "kind", "gaps"]
    assert read(written.data, filename="x.xml").faults[0].row == 0


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("ISO-8859-1", "¿Cuál?"),
        ("iso-8859-2", "Melyik betű?"),
        ("windows-1251", "Какой?"),
        ("TIS-620", "ข้อใด"),
        ("UTF-8", "ข้อใด é"),
    ],
)
def test_the_page_that_a_file_declares_is_how_it_is_read(page, words):
    body = f'<question type="truefalse"><questiontext format="html"><text>{words}</text></questiontext>{answer("true", 100)}{answer("false", 0)}</question>'
    data = f'<?xml version="1.0" encoding="{page}"?><quiz>{body}</quiz>'.encode(page)
    (row,) = read(data, filename="x.xml").entries
    assert row.entry.draft.stem == words


def test_a_category_that_is_named_like_a_question():
    body = f'<question type="category"><name><text>งาน/ของขวัญ</text></name></question><question type="truefalse"><questiontext><text>ถาม</text></questiontext>{answer("true", 100)}{answer("false", 0)}</question>'
    (row,) = read(quiz(body), filename="x.xml").entries
    assert row.entry.topics == ("งาน", "ของขวัญ")


def test_a_large_picture_within_the_text_is_no_long_text():
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(400_000)).decode()
    body = f'<question type="truefalse"><questiontext format="html"><text><![CDATA[<p>ดู</p><img src="data:image/png;base64,{data}" alt="ก"/>]]></text></questiontext>{answer("true", 100)}{answer("false", 0)}</question>'
    (row,) = read(quiz(body), filename="x.xml").entries
    assert row.entry.draft.stem == "ดู\n\n![ก](picture.png)"
    assert len(row.images["picture.png"]) == 400_008


def test_an_outside_picture_in_markdown_holds_its_question_back():
    body = f'<question type="truefalse"><questiontext format="markdown"><text>ดู ![ก](https://example.test/a.png)</text></questiontext>{answer("true", 100)}{answer("false", 0)}</question>'
    reading = read(quiz(body), filename="x.xml")
    assert reading.entries == []
    assert "อยู่ที่เว็บไซต์อื่น" in reading.faults[0].message
