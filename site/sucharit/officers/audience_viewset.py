"""กลุ่มเป้าหมาย in Wagtail's admin: a rule about people, with how many it names before it is saved. Never a list of people."""

from dataclasses import asdict

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.log_actions import log

from sucharit.kernel.errors import DomainError
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.audience_forms import AudienceForm, audience_initial
from sucharit.officers.enums import PersonnelType
from sucharit.officers.models import Audience
from sucharit.officers.selectors import AudiencePreview, audiences, preview_audience
from sucharit.officers.services import save_audience
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, repair

AGENCIES_SHOWN = 3


def _where(audience: Audience) -> str:
    names = [agency.name for agency in audience.agencies.all()]
    rest = len(names) - AGENCIES_SHOWN
    return " ".join(names[:AGENCIES_SHOWN]) + (f" และอีก {rest} หน่วยงาน" if rest > 0 else "") or "ทุกหน่วยงาน"


def _who(audience: Audience) -> str:
    return " ".join(str(PersonnelType(value).label) for value in audience.personnel_types) or "ทุกประเภท"


class AudienceIndexView(generic.IndexView):  # type: ignore[misc]
    """Audiences by name."""

    add_item_label = "เพิ่มกลุ่มเป้าหมาย"
    any_permission_required = ("add", "change")

    def get_base_queryset(self) -> "QuerySet[Audience]":
        """Audiences with their agencies, in two queries."""
        return audiences().prefetch_related("agencies")


class AudiencePage(DeskPage):
    """One page for a new audience and for a known one, with its preview."""

    template_name = "officers/admin/audience.html"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The form as the audience stands, with how many it names today."""
        audience = get_object_or_404(Audience, pk=pk) if pk is not None else None
        return self._show(
            audience,
            AudienceForm(audience=audience, initial=audience_initial(audience) if audience else None),
        )

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Save the rule, or count it first."""
        audience = get_object_or_404(Audience, pk=pk) if pk is not None else None
        form = AudienceForm(request.POST, audience=audience)
        if not form.is_valid():
            repair(request)
            return self._show(audience, form)
        today = local_date(timezone.now())
        if "preview" in request.POST:
            return self._show(audience, form, preview_audience(form.rule(), on=today))
        rule = asdict(form.rule())
        del rule["paths"]
        try:
            saved = save_audience(
                name=form.cleaned_data["name"], agencies=form.named, audience=audience, **rule
            )
        except DomainError as error:
            blame(error, form)
            repair(request)
            return self._show(audience, form)
        log(saved, "wagtail.edit" if audience else "wagtail.create", user=request.user)
        people = preview_audience(form.rule(), on=today).people
        messages.success(request, f"บันทึกกลุ่มเป้าหมายแล้ว วันนี้กลุ่มนี้มี {people:,} คน")
        return redirect(self.url("edit", saved.pk))

    def _show(
        self, audience: Audience | None, form: AudienceForm, preview: AudiencePreview | None = None
    ) -> HttpResponse:
        title = f"แก้ไขกลุ่มเป้าหมาย {audience.name}" if audience else "เพิ่มกลุ่มเป้าหมาย"
        return self.page(title=title, form=form, audience=audience, preview=preview)


class AudienceViewSet(DeskViewSet):
    """กลุ่มเป้าหมาย."""

    model = Audience
    name = "audiences"
    icon = "group"
    menu_label = "กลุ่มเป้าหมาย"
    menu_order = 20
    index_view_class = AudienceIndexView
    search_fields = ("name",)
    ordering = ("name",)
    pages = {"add": ("new/", AudiencePage), "edit": ("edit/<int:pk>/", AudiencePage)}
    list_display = (
        TitleColumn("name", label="ชื่อกลุ่ม", url_name="audiences:edit", sort_key="name"),
        Column("where", label="หน่วยงาน", accessor=_where),
        Column("who", label="ประเภทบุคลากร", accessor=_who),
    )
