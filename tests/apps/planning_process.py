"""A process of its own that fills a database, plans its day, or tells what it holds, so that it can be killed.

DATABASE_URL=… python -m tests.apps.planning_process fill|plan|state
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


from bench.book import AT, TODAY
from bench.book import fill as fill_company
from django.core.management import call_command

from amiable.organisation.models import AuditEvent, Creditor
from amiable.outreach.models import Message, MessageItem
from amiable.planning.models import DayPlan, Outcome, PlannedSpan, Task
from amiable.planning.operations import days

CUSTOMERS, ITEMS = 2_000, 6_000
SPANS = 12


def fill() -> None:
    """Make the tables and a company in the middle of its life."""
    call_command("migrate", verbosity=0)
    fill_company(CUSTOMERS, ITEMS)


def plan() -> None:
    """Plan the day in many small spans."""
    days.SPAN_IDS = CUSTOMERS // SPANS
    days.plan_day(Creditor.objects.get(), as_of=TODAY, now=AT)


def state() -> None:
    """Print everything that planning remembers, by names and not by ids."""
    rows = {
        "plans": DayPlan.objects.order_by("day").values_list("day", "contacts", "tasks", "withheld"),
        "spans": PlannedSpan.objects.order_by("span").values_list("span"),
        "messages": Message.objects.order_by("send_key").values_list("send_key", "status", "subject", "text"),
        "mentions": MessageItem.objects.order_by("message__send_key", "item__number").values_list(
            "message__send_key", "item__number", "open_minor"
        ),
        "tasks": Task.objects.order_by("key").values_list("key", "owner", "due_on", "status"),
        "outcomes": Outcome.objects.order_by("day", "item__number", "step").values_list(
            *("day", "item__number", "step", "kind", "level", "open_minor", "reason", "fact_on", "fact_minor"),
            *("message__send_key", "task__key"),
        ),
        "audit": AuditEvent.objects.order_by("id").values_list("action", "facts"),
    }
    json.dump({name: list(values) for name, values in rows.items()}, sys.stdout, default=str)


if __name__ == "__main__":
    {"fill": fill, "plan": plan, "state": state}[sys.argv[1]]()
