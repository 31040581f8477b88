"""What learners ask for, in the fewest queries that still answer it."""

import json
import random
from functools import cache
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from tests.bench.bare.models import (
    Attempt,
    Completion,
    Course,
    Enrolment,
    Lesson,
    Progress,
    Question,
    Rollup,
    Standing,
)

QUESTIONS = 14
PASS_PERCENT = 60
_PIECE = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 21V3.5"/></svg>'


@cache
def _furniture() -> dict[str, SafeString]:
    sizes = json.loads(settings.FURNITURE.read_text()) if settings.FURNITURE.exists() else {}
    return {page: mark_safe(_PIECE * (size // len(_PIECE))) for page, size in sizes.items()}


def page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Render a page with its furniture."""
    return render(request, f"{name}.html", {**context, "furniture": _furniture().get(name, "")})


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n")


def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password."""
    if request.method != "POST":
        return page(request, "login", title="เข้าสู่ระบบ")
    user = authenticate(request, email=request.POST["login"], password=request.POST["password"])
    if user is None:
        return page(request, "login", title="เข้าสู่ระบบ", failed=True)
    login(request, user)
    return redirect("/courses/")


def catalogue(request: HttpRequest) -> HttpResponse:
    """All courses: one query."""
    return page(request, "catalogue", title="รายวิชา", courses=Course.objects.defer("html").order_by("id"))


def _steps(person_id: int | None, course_id: int, code: str) -> list[dict[str, Any]]:
    read = set()
    if person_id is not None:
        read = set(
            Progress.objects.filter(person_id=person_id, course_id=course_id).values_list("number", flat=True)
        )
    rows = Lesson.objects.filter(course_id=course_id).order_by("number").values("number", "title", "minutes")
    return [
        {**row, "url": f"/courses/{code}/{row['number']}/", "read": row["number"] in read} for row in rows
    ]


def course(request: HttpRequest, code: str) -> HttpResponse:
    """A course and its contents: three queries."""
    found = get_object_or_404(Course, code=code)
    steps = _steps(request.user.pk, found.pk, code)
    return page(request, "course", title=found.title, course=found, body=mark_safe(found.html), steps=steps)


@login_required
def lesson(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A lesson: itself, its neighbours, what was read."""
    found = get_object_or_404(Lesson, course__code=code, number=number)
    steps = _steps(request.user.pk, found.course_id, code)
    return page(
        request,
        "lesson",
        title=found.title,
        body=mark_safe(found.html),
        steps=steps,
        code=code,
        number=number,
        percent=sum(step["read"] for step in steps) * 100 // len(steps),
    )


def _move(person_id: int, state: str, **facts: Any) -> None:
    """Move the person's line and the two counts of their unit."""
    line = Standing.objects.filter(person_id=person_id).values("id", "state", "agency_path").first()
    if line is None or line["state"] in (state, "on_time"):
        return
    if not Standing.objects.filter(pk=line["id"], state=line["state"]).update(state=state, **facts):
        return
    counts = Rollup.objects.filter(agency_path=line["agency_path"])
    counts.filter(state=line["state"]).update(people=F("people") - 1)
    counts.filter(state=state).update(people=F("people") + 1)


def _enrol(person_id: int, course: Course) -> None:
    _, made = Enrolment.objects.get_or_create(
        person_id=person_id, course=course, defaults={"started_at": timezone.now()}
    )
    if made and course.is_required:
        _move(person_id, "in_progress")


@require_POST
@login_required
@transaction.atomic
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Enrol, once."""
    _enrol(request.user.pk, get_object_or_404(Course.objects.defer("html"), code=code))
    return redirect(f"/courses/{code}/1/")


@require_POST
@login_required
@transaction.atomic
def read(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Record a lesson as read, in order."""
    found = get_object_or_404(Course.objects.defer("html"), code=code)
    _enrol(request.user.pk, found)
    done = set(
        Progress.objects.filter(person_id=request.user.pk, course=found).values_list("number", flat=True)
    )
    if not 1 <= number <= found.lessons or not done >= set(range(1, number)):
        raise Http404
    if number not in done:
        Progress.objects.bulk_create(
            [Progress(person_id=request.user.pk, course=found, number=number, read_at=timezone.now())],
            ignore_conflicts=True,
        )
    return redirect(f"/courses/{code}/{number + 1}/" if number < found.lessons else f"/courses/{code}/")


@login_required
def test(request: HttpRequest, code: str) -> HttpResponse:
    """The test's own page, and the button that starts it."""
    found = get_object_or_404(Course.objects.defer("html"), code=code)
    if request.method != "POST":
        attempts = Attempt.objects.filter(person_id=request.user.pk, course=found).defer("items", "answers")
        return page(request, "test", title=found.title, attempts=attempts)
    with transaction.atomic():
        held = Attempt.objects.filter(
            person_id=request.user.pk, course=found, submitted_at__isnull=True
        ).first()
        if held is None:
            held = new_attempt(request.user.pk, found.pk)
            held.save(force_insert=True)
    return redirect(f"/courses/{code}/test/{held.public_id}/")


def new_attempt(person_id: int, course_id: int) -> Attempt:
    """An attempt with questions drawn from the bank, each pinned with the order of its options; not yet saved."""
    drawn = random.sample(list(Question.objects.values_list("id", flat=True)), QUESTIONS)
    found = Question.objects.only("choices").in_bulk(drawn)
    return Attempt(
        public_id=token_hex(8),
        person_id=person_id,
        course_id=course_id,
        items=[{"v": pk, "order": _mixed(found[pk])} for pk in drawn],
        started_at=timezone.now(),
    )


def asked_of(held: Attempt) -> list[int]:
    """The questions of an attempt, in its order."""
    return [item["v"] for item in held.items]


def _mixed(question: Question) -> list[str]:
    order = [choice["id"] for choice in question.choices]
    random.shuffle(order)
    return order


def _own(request: HttpRequest, attempt_id: str) -> Attempt:
    return get_object_or_404(
        Attempt.objects.select_related("course").defer("course__html"),
        public_id=attempt_id,
        person_id=request.user.pk,
    )


def _items(held: Attempt) -> list[Question]:
    found = Question.objects.in_bulk(asked_of(held))
    for item in held.items:
        rows = {choice["id"]: choice for choice in found[item["v"]].choices}
        found[item["v"]].choices = [rows[one] for one in item["order"]]
    return [found[item["v"]] for item in held.items]


@login_required
def attempt(request: HttpRequest, code: str, attempt_id: str) -> HttpResponse:
    """The questions; saving keeps what is answered, handing in grades it."""
    held = _own(request, attempt_id)
    result_url = f"/courses/{code}/test/{attempt_id}/result/"
    if held.submitted_at is not None:
        return redirect(result_url)
    if request.method != "POST":
        return page(request, "attempt", title=held.course.title, items=_items(held))
    with transaction.atomic():
        if "save" in request.POST:
            return _save(request, held)
        _hand_in(request, held)
    return redirect(result_url)


def _save(request: HttpRequest, held: Attempt) -> JsonResponse:
    said = {str(pk): chosen for pk in asked_of(held) if (chosen := request.POST.getlist(f"q{pk}"))}
    kept = Attempt.objects.filter(pk=held.pk, submitted_at__isnull=True).update(
        answers={**held.answers, **said}
    )
    return JsonResponse({"kept": bool(kept)}, status=200 if kept else 409)


def _hand_in(request: HttpRequest, held: Attempt) -> None:
    now = timezone.now()
    answers = {pk: request.POST.getlist(f"q{pk}") for pk in asked_of(held)}
    score = sum(
        set(answers[question.pk]) == {c["id"] for c in question.choices if c["correct"]}
        for question in _items(held)
    )
    won = Attempt.objects.filter(pk=held.pk, submitted_at__isnull=True).update(
        answers=answers, score=score, submitted_at=now
    )
    if not won or score * 100 < PASS_PERCENT * len(held.items):
        return
    person = request.user
    Completion.objects.create(
        attempt=held,
        person=person,
        course=held.course,
        name=person.name,
        agency_name=person.agency_name,
        score=score,
        completed_at=now,
    )
    if held.course.is_required:
        _move(person.pk, "on_time", completed_at=now)


@login_required
def result(request: HttpRequest, code: str, attempt_id: str) -> HttpResponse:
    """What was right and why."""
    held = _own(request, attempt_id)
    return page(request, "result", title=held.course.title, attempt=held, items=_items(held))


@login_required
def passed(request: HttpRequest, code: str) -> HttpResponse:
    """The completion."""
    done = Completion.objects.filter(person_id=request.user.pk, course__code=code).first()
    if done is None:
        raise Http404
    return page(request, "passed", title="ผ่านแล้ว", done=done)
