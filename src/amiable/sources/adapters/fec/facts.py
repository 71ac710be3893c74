"""Which invoices, credit notes and receipts are the lines on customer accounts, and what did lettering pair?"""

from collections import Counter

import polars as pl
from django.utils.translation import gettext as _

from amiable.ledger.intake import CUSTOMERS, ITEMS, RECEIPTS, Batch
from amiable.sources.adapters.fec.lettering import paired
from amiable.sources.facts import Context
from amiable.sources.facts.keys import bounded

SALES_JOURNALS = r"(?i)^v[a-z]{0,2}\d*$|vent|factur|sales"
OPENING = r"(?i)^(an|ran|a-?nouv.*|anouv.*)$|(à|a)[ -]nouveau|report"
NO_REFERENCE = ["", "sans", "0", "n/a", "na", "-", ".", "neant", "néant"]
CURRENCY = "EUR"  # a FEC is kept in euros; other currencies stand beside it for information


def batch_of(lines: pl.DataFrame, context: Context, *, rows: int, notes: Counter[str]) -> Batch:
    """Return the facts of typed lines on accounts 411, in the order of the file.

    A debit is an invoice. A credit of a sale is a credit note, any other credit is money received. A line that the
    opening balance brings forward is one of these two as well.
    """
    lines = _keyed(_named(lines), context)
    notes["due_assumed"] += lines.filter(pl.col("kind") == "invoice").height
    items = lines.filter(pl.col("kind") != "receipt")
    receipts = lines.filter(pl.col("kind") == "receipt")
    last_day = lines["EcritureDate_day"].max()
    return Batch(
        customers=_customers(lines),
        items=_items(items),
        receipts=_receipts(receipts),
        settlements=paired(lines),
        last_day=last_day,
        rows=rows,
    )


def _named(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the customer (its auxiliary account, else the sub-account of 411) and the kind of each line."""
    auxiliary = pl.col("CompAuxNum") != ""
    is_sale = pl.col("is_sale") | pl.any_horizontal(pl.col("JournalCode", "JournalLib").str.contains(SALES_JOURNALS))
    opening = pl.any_horizontal(pl.col("JournalCode", "JournalLib").str.contains(OPENING))
    return lines.with_columns(
        customer=pl.when(auxiliary).then("CompAuxNum").otherwise("CompteNum"),
        customer_name=pl.when(auxiliary & (pl.col("CompAuxLib") != "")).then("CompAuxLib").otherwise("CompteLib"),
        opening=opening,
        kind=pl.when(pl.col("signed") > 0)
        .then(pl.lit("invoice"))
        .when(is_sale & ~opening)
        .then(pl.lit("credit_note"))
        .otherwise(pl.lit("receipt")),
        amount=pl.col("signed").abs(),
    )


def _keyed(lines: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add key, number and days.

    The piece's reference is the number where it belongs to one entry alone; some programs write the month there, and
    then the entry's own number stands in. The key is the place of the line in the books.
    """
    entry = pl.concat_str("JournalCode", "EcritureNum", separator="-")
    entries = pl.struct("JournalCode", "EcritureNum", "EcritureDate").n_unique().over("JournalCode", "PieceRef")
    says_something = ~pl.col("PieceRef").str.to_lowercase().is_in(NO_REFERENCE)
    several = (pl.len().over("JournalCode", "EcritureNum", "EcritureDate") > 1) & ~(says_something & (entries == 1))
    place = pl.when(several).then(pl.concat_str(pl.lit("/"), pl.col("place").cast(pl.String))).otherwise(pl.lit(""))
    # The entry's own day: a piece may be older than the year, but never younger than its entry.
    issued = pl.min_horizontal(pl.col("PieceDate_day").fill_null(pl.col("EcritureDate_day")), "EcritureDate_day")
    key = pl.concat_str(
        pl.lit("fec"), "EcritureDate", "JournalCode", "EcritureNum", pl.col("place").cast(pl.String), separator="/"
    )
    return lines.with_columns(
        key=bounded(key),
        number=(pl.when(says_something & (entries == 1)).then("PieceRef").otherwise(entry) + place).str.slice(0, 64),
        issued=issued,
        due=issued + pl.duration(days=context.terms_days),
    )


def _customers(lines: pl.DataFrame) -> pl.DataFrame:
    first = lines.unique("customer", keep="first", maintain_order=True)
    said = first.select(
        code="customer", name=pl.when(pl.col("customer_name") != "").then(pl.col("customer_name").str.slice(0, 200))
    )
    return said.with_columns(
        pl.lit(None, pl.String).alias(name) for name in CUSTOMERS if name not in ("code", "name")
    ).select(*CUSTOMERS)


def _items(items: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("EcritureLib").str.slice(0, 270)
    return (
        items.select(
            source_key="key",
            customer_code="customer",
            kind="kind",
            number="number",
            issued_on="issued",
            due_on="due",
            days_assumed=pl.lit(True),  # the due day follows from our terms, so it never corrects a known one
            currency=pl.lit(CURRENCY),
            amount_minor="amount",
            amount_assumed=pl.lit(False),
            open_minor=pl.lit(None, pl.Int64),
            paid_on=pl.lit(None, pl.Date),
            disputed=pl.lit(None, pl.Boolean),
            brought_forward="opening",
            po_number=pl.lit(None, pl.String),
            terms=pl.lit(None, pl.String),
            description=pl.when("opening").then(pl.lit(_("Opening balance: ")) + label).otherwise(label),
        )
        .select(*ITEMS)
        .cast(dict(ITEMS))
    )


def _receipts(receipts: pl.DataFrame) -> pl.DataFrame:
    return (
        receipts.select(
            source_key="key",
            customer_code="customer",
            received_on="EcritureDate_day",
            currency=pl.lit(CURRENCY),
            amount_minor="amount",
            reference=pl.col("EcritureLib").str.slice(0, 300),
            payer_name=pl.lit(None, pl.String),
            method=pl.lit(None, pl.String),
            brought_forward="opening",
        )
        .select(*RECEIPTS)
        .cast(dict(RECEIPTS))
    )
