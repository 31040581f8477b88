"""Correcting a key, in Wagtail's admin: propose, see what it would change, approve as a second person, watch it being applied."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.log_actions import log

from quizzes import selectors
from quizzes.corrections import REKEYING
from quizzes.enums import CorrectionState, Kind, Remedy
from quizzes.forms import answers_from
from quizzes.forms_rows import area
from quizzes.models import KeyCorrection, QuestionVersion
from quizzes.services import approve_correction, propose_correction, refuse_correction
from sucharit.kernel.errors import DomainError
from sucharit.kernel.names import mask_name
from sucharit.theme.desk import DeskPage, DeskViewSet, blame, number_asked, repair

PAGE = 50
STEM_SHOWN = 80


class CorrectionForm(forms.Form):
    """What to do about a key that was wrong, and why."""

    remedy = forms.ChoiceField(label="วิธีแก้", choices=Remedy.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="เหตุผล",
        max_length=500,
        widget=area(3),
        help_text="ผู้เรียนที่เคยทำข้อนี้จะเห็นข้อความนี้ในหน้าผลของตน",
        error_messages={"required": "โปรดเขียนเหตุผล ผู้เรียนจะเห็นข้อความนี้"},
    )


class DecisionForm(forms.Form):
    """A word with a decision."""

    note = forms.CharField(label="หมายเหตุ", max_length=500, required=False, widget=area(2))


class CorrectKey(DeskPage):
    """Propose a correction of one version: the editor answers the question as it should have been answered."""

    template_name = "quizzes/admin/correct.html"
    submit_button_label = "เสนอแก้เฉลย"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The question with its old key filled in."""
        version = self._version(pk)
        return self._show(version, CorrectionForm(initial={"remedy": Remedy.NEW_KEY}), None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Start weighing, or say what is missing."""
        version = self._version(pk)
        form = CorrectionForm(request.POST)
        right = answers_from(request.POST).get(version.pk, ())
        if form.is_valid():
            try:
                made = propose_correction(
                    version=version,
                    remedy=form.cleaned_data["remedy"],
                    reason=form.cleaned_data["reason"],
                    right=right if form.cleaned_data["remedy"] in REKEYING else (),
                    by_id=self.by_id,
                    now=timezone.now(),
                )
            except DomainError as error:
                blame(error, form)
            else:
                log(version.question, "wagtail.edit", user=request.user)
                messages.success(request, "เสนอแก้เฉลยแล้ว ระบบกำลังตรวจว่าคะแนนของใครจะเปลี่ยน")
                return redirect("corrections:look", made.pk)
        repair(request)
        return self._show(version, form, right)

    def _version(self, pk: int) -> QuestionVersion:
        rows = QuestionVersion.objects.select_related("question").exclude(kind=Kind.LIKERT)
        return get_object_or_404(rows, pk=pk)

    def _show(
        self, version: QuestionVersion, form: CorrectionForm, right: Sequence[str] | None
    ) -> HttpResponse:
        return self.page(
            title=f"แก้เฉลย {version.question.code} ฉบับที่ {version.number}",
            trail=[(f"แก้ไขคำถาม {version.question.code}", self.url("edit", version.question_id))],
            form=form,
            version=version,
            item=selectors.to_rekey(version, right),
            open_correction=selectors.open_correction_of(version),
        )


class CorrectionIndex(generic.IndexView):  # type: ignore[misc]
    """Corrections, the newest first."""

    any_permission_required = ("add", "change")
    header_buttons = ()
    # A correction begins at the version that it is about.
    add_url = None

    def get_base_queryset(self) -> "QuerySet[KeyCorrection]":
        """With what each is about, in one query."""
        return KeyCorrection.objects.select_related("version__question", "proposed_by")


class CorrectionLook(DeskPage):
    """One correction: what it would change or has changed, and the decision."""

    template_name = "quizzes/admin/correction.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Facts, progress and the attempts that change."""
        return self._show(self._correction(pk), DecisionForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve or refuse."""
        correction = self._correction(pk)
        form = DecisionForm(request.POST)
        decide = approve_correction if "approve" in request.POST else refuse_correction
        if form.is_valid():
            try:
                decide(
                    correction=correction,
                    by_id=self.by_id,
                    now=timezone.now(),
                    note=form.cleaned_data["note"],
                )
            except DomainError as error:
                blame(error, form)
            else:
                log(correction.version.question, "wagtail.edit", user=request.user)
                words = (
                    "อนุมัติแล้ว ระบบเริ่มปรับคะแนนย้อนหลังภายใน 1 นาที"
                    if "approve" in request.POST
                    else "ไม่ดำเนินการแล้ว คะแนนทุกคนคงเดิม"
                )
                messages.success(request, words)
                return redirect(self.url("look", pk))
        return self._show(correction, form)

    def _correction(self, pk: int) -> KeyCorrection:
        rows = KeyCorrection.objects.select_related("version__question", "proposed_by", "decided_by")
        return get_object_or_404(rows, pk=pk)

    def _show(self, correction: KeyCorrection, form: DecisionForm) -> HttpResponse:
        newly = self.request.GET.get("show") == "new"
        start = number_asked(self.request.GET.get("after", "")) or 0
        changes = selectors.changes_of(correction, only_new_passes=newly, after=start, limit=PAGE + 1)
        shown = changes[:PAGE]
        version = correction.version
        return self.page(
            title=f"{version.question.code} ฉบับที่ {version.number}",
            form=form,
            correction=correction,
            sums=selectors.weighed(correction),
            key=selectors.keys_of(correction),
            changes=[
                (
                    one,
                    mask_name(
                        one.attempt.officer.title,
                        one.attempt.officer.first_name,
                        one.attempt.officer.last_name,
                    ),
                )
                for one in shown
            ],
            newly=newly,
            more=shown[-1].pk if len(changes) > PAGE else 0,
            is_working=correction.state in (CorrectionState.WEIGHING, CorrectionState.APPLYING),
            is_open=correction.state in (CorrectionState.WEIGHING, CorrectionState.WEIGHED),
            is_mine=correction.proposed_by_id == self.request.user.pk,
            percent=min(100, correction.seen * 100 // correction.total) if correction.total else 0,
            urls={
                "edit": reverse("questions:edit", args=[version.question_id]),
                "history": reverse("questions:history", args=[version.question_id]),
            },
        )


def _first_words(correction: KeyCorrection) -> str:
    return Truncator(" ".join(correction.version.stem.split())).chars(STEM_SHOWN)


class CorrectionViewSet(DeskViewSet):
    """การแก้เฉลย."""

    model = KeyCorrection
    name = "corrections"
    icon = "edit"
    menu_label = "การแก้เฉลย"
    menu_order = 50
    index_view_class = CorrectionIndex
    ordering = ("-pk",)
    list_per_page = 30
    pages = {"look": ("<int:pk>/", CorrectionLook)}
    list_display = (
        TitleColumn(
            "code",
            label="คำถาม",
            accessor=lambda one: f"{one.version.question.code} ฉบับที่ {one.version.number}",
            url_name="corrections:look",
            classname="title desk-code",
        ),
        Column("stem", label="ถ้อยคำ", accessor=_first_words, classname="desk-wide"),
        Column("remedy", label="วิธีแก้", accessor="get_remedy_display"),
        Column("state", label="สถานะ", accessor="get_state_display"),
        Column("by", label="ผู้เสนอ", accessor="proposed_by", classname="desk-wide"),
    )
