"""All writes of planning: policies published, days planned, tasks assigned and closed."""

from amiable.planning.operations.days import finish_plan, plan_day, plan_shard, spans
from amiable.planning.operations.policies import (
    WordingsMissing,
    install_default_policy,
    policy_in_force,
    publish_policy,
)
from amiable.planning.operations.tasks import (
    OutcomeMissing,
    TaskClosed,
    TaskOpen,
    assign_task,
    close_task,
    reopen_task,
)

__all__ = [
    "OutcomeMissing",
    "TaskClosed",
    "TaskOpen",
    "WordingsMissing",
    "assign_task",
    "close_task",
    "finish_plan",
    "install_default_policy",
    "plan_day",
    "plan_shard",
    "policy_in_force",
    "publish_policy",
    "reopen_task",
    "spans",
]
