"""What may a plan look at: everything known about a creditor's customers on the morning of a day?"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from django.db.models import Q

from amiable.core.book import OPEN_TASKS, STEPS_DONE, Book
from amiable.ledger import frames as ledger
from amiable.ledger.frames import of_customers
from amiable.organisation.bulk import one_snapshot, read_frame
from amiable.organisation.models import Creditor
from amiable.outreach import frames as outreach
from amiable.outreach.frames import UNDER_WAY
from amiable.planning.models import Outcome, Task

PAID_WITHIN_DAYS = 14  # how long a paid item stays in the book, for thanks
TOUCHES_WITHIN_DAYS = 400  # longer than any window of a contact policy
_PROGRESS = (Task.Kind.CALL, Task.Kind.REVIEW)  # looking for a contact is no step towards the customer


def open_book(
    creditor: Creditor,
    *,
    as_of: date,
    customer_ids: Sequence[int] | None = None,
    touches_within_days: int = TOUCHES_WITHIN_DAYS,
    with_plan_of_the_day: bool = False,
) -> Book:
    """Return the book as of a day, of all customers or of some (a `range` of ids is read fastest).

    It is exact for past days too: payments, holds, answers and outcomes of later days are unknown to it. What the
    plan of `as_of` itself decided is left out, so that planning again decides the same; the gate, which asks about
    a message of that plan, wants its touches in (`with_plan_of_the_day`).
    """
    facts = {"as_of": as_of, "customer_ids": customer_ids}
    paid_since = as_of - timedelta(days=PAID_WITHIN_DAYS)
    with one_snapshot():
        held = ledger.holds(creditor, **facts)
        customers = ledger.customers(creditor, held=held, **facts)
        awaiting = outreach.awaiting_answer(creditor, **facts)
        frames = {
            "items": ledger.items(creditor, settled_since=paid_since, held=held, **facts),
            "routes": ledger.routes(creditor, **facts),
            "credits": ledger.credits(creditor, **facts),
            "touches": outreach.touches(
                creditor,
                since=as_of - timedelta(days=touches_within_days),
                with_plan_of_the_day=with_plan_of_the_day,
                **facts,
            ),
            "open_tasks": open_tasks(creditor, **facts),
        }
        done = steps_done(creditor, settled_since=paid_since, **facts)
    known = customers.select("customer_id")
    frames = {name: frame.join(known, on="customer_id", how="semi") for name, frame in frames.items()}
    return Book(
        as_of=as_of,
        bank_as_of=min(as_of, creditor.bank_data_until) if creditor.bank_data_until else None,
        customers=customers.drop("awaiting_since").join(awaiting, on="customer_id", how="left"),
        steps_done=done.join(frames["items"].select("item_id"), on="item_id", how="semi"),
        **frames,
    )


def steps_done(
    creditor: Creditor, *, as_of: date, settled_since: date, customer_ids: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return the steps that plans of earlier days took for items not long settled: the last time of each.

    A step is done when its message is under way, or when it became a call or a review.
    """
    rows = Outcome.objects.filter(
        of_customers(customer_ids),
        Q(kind=Outcome.Kind.CONTACT, message__status__in=UNDER_WAY)
        | Q(kind=Outcome.Kind.TASK, task__kind__in=_PROGRESS),
        Q(item__settled_on=None) | Q(item__settled_on__gte=settled_since),
        item__creditor=creditor,
        day__lt=as_of,
    ).values_list("item_id", "scenario", "step", "anchor", "step_day", "day")
    done = read_frame(rows, schema=STEPS_DONE)
    return done.sort("done_on", "day").unique(["item_id", "scenario", "step", "anchor"], keep="last")


def open_tasks(creditor: Creditor, *, as_of: date, customer_ids: Sequence[int] | None = None) -> pl.DataFrame:
    """Return the tasks of earlier plans that were still open on the morning of the day."""
    midnight = datetime.combine(as_of, time.min, ZoneInfo(creditor.time_zone))
    rows = Task.objects.filter(
        of_customers(customer_ids),
        Q(status=Task.Status.OPEN) | Q(closed_at__gte=midnight),
        creditor=creditor,
        planned_for__lt=as_of,
    ).values_list("customer_id", "kind")
    return read_frame(rows, schema=OPEN_TASKS).unique()
