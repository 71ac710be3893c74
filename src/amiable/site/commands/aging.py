"""Prints or writes the open amounts by currency and age."""

from dataclasses import asdict
from datetime import date
from itertools import groupby

import click

from amiable.core.money import exponent, to_major
from amiable.ledger.queries import aging
from amiable.site.commands.asking import (
    as_of_option,
    creditor_option,
    day_or_today,
    find_creditor,
    json_option,
    prepare_database,
)
from amiable.site.commands.plan import write_json


@click.command("aging")
@as_of_option
@creditor_option
@json_option
def command(as_of: date | None, creditor: str | None, json_path: str | None) -> None:
    """Show what is open on a day by currency and days past due, exactly as it stood then."""
    prepare_database()
    owed = find_creditor(creditor)
    day = day_or_today(as_of, owed)
    rows = aging(owed, as_of=day)
    if json_path is not None:
        told = [asdict(row) for row in rows]
        write_json({"version": 1, "as_of": day.isoformat(), "creditor": owed.slug, "aging": told}, json_path)
        return
    click.echo(f"{owed}, open items at the end of {day}")
    for currency, of_currency in groupby(rows, key=lambda row: row.currency):
        for row in of_currency:
            shown = f"{to_major(row.open_minor, currency):,.{exponent(currency)}f}"
            click.echo(f"  {currency}  {row.bucket:>8} days  {shown:>20}  {row.items:>7} items")
    if not rows:
        click.echo("  Nothing is open.")
