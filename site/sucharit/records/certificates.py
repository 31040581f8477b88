"""Certificates: immutable Thai PDFs, and the picture of their address.

WeasyPrint needs Pango on the system. Where it is missing the platform still works: `engine_fault` says what to install,
awards are recorded, and the certificates are made by `issue_missing` once the library is there.
"""

import hashlib
import logging
import warnings
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from sucharit.kernel import ids, names, thai_text
from sucharit.kernel.errors import Refused
from sucharit.kernel.thai_calendar import FiscalYear, format_date, local_date
from sucharit.records.enums import AwardKind
from sucharit.records.models import AwardEvent, Certificate

logger = logging.getLogger(__name__)

_INSTALL_PANGO = "ยังออกประกาศนียบัตรไม่ได้: ระบบขาด Pango (Debian/Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango)"


def _load_engine() -> ModuleType | None:
    # Importing WeasyPrint loads Pango through ctypes and fails with OSError where the system has none. Where only
    # harfbuzz-subset is missing it warns and subsets fonts with fontTools, which does: a warning of the machine, not of the code.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="HarfBuzz-Subset", category=DeprecationWarning)
        try:
            return import_module("weasyprint")
        except OSError:
            return None


_ENGINE = _load_engine()


def engine_fault() -> str:
    """What to install before certificates can be made; empty when all is there."""
    return "" if _ENGINE is not None else _INSTALL_PANGO


@dataclass(frozen=True)
class Face:
    """The words of a certificate, ready to print."""

    serial: str
    holder: str
    position: str
    agency: str
    course: str
    edition: int
    hours: str
    completed_on: str
    issued_on: str
    verify_url: str


def verify_url(serial: str) -> str:
    """The public address that a QR code carries; from settings, never from a request."""
    return f"{settings.PUBLIC_URL}/verify/{serial}/"


def qr_svg(text: str) -> str:
    """A QR code as inline SVG without size, for page and PDF alike."""
    return segno.make(text, error="m").svg_inline(border=2, omitsize=True)


def face_of(award: AwardEvent, serial: str, *, now: datetime) -> Face:
    """What the certificate says: the snapshot of that day, not today's person."""
    holder = names.full_name(award.title, award.first_name, award.last_name)
    minutes = award.edition.minutes
    hours = f"{award.edition.hours.normalize():f} ชั่วโมง" if minutes >= 60 else f"{minutes} นาที"
    return Face(
        serial=serial,
        holder=holder,
        position=award.position_title,
        agency=award.agency_name,
        course=award.edition.title,
        edition=award.edition.number,
        hours=hours,
        completed_on=format_date(local_date(award.completed_at), "full"),
        issued_on=format_date(local_date(now), "full"),
        verify_url=verify_url(serial),
    )


def render_pdf(face: Face) -> bytes:
    """The certificate as a tagged PDF/A with embedded fonts. Raises Refused where the engine is missing."""
    if _ENGINE is None:
        raise Refused("pdf_engine_missing", _INSTALL_PANGO)
    html = render_to_string("records/certificate.html", {"face": face, "qr": qr_svg(face.verify_url)})
    # Sara am shapes into two glyphs, one of which the PDF maps to a single character for the whole document: decomposed
    # first, the printed text looks the same and extracts as written.
    document = _ENGINE.HTML(
        string=thai_text.decompose_sara_am(html),
        base_url=_font_folder().as_uri() + "/",
        url_fetcher=_our_files_only(),
    )
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-2a")
    return pdf


def _font_folder() -> Path:
    found = finders.find("theme/fonts/sarabun-400.ttf")
    if not isinstance(found, str):
        raise Refused("fonts_missing", "ไม่พบแบบอักษร Sarabun ในไฟล์ของระบบ")
    return Path(found).parent


def _our_files_only() -> object:
    """A fetcher that reads local files and knows no other protocol: nothing is loaded from outside."""
    return _ENGINE.urls.URLFetcher(allowed_protocols=["file"]) if _ENGINE is not None else None


def issue(*, award: AwardEvent, now: datetime) -> Certificate:
    """The certificate of an award, made at the first call and the same bytes ever after."""
    made = Certificate.objects.filter(award=award).first()
    if made is not None:
        return made
    year = FiscalYear.of(local_date(award.completed_at)).year
    serial = ids.new_serial(year)
    pdf = render_pdf(face_of(award, serial, now=now))
    try:
        with transaction.atomic():
            return Certificate.objects.create(
                serial=serial, award=award, issued_at=now, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest()
            )
    except IntegrityError:
        # Someone else made it at the same moment; theirs is the certificate.
        return Certificate.objects.get(award=award)


def issue_quietly(*, award_id: int) -> None:
    """Make the certificate of an award that was just committed. A missing engine is logged, never the learner's problem."""
    if engine_fault():
        logger.warning("certificate of award %s waits: %s", award_id, engine_fault())
        return
    award = AwardEvent.objects.select_related("edition").get(pk=award_id)
    issue(award=award, now=timezone.now())


def issue_missing(*, now: datetime) -> int:
    """Make every certificate that is still owed. Returns how many were made; safe to stop and run again."""
    made = 0
    for award in (
        AwardEvent.objects.filter(certificate__isnull=True, kind=AwardKind.AWARD)
        .select_related("edition")
        .iterator(chunk_size=200)
    ):
        try:
            issue(award=award, now=now)
        except (Refused, ValueError, OSError):
            # One award that cannot be printed must not hold up all the others.
            logger.exception("certificate of award %s could not be made", award.pk)
            continue
        made += 1
    return made
