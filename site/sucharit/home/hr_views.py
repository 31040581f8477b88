"""The HR desk: coverage of one's own subtree, who is not done, one person, and files that equal the screen.

Every view asks for the agency through the viewer's scope, so another's agency is 404 and not a refusal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from sucharit.home import hr_charts
from sucharit.home.as_of import AsOf, asked
from sucharit.kernel import sheets
from sucharit.kernel.thai_calendar import format_datetime, local_date
from sucharit.officers import selectors as officers
from sucharit.officers.selectors import Role, Verb, Viewer, can, viewer
from sucharit.records import proposed
from sucharit.records import selectors as records
from sucharit.records import services as ledger

COLUMNS = (
    sheets.Column("name", "ชื่อ-สกุล", "text", 30),
    sheets.Column("agency", "หน่วยงาน", "text", 36),
    sheets.Column("position", "ตำแหน่ง", "text", 30),
    sheets.Column("level", "ระดับ", "text", 16),
    sheets.Column("status", "สถานะ", "text", 22),
    sheets.Column("due", "ครบกำหนด", "date", 16),
    sheets.Column("completed", "วันที่ผ่าน", "date", 16),
)
FILTERS = (
    ("all", "ทุกคน"),
    ("left", "ยังไม่ผ่าน"),
    ("not_started", "ยังไม่เริ่ม"),
    ("in_progress", "กำลังเรียน"),
    ("done", "ผ่านแล้ว"),
    ("exempt", "ได้รับยกเว้น"),
)


def _desk_viewer(request: HttpRequest, today: date) -> Viewer:
    """The viewer, where they hold a role for this desk; for everyone else there is no such page."""
    who = viewer(request)
    if not can(who, Verb.OPEN_HR_DESK, today=today):
        raise Http404
    return who


def _kept(as_of: AsOf) -> dict[str, str]:
    """The day of a page as its links carry it on."""
    return {"as_of": as_of.text} if as_of.instant is not None else {}


def _query(period: records.RequirementPeriod, as_of: AsOf) -> str:
    """The query that leads from one page of the desk to another of the same round and day."""
    return urlencode({"period": str(period.pk), **_kept(as_of)})


def _instant(as_of: AsOf, now: datetime) -> dict[str, object]:
    """What every page of the desk says about the instant it is of."""
    instant = as_of.instant or now
    return {"as_of": as_of, "now": instant, "day": local_date(instant), "written_at": now}


def _restated(
    who: Viewer, period: records.RequirementPeriod, agency: officers.AgencyNode | None, as_of: AsOf
) -> int:
    if as_of.instant is None:
        return 0
    return records.restated(who, period, agency, as_of=as_of.instant)


def _agency(who: Viewer, agency_id: str) -> officers.AgencyNode:
    agency = officers.agency_by_public_id(who, agency_id)
    if agency is None:
        raise Http404
    return agency


def _period(
    request: HttpRequest, choices: Sequence[records.RequirementPeriod]
) -> records.RequirementPeriod | None:
    """The period asked for by id, else the newest year's nearest due; none where nothing is required yet."""
    asked = request.GET.get("period", "")
    if not asked:
        return choices[0] if choices else None
    for period in choices:
        if str(period.pk) == asked:
            return period
    raise Http404


def _wanted(request: HttpRequest) -> records.PeopleFilter:
    show = request.GET.get("show", "all")
    return records.PeopleFilter(
        show=show if show in records.SHOW else "all", search=request.GET.get("q", "").replace("\x00", "")[:80]
    )


@require_GET
@login_required
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """The desk of an officer with one agency opens on it; with several, it shows where each of them stands."""
    now = timezone.now()
    today = local_date(now)
    who = _desk_viewer(request, today)
    roots = officers.scope_roots(who)
    if len(roots) == 1:
        return redirect("home:hr_agency", agency_id=roots[0].public_id)
    choices = records.periods(today=today)
    period = _period(request, choices)
    as_of = asked(request, now)
    context: dict[str, object] = {
        "roots": roots,
        "periods": choices,
        "period": period,
        "today": today,
        **_instant(as_of, now),
    }
    if period is not None:
        seen = records.overview_of_scope(who, period, roots, today=today, as_of=as_of.instant)
        counted = {unit.public_id for unit in seen.units}
        query = _query(period, as_of)
        context |= {
            "overview": seen,
            "chart": hr_charts.units(seen, query),
            "query": query,
            "restated": _restated(who, period, None, as_of),
            "roots": [root for root in roots if root.public_id not in counted],
        }
    return render(request, "home/hr_roots.html", context)


