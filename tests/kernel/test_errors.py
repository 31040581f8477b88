"""Errors carry a code for programs, a sentence for people, and facts that stay out of representations."""

from __future__ import annotations

import pickle

import pytest

from sucharit.kernel.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotFound,
    OutOfScope,
    Refused,
)
from sucharit.kernel.thai_calendar import ThaiDateError


@pytest.mark.parametrize(
    "kind", [DomainError, InvalidInput, Refused, Conflict, NotFound, OutOfScope, ThaiDateError]
)
def test_an_error_survives_the_way_between_processes(kind: type[DomainError]) -> None:
    error = kind("some-code", "เกิดข้อผิดพลาด", count=3)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (again.code, again.message, again.data) == ("some-code", "เกิดข้อผิดพลาด", {"count": 3})
    assert str(again) == "เกิดข้อผิดพลาด"


def test_invalid_input_names_its_field() -> None:
    error = InvalidInput("x", "ข้อความ", field="email", row=7)
    assert (error.field, error.data) == ("email", {"row": 7})
    assert pickle.loads(pickle.dumps(error)).field == "email"
    assert InvalidInput("x", "ข้อความ").field == ""


def test_outside_the_scope_is_answered_as_not_found() -> None:
    with pytest.raises(NotFound):
        raise OutOfScope("x", "ไม่พบข้อมูล")


def test_representations_hold_no_data() -> None:
    assert repr(Refused("too-late", "เลยกำหนดแล้ว", who="somebody")) == "<Refused too-late>"
