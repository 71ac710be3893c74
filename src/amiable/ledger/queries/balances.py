"""What was owed on a day: by item, by customer, by age?

Every function is exact for any day, past or present, and asks one statement, or two about a whole book. A day means
its end. An item counts
from its issue, with the amount it had that day; money counts from the day it came. Nothing is netted: what we hold
of theirs stands beside what they owe.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from amiable.ledger.models import Customer
from amiable.ledger.queries.as_of import (
    BUCKETS,
    ITEMS_OF_CREDITOR,
    ITEMS_OF_CUSTOMER,
    RECEIPTS_OF_CREDITOR,
    RECEIPTS_OF_CUSTOMER,
    anything_later,
    bucket_conditions,
    bucket_days,
    customer_then,
    day,
    items_then,
    rows,
)
from amiable.organisation.models import Creditor


@dataclass(frozen=True)
class OpenItem:
    """An invoice or credit note of which something was open."""

    item_id: int
    kind: str
    number: str
    issued_on: date
    due_on: date
    currency: str
    amount_minor: int  # as corrected up to now
    open_minor: int
    age_days: int  # past the due date; zero or less is not late
    po_number: str


@dataclass(frozen=True)
class Balance:
    """What one customer owed in one currency, and what we held of theirs."""

    currency: str
    items: int  # open invoices
    open_minor: int
    credit_minor: int  # credit notes and money received that paid nothing yet
    oldest_due_on: date | None
    buckets: tuple[int, ...]  # open_minor by age, in the order of AGE_BUCKETS

    @property
    def late_minor(self) -> int:
        return sum(self.buckets[1:])

    @property
    def net_minor(self) -> int:
        return self.open_minor - self.credit_minor


@dataclass(frozen=True)
class CustomerBalance:
    """A balance with whose it is; `customer_id` is None for money nobody has been found for."""

    customer_id: int | None
    balance: Balance


@dataclass(frozen=True)
class Aging:
    """What was open in one currency and age bucket."""

    currency: str
    bucket: str
    items: int  # open invoices
    customers: int
    open_minor: int


@dataclass(frozen=True)
class Total:
    """The whole book of a creditor in one currency."""

    currency: str
    customers: int  # who owe anything
    late_customers: int
    items: int  # open invoices
    open_minor: int
    late_minor: int
    credit_minor: int


def open_items(customer: Customer, *, as_of: date) -> list[OpenItem]:
    """Return what was open of a customer's invoices and credit notes, the oldest due date first."""
    columns = "i.id, i.kind, i.number, i.issued_on, i.due_on, i.currency, i.amount_minor, i.po_number"
    sql = f"""WITH {items_then(ITEMS_OF_CUSTOMER, columns)}
    SELECT id, kind, number, issued_on, due_on, currency, amount_minor, open_minor, po_number
    FROM item_then ORDER BY due_on, id"""  # noqa: S608 constants
    found = rows(sql, {"customer": customer.pk, "as_of": as_of})
    return [
        OpenItem(
            item_id=pk,
            kind=kind,
            number=number,
            issued_on=day(issued_on),
            due_on=day(due_on),
            currency=currency,
            amount_minor=amount_minor,
            open_minor=int(open_minor),
            age_days=(as_of - day(due_on)).days,
            po_number=po_number,
        )
        for pk, kind, number, issued_on, due_on, currency, amount_minor, open_minor, po_number in found
    ]


def balances(creditor: Creditor, *, as_of: date) -> list[CustomerBalance]:
    """Return what every customer owed, a row per customer and currency with anything open."""
    return _balances(ITEMS_OF_CREDITOR, RECEIPTS_OF_CREDITOR, creditor=creditor.pk, as_of=as_of)


def customer_balances(customer: Customer, *, as_of: date) -> list[Balance]:
    """Return what one customer owed, a row per currency with anything open."""
    found = _balances(ITEMS_OF_CUSTOMER, RECEIPTS_OF_CUSTOMER, customer=customer.pk, as_of=as_of)
    return [row.balance for row in found]


