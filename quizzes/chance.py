"""What guessing earns: the mean share of the point when every possible answer is equally likely. Pure functions of stored rows."""

from fractions import Fraction
from math import comb, factorial

from quizzes.enums import Kind, Scoring
from quizzes.kinds import TYPED, Asked, key_of, row_ids, target_ids


def chance(asked: Asked) -> float:
    """The mean share of the point that guessing earns, from 0 up to less than 1.

    SINGLE, TRUE_FALSE: one option at random. MULTIPLE: as many options as are right, at random. Pairs: each row gets a target at random;
    an order, or a ranking, is a random order. Typed answers and opinions: 0.
    """
    if asked.kind in TYPED or asked.kind == Kind.LIKERT:
        return 0.0
    return min(0.99, float(_RULES[Kind(asked.kind)](asked)))


def _one(asked: Asked) -> Fraction:
    return Fraction(sum(bool(row["correct"]) for row in asked.choices), len(asked.choices))


def _several(asked: Asked) -> Fraction:
    options, right = len(asked.choices), sum(bool(row["correct"]) for row in asked.choices)
    if not right:
        return Fraction(0)
    ways = comb(options, right)
    if asked.scoring == Scoring.EXACT:
        return Fraction(1, ways)
    # Chosen right minus chosen wrong is 2 · hits - right, never below nought.
    earned = sum(
        comb(right, hits) * comb(options - right, right - hits) * max(0, 2 * hits - right)
        for hits in range(right + 1)
    )
    return Fraction(earned, ways * right)


def _pairs(asked: Asked) -> Fraction:
    rows, targets = len(key_of(asked)), len(target_ids(asked))
    if not rows or not targets:
        return Fraction(0)
    return Fraction(1, targets) ** rows if asked.scoring == Scoring.EXACT else Fraction(1, targets)


def _order(asked: Asked) -> Fraction:
    places = len(row_ids(asked))
    return Fraction(1, factorial(places)) if asked.scoring == Scoring.EXACT else Fraction(1, places)


def _judgement(asked: Asked) -> Fraction:
    most = len(asked.scale) or len(asked.choices)
    experts = [row["expert"] for row in asked.choices]
    distance = sum(
        (Fraction(sum(abs(point - expert) for point in range(1, most + 1)), most) for expert in experts),
        Fraction(0),
    )
    greatest = sum(max(expert - 1, most - expert) for expert in experts) if asked.scale else most * most // 2
    return 1 - distance / greatest if greatest else Fraction(0)


_RULES = {
    Kind.SINGLE: _one,
    Kind.TRUE_FALSE: _one,
    Kind.MULTIPLE: _several,
    Kind.MATCHING: _pairs,
    Kind.GAPS: _pairs,
    Kind.ORDERING: _order,
    Kind.JUDGEMENT: _judgement,
}
