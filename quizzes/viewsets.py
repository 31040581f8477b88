"""The question desk in Wagtail's admin: the bank, and what stands beside it. HTTP in, one domain call, HTTP out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from wagtail.admin.ui.tables import Column, NumberColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log

from quizzes import bank, finding, item_tasks, marked, pictures, selectors
from quizzes.enums import Kind, Scoring
from quizzes.forms_admin import (
    QuestionForm,
    draft_from,
    filed_as,
    question_initial,
)
from quizzes.forms_rows import FAMILY, choice_rows, help_of
from quizzes.kinds import rule_of
from quizzes.models import Question, QuestionVersion
from quizzes.services import QuestionDraft, save_question
from quizzes.versions import draft_of
from quizzes.viewsets_allowances import AccommodationViewSet
from quizzes.viewsets_analysis import AnalysisViewSet, TaskViewSet
from quizzes.viewsets_attitudes import InstrumentViewSet
from quizzes.viewsets_bulk import QuestionBulk
from quizzes.viewsets_corrections import CorrectionViewSet, CorrectKey
from quizzes.viewsets_files import QuestionExport, QuestionImport, QuestionImportLook, QuestionTemplate
from quizzes.viewsets_lookup import QuestionFilters
from quizzes.viewsets_quizzes import QuizViewSet
from sucharit.kernel.errors import Conflict, DomainError
from sucharit.kernel.thai_calendar import format_date, local_date
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, number_asked, repair

STEM_SHOWN = 90
FILED = ("standard", "difficulty", "topics", "provisions", "review_on")
ATTACHED = "เก็บภาพแล้วและใส่ไว้ท้ายคำถาม คำถามยังไม่ได้บันทึก"
ATTACHED_BARE = f"{ATTACHED} โปรดเขียนคำบรรยายภาพในวงเล็บ [ ] ก่อนบันทึก"


def _first_words(question: Question) -> str:
    stem = marked.plain(question.current.stem) if question.current else ""
    return Truncator(" ".join(stem.split())).chars(STEM_SHOWN)


def _due_on(question: Question) -> str:
    """The day of review, once it has come."""
    day = question.review_on
    return format_date(day, "short") if day and day <= local_date(timezone.now()) else ""


def _kind(question: Question) -> str:
    return question.current.get_kind_display() if question.current else ""


class QuestionIndexView(generic.IndexView):  # type: ignore[misc]
    """The bank by code."""

    add_item_label = "เพิ่มคำถาม"
    any_permission_required = ("add", "change")
    results_template_name = "quizzes/admin/question_results.html"

    @property
    def header_more_buttons(self) -> list[Button]:
        """Beside adding one: what to look at again, many from a file, and out again."""
        waiting = item_tasks.open_count()
        return [
            Button(
                f"ควรทบทวน {waiting:,} เรื่อง" if waiting else "ไม่มีเรื่องให้ทบทวน",
                url=reverse("item_tasks:index"),
                icon_name="tasks",
                priority=10,
            ),
            Button("นำเข้าจากไฟล์", url=reverse("questions:import"), icon_name="upload", priority=20),
            Button("นำออกเป็นไฟล์", url=reverse("questions:export"), icon_name="download", priority=30),
        ]

    def get_base_queryset(self) -> "QuerySet[Question]":
        """Questions with what they ask now, in one query."""
        return Question.objects.select_related("current")

    def search_queryset(self, queryset: "QuerySet[Question]") -> "QuerySet[Question]":
        """Words anywhere in code, question, options, source and topics."""
        return finding.with_words(queryset, self.search_query) if self.is_searching else queryset

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The same choice of questions, for changing many at once."""
        chosen = self.request.GET.urlencode()
        return {**super().get_context_data(**kwargs), "bulk_url": f"{reverse('questions:bulk')}?{chosen}"}


