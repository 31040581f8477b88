"""Shares in per cent, as the house prints them everywhere: on a page, in a chart and in a file."""

from decimal import ROUND_DOWN, Decimal

__all__ = ["percent_of"]

_STEP = Decimal("0.1")


def percent_of(part: float | Decimal, whole: float | Decimal) -> Decimal:
    """Return part of whole in per cent with one decimal, rounded down; 0 where the whole is nothing.

    Rounding must not announce what has not happened: 1,999 of 2,000 are 99.9, so that 100 is said only when everyone is done,
    and one of a million is 0.1, so that 0 is said only when nobody is. Raises ValueError for what is negative or no number.
    """
    counted, of = Decimal(str(part)), Decimal(str(whole))
    if not (counted.is_finite() and of.is_finite()) or counted < 0 or of < 0:
        raise ValueError("a share is of two numbers that are not negative")
    if not of or not counted:
        return Decimal("0.0")
    return max(_STEP, (100 * counted / of).quantize(_STEP, rounding=ROUND_DOWN))
