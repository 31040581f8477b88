"""HTTP in, one domain call, HTTP out. Addresses of tests and progress belong to the course; the quiz engine has none."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses import attitudes, selectors, services
from courses.models import CourseIndexPage, CoursePage, LessonPage
from courses.player import StepKind, StepState
from courses.skipping import skipped
from quizzes import selectors as quizzes
from quizzes.forms import answers_from
from quizzes.services import Answers, Kept, check_answer, save_answers, save_named
from sucharit.kernel.errors import DomainError, NotFound
from sucharit.kernel.thai_calendar import format_time, local_date
from sucharit.officers.selectors import Verb, can, viewer
from sucharit.records import selectors as records
from sucharit.theme.pages import lets_in

TOO_LATE = "หมดเวลาแล้ว ระบบไม่บันทึกคำตอบที่ส่งมาหลังหมดเวลา"
LearnerView = Callable[Concatenate[HttpRequest, int, CoursePage, ...], HttpResponse]


def for_learners(view: LearnerView) -> Callable[..., HttpResponse]:
    """Give a view its officer and its live course: a visitor signs in first, an unknown course is 404, and page privacy
    holds as on the course's own page.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, code: str, **kwargs: object) -> HttpResponse:
        who = viewer(request)
        if not who.is_signed_in:
            return redirect_to_login(_after_sign_in(request, code))
        # The page of a test asks what the test is like; an attempt holds that itself.
        which = kwargs.get("which") if "attempt_id" not in kwargs else None
        course = selectors.live_course(code, test=which if isinstance(which, StepKind) else None)
        if course is None:
            raise Http404
        if not lets_in(course, request):
            # Wagtail asks there for what the page is kept behind; its tests and progress are behind the same.
            return redirect(_url(course))
        if not can(who, Verb.LEARN, today=local_date(timezone.now())) or who.officer_id is None:
            return render(request, "courses/no_officer.html", {"course": course}, status=403)
        return view(request, who.officer_id, course, **kwargs)

    return never_cache(wrapped)


def _after_sign_in(request: HttpRequest, code: str) -> str:
    """A page to come back to: a POST cannot be repeated after signing in, its course can."""
    if request.method == "GET":
        return request.get_full_path()
    course = selectors.live_course(code)
    return _url(course) if course is not None else "/"


def _url(course: CoursePage) -> str:
    url: str = course.url or "/"
    return url


def catalogue(request: HttpRequest, page: CourseIndexPage) -> HttpResponse:
    """All published courses."""
    return render(request, "courses/catalogue.html", {"page": page, "cards": selectors.catalogue(page)})


def course(request: HttpRequest, page: CoursePage) -> HttpResponse:
    """A course's own page, with the learner's progress where there is one."""
    who = viewer(request)
    today = local_date(timezone.now())
    view = selectors.course_view(page, _url(page), who, today=today)
    offer = attitudes.offer_at_start(page, view, who.officer_id, today=today, skipped=skipped(request))
    context = {"page": page, "view": view, "who": who, "offer": offer}
    response = render(request, "courses/course_page.html", context)
    # Private for visitors too: a course behind a shared password is served to people without an account.
    response["Cache-Control"] = "private, no-cache"
    return response


