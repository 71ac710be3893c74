"""Prints or writes the open amounts by currency and age."""

from datetime import date

import click

from amiable.core.money import to_major
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
    buckets = aging(owed, as_of=day)
    if json_path is not None:
        write_json({"version": 1, "as_of": day.isoformat(), "creditor": owed.slug, "aging": buckets}, json_path)
        return
    click.echo(f"{owed}, open items on {day}")
    for row in buckets:
        click.echo(f"  {row['currency']}  {row['bucket']:>9}  {to_major(row['open_minor'], row['currency']):>18,}")
