"""Which payments and credit notes paid which invoices, according to the letters the bookkeeper gave them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

import polars as pl

from amiable.ledger.intake import SETTLEMENTS


@dataclass
class _Line:
    """A lettered line; `left_minor` is what is not yet paired."""

    key: str
    kind: str
    day: date
    amount_minor: int
    left_minor: int


def paired(lines: pl.DataFrame) -> pl.DataFrame:
    """Return who paid whom within each customer's letter, in the shape of `SETTLEMENTS`.

    Equal amounts pay each other first, then the oldest money pays the oldest invoice. An invoice counts as paid on
    the day the money came, not on the day somebody lettered it (`DateLet`), which may be months later. What a letter
    leaves over on either side stays open.
    """
    lettered = lines.filter(pl.col("EcritureLet") != "").sort("issued", maintain_order=True)
    rows = [
        {"customer_code": str(customer), **settlement}
        for (customer, _letter), group in lettered.group_by("customer", "EcritureLet", maintain_order=True)
        for settlement in _within(group)
    ]
    return pl.DataFrame(rows, schema=SETTLEMENTS) if rows else SETTLEMENTS.to_frame()


def _within(group: pl.DataFrame) -> Iterator[dict[str, object]]:
    rows = [
        _Line(key, kind, issued if kind != "receipt" else entered, amount, amount)
        for key, kind, issued, entered, amount in group.select(
            "key", "kind", "issued", "EcritureDate_day", "amount"
        ).iter_rows()
    ]
    invoices = [line for line in rows if line.kind == "invoice"]
    payers = sorted((line for line in rows if line.kind != "invoice"), key=attrgetter("day"))
    by_amount: dict[int, list[_Line]] = {}
    for invoice in invoices:
        by_amount.setdefault(invoice.amount_minor, []).append(invoice)
    for payer in payers:
        if same := by_amount.get(payer.amount_minor):
            yield _settlement(same.pop(0), payer)
    left = iter([line for line in invoices if line.left_minor])
    invoice = next(left, None)
    for payer in payers:
        while invoice and payer.left_minor:
            yield _settlement(invoice, payer)
            if not invoice.left_minor:
                invoice = next(left, None)


def _settlement(invoice: _Line, payer: _Line) -> dict[str, object]:
    minor = min(invoice.left_minor, payer.left_minor)
    invoice.left_minor -= minor
    payer.left_minor -= minor
    is_receipt = payer.kind == "receipt"
    return {
        "item_key": invoice.key,
        "receipt_key": payer.key if is_receipt else None,
        "credit_note_key": None if is_receipt else payer.key,
        "amount_minor": minor,
        "allocated_on": max(invoice.day, payer.day),
    }
