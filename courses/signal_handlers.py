"""Wagtail's own seam: a published page announces what its course now says. Each handler calls one service."""

from typing import Any

from django.db.models import ProtectedError
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published, page_unpublished, post_page_move

from courses.models import CoursePage, LessonPage
from courses.services import announce
from sucharit.records.selectors import subjects_with_awards


@receiver(page_published, sender=CoursePage)
def course_published(instance: CoursePage, **kwargs: Any) -> None:
    """A course was published: its edition may be new."""
    announce(course=instance, now=timezone.now())


@receiver(page_published, sender=LessonPage)
@receiver(page_unpublished, sender=LessonPage)
def lesson_changed(instance: LessonPage, **kwargs: Any) -> None:
    """A lesson was published or taken down: the published course above it says something else now."""
    _announce_above(instance)


@receiver(post_page_move, sender=LessonPage)
def lesson_moved(instance: LessonPage, **kwargs: Any) -> None:
    """A lesson took another place: its course says the same in another order, or two courses say something else."""
    _announce_above(instance)
    left = kwargs["parent_page_before"]
    if left.path != instance.path[: -LessonPage.steplen]:
        _announce_at(left.path)


@receiver(post_delete, sender=LessonPage)
def lesson_deleted(instance: LessonPage, **kwargs: Any) -> None:
    """A lesson is gone: the course is shorter."""
    _announce_above(instance)


@receiver(pre_delete, sender=CoursePage)
def course_may_go(instance: CoursePage, **kwargs: Any) -> None:
    """The last guard of rule E4, behind the admin's own sentence: whatever deletes pages, a completed course stays."""
    if subjects_with_awards([instance.code]):
        raise ProtectedError(
            "A course that somebody has completed is never deleted; unpublish it.", {instance}
        )


def _announce_above(lesson: LessonPage) -> None:
    _announce_at(lesson.path[: -LessonPage.steplen])


def _announce_at(path: str) -> None:
    course = CoursePage.objects.live().filter(path=path).first()
    if course is not None:
        announce(course=course, now=timezone.now())
