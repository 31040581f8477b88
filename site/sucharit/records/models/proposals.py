"""What the HR desk proposes, with its papers and its files. Nothing here is evidence: the ledger is written when one is applied."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sucharit.kernel import ids
from sucharit.records.enums import Method, ProposalKind, ProposalState, ReasonCode, RowState
from sucharit.records.models.ledger import AwardEvent, Decision
from sucharit.records.models.subjects import Subject

_DONE = (ProposalState.APPLYING, ProposalState.APPLIED, ProposalState.ANSWERED)


class Attachment(models.Model):
    """A paper that somebody handed in. Kept in the database, never in a folder that a web server could show."""

    public_id = models.CharField(max_length=16, unique=True, default=ids.new_public_id, editable=False)
    name = models.CharField("ชื่อไฟล์", max_length=120)
    kind = models.CharField("ชนิด", max_length=4)
    size = models.PositiveIntegerField("ขนาด (ไบต์)")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("แนบเมื่อ")

    class Meta:
        verbose_name = "ไฟล์แนบ"
        verbose_name_plural = "ไฟล์แนบ"

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """Something that is to be written into the ledger, or asked of HR, with who made it and who decided it.

    `officer` is null for a file. `agency` is the one whose HR it concerns. `payload` holds what the kind needs, as
    `records.acts` reads it. Whoever made it never decides it: the database refuses that.
    """

    public_id = models.CharField(max_length=16, unique=True, default=ids.new_public_id, editable=False)
    kind = models.CharField("เรื่อง", max_length=20, choices=ProposalKind)
    state = models.CharField("สถานะ", max_length=12, choices=ProposalState, default=ProposalState.DRAFT)
    officer = models.ForeignKey(
        "officers.Officer", on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    other = models.ForeignKey(
        "officers.Officer", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency = models.ForeignKey("officers.Agency", on_delete=models.PROTECT, related_name="+")
    # What it is about: an award, an earlier decision, an earlier file.
    award = models.ForeignKey(
        AwardEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    payload = models.JSONField(default=dict, blank=True)
    reason_code = models.CharField("เหตุผล", max_length=30, choices=ReasonCode, blank=True)
    reason = models.TextField("คำอธิบาย", blank=True)
    document = models.CharField("เอกสารอ้างอิง", max_length=200, blank=True)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    needs_second = models.BooleanField("ต้องมีผู้อนุมัติ", default=True)
    second_reason = models.CharField("เหตุที่ต้องมีผู้อนุมัติ", max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("เสนอเมื่อ")
    # The first of two approvals of what a learner asked for.
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    endorsed_at = models.DateTimeField("เห็นชอบเมื่อ", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("พิจารณาเมื่อ", null=True, blank=True)
    note = models.TextField("บันทึกของผู้พิจารณา", blank=True)
    # Of a file: how many of its rows are to be written or taken back, and how many are.
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField("เสร็จเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "รายการเสนอ"
        verbose_name_plural = "รายการเสนอ"
        indexes = (
            models.Index(fields=["agency", "-id"], name="proposals_of_an_agency"),
            models.Index(fields=["state", "-id"], name="proposals_by_state"),
            models.Index(fields=["made_by", "-id"], name="proposals_of_a_maker"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("made_by")),
                name="a_proposal_is_decided_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(endorsed_by__isnull=True)
                | (
                    ~Q(endorsed_by=F("made_by"))
                    & (Q(decided_by__isnull=True) | ~Q(endorsed_by=F("decided_by")))
                ),
                name="an_endorsement_is_a_third_persons",
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False) | ~Q(state__in=_DONE) | Q(decided_by__isnull=False),
                name="what_needs_a_second_person_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.REFUSED) | (Q(decided_by__isnull=False) & ~Q(note="")),
                name="a_refusal_says_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(officer__isnull=False)
                | Q(kind__in=(ProposalKind.IMPORT, ProposalKind.UNDO_IMPORT)),
                name="a_proposal_is_about_a_person_or_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=(ProposalKind.REVOKE, ProposalKind.REINSTATE, ProposalKind.AMEND))
                | Q(award__isnull=False),
                name="a_correction_is_proposed_of_an_award",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ProposalKind.MERGE) | (Q(other__isnull=False) & ~Q(other=F("officer"))),
                name="a_merge_is_proposed_of_two_people",
            ),
            models.UniqueConstraint(
                fields=["of"],
                condition=Q(kind=ProposalKind.UNDO_IMPORT)
                & ~Q(state__in=(ProposalState.REFUSED, ProposalState.WITHDRAWN)),
                name="one_undoing_of_a_file",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"


class ImportRow(models.Model):
    """One row of an imported file. A national id is never here: only its keyed hash, to find the person, and a masked tail.

    `problems` is a list of [column heading, sentence].
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("แถวที่")
    state = models.CharField("สถานะ", max_length=10, choices=RowState)
    problems = models.JSONField(default=list, blank=True)
    person_hash = models.CharField(max_length=64, blank=True)
    person_code = models.CharField("รหัสเจ้าหน้าที่", max_length=40, blank=True)
    person_shown = models.CharField("ผู้เรียน", max_length=40, blank=True)
    officer = models.ForeignKey(
        "officers.Officer", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject_code = models.CharField("รหัสรายวิชา", max_length=60, blank=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    completed_on = models.DateField("วันที่ผ่าน", null=True, blank=True)
    method = models.CharField("วิธี", max_length=20, choices=Method, blank=True)
    score = models.DecimalField("คะแนน", max_digits=7, decimal_places=2, null=True, blank=True)
    max_score = models.DecimalField("คะแนนเต็ม", max_digits=7, decimal_places=2, null=True, blank=True)
    evidence = models.CharField("หลักฐาน", max_length=150, blank=True)
    award = models.ForeignKey(
        AwardEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="imported_as"
    )

    class Meta:
        verbose_name = "แถวของไฟล์นำเข้า"
        verbose_name_plural = "แถวของไฟล์นำเข้า"
        indexes = (models.Index(fields=["proposal", "state", "number"], name="rows_of_a_file_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=["proposal", "number"], name="a_row_of_a_file_stands_once"),
            models.CheckConstraint(
                condition=~Q(state__in=(RowState.READY, RowState.APPLIED))
                | Q(officer__isnull=False, subject__isnull=False, completed_on__isnull=False),
                name="a_row_to_write_says_who_what_and_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.proposal_id}:{self.number}"
