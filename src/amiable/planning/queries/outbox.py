"""What was withheld on a day and why, and why does a message speak of its invoices?"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from amiable.ledger.models import Customer, Item
from amiable.ledger.queries import Page, customers_visible_to
from amiable.ledger.queries.pages import PER_PAGE
from amiable.organisation.access import Act, may
from amiable.organisation.models import Creditor, Member
from amiable.outreach.models import Message
from amiable.planning.models import DayPlan, Outcome
from amiable.planning.queries.telling import why_not, why_now


@dataclass(frozen=True)
class WithheldStep:
    """One due step of one invoice that the plan of a day kept back."""

    customer: Customer
    item: Item
    step: str
    open_minor: int  # when the day was planned
    reason: str  # code
    sentence: str  # the reason with its facts, in the reader's language


@dataclass(frozen=True)
class ToldItem:
    """An invoice that a message speaks of."""

    item: Item
    open_minor: int  # when the message was written
    sentence: str  # why it is part of the message; empty where a person wrote it


def withheld_steps(
    member: Member,
    *,
    creditor: Creditor,
    day: date,
    reason: str = "",
    search: str = "",
    number: int = 1,
    per_page: int = PER_PAGE,
) -> Page[WithheldStep]:
    """Return a page of what a day's plan kept back, by customer, each with its reason told. Two statements."""
    found = _withheld(member, creditor).filter(plan__day=day)
    if reason:
        found = found.filter(reason=reason)
    if words := search.strip():
        named = Q(customer__name__icontains=words) | Q(customer__code__iexact=words)
        found = found.filter(named | Q(item__number__icontains=words))
    total = found.count()
    number = min(max(number, 1), max(1, -(-total // per_page)))
    rows = found.select_related("customer", "item").order_by("customer__name", "customer_id", "item__due_on", "pk")
    steps = [_withheld_step(row) for row in rows[(number - 1) * per_page : number * per_page]]
    return Page(rows=tuple(steps), number=number, total=total, per_page=per_page)


def planned_days_around(creditor: Creditor, *, day: date) -> tuple[date | None, date | None]:
    """Return the nearest planned days before and after a day; None where there is none. Two statements."""
    days = DayPlan.objects.filter(creditor=creditor).values_list("day", flat=True)
    return days.filter(day__lt=day).order_by("-day").first(), days.filter(day__gt=day).order_by("day").first()


def told_items(message: Message) -> list[ToldItem]:
    """Return the invoices of a message that `message_for` found, each with why it is in it. One statement."""
    outcomes = {outcome.item_id: outcome for outcome in Outcome.objects.filter(message=message)}
    return [
        ToldItem(told.item, told.open_minor, _why_told(message, told.item, outcomes.get(told.item_id)))
        for told in message.items.all()
    ]


def _withheld(member: Member, creditor: Creditor) -> QuerySet[Outcome]:
    outcomes = Outcome.objects.filter(plan__creditor=creditor, kind=Outcome.Kind.WITHHELD)
    if may(member, Act.SEE_ALL_CUSTOMERS):
        return outcomes
    return outcomes.filter(customer__in=customers_visible_to(member))


def _withheld_step(outcome: Outcome) -> WithheldStep:
    names = ("reason", "fact_on", "fact_minor", "fact_count", "step", "open_minor")
    facts: dict[str, Any] = {name: getattr(outcome, name) for name in names}
    sentence = why_not(facts | {"currency": outcome.item.currency})
    return WithheldStep(outcome.customer, outcome.item, outcome.step, outcome.open_minor, outcome.reason, sentence)


def _why_told(message: Message, item: Item, outcome: Outcome | None) -> str:
    if not message.scenario:
        return ""
    return why_now(
        {
            "anchor": outcome.anchor if outcome else None,
            "day": outcome.step_day if outcome else None,
            "step": outcome.step if outcome else None,
            "due_on": item.due_on,
            "paid_on": item.settled_on,
            "age": (message.planned_for - item.due_on).days,
        }
    )
