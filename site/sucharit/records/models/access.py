"""What leaves the records, and who looked: certificates and the log of readers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from sucharit.records.enums import Access
from sucharit.records.models.ledger import AwardEvent


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


class CertificatePlace(models.Model):
    """Up to which sealed position certificates that were cut off have been looked for. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "การตามออกประกาศนียบัตร"
        verbose_name_plural = "การตามออกประกาศนียบัตร"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="there_is_one_certificate_place"),)

    def __str__(self) -> str:
        return str(self.position)
