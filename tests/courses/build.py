"""A small school for tests: home, catalogue and courses built by hand, published as an editor would."""

import json
from dataclasses import dataclass

from wagtail.models import Page, Site

from campaigns.models import CampaignIndexPage
from courses.models import CourseIndexPage, CoursePage, LessonPage
from quizzes.models import Quiz
from sucharit.home.models import HomePage
from tests.quizzes.build import bank, quiz


@dataclass
class School:
    """The pages of a built site. `lessons` are those of `course`."""

    home: HomePage
    index: CourseIndexPage
    campaigns: CampaignIndexPage
    course: CoursePage
    lessons: list[LessonPage]
    pre: Quiz | None
    post: Quiz | None

    @property
    def url(self) -> str:
        return f"/courses/{self.course.slug}/"


def plant_home() -> tuple[HomePage, CourseIndexPage, CampaignIndexPage]:
    """The front page with an empty catalogue and no campaigns, as the default site."""
    root = Page.get_first_root_node()
    home = HomePage(title="สุจริต", slug="sucharit", headline="พาดหัว")
    root.add_child(instance=home)
    Site.objects.filter(is_default_site=True).update(root_page=home)
    Site.clear_site_root_paths_cache()
    index = CourseIndexPage(title="รายวิชา", slug="courses")
    home.add_child(instance=index)
    campaigns = CampaignIndexPage(title="กิจกรรมรณรงค์", slug="campaigns")
    home.add_child(instance=campaigns)
    return home, index, campaigns


def text_body(text: str) -> str:
    """A lesson's body of one paragraph."""
    return json.dumps([{"type": "text", "value": f"<p>{text}</p>"}], ensure_ascii=False)


def plant_lesson(course: CoursePage, number: int, *, publish: bool = True) -> LessonPage:
    """One lesson, published."""
    lesson = LessonPage(
        title=f"บทที่ {number}",
        slug=f"lesson-{number}",
        standard=(number - 1) % 7 + 1,
        lead="ประโยคนำ",
        body=text_body(f"เนื้อหาบทที่ {number}"),
        live=False,
    )
    course.add_child(instance=lesson)
    if publish:
        lesson.save_revision().publish()
        lesson.refresh_from_db()
    return lesson


def plant_course(
    index: CourseIndexPage, code: str, *, lessons: int, pre: Quiz | None, post: Quiz | None, **facts
) -> tuple[CoursePage, list[LessonPage]]:
    """One published course with its lessons; its first edition is whole."""
    facts.setdefault("title", f"รายวิชา {code}")
    course = CoursePage(
        slug=f"wicha-{code.lower()}",
        code=code,
        summary="คำบรรยาย",
        pre_quiz=pre,
        post_quiz=post,
        live=False,
        **facts,
    )
    index.add_child(instance=course)
    made = [plant_lesson(course, number) for number in range(1, lessons + 1)]
    course.save_revision().publish()
    course.refresh_from_db()
    return course, made


def school(
    *, lessons: int = 3, questions: int = 8, asked: int = 3, code: str = "ETH-1", quiz_facts=None, **facts
):
    """A whole small school with one course."""
    home, index, campaigns = plant_home()
    bank(questions)
    pre = quiz("PRE", count=asked, max_attempts=1)
    post = quiz("POST", count=asked, **(quiz_facts or {}))
    course, made = plant_course(index, code, lessons=lessons, pre=pre, post=post, **facts)
    return School(home, index, campaigns, course, made, pre, post)


def read_all(client, place: School) -> None:
    """Read every lesson in order, through the front door."""
    for lesson in place.lessons:
        answer = client.post(f"/learn/{place.course.code}/lessons/{lesson.translation_key}/read/")
        assert answer.status_code == 302


def start(client, place: School, which: str = "post") -> str:
    """Start a test through the front door and return the attempt's address."""
    answer = client.post(f"/learn/{place.course.code}/test/{which}/")
    assert answer.status_code == 302, answer.content.decode()[:500]
    return answer.url


def fields(answers: dict[int, list[str]]) -> dict[str, list[str]]:
    """Answers as the form posts them."""
    return {f"q{version}": chosen for version, chosen in answers.items()}
