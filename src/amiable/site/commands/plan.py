"""Prints or writes what a day's plan is, without remembering or sending anything."""

import json
from datetime import date
from pathlib import Path

import click

from amiable.planning.queries import plan_json, plan_text
from amiable.site.commands.asking import (
    Refused,
    as_of_option,
    creditor_option,
    day_or_today,
    find_creditor,
    json_option,
    prepare_database,
)


@click.command("plan")
@as_of_option
@creditor_option
@json_option
def command(as_of: date | None, creditor: str | None, json_path: str | None) -> None:
    """Show the plan of a day: contacts, tasks for people, and what is withheld with its reason.

    Nothing is written or sent; `amiable cycle` does that. With --json FILE the plan is written in the shape that
    docs/reference/json.md describes ("-" writes to the terminal).
    """
    prepare_database()
    owed = find_creditor(creditor)
    day = day_or_today(as_of, owed)
    if json_path is None:
        for line in plan_text(owed, as_of=day):
            click.echo(line)
        return
    write_json(plan_json(owed, as_of=day), json_path)
    if json_path != "-":
        click.echo(f"The plan of {owed} for {day} stands in {json_path}.", err=True)


def write_json(content: dict, path: str) -> None:
    """Write readable JSON to a file, whole or not at all; "-" is the terminal."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    if path == "-":
        click.echo(text, nl=False)
        return
    target = Path(path)
    unfinished = target.with_name(target.name + ".part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(target)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}.") from error
