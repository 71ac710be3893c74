"""Which receipts are new, and which items did they and the credit notes pay?"""

import polars as pl

from amiable.ledger.intake import store
from amiable.ledger.intake.items import BOOKED
from amiable.ledger.intake.openings import without_known_before
from amiable.ledger.models import Allocation, Item, Receipt
from amiable.organisation.bulk import write_frame

RECEIPT = {
    "id": pl.Int64,
    "source_key": pl.String,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "allocated_minor": pl.Int64,
}
ITEM = {name: kind for name, kind in BOOKED.items() if name != "is_new"}
PAYER = ("receipt_id", "credit_note_id")


def book_receipts(
    creditor_id: int, receipts: pl.DataFrame, customers: pl.DataFrame, *, counts: dict[str, int]
) -> pl.DataFrame:
    """Add unknown receipts; return all of the batch in the shape of `RECEIPT`.

    Money that an opening balance brings forward is left aside for customers whose books of before came in already.
    """
    if receipts.is_empty():
        return pl.DataFrame(schema=RECEIPT)
    known = store.found_by(
        Receipt, "source_key", receipts["source_key"], RECEIPT, where="t.creditor_id = %s", params=[creditor_id]
    )
    fresh = receipts.join(known, on="source_key", how="anti", maintain_order="left").join(
        customers, on="customer_code", how="left", maintain_order="left"
    )
    fresh = without_known_before(creditor_id, fresh, day="received_on")
    texts = [pl.col(name).fill_null("") for name in ("reference", "payer_name", "method")]
    fresh = fresh.drop("customer_code", "brought_forward").with_columns(
        *texts,
        id=store.reserve_ids(Receipt, fresh.height),
        creditor_id=pl.lit(creditor_id),
        allocated_minor=pl.lit(0, pl.Int64),
    )
    write_frame(Receipt, fresh)
    counts["new"] += fresh.height
    counts["same"] += known.height
    return pl.concat([known, fresh.select(*RECEIPT)])


def book_settlements(
    creditor_id: int,
    settlements: pl.DataFrame,
    *,
    items: pl.DataFrame,
    receipts: pl.DataFrame,
    customers: pl.DataFrame,
    counts: dict[str, int],
) -> None:
    """Allocate receipts and credit notes to the items they paid, unless these two were ever brought together before.

    Where less is open on either side than the source says was paid, all that it says about that item is left aside
    and counted under "misfits": a person has to look.
    """
    if settlements.is_empty():
        return
    said = settlements.join(customers, on="customer_code", how="left", maintain_order="left")
    items = _with_items_elsewhere(creditor_id, said, items)
    said = _resolved(said, items, receipts)
    counts["misfits"] += said.filter(pl.col("item_id").is_null() | pl.all_horizontal(pl.col(PAYER).is_null())).height
    said = said.filter(pl.col("item_id").is_not_null() & pl.any_horizontal(pl.col(PAYER).is_not_null()))
    said, booked_until = _not_yet_booked(said)
    fitting = _fitting(said, items, receipts)
    counts["misfits"] += said.height - fitting.height
    counts["new"] += fitting.height
    write_frame(Allocation, fitting.select("item_id", *PAYER, "amount_minor", "allocated_on"))
    store.add_allocated(Receipt, _added(fitting, "receipt_id").drop("settled_on"))
    touched = pl.concat([_added(fitting, "item_id"), _added(fitting, "credit_note_id")])
    days = touched.join(booked_until, on="id", how="left")
    latest = pl.max_horizontal("settled_on", "booked_until")
    store.add_allocated(Item, days.select("id", "added_minor", settled_on=latest))


def _with_items_elsewhere(creditor_id: int, said: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Add to the batch's items those that it only refers to, by key or by number."""
    ours, params = "t.creditor_id = %s", [creditor_id]
    keys = pl.concat([said["item_key"], said["credit_note_key"]]).drop_nulls().unique()
    missing = keys.filter(~keys.is_in(items["source_key"].implode()))
    numbers = said.filter(pl.col("item_key").is_null())["item_number"].drop_nulls().unique()
    found = [
        store.found_by(Item, "source_key", missing, ITEM, where=ours, params=params),
        store.found_by(Item, "number", numbers, ITEM, where=ours, params=params),
    ]
    return pl.concat([items.select(*ITEM), *found]).unique("id", keep="first", maintain_order=True)


def _resolved(said: pl.DataFrame, items: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """Replace keys and numbers by ids. A number counts only if it names one item of that customer."""
    keys = items.select("source_key", "id")
    named = items.group_by(customer_id="customer_id", item_number="number").agg(
        pl.col("id").first().alias("numbered_id"), pl.len().alias("namesakes")
    )
    named = named.filter(pl.col("namesakes") == 1).drop("namesakes")
    return (
        said.join(keys.rename({"source_key": "item_key", "id": "keyed_id"}), on="item_key", how="left")
        .join(named, on=["customer_id", "item_number"], how="left")
        .join(keys.rename({"source_key": "credit_note_key", "id": "credit_note_id"}), on="credit_note_key", how="left")
        .join(receipts.select(receipt_key="source_key", receipt_id="id"), on="receipt_key", how="left")
        .with_columns(item_id=pl.coalesce("keyed_id", "numbered_id"))
        .select("item_id", *PAYER, "amount_minor", "allocated_on")
    )


def _not_yet_booked(said: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Drop the pairs that were ever allocated; return also the last day anything was allocated, per item."""
    columns = {"item_id": pl.Int64, **dict.fromkeys(PAYER, pl.Int64), "allocated_on": pl.Date}
    booked = pl.concat(
        store.found_by(Allocation, column, said[ids].drop_nulls().unique(), columns)
        for column, ids in (("item_id", "item_id"), ("credit_note_id", "credit_note_id"))
    )
    fresh = said.join(booked, on=["item_id", *PAYER], how="anti", nulls_equal=True, maintain_order="left")
    sides = [booked.select("allocated_on", id=side) for side in ("item_id", "credit_note_id")]
    until = pl.concat(sides).drop_nulls().group_by("id").agg(pl.col("allocated_on").max().alias("booked_until"))
    return fresh, until


def _fitting(said: pl.DataFrame, items: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """Keep the settlements whose items, receipts and credit notes all have as much open as is to be allocated."""
    open_minor = pl.col("amount_minor") - pl.col("allocated_minor")
    sides = (("item_id", items), ("credit_note_id", items), ("receipt_id", receipts))
    for side, frame in sides:
        left = frame.select(
            pl.col("id").alias(side), open_minor.alias(f"{side}_left"), pl.col("currency").alias(f"{side}_in")
        )
        said = said.join(left, on=side, how="left", maintain_order="left")
        asked = pl.col("amount_minor").sum().over(side)
        said = said.with_columns((pl.col(side).is_null() | (asked <= pl.col(f"{side}_left"))).alias(f"{side}_fits"))
    currencies = pl.coalesce("receipt_id_in", "credit_note_id_in") == pl.col("item_id_in")
    fits = pl.all_horizontal(f"{side}_fits" for side, _frame in sides) & currencies
    return said.filter(fits.all().over("item_id"))


def _added(fitting: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return per receipt, item or credit note how much is allocated now, and the last day of it."""
    return (
        fitting.filter(pl.col(side).is_not_null())
        .group_by(id=side)
        .agg(pl.col("amount_minor").sum().alias("added_minor"), pl.col("allocated_on").max().alias("settled_on"))
    )
