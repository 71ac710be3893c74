"""May this amount be booked, and what was open on each day?"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

from babel.numbers import format_currency, is_currency
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amiable.core.money import MAX_MINOR, to_major
from amiable.ledger.models import Allocation, Item, Receipt


class AmountNotPositive(ValueError):
    """An amount is zero or negative; its direction is said by what is booked, not by a sign."""

    def __init__(self) -> None:
        super().__init__(_("The amount must be greater than zero."))


class AmountTooLarge(ValueError):
    """An amount is beyond what the ledger can add up safely."""

    def __init__(self) -> None:
        super().__init__(_("The amount is too large to be right."))


class UnknownCurrency(ValueError):
    """A code is no currency of ISO 4217."""

    def __init__(self, currency: str) -> None:
        super().__init__(_("“%(currency)s” is not a currency.") % {"currency": currency})


def check_amount(amount_minor: int, currency: str) -> None:
    """Raise a named error unless a positive whole number of minor units of a real currency was given."""
    if not isinstance(amount_minor, int) or isinstance(amount_minor, bool):
        raise TypeError(f"minor units are whole numbers, not {amount_minor!r}")
    if amount_minor <= 0:
        raise AmountNotPositive
    if amount_minor > MAX_MINOR:
        raise AmountTooLarge
    if not is_currency(currency):
        raise UnknownCurrency(currency)


def in_words(amount_minor: int, currency: str) -> str:
    """Write an amount as the reader does."""
    locale = (get_language() or "en").replace("-", "_")
    return format_currency(to_major(amount_minor, currency), currency, locale=locale)


def least_open(row: Item | Receipt, *, since: date) -> int:
    """Return the least that was open of an item or a receipt at the end of any day from `since` on.

    It can be less than what is open now, where an allocation was reversed on a later day.
    """
    steps: Counter[date] = Counter()
    amount_minor = row.amount_minor
    if isinstance(row, Item):
        used = Allocation.objects.filter(Q(item=row) | Q(credit_note=row))
        for day, delta in row.corrections.exclude(delta_minor=0).values_list("corrected_on", "delta_minor"):
            steps[day] += delta
            amount_minor -= delta
    else:
        used = Allocation.objects.filter(receipt=row)
    for amount, on, until in used.values_list("amount_minor", "allocated_on", "reversed_on"):
        steps[on] -= amount
        if until:
            steps[until] += amount
    return _least(amount_minor, steps, since)


def _least(amount_minor: int, steps: Counter[date], since: date) -> int:
    days = sorted(steps)
    at_end_of: Iterable[int] = accumulate((steps[day] for day in days), initial=amount_minor)
    open_after = list(at_end_of)
    before = open_after[sum(day <= since for day in days)]
    return min([before, *(after for day, after in zip(days, open_after[1:], strict=True) if day > since)])


def settled_day(item: Item) -> date | None:
    """Return the first day from which nothing of an item has been open up to now; None while something is.

    Ask after the allocation or correction has been written.
    """
    if item.allocated_minor < item.amount_minor:
        return None
    standing = Allocation.objects.filter(Q(item=item) | Q(credit_note=item), reversed_on=None)
    days = list(standing.values_list("allocated_on", flat=True))
    days += item.corrections.exclude(delta_minor=0).values_list("corrected_on", flat=True)
    return max([item.issued_on, *days])
