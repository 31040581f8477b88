"""The proof: no query, table, export, log or session joins an answer of attitude to a person."""

import hashlib
import json
import logging
import re
import uuid

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from quizzes.attitude_results import publish_due
from quizzes.attitudes import questionnaire
from quizzes.enums import Wave
from quizzes.models import AttitudeAnswer, AttitudeResult
from quizzes.pseudonyms import pseudonym
from tests.attitudes.build import CLOSED, PLACE, crowd, instrument, say
from tests.conftest import NOW
from tests.courses.build import read_all, start
from tests.quizzes.build import right_answers

pytestmark = pytest.mark.django_db

URL = "/learn/ETH-1/attitude/before/"
ANSWERS = AttitudeAnswer._meta.db_table
# Tables that know a person: officers, accounts, sessions, attempts, enrolments, awards, and what hangs on them.
PEOPLE = re.compile(
    r'"(officers_(?:officer|user|posting|rolegrant)\w*|auth_\w+|account_\w+|mfa_\w+|usersessions_\w+|django_session'
    r'|quizzes_(?:attempt|response|accommodation)|courses_(?:enrolment|lessonprogress)|records_\w+|wagtailcore_\w*log\w*)"'
)


def sent(held, point: int = 4) -> dict[str, str]:
    return {f"s{pk}": str(point) for pk, _ in questionnaire(held.pk).statements}


def test_no_foreign_key_leads_from_an_answer_or_to_one():
    relations = [field for field in AttitudeAnswer._meta.get_fields(include_hidden=True) if field.is_relation]
    assert relations == []
    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and field.related_model is AttitudeAnswer
    ]
    assert pointing == []
    # The database itself says the same.
    with connection.cursor() as cursor:
        assert connection.introspection.get_relations(cursor, ANSWERS) == {}


def test_no_time_is_kept_with_an_answer_but_the_fiscal_year():
    kinds = {type(field) for field in AttitudeAnswer._meta.fields}
    assert not kinds & {models.DateField, models.DateTimeField, models.TimeField, models.DurationField}
    assert not kinds & {models.BigAutoField, models.AutoField}, "no number that counts up"
    assert {field.name for field in AttitudeAnswer._meta.fields} == {
        "id",
        "instrument",
        "context",
        "wave",
        "pseudonym",
        "fiscal_year",
        "group",
        "answers",
    }
    assert not {type(field) for field in AttitudeResult._meta.fields if "Date" in type(field).__name__}


