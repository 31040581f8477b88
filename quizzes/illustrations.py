"""Pictures between files and the bank: what a file calls `my-basket.png` the bank calls by its hash, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from quizzes import marked, pictures
from quizzes.drafts import BankEntry, QuestionDraft
from quizzes.interchange import MARKER, Row
from quizzes.pictures import Drawn
from sucharit.kernel.errors import InvalidInput

# One request draws these in a few seconds; a file with more comes in several.
MOST_PICTURES = 300
MOST_PIXELS = 100_000_000


def _renamed(draft: QuestionDraft, names: Mapping[str, str]) -> QuestionDraft:
    """The draft with its pictures under other names; markers of other names stay."""

    def text(said: str) -> str:
        return MARKER.sub(lambda mark: f"![{mark[1]}]({names.get(mark[2], mark[2])})", said)

    choices = [
        replace(choice, text=text(choice.text), feedback=text(choice.feedback), match=text(choice.match))
        for choice in draft.choices
    ]
    return replace(draft, stem=text(draft.stem), choices=choices, explanation=text(draft.explanation))


class Album:
    """The pictures of one file: each weighed and drawn once, however many questions show it."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.names = dict(pictures.known({data for row in rows for data in row.images.values()}))
        self.held = pictures.held(
            marked.names(text for row in rows for text in marked.texts_of(row.entry.draft))
        )
        self.drawn: dict[bytes, Drawn] = {}
        self.refused: dict[bytes, InvalidInput] = {}
        self.pixels = 0

    def settle(self, row: Row) -> tuple[BankEntry, tuple[bytes, ...]]:
        """The entry of a row with its pictures under their names in the bank, and those of them that are new there.

        Raises InvalidInput for a picture that cannot be taken, and for one that is named without being there or in the bank.
        """
        draft = row.entry.draft
        missing = next((name for name in marked.names(marked.texts_of(draft)) if name not in self.held), "")
        if missing:
            why = "ไฟล์นี้มีเพียงชื่อภาพ โปรดใช้ Moodle XML ที่มีตัวภาพ"
            raise InvalidInput("picture_missing", f"ไม่มีภาพ {missing} ในคลัง {why}", field="stem")
        names = {name: marked.SCHEME + self._name(name, data) for name, data in row.images.items()}
        new = tuple(dict.fromkeys(data for data in row.images.values() if data in self.drawn))
        return replace(row.entry, draft=_renamed(draft, names)), new

    def _name(self, name: str, data: bytes) -> str:
        if data in self.refused:
            raise self.refused[data]
        if data not in self.names:
            try:
                self.names[data] = self._draw(data).sha256[: marked.NAME_LENGTH]
            except InvalidInput as error:
                self.refused[data] = InvalidInput(
                    error.code, f"ภาพ {name}: {error.message}", field=error.field
                )
                raise self.refused[data] from error
        return self.names[data]

    def _draw(self, data: bytes) -> Drawn:
        width, height = pictures.size_of(data)
        self.pixels += width * height
        if len(self.drawn) >= MOST_PICTURES or self.pixels > MOST_PIXELS:
            raise InvalidInput(
                "pictures_many", "ภาพใหม่ในไฟล์นี้มากเกินไป โปรดแบ่งเป็นหลายไฟล์ หรือย่อภาพก่อน", field="picture"
            )
        self.drawn[data] = pictures.draw(data)
        return self.drawn[data]

    def keep(self, datas: Iterable[bytes], *, now: datetime, by_id: int | None) -> None:
        """Keep these new pictures."""
        for data in datas:
            pictures.keep_drawn(drawn=self.drawn[data], now=now, by_id=by_id)


def with_file_names(entries: Sequence[BankEntry]) -> tuple[list[BankEntry], Mapping[str, bytes]]:
    """Entries whose pictures are called as files are, with the bytes behind those names. One query."""
    texts = [text for entry in entries for text in marked.texts_of(entry.draft)]
    held = pictures.held(marked.names(texts))
    files = {name: f"{image.name}{PurePosixPath(str(image.file)).suffix}" for name, image in held.items()}
    images: dict[str, bytes] = {}
    for name, image in held.items():
        if files[name] not in images:
            with image.file.open("rb") as file:
                images[files[name]] = file.read()
    renamed = {marked.SCHEME + name: file for name, file in files.items()}
    return [replace(entry, draft=_renamed(entry.draft, renamed)) for entry in entries], images
