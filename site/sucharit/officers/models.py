"""People and agencies.

The national id is never a key, a user name or part of an address: only a keyed hash is kept to match a person, with a
masked tail to show. A posting is dated, and whatever is awarded copies the posting of that day, so nothing here needs to
remember the past on behalf of the records. Do not read people from outside this app except through `selectors` and
`access`: the scope lives there.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from treebeard.mp_tree import MP_Node

from sucharit.kernel import ids, names, thai_text
from sucharit.officers.enums import (
    AgencyLevel,
    Area,
    HrBody,
    PersonnelType,
    PositionLevel,
    PositionType,
    Role,
)


class UserManager(BaseUserManager["User"]):
    """Accounts are known by e-mail address, whatever its case."""

    use_in_migrations = True

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account with this address, in any case."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """One account. Without a password none can be used to sign in until one is set."""
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """The account of the person who installs the platform."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """An account that signs in. Who the person is in the service is `Officer`."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("อีเมล", unique=True, error_messages={"unique": "มีบัญชีที่ใช้อีเมลนี้แล้ว"})
    is_demonstration = models.BooleanField("บัญชีสาธิต", default=False, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "บัญชีผู้ใช้"
        verbose_name_plural = "บัญชีผู้ใช้"
        # `unique` alone would let Somsri@ and somsri@ be two people, and sign-in would take either of them.
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_address_in_any_case",
                violation_error_message="มีบัญชีที่ใช้อีเมลนี้แล้ว",
            ),
        )

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Agency(MP_Node):  # type: ignore[misc]
    """หน่วยงาน: one node of the state, from ministry down to section. The path makes a subtree one range of an index."""

    code = models.CharField("รหัส", max_length=40, unique=True)
    public_id = models.CharField(max_length=16, unique=True, default=ids.new_public_id, editable=False)
    name = models.CharField("ชื่อหน่วยงาน", max_length=200)
    short_name = models.CharField("ชื่อย่อ", max_length=40, blank=True)
    level = models.CharField("ระดับ", max_length=2, choices=AgencyLevel)
    area = models.CharField("ราชการส่วน", max_length=20, choices=Area, default=Area.CENTRAL)
    hr_body = models.CharField("องค์กรกลางบริหารงานบุคคล", max_length=20, choices=HrBody, default=HrBody.OCSC)

    class Meta:
        verbose_name = "หน่วยงาน"
        verbose_name_plural = "หน่วยงาน"

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    """A person in the service of the state."""

    public_id = models.CharField(max_length=16, unique=True, default=ids.new_public_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="officer"
    )
    title = models.CharField("คำนำหน้าชื่อ", max_length=60, blank=True)
    first_name = models.CharField("ชื่อ", max_length=120, db_index=True)
    last_name = models.CharField("นามสกุล", max_length=120, db_index=True)
    sort_key = models.CharField(max_length=thai_text.SORT_KEY_LENGTH, editable=False, default="")
    national_id_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001 - none is many, a hash is one
    national_id_tail = models.CharField(max_length=24, blank=True, editable=False)
    personnel_type = models.CharField("ประเภทบุคลากร", max_length=30, choices=PersonnelType)
    entered_service_on = models.DateField("วันที่รับราชการ", null=True, blank=True)
    left_service_on = models.DateField("วันที่พ้นจากราชการ", null=True, blank=True)

    class Meta:
        verbose_name = "เจ้าหน้าที่ของรัฐ"
        verbose_name_plural = "เจ้าหน้าที่ของรัฐ"
        indexes = (models.Index(fields=["sort_key", "id"], name="officer_by_thai_order"),)
        constraints = (
            models.UniqueConstraint(
                fields=["national_id_hash"],
                condition=Q(national_id_hash__isnull=False),
                name="one_officer_per_national_id",
            ),
            models.CheckConstraint(
                condition=Q(left_service_on__isnull=True)
                | Q(entered_service_on__isnull=True)
                | Q(left_service_on__gte=models.F("entered_service_on")),
                name="an_officer_leaves_after_entering",
            ),
        )

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Title, first and last name as Thai documents print them."""
        return names.full_name(self.title, self.first_name, self.last_name)

    def set_sort_key(self) -> None:
        """Recompute the Royal Institute order; every writer of a name calls this."""
        self.sort_key = thai_text.sort_key(f"{self.first_name} {self.last_name}")


class Posting(models.Model):
    """การดำรงตำแหน่ง: where an officer works, from one day to another. `ends_on` is the last day; none means still there."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="postings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="postings")
    position_title = models.CharField("ตำแหน่ง", max_length=150)
    position_type = models.CharField("ประเภทตำแหน่ง", max_length=20, choices=PositionType)
    position_level = models.CharField(
        "ระดับตำแหน่ง", max_length=4, choices=PositionLevel, default=PositionLevel.NONE
    )
    starts_on = models.DateField("ตั้งแต่วันที่")
    ends_on = models.DateField("ถึงวันที่", null=True, blank=True)
    # When it became known here: one known later than it began changes what was said of the days between (rule E17).
    recorded_at = models.DateTimeField("บันทึกเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "การดำรงตำแหน่ง"
        verbose_name_plural = "การดำรงตำแหน่ง"
        indexes = (models.Index(fields=["agency", "officer"], name="posting_by_agency"),)
        constraints = (
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ends_on__isnull=True), name="one_open_posting_per_officer"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="a_posting_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position_title} {self.agency_id}"

    def covers(self, day: date) -> bool:
        """Whether the officer held this posting on that day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Moved(models.Model):
    """That an officer's postings changed: a note for whoever derives something from them, who removes it when that is done."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "การเปลี่ยนตำแหน่งที่รอประมวลผล"
        verbose_name_plural = "การเปลี่ยนตำแหน่งที่รอประมวลผล"

    def __str__(self) -> str:
        return str(self.officer_id)


class RoleGrant(models.Model):
    """A role somebody holds, over a subtree where the role needs one, until it is ended. Never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField("บทบาท", max_length=20, choices=Role)
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="role_grants",
        verbose_name="หน่วยงาน",
    )
    hr_body = models.CharField("องค์กรกลาง", max_length=20, choices=HrBody, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField("ให้เมื่อ")
    ended_at = models.DateTimeField("สิ้นสุดเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "บทบาท"
        verbose_name_plural = "บทบาท"
        constraints = (
            models.CheckConstraint(
                condition=~Q(role=Role.AGENCY_HR) | Q(agency__isnull=False), name="agency_hr_has_an_agency"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.CENTRAL_HR) | ~Q(hr_body=""), name="central_hr_has_a_body"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "agency"],
                condition=Q(ended_at__isnull=True, agency__isnull=False),
                name="one_open_grant_of_a_role_per_agency",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "hr_body"],
                condition=Q(ended_at__isnull=True, agency__isnull=True),
                name="one_open_grant_of_a_role_without_agency",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.agency_id or ''}"


class Audience(models.Model):
    """กลุ่มเป้าหมาย: one saved rule about people, used by requirements and campaigns alike. Empty lists mean "any"."""

    name = models.CharField("ชื่อกลุ่ม", max_length=150, unique=True)
    agencies: "models.ManyToManyField[Agency, Agency]" = models.ManyToManyField(
        Agency, blank=True, related_name="+", verbose_name="หน่วยงาน (รวมหน่วยงานใต้สังกัด)"
    )
    personnel_types = models.JSONField("ประเภทบุคลากร", default=list, blank=True)
    position_types = models.JSONField("ประเภทตำแหน่ง", default=list, blank=True)
    position_levels = models.JSONField("ระดับตำแหน่ง", default=list, blank=True)
    newly_appointed_days = models.PositiveIntegerField(
        "บรรจุใหม่ภายใน (วัน)", null=True, blank=True, help_text="เว้นว่างไว้ถ้าไม่จำกัดเฉพาะผู้บรรจุใหม่"
    )

    class Meta:
        verbose_name = "กลุ่มเป้าหมาย"
        verbose_name_plural = "กลุ่มเป้าหมาย"

    def __str__(self) -> str:
        return self.name
