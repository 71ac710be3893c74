"""Which invoices and credit notes do the rows state, and what is open of them?"""

from collections import Counter
from datetime import date

import polars as pl
from django.utils.translation import gettext as _

from amiable.ledger.intake import ITEMS, RECEIPTS
from amiable.sources.facts.keys import Seen, bounded, content_mark
from amiable.sources.facts.portion import Context
from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.reading.cells import CREDIT_NOTE, DOCUMENT_KINDS, INVOICE, PAYMENT, YES
from amiable.sources.vocabulary import Role

IDENTITY = ["customer_code_", "issued", "due", "currency_", "amount", "description_"]  # where there is no number
Stated = tuple[dict[str, pl.DataFrame], pl.DataFrame, pl.DataFrame, date | None]


def item_facts(rows: pl.DataFrame, mapping: Mapping, context: Context, notes: Counter[str], seen: Seen) -> Stated:
    """Return the items (and payments standing among them), the rows they came from, the refused rows, the last day."""
    rows = _dated(_valued(rows, mapping), context)
    reasons = pl.coalesce(pl.when(wrong).then(pl.lit(reason)) for wrong, reason in _complaints())
    rows = rows.with_columns(reason=reasons)
    refused = rows.filter(pl.col("reason").is_not_null()).select("line", "reason")
    good = rows.filter(pl.col("reason").is_null())
    good, repeated = _keyed(good, seen)
    _count(good, mapping, notes)
    items = good.filter(pl.col("kind_") != PAYMENT)
    payments = good.filter(pl.col("kind_") == PAYMENT)
    last_day = good.select(pl.max_horizontal(pl.col("issued").max(), pl.col("paid").max())).item()
    books = {"items": _items(items, mapping), "receipts": _receipts(payments)}
    return books, good, pl.concat([refused, repeated]), last_day


