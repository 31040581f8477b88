"""The order of the ledger and the proof of it: positions, batches, their signatures and the keys.

Positions are given when a batch is sealed, after the rows were committed, so no reader that remembers a position can miss a row
that was committed late. All tables but `WaitingEntry` and `LedgerHead` are append-only.
"""

from django.db import models
from django.db.models import F, Q

from sucharit.records.models.ledger import AwardEvent, Decision

_ONE_SOURCE = Q(award__isnull=False, decision__isnull=True) | Q(award__isnull=True, decision__isnull=False)


class WaitingEntry(models.Model):
    """A row of the ledger that is committed and not yet sealed. Written beside it, removed by the batch that seals it."""

    award = models.OneToOneField(
        AwardEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="waiting"
    )
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="waiting"
    )

    class Meta:
        verbose_name = "รายการที่รอผนึก"
        verbose_name_plural = "รายการที่รอผนึก"
        constraints = (models.CheckConstraint(condition=_ONE_SOURCE, name="what_waits_is_one_row"),)

    def __str__(self) -> str:
        return f"{self.award_id or ''}/{self.decision_id or ''}"


class LedgerEntry(models.Model):
    """A sealed row: its gap-free position from 1, and the RFC 9162 leaf hash of what it said."""

    position = models.BigIntegerField(primary_key=True)
    award = models.OneToOneField(
        AwardEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="entry"
    )
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="entry"
    )
    leaf = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = "รายการที่ผนึกแล้ว"
        verbose_name_plural = "รายการที่ผนึกแล้ว"
        constraints = (
            models.CheckConstraint(condition=_ONE_SOURCE, name="what_is_sealed_is_one_row"),
            models.CheckConstraint(condition=Q(position__gte=1), name="positions_begin_at_one"),
        )

    def __str__(self) -> str:
        return str(self.position)


class SigningKey(models.Model):
    """The public half of a key that signs seals. Each key but the first is endorsed by the one before it."""

    key_id = models.CharField(max_length=16, primary_key=True)
    public_key = models.CharField(max_length=64, unique=True)
    # From this seal on; the statement that is endorsed names it.
    from_seal = models.BigIntegerField(unique=True)
    endorsed_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="endorses"
    )
    endorsement = models.CharField(max_length=128, blank=True)
    made_at = models.DateTimeField("สร้างเมื่อ")

    class Meta:
        verbose_name = "กุญแจผนึก"
        verbose_name_plural = "กุญแจผนึก"

    def __str__(self) -> str:
        return self.key_id


class Seal(models.Model):
    """One sealed batch: the positions it holds, the Merkle root over their leaves, chained to the batch before, signed.

    `previous` is the SHA-256 of the statement of the seal before (64 zeros for the first); `signature` is Ed25519 over this
    seal's statement. Hex throughout.
    """

    number = models.BigIntegerField(primary_key=True)
    first_position = models.BigIntegerField(unique=True)
    last_position = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    sealed_at = models.DateTimeField("ผนึกเมื่อ")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="seals")
    signature = models.CharField(max_length=128)

    class Meta:
        verbose_name = "ผนึก"
        verbose_name_plural = "ผนึก"
        constraints = (
            models.CheckConstraint(
                condition=Q(number__gte=1, first_position__gte=1, last_position__gte=F("first_position")),
                name="a_seal_holds_at_least_one_position",
            ),
        )

    def __str__(self) -> str:
        return str(self.number)


class LedgerHead(models.Model):
    """The end of the sealed ledger: one row, locked by whoever seals."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    seal = models.BigIntegerField(default=0)
    # SHA-256 of the statement of that seal; 64 zeros before the first.
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = "ปลายทะเบียน"
        verbose_name_plural = "ปลายทะเบียน"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="the_ledger_has_one_head"),)

    def __str__(self) -> str:
        return f"{self.seal}:{self.position}"
