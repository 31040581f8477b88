"""Forms of the admin for accounts and roles. People and agencies are typed, never picked from a list of all of them."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from wagtail.users.forms import UserCreationForm, UserEditForm

from sucharit.officers.enums import HrBody, Role
from sucharit.officers.models import Agency, RoleGrant, User
from sucharit.officers.services import is_address_taken, vouch_for_email

FIELDS = ("email", "first_name", "last_name", "is_active", "is_superuser")


class _AccountForm(forms.ModelForm):
    """What both account forms share: no password (its owner sets it by e-mail) and no groups (roles bring them)."""

    password_enabled = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "เจ้าของบัญชีตั้งรหัสผ่านเองจากลิงก์ “ลืมรหัสผ่าน” ที่ส่งไปยังอีเมลนี้"
        if "is_superuser" in self.fields:
            self.fields["is_superuser"].label = "ผู้ดูแลระบบ"
            self.fields["is_superuser"].help_text = "เปลี่ยนได้ทุกอย่างในระบบ รวมทั้งบัญชีและบทบาทของผู้อื่น"

    def clean_email(self) -> str:
        """The address in lower case; taken means taken in any case."""
        email = str(self.cleaned_data["email"]).lower()
        if is_address_taken(email, but_by=self.instance.pk):
            raise ValidationError("มีบัญชีที่ใช้อีเมลนี้แล้ว")
        return email

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's own signature
        """Store the account; a new one has no usable password, and its address counts as vouched for."""
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        user: User = super().save(commit)
        if commit:
            vouch_for_email(user=user)
        return user


class AccountCreationForm(_AccountForm, UserCreationForm):  # type: ignore[misc]
    """A new account for someone who is not in an agency's roster, such as an editor or an administrator."""

    class Meta(UserCreationForm.Meta):  # type: ignore[misc]
        fields = tuple(name for name in FIELDS if name != "is_active")


class AccountEditForm(_AccountForm, UserEditForm):  # type: ignore[misc]
    """An account's name, address and whether it may sign in."""

    class Meta(UserEditForm.Meta):  # type: ignore[misc]
        fields = FIELDS


class RoleGrantForm(forms.ModelForm):
    """Who is given which role, and over what."""

    email = forms.EmailField(label="อีเมลของผู้รับบทบาท")
    agency_code = forms.CharField(
        label="รหัสหน่วยงาน",
        required=False,
        max_length=40,
        help_text="ต้องระบุเมื่อให้บทบาทเจ้าหน้าที่บุคคลของหน่วยงาน สิทธิ์จะครอบคลุมหน่วยงานใต้สังกัดด้วย",
    )
    hr_body = forms.ChoiceField(
        label="องค์กรกลาง",
        required=False,
        choices=[("", "ไม่ระบุ"), *HrBody.choices],
        help_text="ต้องระบุเมื่อให้บทบาทองค์กรกลางบริหารงานบุคคล",
    )

    class Meta:
        model = RoleGrant
        fields = ("email", "role", "agency_code", "hr_body")

    def clean_email(self) -> str:
        """The address of an active account, kept as `self.user`."""
        self.user = (
            get_user_model().objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        )
        if self.user is None:
            raise ValidationError("ไม่พบบัญชีที่ใช้งานอยู่ของอีเมลนี้")
        return str(self.cleaned_data["email"])

    def clean_agency_code(self) -> str:
        """The code of an agency, kept as `self.agency`; empty for none."""
        code = str(self.cleaned_data["agency_code"]).strip()
        self.agency = Agency.objects.filter(code=code).first() if code else None
        if code and self.agency is None:
            raise ValidationError("ไม่พบหน่วยงานรหัสนี้")
        return code

    def clean(self) -> dict[str, Any]:
        """Each role with the reach it needs, and with no reach that it does not know."""
        data: dict[str, Any] = super().clean() or {}
        role, code, body = data.get("role"), data.get("agency_code"), data.get("hr_body")
        if role == Role.AGENCY_HR and not code and "agency_code" not in self.errors:
            self.add_error("agency_code", "โปรดระบุรหัสหน่วยงานที่จะดูแล")
        if role == Role.CENTRAL_HR and not body:
            self.add_error("hr_body", "โปรดเลือกองค์กรกลาง")
        if role and role != Role.AGENCY_HR and code:
            self.add_error("agency_code", "บทบาทนี้ไม่ได้ผูกกับหน่วยงาน โปรดเว้นว่าง")
        if role and role != Role.CENTRAL_HR and body:
            self.add_error("hr_body", "บทบาทนี้ไม่ได้ผูกกับองค์กรกลาง โปรดเลือก “ไม่ระบุ”")
        return data

    def _post_clean(self) -> None:
        # The row is written by `services.grant_role`, which knows what a complete grant is; there is no instance to check.
        return


class EndRoleForm(forms.ModelForm):
    """Nothing to fill in: the page says whose role ends, and the button ends it."""

    class Meta:
        model = RoleGrant
        fields = ()