def _valued(rows: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Add the kind and the unsigned amounts: `amount`, `open` (null: not said)."""
    columns = mapping.columns
    either_side = pl.col("debit_minor").fill_null(0) - pl.col("credit_minor").fill_null(0)
    sides = pl.when(pl.any_horizontal(pl.col(Role.DEBIT, Role.CREDIT).is_not_null())).then(either_side)
    stated = pl.coalesce("amount_minor", sides)
    rows = rows.with_columns(
        signed=pl.coalesce(stated, "open_amount_minor", "paid_amount_minor"),
        amount_assumed=stated.is_null(),
        said_kind=pl.col(Role.KIND)
        .str.to_lowercase()
        .replace_strict(DOCUMENT_KINDS, default=None, return_dtype=pl.String),
    )
    sign = pl.when(pl.col("signed") < 0).then(-1).otherwise(1)
    by_sign = pl.when(sign < 0).then(pl.lit(CREDIT_NOTE)).otherwise(pl.lit(INVOICE))
    # "Payment" in an item list is money not yet matched, whatever its sign; an invoice below zero is a credit note.
    kind = pl.when(pl.col("said_kind").is_in([PAYMENT, CREDIT_NOTE])).then("said_kind").otherwise(by_sign)
    return rows.with_columns(
        kind_=kind,
        amount=pl.col("signed").abs(),
        open=_open(columns.keys(), mapping.kind, sign),
        paid=pl.coalesce(
            "paid_on_day",
            pl.col("issued_on_day")
            + pl.duration(days=pl.col(Role.DAYS_TO_PAY).str.extract(r"^(-?\d{1,4})", 1).cast(pl.Int64)),
        ),
    )


def _open(has: set[Role] | frozenset[Role], kind: ListKind, sign: pl.Expr) -> pl.Expr:
    """Return what the row says is open, unsigned.

    Its open amount, or the amount less what was paid; without either, a payment date says that all was paid and a
    list of open invoices that nothing was. An invoice list that knows no payments says nothing.
    """
    said = [pl.col("open_amount_minor") * sign]
    if Role.PAID_AMOUNT in has and (Role.AMOUNT in has or Role.DEBIT in has):
        said.append((pl.col("signed") * sign) - pl.col("paid_amount_minor").abs())
    if has & {Role.PAID_ON, Role.DAYS_TO_PAY}:
        is_paid = pl.any_horizontal(pl.col(Role.PAID_ON, Role.DAYS_TO_PAY).is_not_null())
        said.append(pl.when(is_paid).then(0).otherwise(pl.col("signed") * sign))
    if kind is ListKind.OPEN_ITEMS:
        said.append(pl.col("signed") * sign)
    return pl.coalesce(*said, pl.lit(None, pl.Int64))


def _dated(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add `issued` and `due`; a missing one follows from the other and the terms."""
    terms = pl.col(Role.TERMS).str.to_lowercase()
    at_once = terms.str.contains(r"recep|réception|receipt|comptant|immediat|cash")
    days = pl.coalesce(
        terms.str.extract(r"(?:^|\D)(\d{1,3})(?:\D|$)", 1).cast(pl.Int64),
        pl.when(at_once).then(0),
        pl.lit(context.terms_days),
    )
    month_end = terms.str.contains(r"fin de mois|fdm|f\.d\.m|end of (the )?month|\beom\b").fill_null(False)
    due = pl.col("issued_on_day") + pl.duration(days=days)
    issued = pl.col("due_on_day") - pl.duration(days=days)
    return rows.with_columns(
        issued=pl.coalesce("issued_on_day", issued),
        due=pl.coalesce("due_on_day", pl.when(month_end).then(due.dt.month_end()).otherwise(due)),
        days_assumed=pl.any_horizontal(pl.col("issued_on_day", "due_on_day").is_null()),
    )


def _complaints() -> list[tuple[pl.Expr, str]]:
    return [
        (pl.col("signed").is_null(), _("No amount is given.")),
        (pl.col("amount") == 0, _("The amount is zero: nothing is owed.")),
        (pl.col("issued").is_null(), _("Neither a date nor a due date is given.")),
        (pl.col("open") < 0, _("More was paid than the invoice's amount.")),
        (pl.col("open") > pl.col("amount"), _("More is said to be open than the invoice's amount.")),
    ]


def _keyed(good: pl.DataFrame, seen: Seen) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add `number_` and `key`; return apart the rows that repeat an earlier one word for word.

    One number may stand several times with different due dates or amounts: instalments of one invoice. Rows without a
    number are known by what they say; equal ones are counted, since two equal deliveries are two invoices.
    """
    good = good.with_columns(
        description_=pl.col(Role.DESCRIPTION).str.slice(0, 300), numbered=pl.col(Role.NUMBER).is_not_null()
    )
    made = pl.col("issued").dt.strftime("%Y%m%d") + "-"
    if not good["numbered"].all():
        made = made + content_mark(IDENTITY)
    good = good.with_columns(number_=pl.when("numbered").then(pl.col(Role.NUMBER)).otherwise(made))
    prefix = pl.when(pl.col("kind_") == INVOICE).then(pl.lit("")).otherwise(pl.col("kind_") + "/")
    good = good.with_columns(key=bounded(prefix + pl.col("customer_code_") + "/" + pl.col("number_")))
    facts = ["due", "amount", "currency_", "unrepeated"]
    # Unnumbered rows never repeat: the line makes each of them differ.
    good = good.with_columns(unrepeated=pl.when(~pl.col("numbered")).then("line"))
    good = seen.among(good, key="key", facts=facts)
    message = _("The same invoice stands in line %s already.").split("%s")
    repeated = good.filter(pl.col("first_line").is_not_null()).select(
        "line", reason=pl.concat_str(pl.lit(message[0]), pl.col("first_line").cast(pl.String), pl.lit(message[1]))
    )
    good = good.filter(pl.col("first_line").is_null())
    again = pl.col("occurrence") > 1
    counted = pl.concat_str("key", pl.lit("#"), pl.col("occurrence").cast(pl.String))
    return good.with_columns(key=pl.when(again).then(counted).otherwise("key")), repeated


def _count(good: pl.DataFrame, mapping: Mapping, notes: Counter[str]) -> None:
    notes["unnumbered"] += good.filter(~pl.col("numbered")).height
    notes["due_assumed"] += good["due_on_day"].null_count()
    notes["issued_assumed"] += good["issued_on_day"].null_count()
    notes["currency_assumed"] += 0 if mapping.currency else good[Role.CURRENCY].null_count()
    settled = good.filter(pl.col("open") < pl.col("amount"))
    notes["settled_undated"] += settled["paid"].null_count()
    notes["paid_before_issue"] += settled.filter(pl.col("paid") < pl.col("issued")).height


def _items(items: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    return (
        items.select(
            source_key="key",
            customer_code="customer_code_",
            kind="kind_",
            number="number_",
            issued_on="issued",
            due_on="due",
            days_assumed="days_assumed",
            currency="currency_",
            amount_minor="amount",
            amount_assumed="amount_assumed",
            open_minor="open",
            paid_on="paid",
            disputed=pl.col(Role.DISPUTED).str.to_lowercase().is_in(list(YES)),
            brought_forward=pl.lit(False),
            po_number=pl.col(Role.PO_NUMBER).str.slice(0, 64),
            terms="terms_",
            description="description_",
        )
        .select(*ITEMS)
        .cast(dict(ITEMS))
    )


def _receipts(payments: pl.DataFrame) -> pl.DataFrame:
    """Return the payments that stand in a list of open items: money that was not matched yet."""
    return (
        payments.select(
            source_key="key",
            customer_code="customer_code_",
            received_on=pl.coalesce("paid", "issued"),
            currency="currency_",
            amount_minor=pl.coalesce("open", "amount").abs(),
            reference=pl.coalesce(Role.REFERENCE, "description_", Role.NUMBER),
            payer_name=pl.lit(None, pl.String),
            method=pl.lit(None, pl.String),
            brought_forward=pl.lit(False),
        )
        .filter(pl.col("amount_minor") > 0)
        .select(*RECEIPTS)
        .cast(dict(RECEIPTS))
    )
