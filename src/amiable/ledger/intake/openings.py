"""Is an opening balance news, or does it repeat what the books of the year before already said?

Books of a new year begin with the items that the old year left open. Whoever brings in both would book them twice.
"""

from collections import defaultdict

import polars as pl

from amiable.ledger.intake import store
from amiable.ledger.models import Item

_BEFORE = {
    "id": pl.Int64,
    "customer_id": pl.Int64,
    "kind": pl.String,
    "number": pl.String,
    "currency": pl.String,
    "issued_on": pl.Date,
    "amount_minor": pl.Int64,
    "allocated_minor": pl.Int64,
}


def recognised_openings(creditor_id: int, fresh: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Split items not known by their key: those to book, those that are older items under a new key, and the doubtful.

    A line brought forward is an older item of its customer and kind if as much is (or was) open there; the same number
    is preferred. Where a customer has older items and none fits, booking the line might double it: it is doubtful.
    The second frame has `source_key` and the older item's `id`.
    """
    openings = fresh.filter(pl.col("brought_forward").fill_null(False))
    nothing = pl.DataFrame(schema={"source_key": pl.String, "id": pl.Int64})
    if openings.is_empty():
        return fresh, nothing, openings
    before = _known_before(creditor_id, openings, day="issued_on")
    choice: dict[tuple[int, str, str], list[dict]] = defaultdict(list)
    for row in before.sort("issued_on", "id").to_dicts():
        choice[row["customer_id"], row["kind"], row["currency"]].append(row)
    same = []
    for key, customer, kind, currency, number, amount_minor in openings.select(
        "source_key", "customer_id", "kind", "currency", "number", "amount_minor"
    ).iter_rows():
        candidates = choice[customer, kind, currency]
        fitting = [
            row
            for row in candidates
            if amount_minor in (row["amount_minor"] - row["allocated_minor"], row["amount_minor"])
        ]
        if fitting:
            found = next((row for row in fitting if row["number"] == number), fitting[0])
            candidates.remove(found)
            same.append({"source_key": key, "id": found["id"]})
    matched = pl.DataFrame(same, schema=nothing.schema) if same else nothing
    with_past = pl.col("customer_id").is_in(before["customer_id"].unique().implode())
    doubtful = openings.filter(with_past).join(matched, on="source_key", how="anti")
    left = pl.concat([matched["source_key"], doubtful["source_key"]])
    return fresh.filter(~pl.col("source_key").is_in(left.implode())), matched, doubtful


def without_known_before(creditor_id: int, receipts: pl.DataFrame, *, day: str) -> pl.DataFrame:
    """Leave out the money brought forward for customers of whom older items are known."""
    openings = receipts.filter(pl.col("brought_forward").fill_null(False))
    if openings.is_empty():
        return receipts
    before = _known_before(creditor_id, openings, day=day)
    known = pl.col("customer_id").is_in(before["customer_id"].unique().implode())
    return receipts.filter(~(pl.col("brought_forward").fill_null(False) & known.fill_null(False)))


def _known_before(creditor_id: int, openings: pl.DataFrame, *, day: str) -> pl.DataFrame:
    """Return the items of these customers that other books, of days before the opening, gave us."""
    customers = openings["customer_id"].drop_nulls().unique()
    return store.found_by(
        Item,
        "customer_id",
        customers,
        _BEFORE,
        where="t.creditor_id = %s AND t.issued_on < %s",
        params=[creditor_id, openings[day].min()],
    )
