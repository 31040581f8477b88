"""Papers that come with a proposal: which files are taken, and how they are kept."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.utils.http import content_disposition_header

from sucharit.kernel.errors import InvalidInput
from sucharit.records.models import Attachment

MOST_BYTES = 5 * 1024 * 1024
# The ending, and what such a file begins with; a table of text begins with anything but a nought byte.
MAGIC: Mapping[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "jpg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "xlsx": (b"PK\x03\x04",),
    "csv": (),
}
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_UNSAFE = re.compile(r"[^\w\u0e00-\u0e7f .()\-]+")
# Chosen with a form that was never finished.
_FORGOTTEN = timedelta(days=1)


def keep(*, upload: UploadedFile, by_id: int, now: datetime) -> Attachment:
    """Keep a file. Raises InvalidInput (field "file") for one that is too large, of another kind, or not what its name says."""
    if (upload.size or 0) > MOST_BYTES:
        raise _refused("file_too_large", f"ไฟล์ใหญ่เกิน {MOST_BYTES // 1024**2} MB โปรดลดขนาดแล้วแนบอีกครั้ง")
    content = upload.read(MOST_BYTES + 1)
    name = clean_name(upload.name or "")
    kind = "jpg" if name.lower().endswith(".jpeg") else name.lower().rpartition(".")[2]
    if kind not in MAGIC:
        raise _refused("file_kind", "แนบได้เฉพาะไฟล์ PDF JPG PNG XLSX และ CSV")
    starts = MAGIC[kind]
    is_said = content.startswith(starts) if starts else b"\x00" not in content
    if not content or not is_said:
        raise _refused("file_is_not_what_it_says", "เนื้อไฟล์ไม่ตรงกับชนิดที่ชื่อไฟล์บอก โปรดตรวจแล้วแนบอีกครั้ง")
    _forget(by_id, now)
    return Attachment.objects.create(
        name=name,
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by_id=by_id,
        uploaded_at=now,
    )


def clean_name(name: str) -> str:
    """The last part of a name in plain signs, at most 120 of them, with its ending."""
    last = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = last.rpartition(".")
    return f"{stem[:100]}.{ending[:10]}" if dot and stem else last[:120]


def kept(public_id: str, *, by_id: int) -> Attachment | None:
    """A file that this person chose and that no proposal holds yet: a form with a mistake keeps it."""
    rows = Attachment.objects.filter(public_id=public_id, uploaded_by_id=by_id, proposals__isnull=True)
    return rows.defer("content").first()


def _forget(by_id: int, now: datetime) -> None:
    old = Attachment.objects.filter(uploaded_by_id=by_id, uploaded_at__lt=now - _FORGOTTEN)
    old.filter(proposals__isnull=True).delete()


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput(code, message, field="file")


def disposition(attachment: Attachment) -> str:
    """The header that makes a browser save the file under its own name, in whatever script that is."""
    return content_disposition_header(as_attachment=True, filename=attachment.name) or "attachment"
