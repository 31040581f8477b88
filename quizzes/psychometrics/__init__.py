"""Item statistics, reliability, learning gain and the hiding of small groups: pure functions of sums that a database adds up.

No Django, no database, no clock; standard library only. What goes in is small however many answers there are: sums by question,
by pair of questions or by total score.
"""

from quizzes.psychometrics.distractors import DistractorTable, Group, bands, distractor_table
from quizzes.psychometrics.distributions import Interval
from quizzes.psychometrics.flags import Code, Flag, Severity, flags
from quizzes.psychometrics.gain import Gain, GainSums, learning_gain
from quizzes.psychometrics.items import (
    Facility,
    Moments,
    ScoreLevel,
    UpperLower,
    correlation_interval,
    facility,
    item_rest,
    point_biserial,
    upper_lower,
)
from quizzes.psychometrics.reliability import (
    WHY_NOT,
    NotComputed,
    PairSums,
    Reliability,
    Sums,
    cronbach_alpha,
    feldt_interval,
    kr20,
    pooled_alpha,
)
from quizzes.psychometrics.suppression import SMALLEST_GROUP, TOTAL, suppress
from quizzes.psychometrics.timing import TimeSummary, time_summary

__all__ = [
    "SMALLEST_GROUP",
    "TOTAL",
    "WHY_NOT",
    "Code",
    "DistractorTable",
    "Facility",
    "Flag",
    "Gain",
    "GainSums",
    "Group",
    "Interval",
    "Moments",
    "NotComputed",
    "PairSums",
    "Reliability",
    "ScoreLevel",
    "Severity",
    "Sums",
    "TimeSummary",
    "UpperLower",
    "bands",
    "correlation_interval",
    "cronbach_alpha",
    "distractor_table",
    "facility",
    "feldt_interval",
    "flags",
    "item_rest",
    "kr20",
    "learning_gain",
    "point_biserial",
    "pooled_alpha",
    "suppress",
    "time_summary",
    "upper_lower",
]
