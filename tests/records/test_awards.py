"""The ledger: what an award copies (E1), that nothing changes it (E2, E4), and that one cause gives one award."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from sucharit.kernel.errors import DomainError, NotFound, Refused
from sucharit.kernel.immutability import trigger_names
from sucharit.officers.models import Agency, Officer
from sucharit.records import services
from sucharit.records.enums import Method
from sucharit.records.models import AwardEvent, Certificate, Edition, Subject
from tests.conftest import EVIDENCE, NOW, TODAY, enter
from tests.records.build import again, applied, complete, edition, transfer

pytestmark = pytest.mark.django_db


def row(award) -> dict:
    return AwardEvent.objects.filter(pk=award.pk).values().get()


@pytest.fixture
def award(world):
    return complete(
        world.somsri,
        key="one",
        score=4,
        max_score=5,
        attempt_ref="abc",
        evidence_ref="แฟ้ม 1",
        recorded_by_id=world.daruni.user_id,
        method=Method.CLASSROOM,
    )


def test_e1_the_snapshot_is_complete(world, award):
    kept = row(award)
    expected = {
        "kind": "award",
        "officer_id": world.somsri.pk,
        "title": "นาง",
        "first_name": "สมศรี",
        "last_name": "ใจดี",
        "personnel_type": "civil_servant",
        "agency_id": world.province.pk,
        "agency_code": "CDD-CMI",
        "agency_name": "สำนักงานพัฒนาชุมชนจังหวัดเชียงใหม่",
        "agency_chain": "กระทรวงมหาดไทย › กรมการพัฒนาชุมชน",
        "posting_id": world.somsri.postings.get().pk,
        "position_title": "นักวิชาการพัฒนาชุมชน",
        "position_type": "academic",
        "position_level": "K2",
        "subject_id": Subject.objects.get().pk,
        "edition_id": Edition.objects.get().pk,
        "subject_code": "ETH-1",
        "edition_number": 1,
        "edition_digest": Edition.objects.get().digest,
        "requirement_id": None,
        "period_id": None,
        "rule_version": None,
        "method": "classroom",
        "score": Decimal(4),
        "max_score": Decimal(5),
        "attempt_ref": "abc",
        "evidence_ref": "แฟ้ม 1",
        "completed_at": NOW,
        "recorded_at": NOW + timedelta(minutes=1),
        "recorded_by_id": world.daruni.user_id,
        "valid_until": None,
        "target_id": None,
        "reason_code": "",
        "reason": "",
        "effective_on": None,
    }
    assert {key: kept[key] for key in expected} == expected
    assert set(kept) - set(expected) == {"id", "idempotency_key", "salt"}
    assert len(kept["salt"]) == 32


def test_e1_the_requirement_and_its_rule_version_are_named(world):
    period = applied([world.community])
    services.save_requirement(code="R1", now=NOW, reason="เหตุใหม่")
    again(period)
    kept = row(complete(world.somsri))
    assert (kept["period_id"], kept["requirement_id"], kept["rule_version"]) == (
        period.pk,
        period.requirement_id,
        2,
    )


def test_e1_nothing_that_happens_later_touches_the_snapshot(world, award):
    before = row(award)
    transfer(world.somsri, world.treasury, on=TODAY + timedelta(days=1))
    Officer.objects.filter(pk=world.somsri.pk).update(first_name="สมใจ", last_name="แต่งงาน", title="นางสาว")
    Agency.objects.filter(pk=world.province.pk).update(name="ชื่อใหม่", code="NEW")
    Agency.objects.get(pk=world.province.pk).move(
        Agency.objects.get(pk=world.comptroller.pk), pos="last-child"
    )
    edition(digest="b" * 64, title="ชื่อวิชาใหม่", minutes=5)
    applied([world.community])
    assert row(award) == before
    assert Edition.objects.get(pk=award.edition_id).title == "มาตรฐานทางจริยธรรม"


def test_e1_the_person_is_taken_as_of_the_day_of_completion(world):
    transfer(world.somsri, world.treasury, on=TODAY)
    old = complete(world.somsri, at=NOW - timedelta(days=1), method=Method.IMPORTED)
    new = complete(world.somsri, at=NOW)
    assert (old.agency_code, new.agency_code) == ("CDD-CMI", "CGD-HR")
    assert (old.position_level, new.position_level) == ("K2", "K3")


# --- E2 -----------------------------------------------------------------------------------------------------


def _ledger(model: str, world):
    award = complete(world.somsri, key="one", score=1, max_score=2)
    Certificate.objects.create(serial="S", award=award, issued_at=NOW, pdf=b"%PDF", sha256="0" * 64)
    return {"AwardEvent": AwardEvent, "Edition": Edition, "Certificate": Certificate}[model].objects.get()


FIELDS = {"AwardEvent": ("score", 2), "Edition": ("title", "ใหม่"), "Certificate": ("pdf", b"other")}


def _sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "how", ["save", "update", "bulk_update", "raw update", "raw delete", "ORM delete", "F"]
)
@pytest.mark.parametrize("model", ["AwardEvent", "Edition", "Certificate"])
def test_e2_the_database_refuses_every_change(world, model, how):
    kept = _ledger(model, world)
    rows, table = type(kept).objects, type(kept)._meta.db_table
    field, value = FIELDS[model]
    setattr(kept, field, value)
    acts = {
        "save": kept.save,
        "update": lambda: rows.update(**{field: value}),
        "bulk_update": lambda: rows.bulk_update([kept], [field]),
        "raw update": lambda: _sql(f'UPDATE {table} SET "{field}" = %s', value),
        "raw delete": lambda: _sql(f"DELETE FROM {table}"),
        "ORM delete": lambda: rows.filter(pk=kept.pk)._raw_delete(rows.db),
        "F": lambda: rows.update(id=rows.get().pk + 5),
    }
    before = rows.values().get()
    with pytest.raises(DatabaseError), transaction.atomic():
        acts[how]()
    assert rows.values().get() == before


def test_e2_nor_for_a_superuser(world, award, signed_in):
    world.secretariat.is_superuser = True
    world.secretariat.save()
    client = signed_in(world.secretariat)
    for path in ("/admin/records/awardevent/", "/admin/snippets/records/awardevent/", "/django-admin/"):
        assert client.get(path).status_code in {302, 404}
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        AwardEvent.objects.all().delete()
    assert AwardEvent.objects.count() == 1


def _replace(table: str, columns: list[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table}"


def test_e2_replacing_a_row_is_refused_on_sqlite(world, award, is_postgresql):
    if is_postgresql:
        pytest.skip(
            "PostgreSQL has no INSERT OR REPLACE; ON CONFLICT DO UPDATE is an UPDATE and tested as one"
        )
    columns = [field.column for field in AwardEvent._meta.local_fields]
    for names in (columns, [name for name in columns if name != "id"]):
        with pytest.raises(DatabaseError), transaction.atomic():
            _sql(_replace("records_awardevent", names))
    assert AwardEvent.objects.get().pk == award.pk


def test_e2_replacing_is_refused_by_any_program_that_opens_the_file(world, award, is_postgresql):
    """Our own connections set recursive_triggers; somebody at a sqlite3 prompt does not."""
    if is_postgresql:
        pytest.skip("SQLite only")
    columns = [field.column for field in AwardEvent._meta.local_fields if field.column != "id"]
    _sql("PRAGMA recursive_triggers=OFF")
    try:
        with pytest.raises(DatabaseError), transaction.atomic():
            _sql(_replace("records_awardevent", columns))
    finally:
        _sql("PRAGMA recursive_triggers=ON")
    assert AwardEvent.objects.get().pk == award.pk


def test_e2_an_upsert_is_refused(world, award):
    columns = ", ".join(f.column for f in AwardEvent._meta.local_fields if f.column != "id")
    statement = (
        f"INSERT INTO records_awardevent ({columns}) SELECT {columns} FROM records_awardevent WHERE true "
        "ON CONFLICT (idempotency_key) DO UPDATE SET score = 1"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        _sql(statement)
    assert row(award)["score"] == 4


def test_e2_the_migrated_database_carries_every_guard(is_postgresql):
    from django.apps import apps

    tables = [apps.get_model(app, name)._meta.db_table for app, name in EVIDENCE]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger"
            if is_postgresql
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        found = {name for (name,) in cursor.fetchall()}
    for table in tables:
        assert set(trigger_names(table, connection.vendor)) <= found, table


def test_e2_the_table_is_not_truncated(world, award, is_postgresql):
    if not is_postgresql:
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError), transaction.atomic():
        _sql("TRUNCATE records_awardevent CASCADE")
    assert AwardEvent.objects.exists()


# --- E4 -----------------------------------------------------------------------------------------------------


def test_e4_what_an_award_rests_on_cannot_be_deleted(world, award):
    for thing in (
        Officer.objects.get(pk=world.somsri.pk),
        Subject.objects.get(),
        Edition.objects.get(),
        world.daruni.user,
    ):
        with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
            thing.delete()
    with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
        Agency.objects.get(pk=world.province.pk).delete()
    with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
        Agency.objects.get(pk=world.ministry.pk).delete()
    assert Agency.objects.filter(code="CDD-CMI").exists()


# --- one cause, one award -----------------------------------------------------------------------------------


def test_the_same_key_is_recorded_once(world):
    first = complete(world.somsri, key="k")
    second = complete(world.somsri, key="k", at=NOW + timedelta(days=1), score=1, max_score=1)
    assert first.pk == second.pk
    assert AwardEvent.objects.count() == 1
    assert second.completed_at == NOW


def test_the_same_key_moves_the_standing_once(world):
    period = applied([world.community])
    for _ in range(3):
        complete(world.somsri, key="k")
    from tests.records.build import counted, recounted

    assert counted(period) == recounted(period)


def test_e5_another_completion_is_another_award(world):
    period = applied([world.community])
    first = complete(world.somsri, key="a")
    second = complete(world.somsri, key="b", at=NOW + timedelta(days=2))
    assert first.pk != second.pk
    from tests.records.build import standing

    held = standing(world.somsri, period)
    assert (held.award_id, held.completed_at) == (first.pk, NOW), "the first one answered; nothing is reset"


def test_an_unknown_edition_or_a_day_without_posting_is_refused(world):
    with pytest.raises(NotFound):
        complete(world.somsri, edition_id=999_999)
    other = edition("OTHER")
    with pytest.raises(NotFound):
        complete(world.somsri, edition_id=other.pk)
    with pytest.raises(Refused):
        complete(world.somsri, at=datetime(2019, 1, 1, tzinfo=UTC))
    assert not AwardEvent.objects.exists()


def test_e16_the_database_refuses_what_is_recorded_before_it_happened(world, award):
    kept = row(award)
    kept |= {"id": None, "idempotency_key": "x", "recorded_at": kept["completed_at"] - timedelta(seconds=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardEvent.objects.create(**kept)


@pytest.mark.parametrize("score", [-1, 6])
def test_the_database_refuses_a_score_beyond_nought_and_full(world, award, score):
    kept = row(award) | {"id": None, "idempotency_key": "x", "score": Decimal(score)}
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardEvent.objects.create(**kept)


def test_a_score_without_a_full_score_is_refused(world, award):
    kept = row(award) | {"id": None, "idempotency_key": "x", "max_score": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        AwardEvent.objects.create(**kept)


def test_e16_a_completion_in_the_future_is_refused(world):
    """`recorded_at` is the server's clock (E9), never pushed forward to fit what was claimed."""
    with pytest.raises(DomainError):
        complete(world.somsri, at=NOW + timedelta(days=30), now=NOW)


def test_e9_recorded_at_is_the_server_s_instant(world):
    event = complete(world.somsri, at=NOW - timedelta(days=3), now=NOW)
    assert event.recorded_at == NOW


def test_e17_awards_stay_with_the_person(world, award):
    transfer(world.somsri, world.treasury, on=TODAY + timedelta(days=1))
    applied([world.community])
    from sucharit.records import selectors

    assert [event.pk for event in selectors.awards_of(world.somsri.pk)] == [award.pk]


def test_an_import_of_many_moves_every_count(world):
    people = [enter(f"คนที่{n}", "ทดสอบ", world.province) for n in range(12)]
    period = applied([world.community])
    for officer in people:
        complete(officer)
    from tests.records.build import counted, recounted

    assert counted(period) == recounted(period)
    assert counted(period)[world.province.pk, "on_time"] == 12
    assert again(period).pk == period.pk
