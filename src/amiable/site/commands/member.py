"""Adds a member of the team, and above all the first administrator."""

import click
from django.db import transaction

from amiable.organisation.models import Member, Role
from amiable.organisation.operations import invite_member, set_password
from amiable.site.commands.asking import Refused, prepare_database


@click.command("member")
@click.argument("email")
@click.option("--name", default="", help="Their name, as customers and colleagues know it.")
@click.option(
    "--role", type=click.Choice(Role.values), help="Default: administrator for the first one, else collector."
)
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--password", envvar="AMIABLE_PASSWORD", help="Asked for when it is not given.")
def command(email: str, name: str, role: str | None, language: str, password: str | None) -> None:
    """Add EMAIL to the team.

    The password is asked for, or taken from AMIABLE_PASSWORD.
    """
    prepare_database()
    role = role or (Role.COLLECTOR if Member.objects.exists() else Role.ADMINISTRATOR)
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    first_name, _, last_name = name.partition(" ")
    try:
        with transaction.atomic():
            member = invite_member(
                by=None, email=email, role=role, language=language, first_name=first_name, last_name=last_name
            )
            set_password(member, by=None, password=password)
    except ValueError as refusal:
        raise Refused(str(refusal)) from refusal
    click.echo(f"{email} can sign in as {role}.")
