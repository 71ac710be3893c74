"""What will be said, what was decided, and why? Every question that pages and commands ask of planning."""

from amiable.planning.operations.deciding import decide
from amiable.planning.queries.days import plan_is_complete
from amiable.planning.queries.decisions import plan_json, plan_text
from amiable.planning.queries.explain import explain, next_steps
from amiable.planning.queries.policies import policy_history, policy_in_force

__all__ = [
    "decide",
    "explain",
    "next_steps",
    "plan_is_complete",
    "plan_json",
    "plan_text",
    "policy_history",
    "policy_in_force",
]
