"""How much is owed in all, and how old is it? Asked by every visit of the first pages, so the answer is remembered.

Every write adds a line to the audit trail, in the same transaction; while its last seal is the same, so is the answer.
"""

from dataclasses import dataclass
from datetime import date

from django.core.cache import cache

from amiable.ledger.queries.balances import Total, aging, totals
from amiable.organisation.models import AuditEvent, Creditor

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Overview:
    """The whole book in one currency."""

    total: Total
    ages: tuple[int, ...]  # open_minor by age, in the order of AGE_BUCKETS


def overview(creditor: Creditor, *, as_of: date) -> list[Overview]:
    """Return the whole book by currency, in the order of `totals`. One statement; three after something was written."""
    seal = AuditEvent.objects.order_by("-pk").values_list("seal", flat=True).first()
    key = f"overview/{creditor.pk}/{as_of}/{seal}"
    known = cache.get(key)
    if known is None:
        ages: dict[str, list[int]] = {}
        for part in aging(creditor, as_of=as_of):
            ages.setdefault(part.currency, []).append(part.open_minor)
        every = totals(creditor, as_of=as_of)
        known = [Overview(total, tuple(ages[total.currency])) for total in every if total.currency in ages]
        cache.set(key, known, KEPT_SECONDS)
    return known
