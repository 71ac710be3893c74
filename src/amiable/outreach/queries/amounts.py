"""How much do messages speak of?"""

from collections.abc import Collection

from django.db.models import Count, Sum

from amiable.outreach.models import MessageItem


def amounts_told(message_ids: Collection[int]) -> dict[int, list[tuple[str, int, int]]]:
    """Return (currency, invoices, open minor units when written) of each message, by message. One statement."""
    told = MessageItem.objects.filter(message__in=message_ids).values_list("message_id", "item__currency")
    told = told.annotate(items=Count("pk"), open_minor=Sum("open_minor")).order_by("message_id", "item__currency")
    amounts: dict[int, list[tuple[str, int, int]]] = {}
    for message_id, currency, items, open_minor in told:
        amounts.setdefault(message_id, []).append((currency, items, open_minor))
    return amounts