class QuestionPage(DeskPage):
    """One page for a new question and for a new version of a known one."""

    template_name = "quizzes/admin/question.html"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The form as the question stands; a new one is of the kind that the address asks for."""
        question = self._question(pk)
        version = question.current if question else None
        kind = _kind_asked(version.kind if version else request.GET.get("kind", ""))
        form = QuestionForm(kind=kind, question=question, initial=self._initial(version, kind))
        return self._show(question, kind, form, choice_rows(kind, version=version))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Store a version, or show the draft as learners would see it."""
        question = self._question(pk)
        kind = _kind_asked(request.POST.get("kind", ""))
        if question is not None and question.current is not None and question.current.kind not in FAMILY:
            kind = Kind(question.current.kind)
        form = QuestionForm(request.POST, request.FILES, kind=kind, question=question)
        rows = choice_rows(kind, request.POST)
        # A picture that was chosen is not lost where another button is pressed; a look stores nothing.
        if "attach" in request.POST or (request.FILES and "preview" not in request.POST):
            return self._attach(question, kind, form, rows)
        # Both are asked, so that every mistake shows at once.
        if all([form.is_valid(), rows.is_valid()]):
            draft = draft_from(form, rows)
            try:
                if "preview" in request.POST:
                    selectors.check_askable(draft)
                    return _preview(request, draft, form.cleaned_data)
                return self._store(question, form, draft)
            except DomainError as error:
                if isinstance(error, Conflict):
                    # Said once; what is posted next is knowingly newer.
                    form.data = {**request.POST.dict(), "based_on": str(error.data["current"])}
                blame(error, form, *([rows] if getattr(error, "field", "") == "choices" else []))
        repair(request)
        return self._show(question, kind, form, rows)

    def _attach(
        self, question: Question | None, kind: Kind, form: QuestionForm, rows: forms.BaseFormSet
    ) -> HttpResponse:
        """Keep the picture that was chosen and put it at the end of the question; nothing else is stored yet."""
        file = self.request.FILES.get("picture")
        if file is None:
            form.add_error("picture", "โปรดเลือกไฟล์ภาพ")
        else:
            try:
                mark = pictures.attach(
                    data=file.read(pictures.MOST_BYTES + 1),
                    alt=self.request.POST.get("picture_alt", ""),
                    now=timezone.now(),
                    by_id=self.request.user.pk,
                )
            except DomainError as error:
                blame(error, form)
            else:
                # What was typed goes on as it is, without being judged: nothing was asked to be saved.
                typed = {**self.request.POST.dict(), "picture_alt": ""}
                typed["stem"] = f"{typed.get('stem', '').rstrip()}\n\n{mark}".strip()
                form = QuestionForm(initial=typed, kind=kind, question=question)
                messages.success(self.request, ATTACHED if "![]" not in mark else ATTACHED_BARE)
                return self._show(question, kind, form, choice_rows(kind, typed=typed))
        repair(self.request)
        return self._show(question, kind, form, rows)

    def _initial(self, version: QuestionVersion | None, kind: Kind) -> Mapping[str, Any]:
        return question_initial(version) if version else {"kind": kind}

    def _store(self, question: Question | None, form: QuestionForm, draft: QuestionDraft) -> HttpResponse:
        said, now = form.cleaned_data, timezone.now()
        ranked = {name: said[name] for name in FILED}
        by_id = self.request.user.pk
        if question is None:
            version = save_question(code=said["code"], draft=draft, now=now, by_id=by_id, **ranked)
            words = f"เพิ่มคำถาม {said['code']} ในคลังแล้ว"
        else:
            before = question_initial(question.current) if question.current else {}
            version = bank.revise_question(
                question=question, based_on=said["based_on"], draft=draft, now=now, by_id=by_id, **ranked
            )
            words = _what_happened(before, version)
        log(version.question, "wagtail.edit" if question else "wagtail.create", user=self.request.user)
        messages.success(self.request, words)
        return redirect(self.url("edit", version.question_id))

    def _question(self, pk: int | None) -> Question | None:
        rows = Question.objects.select_related("current__created_by", "current__question")
        return get_object_or_404(rows, pk=pk) if pk is not None else None

    def _show(
        self, question: Question | None, kind: Kind, form: QuestionForm, rows: forms.BaseFormSet
    ) -> HttpResponse:
        heading, help_text = help_of(kind)
        return self.page(
            title=f"แก้ไขคำถาม {question.code}" if question else "เพิ่มคำถาม",
            form=form,
            rows=rows,
            rows_heading=heading,
            rows_help=help_text,
            rule=rule_of(kind, Scoring.PARTIAL),
            kind=kind,
            # One of the choosing kinds stands for all three, which the form itself offers.
            kinds=[one for one in Kind if one not in FAMILY[1:]] if question is None else (),
            question=question,
            version=question.current if question else None,
            pictures=pictures.marks_in(_texts(form, rows)),
            used_in=bank.quizzes_using(question) if question else (),
            urls=self._urls(question),
        )

    def _urls(self, question: Question | None) -> Mapping[str, str]:
        if question is None:
            return {}
        return {name: self.url(name, question.pk) for name in ("history", "preview", "retire")}


def _texts(form: forms.BaseForm, rows: forms.BaseFormSet) -> list[str]:
    """Every text that stands in the fields of a question, as it stands."""
    return [
        str(field.value() or "")
        for one in (form, *rows)
        for field in one
        if not isinstance(field.value(), date)
    ]


def _kind_asked(name: str) -> Kind:
    """A kind by name; the commonest where the name is none."""
    return Kind(name) if name in Kind.values else Kind.SINGLE


