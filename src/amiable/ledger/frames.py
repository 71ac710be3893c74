"""What did the ledger hold on a day, in bulk?

Each function answers with one frame shaped as the core's `book` wants it, exact as of the end of a day: what was
booked for a later day does not count. They read the stored balances and undo what was booked for later days, so the
usual question, today, costs one pass over the open items and nothing more.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db.models import BigIntegerField, BooleanField, Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, NullIf

from amiable.core.book import CREDITS, CUSTOMERS, ITEMS, ROUTES
from amiable.ledger.models import (
    Address,
    Allocation,
    Correction,
    Customer,
    Hold,
    HoldKind,
    Item,
    ItemKind,
    Reach,
    Receipt,
)
from amiable.organisation.bulk import read_frame
from amiable.organisation.models import Creditor

Some = Sequence[int] | None  # customer ids; a `range` is read as a span of the index, None means all

STRONGEST_FIRST = (
    HoldKind.DISPUTE,
    HoldKind.PROMISE,
    HoldKind.PLAN,
    HoldKind.DEFERRAL,
    HoldKind.IN_TRANSIT,
    HoldKind.HOLD,
)
HOLDS = pl.Schema(
    {"customer_id": pl.Int64, "item_id": pl.Int64, "kind": pl.String, "until": pl.Date}  # item null: the customer's
)
_OPEN = Cast(F("amount_minor") - F("allocated_minor"), BigIntegerField())


def of_customers(customer_ids: Some, field: str = "customer_id") -> Q:
    """Return the condition that a row belongs to one of these customers."""
    if customer_ids is None:
        return Q()
    if isinstance(customer_ids, range) and customer_ids.step == 1:
        return Q(**{f"{field}__gte": customer_ids.start, f"{field}__lt": customer_ids.stop})
    return Q(**{f"{field}__in": list(customer_ids)})


def customers(creditor: Creditor, *, as_of: date, held: pl.DataFrame, customer_ids: Some = None) -> pl.DataFrame:
    """Return the customers not archived by that day, with those of the `holds` that stop them as a whole.

    `awaiting_since` is left null: who waits for an answer is not known to the ledger.
    """
    rows = Customer.objects.filter(
        of_customers(customer_ids, "id"), Q(archived_on=None) | Q(archived_on__gt=as_of), creditor=creditor
    ).values_list(
        *("id", "code", "name", "segment", "risk", "country", "time_zone", "language", "customer_since"),
        NullIf("scenario", Value("")),
    )
    derived = ("hold", "hold_until", "awaiting_since")
    known = read_frame(rows, schema=pl.Schema({name: kind for name, kind in CUSTOMERS.items() if name not in derived}))
    stopped = strongest(held.filter(pl.col("item_id").is_null()))
    return (
        known.join(stopped.select("customer_id", hold="kind", hold_until="until"), on="customer_id", how="left")
        .with_columns(awaiting_since=pl.lit(None, dtype=pl.Date))
        .select(CUSTOMERS.names())
    )


def routes(creditor: Creditor, *, as_of: date, customer_ids: Some = None) -> pl.DataFrame:
    """Return the ways to each contact who had not left; one that was closed later was still usable that day."""
    rows = Address.objects.filter(
        of_customers(customer_ids, "contact__customer_id"),
        Q(contact__left_on=None) | Q(contact__left_on__gt=as_of),
        contact__customer__creditor=creditor,
    ).values_list(
        *("contact__customer_id", "contact_id", "channel", "contact__role"),
        Case(When(contact__language="", then=F("contact__customer__language")), default=F("contact__language")),
        "contact__rank",
        Case(
            When(value="", then=Value(value=False)),
            When(Q(reach=Reach.OK) | Q(reach_since__gt=as_of), then=Value(value=True)),
            default=Value(value=False),
            output_field=BooleanField(),
        ),
    )
    return read_frame(rows, schema=ROUTES)


def items(
    creditor: Creditor, *, as_of: date, settled_since: date, held: pl.DataFrame, customer_ids: Some = None
) -> pl.DataFrame:
    """Return the invoices open that day, and those paid with money, not merely credited, on or after `settled_since`.

    The `holds` on an item pause it. Facts other than amounts are told as corrected by now.
    """
    paid_with_money = Exists(Allocation.objects.filter(item=OuterRef("pk"), receipt__isnull=False, reversed_on=None))
    invoices = Item.objects.filter(
        of_customers(customer_ids), creditor=creditor, kind=ItemKind.INVOICE, issued_on__lte=as_of, amount_minor__gt=0
    ).annotate(open_now=_OPEN)
    shown = ("id", "customer_id", "number", "due_on", "currency", "open_now", "settled_on")
    read = pl.Schema({name: kind for name, kind in ITEMS.items() if name not in ("pause", "pause_until")})
    settled = invoices.filter(Q(settled_on__gte=settled_since) & (Q(settled_on__gt=as_of) | paid_with_money))
    found = pl.concat(
        [
            read_frame(invoices.filter(settled_on=None).values_list(*shown), schema=read),
            read_frame(settled.values_list(*shown), schema=read),
        ]
    )
    then = _as_it_was(creditor, found, as_of=as_of, customer_ids=customer_ids)
    paused = strongest(held.filter(pl.col("item_id").is_not_null()), by="item_id")
    return (
        then.filter((pl.col("open_minor") > 0) | (pl.col("paid_on") >= settled_since))
        .join(paused.select("item_id", pause="kind", pause_until="until"), on="item_id", how="left")
        .select(ITEMS.names())
    )


def credits(creditor: Creditor, *, as_of: date, customer_ids: Some = None) -> pl.DataFrame:
    """Return what we held of each customer's money that day: open credit notes and unapplied receipts."""
    ours = Q(of_customers(customer_ids), creditor=creditor)
    notes = Item.objects.filter(ours, kind=ItemKind.CREDIT_NOTE, issued_on__lte=as_of, settled_on=None)
    receipts = Receipt.objects.filter(
        ours, received_on__lte=as_of, customer__isnull=False, allocated_minor__lt=F("amount_minor")
    )
    shown = ("customer_id", "currency", _OPEN)
    unused = [read_frame(rows.values_list(*shown), schema=CREDITS) for rows in (notes, receipts)]
    # Fully used by now, or corrected since: what was booked for later days is undone.
    for source, kept in (
        ("credit_note", Q(credit_note__issued_on__lte=as_of)),
        ("receipt", Q(receipt__received_on__lte=as_of)),
    ):
        for sign, booked in _booked_later(as_of):
            rows = Allocation.objects.filter(
                of_customers(customer_ids, f"{source}__customer_id"),
                kept,
                booked,
                **{f"{source}__creditor": creditor, f"{source}__customer__isnull": False},
            ).values_list(
                f"{source}__customer_id", f"{source}__currency", Cast(F("amount_minor") * sign, BigIntegerField())
            )
            unused.append(read_frame(rows, schema=CREDITS))
    corrected = Correction.objects.filter(
        of_customers(customer_ids, "item__customer_id"),
        item__creditor=creditor,
        item__kind=ItemKind.CREDIT_NOTE,
        item__issued_on__lte=as_of,
        corrected_on__gt=as_of,
    ).values_list("item__customer_id", "item__currency", Cast(F("delta_minor") * -1, BigIntegerField()))
    unused.append(read_frame(corrected, schema=CREDITS))
    return (
        pl.concat(unused)
        .group_by("customer_id", "currency")
        .agg(pl.col("credit_minor").sum())
        .filter(pl.col("credit_minor") > 0)
    )


