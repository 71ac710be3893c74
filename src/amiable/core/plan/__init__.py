"""What to do today? `make_plan` gives every due step exactly one outcome; `recheck` asks again before sending."""

from amiable.core.plan.hours import sending_window
from amiable.core.plan.make import make_plan
from amiable.core.plan.outcome import Plan, Reason, TaskKind
from amiable.core.plan.sending import CANDIDATES, recheck

__all__ = ["CANDIDATES", "Plan", "Reason", "TaskKind", "make_plan", "recheck", "sending_window"]
