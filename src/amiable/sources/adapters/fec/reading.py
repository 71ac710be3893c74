"""Which lines of a FEC are about customers, and what do they say?"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from amiable.sources.adapters.fec.facts import batch_of
from amiable.sources.errors import NoHeader
from amiable.sources.facts import Context, Portion
from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.reading.cells import without_controls
from amiable.sources.reading.days import Order, to_days
from amiable.sources.reading.numbers import plain, to_minor
from amiable.sources.reading.text import guess_encoding, records
from amiable.sources.source import Source
from amiable.sources.tables import LINE, Rejected, Table

COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "EcritureLet", "DateLet", "ValidDate"),
)
EITHER = (("Debit", "Credit"), ("Montant", "Sens"))
_BY_LOWER = {name.lower(): name for name in (*COLUMNS, *EITHER[0], *EITHER[1], "Montantdevise", "Idevise")}
CUSTOMERS = "411"
DEBIT_SENSES, CREDIT_SENSES = ["d", "+1", "1", "+"], ["c", "-1", "-"]
SALES = "70"  # accounts of sales: an entry that touches one is an invoice or a credit note
ENTRY = ["JournalCode", "EcritureNum", "EcritureDate"]


def columns_of(cells: list[str]) -> tuple[str, ...] | None:
    """Return the standard names of the columns of a header; None where it is no FEC's."""
    names = tuple(_BY_LOWER.get(cell.strip().strip('"\ufeff').lower(), cell.strip()) for cell in cells)
    has_amounts = any(set(pair) <= set(names) for pair in EITHER)
    return names if has_amounts and set(COLUMNS[:11]) <= set(names) else None


def open_source(path: Path, *, context: Context, mapping: Mapping | None) -> Source:
    """Open a FEC; its columns are prescribed, so a mapping plays no part. Raise an `UnreadableFile`."""
    encoding = guess_encoding(path)
    delimiter, names = _header(path, encoding)
    source = Source(
        format="fec",
        details={"encoding": encoding, "delimiter": delimiter},
        kind=ListKind.INVOICES,
        mapping=None,
        columns=(),
        read=lambda notes: _portions(path, encoding, delimiter, names, source),
        context=context,
    )
    return source


def _header(path: Path, encoding: str) -> tuple[str, tuple[str, ...]]:
    for delimiter in "\t|;,":
        for _line, cells in records(path, encoding=encoding, delimiter=delimiter):
            if not isinstance(cells, str) and (names := columns_of(cells)):
                return delimiter, tuple(name or f"#{place}" for place, name in enumerate(names))
            break
    raise NoHeader


def _portions(path: Path, encoding: str, delimiter: str, names: tuple[str, ...], source: Source) -> Iterator[Portion]:
    """Yield everything at once: lettering may join any two lines of a year."""
    table = Table(lambda: records(path, encoding=encoding, delimiter=delimiter), 1, names)
    kept, rejected, rows = [], [], 0
    for frame, misshapen in table.portions():
        rejected += misshapen
        rows += frame.height + len(misshapen)
        kept.append(_about_customers(frame))
    lines = pl.concat(kept) if kept else _about_customers(table.sample(0))
    lines, turned_away = _typed(lines, source.context)
    good = lines.filter(pl.col("reason").is_null())
    source.doubts[:] = _doubts(good, len(turned_away))
    yield Portion(
        batch_of(good, source.context, rows=rows, notes=source.notes), sorted([*rejected, *turned_away], key=_line)
    )


def _line(row: Rejected) -> int:
    return row.line


def _about_customers(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the lines on accounts 411; remember which entries are sales, and each line's place in its entry."""
    missing = [pl.lit("").alias(name) for name in (*COLUMNS, *EITHER[0], *EITHER[1]) if name not in frame.columns]
    text = frame.with_columns(missing).select(
        LINE, *(without_controls(pl.col(name)).fill_null("") for name in (*COLUMNS, *EITHER[0], *EITHER[1]))
    )
    sales = pl.col("CompteNum").str.starts_with(SALES).any().over(ENTRY)
    raw = pl.concat_str(
        [without_controls(pl.col(name)).fill_null("") for name in frame.columns if name != LINE], separator=" | "
    )
    on_customers = pl.col("CompteNum").str.starts_with(CUSTOMERS)
    return text.with_columns(is_sale=sales, content=frame.select(raw.str.slice(0, 1000)).to_series()).filter(
        on_customers
    )


def _typed(lines: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, list[Rejected]]:
    """Add days, the signed amount (debit positive) and the reason why a line cannot be read."""
    minor = {name: to_minor(plain(_comma(name), ","), 2) for name in ("Debit", "Credit", "Montant")}
    sense = pl.col("Sens").str.to_lowercase()
    by_sense = (
        pl.when(sense.is_in(DEBIT_SENSES))
        .then(minor["Montant"])
        .when(sense.is_in(CREDIT_SENSES))
        .then(-minor["Montant"])
    )
    by_side = _or_zero("Debit", minor) - _or_zero("Credit", minor)
    days = [
        to_days(lines[name], Order.DAY_FIRST).alias(f"{name}_day") for name in ("EcritureDate", "PieceDate", "DateLet")
    ]
    typed = lines.with_columns(*days, signed=pl.when(pl.col("Sens") != "").then(by_sense).otherwise(by_side))
    reasons = [
        (pl.col("EcritureDate_day").is_null(), _("EcritureDate is no day.")),
        (pl.col("signed").is_null(), _("The amount cannot be read.")),
        (pl.col("signed") == 0, _("The amount is zero: nothing is owed.")),
        (pl.col("EcritureNum") == "", _("The entry has no number (EcritureNum).")),
        (
            pl.max_horizontal(pl.col("CompAuxNum", "CompteNum").str.len_chars()) > 64,
            _("The customer's account is too long."),
        ),
    ]
    typed = typed.with_columns(
        reason=pl.coalesce(pl.when(wrong).then(pl.lit(reason)) for wrong, reason in reasons),
        place=pl.int_range(1, pl.len() + 1).over(ENTRY),
    )
    bad = typed.filter(pl.col("reason").is_not_null()).select(LINE, "reason", "content")
    return typed, [Rejected(*row) for row in bad.iter_rows()]


def _comma(name: str) -> pl.Expr:
    """Read a decimal point as the comma that the law prescribes."""
    text = pl.col(name)
    return pl.when(text.str.contains(",")).then(text).otherwise(text.str.replace(".", ",", literal=True))


def _or_zero(name: str, minor: dict[str, pl.Expr]) -> pl.Expr:
    return pl.when(pl.col(name) == "").then(0).otherwise(minor[name])


def _doubts(good: pl.DataFrame, turned_away: int) -> list[str]:
    if good.is_empty():
        return [_("No line of this file is on a customer account (411).")]
    if not turned_away:
        return []
    text = _(
        "Lines on accounts 411 that could not be read: %(count)d. The balance booked differs from the file's by them."
    )
    return [text % {"count": turned_away}]
