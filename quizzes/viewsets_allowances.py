"""Accommodations in Wagtail's admin: who was given what beside the rule, why, and by whom. Approvers grant and end them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.log_actions import log

from quizzes.allowances import MOST_ATTEMPTS, MOST_FACTOR
from quizzes.models import Accommodation, Quiz
from quizzes.services import end_accommodation, grant_accommodation
from sucharit.kernel.errors import DomainError
from sucharit.kernel.names import full_name
from sucharit.kernel.thai_calendar import format_date, format_datetime, local_date
from sucharit.officers.selectors import officer_of_account
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, repair
from sucharit.theme.forms import AdminThaiDateInput, AdminThaiDateTimeInput


class AccommodationForm(forms.Form):
    """What is granted, to whom, in which quiz, from and until when, and why."""

    email = forms.EmailField(label="อีเมลของผู้เรียน", help_text="อีเมลที่ผู้เรียนใช้เข้าสู่ระบบ")
    quiz = forms.ModelChoiceField(
        label="แบบทดสอบ",
        required=False,
        queryset=Quiz.objects.order_by("code"),
        empty_label="ทุกแบบทดสอบ",
    )
    time_factor = forms.DecimalField(
        label="ตัวคูณเวลา",
        min_value=1,
        max_value=MOST_FACTOR,
        decimal_places=2,
        initial=1,
        help_text="1.5 คือได้เวลาหนึ่งเท่าครึ่ง มีผลกับครั้งที่เริ่มหลังอนุมัติ",
    )
    extra_attempts = forms.IntegerField(
        label="ทำเพิ่มได้ (ครั้ง)", min_value=0, max_value=MOST_ATTEMPTS, initial=0
    )
    bell_at = forms.DateTimeField(
        label="ทำได้ถึงเวลา",
        required=False,
        widget=AdminThaiDateTimeInput,
        help_text="เลื่อนเวลาสิ้นสุดของแบบทดสอบที่เลือก มีผลกับครั้งที่ทำค้างอยู่ด้วย",
    )
    valid_from = forms.DateField(label="ใช้ตั้งแต่", widget=AdminThaiDateInput)
    valid_until = forms.DateField(
        label="ใช้ถึง", required=False, widget=AdminThaiDateInput, help_text="เว้นว่างถ้าไม่กำหนดวันสิ้นสุด"
    )
    reason = forms.CharField(
        label="เหตุผล",
        max_length=300,
        help_text="เช่น สัญญาณขัดข้องระหว่างทำ หรือได้รับอนุมัติตามหนังสือเลขที่ โปรดไม่ใส่ข้อมูลสุขภาพ",
        error_messages={"required": "โปรดเขียนเหตุผลของการอนุมัติ"},
    )


class AccommodationIndex(generic.IndexView):  # type: ignore[misc]
    """Accommodations, the newest first."""

    add_item_label = "อนุมัติสิทธิ"
    any_permission_required = ("add", "change")

    def get_base_queryset(self) -> "QuerySet[Accommodation]":
        """With person, quiz and approver, in one query."""
        return Accommodation.objects.select_related("officer", "quiz", "approved_by")


class AccommodationGrant(DeskPage):
    """Grant one."""

    template_name = "quizzes/admin/accommodation.html"
    submit_button_label = "อนุมัติ"

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty form that begins today."""
        return self._show(AccommodationForm(initial={"valid_from": local_date(timezone.now())}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Grant, or say what cannot be."""
        form = AccommodationForm(request.POST)
        if form.is_valid():
            said: dict[str, Any] = dict(form.cleaned_data)
            officer = officer_of_account(said.pop("email"))
            if officer is None:
                form.add_error("email", "ไม่พบผู้เรียนที่ใช้อีเมลนี้")
            else:
                try:
                    made = grant_accommodation(
                        officer_id=officer.pk, by_id=self.by_id, now=timezone.now(), **said
                    )
                except DomainError as error:
                    blame(error, form)
                else:
                    log(made, "wagtail.create", user=request.user)
                    messages.success(request, f"อนุมัติสิทธิให้ {_person(made)} แล้ว")
                    return redirect(self.url("index"))
        repair(request)
        return self._show(form)

    def _show(self, form: AccommodationForm) -> HttpResponse:
        return self.page(title="อนุมัติสิทธิเฉพาะบุคคล", form=form)


class AccommodationLook(DeskPage):
    """One accommodation, read-only, with a button that ends it."""

    template_name = "quizzes/admin/accommodation_look.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The facts."""
        rows = Accommodation.objects.select_related("officer", "quiz", "approved_by", "ended_by")
        row = get_object_or_404(rows, pk=pk)
        return self.page(title=_person(row), accommodation=row, what=_what(row), until=_until(row))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it."""
        row = get_object_or_404(Accommodation, pk=pk)
        try:
            end_accommodation(accommodation=row, by_id=self.by_id, now=timezone.now())
            log(row, "wagtail.edit", user=request.user)
            messages.success(request, "ยกเลิกสิทธิแล้ว ครั้งที่เริ่มทำไปแล้วยังใช้สิทธิเดิม")
        except DomainError as error:
            messages.error(request, error.message)
        return redirect(self.url("look", pk))


def _person(row: Accommodation) -> str:
    return full_name(row.officer.title, row.officer.first_name, row.officer.last_name)


def _what(row: Accommodation) -> str:
    parts = [f"เวลา {row.time_factor.normalize():f} เท่า"] if row.time_factor > 1 else []
    parts += [f"ทำเพิ่ม {row.extra_attempts} ครั้ง"] if row.extra_attempts else []
    parts += [f"ทำได้ถึง {format_datetime(row.bell_at)}"] if row.bell_at else []
    return " ".join(parts)


def _until(row: Accommodation) -> str:
    if row.ended_at is not None:
        return f"ยกเลิกเมื่อ {format_datetime(row.ended_at)}"
    began = format_date(row.valid_from, "short")
    return f"{began} ถึง {format_date(row.valid_until, 'short')}" if row.valid_until else f"ตั้งแต่ {began}"


class AccommodationViewSet(DeskViewSet):
    """สิทธิเฉพาะบุคคล."""

    model = Accommodation
    name = "accommodations"
    icon = "user"
    menu_label = "สิทธิเฉพาะบุคคล"
    menu_order = 60
    index_view_class = AccommodationIndex
    search_fields = ("officer__first_name", "officer__last_name", "quiz__title", "reason")
    ordering = ("-pk",)
    list_per_page = 30
    pages = {"add": ("new/", AccommodationGrant), "look": ("<int:pk>/", AccommodationLook)}
    list_display = (
        TitleColumn("officer", label="ผู้เรียน", accessor=_person, url_name="accommodations:look"),
        Column("quiz", label="แบบทดสอบ", accessor=lambda row: row.quiz.title if row.quiz else "ทุกแบบทดสอบ"),
        Column("what", label="สิทธิ", accessor=_what),
        Column("until", label="ช่วงที่ใช้", accessor=_until),
        Column("by", label="ผู้อนุมัติ", accessor="approved_by", classname="desk-wide"),
    )
