"""What was open at the end of a day?

Starts from what is open now and takes back what was written about later days, so that the present costs little and
the past stays exact:

    open then = open now + allocated later − taken back later − corrections later

Where nothing was written about later days, which is the present as a rule, `later=False` leaves those terms out.

The parts below are SQL for both databases, put together from constants by the queries beside them; every value is
a parameter: `%(as_of)s` and those of the scope, a condition on the table `i` of items or `r` of receipts.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection

from amiable.core.position import AGE_BUCKETS

BUCKETS = tuple(AGE_BUCKETS)
LATE_BUCKETS = tuple(name for name, (first, _) in AGE_BUCKETS.items() if first is not None)

ITEMS_OF_CREDITOR = "i.creditor_id = %(creditor)s"
ITEMS_OF_CUSTOMER = "i.customer_id = %(customer)s"
RECEIPTS_OF_CREDITOR = "r.creditor_id = %(creditor)s"
RECEIPTS_OF_CUSTOMER = "r.customer_id = %(customer)s"


def rows(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Ask one statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def day(value: date | str | None) -> date | None:
    """Return a day from a computed column, which SQLite gives as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def bucket_days(as_of: date) -> dict[str, date]:
    """Return the parameters of `bucket_condition`: the due dates between which each bucket lies."""
    days = {}
    for place, (first, end) in enumerate(AGE_BUCKETS.values()):
        if first is not None:
            days[f"due_to_{place}"] = as_of - timedelta(days=first)
        if end is not None:
            days[f"due_after_{place}"] = as_of - timedelta(days=end)
    return days


def bucket_conditions() -> Iterator[tuple[str, str]]:
    """Yield each bucket with the condition on `due_on` that puts an item into it."""
    for place, (name, (first, end)) in enumerate(AGE_BUCKETS.items()):
        parts = []
        if first is not None:
            parts.append(f"due_on <= %(due_to_{place})s")
        if end is not None:
            parts.append(f"due_on > %(due_after_{place})s")
        yield name, " AND ".join(parts)


def later_uses(items: str) -> str:
    """Return the definitions of `shift`: by item of a scope, what was written about days after the day.

    Columns: item_id, minor, to be added to what is open now.
    """
    ours = "" if items == ITEMS_OF_CREDITOR else f"AND {{item}} IN (SELECT i.id FROM ledger_item i WHERE {items})"  # noqa: S608
    of_item, of_credit_note = (ours.format(item=column) for column in ("a.item_id", "a.credit_note_id"))
    allocated_later = "a.allocated_on > %(as_of)s AND a.reversed_on IS NULL"
    reversed_later = "a.reversed_on > %(as_of)s AND a.allocated_on <= %(as_of)s"
    return f"""
    later AS (
        SELECT a.item_id AS item_id, a.amount_minor AS minor FROM ledger_allocation a
        WHERE {allocated_later} {of_item}
        UNION ALL
        SELECT a.item_id, -a.amount_minor FROM ledger_allocation a WHERE {reversed_later} {of_item}
        UNION ALL
        SELECT a.credit_note_id, a.amount_minor FROM ledger_allocation a
        WHERE {allocated_later} AND a.credit_note_id IS NOT NULL {of_credit_note}
        UNION ALL
        SELECT a.credit_note_id, -a.amount_minor FROM ledger_allocation a
        WHERE {reversed_later} AND a.credit_note_id IS NOT NULL {of_credit_note}
        UNION ALL
        SELECT a.item_id, -a.delta_minor FROM ledger_correction a
        WHERE a.corrected_on > %(as_of)s AND a.delta_minor <> 0 {of_item}
    ),
    shift AS (SELECT item_id, CAST(SUM(minor) AS bigint) AS minor FROM later GROUP BY item_id)"""  # noqa: S608 constants


def anything_later(as_of: date) -> bool:
    """Say whether anything was written about the days after a day, in one statement."""
    [(found,)] = rows(
        """SELECT EXISTS (SELECT 1 FROM ledger_allocation WHERE allocated_on > %(as_of)s)
        OR EXISTS (SELECT 1 FROM ledger_allocation WHERE reversed_on > %(as_of)s)
        OR EXISTS (SELECT 1 FROM ledger_correction WHERE corrected_on > %(as_of)s)""",
        {"as_of": as_of},
    )
    return bool(found)


def open_now(items: str, columns: str, *, later: bool) -> str:
    """Return the open items of a scope that nothing was written about after the day."""
    # SQLite cannot know how much smaller this index is than the items, so it is told.
    told = "INDEXED BY item_open_balance" if connection.vendor == "sqlite" and items == ITEMS_OF_CREDITOR else ""
    unchanged = "AND i.id NOT IN (SELECT item_id FROM shift)" if later else ""
    return f"""SELECT {columns}, i.amount_minor - i.allocated_minor AS open_minor FROM ledger_item i {told}
        WHERE {items} AND i.settled_on IS NULL AND i.issued_on <= %(as_of)s {unchanged}"""  # noqa: S608 constants


def open_then(items: str, columns: str) -> str:
    """Return the items of a scope that something was written about after the day, and that were open on it."""
    return f"""SELECT {columns}, i.amount_minor - i.allocated_minor + s.minor AS open_minor FROM shift s
        JOIN ledger_item i ON i.id = s.item_id
        WHERE {items} AND i.issued_on <= %(as_of)s AND i.amount_minor - i.allocated_minor + s.minor > 0"""  # noqa: S608 constants


