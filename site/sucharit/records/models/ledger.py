"""The evidence: what was completed, by whom, as who they were that day, under which rule, and what was decided about a person.

`AwardEvent` and `Decision` are append-only: the database itself refuses to change or delete a row (see the migrations), so a
correction is always a new row. Each row enters one sequence, in the order in which rows were committed (`models.seals`).
"""

from secrets import token_hex

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sucharit.records.enums import AwardKind, DecisionKind, ExemptionKind, Method, ReasonCode
from sucharit.records.models.requirements import Requirement, RequirementPeriod
from sucharit.records.models.subjects import Edition, Subject


def new_salt() -> str:
    """128 random bits in hex."""
    return token_hex(16)


class AwardEvent(models.Model):
    """One line of the ledger (rules E1, E2): who completed what, as who they were that day. Never updated, never deleted.

    A correction is a row of another kind that names the award it is about as its `target` and states the award anew in full:
    `revoke` (with `effective_on` from that day, without it as though it had never been), `reinstate` (the revocation no longer
    counts), `amend` (what this row says takes the place of what the award said), `supersede` (it ends on `effective_on`).

    The snapshot is copied, not joined: a transfer, a rename or a merged agency later changes nothing here.
    `idempotency_key` makes one cause give one award, whatever is retried.
    """

    kind = models.CharField(max_length=20, choices=AwardKind, default=AwardKind.AWARD)
    idempotency_key = models.CharField(max_length=80, unique=True)
    # The person, and the person as of that day.
    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="award_events")
    title = models.CharField("คำนำหน้าชื่อ", max_length=60, blank=True)
    first_name = models.CharField("ชื่อ", max_length=120)
    last_name = models.CharField("นามสกุล", max_length=120)
    personnel_type = models.CharField("ประเภทบุคลากร", max_length=30)
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    agency_code = models.CharField(max_length=40)
    agency_name = models.CharField("หน่วยงาน", max_length=200)
    agency_chain = models.TextField("สังกัด", blank=True)
    posting = models.ForeignKey(
        "officers.Posting", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    position_title = models.CharField("ตำแหน่ง", max_length=150)
    position_type = models.CharField("ประเภทตำแหน่ง", max_length=20)
    position_level = models.CharField("ระดับตำแหน่ง", max_length=4)
    # What was completed, and under which rule.
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="award_events")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="award_events")
    # Copied, so that the row says by itself what was learned: these are what is sealed.
    subject_code = models.CharField(max_length=30)
    edition_number = models.PositiveIntegerField()
    edition_digest = models.CharField(max_length=64)
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, blank=True, related_name="award_events"
    )
    period = models.ForeignKey(
        RequirementPeriod, on_delete=models.PROTECT, null=True, blank=True, related_name="award_events"
    )
    rule_version = models.PositiveIntegerField(null=True, blank=True)
    # How.
    method = models.CharField("วิธี", max_length=20, choices=Method)
    score = models.DecimalField("คะแนน", max_digits=7, decimal_places=2, null=True, blank=True)
    max_score = models.DecimalField("คะแนนเต็ม", max_digits=7, decimal_places=2, null=True, blank=True)
    attempt_ref = models.CharField(max_length=40, blank=True)
    evidence_ref = models.CharField(max_length=200, blank=True)
    completed_at = models.DateTimeField("สำเร็จเมื่อ")
    recorded_at = models.DateTimeField("บันทึกเมื่อ")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    valid_until = models.DateField("ใช้ได้ถึง", null=True, blank=True)
    # What a correction is about, why, and from when.
    target = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    reason_code = models.CharField("เหตุผล", max_length=30, choices=ReasonCode, blank=True)
    reason = models.TextField("คำอธิบาย", blank=True)
    effective_on = models.DateField("มีผลตั้งแต่", null=True, blank=True)
    # Mixed into the digest of what is private, so that a published proof cannot be searched for a name. Hex.
    salt = models.CharField(max_length=32, default=new_salt, editable=False)

    class Meta:
        verbose_name = "เหตุการณ์ในทะเบียน"
        verbose_name_plural = "เหตุการณ์ในทะเบียน"
        indexes = (models.Index(fields=["officer", "-completed_at"], name="awards_of_a_person"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(completed_at__lte=F("recorded_at")), name="an_award_is_recorded_after_it_happened"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True)
                | Q(max_score__isnull=False, score__gte=0, score__lte=F("max_score")),
                name="a_score_lies_between_zero_and_full",
            ),
            models.CheckConstraint(
                condition=Q(kind=AwardKind.AWARD, target__isnull=True)
                | (
                    ~Q(kind=AwardKind.AWARD)
                    & Q(target__isnull=False, recorded_by__isnull=False)
                    & ~Q(reason_code="")
                ),
                name="a_correction_says_of_what_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(kind=AwardKind.SUPERSEDE) | Q(effective_on__isnull=False),
                name="what_is_superseded_ends_on_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject_id} {self.officer_id}"


class Decision(models.Model):
    """Something that was decided about one person and changes where they stand, without a completion. Append-only.

    `exempt` and `extend` are about a requirement (one period of it where `period` is given) and are taken back by a row of kind
    `end` whose `target` they are; `merge` says that `other` is the same person as `officer` from `recorded_at` on (rule E19).
    """

    kind = models.CharField(max_length=20, choices=DecisionKind)
    idempotency_key = models.CharField(max_length=80, unique=True)
    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="decisions")
    other = models.ForeignKey(
        "officers.Officer", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_into"
    )
    target = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="ends")
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    period = models.ForeignKey(
        RequirementPeriod, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    exemption = models.CharField("ประเภทการยกเว้น", max_length=20, choices=ExemptionKind, blank=True)
    # The days of an exemption; the last day of one that ends.
    starts_on = models.DateField("ตั้งแต่วันที่", null=True, blank=True)
    until_on = models.DateField("ถึงวันที่", null=True, blank=True)
    # The new due day of an extension, and the one it takes the place of (rule E8).
    due_on = models.DateField("กำหนดใหม่", null=True, blank=True)
    original_due_on = models.DateField("กำหนดเดิม", null=True, blank=True)
    reason_code = models.CharField("เหตุผล", max_length=30, choices=ReasonCode, blank=True)
    reason = models.TextField("คำอธิบาย")
    document = models.CharField("เอกสารอ้างอิง", max_length=200, blank=True)
    # The person and their agency as they stood that day.
    full_name = models.CharField("ชื่อ", max_length=300)
    agency_code = models.CharField(max_length=40, blank=True)
    agency_name = models.CharField("หน่วยงาน", max_length=200, blank=True)
    recorded_at = models.DateTimeField("บันทึกเมื่อ")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    salt = models.CharField(max_length=32, default=new_salt, editable=False)

    class Meta:
        verbose_name = "คำวินิจฉัยเกี่ยวกับบุคคล"
        verbose_name_plural = "คำวินิจฉัยเกี่ยวกับบุคคล"
        indexes = (models.Index(fields=["officer", "kind"], name="decisions_about_a_person"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("recorded_by")),
                name="a_decision_is_approved_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.EXEMPT)
                | (Q(requirement__isnull=False, starts_on__isnull=False) & ~Q(exemption="")),
                name="an_exemption_says_from_what_and_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.EXTEND)
                | Q(period__isnull=False, due_on__isnull=False, due_on__gt=F("original_due_on")),
                name="an_extension_moves_the_due_day_forward",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.MERGE) | (Q(other__isnull=False) & ~Q(other=F("officer"))),
                name="a_merge_links_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.END) | Q(target__isnull=False),
                name="what_ends_a_decision_names_it",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.officer_id}"
