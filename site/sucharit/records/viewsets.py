"""ข้อกำหนดการเรียน in Wagtail's admin: what is in force, its rounds, and what stands beside it. HTTP in, one domain call, HTTP out."""

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.log_actions import log

from sucharit.kernel.errors import DomainError
from sucharit.kernel.thai_calendar import MONTHS
from sucharit.officers.audience_viewset import AudienceViewSet
from sucharit.records import requirement_page, services
from sucharit.records.enums import Cycle
from sucharit.records.forms_admin import WordsForm
from sucharit.records.models import Requirement
from sucharit.records.viewsets_drafts import RuleDraftViewSet, RuleNew, RulePropose
from sucharit.theme.desk import DeskPage, DeskViewSet, repair


def _due(requirement: Requirement) -> str:
    if requirement.cycle == Cycle.FISCAL_YEAR:
        return f"{requirement.due_day} {MONTHS[requirement.due_month - 1]} ของทุกปีงบประมาณ"
    return f"ภายใน {requirement.due_days or 0:,} วัน"


def _last_round(requirement: Requirement) -> str:
    year = getattr(requirement, "last_year", None)
    if year:
        return f"พ.ศ. {year}"
    return "รอบต่อเนื่อง" if getattr(requirement, "last_round", None) else "ยังไม่เปิด"


def _use(requirement: Requirement) -> str:
    if not requirement.rule_version:
        return "รอวันมีผล"
    return "ใช้อยู่" if requirement.is_active else "ไม่ใช้"


class RequirementIndexView(generic.IndexView):  # type: ignore[misc]
    """Requirements by code."""

    add_item_label = "ร่างข้อกำหนดใหม่"
    any_permission_required = ("add", "change")

    def get_base_queryset(self) -> "QuerySet[Requirement]":
        """Requirements with subject, audience and the last round, in one query."""
        rows = Requirement.objects.select_related("subject", "audience")
        return rows.annotate(last_year=Max("periods__fiscal_year"), last_round=Max("periods__pk"))


class RequirementPage(DeskPage):
    """A requirement as it is in force, with its rounds; name and contact are changed here, everything else by a draft."""

    template_name = "records/admin/requirement.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is in force."""
        requirement = get_object_or_404(Requirement, pk=pk)
        initial = {"title": requirement.title, "contact": requirement.contact}
        return self._show(requirement, WordsForm(initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save name and contact."""
        requirement = get_object_or_404(Requirement, pk=pk)
        form = WordsForm(request.POST)
        if not form.is_valid():
            repair(request)
            return self._show(requirement, form)
        services.save_words(requirement=requirement, **form.cleaned_data)
        log(requirement, "wagtail.edit", user=request.user)
        messages.success(request, "บันทึกชื่อและที่ติดต่อแล้ว เงื่อนไขของข้อกำหนดไม่เปลี่ยน")
        return redirect(self.url("edit", pk))

    def _show(self, requirement: Requirement, form: WordsForm) -> HttpResponse:
        return self.page(
            title=f"ข้อกำหนด {requirement.code}",
            form=form,
            requirement=requirement,
            page=requirement_page.page_of(requirement, now=timezone.now()),
            urls={
                "apply": self.url("apply", requirement.pk),
                "adopt": self.url("adopt", requirement.pk),
                "propose": self.url("propose", requirement.pk),
                "history": reverse("records:rule", args=[requirement.code]),
            },
        )


class RequirementAdopt(DeskPage):
    """Make a draft that asks the same of the audience as it stands now."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the draft, and lead to it."""
        requirement = get_object_or_404(Requirement, pk=pk)
        try:
            draft = services.propose_audience(requirement=requirement, by_id=self.by_id, now=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(self.url("edit", pk))
        log(requirement, "wagtail.edit", user=request.user)
        messages.success(request, "สร้างร่างตามกลุ่มเป้าหมายปัจจุบันแล้ว โปรดตรวจผลกระทบก่อนส่งขออนุมัติ")
        return redirect("rule-drafts:look", draft.pk)


class RequirementApply(DeskPage):
    """Bring the open rounds up to date."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin; the page shows how far it is."""
        requirement = get_object_or_404(Requirement, pk=pk)
        begun = services.bring_rounds(requirement=requirement, now=timezone.now())
        if begun:
            log(requirement, "wagtail.edit", user=request.user)
            messages.success(request, "ระบบกำลังปรับรายชื่อของรอบที่เปิดอยู่ ผู้เรียนเรียนต่อได้ตามปกติ")
        else:
            messages.error(request, "ข้อกำหนดนี้ไม่ได้ใช้อยู่ และไม่มีรอบที่เปิดอยู่ จึงไม่มีรายชื่อให้ปรับ")
        return redirect(self.url("edit", pk))


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
        "add": ("new/", RuleNew),
        "edit": ("edit/<int:pk>/", RequirementPage),
        "propose": ("propose/<int:pk>/", RulePropose),
        "adopt": ("adopt/<int:pk>/", RequirementAdopt),
        "apply": ("apply/<int:pk>/", RequirementApply),
    }
    list_display = (
        TitleColumn("title", label="ข้อกำหนด", url_name="requirements:edit", sort_key="title"),
        Column("code", label="รหัส", sort_key="code", classname="desk-wide"),
        Column("subject", label="รายวิชา", classname="desk-wide"),
        Column("audience", label="กลุ่มเป้าหมาย"),
        Column("due", label="ครบกำหนด", accessor=_due),
        Column("last", label="รอบล่าสุด", accessor=_last_round),
        Column("use", label="การใช้", accessor=_use),
    )


class RequirementDesk(ModelViewSetGroup):  # type: ignore[misc]
    """One entry of the menu for requirements, drafts of them and the audiences they name."""

    items = (RequirementViewSet, RuleDraftViewSet, AudienceViewSet)
    menu_label = "ข้อกำหนดการเรียน"
    menu_icon = "calendar-check"
    menu_order = 220
