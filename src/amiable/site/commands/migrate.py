"""Brings the database to this version."""

import click
from django.core.management import call_command


@click.command("migrate")
def command() -> None:
    """Bring the database (DATABASE_URL, else the one below AMIABLE_HOME) to this version of Amiable.

    An embedded database is brought along by every command; a PostgreSQL only by this one, so that you choose when.
    """
    call_command("migrate", verbosity=1, interactive=False)
