"""Rules on their way: drafts that a second person approves, what they would change, and requirements that ask the same."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sucharit.records.enums import Cycle, DraftState
from sucharit.records.models.requirements import Requirement, RequirementPeriod, RuleVersion
from sucharit.records.models.subjects import Subject

OPEN_DRAFTS = (DraftState.DRAFT, DraftState.WAITING)


class RuleDraft(models.Model):
    """ร่างข้อกำหนด: what a requirement shall ask from a day on. Nobody is asked anything until a second person approves it.

    `rule` is what it asks word for word, with the audience as it stood when the draft was saved: what is previewed is what is
    approved, whatever is done to the audience meanwhile.
    """

    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts"
    )
    code = models.CharField("รหัส", max_length=30)
    title = models.CharField("ชื่อข้อกำหนด", max_length=200)
    contact = models.CharField("ติดต่อสอบถาม", max_length=200, blank=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    subjects: "models.ManyToManyField[Subject, Subject]" = models.ManyToManyField(
        Subject, related_name="+", blank=True
    )
    need = models.PositiveIntegerField(default=1)
    refresher = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    audience = models.ForeignKey("officers.Audience", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("เหตุที่ต้องเรียน")
    legal_basis = models.TextField("ฐานอำนาจ", blank=True)
    cycle = models.CharField("รอบ", max_length=20, choices=Cycle, default=Cycle.FISCAL_YEAR)
    due_month = models.PositiveSmallIntegerField(default=9)
    due_day = models.PositiveSmallIntegerField(default=30)
    due_days = models.PositiveIntegerField(null=True, blank=True)
    window_days = models.PositiveIntegerField(default=0)
    min_validity_months = models.PositiveIntegerField(default=0)
    grace_days = models.PositiveIntegerField(default=0)
    valid_months = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    effective_on = models.DateField("มีผลตั้งแต่")
    rule = models.JSONField()
    audience_name = models.CharField(max_length=150)
    state = models.CharField("สถานะ", max_length=20, choices=DraftState, default=DraftState.DRAFT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="ผู้เสนอ"
    )
    made_at = models.DateTimeField("เริ่มร่างเมื่อ")
    saved_at = models.DateTimeField("แก้ไขล่าสุดเมื่อ")
    sent_at = models.DateTimeField("ส่งขออนุมัติเมื่อ", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้พิจารณา",
    )
    decided_at = models.DateTimeField("พิจารณาเมื่อ", null=True, blank=True)
    note = models.TextField("หมายเหตุ", blank=True)
    version = models.OneToOneField(
        RuleVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="draft"
    )
    # When the requirement began to say what the version says: at approval, or on the day on which it takes effect.
    taken_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "ร่างข้อกำหนด"
        verbose_name_plural = "ร่างข้อกำหนด"
        indexes = (
            models.Index(
                fields=["id"],
                condition=Q(state="approved", taken_up_at__isnull=True),
                name="drafts_waiting_for_their_day",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state__in=["draft", "waiting"]),
                name="one_open_draft_per_requirement",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("made_by")),
                name="a_draft_is_decided_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "refused"], decided_by__isnull=False)
                | Q(state__in=["draft", "waiting", "withdrawn"], decided_by__isnull=True),
                name="a_decided_draft_says_who_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", version__isnull=False)
                | (~Q(state="approved") & Q(version__isnull=True)),
                name="an_approved_draft_is_a_version",
            ),
            models.CheckConstraint(
                condition=Q(taken_up_at__isnull=True) | Q(state="approved"),
                name="only_an_approved_draft_is_taken_up",
            ),
            models.CheckConstraint(condition=Q(need__gte=1), name="a_draft_asks_for_something"),
        )

    def __str__(self) -> str:
        return self.title


class RuleImpact(models.Model):
    """What a draft would change, in numbers: worked out person by person in pieces, resumable, kept with the time they are of.

    `cursor` is the last officer id that is done, `seen` how many people were looked at, `total` about how many there are.
    `counts`, `departments` and `both` are sums by name, tree path and requirement; `entering` and `leaving` the first few officers.
    """

    draft = models.OneToOneField(RuleDraft, on_delete=models.CASCADE, related_name="impact")
    on_day = models.DateField("ณ วันที่มีผล")
    rule_version = models.PositiveIntegerField(default=0)
    # The newest posting that there was at the beginning: a newer one makes the numbers old.
    newest_posting = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    departments = models.JSONField(default=dict)
    both = models.JSONField(default=dict)
    entering = models.JSONField(default=list)
    leaving = models.JSONField(default=list)
    started_at = models.DateTimeField("เริ่มคำนวณเมื่อ")
    finished_at = models.DateTimeField("คำนวณเสร็จเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "ผลกระทบของร่างข้อกำหนด"
        verbose_name_plural = "ผลกระทบของร่างข้อกำหนด"

    def __str__(self) -> str:
        return f"{self.draft_id} {self.seen}/{self.total}"


class Overlap(models.Model):
    """How many people two rounds of requirements that ask the same subject have in common, when it was counted. Renewed by the worker."""

    first = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="+")
    people = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = "ข้อกำหนดที่ซ้อนกัน"
        verbose_name_plural = "ข้อกำหนดที่ซ้อนกัน"
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="one_overlap_per_pair_of_rounds"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="an_overlap_names_two_rounds_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id} {self.people}"