def holds(creditor: Creditor, *, as_of: date, customer_ids: Some = None) -> pl.DataFrame:
    """Return the holds in force that day, shaped like `HOLDS`."""
    rows = Hold.objects.filter(
        of_customers(customer_ids),
        Q(held_until=None) | Q(held_until__gt=as_of),
        Q(ended_on=None) | Q(ended_on__gt=as_of),
        customer__creditor=creditor,
        held_from__lte=as_of,
    ).values_list("customer_id", "item_id", "kind", "held_until")
    return read_frame(rows, schema=HOLDS)


def strongest(held: pl.DataFrame, *, by: str = "customer_id") -> pl.DataFrame:
    """Keep one hold each: the strongest kind, and of several of a kind the one that lasts longest."""
    order = {kind.value: place for place, kind in enumerate(STRONGEST_FIRST)}
    return held.sort(
        pl.col("kind").replace_strict(order, return_dtype=pl.Int64),
        pl.col("until").fill_null(date.max),
        descending=[False, True],
    ).unique(by, keep="first", maintain_order=True)


def _booked_later(as_of: date) -> list[tuple[int, Q]]:
    """Tell which allocations the stored balances count that did not stand that day (+1), and the reverse (-1)."""
    return [
        (1, Q(allocated_on__gt=as_of, reversed_on=None)),
        (-1, Q(allocated_on__lte=as_of, reversed_on__gt=as_of)),
    ]