def lesson(request: HttpRequest, page: LessonPage) -> HttpResponse:
    """A lesson in the player. A visitor signs in; a locked lesson says when it opens."""
    who = viewer(request)
    if not who.is_signed_in:
        return redirect_to_login(request.get_full_path())
    now = timezone.now()
    parent = selectors.course_above(page)
    view = selectors.course_view(parent, _url(parent), who, today=local_date(now), at=page.translation_key)
    place = next((i for i, item in enumerate(view.lessons) if item.key == page.translation_key), None)
    if place is None:
        raise Http404
    if page.translation_key not in selectors.open_lessons(view) and not can(
        who, Verb.EDIT_CONTENT, today=local_date(now)
    ):
        return render(request, "courses/locked.html", {"page": page, "view": view}, status=403)
    if view.enrolment is not None:
        services.remember_place(enrolment=view.enrolment, lesson_key=page.translation_key, now=now)
    context = {
        "page": page,
        "view": view,
        "place": place + 1,
        "previous": view.lessons[place - 1] if place else None,
        "following": view.lessons[place + 1] if place + 1 < len(view.lessons) else None,
        "is_read": page.translation_key in view.done.read,
        "can_record": who.officer_id is not None,
    }
    response = render(request, "courses/lesson_page.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
@for_learners
def begin(request: HttpRequest, officer_id: int, page: CoursePage) -> HttpResponse:
    """Enrol and go to the first thing to do."""
    services.begin(course=page, officer_id=officer_id, now=timezone.now())
    view = selectors.course_view(page, _url(page), viewer(request), today=local_date(timezone.now()))
    return redirect(view.next_step.url if view.next_step else _url(page))


@require_POST
@for_learners
def read_lesson(request: HttpRequest, officer_id: int, page: CoursePage, lesson_key: UUID) -> HttpResponse:
    """Record a lesson as read and go on to what comes after it."""
    try:
        following = services.read_lesson(
            course=page, officer_id=officer_id, lesson_key=lesson_key, now=timezone.now()
        )
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(_url(page))
    return redirect(f"{_url(page)}{following}/" if following else f"{_url(page)}#next")


@require_http_methods(["GET", "HEAD", "POST"])
@for_learners
def test(request: HttpRequest, officer_id: int, page: CoursePage, which: StepKind) -> HttpResponse:
    """What a test asks of you, and the button that starts or resumes it."""
    quiz = page.pre_quiz if which is StepKind.PRE else page.post_quiz
    if quiz is None:
        raise Http404
    now = timezone.now()
    if request.method == "POST":
        try:
            started = services.start_test(course=page, which=which, officer_id=officer_id, now=now)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("courses:test", code=page.code, which=which)
        return redirect("courses:attempt", code=page.code, which=which, attempt_id=started.public_id)
    view = selectors.course_view(page, _url(page), viewer(request), today=local_date(now), at=which)
    step = next(row for row in view.steps if row.kind is which)
    attempts = view.attempts[selectors.context_of(page.code, which)]
    resume = next((attempt for attempt in attempts if not attempt.submitted_at), None)
    context = {
        "page": page,
        "view": view,
        "which": which,
        "facts": quizzes.quiz_facts(quiz, officer_id, attempts, since=selectors.year_began(now), now=now),
        "attempts": [attempt for attempt in attempts if attempt.submitted_at],
        "resume": resume,
        "time_is_up": resume is not None and quizzes.is_over(resume, now=now),
        "is_locked": step.state is StepState.LOCKED or selectors.is_locked(view, which),
        "offer": attitudes.offer_at_start(
            page, view, officer_id, today=local_date(now), skipped=skipped(request)
        )
        if which is StepKind.PRE
        else None,
    }
    return render(request, "courses/test.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_learners
def attempt(
    request: HttpRequest, officer_id: int, page: CoursePage, which: StepKind, attempt_id: str
) -> HttpResponse:
    """The questions. Saving keeps what is chosen; handing in grades it, once."""
    now = timezone.now()
    if request.method == "POST" and "check" not in request.POST:
        act = _keep if "save" in request.POST else _hand_in
        return act(request, page, which, officer_id, attempt_id, answers_from(request.POST), now)
    held = quizzes.attempt_of(officer_id, attempt_id)
    if held is None or held.context != selectors.context_of(page.code, which):
        raise Http404
    if held.submitted_at is not None:
        return _to_result(page, which, attempt_id)
    if request.method == "POST":
        return _checked(request, held, answers_from(request.POST), now)
    if quizzes.is_over(held, now=now):
        return _hand_in(request, page, which, officer_id, attempt_id, {}, now)
    context = {"page": page, "which": which, "attempt": held, "items": quizzes.paper(held), "now": now}
    return render(request, "courses/attempt.html", context)


def _checked(request: HttpRequest, held: quizzes.Attempt, answers: Answers, now: datetime) -> HttpResponse:
    """Keep what was answered and show the feedback of one question, which stays as it is from now on."""
    number = next(
        (n for n, item in enumerate(held.items, start=1) if str(item["v"]) == request.POST["check"]), None
    )
    if number is None:
        raise Http404
    try:
        is_kept = check_answer(attempt=held, version_id=held.items[number - 1]["v"], answers=answers, now=now)
    except DomainError as error:
        save_answers(attempt=held, answers=answers, now=now)
        messages.error(request, f"ข้อ {number}: {error.message}")
        is_kept = True
    if not is_kept:
        messages.warning(request, TOO_LATE)
    return redirect(f"{request.path}#q-{number}")


def _keep(
    request: HttpRequest,
    page: CoursePage,
    which: StepKind,
    officer_id: int,
    attempt_id: str,
    answers: Answers,
    now: datetime,
) -> HttpResponse:
    """Keep answers and say so: to the page's own script in a line of data, to everyone else on the page again.

    A page still open elsewhere goes on saving after handing in: its script is told, a person is led to the result.
    """
    context = selectors.context_of(page.code, which)
    try:
        done = save_named(
            officer_id=officer_id, context=context, public_id=attempt_id, answers=answers, now=now
        )
    except NotFound as error:
        raise Http404 from error
    is_kept = done is Kept.KEPT
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"kept": is_kept, "at": format_time(now)}, status=200 if is_kept else 409)
    if done is Kept.HANDED_IN:
        return _to_result(page, which, attempt_id)
    if is_kept:
        messages.success(request, "บันทึกคำตอบแล้ว กลับมาทำต่อได้จากทุกเครื่อง")
    else:
        messages.warning(request, TOO_LATE)
    return redirect(request.path)


