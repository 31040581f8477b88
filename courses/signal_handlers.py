"""Wagtail's own seam: a published page announces what its course now says. Each handler calls one service."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published, page_unpublished

from courses.models import CoursePage, LessonPage
from courses.services import announce


@receiver(page_published, sender=CoursePage)
def course_published(instance: CoursePage, **kwargs: Any) -> None:
    """A course was published: its edition may be new."""
    announce(course=instance, now=timezone.now())


@receiver(page_published, sender=LessonPage)
@receiver(page_unpublished, sender=LessonPage)
def lesson_changed(instance: LessonPage, **kwargs: Any) -> None:
    """A lesson was published or taken down: the published course above it says something else now."""
    course = instance.get_parent().specific
    if isinstance(course, CoursePage) and course.live:
        announce(course=course, now=timezone.now())
