"""A stored standing in the words of a day (rule E6): what is overdue, due soon, expired or may be renewed follows from dates."""

from datetime import date, timedelta

from sucharit.records.enums import DONE_STATES, OPEN_STATES, Shown, State

# So long before a due day somebody is told that it is near.
SOON = timedelta(days=30)


def shown(state: State, *, due_on: date | None, turns_on: date, day: date, window_days: int = 0) -> Shown:
    """What a standing reads as on a day. `turns_on` is the last day on which the stored state is what it says."""
    if state in OPEN_STATES:
        if day > turns_on:
            return Shown.OVERDUE
        near = due_on is not None and day >= due_on - SOON
        return Shown.DUE_SOON if near else Shown(state)
    if state in DONE_STATES:
        if day > turns_on:
            return Shown.EXPIRED
        if window_days and day >= turns_on - timedelta(days=window_days):
            return Shown.WINDOW_OPEN
    return Shown(state)
