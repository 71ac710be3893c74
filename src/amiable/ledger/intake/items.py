"""Which invoices and credit notes are new, which changed, and how much of them is still open?"""

from datetime import date

import polars as pl
from django.utils.translation import gettext as _

from amiable.ledger.intake import store
from amiable.ledger.intake.openings import recognised_openings
from amiable.ledger.models import Allocation, Correction, Hold, HoldKind, Item, ItemKind, Receipt
from amiable.organisation.bulk import update_frame, write_frame

KNOWN = {
    "id": pl.Int64,
    "source_key": pl.String,
    "customer_id": pl.Int64,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "allocated_minor": pl.Int64,
    "settled_on": pl.Date,
}
BOOKED = pl.Schema({**KNOWN, "kind": pl.String, "number": pl.String, "is_new": pl.Boolean})


def book_items(
    creditor_id: int, items: pl.DataFrame, customers: pl.DataFrame, *, as_of: date, counts: dict[str, dict[str, int]]
) -> pl.DataFrame:
    """Add unknown items, correct known ones, and settle what the source says is no longer open.

    Return one row per item of the batch in the shape of `BOOKED`, as it now stands. What the source says and the
    ledger cannot take (another currency, an amount below what was already paid, more open than we know) is left as it
    is and counted under "misfits".
    """
    if items.is_empty():
        return BOOKED.to_frame()
    known = store.found_by(
        Item, "source_key", items["source_key"], KNOWN, where="t.creditor_id = %s", params=[creditor_id]
    )
    said = items.join(customers, on="customer_code", maintain_order="left")
    fresh = said.join(known, on="source_key", how="anti", maintain_order="left")
    fresh, carried, doubtful = recognised_openings(creditor_id, fresh)
    old = _compared(said.join(known, on="source_key", suffix="_known"))
    fresh = fresh.with_columns(
        id=store.reserve_ids(Item, fresh.height), allocated_minor=pl.lit(0, pl.Int64), is_new=pl.lit(True)
    )
    both = _closed(pl.concat([fresh, old], how="diagonal_relaxed"), as_of)  # `…_known` is null where fresh
    both = _without_reversed(creditor_id, both)
    _insert_new(creditor_id, both.filter("is_new"))
    corrected = _correct(both.filter(~pl.col("is_new")), as_of)
    settled = _settle(creditor_id, both)
    counts["items"]["new"] += fresh.height
    counts["items"]["changed"] += corrected.len()
    counts["items"]["same"] += old.height - corrected.len() + carried.height
    counts["items"]["settled"] += settled
    counts["items"]["misfits"] += int(both["misfit"].sum()) + doubtful.height
    counts["holds"]["new"] += _hold_disputed(both, as_of)
    booked = both.select(
        *("id", "source_key", "customer_id", "issued_on", "due_on", "currency", "amount_minor"),
        pl.col("allocated_minor") + pl.col("closed_minor"),
        *("settled_on", "kind", "number", "is_new"),
    ).cast(dict(BOOKED))
    return pl.concat([booked, _as_carried(carried)])


def _as_carried(carried: pl.DataFrame) -> pl.DataFrame:
    """Return older items under the keys that the new books give them, so that these can settle them."""
    columns = {name: kind for name, kind in BOOKED.items() if name not in ("source_key", "is_new")}
    found = store.found_by(Item, "id", carried["id"], columns).join(carried, on="id")
    return found.with_columns(is_new=pl.lit(False)).select(*BOOKED)


def _compared(old: pl.DataFrame) -> pl.DataFrame:
    """Give known items the values they should have, beside the ones they have (`…_known`)."""
    same_currency = pl.col("currency") == pl.col("currency_known")
    takes_amount = same_currency & ~pl.col("amount_assumed") & (pl.col("amount_minor") >= pl.col("allocated_minor"))
    lower = same_currency & ~pl.col("amount_assumed") & (pl.col("amount_minor") < pl.col("allocated_minor"))
    days = [
        pl.when("days_assumed").then(pl.col(f"{day}_known")).otherwise(pl.col(day)).alias(day)
        for day in ("issued_on", "due_on")
    ]
    return old.with_columns(
        *days,
        amount_minor=pl.when(takes_amount).then("amount_minor").otherwise("amount_minor_known"),
        open_minor=pl.when(same_currency & ~lower).then("open_minor"),
        currency=pl.col("currency_known"),
        customer_id=pl.col("customer_id_known"),
        misfit=~same_currency | lower,
        is_new=pl.lit(False),
    )


