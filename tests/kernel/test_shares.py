"""A share says «all» only of all and «none» only of none."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sucharit.kernel.shares import percent_of

COUNTS = st.integers(min_value=0, max_value=3_000_000)


@st.composite
def parts(draw) -> tuple[int, int]:
    """So many of so many."""
    whole = draw(st.integers(min_value=1, max_value=3_000_000))
    return draw(st.integers(min_value=0, max_value=whole)), whole


@given(parts())
@example((1_999, 2_000))
@example((2_999_999, 3_000_000))
@example((1, 3_000_000))
@example((1, 2_000))
def test_all_is_said_of_all_only_and_none_of_none_only(case):
    part, whole = case
    share = percent_of(part, whole)
    assert (share == 100) == (part == whole)
    assert (share == 0) == (part == 0)


@given(parts())
def test_a_share_is_cut_after_one_decimal_and_never_promises_more_than_is_true(case):
    part, whole = case
    share, exact = percent_of(part, whole), Fraction(100 * part, whole)
    assert share.as_tuple().exponent == -1
    if 0 < exact < Fraction(1, 10):
        assert share == Decimal("0.1")
    else:
        assert 0 <= exact - Fraction(share) < Fraction(1, 10)


@given(parts(), COUNTS)
def test_more_of_the_same_is_never_a_smaller_share(case, more):
    part, whole = case
    assert percent_of(part, whole) <= percent_of(min(part + more, whole), whole)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (1_999, 2_000, "99.9"),
        (1, 2_000, "0.1"),
        (2, 3, "66.6"),
        (0, 5, "0.0"),
        (5, 5, "100.0"),
        (0, 0, "0.0"),
        (0.824, 1, "82.4"),
        (99.99, 100.0, "99.9"),
        (Decimal("12.50"), 100, "12.5"),
        (1e-30, 1, "0.1"),
    ],
)
def test_some_shares(part, whole, said):
    assert str(percent_of(part, whole)) == said


@pytest.mark.parametrize(("part", "whole"), [(-1, 5), (1, -5), (float("nan"), 1), (1, float("inf"))])
def test_what_is_no_share_is_refused(part, whole):
    with pytest.raises(ValueError, match="share"):
        percent_of(part, whole)