@require_GET
@login_required
@never_cache
def overview(request: HttpRequest, agency_id: str) -> HttpResponse:
    """One sentence of where the agency stands, its units worst first, and the same as a table."""
    now = timezone.now()
    today = local_date(now)
    who = _desk_viewer(request, today)
    agency = _agency(who, agency_id)
    choices = records.periods(today=today)
    period = _period(request, choices)
    as_of = asked(request, now)
    context: dict[str, object] = {
        "agency": agency,
        "chain": officers.visible_chain(who, agency),
        "periods": choices,
        "period": period,
        "today": today,
        **_instant(as_of, now),
    }
    if period is not None:
        seen = records.overview(who, period, agency, today=today, as_of=as_of.instant)
        query = _query(period, as_of)
        context |= {
            "overview": seen,
            "chart": hr_charts.units(seen, query),
            "query": query,
            "restated": _restated(who, period, agency, as_of),
        }
    return render(request, "home/hr_overview.html", context)


@require_GET
@login_required
@never_cache
def people(request: HttpRequest, agency_id: str) -> HttpResponse:
    """The people of an agency's subtree by unit and name, filtered, fifty at a time."""
    now = timezone.now()
    today = local_date(now)
    who = _desk_viewer(request, today)
    agency = _agency(who, agency_id)
    choices = records.periods(today=today)
    period = _period(request, choices)
    if period is None:
        return redirect("home:hr_agency", agency_id=agency_id)
    wanted = _wanted(request)
    after = request.GET.get("after", "").replace("\x00", "")[:700]
    as_of = asked(request, now)
    day = local_date(as_of.instant) if as_of.instant else today
    page = records.people(who, period, agency, wanted, today=today, as_of=as_of.instant, after=after)
    query = {"period": str(period.pk), "show": wanted.show, "q": wanted.search, **_kept(as_of)}
    context = {
        "agency": agency,
        "chain": officers.visible_chain(who, agency),
        "periods": choices,
        "period": period,
        "wanted": wanted,
        "filters": FILTERS,
        "rows": [(row, _cells(row, day)) for row in page.rows],
        "columns": COLUMNS,
        "count": records.count_of(who, period, agency, today=today, as_of=as_of.instant),
        "restated": _restated(who, period, agency, as_of),
        "period_query": _query(period, as_of),
        "next_url": f"?{urlencode({**query, 'after': page.next_cursor})}" if page.next_cursor else "",
        "first_url": f"?{urlencode(query)}" if after else "",
        "query": urlencode(query),
        "today": today,
        **_instant(as_of, now),
    }
    return render(request, "home/hr_people.html", context)


def _cells(row: records.PersonRow, today: date) -> tuple[object, ...]:
    """One row as screen, CSV and XLSX all show it (rule E21)."""
    return (
        row.full_name,
        row.agency_name,
        row.position,
        row.level,
        row.status(today),
        row.due_on,
        row.completed_on,
    )