def _hand_in(
    request: HttpRequest,
    page: CoursePage,
    which: StepKind,
    officer_id: int,
    attempt_id: str,
    answers: Answers,
    now: datetime,
) -> HttpResponse:
    try:
        services.hand_in(
            course=page, which=which, officer_id=officer_id, attempt_id=attempt_id, answers=answers, now=now
        )
    except NotFound as error:
        raise Http404 from error
    return _to_result(page, which, attempt_id)


def _to_result(page: CoursePage, which: StepKind, attempt_id: str) -> HttpResponse:
    return redirect("courses:result", code=page.code, which=which, attempt_id=attempt_id)


@require_GET
@for_learners
def result(
    request: HttpRequest, officer_id: int, page: CoursePage, which: StepKind, attempt_id: str
) -> HttpResponse:
    """What was right and why, for every option."""
    held = quizzes.attempt_of(officer_id, attempt_id)
    if held is None or held.context != selectors.context_of(page.code, which):
        raise Http404
    if held.submitted_at is None:
        return redirect("courses:attempt", code=page.code, which=which, attempt_id=attempt_id)
    now = timezone.now()
    view = selectors.course_view(page, _url(page), viewer(request), today=local_date(now), at=which)
    period = selectors.year_began(held.started_at)
    gate = quizzes.key_gate(held, now=now, since=period)
    items = quizzes.review(held, now=now, since=period) if gate.is_open else ()
    here = view.attempts[selectors.context_of(page.code, which)]
    context = {
        "page": page,
        "view": view,
        "which": which,
        "attempt": held,
        "gate": gate,
        "items": items,
        "changes": quizzes.score_changes_of(held),
        "read_again": selectors.to_read_again(view, items),
        "facts": quizzes.quiz_facts(held.quiz, officer_id, here, since=selectors.year_began(now), now=now),
        "is_unrecorded": bool(held.passed)
        and which is StepKind.POST
        and not held.is_practice
        and not records.has_award_for(held.public_id),
    }
    return render(request, "courses/result.html", context)


@require_GET
@for_learners
def passed(request: HttpRequest, officer_id: int, page: CoursePage) -> HttpResponse:
    """The quiet moment after passing: the certificate, what was learned, what comes next."""
    now = timezone.now()
    services.settle_awards(now=now, officer_id=officer_id)
    view = selectors.course_view(page, _url(page), viewer(request), today=local_date(now))
    if view.award is None:
        return redirect(_url(page))
    offer = attitudes.offer(page, officer_id, today=local_date(now), skipped=skipped(request))
    context = {"page": page, "view": view, "award": view.award, "offer": offer}
    return render(request, "courses/passed.html", context)