def _closed(items: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add `closed_minor`, what the source says was paid beyond what we know, and the day of it."""
    paid = pl.col("amount_minor") - pl.col("open_minor") - pl.col("allocated_minor")
    # What is owed more since today cannot have been paid before.
    corrected = (pl.col("amount_minor") != pl.col("amount_minor_known")).fill_null(False)
    first_day = pl.when(corrected).then(pl.lit(as_of)).otherwise("issued_on")
    day = pl.max_horizontal(pl.col("paid_on").fill_null(pl.lit(as_of)), "issued_on", first_day)
    misfit = pl.col("misfit") if "misfit" in items.columns else pl.lit(False)
    return items.with_columns(
        closed_minor=paid.clip(0, pl.col("amount_minor") - pl.col("allocated_minor")).fill_null(0),
        closed_on=day,
        received_on=pl.col("paid_on").fill_null(pl.lit(as_of)),
        misfit=misfit.fill_null(False) | (paid < 0).fill_null(False),
        receipt_key="settled/" + pl.col("source_key") + "/" + pl.col("open_minor").cast(pl.String),
    ).with_columns(_settled_on())


def _settled_on() -> pl.Expr:
    allocated = pl.col("allocated_minor") + pl.col("closed_minor")
    day = pl.when(pl.col("closed_minor") > 0).then("closed_on").otherwise(pl.coalesce("settled_on", "closed_on"))
    return pl.when(allocated == pl.col("amount_minor")).then(day).alias("settled_on")


def _without_reversed(creditor_id: int, items: pl.DataFrame) -> pl.DataFrame:
    """Leave alone what was settled by this very statement before and then taken back by a person."""
    asked = items.filter(~pl.col("is_new") & (pl.col("closed_minor") > 0))["receipt_key"]
    booked = store.found_by(
        Receipt, "source_key", asked, {"source_key": pl.String}, where="t.creditor_id = %s", params=[creditor_id]
    )
    if booked.is_empty():
        return items
    kept = pl.col("receipt_key").is_in(booked["source_key"].implode()).fill_null(False)
    return items.with_columns(
        closed_minor=pl.when(kept).then(0).otherwise("closed_minor"), misfit=pl.col("misfit") | kept
    ).with_columns(_settled_on())


def _insert_new(creditor_id: int, fresh: pl.DataFrame) -> None:
    texts = [pl.col(name).fill_null("") for name in ("po_number", "terms", "description")]
    write_frame(
        Item,
        fresh.select(
            *("id", "customer_id", "kind", "number", "source_key", "issued_on", "due_on", "currency", "amount_minor"),
            *texts,
            "settled_on",
            allocated_minor="closed_minor",
            creditor_id=pl.lit(creditor_id),
        ),
    )


def _correct(old: pl.DataFrame, as_of: date) -> pl.Series:
    """Write down every fact that changed and put the new value in its place; return the ids of the items."""
    if old.is_empty():
        return pl.Series(dtype=pl.Int64)
    corrections = []
    for name in ("amount_minor", "due_on", "issued_on"):
        before, after = pl.col(f"{name}_known"), pl.col(name)
        delta = after - before if name == "amount_minor" else pl.lit(0, pl.Int64)
        corrections.append(
            old.filter(before != after).select(
                item_id="id",
                field=pl.lit(name),
                before=before.cast(pl.String),
                after=after.cast(pl.String),
                delta_minor=delta,
            )
        )
    changes = pl.concat(corrections)
    write_frame(
        Correction, changes.with_columns(corrected_on=pl.lit(as_of), reason=pl.lit(_("The imported list says so.")))
    )
    ids = changes["item_id"].unique(maintain_order=True)
    changed = old.filter(pl.col("id").is_in(ids.implode()))
    settled_before_closing = pl.when(pl.col("closed_minor") == 0).then("settled_on")
    update_frame(Item, changed.select("id", "amount_minor", "due_on", "issued_on", settled_on=settled_before_closing))
    return ids


def _settle(creditor_id: int, items: pl.DataFrame) -> int:
    """Book money for what the source says was paid, and the use of credit notes; return the number of items settled."""
    closed = items.filter(pl.col("closed_minor") > 0)
    if closed.is_empty():
        return 0
    paid = closed.filter(pl.col("kind") == ItemKind.INVOICE.value)
    paid = paid.with_columns(receipt_id=store.reserve_ids(Receipt, paid.height))
    write_frame(
        Receipt,
        paid.select(
            *("customer_id", "received_on", "currency"),
            id="receipt_id",
            source_key="receipt_key",
            amount_minor="closed_minor",
            allocated_minor="closed_minor",
            reference="number",
            creditor_id=pl.lit(creditor_id),
        ),
    )
    # A list tells that a credit note was used, not for which invoice.
    used = closed.filter(pl.col("kind") != ItemKind.INVOICE.value)
    columns = {"item_id": pl.col("id"), "amount_minor": pl.col("closed_minor"), "allocated_on": pl.col("closed_on")}
    write_frame(Allocation, paid.select("receipt_id", **columns))
    write_frame(Allocation, used.select(**columns, write_off_reason=pl.lit(_("Used, according to the imported list"))))
    old = closed.filter(~pl.col("is_new"))
    store.add_allocated(Item, old.select("id", "settled_on", added_minor="closed_minor"))
    return int((closed["settled_on"].is_not_null()).sum())


def _hold_disputed(items: pl.DataFrame, as_of: date) -> int:
    """Stop reminders for items that the source calls disputed, unless a dispute of theirs was ever known here."""
    is_open = pl.col("settled_on").is_null()
    disputed = items.filter(pl.col("disputed").fill_null(False) & is_open)
    known = store.found_by(
        Hold, "item_id", disputed["id"], {"item_id": pl.Int64}, where="t.kind = %s", params=[HoldKind.DISPUTE.value]
    )
    fresh = disputed.join(known, left_on="id", right_on="item_id", how="anti")
    write_frame(
        Hold,
        fresh.select(
            "customer_id",
            item_id="id",
            kind=pl.lit(HoldKind.DISPUTE.value),
            reason=pl.lit(_("The imported list calls it disputed.")),
            held_from=pl.lit(as_of),
        ),
    )
    return fresh.height
