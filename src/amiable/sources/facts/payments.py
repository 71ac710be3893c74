"""Which payments do the rows state, and which invoices did they pay?"""

from collections import Counter
from datetime import date

import polars as pl
from django.utils.translation import gettext as _

from amiable.ledger.intake import RECEIPTS, SETTLEMENTS
from amiable.sources.facts.keys import Seen, bounded, content_mark
from amiable.sources.facts.portion import Context
from amiable.sources.mapping import Mapping
from amiable.sources.vocabulary import Role

IDENTITY = ["customer_code_", "day", "currency_", "amount", "reference_"]
Stated = tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame, date | None]


def payment_facts(rows: pl.DataFrame, mapping: Mapping, context: Context, notes: Counter[str], seen: Seen) -> Stated:
    """Return receipts and settlements, the rows they came from, the refused rows and the last day.

    A payment that names an invoice of its customer is allocated to it, if as much is open there.
    """
    rows = rows.with_columns(
        day=pl.coalesce("paid_on_day", "issued_on_day"),
        amount=pl.coalesce("paid_amount_minor", "amount_minor", "credit_minor"),
        reference_=pl.coalesce(Role.REFERENCE, Role.DESCRIPTION, Role.NUMBER).str.slice(0, 300),
    )
    complaints = [
        (pl.col("day").is_null(), _("No payment date is given.")),
        (pl.col("amount").is_null(), _("No amount is given.")),
        (pl.col("amount") <= 0, _("The amount is not above zero, so no money came in.")),
    ]
    rows = rows.with_columns(reason=pl.coalesce(pl.when(wrong).then(pl.lit(text)) for wrong, text in complaints))
    refused = rows.filter(pl.col("reason").is_not_null()).select("line", "reason")
    good, repeated = _keyed(rows.filter(pl.col("reason").is_null()), seen)
    notes["unnumbered_payments"] += good[Role.PAYMENT_ID].null_count()
    notes["no_customer"] += good["customer_code_"].null_count()
    notes["currency_assumed"] += 0 if mapping.currency else good[Role.CURRENCY].null_count()
    books = {"receipts": _receipts(good), "settlements": _settlements(good)}
    return books, good, pl.concat([refused, repeated]), good["day"].max()


def _keyed(good: pl.DataFrame, seen: Seen) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add `key`. One payment number may stand on several lines, one per invoice that it paid."""
    given = pl.col(Role.PAYMENT_ID).is_not_null()
    content = pl.col("day").dt.strftime("%Y%m%d") + "-" + content_mark(IDENTITY)
    good = good.with_columns(
        key=bounded("payment/" + pl.when(given).then(pl.col(Role.PAYMENT_ID)).otherwise(content)),
        unrepeated=pl.when(~given).then("line"),
    )
    good = seen.among(
        good, key="key", facts=["day", "amount", "currency_", Role.NUMBER, "customer_code_", "unrepeated"]
    )
    message = _("The same payment stands in line %s already.").split("%s")
    repeated = good.filter(pl.col("first_line").is_not_null()).select(
        "line", reason=pl.concat_str(pl.lit(message[0]), pl.col("first_line").cast(pl.String), pl.lit(message[1]))
    )
    good = good.filter(pl.col("first_line").is_null())
    counted = pl.concat_str("key", pl.lit("#"), pl.col("occurrence").cast(pl.String))
    return good.with_columns(key=pl.when(pl.col("occurrence") > 1).then(counted).otherwise("key")), repeated


def _receipts(good: pl.DataFrame) -> pl.DataFrame:
    return (
        good.select(
            source_key="key",
            customer_code="customer_code_",
            received_on="day",
            currency="currency_",
            amount_minor="amount",
            reference="reference_",
            payer_name=pl.col(Role.CUSTOMER_NAME).str.slice(0, 200),
            method=pl.col(Role.METHOD).str.slice(0, 24),
            brought_forward=pl.lit(False),
        )
        .select(*RECEIPTS)
        .cast(dict(RECEIPTS))
    )


def _settlements(good: pl.DataFrame) -> pl.DataFrame:
    named = good.filter(pl.col(Role.NUMBER).is_not_null() & pl.col("customer_code_").is_not_null())
    return named.select(
        item_key=pl.lit(None, pl.String),
        item_number=pl.col(Role.NUMBER),
        customer_code="customer_code_",
        receipt_key="key",
        credit_note_key=pl.lit(None, pl.String),
        amount_minor="amount",
        allocated_on="day",
    ).cast(dict(SETTLEMENTS))
