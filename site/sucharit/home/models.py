"""The public front page and the short pages around it."""

from functools import cache
from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, Q
from django.http import Http404, HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from sucharit.theme.blocks import content_blocks
from sucharit.theme.fields import ContentField
from sucharit.theme.pages import RoutedPageMixin
from sucharit.theme.panels import ThaiPublishingPanel
from sucharit.theme.previews import PreviewAsServedMixin
from sucharit.theme.slugs import RomanisedSlugMixin


@cache
def _classes_at(depth: int) -> tuple[type[Page], ...]:
    """The page classes that may stand so many steps below the front page, by what each class lets stand under it."""
    level: set[type[Page]] = {HomePage}
    for _ in range(depth):
        level = {below for model in level for below in model.allowed_subpage_models()}
    return tuple(sorted(level, key=lambda model: model.__name__))


def _shows(model: type[Page]) -> tuple[str, ...]:
    """What a page class says it shows first (`route_related`), to be loaded with it."""
    related: tuple[str, ...] = getattr(model, "route_related", ())
    return related


def page_at(url_path: str, depth: int) -> Page | None:
    """The published page at a path, as what it is, in one query where nothing above it is hidden or an alias."""
    classes = _classes_at(depth)
    steps = url_path.strip("/").split("/")
    above = ["/" + "/".join(steps[:end]) + "/" for end in range(2, len(steps))]
    odd = Page.objects.filter(Q(alias_of__isnull=False) | Q(live=False), url_path__in=[*above, url_path])
    only = classes[0] if len(classes) == 1 else None
    joins = [*_shows(only)] if only else []
    for model in classes if only is None else ():
        name = model._meta.model_name
        joins += [name, *(f"{name}__{field}" for field in _shows(model))]
    if only is None and not joins:
        return None
    rows = (only or Page).objects.live().filter(url_path=url_path).annotate(odd=Exists(odd))
    # Without names `select_related` would follow every key there is.
    place = (rows.select_related(*joins) if joins else rows).first()
    page = place
    if only is None and place is not None:
        page = getattr(place, ContentType.objects.get_for_id(place.content_type_id).model, None)
    if page is None:
        return None
    # Taking a course down takes its lessons with it, whatever is published below.
    if place.odd and Page.objects.filter(url_path__in=above, live=False).exists():
        return None
    page.no_alias_above = not (place.odd and odd.filter(alias_of__isnull=False).exists())
    return page


class HomePage(PreviewAsServedMixin, RomanisedSlugMixin, RoutedPageMixin, Page):  # type: ignore[misc]
    """หน้าแรก: one sentence of what this is, one act, what is on, and where to begin."""

    headline = models.CharField("พาดหัว", max_length=200)
    lead = models.TextField("ความนำ", blank=True)
    hero = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ภาพหลัก",
    )
    learner_text = models.TextField("สำหรับผู้เรียน", blank=True)
    staff_text = models.TextField("สำหรับงานสื่อสาร", blank=True)
    hr_text = models.TextField("สำหรับงานบุคคล", blank=True)
    standards_text = models.TextField("เกี่ยวกับมาตรฐาน 7 ข้อ", blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("hero"),
        MultiFieldPanel(
            [FieldPanel("learner_text"), FieldPanel("staff_text"), FieldPanel("hr_text")], heading="ผู้ใช้สามกลุ่ม"
        ),
        FieldPanel("standards_text"),
    ]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = [
        "courses.CourseIndexPage",
        "campaigns.CampaignIndexPage",
        "home.InformationPage",
    ]
    max_count = 1
    # It stands below the root, of which there is one, and no page is an alias of it.
    no_alias_above = True

    class Meta:
        verbose_name = "หน้าแรก"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find any page below in one query instead of two per level, with what its class says it shows first."""
        if path_components:
            page = page_at(f"{self.url_path}{'/'.join(path_components)}/", len(path_components))
            if page is None:
                raise Http404
            return page.route(request, [])
        return super().route(request, path_components)


class InformationPage(RomanisedSlugMixin, RoutedPageMixin, Page):  # type: ignore[misc]
    """หน้าข้อมูล: privacy, accessibility, contact. Linked from the footer when shown in menus."""

    lead = models.TextField("ความนำ", blank=True)
    body = ContentField(content_blocks(), verbose_name="เนื้อหา", blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    settings_panels: ClassVar = [ThaiPublishingPanel()]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "หน้าข้อมูล"