def items_then(items: str, columns: str, *, later: bool = True) -> str:
    """Return the definitions (`WITH` …) up to `item_then`: the items of a scope that were open at the end of a day.

    Its columns are those asked for, and open_minor.
    """
    if not later:
        return f"item_then AS ({open_now(items, columns, later=False)})"
    return f"""{later_uses(items)},
    item_then AS ({open_now(items, columns, later=True)} UNION ALL {open_then(items, columns)})"""


def receipts_then(receipts: str) -> str:
    """Return the definitions up to `receipt_then`: money of a scope that had come and paid nothing yet.

    Columns: customer_id, currency, open_minor.
    """
    ours = ""
    if receipts != RECEIPTS_OF_CREDITOR:
        ours = f"AND a.receipt_id IN (SELECT r.id FROM ledger_receipt r WHERE {receipts})"  # noqa: S608 constants
    return f"""
    later_use AS (
        SELECT a.receipt_id AS receipt_id, a.amount_minor AS minor FROM ledger_allocation a
        WHERE a.allocated_on > %(as_of)s AND a.reversed_on IS NULL AND a.receipt_id IS NOT NULL {ours}
        UNION ALL
        SELECT a.receipt_id, -a.amount_minor FROM ledger_allocation a
        WHERE a.reversed_on > %(as_of)s AND a.allocated_on <= %(as_of)s AND a.receipt_id IS NOT NULL {ours}
    ),
    receipt_shift AS (SELECT receipt_id, CAST(SUM(minor) AS bigint) AS minor FROM later_use GROUP BY receipt_id),
    receipt_then AS (
        SELECT r.customer_id, r.currency, r.amount_minor - r.allocated_minor AS open_minor FROM ledger_receipt r
        WHERE {receipts} AND r.allocated_minor < r.amount_minor AND r.received_on <= %(as_of)s
        AND r.id NOT IN (SELECT receipt_id FROM receipt_shift)
        UNION ALL
        SELECT r.customer_id, r.currency, r.amount_minor - r.allocated_minor + s.minor
        FROM receipt_shift s JOIN ledger_receipt r ON r.id = s.receipt_id
        WHERE {receipts} AND r.received_on <= %(as_of)s AND r.amount_minor - r.allocated_minor + s.minor > 0
    )"""  # noqa: S608 constants


# What can be said of a customer in one currency, by name, over rows of items with kind, due_on and open_minor.
MEASURES = {
    "items": "SUM(CASE WHEN kind = 'invoice' THEN 1 ELSE 0 END)",
    "open_minor": "SUM(CASE WHEN kind = 'invoice' THEN open_minor ELSE 0 END)",
    "late_minor": "SUM(CASE WHEN kind = 'invoice' AND due_on < %(as_of)s THEN open_minor ELSE 0 END)",
    "credit_minor": "SUM(CASE WHEN kind = 'invoice' THEN 0 ELSE open_minor END)",
    "oldest_due_on": "MIN(CASE WHEN kind = 'invoice' THEN due_on END)",
} | {
    f"bucket_{place}": f"SUM(CASE WHEN {condition} AND kind = 'invoice' THEN open_minor ELSE 0 END)"
    for place, (_bucket, condition) in enumerate(bucket_conditions())
}


def owed_then(items: str, measures: Collection[str], *, later: bool = True) -> str:
    """Return the definitions up to `owed_then`: one row per customer and currency with any open item.

    Columns: customer_id, currency and the `measures` asked for. Items are added up before they are put together, so
    that the database reads the open ones in the order of its index and sorts nothing.
    """
    columns = "i.customer_id, i.currency, i.kind, i.due_on"
    chosen = ", ".join(f"{MEASURES[name]} AS {name}" for name in measures)
    by_customer = f"SELECT customer_id, currency, {chosen}"
    unchanged = (
        f"{by_customer} FROM ({open_now(items, columns, later=later)}) AS unchanged GROUP BY customer_id, currency"
    )
    if not later:
        return f"owed_then AS ({unchanged})"
    together = ", ".join(f"{'MIN' if name == 'oldest_due_on' else 'SUM'}({name}) AS {name}" for name in measures)
    return f"""{later_uses(items)},
    part AS (
        {unchanged}
        UNION ALL
        {by_customer} FROM ({open_then(items, columns)}) AS changed GROUP BY customer_id, currency
    ),
    owed_then AS (SELECT customer_id, currency, {together} FROM part GROUP BY customer_id, currency)"""  # noqa: S608


def customer_then(items: str, receipts: str, *, later: bool = True) -> str:
    """Return the definitions up to `customer_then`: one row per customer and currency with anything open.

    Columns: customer_id (null: money nobody has been found for), currency and every measure; credit_minor counts
    credit notes and money received.
    """
    held = ", ".join({"credit_minor": "SUM(open_minor)", "oldest_due_on": "NULL"}.get(name, "0") for name in MEASURES)
    together = ", ".join(f"{'MIN' if name == 'oldest_due_on' else 'SUM'}({name}) AS {name}" for name in MEASURES)
    return f"""{owed_then(items, MEASURES, later=later)}, {receipts_then(receipts)},
    owed_or_held AS (
        SELECT customer_id, currency, {", ".join(MEASURES)} FROM owed_then
        UNION ALL
        SELECT customer_id, currency, {held} FROM receipt_then GROUP BY customer_id, currency
    ),
    customer_then AS (SELECT customer_id, currency, {together} FROM owed_or_held GROUP BY customer_id, currency)"""  # noqa: S608
