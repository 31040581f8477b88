"""Questionnaires of attitude. Answers have no order and no foreign key; statements that were answered never change."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


FROZEN = "A statement that was answered is never changed, added to or deleted. Make a new questionnaire from a copy."
ANSWERS, STATEMENTS, INSTRUMENTS = "quizzes_attitudeanswer", "quizzes_statement", "quizzes_instrument"
# Trigger by event: which row says whose statement it is.
EVENTS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def take_order_away(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite numbers rows as they come, and that number would tell who answered after whom: this table has none.

    PostgreSQL has no such table; there each new answer moves others with it (see `attitudes.answer`).
    """
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL ORDER BY type DESC", [ANSWERS]
        )
        table, *indexes = [sql for (sql,) in cursor.fetchall()]
    schema_editor.execute(f'DROP TABLE "{ANSWERS}"', None)
    schema_editor.execute(f"{table} WITHOUT ROWID", None)
    for index in indexes:
        schema_editor.execute(index, None)


def freeze(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Statements of an instrument that somebody answered stay word for word, whoever asks."""
    if schema_editor.connection.vendor == "sqlite":
        for event, rows in EVENTS.items():
            frozen = " OR ".join(_is_frozen(row) for row in rows)
            schema_editor.execute(
                f'CREATE TRIGGER "{STATEMENTS}_frozen_{event}" BEFORE {event.upper()} ON "{STATEMENTS}" '
                f"WHEN {frozen} BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END",
                None,
            )
        return
    for event, rows in EVENTS.items():
        frozen = " OR ".join(_is_frozen(row) for row in rows)
        name = f"{STATEMENTS}_frozen_{event}"
        back = "OLD" if event == "delete" else "NEW"
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {frozen} THEN RAISE EXCEPTION '{FROZEN}' USING ERRCODE = 'check_violation'; END IF; "
            f"RETURN {back}; END $$",
            None,
        )
        schema_editor.execute(
            f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{STATEMENTS}" '
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
            None,
        )


def _is_frozen(row: str) -> str:
    return f'EXISTS (SELECT 1 FROM "{INSTRUMENTS}" WHERE id = {row}.instrument_id AND is_frozen)'


def thaw(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for event in EVENTS:
        name = f"{STATEMENTS}_frozen_{event}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"', None)
        else:
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{STATEMENTS}"', None)
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", None)


class Migration(migrations.Migration):

    dependencies = [
        ('quizzes', '0008_results_in_a_place'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttitudeAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('instrument', models.CharField(max_length=30)),
                ('context', models.CharField(max_length=80)),
                ('wave', models.CharField(choices=[('before', 'ก่อนเรียน'), ('after', 'หลังเรียน'), ('later', '3 เดือนหลังเรียน')], max_length=6)),
                ('pseudonym', models.CharField(max_length=64)),
                ('fiscal_year', models.PositiveSmallIntegerField()),
                ('group', models.CharField(blank=True, max_length=40)),
                ('answers', models.JSONField()),
            ],
            options={
                'verbose_name': 'คำตอบแบบสอบถามทัศนคติ',
                'verbose_name_plural': 'คำตอบแบบสอบถามทัศนคติ',
                'indexes': [models.Index(fields=['instrument', 'context', 'fiscal_year', 'pseudonym'], name='answers_of_a_closed_year')],
                'constraints': [models.UniqueConstraint(fields=('instrument', 'context', 'wave', 'pseudonym'), name='a_wave_is_answered_once'), models.CheckConstraint(condition=models.Q(('wave__in', ('before', 'after', 'later'))), name='an_answer_belongs_to_a_wave'), models.CheckConstraint(condition=models.Q(models.Q(('pseudonym', ''), _negated=True), models.Q(('instrument', ''), _negated=True), models.Q(('context', ''), _negated=True)), name='an_answer_says_where_it_belongs')],
            },
        ),
        migrations.CreateModel(
            name='AttitudeResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('instrument', models.CharField(max_length=30)),
                ('context', models.CharField(max_length=80)),
                ('fiscal_year', models.PositiveSmallIntegerField(verbose_name='ปีงบประมาณ')),
                ('round', models.CharField(choices=[('course', 'ก่อนเรียนและหลังเรียน'), ('later', '3 เดือนหลังเรียน')], max_length=6)),
                ('content', models.JSONField()),
            ],
            options={
                'verbose_name': 'ผลแบบสอบถามทัศนคติ',
                'verbose_name_plural': 'ผลแบบสอบถามทัศนคติ',
                'ordering': ('-fiscal_year', 'context', 'round'),
                'constraints': [models.UniqueConstraint(fields=('instrument', 'context', 'fiscal_year', 'round'), name='a_closed_year_is_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='Instrument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, unique=True, verbose_name='รหัส')),
                ('title', models.CharField(max_length=200, verbose_name='ชื่อแบบสอบถาม')),
                ('introduction', models.TextField(blank=True, verbose_name='คำนำ')),
                ('scale', models.JSONField(default=list, verbose_name='ระดับความเห็น')),
                ('is_retired', models.BooleanField(default=False, verbose_name='เลิกใช้')),
                ('is_frozen', models.BooleanField(default=False, editable=False, verbose_name='มีผู้ตอบแล้ว')),
                ('declared_at', models.DateTimeField(verbose_name='ยืนยันเมื่อ')),
                ('declared_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'แบบสอบถามทัศนคติ',
                'verbose_name_plural': 'แบบสอบถามทัศนคติ',
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='ลำดับ')),
                ('text', models.CharField(max_length=300, verbose_name='ข้อความ')),
                ('reversed', models.BooleanField(default=False, verbose_name='ข้อความเชิงลบ')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='quizzes.instrument')),
            ],
            options={
                'verbose_name': 'ข้อความ',
                'verbose_name_plural': 'ข้อความ',
                'ordering': ('order', 'id'),
                'constraints': [models.UniqueConstraint(fields=('instrument', 'order'), name='statements_stand_in_one_order'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_statement_says_something')],
            },
        ),
        migrations.RunPython(take_order_away, migrations.RunPython.noop),
        migrations.RunPython(freeze, thaw),
    ]
