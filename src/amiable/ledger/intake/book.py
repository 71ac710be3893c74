"""How does a whole file enter the ledger at once, or not at all?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from amiable.ledger.intake import store
from amiable.ledger.intake.frames import Batch
from amiable.ledger.intake.items import book_items
from amiable.ledger.intake.parties import book_contacts, book_customers
from amiable.ledger.intake.settling import book_receipts, book_settlements
from amiable.ledger.models import Allocation, Item, ItemKind, Receipt
from amiable.organisation.bulk import read_frame, write_frame
from amiable.organisation.models import Creditor

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Terms:
    """What a file may do beyond adding facts."""

    customers_are_master: bool = False  # a customer list: it changes what is known of a customer
    lists_all_open: bool = False  # every item still open stands in it
    settle_unlisted: bool = False  # … and what is missing from it was paid
    speaks_of_money: bool = True  # it knows which items are paid: bank data are as fresh as the file
    data_until: date | None = None  # the day the file was made; None: the latest day found in it


@dataclass
class _Booking:
    """What is known so far of a file on its way in."""

    counts: Counts = field(
        default_factory=lambda: {
            "customers": {"new": 0, "changed": 0, "same": 0},
            "contacts": {"new": 0, "changed": 0, "same": 0},
            "items": {"new": 0, "changed": 0, "same": 0, "settled": 0, "misfits": 0, "no_longer_listed": 0},
            "receipts": {"new": 0, "same": 0},
            "settlements": {"new": 0, "misfits": 0},
            "holds": {"new": 0},
        }
    )
    listed: list[pl.Series] = field(default_factory=list)  # ids of the items that the file speaks of
    last_day: date | None = None
    rows: int = 0


def book(
    creditor: Creditor,
    batches: Iterable[Batch],
    *,
    as_of: date,
    terms: Terms = Terms(),
    on_progress: Callable[[int], None] | None = None,
) -> Counts:
    """Book the facts of one file and return how many of each kind were new, changed or the same.

    All or nothing: an error in any batch, also in the iterable itself, leaves the ledger as it was. Booking the same
    facts again changes nothing. The caller writes the audit line in the same transaction. `on_progress` is told the
    number of lines done after every batch.
    """
    booking = _Booking()
    with transaction.atomic():
        store.serialise(creditor.pk)
        for batch in batches:
            _book_batch(creditor, batch, booking, as_of=as_of, terms=terms)
            if on_progress:
                on_progress(booking.rows)
        if terms.lists_all_open:
            _look_for_unlisted(creditor, booking, settle=terms.settle_unlisted, as_of=as_of)
        if terms.speaks_of_money:
            _remember_freshness(creditor, terms.data_until or booking.last_day, as_of)
    return booking.counts


def _book_batch(creditor: Creditor, batch: Batch, booking: _Booking, *, as_of: date, terms: Terms) -> None:
    counts = booking.counts
    customers = book_customers(creditor, batch, master=terms.customers_are_master, counts=counts["customers"])
    book_contacts(batch.contacts, customers, counts=counts["contacts"])
    items = book_items(creditor.pk, batch.items, customers, as_of=as_of, counts=counts)
    receipts = book_receipts(creditor.pk, batch.receipts, customers, counts=counts["receipts"])
    book_settlements(
        creditor.pk,
        batch.settlements,
        items=items,
        receipts=receipts,
        customers=customers,
        counts=counts["settlements"],
    )
    if terms.lists_all_open:
        booking.listed.append(items["id"])
    booking.rows += batch.rows
    booking.last_day = max(filter(None, (booking.last_day, batch.last_day)), default=None)


def _look_for_unlisted(creditor: Creditor, booking: _Booking, *, settle: bool, as_of: date) -> None:
    """Count the invoices that are open here and missing from a complete list; settle them only if told to."""
    sql = "SELECT id FROM ledger_item WHERE creditor_id = %s AND settled_on IS NULL AND kind = %s AND issued_on <= %s"
    still_open = read_frame(
        sql, schema=pl.Schema({"id": pl.Int64}), params=[creditor.pk, ItemKind.INVOICE.value, as_of]
    )["id"]
    listed = pl.concat(booking.listed) if booking.listed else pl.Series(dtype=pl.Int64)
    missing = still_open.filter(~still_open.is_in(listed.implode()))
    booking.counts["items"]["no_longer_listed"] = missing.len()
    if settle and missing.len():
        _settle_unlisted(creditor.pk, missing, as_of)
        booking.counts["items"]["settled"] += missing.len()


def _settle_unlisted(creditor_id: int, missing: pl.Series, as_of: date) -> None:
    columns = {
        "id": pl.Int64,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "amount_minor": pl.Int64,
        "allocated_minor": pl.Int64,
    }
    items = store.found_by(Item, "id", missing, columns).with_columns(
        open_minor=pl.col("amount_minor") - pl.col("allocated_minor"),
        receipt_id=store.reserve_ids(Receipt, missing.len()),
    )
    open_minor = pl.col("open_minor")
    key = pl.format("unlisted/{}/{}", "id", pl.lit(as_of.isoformat()))
    reason = _("Settled according to the list of %(day)s") % {"day": as_of.isoformat()}
    write_frame(
        Receipt,
        items.select(
            *("customer_id", "currency"),
            id="receipt_id",
            source_key=key,
            received_on=pl.lit(as_of),
            amount_minor=open_minor,
            allocated_minor=open_minor,
            reference=pl.lit(reason),
            creditor_id=pl.lit(creditor_id),
        ),
    )
    write_frame(
        Allocation, items.select("receipt_id", item_id="id", amount_minor=open_minor, allocated_on=pl.lit(as_of))
    )
    store.add_allocated(Item, items.select("id", added_minor=open_minor, settled_on=pl.lit(as_of)))


def _remember_freshness(creditor: Creditor, day: date | None, as_of: date) -> None:
    """Move the day until which payments are known forward, never back and never into the future."""
    if day is None:
        return
    day = min(day, as_of)
    older = Q(bank_data_until=None) | Q(bank_data_until__lt=day)
    if Creditor.objects.filter(older, pk=creditor.pk).update(bank_data_until=day):
        creditor.bank_data_until = day


def open_total_minor(creditor: Creditor, currency: str) -> int:
    """Return what customers owe in all: open invoices less open credit notes and unapplied receipts."""
    open_minor = Sum(F("amount_minor") - F("allocated_minor"), default=0)
    items = Item.objects.filter(creditor=creditor, currency=currency)
    invoices = items.filter(kind=ItemKind.INVOICE).aggregate(open=open_minor)["open"]
    credit_notes = items.filter(kind=ItemKind.CREDIT_NOTE).aggregate(open=open_minor)["open"]
    receipts = Receipt.objects.filter(creditor=creditor, currency=currency).aggregate(open=open_minor)["open"]
    return invoices - credit_notes - receipts
