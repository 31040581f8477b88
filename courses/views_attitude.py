"""The questionnaire of attitude of a course. Nothing said here is put into a message, a session, a log or an address."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from courses import attitudes
from courses.models import CoursePage
from courses.skipping import skip
from courses.views import for_learners
from quizzes.attitudes import POINTS, Questionnaire
from quizzes.enums import Wave
from sucharit.kernel.errors import InvalidInput, NotFound, Refused
from sucharit.kernel.thai_calendar import local_date


@require_http_methods(["GET", "HEAD", "POST"])
@for_learners
def attitude(request: HttpRequest, officer_id: int, page: CoursePage, wave: Wave) -> HttpResponse:
    """The questionnaire; its answer, once; or leaving it."""
    today = local_date(timezone.now())
    home = page.url or "/"
    if request.method == "POST" and "skip" in request.POST:
        answer = redirect("home:my" if wave is Wave.LATER else home)
        skip(request, answer, code=page.code, wave=str(wave))
        return answer
    if request.method != "POST":
        return _show(request, officer_id, page, wave)
    try:
        said = answers_from(request.POST)
        attitudes.answer(course=page, officer_id=officer_id, wave=wave, answers=said, today=today)
    except InvalidInput as error:
        return _show(request, officer_id, page, wave, error=error.message)
    except Refused:
        return _show(request, officer_id, page, wave)
    except NotFound:
        return redirect(home)
    # Answered: the same address says thank you, and knows no more than that.
    return redirect("courses:attitude", code=page.code, wave=wave)


def answers_from(post: QueryDict) -> dict[int, int]:
    """Read `s<statement id>` fields that hold a point of the scale. Anything else is not read."""
    points = {str(point): point for point in range(1, POINTS + 1)}
    return {
        int(name[1:]): points[said]
        for name, said in post.items()
        if name[:1] == "s" and name[1:].isascii() and name[1:].isdigit() and len(name) <= 10
        if isinstance(said, str) and said in points
    }


def _show(
    request: HttpRequest, officer_id: int, page: CoursePage, wave: Wave, *, error: str = ""
) -> HttpResponse:
    found = attitudes.sheet(page, officer_id, wave, today=local_date(timezone.now()))
    if found is None:
        return redirect(page.url or "/")
    context = {
        "page": page,
        "sheet": found,
        "wave": wave,
        "error": error,
        "blocks": _blocks(found.asked, answers_from(request.POST)),
        "ways": {"BEFORE": Wave.BEFORE, "AFTER": Wave.AFTER, "LATER": Wave.LATER},
    }
    status = 409 if request.method == "POST" and found.is_answered else 200
    return render(request, "courses/attitude.html", context, status=status)


def _blocks(asked: Questionnaire, said: dict[int, int]) -> list[dict[str, object]]:
    """One block per statement: its field, its words, and the points with the one that was chosen."""
    return [
        {
            "name": f"s{pk}",
            "legend": text,
            "points": [
                {"value": place, "label": words, "checked": said.get(pk) == place}
                for place, words in enumerate(asked.scale, start=1)
            ],
        }
        for pk, text in asked.statements
    ]