def balances_of(customer_ids: Iterable[int], *, as_of: date) -> dict[int, list[Balance]]:
    """Return what some customers owed, by customer; those with nothing open are absent."""
    ids = sorted(set(customer_ids))
    if not ids:
        return {}
    keys = {f"customer_{place}": pk for place, pk in enumerate(ids)}
    among = ", ".join(f"%({name})s" for name in keys)
    found = _balances(f"i.customer_id IN ({among})", f"r.customer_id IN ({among})", **keys, as_of=as_of)
    by_customer: dict[int, list[Balance]] = {}
    for row in found:
        by_customer.setdefault(row.customer_id, []).append(row.balance)
    return by_customer


def aging(creditor: Creditor, *, as_of: date) -> list[Aging]:
    """Return open invoices by currency and age, every bucket of every currency that has any, in their order."""
    case = " ".join(f"WHEN {condition} THEN {place}" for place, (_, condition) in enumerate(bucket_conditions()))
    columns = "i.customer_id, i.currency, i.kind, i.due_on"
    sql = f"""WITH {items_then(ITEMS_OF_CREDITOR, columns, later=anything_later(as_of))},
    aged AS (SELECT currency, customer_id, open_minor, CASE {case} END AS bucket FROM item_then WHERE kind = 'invoice')
    SELECT currency, bucket, COUNT(*), COUNT(DISTINCT customer_id), SUM(open_minor)
    FROM aged GROUP BY currency, bucket ORDER BY currency, bucket"""  # noqa: S608 constants
    found = rows(sql, {"creditor": creditor.pk, "as_of": as_of, **bucket_days(as_of)})
    known = {
        (currency, bucket): (items, owing, int(open_minor)) for currency, bucket, items, owing, open_minor in found
    }
    return [
        Aging(currency, bucket, *known.get((currency, place), (0, 0, 0)))
        for currency in sorted({currency for currency, _ in known})
        for place, bucket in enumerate(BUCKETS)
    ]


def totals(creditor: Creditor, *, as_of: date) -> list[Total]:
    """Return the whole book by currency, the creditor's own first, then by what is open."""
    sql = f"""WITH {customer_then(ITEMS_OF_CREDITOR, RECEIPTS_OF_CREDITOR, later=anything_later(as_of))}
    SELECT currency, SUM(CASE WHEN open_minor > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN late_minor > 0 THEN 1 ELSE 0 END),
    SUM(items), SUM(open_minor), SUM(late_minor), SUM(credit_minor) FROM customer_then GROUP BY currency"""  # noqa: S608 constants
    found = rows(sql, {"creditor": creditor.pk, "as_of": as_of, **bucket_days(as_of)})
    every = [Total(currency, *map(int, sums)) for currency, *sums in found]
    return sorted(every, key=lambda total: (total.currency != creditor.currency, -total.open_minor))


def _balances(items: str, receipts: str, *, as_of: date, **scope: int) -> list[CustomerBalance]:
    names = ", ".join(f"bucket_{place}" for place in range(len(BUCKETS)))
    later = anything_later(as_of) if items == ITEMS_OF_CREDITOR else True
    sql = f"""WITH {customer_then(items, receipts, later=later)}
    SELECT customer_id, currency, items, open_minor, credit_minor, oldest_due_on, {names}
    FROM customer_then ORDER BY customer_id, open_minor DESC, currency"""  # noqa: S608 constants
    return [
        CustomerBalance(
            customer_id,
            Balance(
                currency=currency,
                items=int(count),
                open_minor=int(open_minor),
                credit_minor=int(credit_minor),
                oldest_due_on=day(oldest),
                buckets=tuple(map(int, buckets)),
            ),
        )
        for customer_id, currency, count, open_minor, credit_minor, oldest, *buckets in rows(
            sql, {"as_of": as_of, **bucket_days(as_of), **scope}
        )
    ]
