"""What do commands ask for in the same way? The creditor, the day, and a database that is ready."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from amiable.organisation import clock
from amiable.organisation.models import Creditor


class Refused(click.ClickException):
    """The command was understood and cannot be done; nothing was changed."""

    exit_code = 1


class Day(click.ParamType):
    """A day written YYYY-MM-DD."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a day. Write it like 2026-03-14.", param, ctx)


as_of_option = click.option("--as-of", type=Day(), metavar="DAY", help="The day, like 2026-03-14. Default: today.")
creditor_option = click.option("--creditor", metavar="NAME", help="Which creditor, where there are several.")
json_option = click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    metavar="FILE",
    help="Write it as JSON; - is the terminal.",
)


def find_creditor(name: str | None) -> Creditor:
    """Return the creditor of that name or slug; without a name, the only one there is."""
    everyone = list(Creditor.objects.order_by("id"))
    if not everyone:
        raise Refused("There is nothing here yet. Begin with: amiable import FILE (or look around with: amiable demo)")
    if name is None:
        if len(everyone) > 1:
            names = ", ".join(creditor.slug for creditor in everyone)
            raise Refused(f"There are several creditors. Say which with --creditor: {names}")
        return everyone[0]
    for creditor in everyone:
        if name.casefold() in (creditor.slug, creditor.name.casefold()):
            return creditor
    raise Refused(f"There is no creditor '{name}'. Known: {', '.join(creditor.slug for creditor in everyone)}")


def day_or_today(as_of: date | None, creditor: Creditor) -> date:
    """Return the day that was asked for, else today where the creditor is."""
    return as_of or clock.today(creditor)


def moment_of(as_of: date, creditor: Creditor) -> datetime:
    """Return now if `as_of` is today, else ten in the morning of that day: a replayed day keeps office hours."""
    if as_of == clock.today(creditor):
        return clock.now()
    return datetime(as_of.year, as_of.month, as_of.day, 10, tzinfo=ZoneInfo(creditor.time_zone))


def is_migrated() -> bool:
    """Say whether the database has every table as this version needs it."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def prepare_database() -> None:
    """Make the tables where they are missing; a PostgreSQL is only ever changed by `amiable migrate`.

    Raise `Refused` when the database waits for its migration.
    """
    if is_migrated():
        return
    if connection.vendor != "sqlite":
        raise Refused("The database is not at this version yet. Run: amiable migrate")
    call_command("migrate", verbosity=0, interactive=False)
    Path(connection.settings_dict["NAME"]).chmod(0o600)
