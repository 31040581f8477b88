"""Where people were posted, for figures that name nobody: spans by agency, and the names of agencies level by level.

No viewer is asked here, because no person comes out: whoever shows a figure by agency hides the small ones.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from sucharit.kernel import ids
from sucharit.officers.models import Agency, Posting
from sucharit.officers.selectors import PATH_STEP as PATH_STEP
from sucharit.officers.selectors import AgencyNode as AgencyNode
from sucharit.officers.selectors import path_end

# The path above every ministry.
TOP = ""


def spans_by_agency() -> "QuerySet[Posting, Any]":
    """Who was posted from which day to which (none is still), with the tree path of the agency as `label`."""
    return Posting.objects.annotate(label=F("agency__path")).values(
        "officer_id", "starts_on", "ends_on", "id", "label"
    )


def any_agency(public_id: str) -> AgencyNode | None:
    """One agency by its public id, or none. One query, and none for what is no id."""
    return Agency.objects.filter(public_id=public_id).first() if ids.is_public_id(public_id) else None


def levels_down_to(agency: AgencyNode | None) -> Mapping[str, Sequence[AgencyNode]]:
    """The agencies directly below the top, below every agency above `agency`, and below itself, by the path they lie under.

    In tree order, in one query. The keys run from TOP down to the agency's own path.
    """
    step = Agency.steplen
    path = agency.path if agency is not None else TOP
    parents = [path[:end] for end in range(0, len(path) + 1, step)]
    wanted = Q(depth=1)
    for parent in parents[1:]:
        wanted |= Q(depth=len(parent) // step + 1, path__gte=parent, path__lt=path_end(parent))
    found: dict[str, list[AgencyNode]] = {parent: [] for parent in parents}
    for node in Agency.objects.filter(wanted).order_by("path"):
        found[node.path[:-step]].append(node)
    return found
