"""What a browser may hand in: answers to the questions of one attempt, and nothing else."""

import re

from django.http import QueryDict

from quizzes.kinds import LONGEST_TEXT
from quizzes.services import Answers

# More than any question has options; the rest of a forged form is not read.
MOST_VALUES = 60
# Eighteen digits fit every database's integer.
FIELD = re.compile(r"q[0-9]{1,18}")


def answers_from(post: QueryDict) -> Answers:
    """Read `q<version id>` fields, and `q<version id>.<row id>` fields of rows that are paired, as `row=target`.

    A question left out of the form is left out here, so what was saved stays. A form sends one empty value with each
    multiple choice, so that taking back every tick is an answer too. What the attempt does not ask, its keeper drops.
    """
    found: dict[int, list[str]] = {}
    for name in post:
        field, _, row = name.partition(".")
        if not FIELD.fullmatch(field):
            continue
        values = post.getlist(name)[:MOST_VALUES]
        kept = [f"{row[:4]}={value[:4]}" if row else value[:LONGEST_TEXT] for value in values if value]
        found.setdefault(int(field[1:]), []).extend(kept)
    return found
