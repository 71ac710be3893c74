"""What waits for a person, what goes out today by itself, and what was withheld?"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from amiable.ledger.models import Customer
from amiable.ledger.queries import customers_visible_to
from amiable.organisation.access import Act, may
from amiable.organisation.models import Creditor, Member
from amiable.planning.models import DayPlan, Outcome, Task


@dataclass
class WorkTask:
    """An open task with what it is about, as far as that is still open."""

    task: Task  # with customer and owner
    open_minor: dict[str, int] = field(default_factory=dict)  # currency → open now
    numbers: list[str] = field(default_factory=list)  # of the items, the oldest due date first
    oldest_due_on: date | None = None


@dataclass(frozen=True)
class WithheldReason:
    """How much of a day's plan one reason kept back."""

    reason: str
    items: int
    customers: int


def tasks_visible_to(member: Member, creditor: Creditor) -> QuerySet[Task]:
    """Return the tasks about customers whom a member may see."""
    tasks = Task.objects.filter(creditor=creditor)
    if not may(member, Act.SEE_ALL_CUSTOMERS):
        tasks = tasks.filter(customer__in=customers_visible_to(member))
    return tasks


def open_tasks(
    member: Member, *, creditor: Creditor, kind: str = "", mine: bool = False, limit: int = 100
) -> list[WorkTask]:
    """Return the tasks that wait for a person, the nearest deadline first. Two statements.

    `mine` keeps those of the member and those of nobody yet.
    """
    tasks = tasks_visible_to(member, creditor).filter(status=Task.Status.OPEN)
    if kind:
        tasks = tasks.filter(kind=kind)
    if mine:
        tasks = tasks.filter(Q(owner=member) | Q(owner=None))
    tasks = tasks.select_related("customer", "owner").order_by("due_on", "-level", "pk")[:limit]
    works = {task.pk: WorkTask(task) for task in tasks}
    about = (
        Outcome.objects.filter(task__in=list(works), item__settled_on=None)
        .order_by("item__due_on", "item_id")
        .values_list("task_id", "item_id", "item__number", "item__currency", "item__due_on")
        .annotate(open_minor=F("item__amount_minor") - F("item__allocated_minor"))
        .distinct()
    )
    for task_id, _item, number, currency, due_on, open_minor in about:
        work = works[task_id]
        work.open_minor[currency] = work.open_minor.get(currency, 0) + open_minor
        work.numbers.append(number)
        work.oldest_due_on = work.oldest_due_on or due_on
    return list(works.values())


def open_task_counts(member: Member, *, creditor: Creditor) -> dict[str, int]:
    """Return how many open tasks there are of each kind, and under "mine" how many of the member. One statement."""
    counted = (
        tasks_visible_to(member, creditor)
        .filter(status=Task.Status.OPEN)
        .values_list("kind")
        .annotate(every=Count("pk"), mine=Count("pk", filter=Q(owner=member) | Q(owner=None)))
    )
    counts: dict[str, int] = defaultdict(int)
    for kind, every, mine in counted:
        counts[kind] += every
        counts["mine"] += mine
    return counts


def task_for(member: Member, *, creditor: Creditor, pk: int) -> Task | None:
    """Return a task with its customer, if the member may see it. One statement."""
    return tasks_visible_to(member, creditor).select_related("customer__creditor", "owner").filter(pk=pk).first()


def plan_of_day(creditor: Creditor, *, day: date) -> DayPlan | None:
    """Return the plan made for a day; None: not made yet. One statement."""
    return DayPlan.objects.filter(creditor=creditor, day=day).first()


def withheld_reasons(creditor: Creditor, *, day: date) -> list[WithheldReason]:
    """Return why steps were withheld that day, the most frequent reason first. One statement."""
    counted = (
        Outcome.objects.filter(plan__creditor=creditor, plan__day=day, kind=Outcome.Kind.WITHHELD)
        .values_list("reason")
        .annotate(items=Count("item_id", distinct=True), customers=Count("customer_id", distinct=True))
        .order_by("-items", "reason")
    )
    return [WithheldReason(*row) for row in counted]


def tasks_about(customer: Customer, *, limit: int) -> list[Task]:
    """Return the latest tasks about a customer, open and closed, the newest first. One statement."""
    tasks = Task.objects.filter(customer=customer).select_related("owner", "closed_by")
    return list(tasks.order_by("-planned_for", "-pk")[:limit])
