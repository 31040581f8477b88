"""The HR list and its file: a roll-up for the total, an index for the rows."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from tests.bench.bare.models import Agency, Rollup, Standing
from tests.bench.bare.views import page

SIZE = 50
COLUMNS = ("name", "agency_name", "position", "level", "state", "due_on", "completed_at")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _agency(request: HttpRequest, agency_id: str) -> Agency:
    found = Agency.objects.filter(public_id=agency_id).first()
    if found is None or not request.user.scope or not found.path.startswith(request.user.scope):
        raise Http404
    return found


def _lines(agency: Agency) -> QuerySet[Standing]:
    inside = Standing.objects.filter(agency_path__gte=agency.path, agency_path__lt=agency.path + "~")
    return inside.order_by("agency_path", "sort_key", "id")


@login_required
def people(request: HttpRequest, agency_id: str) -> HttpResponse:
    """Fifty people after a cursor, and the total."""
    agency = _agency(request, agency_id)
    rows = _lines(agency)
    if after := request.GET.get("after", ""):
        path, key, pk = after.split("~")
        later = Q(agency_path__gt=path) | Q(agency_path=path) & (
            Q(sort_key__gt=key) | Q(sort_key=key, id__gt=pk)
        )
        rows = rows.filter(Q(agency_path__gte=path) & later)
    found = list(rows[: SIZE + 1])
    counts: dict[str, Any] = dict(
        Rollup.objects.filter(agency_path__gte=agency.path, agency_path__lt=agency.path + "~")
        .values_list("state")
        .annotate(people=Sum("people"))
    )
    last = found[SIZE - 1] if len(found) > SIZE else None
    return page(
        request,
        "people",
        title=agency.name,
        rows=found[:SIZE],
        done=counts.get("on_time", 0),
        total=sum(counts.values()),
        next=f"{last.agency_path}~{last.sort_key}~{last.pk}" if last else "",
    )


@login_required
def people_csv(request: HttpRequest, agency_id: str) -> StreamingHttpResponse:
    """Every line as CSV, streamed from the database's cursor."""
    rows = _lines(_agency(request, agency_id)).values_list(*COLUMNS).iterator(chunk_size=2_000)
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield writer.writerow(COLUMNS)
        buffer: list[str] = []
        for row in rows:
            buffer.append(writer.writerow(row))
            if len(buffer) == 500:
                yield "".join(buffer)
                buffer.clear()
        yield "".join(buffer)

    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
