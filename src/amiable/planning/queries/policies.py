"""Which policy is in force, and what was in force before?"""

from amiable.organisation.models import Creditor
from amiable.planning.models import PolicyVersion
from amiable.planning.operations.policies import policy_in_force

__all__ = ["policy_history", "policy_in_force"]


def policy_history(creditor: Creditor) -> list[PolicyVersion]:
    """Return every version with who published it, newest first. One statement."""
    return list(PolicyVersion.objects.filter(creditor=creditor).select_related("published_by").order_by("-version"))