def whole_database(*, but: str) -> str:
    """Every cell of every table as text, but one table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != but:
                cursor.execute(f'SELECT * FROM "{table}"')
                found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_other_table_holds_a_pseudonym_or_knows_who_took_part(place, held, somsri):
    somsri.get(URL)  # whatever the first visit of a session writes
    before = whole_database(but=ANSWERS)
    assert somsri.post(URL, sent(held)).status_code == 302
    name = AttitudeAnswer.objects.get().pseudonym
    after = whole_database(but=ANSWERS)
    assert name not in after
    # All that changed anywhere else is that somebody has answered: the words are frozen.
    changed = set(before.splitlines()) ^ set(after.splitlines())
    assert len(changed) == 2
    assert all("ATT-1" in row for row in changed)


def test_the_pseudonym_needs_the_key_and_gathers_nothing(place, held, somsri, world, settings):
    somsri.post(URL, sent(held))
    kept = AttitudeAnswer.objects.get()
    person = world.somsri.public_id
    words = f"{held.code}|{PLACE}|{person}"
    assert kept.pseudonym == pseudonym(instrument=held.code, context=PLACE, person=person)
    assert re.fullmatch("[0-9a-f]{64}", kept.pseudonym)
    assert kept.pseudonym != hashlib.sha256(words.encode()).hexdigest()
    assert kept.pseudonym != pseudonym(instrument="ATT-2", context=PLACE, person=person)
    assert kept.pseudonym != pseudonym(instrument=held.code, context="course:ETH-2", person=person)
    settings.SUCHARIT_ATTITUDE_KEY = "another-key-of-forty-characters-01234567"
    assert kept.pseudonym != pseudonym(instrument=held.code, context=PLACE, person=person)
    assert person not in json.dumps(kept.answers) + kept.group + kept.context
    for name in ("SECRET_KEY", "NATIONAL_ID_KEY"):
        settings.SUCHARIT_ATTITUDE_KEY = getattr(settings, name)
        assert kept.pseudonym != pseudonym(instrument=held.code, context=PLACE, person=person)


def test_the_order_of_keys_and_of_the_table_tells_nothing(held):
    said = [f"person-{number}" for number in range(60)]
    for person in said:
        say(held, person, [3, 3, 3])
    names = {
        pseudonym(instrument=held.code, context=PLACE, person=person): at for at, person in enumerate(said)
    }
    by_key = [names[row] for row in AttitudeAnswer.objects.order_by("pk").values_list("pseudonym", flat=True)]
    assert by_key != sorted(by_key)
    assert abs(correlation(by_key)) < 0.6
    assert all(key.version == 4 for key in AttitudeAnswer.objects.values_list("pk", flat=True))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor, pytest.raises(Exception, match="no such column: rowid"):
            cursor.execute(f'SELECT rowid FROM "{ANSWERS}"')


def correlation(places: list[int]) -> float:
    """Of a permutation with the order it should not tell."""
    n = len(places)
    middle = (n - 1) / 2
    shared = sum((at - middle) * (place - middle) for at, place in enumerate(places))
    return shared / sum((at - middle) ** 2 for at in range(n))


def statements_of(caught: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in caught.captured_queries]


def joined(statements: list[str]) -> list[str]:
    """The statements that touch an answer and a person at once."""
    return [sql for sql in statements if ANSWERS in sql and PEOPLE.search(sql)]


def test_the_search_for_joins_would_find_one():
    guilty = f'SELECT 1 FROM "{ANSWERS}" JOIN "officers_officer" ON 1 = 1'
    assert joined([guilty]) == [guilty]
    for table in (
        "officers_user",
        "quizzes_attempt",
        "courses_enrolment",
        "records_awardevent",
        "django_session",
    ):
        assert table in {model._meta.db_table for model in apps.get_models()}, "a table that exists"
        assert joined([f'SELECT 1 FROM "{table}", "{ANSWERS}"'])


def test_no_statement_joins_an_answer_to_a_person(place, held, somsri, world, signed_in, award_days_ago):
    crowd(held, {2: 12, 4: 15}, group="MOI")
    crowd(held, {3: 12, 5: 15}, wave=Wave.AFTER, group="MOI")
    crowd(held, {4: 14}, wave=Wave.LATER, group="MOF")
    editor = signed_in(world.pakphum)
    with CaptureQueriesContext(connection) as caught:
        somsri.get(place.url)
        somsri.get("/learn/ETH-1/test/pre/")
        somsri.get(URL)
        somsri.post(URL, sent(held))
        somsri.post(URL, sent(held))
        somsri.get(URL)
        read_all(somsri, place)
        path = start(somsri, place)
        from quizzes.models import Attempt

        somsri.post(
            path, {**{f"q{k}": v for k, v in right_answers(Attempt.objects.get()).items()}, "submit": "1"}
        )
        somsri.get("/learn/ETH-1/passed/")
        somsri.get("/learn/ETH-1/attitude/after/")
        somsri.post("/learn/ETH-1/attitude/after/", sent(held))
        somsri.get("/my/")
        publish_due(now=NOW.replace(year=2027))
        for page in ("", f"edit/{held.pk}/", f"results/{held.pk}/", f"results/{held.pk}/?csv=1"):
            assert editor.get(f"/admin/attitudes/{page}").status_code == 200
    said = statements_of(caught)
    assert AttitudeAnswer.objects.filter(fiscal_year=2570).count() == 2, "both waves were really answered"
    assert len([sql for sql in said if ANSWERS in sql]) > 10
    assert len([sql for sql in said if PEOPLE.search(sql)]) > 10
    assert joined(said) == []


def test_what_leaves_the_house_names_nobody(place, held, somsri, world, signed_in):
    crowd(held, {2: 30, 4: 40})
    somsri.post(URL, sent(held))
    publish_due(now=NOW)
    editor = signed_in(world.pakphum)
    bytes_of = [
        editor.get(f"/admin/attitudes/results/{held.pk}/").content,
        editor.get(f"/admin/attitudes/results/{held.pk}/?csv=1").content,
        json.dumps(list(AttitudeResult.objects.values_list("content", flat=True))).encode(),
    ]
    names = set(AttitudeAnswer.objects.values_list("pseudonym", flat=True))
    keys = {str(key) for key in AttitudeAnswer.objects.values_list("pk", flat=True)}
    people = {
        value
        for officer in (world.somsri, world.daruni, world.thawat)
        for value in (officer.first_name, officer.last_name, officer.public_id, officer.user.email)
    }
    for content in bytes_of:
        text = content.decode()
        assert "70" in text
        assert not [secret for secret in names | keys | people if secret in text]


def test_nobody_but_the_questionnaire_desk_reaches_answers(world, signed_in, place, held, somsri):
    """HR, who may see every completion, has no address under which an answer could stand."""
    somsri.post(URL, sent(held))
    for user in (world.daruni.user, world.secretariat):
        client = signed_in(user)
        for address in (
            "/hr/",
            f"/hr/people/{world.somsri.public_id}/",
            f"/admin/attitudes/results/{held.pk}/",
        ):
            with CaptureQueriesContext(connection) as caught:
                client.get(address, follow=True)
            assert not [sql for sql in statements_of(caught) if ANSWERS in sql], address


def test_logs_sessions_cookies_and_headers_keep_nothing(place, held, somsri, caplog):
    caplog.set_level(logging.DEBUG)
    somsri.get(URL)
    kept = {row.pk: row.session_data for row in Session.objects.all()}
    caplog.clear()
    answer = somsri.post(URL, sent(held, 5))
    thanks = somsri.get(URL)
    name = AttitudeAnswer.objects.get().pseudonym
    said = [
        record.getMessage()
        for record in caplog.records
        # What Django says of its statements is written where DEBUG is on, which no installation is.
        if not record.name.startswith("django.db")
    ]
    assert not [line for line in said if name in line or "attitude" in line or "ATT-1" in line]
    assert {row.pk: row.session_data for row in Session.objects.all()} == kept
    assert answer.url == URL
    assert answer.cookies == {} or set(answer.cookies) <= {"csrftoken"}
    for response in (answer, thanks):
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
    assert b"checked" not in thanks.content, "no echo of what was said"


def test_the_database_refuses_what_would_tell(held):
    say(held, "p", [1, 2, 3])
    row = AttitudeAnswer.objects.get()
    assert isinstance(row.pk, uuid.UUID)
    assert (row.fiscal_year, row.group, row.wave) == (CLOSED, "MOI", "before")
    assert set(row.answers.values()) == {1, 2, 3}


def test_an_instrument_names_its_author_and_an_answer_still_leads_nowhere(world):
    made = instrument("ATT-9", by_id=world.pakphum.pk)
    say(made, "p", [1, 1, 1])
    assert made.declared_by == world.pakphum
    assert AttitudeAnswer.objects.get().instrument == "ATT-9", "a word, not a key that one could follow"
