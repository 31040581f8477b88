"""ข้อกำหนดการเรียน in Wagtail's admin: who must learn what, and the rounds. HTTP in, one domain call, HTTP out."""

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.log_actions import log

from sucharit.kernel.errors import DomainError
from sucharit.kernel.thai_calendar import MONTHS, FiscalYear, local_date
from sucharit.officers.audience_viewset import AudienceViewSet
from sucharit.records import services
from sucharit.records.forms_admin import RequirementForm, requirement_initial
from sucharit.records.models import Requirement
from sucharit.records.requirements import Round, rounds_of
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, repair


def _due(requirement: Requirement) -> str:
    return f"{requirement.due_day} {MONTHS[requirement.due_month - 1]} ของทุกปีงบประมาณ"


def _last_round(requirement: Requirement) -> str:
    year = getattr(requirement, "last_year", None)
    return f"พ.ศ. {year}" if year else "ยังไม่เปิด"


class RequirementIndexView(generic.IndexView):  # type: ignore[misc]
    """Requirements by code."""

    add_item_label = "เพิ่มข้อกำหนด"
    any_permission_required = ("add", "change")

    def get_base_queryset(self) -> "QuerySet[Requirement]":
        """Requirements with subject, audience and the last round, in one query."""
        rows = Requirement.objects.select_related("subject", "audience")
        return rows.annotate(last_year=Max("periods__fiscal_year"))


class RequirementPage(DeskPage):
    """One page for a new requirement and for a known one, with its rounds."""

    template_name = "records/admin/requirement.html"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The form as the requirement stands."""
        requirement = get_object_or_404(Requirement, pk=pk) if pk is not None else None
        initial = requirement_initial(requirement) if requirement else None
        return self._show(requirement, RequirementForm(requirement=requirement, initial=initial))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Save the requirement; rounds that are open keep their dates."""
        requirement = get_object_or_404(Requirement, pk=pk) if pk is not None else None
        form = RequirementForm(request.POST, requirement=requirement)
        if form.is_valid():
            facts = {
                **form.cleaned_data,
                "code": requirement.code if requirement else form.cleaned_data["code"],
            }
            try:
                saved = services.save_requirement(**facts, now=timezone.now())
            except DomainError as error:
                blame(error, form)
            else:
                log(saved, "wagtail.edit" if requirement else "wagtail.create", user=request.user)
                messages.success(request, _saved(requirement, saved))
                return redirect(self.url("edit", saved.pk))
        repair(request)
        return self._show(requirement, form)

    def _show(self, requirement: Requirement | None, form: RequirementForm) -> HttpResponse:
        year = FiscalYear.of(local_date(timezone.now()))
        rounds = rounds_of(requirement) if requirement else ()
        return self.page(
            title=f"แก้ไขข้อกำหนด {requirement.code}" if requirement else "เพิ่มข้อกำหนด",
            form=form,
            requirement=requirement,
            rounds=rounds,
            year=year,
            this_year=next((row for row in rounds if row.fiscal_year == year.year), None),
            due_on=services.period_dates(requirement, year)[1] if requirement else None,
            apply_url=self.url("apply", requirement.pk) if requirement else "",
        )


def _saved(before: Requirement | None, saved: Requirement) -> str:
    if before is None:
        return "บันทึกข้อกำหนดแล้ว ยังไม่มีใครต้องเรียนจนกว่าจะเปิดรอบ"
    if saved.rule_version > before.rule_version:
        return (
            f"บันทึกข้อกำหนดเป็นฉบับที่ {saved.rule_version} รอบที่เปิดแล้วใช้วันครบกำหนดเดิม รายชื่อจะเปลี่ยนเมื่อกด “ปรับรายชื่อ”"
        )
    return "บันทึกแล้ว เงื่อนไขของข้อกำหนดไม่เปลี่ยน"


class RequirementApply(DeskPage):
    """Open this fiscal year's round, or bring its people up to date."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply, and say how many people entered."""
        requirement = get_object_or_404(Requirement, pk=pk)
        now = timezone.now()
        year = FiscalYear.of(local_date(now))
        before = _round(requirement, year)
        if before is None and not requirement.is_active:
            messages.error(request, "ข้อกำหนดนี้ไม่ได้ใช้อยู่ โปรดเลือก “ใช้อยู่” แล้วบันทึกก่อนเปิดรอบ")
            return redirect(self.url("edit", pk))
        try:
            services.apply_requirement(requirement=requirement, fiscal_year=year.year, now=now)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            log(requirement, "wagtail.edit", user=request.user)
            after = next(row for row in rounds_of(requirement) if row.fiscal_year == year.year)
            messages.success(request, _entered(year, before, after))
        return redirect(self.url("edit", pk))


def _round(requirement: Requirement, year: FiscalYear) -> Round | None:
    return next((row for row in rounds_of(requirement) if row.fiscal_year == year.year), None)


def _entered(year: FiscalYear, before: Round | None, after: Round) -> str:
    if before is None:
        return f"เปิดรอบ{year.label} แล้ว มีผู้ต้องเรียน {after.required:,} คน {after.due_words}"
    change = after.required - before.required
    if not change:
        return f"ปรับรายชื่อแล้ว จำนวนผู้ต้องเรียนเท่าเดิม {after.required:,} คน"
    word = "เพิ่มขึ้น" if change > 0 else "ลดลง"
    return f"ปรับรายชื่อแล้ว ผู้ต้องเรียน{word} {abs(change):,} คน เป็น {after.required:,} คน"


class RequirementViewSet(DeskViewSet):
    """ข้อกำหนดการเรียน."""

    model = Requirement
    name = "requirements"
    icon = "calendar-check"
    menu_label = "ข้อกำหนดการเรียน"
    menu_order = 10
    index_view_class = RequirementIndexView
    search_fields = ("code", "title", "subject__title", "subject__code")
    ordering = ("code",)
    pages = {
        "add": ("new/", RequirementPage),
        "edit": ("edit/<int:pk>/", RequirementPage),
        "apply": ("apply/<int:pk>/", RequirementApply),
    }
    list_display = (
        TitleColumn("title", label="ข้อกำหนด", url_name="requirements:edit", sort_key="title"),
        Column("code", label="รหัส", sort_key="code", classname="desk-wide"),
        Column("subject", label="รายวิชา", classname="desk-wide"),
        Column("audience", label="กลุ่มเป้าหมาย"),
        Column("due", label="ครบกำหนด", accessor=_due),
        Column("last", label="รอบล่าสุด", accessor=_last_round),
        Column("use", label="การใช้", accessor=lambda row: "ใช้อยู่" if row.is_active else "ไม่ใช้"),
    )


class RequirementDesk(ModelViewSetGroup):  # type: ignore[misc]
    """One entry of the menu for requirements and the audiences they name."""

    items = (RequirementViewSet, AudienceViewSet)
    menu_label = "ข้อกำหนดการเรียน"
    menu_icon = "calendar-check"
    menu_order = 220
