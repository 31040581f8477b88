"""Item analysis in Wagtail's admin: a quiz, a question, and the list of what to look at again. HTTP in, one domain call, HTTP out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from wagtail.log_actions import log

from quizzes import analysis, item_tasks
from quizzes import analysis_words as words
from quizzes.analysis import ItemReport, QuizReport
from quizzes.models import ItemTask, QuestionVersion, Quiz, Response
from quizzes.psychometrics import SMALLEST_GROUP, Code
from quizzes.psychometrics.flags import MIN_ANSWERS
from quizzes.tallies import Scope
from sucharit.kernel import sheets
from sucharit.kernel.errors import DomainError
from sucharit.kernel.thai_calendar import format_date, format_range, local_date
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, number_asked, repair
from sucharit.theme.forms import ThaiDateField

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TASKS_SHOWN = 20
YEAR = timedelta(days=item_tasks.PERIOD_DAYS)


class PeriodForm(forms.Form):
    """Which quiz, and the days on which papers were handed in; without days, the last 12 months."""

    quiz = forms.ModelChoiceField(
        label="แบบทดสอบ",
        queryset=Quiz.objects.order_by("title"),
        empty_label="เลือกแบบทดสอบ",
        error_messages={"required": "โปรดเลือกแบบทดสอบ", "invalid_choice": "ไม่พบแบบทดสอบนี้"},
    )
    since = ThaiDateField(label="ส่งตั้งแต่วันที่", required=False, help_text="เว้นว่างคือ 12 เดือนล่าสุด")
    until = ThaiDateField(label="ถึงวันที่", required=False, help_text="เว้นว่างคือวันนี้")

    def __init__(self, data: QueryDict | None, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Fill in the days that were left open; the first may not lie after the last."""
        said = super().clean() or {}
        until = said.get("until") or self.today
        since = said.get("since") or until - YEAR
        if since > until:
            self.add_error("until", "วันสุดท้ายต้องไม่มาก่อนวันแรก")
        return {**said, "since": since, "until": until}

    def query(self) -> str:
        """The choice as an address carries it."""
        query = QueryDict(mutable=True)
        if self.cleaned_data.get("quiz"):
            query["quiz"] = str(self.cleaned_data["quiz"].pk)
        for name in ("since", "until"):
            query[name] = format_date(self.cleaned_data[name], "numeric")
        return query.urlencode()


class ItemPeriodForm(PeriodForm):
    """As above, over every quiz where none is named."""

    quiz = forms.ModelChoiceField(
        label="แบบทดสอบ", queryset=Quiz.objects.order_by("title"), required=False, empty_label="ทุกแบบทดสอบ"
    )


def _period(form: PeriodForm) -> str:
    return format_range(form.cleaned_data["since"], form.cleaned_data["until"])


