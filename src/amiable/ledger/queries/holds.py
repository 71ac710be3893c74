"""Which stops on reminders are in force on a day?

A hold ends by itself on `held_until`; nothing is written then.
"""

from datetime import date

from django.db.models import Q, QuerySet

from amiable.ledger.models import Customer, Hold, HoldKind

# Where several hold an item, the one that people should know of first.
FIRST_TOLD = {kind: place for place, kind in enumerate(HoldKind.values)}


def in_force(as_of: date) -> Q:
    """Return the condition on holds that they stop reminders on a day."""
    return (
        Q(held_from__lte=as_of)
        & (Q(held_until=None) | Q(held_until__gt=as_of))
        & (Q(ended_on=None) | Q(ended_on__gt=as_of))
    )


def holds_in_force(customer: Customer, *, as_of: date) -> QuerySet[Hold]:
    """Return a customer's holds of a day, those of items with their item, the newest first."""
    standing = customer.holds.filter(in_force(as_of))
    return standing.select_related("item", "set_by").order_by("-held_from", "-pk")


def pause_of(item_ids: list[int], *, as_of: date) -> dict[int, Hold]:
    """Return the hold to tell for each item that is held on a day, in one statement; other items are absent."""
    told: dict[int, Hold] = {}
    for hold in Hold.objects.filter(in_force(as_of), item__in=item_ids):
        known = told.get(hold.item_id)
        if known is None or FIRST_TOLD[hold.kind] < FIRST_TOLD[known.kind]:
            told[hold.item_id] = hold
    return told
