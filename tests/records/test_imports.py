"""Completions from files (E20): read row by row, matched, written once whatever is run again, kept where unknown, taken back."""

import io
from datetime import date, timedelta

import openpyxl
import pytest

from sucharit.kernel import national_id
from sucharit.kernel.errors import Conflict, InvalidInput, OutOfScope, Refused
from sucharit.officers.models import Officer, Posting
from sucharit.records import history, imported, importing, proposals
from sucharit.records.models import AwardEvent, ImportRow, Proposal
from sucharit.records.statuses import statuses
from tests.conftest import NOW, TODAY, enter
from tests.records.build import CODE, applied, complete, edition, settle, standing
from tests.records.desk import LATER, approved, colleague, seen_as

pytestmark = pytest.mark.django_db
NUMBER = national_id.synthetic(7)


@pytest.fixture
def malee(world):
    """Somebody known by a national id."""
    edition()
    return enter("มาลี", "ทองดี", world.province, national_id=NUMBER)


def row(
    *,
    number="",
    code="",
    subject=CODE,
    day="15/03/2564",
    method="อบรมในห้องเรียน",
    score="",
    full="",
    paper="ก",
):
    return (number, code, subject, day, method, score, full, paper)


def csv_of(*rows) -> bytes:
    lines = [",".join(history.HEADINGS), *(",".join(f'"{cell}"' for cell in line) for line in rows)]
    return ("\ufeff" + "\r\n".join(lines)).encode()


def xlsx_of(*rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(history.HEADINGS))
    for line in rows:
        book.active.append(list(line))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def received(world, content, *, era="be", by=None, agency=None, filename="a.csv", now=NOW):
    return importing.receive(
        content=io.BytesIO(content),
        filename=filename,
        size=len(content),
        era=era,
        agency=agency or world.community,
        reason="ทะเบียนอบรม",
        who=seen_as(by or world.daruni.user),
        now=now,
    )


def states(proposal) -> list[str]:
    return list(
        ImportRow.objects.filter(proposal=proposal).order_by("number").values_list("state", flat=True)
    )


def problems(proposal) -> list[list[str]]:
    rows = ImportRow.objects.filter(proposal=proposal).order_by("number")
    return [problem for one in rows for problem in one.problems]


def work(now=LATER) -> None:
    for _ in range(1000):
        if not importing.advance(now):
            return
    raise AssertionError("the import never ends")


def run(world, proposal, *, now=LATER):
    done = proposals.confirm(proposal_id=proposal.pk, who=seen_as(world.daruni.user), now=now)
    if done.state == "waiting":
        approved(world, done, world.secretariat, now=now)
    work(now)
    return Proposal.objects.get(pk=proposal.pk)


# --- reading ------------------------------------------------------------------------------------------------


def test_e20_a_file_is_looked_at_and_nothing_is_written_until_it_is_confirmed(world, malee):
    made = received(world, csv_of(row(number=NUMBER, score="8", full="10"), row(code=world.somsri.public_id)))
    assert states(made) == ["ready", "ready"]
    assert (made.total, made.state) == (2, "draft")
    assert not AwardEvent.objects.exists()
    done = run(world, made)
    assert (done.state, done.done) == ("applied", 2)
    award = AwardEvent.objects.get(officer=malee)
    assert (award.method, award.score, award.max_score) == ("imported", 8, 10)
    assert award.evidence_ref == "อบรมในห้องเรียน · ก"
    assert award.recorded_by == world.daruni.user


@pytest.mark.parametrize(
    ("era", "day", "ok"),
    [
        ("be", "15/03/2564", True),
        ("be", "15/03/2021", False),
        ("be", "2021-03-15", False),
        ("be", "2564-03-15", True),
        ("be", "15 มีนาคม 2564", True),
        ("be", "15/03/64", False),
        ("be", "15 มี.ค. 64", False),
        ("be", "29/02/2567", True),
        ("be", "29/02/2566", False),
        ("be", "", False),
        ("ce", "15/03/2021", True),
        ("ce", "15/03/2564", False),
        ("ce", "15/03/21", False),
        ("ce", "2021-03-15", True),
    ],
)
def test_e20_a_year_that_does_not_fit_the_declared_era_is_refused_in_its_row(world, malee, era, day, ok):
    made = received(world, csv_of(row(number=NUMBER, day=day)), era=era)
    assert states(made) == (["ready"] if ok else ["wrong"])
    if not ok:
        assert [heading for heading, _ in problems(made)] == [history.DAY]


