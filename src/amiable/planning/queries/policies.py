"""Which policy is in force, and what was in force before?"""

from functools import lru_cache

from amiable.core.policy.model import Policy
from amiable.core.policy.text import read_policy
from amiable.organisation.models import Creditor
from amiable.planning.models import PolicyVersion
from amiable.planning.operations.policies import install_default_policy

_read_once = lru_cache(maxsize=64)(read_policy)  # a text is read once per process: it never changes, versions do


def policy_in_force(creditor: Creditor) -> tuple[PolicyVersion, Policy]:
    """Return the newest version and what it says. One statement; the first question installs the shipped policy."""
    newest = PolicyVersion.objects.filter(creditor=creditor).order_by("-version").first()
    version = newest or install_default_policy(creditor)
    return version, _read_once(version.text)


def policy_history(creditor: Creditor) -> list[PolicyVersion]:
    """Return every version with who published it, newest first. One statement."""
    return list(PolicyVersion.objects.filter(creditor=creditor).select_related("published_by").order_by("-version"))
