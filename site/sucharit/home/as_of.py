"""The day that a page of the HR desk is of: today, or one in the past that somebody asks for (rule E6)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import HttpRequest

from sucharit.kernel.errors import InvalidInput
from sucharit.kernel.thai_calendar import BANGKOK, format_datetime, local_date, midnight, parse_date


@dataclass(frozen=True)
class AsOf:
    """What was asked for: the instant (None: now), the words typed, and what is wrong with them."""

    instant: datetime | None
    text: str = ""
    fault: str = ""

    @property
    def words(self) -> str:
        """The instant in words, for headings and files."""
        return format_datetime(self.instant, style="long") if self.instant else ""


def asked(request: HttpRequest, now: datetime) -> AsOf:
    """The day, and perhaps the time of day («31 ธ.ค. 2569», «31/12/2569 14:30»), in `?as_of=`.

    A day without a time is meant to its end; today and what lies ahead mean now. What cannot be read is said beside the field.
    """
    text = request.GET.get("as_of", "").replace("\x00", "").strip()[:60]
    if not text:
        return AsOf(None)
    day_text, clock = _split(text)
    try:
        day = parse_date(day_text)
        at = time.fromisoformat(clock) if clock else None
    except InvalidInput as error:
        return AsOf(None, text, error.message)
    except ValueError:
        return AsOf(None, text, "เวลาเขียนแบบ 14:30")
    if at is not None:
        instant = datetime.combine(day, at.replace(tzinfo=None), BANGKOK)
    elif day >= local_date(now):
        instant = now
    else:
        instant = midnight(day + timedelta(days=1)) - timedelta(microseconds=1)
    return AsOf(instant if instant < now else None, text)


def _split(text: str) -> tuple[str, str]:
    """Day and time of day, where the last word has a colon."""
    head, _, last = text.rpartition(" ")
    return (head, last.removesuffix("น.").strip()) if ":" in last and head else (text, "")
