"""The evidence: what was completed, by whom, as who they were that day, and under which rule.

`AwardEvent` is append-only. The database itself refuses to change or delete one (see the migration), so a correction is
always a new event. `Standing` and `Coverage` are projections: they may be thrown away and rebuilt from the events, the
requirements and the postings. Nothing here knows a course: a course announces itself as a `Subject` with `Edition`s.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from sucharit.kernel import thai_text
from sucharit.records.enums import Access, AwardKind, Method, State, SubjectKind


class Subject(models.Model):
    """Something that can be completed, known by a code that HR systems keep."""

    code = models.CharField("รหัสรายวิชา", max_length=30, unique=True)
    kind = models.CharField(max_length=20, choices=SubjectKind, default=SubjectKind.COURSE)
    title = models.CharField("ชื่อรายวิชา", max_length=200)
    retired_at = models.DateTimeField("เลิกใช้เมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "รายวิชาในทะเบียน"
        verbose_name_plural = "รายวิชาในทะเบียน"

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Edition(models.Model):
    """One content version of a subject, told apart by the digest of all that a learner could read and be asked. Immutable."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField("ฉบับที่")
    title = models.CharField("ชื่อรายวิชา", max_length=200)
    minutes = models.PositiveIntegerField("เวลาเรียน (นาที)")
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField("เผยแพร่เมื่อ")

    class Meta:
        verbose_name = "ฉบับของรายวิชา"
        verbose_name_plural = "ฉบับของรายวิชา"
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "number"], name="editions_are_numbered_once_per_subject"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject_id} ฉบับที่ {self.number}"

    @property
    def hours(self) -> Decimal:
        """Hours with one decimal, as certificates print them."""
        return (Decimal(self.minutes) / 60).quantize(Decimal("0.1"))


class Requirement(models.Model):
    """ข้อกำหนดการเรียน: an audience must complete a subject once in each Thai fiscal year, by one day of it."""

    code = models.CharField("รหัส", max_length=30, unique=True)
    title = models.CharField("ชื่อข้อกำหนด", max_length=200)
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="requirements", verbose_name="รายวิชา"
    )
    audience = models.ForeignKey(
        "officers.Audience", on_delete=models.PROTECT, related_name="+", verbose_name="กลุ่มเป้าหมาย"
    )
    reason = models.TextField("เหตุที่ต้องเรียน", help_text="ประโยคที่ผู้เรียนจะเห็น เช่น ต้องเรียนตามแผนของหน่วยงาน")
    legal_basis = models.TextField("ฐานอำนาจ", blank=True, help_text="คำสั่ง หนังสือเวียน หรือแผนที่ใช้อ้างอิง")
    contact = models.CharField("ติดต่อสอบถาม", max_length=200, blank=True)
    due_month = models.PositiveSmallIntegerField(
        "เดือนที่ครบกำหนด", default=9, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    due_day = models.PositiveSmallIntegerField(
        "วันที่ครบกำหนด", default=30, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    rule_version = models.PositiveIntegerField(default=1, editable=False)
    # What the audience said when it was last applied: an audience that changes changes the rule.
    audience_digest = models.CharField(max_length=64, blank=True, editable=False)
    is_active = models.BooleanField("ใช้อยู่", default=True)

    class Meta:
        verbose_name = "ข้อกำหนดการเรียน"
        verbose_name_plural = "ข้อกำหนดการเรียน"

    def __str__(self) -> str:
        return self.title


class RequirementPeriod(models.Model):
    """One fiscal year of a requirement, with its own dates."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="periods")
    fiscal_year = models.PositiveIntegerField("ปีงบประมาณ (พ.ศ.)")
    opens_on = models.DateField("เปิดรอบ")
    due_on = models.DateField("ครบกำหนด")
    closes_on = models.DateField("ปิดรอบ")
    # The version of the rule whose audience the list of people follows; the dates are those of the opening.
    rule_version = models.PositiveIntegerField(default=1)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "รอบของข้อกำหนด"
        verbose_name_plural = "รอบของข้อกำหนด"
        constraints = (
            models.UniqueConstraint(fields=["requirement", "fiscal_year"], name="one_period_per_fiscal_year"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on"), due_on__lte=F("closes_on")),
                name="a_period_is_due_inside_itself",
            ),
        )

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.fiscal_year}"


class AwardEvent(models.Model):
    """One line of the ledger (rules E1, E2): who completed what, as who they were that day. Never updated, never deleted.

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
    position_title = models.CharField("ตำแหน่ง", max_length=150)
    position_type = models.CharField("ประเภทตำแหน่ง", max_length=20)
    position_level = models.CharField("ระดับตำแหน่ง", max_length=4)
    # What was completed, and under which rule.
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="award_events")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="award_events")
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
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject_id} {self.officer_id}"


