"""The starter question bank and quizzes, from readable files."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from quizzes.attitudes import Line, save_instrument
from quizzes.models import Instrument as Instrument
from quizzes.models import Quiz as Quiz
from quizzes.services import Choice, Draw, QuestionDraft, save_question, save_quiz

CONTENT = Path(__file__).parent / "content"


def load_bank(folder: Path, *, now: datetime) -> int:
    """Put the questions of `questions.toml` into the bank. Loading again adds nothing. Returns how many there are."""
    raw = tomllib.loads((folder / "questions.toml").read_text(encoding="utf-8"))
    rows = raw["question"]
    for row in rows:
        save_question(
            code=row["code"],
            standard=row["standard"],
            draft=_draft(row),
            difficulty=row.get("difficulty", "medium"),
            topics=row.get("topics", raw.get("topics", ())),
            now=now,
        )
    return len(rows)


def _draft(row: Mapping[str, Any]) -> QuestionDraft:
    return QuestionDraft(
        kind=row["kind"],
        stem=row["stem"].strip(),
        choices=[Choice(choice["text"], choice["correct"], choice["feedback"]) for choice in row["choice"]],
        explanation=row.get("explanation", ""),
        source=row.get("source", ""),
        as_of=row.get("as_of"),
    )


def load_quizzes(folder: Path) -> Mapping[str, Quiz]:
    """Make the quizzes of `quizzes.toml`, by code. One may name the quiz that it comes `before`."""
    rows = tomllib.loads((folder / "quizzes.toml").read_text(encoding="utf-8"))["quiz"]
    made = {
        row["code"]: save_quiz(
            code=row["code"],
            title=row["title"],
            instructions=row.get("instructions", "").strip(),
            pass_percent=row["pass_percent"],
            time_limit_minutes=row.get("time_limit_minutes") or None,
            max_attempts=row.get("max_attempts", 0),
            draws=[Draw(**draw) for draw in row["draw"]],
        )
        for row in rows
    }
    for row in rows:
        if "before" in row:
            pre, post = made[row["code"]], made[row["before"]]
            pre.before = post
            pre.save(update_fields=["before"])
    return made


def load_instrument(folder: Path, *, now: datetime) -> Instrument:
    """Make the questionnaire of `attitude.toml`."""
    raw = tomllib.loads((folder / "attitude.toml").read_text(encoding="utf-8"))
    return save_instrument(
        code=raw["code"],
        title=raw["title"],
        introduction=raw["introduction"].strip(),
        lines=[Line(row["text"], row.get("reversed", False)) for row in raw["statement"]],
        declares=True,
        now=now,
        by_id=None,
    )