class AnalysisPage(DeskPage):
    """วิเคราะห์แบบทดสอบ: choose a quiz and a period, then look."""

    template_name = "quizzes/admin/analysis.html"
    submit_button_label = "ดูผล"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The choice; with one made, the analysis."""
        form = PeriodForm(request.GET or None, today=local_date(timezone.now()))
        if not form.is_bound or not form.is_valid():
            return self.page(title="เลือกแบบทดสอบ", form=form, tasks_url=reverse("item_tasks:index"))
        said = form.cleaned_data
        report = analysis.quiz_report(said["quiz"], since=said["since"], until=said["until"])
        return self.page(title=report.quiz.title, form=form, **self._shown(report, form))

    def _shown(self, report: QuizReport, form: PeriodForm) -> Mapping[str, Any]:
        sort = self.request.GET.get("sort", "look")
        if sort.removeprefix("-") not in words.MEASURES:
            sort = "look"
        query = form.query()
        enough = report.n >= SMALLEST_GROUP
        return {
            "report": report,
            "period": _period(form),
            "is_shown": enough,
            "smallest": SMALLEST_GROUP,
            "least": MIN_ANSWERS,
            "headline": words.headline(report) if enough else (),
            "score_chart": words.score_chart(report) if enough else None,
            "item_chart": words.item_chart(report) if report.is_judged else None,
            "columns": _columns(query, sort),
            "rows": [self._row(item, query) for item in words.in_order(report.items, sort)] if enough else (),
            "to_look_at": sum(bool(analysis.to_look_at(item)) for item in report.items),
            "file_url": f"{self.url('file')}?{query}",
            "tasks_url": reverse("item_tasks:index"),
        }

    def _row(self, item: ItemReport, query: str) -> list[Any]:
        code, number = item.version.question.code, item.version.number
        cells = [
            {"text": code, "url": f"{self.url('item', item.version.pk)}?{query}"},
            f"{item.n:,}",
            words.percent(item.facility.mean) if item.facility else "–",
            words.correlation(item.discrimination),
            words.correlation(words.difference(item)),
            f"{item.time.median:g}" if item.time else "–",
            words.said_of(item) or "–",
        ]
        if item.n < SMALLEST_GROUP:
            cells[2:6] = ["–"] * 4
        return [*cells, f"{words.first_words(item.version.stem)} (ฉบับที่ {number})"]


def _columns(query: str, sort: str) -> list[dict[str, Any]]:
    """The headings as links: the same one again turns the order round."""
    columns = []
    for name, (heading, is_number, _) in words.MEASURES.items():
        column: dict[str, Any] = {"label": heading, "numeric": is_number}
        column["url"] = f"?{query}&sort={'-' + name if sort == name else name}#items"
        if sort.removeprefix("-") == name:
            column["sorted"] = "descending" if sort.startswith("-") else "ascending"
        columns.append(column)
    return [*columns, {"label": "คำถาม"}]


class AnalysisFile(DeskPage):
    """The table as a workbook."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """As a download; what names no quiz is not found."""
        form = PeriodForm(request.GET, today=local_date(timezone.now()))
        if not form.is_valid():
            raise Http404
        said = form.cleaned_data
        report = analysis.quiz_report(said["quiz"], since=said["since"], until=said["until"])
        file = sheets.xlsx_file(
            FILE_COLUMNS,
            [_file_row(item) for item in report.items if item.n >= SMALLEST_GROUP],
            sheet_name=f"วิเคราะห์ {report.quiz.code}",
            preamble=[report.quiz.title, f"ผู้ทำครั้งแรก {report.n:,} คน {_period(form)}"],
        )
        with file:
            name = f'attachment; filename="item-analysis-{report.quiz.pk}.xlsx"'
            return HttpResponse(file.read(), content_type=XLSX, headers={"Content-Disposition": name})


FILE_COLUMNS = (
    sheets.Column("code", "รหัสข้อ"),
    sheets.Column("version", "ฉบับที่", "number", 8),
    sheets.Column("stem", "คำถาม", width=60),
    sheets.Column("n", "ผู้ตอบ", "number", 10),
    sheets.Column("facility", "ตอบถูก (ร้อยละ)", "number", 12),
    sheets.Column("facility_low", "ตอบถูก ช่วงล่าง", "number", 12),
    sheets.Column("facility_high", "ตอบถูก ช่วงบน", "number", 12),
    sheets.Column("discrimination", "อำนาจจำแนก", "number", 12),
    sheets.Column("biserial", "สหสัมพันธ์กับคะแนนรวม", "number", 12),
    sheets.Column("difference", "กลุ่มสูง − กลุ่มต่ำ", "number", 12),
    sheets.Column("time", "เวลากลาง (วินาที)", "number", 12),
    sheets.Column("look", "ควรดู", width=40),
)


def _file_row(item: ItemReport) -> tuple[object, ...]:
    share = item.facility
    shares = (share.mean, share.interval.low, share.interval.high) if share else (None, None, None)
    measures = (item.discrimination, item.biserial, words.difference(item))
    return (
        item.version.question.code,
        item.version.number,
        item.version.stem,
        item.n,
        *(None if value is None else round(100 * value, 2) for value in shares),
        *(None if value is None else round(value, 4) for value in measures),
        item.time.median if item.time else None,
        words.said_of(item),
    )


class ItemPage(DeskPage):
    """One version of a question: what its answers say, every number with its sentence."""

    template_name = "quizzes/admin/item.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """In the quiz and the days that the address names; without them over every quiz of the last 12 months."""
        version = get_object_or_404(QuestionVersion.objects.select_related("question"), pk=pk)
        form = ItemPeriodForm(request.GET, today=local_date(timezone.now()))
        if not form.is_valid():
            raise Http404
        said = form.cleaned_data
        quiz = said["quiz"]
        item = analysis.item_report(version, Scope(said["since"], said["until"], quiz.pk if quiz else None))
        query = form.query()
        enough = item.n >= SMALLEST_GROUP
        return self.page(
            title=f"{version.question.code} ฉบับที่ {version.number}",
            trail=[(quiz.title, f"{self.url('index')}?{query}")] if quiz else [],
            item=item,
            version=version,
            quiz=quiz,
            period=_period(form),
            is_shown=enough,
            smallest=SMALLEST_GROUP,
            least=MIN_ANSWERS,
            findings=words.findings(item),
            figures=words.figures(item) if enough else (),
            options=words.options_of(item) if enough else (),
            chart=words.option_chart(item) if enough else None,
            tasks=[(task, words.TITLES.get(task.code, task.code)) for task in item_tasks.tasks_of(pk)],
            is_current=version.question.current_id == version.pk,
            edit_url=reverse("questions:edit", args=[version.question_id]),
            history_url=reverse("questions:history", args=[version.question_id]),
            everywhere_url=self.url("item", pk) if quiz else "",
        )


class PagesViewSet(DeskViewSet):
    """A desk without a list of Wagtail's: every address is a page of ours."""

    def get_urlpatterns(self) -> list[URLPattern]:
        """Our pages, and nothing else."""
        return [
            path(address, view.as_view(viewset=self, model=self.model), name=name)
            for name, (address, view) in self.pages.items()
        ]


