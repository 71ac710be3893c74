"""What would come in from a file, before anything is written?"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from amiable.ledger.intake import Batch
from amiable.organisation.models import Creditor
from amiable.sources.errors import ColumnsMissing
from amiable.sources.guess import ColumnGuess
from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.operations.opening import opened
from amiable.sources.tables import Rejected

ROWS_SHOWN = 20
REJECTED_SHOWN = 200


@dataclass
class Total:
    """What a file holds in one currency, in minor units."""

    invoices: int = 0
    invoiced_minor: int = 0
    credit_notes: int = 0
    credited_minor: int = 0
    receipts: int = 0
    received_minor: int = 0
    open_minor: int = 0  # invoices less credit notes and money not allocated, by what the file says


@dataclass
class Preview:
    """What a file seems to say. Nothing was written."""

    format: str
    details: dict[str, str]
    kind: ListKind
    mapping: Mapping | None  # None: the format prescribes its columns
    columns: tuple[ColumnGuess, ...]
    rows: list[dict[str, Any]] = field(default_factory=list)  # the first ones, as they would be booked
    lines: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)  # the first ones
    rejected_count: int = 0
    totals: dict[str, Total] = field(default_factory=dict)  # by currency
    last_day: date | None = None
    warnings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # what must be mapped before anything can be read


def preview_file(
    path: Path,
    *,
    creditor: Creditor,
    as_of: date,
    format: str | None = None,
    mapping: Mapping | None = None,
    profile: str | None = None,
    currency: str | None = None,
    incomplete: bool = False,
) -> Preview:
    """Read a whole file and say what it holds, how it was understood, and which lines would be turned away.

    With `incomplete`, a table whose needed columns were not recognised gives a preview of its columns alone, for a
    person to complete; otherwise that is an error too.

    Raise an `UnreadableFile`, `BadMapping` or `UnknownProfile`, all of which speak to the reader.
    """
    source = opened(
        path, creditor=creditor, as_of=as_of, format=format, mapping=mapping, profile=profile, currency=currency
    )
    preview = Preview(source.format, source.details, source.kind, source.mapping, source.columns)
    if incomplete and source.missing:
        preview.missing = source.missing
        preview.warnings = [str(ColumnsMissing(source.missing))]
        return preview
    codes: list[pl.Series] = []
    for portion in source.portions():
        batch = portion.batch
        preview.lines += batch.rows
        preview.rejected_count += len(portion.rejected)
        preview.rejected += portion.rejected[: REJECTED_SHOWN - len(preview.rejected)]
        codes.append(batch.customers["code"])
        _count(preview, batch)
        if len(preview.rows) < ROWS_SHOWN:
            preview.rows += _shown(batch, source.kind).head(ROWS_SHOWN - len(preview.rows)).to_dicts()
        preview.last_day = max(filter(None, (preview.last_day, batch.last_day)), default=None)
    preview.counts["customers"] = pl.concat(codes).n_unique() if codes else 0
    preview.warnings = source.warnings
    return preview


def _shown(batch: Batch, kind: ListKind) -> pl.DataFrame:
    if kind is ListKind.PAYMENTS:
        return batch.receipts
    if kind is ListKind.CUSTOMERS:
        return batch.customers
    return batch.contacts if kind is ListKind.CONTACTS else batch.items


def _count(preview: Preview, batch: Batch) -> None:
    for name in ("contacts", "items", "receipts", "settlements"):
        preview.counts[name] = preview.counts.get(name, 0) + getattr(batch, name).height
    still_open = pl.coalesce("open_minor", "amount_minor").sum()
    by_kind = batch.items.group_by("currency", "kind").agg(
        pl.len(), pl.col("amount_minor").sum(), still_open.alias("open")
    )
    for currency, kind, count, amount_minor, open_minor in by_kind.iter_rows():
        total = preview.totals.setdefault(currency, Total())
        if kind == "invoice":
            total.invoices += count
            total.invoiced_minor += amount_minor
            total.open_minor += open_minor
        else:
            total.credit_notes += count
            total.credited_minor += amount_minor
            total.open_minor -= open_minor
    for currency, count, amount_minor in (
        batch.receipts.group_by("currency").agg(pl.len(), pl.col("amount_minor").sum()).iter_rows()
    ):
        total = preview.totals.setdefault(currency, Total())
        total.receipts += count
        total.received_minor += amount_minor
        total.open_minor -= amount_minor
