"""Which contacts have taken place, and which messages of theirs wait for us, in bulk?"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db.models import Q, Value

from amiable.core.book import TOUCHES
from amiable.ledger.frames import of_customers
from amiable.organisation.bulk import read_frame
from amiable.organisation.models import Creditor
from amiable.outreach.models import Message, Status, Touch

UNDER_WAY = (Status.SENDING, Status.SENT, Status.UNCLEAR)  # has reached the customer, or may have
AWAITING = pl.Schema({"customer_id": pl.Int64, "awaiting_since": pl.Date})


def touches(
    creditor: Creditor,
    *,
    as_of: date,
    since: date,
    customer_ids: Sequence[int] | None = None,
    with_plan_of_the_day: bool = False,
) -> pl.DataFrame:
    """Return every contact from `since` to `as_of`, in and out, on any channel.

    A planned message counts once it is under way, also when its touch is not yet recorded; one that bounced was no
    contact. Those that the plan of `as_of` itself decided are left out unless asked for.
    """
    span = Q(on__gte=since, on__lte=as_of)
    planned_today = Q(planned_for=as_of) & ~Q(scenario="")
    ours = of_customers(customer_ids)
    recorded = Touch.objects.filter(ours, span, customer__creditor=creditor).filter(
        Q(message=None) | Q(message__scenario="") | Q(message__status__in=UNDER_WAY)
    )
    unrecorded = Message.objects.filter(
        ours, creditor=creditor, touch=None, status__in=UNDER_WAY, planned_for__gte=since, planned_for__lte=as_of
    )
    if not with_plan_of_the_day:
        recorded = recorded.filter(Q(message=None) | Q(message__scenario="") | ~Q(message__planned_for=as_of))
        unrecorded = unrecorded.exclude(planned_today)
    return pl.concat(
        [
            read_frame(recorded.values_list("customer_id", "on", "direction", "channel"), schema=TOUCHES),
            read_frame(
                unrecorded.values_list("customer_id", "planned_for", Value(Touch.Direction.OUT.value), "channel"),
                schema=TOUCHES,
            ),
        ]
    )


def awaiting_answer(creditor: Creditor, *, as_of: date, customer_ids: Sequence[int] | None = None) -> pl.DataFrame:
    """Return the customers whose word waits for our answer that day, and since when: shaped like `AWAITING`."""
    waiting = Touch.objects.filter(
        of_customers(customer_ids),
        Q(answered_on=None) | Q(answered_on__gt=as_of),
        customer__creditor=creditor,
        direction=Touch.Direction.IN,
        needs_answer=True,
        on__lte=as_of,
    ).values_list("customer_id", "on")
    return read_frame(waiting, schema=AWAITING).group_by("customer_id").agg(pl.col("awaiting_since").min())
