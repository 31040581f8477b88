"""Changing many questions at once in Wagtail's admin: the questions that the list shows, a look, then the change."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.log_actions import log

from quizzes import bulk, finding
from quizzes.enums import Difficulty
from quizzes.forms_admin import names_in
from quizzes.models import Question
from quizzes.viewsets_lookup import QuestionFilters
from sucharit.kernel.errors import DomainError
from sucharit.kernel.thai_calendar import format_date
from sucharit.theme.desk import DeskPage, blame, repair
from sucharit.theme.forms import ThaiDateField

# As many can be ticked one by one; of more, all that were found are changed.
TICKED = 100
NAMES = "คั่นด้วยเครื่องหมาย ;"


class BulkForm(forms.Form):
    """What is to change in every question; an empty field changes nothing."""

    topics = forms.CharField(label="เพิ่มหัวข้อ", required=False, max_length=400, help_text=NAMES)
    provisions = forms.CharField(label="เพิ่มบทบัญญัติ", required=False, max_length=400, help_text=NAMES)
    remove = forms.CharField(label="นำหัวข้อหรือบทบัญญัติออก", required=False, max_length=400, help_text=NAMES)
    difficulty = forms.ChoiceField(
        label="ระดับความยาก", required=False, choices=[("", "ไม่เปลี่ยน"), *Difficulty.choices]
    )
    review_on = ThaiDateField(label="กำหนดทบทวน", required=False, help_text="เว้นว่างถ้าไม่เปลี่ยน")
    clear_review = forms.BooleanField(label="ล้างกำหนดทบทวน", required=False)
    retire = forms.BooleanField(label="เลิกใช้", required=False)

    def clean_topics(self) -> list[str]:
        """The names, one by one."""
        return names_in(self.cleaned_data["topics"], "หัวข้อ")

    def clean_provisions(self) -> list[str]:
        """The names, one by one."""
        return names_in(self.cleaned_data["provisions"], "บทบัญญัติ")

    def clean_remove(self) -> list[str]:
        """The names, one by one."""
        return names_in(self.cleaned_data["remove"], "ชื่อ")

    def clean(self) -> dict[str, Any]:
        """A day and no day at once is no answer."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("review_on") and data.get("clear_review"):
            self.add_error("clear_review", "เลือกอย่างใดอย่างหนึ่ง: กำหนดวันใหม่ หรือล้างวันเดิม")
        return data

    def change(self) -> bulk.Change:
        """The change that a valid form asks for."""
        said = self.cleaned_data
        day = None if said["clear_review"] else said["review_on"] or ...
        names = {name: tuple(said[name]) for name in ("topics", "provisions", "remove")}
        return bulk.Change(**names, difficulty=said["difficulty"], review_on=day, retire=said["retire"])


def in_words(change: bulk.Change) -> list[str]:
    """A change as sentences."""
    said = [
        f"{what} {', '.join(names)}"
        for what, names in (
            ("เพิ่มหัวข้อ", change.topics),
            ("เพิ่มบทบัญญัติ", change.provisions),
            ("นำออก", change.remove),
        )
        if names
    ]
    if change.difficulty:
        said.append(f"ระดับความยากเป็น{Difficulty(change.difficulty).label}")
    if change.review_on is None:
        said.append("ล้างกำหนดทบทวน")
    elif change.review_on is not ...:
        said.append(f"กำหนดทบทวน {format_date(change.review_on)}")
    return [*said, *(["เลิกใช้"] if change.retire else [])]


class QuestionBulk(DeskPage):
    """The same change to the questions that were found, after a look at what will happen."""

    template_name = "quizzes/admin/bulk.html"
    submit_button_label = "ตรวจก่อนเปลี่ยน"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and the questions it would change."""
        found = self._found()
        return self._show(BulkForm(), found, {question.pk for question in found})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say what would change; change it once that is confirmed and still holds."""
        found = self._found()
        chosen = self._chosen(found)
        form = BulkForm(request.POST)
        if form.is_valid():
            change = form.change()
            sure = request.POST.get("sure") == _print(chosen)
            if not sure and chosen and not change.is_empty:
                if "sure" in request.POST:
                    messages.warning(request, "คำถามที่เลือกเปลี่ยนไประหว่างนี้ โปรดตรวจอีกครั้ง")
                return self._show(form, found, chosen, change)
            try:
                changed = bulk.change_questions(question_ids=chosen, change=change)
            except DomainError as error:
                blame(error, form)
            else:
                for question in changed:
                    log(question, "wagtail.edit", user=request.user)
                messages.success(request, f"เปลี่ยนแล้ว {len(changed):,} ข้อ จากที่เลือก {len(chosen):,} ข้อ")
                return redirect(f"{self.url('index')}?{request.GET.urlencode()}")
        repair(request)
        return self._show(form, found, chosen)

    def _found(self) -> Sequence[Question]:
        """What the list shows for the same address; one more than may be changed tells that it is too many."""
        rows = Question.objects.select_related("current").order_by("code")
        rows = QuestionFilters(self.request.GET, queryset=rows, request=self.request).qs
        typed = self.request.GET.get("q", "")
        return list(finding.with_words(rows, typed)[: bulk.MOST_QUESTIONS + 1])

    def _chosen(self, found: Sequence[Question]) -> set[int]:
        if len(found) > TICKED:
            return {question.pk for question in found}
        ticked = set(self.request.POST.getlist("only"))
        return {question.pk for question in found if str(question.pk) in ticked}

    def _show(
        self,
        form: BulkForm,
        found: Sequence[Question],
        chosen: set[int],
        change: bulk.Change | None = None,
    ) -> HttpResponse:
        return self.page(
            title="แก้ไขหลายข้อพร้อมกัน",
            form=form,
            found=found[:TICKED],
            total=len(found),
            chosen=chosen,
            is_ticked=len(found) <= TICKED,
            is_too_many=len(found) > bulk.MOST_QUESTIONS,
            most=bulk.MOST_QUESTIONS,
            words=in_words(change) if change else (),
            sure=_print(chosen) if change else "",
            back_url=f"{self.url('index')}?{self.request.GET.urlencode()}",
        )


def _print(chosen: set[int]) -> str:
    """The same for the same questions: what was confirmed is what is changed."""
    return hashlib.sha256(",".join(map(str, sorted(chosen))).encode()).hexdigest()
