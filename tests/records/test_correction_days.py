"""A correction's day is held against what the award says after the corrections before it."""

from datetime import timedelta

import pytest
from django.db import connection

from sucharit.kernel.errors import Refused
from sucharit.kernel.immutability import allow_change_sql
from sucharit.records import corrections, guards
from sucharit.records.enums import ReasonCode
from sucharit.records.models import Certificate, Edition, RuleVersion
from tests.conftest import NOW, TODAY
from tests.records.build import complete
from tests.records.tampering import run

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_an_award_is_revoked_from_a_day_after_its_amended_one_only(world):
    said = {"reason_code": ReasonCode.RECORDED_WRONGLY, "reason": "ผิด", "actor_id": world.secretariat.pk}
    moved_back = complete(world.somsri, at=NOW)
    corrections.amend(award_id=moved_back.pk, completed_at=NOW - 9 * DAY, now=NOW + DAY, **said)
    corrections.revoke(award_id=moved_back.pk, effective_on=TODAY - 5 * DAY, now=NOW + DAY, **said)
    moved_on = complete(world.daruni, at=NOW)
    corrections.amend(award_id=moved_on.pk, completed_at=NOW + 5 * DAY, now=NOW + 9 * DAY, **said)
    with pytest.raises(Refused, match="ต้องไม่อยู่ก่อนวันที่สำเร็จ"):
        corrections.revoke(award_id=moved_on.pk, effective_on=TODAY + DAY, now=NOW + 9 * DAY, **said)


@pytest.mark.parametrize("model", [Edition, RuleVersion, Certificate])
def test_a_guard_that_is_gone_from_what_no_seal_holds_is_named(model):
    table = model._meta.db_table
    assert guards.missing() == []
    for statement in allow_change_sql(table, connection.vendor):
        run(statement)
    assert guards.missing()
    assert all(table in name for name in guards.missing())
