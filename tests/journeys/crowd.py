"""What a journey cannot click through, done in the product's own database by its own verbs: a room of learners, a second
editor, the work of the next minutes. Run in a process of its own (`Product.act`), as any script of the house would be.
"""

import json
import random
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from courses.models import CoursePage
from courses.player import StepKind
from courses.selectors import lessons_of
from courses.services import begin, hand_in, read_lesson, start_test
from quizzes.models import Attempt, QuestionVersion
from sucharit.home.work import one_round
from sucharit.officers import services as people
from sucharit.officers.enums import Role
from sucharit.officers.models import Officer

# The file says that the first option is right: of this question that is a mistake, which whoever knows does not make.
MISKEYED = "PROC-3"
EXPERT = "ปฏิเสธการนัด และแจ้งหัวหน้าให้ทราบ"
QUESTIONS = 8
LEARNERS = 45
BANK = """// question: 0  name: Switch category to $course$/top/จัดซื้อจัดจ้าง
$CATEGORY: $course$/top/จัดซื้อจัดจ้าง

::PROC-1::เพื่อนสมัยเรียนของคุณยื่นข้อเสนอในโครงการที่คุณเป็นกรรมการ คุณควรทำอย่างไร {
  =แจ้งความสัมพันธ์และขอถอนตัวจากการพิจารณา#การแจ้งก่อนทำให้การพิจารณาเป็นที่เชื่อถือ
  ~พิจารณาตามปกติเพราะคุณเป็นกลางอยู่แล้ว#ความเป็นกลางที่ผู้อื่นมองไม่เห็น ยังเป็นข้อสงสัยได้
  ~ให้คะแนนเพื่อนต่ำกว่ารายอื่นเพื่อความปลอดภัย#ผู้ยื่นข้อเสนอทุกรายต้องได้รับการพิจารณาด้วยเกณฑ์เดียวกัน
}
::PROC-2::ผู้ขายส่งบัตรกำนัลมาให้หลังตรวจรับงานเสร็จ คุณควรทำอย่างไร {
  =ส่งคืนและบันทึกไว้เป็นหลักฐาน#การบันทึกทำให้ตรวจสอบย้อนหลังได้
  ~รับไว้เพราะงานตรวจรับจบแล้ว#ของตอบแทนหลังงานก็ทำให้การตรวจรับเป็นที่สงสัย
  ~นำไปแบ่งให้ทุกคนในกลุ่มงาน#จำนวนผู้รับไม่ได้เปลี่ยนที่มาของบัตรกำนัล
}
::PROC-3::ผู้ยื่นข้อเสนอรายหนึ่งขอนัดคุยนอกสถานที่ก่อนวันเปิดซอง คุณควรทำอย่างไร {
  =ไปตามนัดแล้วเล่าให้หัวหน้าฟังภายหลัง#หัวหน้าได้ทราบเรื่อง
  ~ปฏิเสธการนัด และแจ้งหัวหน้าให้ทราบ#ผู้ยื่นข้อเสนอทุกรายควรได้ข้อมูลเท่ากัน
  ~ให้เพื่อนร่วมงานไปแทน#ผู้ใดไปแทนก็ทำให้รายอื่นเสียเปรียบ
}
::PROC-4::คุณพบว่าร่างขอบเขตงานระบุยี่ห้อเดียวโดยไม่จำเป็น คุณควรทำอย่างไร {
  =ทักท้วงและเสนอให้เขียนตามการใช้งาน#การเขียนตามการใช้งานเปิดโอกาสให้แข่งขัน
  ~ปล่อยไว้เพราะไม่ใช่งานของคุณ#ผู้ที่เห็นแล้วเงียบทำให้ความผิดพลาดเดินต่อ
  ~บอกผู้ขายยี่ห้ออื่นเป็นการส่วนตัว#ข้อมูลควรถึงทุกรายพร้อมกันตามช่องทางของหน่วยงาน
}
::PROC-5::ของที่ส่งมอบไม่ตรงตามสัญญาเล็กน้อย แต่ต้องใช้พรุ่งนี้ คุณควรทำอย่างไร {
  =บันทึกส่วนที่ไม่ตรงและแจ้งคณะกรรมการตรวจรับ#คณะกรรมการต้องรู้ข้อเท็จจริงก่อนตัดสินใจ
  ~ตรวจรับไปก่อนเพราะต่างกันเล็กน้อย#ลายมือชื่อของคุณรับรองว่าของตรงตามสัญญา
  ~รับของไว้โดยไม่ทำเอกสาร#การไม่มีเอกสารทำให้ไม่มีใครรับผิดชอบ
}
::PROC-6::มีผู้โทรมาถามว่ามีใครยื่นข้อเสนอแล้วบ้าง คุณควรทำอย่างไร {
  =ไม่ให้ข้อมูล และแนะนำให้ติดตามประกาศ#ข้อมูลก่อนเปิดซองทำให้การแข่งขันเสียไป
  ~บอกเพียงจำนวนราย#แม้จำนวนรายก็ช่วยให้เดาราคาได้
  ~บอกถ้าผู้โทรเป็นคนรู้จัก#คนรู้จักไม่ควรได้เปรียบผู้อื่น
}
::PROC-7::หัวหน้าขอให้แบ่งซื้อเป็นหลายครั้งเพื่อเลี่ยงวิธีประกาศเชิญชวน คุณควรทำอย่างไร {
  =ชี้แจงว่าแบ่งซื้อไม่ได้ และเสนอแผนซื้อรวม#การเสนอทางออกช่วยให้งานเดินต่อได้อย่างถูกต้อง
  ~ทำตามเพราะเป็นคำสั่ง#คำสั่งไม่ได้ทำให้สิ่งที่ผิดกลายเป็นถูก
  ~ลาในวันที่ต้องลงชื่อ#การหลบไปไม่ได้ช่วยให้ปัญหาหมดไป
}
::PROC-8::คุณทำเอกสารราคากลางหลุดไปถึงผู้ขายโดยไม่ตั้งใจ คุณควรทำอย่างไร {
  =รายงานทันทีเพื่อให้หน่วยงานแก้ไข#รายงานเร็ว ความเสียหายยิ่งน้อย
  ~เงียบไว้เพราะไม่ได้ตั้งใจ#ความเงียบทำให้ผู้ขายรายนั้นได้เปรียบ
  ~ขอให้ผู้ขายลบเอกสาร#ลบเอกสารแล้ว แต่ข้อมูลถูกเห็นไปแล้ว
}
"""


