"""Tells what happens to each item of one customer, and why, or why not."""

from datetime import date

import click

from amiable.ledger.queries import customer_by_code
from amiable.planning.queries import explain
from amiable.site.commands.asking import (
    Refused,
    as_of_option,
    creditor_option,
    day_or_today,
    find_creditor,
    prepare_database,
)


@click.command("explain")
@click.argument("customer")
@as_of_option
@creditor_option
def command(customer: str, as_of: date | None, creditor: str | None) -> None:
    """Explain, in sentences, what happens to each item of CUSTOMER (its code or its exact name) on a day."""
    prepare_database()
    owed = find_creditor(creditor)
    found = customer_by_code(owed, customer)
    if found is None:
        raise Refused(f"{owed} has no customer with the code or name '{customer}'.")
    for sentence in explain(found, as_of=day_or_today(as_of, owed)):
        click.echo(sentence)
