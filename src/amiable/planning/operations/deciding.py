"""What happens on a day? The book is opened, the policy asked; nothing is written or sent."""

from collections.abc import Sequence
from datetime import date

from amiable.core.plan.make import make_plan
from amiable.core.plan.outcome import Plan
from amiable.core.policy.model import Policy
from amiable.organisation.models import Creditor
from amiable.planning.frames import open_book
from amiable.planning.operations.policies import policy_in_force


def decide(
    creditor: Creditor, *, as_of: date, customer_ids: Sequence[int] | None = None, policy: Policy | None = None
) -> Plan:
    """Return the plan of a day, for all customers or some, under the policy in force or another one."""
    if policy is None:
        _, policy = policy_in_force(creditor)
    book = open_book(creditor, as_of=as_of, customer_ids=customer_ids, touches_within_days=touches_within_days(policy))
    return make_plan(book, policy)


def touches_within_days(policy: Policy) -> int:
    """Return how far back the contact policy looks at what was said."""
    return max([policy.contact.minimum_gap_days, *(cap.days for cap in policy.contact.caps)])