@dataclass(frozen=True)
class _Export:
    """What a file is to hold: the same query as the screen, and the lines that say so."""

    who: Viewer
    agency: officers.AgencyNode
    period: records.RequirementPeriod
    wanted: records.PeopleFilter
    today: date
    as_of: AsOf
    notes: list[str]

    def number(self) -> int:
        """How many people the list holds, in one query: for a file that must say so, or may not leave, before its rows."""
        return records.how_many(
            self.who, self.period, self.agency, self.wanted, today=self.today, as_of=self.as_of.instant
        )

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return f"sucharit-{self.agency.code.lower()}-{self.period.fiscal_year or self.period.requirement.code}-{self.wanted.show}"

    @property
    def query(self) -> str:
        """The query of the screen that shows the same list."""
        wanted = {"period": str(self.period.pk), "show": self.wanted.show, "q": self.wanted.search}
        return urlencode({**wanted, **_kept(self.as_of)})

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The rows, read as they are asked for."""
        found = records.every_person(
            self.who, self.period, self.agency, self.wanted, today=self.today, as_of=self.as_of.instant
        )
        return (_cells(row, row.day) for row in found)

    def write_down(self, now: datetime) -> None:
        """Keep who took the list (rule E25): when it is sure to leave, and before it does."""
        if self.who.user_id is not None:
            ledger.note_export(viewer_id=self.who.user_id, agency_id=self.agency.pk, now=now)


def _export(request: HttpRequest, agency_id: str, now: datetime) -> _Export:
    """The list that is asked for, where the viewer may take it away; for everyone else there is no such file."""
    today = local_date(now)
    who = _desk_viewer(request, today)
    agency = _agency(who, agency_id)
    if not can(who, Verb.EXPORT_PEOPLE, agency, today=today):
        raise Http404
    period = _period(request, records.periods(today=today))
    if period is None:
        raise Http404
    wanted = _wanted(request)
    as_of = asked(request, now)
    notes = [
        f"{period.requirement.title} {period.label}",
        f"หน่วยงาน {agency.name}",
        f"ข้อมูล ณ {format_datetime(as_of.instant or now)}",
        f"แสดง {dict(FILTERS)[wanted.show]}" + (f" ค้นหา “{wanted.search}”" if wanted.search else ""),
        f"ข้อกำหนดฉบับที่ {period.rule_version} {period.due_words}",
    ]
    if as_of.instant is not None:
        notes.append(f"ดูย้อนหลังจากข้อมูลที่มี ณ {format_datetime(now)}")
        late = _restated(who, period, agency, as_of)
        if late:
            notes.append(f"ปรับย้อนหลัง: มีข้อมูลที่บันทึกภายหลังวันดังกล่าวของ {late:,} คน")
    return _Export(who, agency, period, wanted, today, as_of, notes)


def _counted(rows: Iterator[tuple[object, ...]], notes: list[str]) -> Iterator[tuple[object, ...]]:
    """Pass rows on and, after the last, write down how many there really were: a file cut off lacks this line."""
    number = 0
    for row in rows:
        number += 1
        yield row
    notes += [f"จำนวน {number:,} คน", f"จบรายการ {number:,} แถว"]


@require_GET
@login_required
@never_cache
def people_csv(request: HttpRequest, agency_id: str) -> HttpResponseBase:
    """The list as CSV, streamed. The last lines say how many rows there are, so a cut-off file shows."""
    now = timezone.now()
    asked = _export(request, agency_id, now)
    asked.write_down(now)
    response = StreamingHttpResponse(
        sheets.csv_stream(COLUMNS, _counted(asked.rows(), asked.notes), trailer=asked.notes),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{quote(asked.stem)}.csv"'
    return response


@require_GET
@login_required
@never_cache
def people_xlsx(request: HttpRequest, agency_id: str) -> HttpResponseBase:
    """The list as a workbook; a list longer than a sheet is offered as CSV instead, on the page it was asked from."""
    now = timezone.now()
    asked = _export(request, agency_id, now)
    number = asked.number()
    asked.notes.append(f"จำนวน {number:,} คน")
    most = sheets.XLSX_MOST_ROWS - len(asked.notes)
    if number > most:
        messages.error(
            request,
            f"รายชื่อนี้มี {number:,} คน แต่ไฟล์ Excel มีได้ไม่เกิน {most:,} แถว "
            "โปรดเลือก “ดาวน์โหลด CSV” แทน หรือดูทีละหน่วยงาน",
        )
        return redirect(f"{reverse('home:hr_people', args=[agency_id])}?{asked.query}")
    book = sheets.xlsx_file(COLUMNS, asked.rows(), sheet_name="สถานะการเรียน", preamble=asked.notes)
    asked.write_down(now)
    return FileResponse(book, as_attachment=True, filename=f"{asked.stem}.xlsx")


@require_GET
@login_required
@never_cache
def person(request: HttpRequest, officer_id: str) -> HttpResponse:
    """One person's completion facts: what is required, what is completed. No answers, ever (rule E23)."""
    now = timezone.now()
    today = local_date(now)
    who = _desk_viewer(request, today)
    officer = officers.officer_by_public_id(who, officer_id, today=today)
    if officer is None:
        raise Http404
    if who.user_id is not None and officer.pk != who.officer_id:
        ledger.note_person_seen(viewer_id=who.user_id, officer_id=officer.pk, now=now)
    as_of = asked(request, now)
    context = {
        **_instant(as_of, now),
        "officer": officer,
        "posting": officers.posting_on(officer.pk, today),
        "standings": records.standings_of(officer.pk, today=today, as_of=as_of.instant),
        "awards": records.awards_told_to(who, officer.pk, today=today),
        "events": proposed.events(officer.pk),
        "merged": proposed.merged_names(officer.pk),
        "may_correct": can(who, Verb.CORRECT_RECORDS, officer, today=today),
        "may_anonymise": Role.SECRETARIAT in who.roles and officer.left_service_on is not None,
        "today": today,
    }
    return render(request, "home/hr_person.html", context)
