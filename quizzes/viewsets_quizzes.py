"""Quizzes in Wagtail's admin: rules and draws, and the pair that measures. HTTP in, one domain call, HTTP out."""

from django import forms
from django.contrib import messages
from django.db.models import IntegerField, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from wagtail.admin.ui.tables import Column, NumberColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.log_actions import log

from quizzes import selectors
from quizzes.enums import Standard
from quizzes.forms_admin import QuizForm, draw_rows, draws_from, quiz_initial
from quizzes.models import Quiz
from quizzes.services import make_pre, save_quiz
from sucharit.kernel.errors import DomainError
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, repair


class QuizIndexView(generic.IndexView):  # type: ignore[misc]
    """Quizzes by code."""

    add_item_label = "เพิ่มแบบทดสอบ"
    any_permission_required = ("add", "change")

    def get_base_queryset(self) -> "QuerySet[Quiz]":
        """Quizzes with how many questions they ask, in one query."""
        asked = Coalesce(Sum("draws__count"), 0, output_field=IntegerField())
        return Quiz.objects.annotate(asked=asked)


class QuizPage(DeskPage):
    """One page for a new quiz and for a known one."""

    template_name = "quizzes/admin/quiz.html"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The form as the quiz stands."""
        quiz = get_object_or_404(Quiz, pk=pk) if pk is not None else None
        form = QuizForm(quiz=quiz, initial=quiz_initial(quiz) if quiz else None)
        return self._show(quiz, form, draw_rows(quiz=quiz))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Store the quiz; what its pools cannot fill is refused at its lines."""
        quiz = get_object_or_404(Quiz, pk=pk) if pk is not None else None
        form, rows = QuizForm(request.POST, quiz=quiz), draw_rows(request.POST)
        if all([form.is_valid(), rows.is_valid()]):
            said = {**form.cleaned_data, "code": quiz.code if quiz else form.cleaned_data.get("code")}
            try:
                saved = save_quiz(draws=draws_from(rows), **said)
            except DomainError as error:
                blame(error, form, rows)
            else:
                log(saved, "wagtail.edit" if quiz else "wagtail.create", user=request.user)
                messages.success(request, "บันทึกแบบทดสอบแล้ว ผู้ที่กำลังทำอยู่ไม่ได้รับผลกระทบ")
                return redirect(self.url("edit", saved.pk))
        repair(request)
        return self._show(quiz, form, rows)

    def _show(self, quiz: Quiz | None, form: QuizForm, rows: forms.BaseFormSet) -> HttpResponse:
        pools = selectors.pool_sizes()
        return self.page(
            title=f"แก้ไขแบบทดสอบ {quiz.code}" if quiz else "เพิ่มแบบทดสอบ",
            form=form,
            rows=rows,
            quiz=quiz,
            pre=Quiz.objects.filter(before=quiz).first() if quiz else None,
            pools=[(label, pools.get(value, 0)) for value, label in Standard.choices],
            bank_url=reverse("questions:index"),
        )


class QuizPair(DeskPage):
    """Make the test before lessons that goes with this one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One verb, then to the new quiz, or back with a sentence."""
        quiz = get_object_or_404(Quiz, pk=pk)
        try:
            pre = make_pre(quiz=quiz)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(self.url("edit", pk))
        log(pre, "wagtail.create", user=request.user)
        messages.success(request, "สร้างคู่ก่อนเรียนแล้ว โปรดตรวจแล้วเลือกในหน้ารายวิชา")
        return redirect(self.url("edit", pre.pk))


def _limit(quiz: Quiz) -> str:
    return f"{quiz.time_limit_minutes} นาที" if quiz.time_limit_minutes else "ไม่จำกัด"


class QuizViewSet(DeskViewSet):
    """แบบทดสอบ."""

    model = Quiz
    name = "quizzes"
    icon = "form"
    menu_label = "แบบทดสอบ"
    menu_order = 20
    index_view_class = QuizIndexView
    search_fields = ("code", "title")
    ordering = ("code",)
    pages = {
        "add": ("new/", QuizPage),
        "edit": ("edit/<int:pk>/", QuizPage),
        "pair": ("pair/<int:pk>/", QuizPair),
    }
    list_display = (
        TitleColumn("title", label="แบบทดสอบ", url_name="quizzes:edit", sort_key="title"),
        Column("code", label="รหัส", sort_key="code"),
        NumberColumn("asked", label="จำนวนข้อ"),
        NumberColumn("pass_percent", label="เกณฑ์ผ่าน (ร้อยละ)"),
        Column("limit", label="เวลา", accessor=_limit),
        Column(
            "tries",
            label="ทำได้",
            accessor=lambda quiz: f"{quiz.max_attempts} ครั้ง" if quiz.max_attempts else "ไม่จำกัด",
        ),
    )
