"""How many lines a second does an import take in, the first time and the second?

    python -m bench.importing --invoices 100000 --database sqlite

The limit is the time that the database needs to take the rows that the import books, into tables without keys.
"""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")
django.setup()

# ruff: noqa: E402 models are known once Django is set up
import polars as pl
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from amiable.ledger.models import Customer, Item
from amiable.organisation.models import Creditor
from amiable.organisation.operations import create_creditor
from amiable.sources.operations.importing import import_file

from .limits import peak_mb, seconds_to_write, stored, timed
from .scratch import Figure, main

SIZES = {"invoices": 1_000_000}
INVOICES_PER_CUSTOMER = 5
TODAY = date(2026, 3, 11)
NOW = datetime(2026, 3, 11, 9, tzinfo=UTC)


def path() -> Path:
    """Return where the imported list lies."""
    return settings.HOME / "invoices.csv"


def written(invoices: int) -> list[Figure]:
    """Write the list of invoices, as an accounting program would, into an empty company's folder."""
    call_command("migrate", verbosity=0)
    create_creditor(by=None, slug="bench", name="Bench")
    n = pl.int_range(invoices)
    due_on = pl.lit(TODAY) - pl.duration(days=n % 120 - 40)
    customer = n % max(invoices // INVOICES_PER_CUSTOMER, 1)
    cents = n * 7919 % 900_000 + 5_000
    rows = pl.select(
        **{
            "Customer code": pl.format("C-{}", customer),
            "Customer name": pl.format("Maison {}", customer),
            "Invoice number": pl.format("F-{}", n),
            "Invoice date": (due_on - pl.duration(days=30)).dt.strftime("%d/%m/%Y"),
            "Due date": due_on.dt.strftime("%d/%m/%Y"),
            "Amount": pl.format("{},{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2)),
            "Currency": pl.lit("EUR"),
        }
    )
    rows.write_csv(path(), separator=";")
    return []


def first(invoices: int) -> list[Figure]:
    """Import the list into the empty company."""
    target = "> 50,000/s, memory flat" if connection.vendor == "postgresql" else "> 30,000/s, memory flat"
    seconds, peak = _import(invoices, new=invoices), peak_mb()
    limit = sum(seconds_to_write(stored(model.objects.all())) for model in (Item, Customer))
    return [_figure(f"Import {invoices:,} invoices", invoices, seconds, limit, target, peak)]


def second(invoices: int) -> list[Figure]:
    """Import the same list again."""
    seconds = _import(invoices, new=0)
    size_mb = path().stat().st_size / 1e6
    limit, _ = timed(lambda: pl.read_csv(path(), separator=";", infer_schema=False))
    works = f"Import the same file again ({size_mb:.0f} MB)"
    figure = Figure(
        works,
        f"{invoices / seconds:,.0f} rows/s",
        f"{invoices / limit:,.0f}/s to read the file",
        f"{seconds / limit:.0f} ×",
        "> 100,000/s, nothing changed",
        peak_mb(),
    )
    return [figure]


def _import(invoices: int, *, new: int) -> float:
    creditor = Creditor.objects.get()
    seconds, run = timed(
        lambda: import_file(path(), creditor=creditor, by=None, file_name=path().name, as_of=TODAY, now=NOW)
    )
    assert run.counts["items"]["new"] == new, run.counts
    assert Item.objects.count() == invoices
    return seconds


def _figure(work: str, rows: int, seconds: float, limit: float, target: str, peak: int) -> Figure:
    return Figure(
        work,
        f"{rows / seconds:,.0f} rows/s",
        f"{rows / limit:,.0f} rows/s to write",
        f"{seconds / limit:.1f} ×",
        target,
        peak,
    )


PARTS = {"write": written, "first": first, "second": second}

if __name__ == "__main__":
    main("bench.importing", PARTS, SIZES)