def answers(attempt: Attempt, known: int, chance: random.Random) -> dict[int, list[str]]:
    """Somebody who knows so many of the questions answers those as an expert would, and guesses wrong at the others."""
    versions = QuestionVersion.objects.select_related("question").in_bulk(
        [item["v"] for item in attempt.items]
    )
    knows = set(chance.sample(sorted(versions), known))
    found = {}
    for pk, version in sorted(versions.items()):
        is_miskeyed = version.question.code == MISKEYED
        expert = next(
            row for row in version.choices if (row["text"] == EXPERT if is_miskeyed else row["correct"])
        )
        # Who does not know the miskeyed one mostly takes what its author took for right.
        others = [
            row["id"] for row in version.choices if row != expert for _ in range(5 if row["correct"] else 1)
        ]
        found[pk] = [expert["id"]] if pk in knows else [chance.choice(others)]
    return found


def learn(code: str) -> None:
    """A room of learners takes a course: little is known before it; after it a third knows all, and the others more or less."""
    now = timezone.now()
    course = CoursePage.objects.live().get(code=code)
    lessons = lessons_of(course, "")
    for number, officer in enumerate(Officer.objects.filter(user__isnull=True).order_by("pk")[:LEARNERS]):
        chance = random.Random(number)
        before = now - timedelta(hours=1)
        begin(course=course, officer_id=officer.pk, now=before)
        for which, known, at in (
            (StepKind.PRE, chance.randint(1, 5), before),
            (StepKind.POST, (chance.randint(2, 4), chance.randint(4, 6), QUESTIONS)[number % 3], now),
        ):
            if which == StepKind.POST:
                for lesson in lessons:
                    read_lesson(course=course, officer_id=officer.pk, lesson_key=lesson.key, now=now)
            held = start_test(course=course, which=which, officer_id=officer.pk, now=at)
            hand_in(
                course=course,
                which=which,
                officer_id=officer.pk,
                attempt_id=held.public_id,
                answers=answers(held, known, chance),
                now=at,
            )


def open_approver() -> None:
    """A second person at the desk, who may approve."""
    user = people.open_account(
        email="approver@sucharit.example",
        password=people.DEMONSTRATION_PASSWORD,
        first_name="ผู้อนุมัติเนื้อหา",
        is_demonstration=True,
    )
    people.grant_role(user=user, role=Role.APPROVER, now=timezone.now())


def work(minutes: int = 0) -> None:
    """All the work that the product would have done by itself after so many minutes."""
    faults: list[Exception] = []
    while one_round(timezone.now() + timedelta(minutes=minutes), lambda _, fault: faults.append(fault)):
        pass
    assert not faults, faults


def letters(rows: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """What an expert chooses, by version, from rows of (version, code, choices as JSON)."""
    return {
        version: next(
            str(row["id"])
            for row in json.loads(choices)
            if (row["text"] == EXPERT if code == MISKEYED else row["correct"])
        )
        for version, code, choices in rows
    }