def test_e20_dates_of_a_workbook_are_read_like_the_same_text(world, malee):
    from datetime import datetime

    right, wrong = datetime(2564, 3, 15), datetime(2021, 3, 15)
    made = received(
        world,
        xlsx_of(row(number=int(NUMBER), day=right), row(number=NUMBER, day=wrong)),
        filename="a.xlsx",
    )
    assert states(made) == ["ready", "wrong"]
    assert ImportRow.objects.filter(proposal=made).first().completed_on == date(2021, 3, 15)


def test_e20_errors_are_told_by_row_and_column(world, malee):
    made = received(
        world,
        csv_of(
            row(number=NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")),
            row(number=NUMBER, method="ฟังวิทยุ"),
            row(number=NUMBER, score="11", full="10"),
            row(number=NUMBER, score="x", full="10"),
            row(number=NUMBER, day="24/11/2569"),
            row(subject=""),
        ),
    )
    assert set(states(made)) == {"wrong"}
    assert [heading for heading, _ in problems(made)][:3] == [
        history.NATIONAL_ID,
        history.METHOD,
        history.SCORE,
    ]
    with pytest.raises(Refused, match="ไม่มีแถวที่พร้อมบันทึก"):
        run(world, made)


def test_a_national_id_is_nowhere_in_the_database(world, malee):
    dashed = f"{NUMBER[0]}-{NUMBER[1:5]}-{NUMBER[5:10]}-{NUMBER[10:12]}-{NUMBER[12]}"
    content = csv_of(
        row(number=NUMBER, paper=f"บัตร {NUMBER}"),
        row(code=NUMBER),
        row(number=NUMBER, subject=NUMBER),
        row(number=NUMBER, day=dashed),
    )
    made = received(world, content)
    kept = str(list(ImportRow.objects.filter(proposal=made).values())) + str(Proposal.objects.values())
    assert NUMBER not in kept
    assert dashed not in kept
    assert ImportRow.objects.filter(proposal=made).first().person_shown == national_id.masked_tail(NUMBER)
    run(world, made)
    assert NUMBER not in str(list(AwardEvent.objects.values()))


def test_a_row_twice_in_the_file_is_said_and_written_once(world, malee):
    made = received(
        world,
        csv_of(
            row(number=NUMBER),
            row(number=NUMBER),
            row(number=NUMBER, method="ออนไลน์"),
            row(code=malee.public_id),
        ),
    )
    assert states(made) == ["ready", "twice", "twice", "ready"]
    run(world, made)
    assert AwardEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_headings"),
        (b"a,b\r\n1,2\r\n", "no_headings"),
        (b"\x00\x01", "upload-workbook"),
        (csv_of(), "file_empty"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(world, content, code):
    with pytest.raises(InvalidInput) as refused:
        received(world, content)
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert not Proposal.objects.exists()


def test_a_broken_workbook_is_refused(world):
    with pytest.raises(InvalidInput):
        received(world, b"PK\x03\x04 broken", filename="a.xlsx")


def test_a_file_longer_than_is_read_is_refused(world, monkeypatch):
    monkeypatch.setattr(history, "MOST_ROWS", 3)
    with pytest.raises(InvalidInput, match="เกิน 3 แถว"):
        received(world, csv_of(*[row(code="x")] * 4))
    assert not ImportRow.objects.exists()


def test_e17_only_people_of_the_agency_and_within_reach_are_found(world, malee):
    made = received(world, csv_of(row(number=NUMBER), row(code=world.thawat.public_id)))
    assert states(made) == ["ready", "unknown"]
    narrow = received(world, csv_of(row(number=NUMBER)), agency=world.division)
    assert states(narrow) == ["unknown"]
    with pytest.raises(OutOfScope):
        received(world, csv_of(row(number=NUMBER)), agency=world.comptroller)
    with pytest.raises(OutOfScope):
        received(world, csv_of(row(number=NUMBER)), by=world.pakphum)


# --- once, whatever is run again ----------------------------------------------------------------------------


def test_e20_the_same_or_an_overlapping_file_again_changes_nothing(world, malee):
    content = csv_of(row(number=NUMBER), row(code=world.somsri.public_id))
    run(world, received(world, content))
    assert AwardEvent.objects.count() == 2
    again = received(world, content, now=LATER)
    assert states(again) == ["known", "known"]
    more = received(world, csv_of(row(code=malee.public_id), row(number=NUMBER, day="16/03/2564")), now=LATER)
    assert states(more) == ["known", "ready"]
    run(world, more)
    assert AwardEvent.objects.count() == 3


def test_e20_two_files_read_before_either_is_written_write_once(world, malee):
    first, second = (received(world, csv_of(row(number=NUMBER))) for _ in range(2))
    run(world, first)
    run(world, second)
    assert AwardEvent.objects.count() == 1
    assert states(second) == ["known"]


def test_what_was_learned_here_that_day_is_not_imported_beside_it(world, malee):
    complete(malee, at=NOW)
    made = received(world, csv_of(row(number=NUMBER, day="23/11/2569")))
    assert states(made) == ["known"]


def test_e20_a_kill_between_batches_loses_and_repeats_nothing(world, malee, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    made = received(world, csv_of(*[row(number=NUMBER, day=f"{day}/03/2564") for day in range(1, 6)]))
    proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    importing.advance(LATER)
    assert (AwardEvent.objects.count(), Proposal.objects.get(pk=made.pk).done) == (2, 2)
    real = importing.record_many

    def dies(**facts):
        real(**facts)
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "record_many", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.advance(LATER)
    assert AwardEvent.objects.count() == 2
    monkeypatch.setattr(importing, "record_many", real)
    work()
    assert AwardEvent.objects.count() == 5
    assert Proposal.objects.get(pk=made.pk).state == "applied"


# --- four eyes ----------------------------------------------------------------------------------------------


def many(malee, number):
    first = date(2021, 3, 1)
    days = [first + timedelta(days=place) for place in range(number)]
    return csv_of(*[row(number=NUMBER, day=f"{day.day}/{day.month}/{day.year + 543}") for day in days])


@pytest.mark.parametrize(("number", "state"), [(20, "applying"), (21, "waiting")])
def test_e16_more_than_twenty_rows_take_a_second_person(world, malee, number, state):
    made = received(world, many(malee, number))
    done = proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    assert done.state == state
    if state == "waiting":
        work()
        assert not AwardEvent.objects.exists()
        with pytest.raises(Refused):
            approved(world, done, world.daruni.user)
        approved(world, done, colleague(world.community))
        work()
        assert AwardEvent.objects.count() == 21


def test_e16_one_row_into_a_closed_round_or_about_oneself_takes_a_second_person(world, malee):
    period = applied([world.ministry], year=2569)
    made = received(world, csv_of(row(number=NUMBER, day="01/05/2569")))
    done = proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    assert (done.state, "รอบที่ปิดแล้ว" in done.second_reason) == ("waiting", True)
    approved(world, done, world.secretariat)
    work()
    settle(LATER + timedelta(hours=1))
    assert standing(malee, period).state == "on_time"
    own = received(world, csv_of(row(code=world.daruni.public_id)))
    assert proposals.confirm(proposal_id=own.pk, who=seen_as(world.daruni.user), now=LATER).state == "waiting"


# --- quarantine ---------------------------------------------------------------------------------------------


def test_e20_unknown_people_courses_and_postings_wait_and_are_matched_later(world):
    edition()
    made = received(
        world,
        csv_of(
            row(number=NUMBER),
            row(code=world.somsri.public_id, subject="OLD-1"),
            row(code=world.somsri.public_id, day="01/03/2560"),
            row(code=world.somsri.public_id),
        ),
    )
    assert states(made) == ["unknown", "unknown", "unknown", "ready"]
    assert [heading for heading, _ in problems(made)] == [history.NATIONAL_ID, history.SUBJECT, history.DAY]
    run(world, made)
    assert AwardEvent.objects.count() == 1
    assert importing.retry(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER) == 0
    enter("มาลี", "ทองดี", world.province, national_id=NUMBER)
    edition("OLD-1")
    Posting.objects.filter(officer=world.somsri).update(starts_on=date(2016, 10, 1))
    assert importing.retry(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER) == 3
    work()
    done = Proposal.objects.get(pk=made.pk)
    assert (AwardEvent.objects.count(), done.state, done.done, done.total) == (4, "applied", 4, 4)


def test_e16_a_day_before_service_waits_with_its_reason(world, malee):
    Officer.objects.filter(pk=malee.pk).update(entered_service_on=date(2021, 6, 1))
    made = received(world, csv_of(row(number=NUMBER)))
    assert states(made) == ["unknown"]
    assert "ก่อนวันที่รับราชการ" in problems(made)[0][1]


def test_the_rows_that_were_not_written_leave_as_a_file_without_national_ids(world, malee):
    made = received(world, csv_of(row(number=national_id.synthetic(99)), row(number=NUMBER, day="x")))
    found = list(imported.problem_rows(made))
    assert [one[0] for one in found] == [2, 3]
    assert national_id.synthetic(99) not in str(found)
    assert NUMBER not in str(found)


# --- undo ---------------------------------------------------------------------------------------------------


def test_e20_a_file_is_undone_by_reversing_events_and_two_people(world, malee):
    period = applied([world.ministry])
    made = run(world, received(world, csv_of(row(number=NUMBER, day="01/11/2569"))))
    settle(LATER + timedelta(minutes=1))
    assert standing(malee, period).state == "on_time"
    undone = importing.undo(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
    with pytest.raises(Conflict):
        importing.undo(proposal_id=made.pk, who=seen_as(world.secretariat), now=LATER)
    with pytest.raises(Refused):
        approved(world, undone, world.daruni.user)
    approved(world, undone, world.secretariat)
    work(LATER + timedelta(minutes=2))
    award, reversal = AwardEvent.objects.order_by("pk")
    assert (reversal.kind, reversal.reason_code, reversal.target) == ("revoke", "import_undone", award)
    assert states(made) == ["undone"]
    settle(LATER + timedelta(hours=1))
    assert standing(malee, period).state == "not_started"


def test_e20_what_was_undone_may_be_imported_again_and_is_the_same_award(world, malee):
    made = run(world, received(world, csv_of(row(number=NUMBER))))
    approved(
        world,
        importing.undo(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER),
        world.secretariat,
    )
    work()
    again = received(world, csv_of(row(number=NUMBER)), now=LATER)
    assert states(again) == ["ready"]
    run(world, again)
    award = AwardEvent.objects.get(kind="award")
    assert statuses([award], today=TODAY)[award.pk].state == "valid"


def test_what_was_revoked_for_another_reason_is_not_brought_back_by_a_file(world, malee):
    from sucharit.records import corrections

    run(world, received(world, csv_of(row(number=NUMBER))))
    corrections.revoke(
        award_id=AwardEvent.objects.get().pk,
        reason_code="not_entitled",
        reason="ก",
        actor_id=world.secretariat.pk,
        now=LATER,
    )
    assert states(received(world, csv_of(row(number=NUMBER)), now=LATER)) == ["known"]


# --- cost ---------------------------------------------------------------------------------------------------


def test_reading_costs_the_same_queries_for_one_row_and_for_hundreds(world, malee):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    costs = []
    for number in (5, 400):
        with CaptureQueriesContext(connection) as counted:
            received(world, many(malee, number))
        costs.append(len(counted))
    # Rows of one batch are inserted together; SQLite takes fewer than a thousand values in one statement.
    assert costs[1] - costs[0] <= 12, costs


def test_together_or_one_by_one_the_same_is_written(world, malee, monkeypatch):
    from django.db import IntegrityError

    applied([world.ministry])
    facts = [field.name for field in AwardEvent._meta.concrete_fields]
    own = {"id", "idempotency_key", "salt", "completed_at"}
    run(world, received(world, csv_of(row(number=NUMBER, day="02/11/2569", score="8", full="10"))))

    def race(**kept):
        raise IntegrityError

    monkeypatch.setattr(importing, "record_many", race)
    run(world, received(world, csv_of(row(number=NUMBER, day="03/11/2569", score="8", full="10")), now=LATER))
    one, two = (
        {name: getattr(award, name) for name in facts if name not in own}
        for award in AwardEvent.objects.order_by("pk")
    )
    assert one == two
    assert one["period"] is not None
    assert one["agency_chain"] == "กระทรวงมหาดไทย › กรมการพัฒนาชุมชน"


def test_writing_a_batch_costs_a_handful_of_queries(world, malee):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    costs = []
    for number in (2, 20):
        content = csv_of(
            *[row(number=NUMBER, day=f"{day}/{number % 12 + 1}/2564") for day in range(1, number + 1)]
        )
        made = received(world, content)
        proposals.confirm(proposal_id=made.pk, who=seen_as(world.daruni.user), now=LATER)
        with CaptureQueriesContext(connection) as counted:
            importing.advance(LATER)
        costs.append(len(counted))
        work()
    assert AwardEvent.objects.count() == 22
    assert costs[0] == costs[1] <= 20, costs
