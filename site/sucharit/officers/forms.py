"""allauth's forms in the words of the house. Only labels, hints and keyboard hints change; every check stays allauth's."""

from collections.abc import Mapping

from allauth.account.forms import AddEmailForm as AllauthAddEmailForm
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthPasswordAgainForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from allauth.account.forms import SetPasswordForm as AllauthSetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddWebAuthnForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as AllauthEditWebAuthnForm
from django import forms


def _say(form: forms.Form, labels: Mapping[str, str], hints: Mapping[str, str] | None = None) -> None:
    for name, label in labels.items():
        if name in form.fields:
            form.fields[name].label = label
            form.fields[name].widget.attrs.pop("placeholder", None)
            form.fields[name].help_text = (hints or {}).get(name, "")


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """E-mail, password, and whether to stay signed in on this device."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            {"login": "อีเมล", "password": "รหัสผ่าน", "remember": "จำการเข้าสู่ระบบไว้ในเครื่องนี้"},
            {"login": "อีเมลที่หน่วยงานลงทะเบียนไว้ให้คุณ"},
        )
        self.fields["login"].widget.attrs.update(
            autocomplete="username", inputmode="email", spellcheck="false"
        )


class AddEmailForm(AllauthAddEmailForm):  # type: ignore[misc]
    """The address that takes the place of the present one once it is confirmed."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"email": "อีเมลใหม่"}, {"email": "เราจะส่งรหัสไปที่อีเมลนี้เพื่อยืนยันว่าเป็นของคุณ"})


RULES_IN_WORDS = "อย่างน้อย 10 ตัวอักษร ไม่คล้ายชื่อหรืออีเมลของคุณ และไม่ใช่รหัสผ่านที่ใช้กันทั่วไป ประโยคสั้น ๆ ที่จำง่ายใช้ได้ดี"


class _PasswordForm(forms.Form):
    """A form with passwords: labels without doubles, and the rules in one sentence."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        labels = {
            "oldpassword": "รหัสผ่านปัจจุบัน",
            "password": "รหัสผ่าน",
            "password1": "รหัสผ่านใหม่",
            "password2": "รหัสผ่านใหม่อีกครั้ง",
        }
        _say(self, labels, {"password1": RULES_IN_WORDS})


class ChangePasswordForm(_PasswordForm, AllauthChangePasswordForm):  # type: ignore[misc]
    """The present password and a new one."""


class SetPasswordForm(_PasswordForm, AllauthSetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ResetPasswordKeyForm(_PasswordForm, AllauthResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, from the link in a letter."""


class PasswordAgainForm(_PasswordForm, AllauthPasswordAgainForm):  # type: ignore[misc]
    """The password once more, before something that matters."""


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]
    """Where the link is to be sent."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"email": "อีเมล"})


class _CodeForm(forms.Form):
    """A form that asks for a code: digits on a phone's keyboard, and nothing remembered by the browser."""

    code_label = "รหัส 6 หลักจากแอป"

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        _say(self, {"code": self.code_label})
        self.fields["code"].widget.attrs.update(
            inputmode="numeric", autocomplete="one-time-code", spellcheck="false"
        )


class AuthenticateForm(_CodeForm, AllauthAuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    code_label = "รหัสจากแอป หรือรหัสสำรอง"


class ReauthenticateForm(_CodeForm, AllauthReauthenticateForm):  # type: ignore[misc]
    """The second factor once more, before something that matters."""

    code_label = "รหัสจากแอป หรือรหัสสำรอง"


class ActivateTOTPForm(_CodeForm, AllauthActivateTOTPForm):  # type: ignore[misc]
    """The first code, which proves that the app was set up."""


class AddWebAuthnForm(AllauthAddWebAuthnForm):  # type: ignore[misc]
    """A new key and its name."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            {"name": "ชื่อกุญแจ", "passwordless": "ใช้เป็นพาสคีย์ เข้าสู่ระบบได้โดยไม่ต้องพิมพ์รหัสผ่าน"},
            {"passwordless": "กุญแจต้องยืนยันตัวคุณเองได้ด้วยลายนิ้วมือ ใบหน้า หรือรหัส PIN"},
        )


class EditWebAuthnForm(AllauthEditWebAuthnForm):  # type: ignore[misc]
    """The name of a key."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"name": "ชื่อกุญแจ"})