def _what_happened(before: Mapping[str, Any], version: QuestionVersion) -> str:
    question = version.question
    if version.number != before.get("based_on"):
        return f"บันทึกเป็นฉบับที่ {version.number} ผู้ที่กำลังทำแบบทดสอบอยู่จะเห็นฉบับเดิมจนส่งคำตอบ"
    if (question.standard, question.difficulty) != (before["standard"], before["difficulty"]):
        return f"บันทึกมาตรฐานและระดับความยากแล้ว ถ้อยคำไม่เปลี่ยน จึงยังเป็นฉบับที่ {version.number}"
    if filed_as(question) != {name: before[name] for name in ("topics", "provisions", "review_on")}:
        return f"บันทึกหมวดและกำหนดทบทวนแล้ว ถ้อยคำไม่เปลี่ยน จึงยังเป็นฉบับที่ {version.number}"
    return f"ไม่มีอะไรเปลี่ยน คำถามนี้ยังเป็นฉบับที่ {version.number}"


def _preview(request: HttpRequest, draft: QuestionDraft, shown: Mapping[str, Any]) -> HttpResponse:
    return render(request, "quizzes/admin/preview.html", {"item": selectors.as_asked(draft), "shown": shown})


class QuestionPreview(DeskPage):
    """The question as a learner meets it: its words, and nothing of the key."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The current version, or the one asked for by its number. What is no number of a version is not found."""
        rows = QuestionVersion.objects.filter(question_id=pk).order_by("-number")
        asked = request.GET.get("version", "")
        number = number_asked(asked)
        if asked and number is None:
            raise Http404
        version = get_object_or_404(rows, number=number) if asked else rows.first()
        if version is None:
            return redirect(self.url("edit", pk))
        return _preview(request, draft_of(version), {"version": version})


class QuestionHistory(DeskPage):
    """Every version of a question, read-only."""

    template_name = "quizzes/admin/history.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The versions, newest first."""
        question = get_object_or_404(Question, pk=pk)
        history = selectors.history_of(question)
        return self.page(
            title="ประวัติ",
            trail=[(f"แก้ไขคำถาม {question.code}", self.url("edit", pk))],
            question=question,
            history=history,
            pictures=pictures.shown_in(
                text for version, _ in history for text in marked.texts_of(draft_of(version))
            ),
            preview_url=self.url("preview", pk),
        )


class QuestionRetire(DeskPage):
    """Take a question out of use, or bring it back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One verb, then back to the question with a sentence."""
        question = get_object_or_404(Question, pk=pk)
        try:
            if question.is_retired:
                bank.bring_back(question=question)
                messages.success(request, f"นำคำถาม {question.code} กลับมาใช้แล้ว")
            else:
                bank.retire(question=question)
                messages.success(request, f"เลิกใช้คำถาม {question.code} แล้ว ผู้ที่ได้ข้อนี้ไปแล้วยังทำต่อได้")
            log(question, "wagtail.edit", user=request.user)
        except DomainError as error:
            messages.error(request, error.message)
        return redirect(self.url("edit", pk))


class QuestionViewSet(DeskViewSet):
    """คลังคำถาม."""

    model = Question
    name = "questions"
    icon = "help"
    menu_label = "คลังคำถาม"
    menu_order = 10
    index_view_class = QuestionIndexView
    filterset_class = QuestionFilters
    search_fields = ("code", "current__stem", "current__source")
    ordering = ("code",)
    list_per_page = 30
    pages = {
        "add": ("new/", QuestionPage),
        "edit": ("edit/<int:pk>/", QuestionPage),
        "history": ("history/<int:pk>/", QuestionHistory),
        "preview": ("preview/<int:pk>/", QuestionPreview),
        "retire": ("retire/<int:pk>/", QuestionRetire),
        "correct": ("correct/<int:pk>/", CorrectKey),
        "import": ("import/", QuestionImport),
        "import_look": ("import/<int:pk>/", QuestionImportLook),
        "template": ("import/template.xlsx", QuestionTemplate),
        "export": ("export/", QuestionExport),
        "bulk": ("bulk/", QuestionBulk),
    }
    list_display = (
        TitleColumn(
            "code", label="รหัสข้อ", url_name="questions:edit", sort_key="code", classname="title desk-code"
        ),
        Column("stem", label="คำถาม", accessor=_first_words),
        Column(
            "standard",
            label="มาตรฐาน",
            accessor="get_standard_display",
            sort_key="standard",
            classname="desk-code",
        ),
        Column("kind", label="ชนิด", accessor=_kind, classname="desk-wide"),
        Column(
            "difficulty", label="ความยาก", accessor="get_difficulty_display", classname="desk-wide desk-code"
        ),
        NumberColumn("number", label="ฉบับที่", accessor="current.number"),
        Column("review", label="ครบกำหนด", accessor=_due_on, classname="desk-code"),
        Column("use", label="การใช้", accessor=lambda question: "เลิกใช้แล้ว" if question.is_retired else "ใช้อยู่"),
    )


class QuizDesk(ModelViewSetGroup):  # type: ignore[misc]
    """One entry of the menu for the lists and what the answers say."""

    items = (
        QuestionViewSet,
        QuizViewSet,
        AnalysisViewSet,
        TaskViewSet,
        CorrectionViewSet,
        AccommodationViewSet,
        InstrumentViewSet,
    )
    menu_label = "แบบทดสอบ"
    menu_icon = "help"
    menu_order = 210
