"""What will be said, what was decided, and why? Every question that pages and commands ask of planning."""

from amiable.planning.queries.policies import policy_history, policy_in_force

__all__ = ["policy_history", "policy_in_force"]