class AnalysisViewSet(PagesViewSet):
    """วิเคราะห์แบบทดสอบ."""

    model = Response
    name = "analysis"
    icon = "desktop"
    menu_label = "วิเคราะห์แบบทดสอบ"
    menu_order = 30
    pages = {
        "index": ("", AnalysisPage),
        "file": ("table.xlsx", AnalysisFile),
        "item": ("items/<int:pk>/", ItemPage),
    }


# --- what to look at again --------------------------------------------------------------------------------------


class NoteForm(forms.Form):
    """Why nothing needs to change."""

    note = forms.CharField(
        label="เหตุผล",
        required=False,
        help_text="เช่น ตรวจกับประกาศแล้ว เฉลยถูกต้อง",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )


def _task_shown(task: ItemTask) -> Mapping[str, Any]:
    version = task.version
    return {
        "task": task,
        "version": version,
        "stem": words.first_words(version.stem, 160),
        "item_url": reverse("analysis:item", args=[version.pk]),
        "edit_url": reverse("questions:edit", args=[version.question_id]),
        "correct_url": reverse("questions:correct", args=[version.pk]) if task.code == Code.KEY_WRONG else "",
        "url": reverse("item_tasks:edit", args=[task.pk]),
        **words.finding(task.code, task.severity, task.evidence, task.options, version),
    }


class TaskList(DeskPage):
    """รายการที่ควรทบทวน: what is open, the gravest first."""

    template_name = "quizzes/admin/tasks.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the list; what is no number of a page is the first."""
        number = max(1, number_asked(request.GET.get("p", "")) or 1)
        found = item_tasks.open_tasks(start=(number - 1) * TASKS_SHOWN, size=TASKS_SHOWN)
        return self.page(
            title="เรื่องที่ยังเปิดอยู่",
            shown=[_task_shown(task) for task in found.tasks],
            total=found.total,
            number=number,
            previous_url=f"?p={number - 1}" if number > 1 else "",
            next_url=f"?p={number + 1}" if number * TASKS_SHOWN < found.total else "",
            analysis_url=reverse("analysis:index"),
        )


class TaskPage(DeskPage):
    """One task, and the note that ends it."""

    template_name = "quizzes/admin/task.html"
    submit_button_label = "ปิดเรื่องนี้"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was found, and the form."""
        return self._show(self._task(pk), NoteForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it as looked at, with the note."""
        task = self._task(pk)
        form = NoteForm(request.POST)
        if form.is_valid():
            try:
                item_tasks.dismiss(
                    task=task, by_id=request.user.pk, note=form.cleaned_data["note"], now=timezone.now()
                )
            except DomainError as error:
                blame(error, form)
            else:
                log(task, "wagtail.edit", user=request.user)
                messages.success(request, "ปิดเรื่องนี้แล้ว จะไม่แจ้งซ้ำสำหรับฉบับนี้ เว้นแต่รุนแรงขึ้น")
                return redirect(self.url("index"))
        repair(request)
        return self._show(task, form)

    def _task(self, pk: int) -> ItemTask:
        return get_object_or_404(ItemTask.objects.select_related("version__question", "ended_by"), pk=pk)

    def _show(self, task: ItemTask, form: NoteForm) -> HttpResponse:
        shown = _task_shown(task)
        return self.page(
            title=f"{task.version.question.code} {shown['title']}", form=form, shown=shown, task=task
        )


class TaskViewSet(PagesViewSet):
    """รายการที่ควรทบทวน."""

    model = ItemTask
    name = "item_tasks"
    url_prefix = "item-tasks"
    icon = "tasks"
    menu_label = "รายการที่ควรทบทวน"
    menu_order = 40
    pages = {"index": ("", TaskList), "edit": ("<int:pk>/", TaskPage)}
