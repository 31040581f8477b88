"""One communications officer, alone at the desk: a bank from a file, a pair of tests, learners, the question that misbehaves,
its correction with a second person, and the gain that is shown. Through the pages, as it would be done.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from courses.models import CoursePage
from courses.player import StepKind
from courses.services import begin, hand_in, read_lesson, start_test
from quizzes.models import Attempt, BankImport, ItemTask, KeyCorrection, Question, QuestionVersion, Quiz
from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.records.models import AwardEvent
from tests.admin.build import edit
from tests.conftest import NOW, PASSWORD, enter
from tests.courses.build import plant_course, plant_home

pytestmark = [
    pytest.mark.django_db,
    # WeasyPrint leaves a file of its own to the collector.
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]
LEARNERS = 60
QUESTIONS = 8
# The file says that the first option is right; of question 3 everybody who knows chooses the second.
MISKEYED = "PROC-3"


def the_file() -> bytes:
    """A bank as another agency might send it, in GIFT."""
    lines = ["$CATEGORY: จัดซื้อจัดจ้าง", ""]
    for number in range(1, QUESTIONS + 1):
        lines += [
            f"::PROC-{number}:: ผู้เสนอราคารายหนึ่งชวนคุยเรื่องงานข้อ {number} คุณควรทำอย่างไร {{",
            f"  =บันทึกแล้วแจ้งหัวหน้าเรื่องที่ {number}#ตรวจสอบย้อนหลังได้",
            f"  ~คุยสั้นและไม่บันทึกเรื่องที่ {number}#ไม่มีใครตรวจสอบได้",
            f"  ~ให้เพื่อนไปคุยแทนในเรื่องที่ {number}#ความเสี่ยงยังอยู่",
            "}",
            "",
        ]
    return "\n".join(lines).encode()


@pytest.fixture
def story(world, signed_in):
    """An editor, an approver, and a room of learners."""
    approver = people.open_account(email="approver@example.go.th", password=PASSWORD, first_name="อนุมัติ")
    people.grant_role(user=approver, role=Role.APPROVER, now=NOW)
    learners = [enter(f"ผู้เรียน{number:02}", "ทดสอบ", world.division) for number in range(LEARNERS)]
    return signed_in(world.pakphum), signed_in(approver), learners


def answers(attempt: Attempt, knows: float) -> dict[int, list[str]]:
    """Who knows a share of the questions answers those as an expert would: of the miskeyed one that is its second option."""
    found = {}
    versions = QuestionVersion.objects.select_related("question").in_bulk([i["v"] for i in attempt.items])
    for place, (pk, version) in enumerate(sorted(versions.items())):
        by_author = sorted(version.choices, key=lambda row: row["text"])
        right = next(row for row in version.choices if row["correct"])
        wrong = next(row for row in by_author if not row["correct"])
        expert = wrong if version.question.code == MISKEYED else right
        novice = right if version.question.code == MISKEYED else wrong
        found[pk] = [(expert if (place + 0.5) / len(versions) < knows else novice)["id"]]
    return found


def take(course: CoursePage, which: str, officer, knows: float, now) -> Attempt:
    held = start_test(course=course, which=which, officer_id=officer.pk, now=now)
    return hand_in(
        course=course,
        which=which,
        officer_id=officer.pk,
        attempt_id=held.public_id,
        answers=answers(held, knows),
        now=now,
    )


def test_from_a_file_to_the_gain(story, world):
    desk, second, learners = story
    with time_machine.travel(NOW, tick=False):
        # A bank from a file: looked at, then taken in.
        desk.post("/admin/questions/import/", {"file": SimpleUploadedFile("bank.gift", the_file())})
        desk.post(f"/admin/questions/import/{BankImport.objects.get().pk}/")
        assert Question.objects.filter(is_retired=False).count() == QUESTIONS

        # A test after the lessons, and its pair before them.
        rows = {"draws-0-topic": "จัดซื้อจัดจ้าง", "draws-0-count": QUESTIONS}
        made = edit(desk, "/admin/quizzes/new/", code="PROC", title="แบบทดสอบจัดซื้อ", pass_percent="80", **rows)
        assert made.status_code == 302, made.content.decode()[:2000]
        post = Quiz.objects.get(code="PROC")
        desk.post(f"/admin/quizzes/pair/{post.pk}/")
        pre = Quiz.objects.get(before=post)
        _, index, _ = plant_home()
        course, lessons = plant_course(index, "PROC-1", lessons=1, pre=pre, post=post)

        # Learners take both. Afterwards a third knows little, a third misses one question, a third none.
        before = NOW - timedelta(hours=1)
        for number, officer in enumerate(learners):
            begin(course=course, officer_id=officer.pk, now=before)
            take(course, StepKind.PRE, officer, 0.2 + 0.1 * (number % 4), before)
            read_lesson(course=course, officer_id=officer.pk, lesson_key=lessons[0].translation_key, now=NOW)
            take(course, StepKind.POST, officer, (0.3, 0.875, 1.0)[number % 3], NOW)
        call_command("work", once=True)

        # The question that misbehaves is on the list, the gravest first, and on the page of the quiz.
        task = ItemTask.objects.get(code="key_wrong")
        assert task.version.question.code == MISKEYED
        listed = desk.get("/admin/item-tasks/").content.decode()
        assert re.findall(r"PROC-[0-9]", listed)[0] == MISKEYED
        assert "เฉลยของข้อนี้อาจไม่ถูกต้อง" in listed
        assert MISKEYED in desk.get(f"/admin/analysis/?quiz={post.pk}").content.decode()
        item = desk.get(f"/admin/analysis/items/{task.version_id}/").content.decode()
        assert f"/admin/questions/correct/{task.version_id}/" in item

        # Corrected: answered as it should have been, weighed, approved by somebody else, applied.
        version = task.version
        right = min((row for row in version.choices if not row["correct"]), key=lambda row: row["text"])
        proposed = desk.post(
            f"/admin/questions/correct/{version.pk}/",
            {"remedy": "new_key", "reason": "ระเบียบใหม่ให้คุยต่อหน้าพยาน", f"q{version.pk}": right["id"]},
        )
        correction = KeyCorrection.objects.get()
        assert proposed.url == f"/admin/corrections/{correction.pk}/"
        passed_before = set(Attempt.objects.filter(passed=True).values_list("pk", flat=True))
        assert AwardEvent.objects.count() == LEARNERS // 3
        call_command("work", once=True)
        page = desk.get(proposed.url).content.decode()
        assert "คุณเป็นผู้เสนอ" in page
        assert f"ผ่านเพิ่ม <strong>{LEARNERS // 3}</strong> ครั้ง" in page
        own = desk.post(proposed.url, {"approve": "1", "note": ""})
        assert "ผู้เสนออนุมัติเองไม่ได้" in own.content.decode()
        answer = second.post(proposed.url, {"approve": "1", "note": "ตรวจแล้ว"})
        assert (answer.status_code, answer.url) == (302, proposed.url)
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        call_command("work", once=True)
        correction.refresh_from_db()
        assert correction.state == "applied"
        passed = set(Attempt.objects.filter(passed=True).values_list("pk", flat=True))
        assert passed > passed_before, "nobody lost a pass, and some won one"
        assert AwardEvent.objects.count() == 2 * LEARNERS // 3
        assert set(AwardEvent.objects.values_list("completed_at", flat=True)) == {NOW}
        task.refresh_from_db()
        assert (task.ended_how, bool(task.ended_at)) == ("corrected", True)

        # And what was learned.
        gain = desk.get("/admin/gain/PROC-1/").content.decode()
        assert f"ผู้เรียน {LEARNERS} คนที่ทำทั้งก่อนและหลังเรียน" in gain
        assert "ขนาดผล" in gain
