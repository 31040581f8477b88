"""Small pictures for tests, each a real file."""

import io

from PIL import Image


def picture(colour: str = "teal", *, size: tuple[int, int] = (40, 20), form: str = "PNG", **facts) -> bytes:
    """A picture of one colour."""
    kept = io.BytesIO()
    Image.new(facts.pop("mode", "RGB"), size, colour).save(kept, form, **facts)
    return kept.getvalue()