class LearningStart(models.Model):
    """That somebody began, or came back to, a subject in a fiscal year: what "in progress" rests on."""

    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="learning_starts")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveIntegerField("ปีงบประมาณ (พ.ศ.)")
    started_at = models.DateTimeField("เริ่มเรียนเมื่อ")

    class Meta:
        verbose_name = "การเริ่มเรียน"
        verbose_name_plural = "การเริ่มเรียน"
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "subject", "fiscal_year"], name="one_start_per_person_subject_and_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} {self.subject_id} {self.fiscal_year}"


class Standing(models.Model):
    """Where one person stands in one period. A projection: rebuilt at will, never evidence.

    `agency_path` and `sort_key` are copied so that one index serves the HR list in the order it is read.
    """

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="standings")
    officer = models.ForeignKey("officers.Officer", on_delete=models.PROTECT, related_name="standings")
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    agency_path = models.CharField(max_length=255)
    sort_key = models.CharField(max_length=thai_text.SORT_KEY_LENGTH)
    # False for someone who has completed and then left the audience: kept (rule E18), no longer counted or listed.
    in_scope = models.BooleanField(default=True)
    state = models.CharField("สถานะ", max_length=20, choices=State, default=State.NOT_STARTED)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    award = models.ForeignKey(AwardEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "สถานะการเรียน"
        verbose_name_plural = "สถานะการเรียน"
        indexes = (
            models.Index(
                fields=["period", "agency_path", "sort_key", "id"], name="standing_in_reading_order"
            ),
            models.Index(
                fields=["period", "state", "agency_path", "sort_key", "id"], name="standing_by_state_in_order"
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["officer", "period"], name="one_standing_per_person_and_period"),
            models.CheckConstraint(
                condition=Q(state__in=["not_started", "in_progress"], award__isnull=True)
                | Q(state__in=["on_time", "late"], award__isnull=False),
                name="a_completion_rests_on_an_award",
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} {self.period_id} {self.state}"


class Coverage(models.Model):
    """How many people of one agency stand in one state of one period: a ministry's figure is a sum over its agencies."""

    period = models.ForeignKey(RequirementPeriod, on_delete=models.CASCADE, related_name="coverage")
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    agency_path = models.CharField(max_length=255)
    state = models.CharField(max_length=20, choices=State)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "ความครอบคลุม"
        verbose_name_plural = "ความครอบคลุม"
        indexes = (models.Index(fields=["period", "agency_path"], name="coverage_of_a_subtree"),)
        constraints = (
            models.UniqueConstraint(
                fields=["period", "agency", "state"], name="one_count_per_agency_and_state"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency_path} {self.state} {self.people}"


class AccessEntry(models.Model):
    """Who looked at whose record, or took a list of an agency's people (rule E25). Append-only, and shown to the person."""

    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    what = models.CharField("สิ่งที่ทำ", max_length=12, choices=Access)
    officer = models.ForeignKey(
        "officers.Officer", on_delete=models.PROTECT, null=True, blank=True, related_name="access_entries"
    )
    agency = models.ForeignKey(
        "officers.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField("เมื่อ")

    class Meta:
        verbose_name = "การเข้าดูประวัติ"
        verbose_name_plural = "การเข้าดูประวัติ"
        indexes = (models.Index(fields=["officer", "-at"], name="access_to_a_person"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(what="person", officer__isnull=False) | Q(what="export", agency__isnull=False),
                name="an_access_entry_says_of_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.viewer_id} {self.what} {self.officer_id or self.agency_id}"


class Certificate(models.Model):
    """The document a person keeps: immutable bytes under a serial that anyone may check. Made once per award."""

    serial = models.CharField("เลขที่", max_length=24, unique=True)
    award = models.OneToOneField(AwardEvent, on_delete=models.PROTECT, related_name="certificate")
    issued_at = models.DateTimeField("ออกเมื่อ")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = "ประกาศนียบัตร"
        verbose_name_plural = "ประกาศนียบัตร"

    def __str__(self) -> str:
        return self.serial
