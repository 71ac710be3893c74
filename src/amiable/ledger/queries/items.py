"""Which invoices and credit notes, in which state?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from amiable.ledger.models import HoldKind, Item, ItemKind
from amiable.ledger.queries.as_of import BUCKETS, bucket_conditions, bucket_days, rows
from amiable.ledger.queries.customers import visible_condition
from amiable.ledger.queries.holds import pause_of
from amiable.ledger.queries.pages import PER_PAGE, Page, ordering
from amiable.ledger.queries.search import contains, pattern
from amiable.organisation.models import Creditor, Member


class ItemState(StrEnum):
    """How an item stands on a day; a list can be kept to one of them."""

    OPEN = "open"  # something is open, late or not
    LATE = "late"  # something is open and the due date has passed
    PAUSED = "paused"  # something is open and reminders for it are stopped
    PART_PAID = "part_paid"  # something is open and something was paid
    PAID = "paid"  # nothing is open


class ItemSort(StrEnum):
    """What a list of items can be ordered by; "-" before it turns it round."""

    DUE = "due"
    PAID = "paid"
    ISSUED = "issued"
    NUMBER = "number"
    CUSTOMER = "customer"
    AMOUNT = "amount"
    OPEN = "open"


SORTS = {
    ItemSort.DUE: "i.due_on",
    ItemSort.PAID: "i.settled_on",
    ItemSort.ISSUED: "i.issued_on",
    ItemSort.NUMBER: "i.number",
    ItemSort.CUSTOMER: "LOWER(c.name)",
    ItemSort.AMOUNT: "i.amount_minor",
    ItemSort.OPEN: "i.amount_minor - i.allocated_minor",
}

PAUSED = """EXISTS (SELECT 1 FROM ledger_hold h WHERE h.item_id = i.id AND h.held_from <= %(as_of)s
    AND (h.held_until IS NULL OR h.held_until > %(as_of)s) AND (h.ended_on IS NULL OR h.ended_on > %(as_of)s))"""
NUMBERED = "LOWER(i.number) LIKE %(like)s OR LOWER(i.po_number) LIKE %(like)s"  # numbers carry no accents
OF_STATE = {
    ItemState.OPEN: "i.settled_on IS NULL",
    ItemState.LATE: "i.settled_on IS NULL AND i.due_on < %(as_of)s",
    ItemState.PAUSED: f"i.settled_on IS NULL AND {PAUSED}",
    ItemState.PART_PAID: "i.settled_on IS NULL AND i.allocated_minor > 0",
    ItemState.PAID: "i.settled_on IS NOT NULL",
}


@dataclass(frozen=True)
class ItemRow:
    """A line of the Invoices page."""

    item_id: int
    customer_id: int
    customer: str
    kind: str
    number: str
    po_number: str
    issued_on: date
    due_on: date
    currency: str
    amount_minor: int
    open_minor: int
    age_days: int  # past the due date; zero or less is not late
    paid_on: date | None  # the day nothing was left open
    pause: str | None  # the kind of the hold on it
    pause_until: date | None  # first day without it

    @property
    def state(self) -> ItemState:
        """The state to show; being paid in part is told beside it, by the amounts."""
        if self.open_minor == 0:
            return ItemState.PAID
        if self.pause:
            return ItemState.PAUSED
        return ItemState.LATE if self.age_days > 0 and self.kind == ItemKind.INVOICE else ItemState.OPEN


def item_rows(
    member: Member | None,
    *,
    creditor: Creditor,
    as_of: date,
    search: str = "",
    state: str = ItemState.OPEN,
    kind: str = ItemKind.INVOICE,
    currency: str = "",
    bucket: str = "",
    pause: str = "",
    customer_id: int | None = None,
    sort: str = "due",
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Page[ItemRow]:
    """Return a page of the items of customers that a member may see, in four statements, or three with a search.

    States are those of now, ages those of `as_of`; `open_items` and `balances` tell about past days. An empty
    `state` or `kind` keeps all of them; `pause` keeps those held by one kind of hold. `search` finds the
    customer's name and code, and the invoice's number and purchase-order number. A page beyond the end gives the
    last one.
    """
    where, values = _conditions(
        member,
        creditor,
        search=search,
        state=state,
        equal={"i.kind": kind, "i.currency": currency, "i.customer_id": customer_id},
    )
    if bucket in BUCKETS:
        where.append(f"i.settled_on IS NULL AND {dict(bucket_conditions())[bucket].replace('due_on', 'i.due_on')}")
        values |= bucket_days(as_of)
    if pause in HoldKind.values:
        where.append(PAUSED.replace("h.item_id = i.id", "h.item_id = i.id AND h.kind = %(pause)s"))
        values["pause"] = pause
    values |= {"as_of": as_of, "creditor": creditor.pk}
    order = f"{ordering(sort, SORTS)}, i.id"
    tables, condition = _tables(where, order), " AND ".join(where)
    listing = f"SELECT i.id FROM {tables} WHERE {condition} ORDER BY {order}"  # noqa: S608 constants
    if search.strip():  # what is found is few, and finding it is dear: asked once, counted here
        every = [pk for (pk,) in rows(listing, values)]
        total, number = len(every), _within(page, len(every), per_page)
        ids = every[(number - 1) * per_page : number * per_page]
    else:
        [(total,)] = rows(f"SELECT COUNT(*) FROM {_tables(where)} WHERE {condition}", values)  # noqa: S608 constants
        number = _within(page, total, per_page)
        window = {"limit": per_page, "offset": (number - 1) * per_page}
        ids = [pk for (pk,) in rows(f"{listing} LIMIT %(limit)s OFFSET %(offset)s", {**values, **window})]
    return Page(rows=_rows(ids, as_of=as_of), number=number, total=total, per_page=per_page)


def _tables(where: list[str], order: str = "") -> str:
    """Return the tables that conditions and order look at: customers only where they must be read."""
    if any("c." in part for part in (*where, order)):
        return "ledger_item i JOIN ledger_customer c ON c.id = i.customer_id"
    return "ledger_item i"


def _within(page: int, total: int, per_page: int) -> int:
    return min(max(page, 1), max(1, -(-total // per_page)))


def _conditions(
    member: Member | None, creditor: Creditor, *, search: str, state: str, equal: dict[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions on items `i` of customers `c`, and the values in them."""
    values: dict[str, Any] = {}
    where = ["i.creditor_id = %(creditor)s", visible_condition(member, values)]
    if state:
        where.append(OF_STATE[ItemState(state)])
    for place, (column, value) in enumerate(equal.items()):
        if value:
            where.append(f"{column} = %(equal_{place})s")
            values[f"equal_{place}"] = value
    if search.strip():
        values |= {"like": pattern(search)}
        named = f"{contains('k.name', 'like')} OR {contains('k.code', 'like')}"
        theirs = f"SELECT k.id FROM ledger_customer k WHERE k.creditor_id = %(creditor)s AND ({named})"  # noqa: S608
        where.append(f"({NUMBERED} OR i.customer_id IN ({theirs}))")
    return where, values


def _rows(ids: list[int], *, as_of: date) -> tuple[ItemRow, ...]:
    """Return the lines of a page in the order of its keys, in two statements."""
    items = Item.objects.select_related("customer").in_bulk(ids)
    pauses = pause_of(ids, as_of=as_of)
    return tuple(_row(items[pk], pauses.get(pk), as_of) for pk in ids if pk in items)


def _row(item: Item, pause: Any, as_of: date) -> ItemRow:
    return ItemRow(
        item_id=item.pk,
        customer_id=item.customer_id,
        customer=item.customer.name,
        kind=item.kind,
        number=item.number,
        po_number=item.po_number,
        issued_on=item.issued_on,
        due_on=item.due_on,
        currency=item.currency,
        amount_minor=item.amount_minor,
        open_minor=item.amount_minor - item.allocated_minor,
        age_days=(as_of - item.due_on).days,
        paid_on=item.settled_on,
        pause=pause.kind if pause else None,
        pause_until=pause.held_until if pause else None,
    )
