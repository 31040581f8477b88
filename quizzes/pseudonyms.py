"""The only place where a person and an answer of attitude meet: in the memory of that person's own request.

A pseudonym is a keyed hash. The key stands outside the database, so the database alone cannot tell whose answer is whose, and
with the key gone nobody ever can.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from django.conf import settings

# Shorter than this a key could be guessed.
SHORTEST_KEY = 32


def is_kept() -> bool:
    """Whether this installation has a key. Without one no questionnaire is offered."""
    return len(settings.SUCHARIT_ATTITUDE_KEY) >= SHORTEST_KEY


def pseudonym(*, instrument: str, context: str, person: str) -> str:
    """64 hexadecimal digits: the same for one person, questionnaire and place as long as the key stays.

    `person` is the public id of the officer. Other questionnaires and other places give other pseudonyms, so answers cannot be
    gathered across them. Raises ValueError where there is no key.
    """
    if not is_kept():
        raise ValueError("there is no key for pseudonyms")
    words = f"{instrument}|{context}|{person}"
    return hmac.new(settings.SUCHARIT_ATTITUDE_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()


def forget_key(path: Path) -> None:
    """Put a new random key over the old one in its file, readable by its owner only."""
    fresh = secrets.token_urlsafe(50)
    # Over the same bytes first: a new file beside the old one would leave the old key on the disk.
    with path.open("r+b") as stream:
        stream.write(b"0" * path.stat().st_size)
        stream.flush()
        stream.seek(0)
        stream.truncate()
        stream.write(fresh.encode())
    path.chmod(0o600)
