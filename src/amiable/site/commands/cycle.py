"""Runs a day: import folder, plan, messages, sending."""

import os
import socket
from datetime import date

import click

from amiable.site.commands.asking import (
    as_of_option,
    creditor_option,
    day_or_today,
    find_creditor,
    moment_of,
    prepare_database,
)
from amiable.site.cycle import run_cycle


@click.command("cycle")
@as_of_option
@creditor_option
def command(as_of: date | None, creditor: str | None) -> None:
    """Run one day for a creditor: import folder, plan, write messages, send, record.

    Safe to repeat and to kill at any point: what was done stays done, and the next run does the rest. Messages
    leave only when sending is switched on for the creditor and a mail server is connected.
    """
    prepare_database()
    owed = find_creditor(creditor)
    day = day_or_today(as_of, owed)
    done = run_cycle(owed, as_of=day, now=moment_of(day, owed), worker=f"{socket.gethostname()}:{os.getpid()}")
    for line in done.sentences():
        click.echo(line)
