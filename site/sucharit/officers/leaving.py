"""People who left the service: their name is taken out of the register of people, and their account is closed."""

from collections.abc import Sequence
from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from sucharit.kernel.errors import NotFound, Refused
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers.models import Officer, RoleGrant, User

NAMELESS = "ผู้พ้นจากราชการ"


def hold(*, officer_ids: Sequence[int]) -> None:
    """Let nobody else decide about these people until this transaction ends: whoever comes meanwhile waits, then sees what was decided.

    Locked in the order of their ids, so that two who hold the same people never wait for each other. Not their keys, to which the rows
    of those refer who only learn. Call within a transaction.
    """
    list(Officer.objects.select_for_update(no_key=True).filter(pk__in=officer_ids).order_by("pk"))


def refuse_anonymising(*, officer_id: int, today: date) -> None:
    """Raise Refused where a name must stay: the person still serves, or it was taken out already."""
    officer = Officer.objects.filter(pk=officer_id).first()
    if officer is None:
        raise NotFound("officer_unknown", "ไม่พบประวัตินี้")
    if officer.left_service_on is None or officer.left_service_on > today:
        raise Refused("still_serving", "ปกปิดชื่อได้เฉพาะผู้ที่พ้นจากราชการแล้ว โปรดบันทึกวันที่พ้นจากราชการก่อน")
    if officer.first_name == NAMELESS:
        raise Refused("nameless_already", "ชื่อของประวัตินี้ถูกปกปิดแล้ว")


@transaction.atomic
def anonymise(*, officer_id: int, now: datetime) -> None:
    """Take the name, the hash of the national id and the account out. Postings stay, and so does every row of the ledger.

    What the ledger says of the person was sealed as it was written and is not touched. Raises Refused for whoever still serves.
    """
    hold(officer_ids=[officer_id])
    refuse_anonymising(officer_id=officer_id, today=local_date(now))
    officer = Officer.objects.select_related("user").get(pk=officer_id)
    user: User | None = officer.user
    officer.title, officer.first_name, officer.last_name = "", NAMELESS, officer.public_id[:6]
    officer.national_id_hash, officer.national_id_tail = None, ""
    officer.set_sort_key()
    officer.save()
    if user is None:
        return
    RoleGrant.objects.filter(user=user, ended_at__isnull=True).update(ended_at=now)
    EmailAddress.objects.filter(user=user).delete()
    user.groups.clear()
    user.email = f"closed-{officer.public_id}@closed.invalid"
    user.first_name, user.last_name, user.is_active = NAMELESS, "", False
    user.set_unusable_password()
    user.save()
