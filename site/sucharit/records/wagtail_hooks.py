"""What this floor adds to Wagtail's admin."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from sucharit.officers.permissions import AsCan
from sucharit.officers.selectors import Audience, Verb
from sucharit.records.models import Requirement, RuleDraft
from sucharit.records.viewsets import RequirementDesk

for _model in (Requirement, RuleDraft, Audience):
    register_permission_policy(_model, AsCan(_model, Verb.MANAGE_REQUIREMENTS))


@hooks.register("register_admin_viewset")
def requirement_desk() -> RequirementDesk:
    """Requirements and audiences."""
    return RequirementDesk()