def _as_it_was(creditor: Creditor, found: pl.DataFrame, *, as_of: date, customer_ids: Some) -> pl.DataFrame:
    """Undo what was booked on the items for later days, and tell when those then settled had been paid."""
    schema = pl.Schema({"item_id": pl.Int64, "later_minor": pl.Int64})
    of_ours = Q(of_customers(customer_ids, "item__customer_id"), item__creditor=creditor)
    later = [
        read_frame(
            Allocation.objects.filter(of_ours, booked).values_list(
                "item_id", Cast(F("amount_minor") * sign, BigIntegerField())
            ),
            schema=schema,
        )
        for sign, booked in _booked_later(as_of)
    ]
    corrected = Correction.objects.filter(of_ours, corrected_on__gt=as_of).exclude(delta_minor=0)
    later.append(
        read_frame(corrected.values_list("item_id", Cast(F("delta_minor") * -1, BigIntegerField())), schema=schema)
    )
    changes = pl.concat(later).group_by("item_id").agg(pl.col("later_minor").sum())
    if changes.is_empty():
        return found
    then = found.join(changes, on="item_id", how="inner").with_columns(
        open_minor=pl.col("open_minor") + pl.col("later_minor")
    )
    days = _paid_on(then.filter(pl.col("open_minor") == 0)["item_id"].to_list(), as_of=as_of)
    changed = then.drop("paid_on", "later_minor").join(days, on="item_id", how="left")
    unchanged = found.join(changes, on="item_id", how="anti")
    return pl.concat([unchanged, changed.select(found.columns)])


def _paid_on(item_ids: list[int], *, as_of: date) -> pl.DataFrame:
    """Return the day since which nothing had been open that day, of items that money paid: item_id, paid_on."""
    stood = Allocation.objects.filter(
        Q(reversed_on=None) | Q(reversed_on__gt=as_of), item_id__in=item_ids, allocated_on__lte=as_of
    )
    corrected = Correction.objects.filter(item_id__in=item_ids, corrected_on__lte=as_of).exclude(delta_minor=0)
    days = pl.Schema({"item_id": pl.Int64, "on": pl.Date, "money": pl.Boolean})
    money = Case(When(receipt=None, then=Value(value=False)), default=Value(value=True), output_field=BooleanField())
    no_money = Value(value=False, output_field=BooleanField())
    happened = [
        read_frame(stood.values_list("item_id", "allocated_on", money), schema=days),
        read_frame(corrected.values_list("item_id", "corrected_on", no_money), schema=days),
        read_frame(Item.objects.filter(id__in=item_ids).values_list("id", "issued_on", no_money), schema=days),
    ]
    return (
        pl.concat(happened)
        .group_by("item_id")
        .agg(paid_on=pl.col("on").max(), money=pl.col("money").any())
        .filter("money")
        .select("item_id", "paid_on")
    )
