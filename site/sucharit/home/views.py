"""HTTP in, one domain call, HTTP out."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from courses.skipping import skipped
from sucharit.home import selectors
from sucharit.home.models import HomePage
from sucharit.kernel.thai_calendar import local_date
from sucharit.officers import selectors as officers
from sucharit.officers.selectors import viewer
from sucharit.records import selectors as records


def home(request: HttpRequest, page: HomePage) -> HttpResponse:
    """The public front page: what this is, what is on, where to begin."""
    if not getattr(request, "is_preview", False):
        # The page came with the kept site and may be some seconds old; a draft in preview is the editor's own.
        page = selectors.fresh_home(page)
    front = selectors.front_page(today=local_date(timezone.now()))
    return render(
        request, "home/home_page.html", {"page": page, "campaigns": front.campaigns, "courses": front.courses}
    )


@require_GET
@login_required
@never_cache
def my(request: HttpRequest) -> HttpResponse:
    """The learner's first page: where I stand, what is due, what is on, what I have done."""
    now = timezone.now()
    today = local_date(now)
    first = selectors.first_page(viewer(request), now=now, skipped=skipped(request))
    context = {"first": first, "sentence": first.sentence(today), "today": today, "who": viewer(request)}
    return render(request, "home/my.html", context)


@require_GET
@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Who the platform thinks I am, and where to have it corrected."""
    who = viewer(request)
    posting = officers.posting_on(who.officer_id, local_date(timezone.now())) if who.officer_id else None
    seen = records.who_looked(who.officer_id) if who.officer_id else []
    return render(request, "home/account.html", {"who": who, "posting": posting, "seen": seen})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is looked at, so a slow database does not restart healthy processes."""
    return HttpResponse("ok\n", content_type="text/plain")
