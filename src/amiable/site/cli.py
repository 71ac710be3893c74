"""The command line: `amiable --help` teaches it.

Exit codes: 0 done; 1 refused, nothing was changed; 2 the command was not understood; 3 done, but some lines of a
file could not be taken in.
"""

import os
from importlib import import_module

import click

COMMANDS = {  # name → module below `commands`, loaded only when called; what it is for
    "demo": ("demo", "Build a living company to look at, and serve it."),
    "import": ("import_files", "Bring in what customers owe: CSV, Excel or FEC."),
    "plan": ("plan", "Who would hear from us today, and why; who would not, and why not."),
    "explain": ("explain", "What happens to each invoice of one customer, and why."),
    "aging": ("aging", "Open amounts by currency and days past due."),
    "cycle": ("cycle", "Run the day: import folder, plan, write, send, record."),
    "up": ("up", "Serve the desk and run the day's schedule."),
    "doctor": ("doctor", "What is configured, reachable, stale or unsafe."),
    "member": ("member", "Add a member of the team, or the first administrator."),
    "migrate": ("migrate", "Bring the database to this version of Amiable."),
}


class Commands(click.Group):
    """Finds a command by its name and sets Django up before it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")
        import django  # noqa: PLC0415 (seconds that `amiable --help` need not spend)
        from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

        try:
            django.setup()
        except (OSError, ImproperlyConfigured, ValueError) as error:  # a variable of the environment is wrong
            raise click.ClickException(f"The environment does not fit: {error}") from error
        return import_module(f"amiable.site.commands.{COMMANDS[cmd_name][0]}").command

    def invoke(self, ctx: click.Context) -> object:
        from django.db import DatabaseError, InterfaceError, OperationalError  # noqa: PLC0415

        try:
            return super().invoke(ctx)
        except (OperationalError, InterfaceError) as error:  # it went away, or somebody else writes for too long
            raise click.ClickException(f"The database does not answer: {told_once(error)}") from error
        except DatabaseError as error:
            if "not a database" in str(error):
                raise click.ClickException(f"The database cannot be read: {told_once(error)}") from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_module, purpose) in COMMANDS.items()])


def told_once(error: Exception) -> str:
    """Return the first line of what a database says; the others repeat it for every address tried."""
    return str(error).strip().partition("\n")[0]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="amiable")
def main() -> None:
    """Collect what customers owe without losing the customers.

    A first day, in four commands:

    \b
      amiable member you@example.com         you, as administrator
      amiable import open-items.csv          what customers owe
      amiable plan                           what Amiable would say to whom today, and why
      amiable up                             the desk in your browser, and the daily run

    Data live in one folder (AMIABLE_HOME). Nothing is sent to anybody before an administrator switches sending on.
    """
