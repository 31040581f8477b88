"""ร่างข้อกำหนด in Wagtail's admin: write a rule, see what it would change, send it, approve it as a second person."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.log_actions import log

from sucharit.kernel.errors import DomainError, NotFound
from sucharit.kernel.thai_calendar import format_date, local_date
from sucharit.officers.selectors import viewer
from sucharit.records import draft_page, services
from sucharit.records.enums import DraftState
from sucharit.records.forms_admin import DecisionForm, RuleForm, rule_initial
from sucharit.records.models import Requirement, RuleDraft
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, repair

SAVED = "บันทึกร่างแล้ว ยังไม่มีใครต้องเรียนเพิ่ม โปรดดูผลกระทบด้านล่างก่อนส่งขออนุมัติ"


class RulePage(DeskPage):
    """The form of a rule, for a new requirement, a change of one, or a draft that is not sent yet."""

    template_name = "records/admin/rule.html"
    submit_button_label = "บันทึกร่างและดูผลกระทบ"

    def show(self, form: RuleForm, title: str, **context: Any) -> HttpResponse:
        """The form with a way to the audiences."""
        return self.page(title=title, form=form, **context)

    def saved(
        self, request: HttpRequest, form: RuleForm, save: Callable[[], RuleDraft]
    ) -> HttpResponse | None:
        """Save what the form says and lead to the draft; None where it was refused, with the reason at its field."""
        if form.is_valid():
            try:
                draft = save()
            except DomainError as error:
                blame(error, form)
            else:
                log(draft, "wagtail.edit", user=request.user)
                messages.success(request, SAVED)
                return redirect("rule-drafts:look", draft.pk)
        repair(request)
        return None


class RuleNew(RulePage):
    """A draft of a new requirement."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty form, in force from today."""
        form = RuleForm(initial={"effective_on": local_date(timezone.now())})
        return self.show(form, "ร่างข้อกำหนดใหม่")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin the draft."""
        form = RuleForm(request.POST)

        def save() -> RuleDraft:
            said = {name: form.cleaned_data[name] for name in ("code", "title", "contact")}
            return services.propose_requirement(
                **said, facts=form.facts(), by_id=self.by_id, now=timezone.now()
            )

        return self.saved(request, form, save) or self.show(form, "ร่างข้อกำหนดใหม่")


class RulePropose(RulePage):
    """A draft of a change of a requirement."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form as the requirement stands."""
        requirement = get_object_or_404(Requirement, pk=pk)
        initial = rule_initial(requirement, now=timezone.now())
        return self._show(requirement, RuleForm(requirement=requirement, initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the draft."""
        requirement = get_object_or_404(Requirement, pk=pk)
        form = RuleForm(request.POST, requirement=requirement)

        def save() -> RuleDraft:
            return services.propose_change(
                requirement=requirement, facts=form.facts(), by_id=self.by_id, now=timezone.now()
            )

        return self.saved(request, form, save) or self._show(requirement, form)

    def _show(self, requirement: Requirement, form: RuleForm) -> HttpResponse:
        trail = [(f"ข้อกำหนด {requirement.code}", reverse("requirements:edit", args=[requirement.pk]))]
        return self.show(form, "ร่างการเปลี่ยนแปลง", trail=trail, requirement=requirement)


class DraftChange(RulePage):
    """A draft that is not sent yet, for whoever made it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form as the draft stands."""
        draft = _draft(pk)
        if draft.made_by_id != self.by_id or draft.state != DraftState.DRAFT:
            messages.error(request, "แก้ไขได้เฉพาะร่างของคุณที่ยังไม่ส่งขออนุมัติ")
            return redirect(self.url("look", pk))
        return self._show(draft, RuleForm(draft=draft, initial=rule_initial(draft, now=timezone.now())))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save the draft."""
        draft = _draft(pk)
        form = RuleForm(request.POST, draft=draft)

        def save() -> RuleDraft:
            words = {name: form.cleaned_data.get(name) for name in ("title", "contact")}
            return services.change_draft(
                draft=draft, facts=form.facts(), by_id=self.by_id, now=timezone.now(), **words
            )

        return self.saved(request, form, save) or self._show(draft, form)

    def _show(self, draft: RuleDraft, form: RuleForm) -> HttpResponse:
        trail = [(str(draft), self.url("look", draft.pk))]
        return self.show(form, "แก้ไขร่าง", trail=trail, requirement=draft.requirement)


def _draft(pk: int) -> RuleDraft:
    rows = RuleDraft.objects.select_related(
        "requirement", "impact", "version", "made_by", "decided_by", "subject", "audience", "refresher"
    )
    return get_object_or_404(rows, pk=pk)


class DraftLook(DeskPage):
    """One draft: what it says, what it would change, and the decision."""

    template_name = "records/admin/draft.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The draft as it stands."""
        return self._show(_draft(pk), DecisionForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send, take back, withdraw, work out anew, take up again, approve or refuse."""
        draft = _draft(pk)
        form = DecisionForm(request.POST)
        named = next((name for name in ACTS if name in request.POST), None)
        if named is None or not form.is_valid():
            return self._show(draft, form)
        act, words = ACTS[named]
        try:
            said = Said(form.cleaned_data["note"], request.POST.get("read", ""))
            made = act(draft, self.by_id, said)
        except DomainError as error:
            blame(error, form)
            # What was refused may have worked out new numbers on the way.
            return self._show(_draft(pk), form)
        log(draft, "wagtail.edit", user=request.user)
        messages.success(request, words)
        return redirect(self.url("look", made.pk if isinstance(made, RuleDraft) else pk))

    def _show(self, draft: RuleDraft, form: DecisionForm) -> HttpResponse:
        requirement = draft.requirement
        return self.page(
            title=f"ร่าง {draft.code}",
            form=form,
            draft=draft,
            stamp=services.stamp(draft),
            page=draft_page.page_of(draft, now=timezone.now()),
            is_mine=draft.made_by_id == self.by_id,
            urls={
                "change": self.url("change", draft.pk),
                "people": self.url("people", draft.pk),
                "requirement": reverse("requirements:edit", args=[requirement.pk]) if requirement else "",
            },
        )


class Said(NamedTuple):
    """What comes with a button: a word, and the stamp of the page that was read."""

    note: str
    # Nothing is approved that does not say what was read.
    read: str


Act = Callable[[RuleDraft, int, Said], object]
ACTS: Mapping[str, tuple[Act, str]] = {
    "send": (
        lambda draft, by_id, _: services.send_draft(draft=draft, by_id=by_id, now=timezone.now()),
        "ส่งขออนุมัติแล้ว โปรดแจ้งผู้อื่นที่มีสิทธิกำหนดข้อกำหนดให้ตรวจ",
    ),
    "take_back": (
        lambda draft, by_id, _: services.take_back(draft=draft, by_id=by_id),
        "ดึงร่างกลับมาแล้ว แก้ไขและส่งใหม่ได้",
    ),
    "withdraw": (
        lambda draft, by_id, _: services.withdraw_draft(draft=draft, by_id=by_id),
        "ถอนร่างแล้ว ข้อกำหนดที่ใช้อยู่ไม่เปลี่ยน",
    ),
    "renew": (
        lambda draft, _by_id, _: services.renew_impact(draft=draft, now=timezone.now()),
        "เริ่มคำนวณผลกระทบใหม่แล้ว",
    ),
    "again": (
        lambda draft, by_id, _: services.propose_again(draft=draft, by_id=by_id, now=timezone.now()),
        "สร้างร่างใหม่จากรายการเดิมแล้ว",
    ),
    "approve": (
        lambda draft, by_id, said: services.approve_draft(
            draft=draft, by_id=by_id, now=timezone.now(), note=said.note, read=said.read
        ),
        "อนุมัติแล้ว ระบบจะใช้ข้อกำหนดนี้กับทุกคนตามวันที่มีผล",
    ),
    "refuse": (
        lambda draft, by_id, said: services.refuse_draft(
            draft=draft, by_id=by_id, now=timezone.now(), note=said.note
        ),
        "ไม่อนุมัติแล้ว ข้อกำหนดที่ใช้อยู่ไม่เปลี่ยน",
    ),
}


class DraftPeople(DeskPage):
    """The first few people whom a draft brings in or lets go, for whoever may see people. Each look is written down."""

    template_name = "records/admin/draft_people.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The names."""
        draft = _draft(pk)
        try:
            few = services.look_at_first_few(draft=draft, who=viewer(request), now=timezone.now())
        except NotFound as error:
            raise Http404 from error
        return self.page(
            title="รายชื่อส่วนแรก",
            trail=[(f"ร่าง {draft.code}", self.url("look", pk))],
            sides=[(few.entering, "ผู้ที่เข้าใหม่"), (few.leaving, "ผู้ที่พ้นจากข้อกำหนด")],
        )


class DraftIndex(generic.IndexView):  # type: ignore[misc]
    """Drafts, the newest first."""

    any_permission_required = ("add", "change")
    header_buttons = ()
    # A draft begins at its requirement, or at the list of requirements.
    add_url = None

    def get_base_queryset(self) -> "QuerySet[RuleDraft]":
        """With who made each, in one query."""
        return RuleDraft.objects.select_related("made_by")


class RuleDraftViewSet(DeskViewSet):
    """ร่างข้อกำหนด."""

    model = RuleDraft
    name = "rule-drafts"
    icon = "draft"
    menu_label = "ร่างและการอนุมัติ"
    menu_order = 15
    index_view_class = DraftIndex
    ordering = ("-pk",)
    list_per_page = 30
    pages = {
        "look": ("<int:pk>/", DraftLook),
        "change": ("change/<int:pk>/", DraftChange),
        "people": ("people/<int:pk>/", DraftPeople),
    }
    list_display = (
        TitleColumn("title", label="ข้อกำหนด", url_name="rule-drafts:look"),
        Column("code", label="รหัส", classname="desk-wide"),
        Column("kind", label="ชนิด", accessor=lambda one: "เปลี่ยนแปลง" if one.requirement_id else "ใหม่"),
        Column("state", label="สถานะ", accessor="get_state_display"),
        Column("effective", label="มีผลตั้งแต่", accessor=lambda one: format_date(one.effective_on, "short")),
        Column("by", label="ผู้เสนอ", accessor="made_by", classname="desk-wide"),
    )
