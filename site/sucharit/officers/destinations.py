"""Where a person begins after signing in: the front door of what they do here."""

from datetime import date

from sucharit.officers.access import Viewer, can
from sucharit.officers.enums import Verb

HR_DOOR = "/hr/"
CONTENT_DOOR = "/admin/"
LEARNER_DOOR = "/my/"


def front_door(who: Viewer, *, today: date) -> str:
    """The path of the viewer's front door: work with people first, then content, then one's own learning."""
    if can(who, Verb.OPEN_HR_DESK, today=today):
        return HR_DOOR
    if can(who, Verb.EDIT_CONTENT, today=today):
        return CONTENT_DOOR
    return LEARNER_DOOR
