"""Says what is configured, reachable, stale or unsafe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from amiable.organisation import clock
from amiable.organisation.models import Creditor, Member, Role
from amiable.organisation.operations import verify_audit
from amiable.planning.queries import policy_in_force
from amiable.site.commands.asking import is_migrated

SIGNS = {"good": "ok  ", "note": "note", "bad": "BAD "}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: good, worth a note, or bad."""

    verdict: str
    text: str


def database() -> Iterator[Finding]:
    """The database answers and has every table."""
    try:
        ready = is_migrated()
    except DatabaseError as error:
        yield Finding("bad", f"The database does not answer: {error}")
        return
    name = "SQLite, embedded" if connection.vendor == "sqlite" else "PostgreSQL"
    if ready:
        yield Finding("good", f"Database: {name}, at this version.")
    else:
        yield Finding("bad", f"Database: {name}, not at this version. Run: amiable migrate")


def secrets() -> Iterator[Finding]:
    """Secrets come from the environment, and nobody else reads our folder."""
    home = settings.HOME
    if home.stat().st_mode & 0o077:
        yield Finding("note", f"Other users of this machine can look into {home}. Better: chmod 700 {home}")
    if not (home / "secret_key").exists():
        yield Finding("good", "The secret key comes from the environment.")
    elif (home / "secret_key").stat().st_mode & 0o077:
        yield Finding("bad", f"Others can read {home / 'secret_key'}. Run: chmod 600 {home / 'secret_key'}")
    else:
        yield Finding("good", "The secret key lies in the data folder, readable by you only.")
    if settings.DEBUG:
        yield Finding("bad", "AMIABLE_DEBUG is on: errors show internals to visitors.")
    local = set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}
    if not local and not settings.SECURE_COOKIES:
        yield Finding("bad", "Other hosts may reach the desk without encryption. Put it behind HTTPS: AMIABLE_HTTPS=1")


def mail() -> Iterator[Finding]:
    """The mail server answers, where one is connected."""
    if not settings.MAIL_CONNECTED:
        yield Finding("note", "No mail server is connected (AMIABLE_MAIL_URL): messages stay in the outbox.")
        return
    try:
        server = get_connection(fail_silently=False)
        server.open()
        server.close()
    except (OSError, ValueError) as error:
        yield Finding("bad", f"The mail server does not answer: {error}")
    else:
        yield Finding("good", "The mail server answers.")


def broker() -> Iterator[Finding]:
    """The workers' broker answers."""
    if settings.BROKER_URL.startswith("filesystem"):
        yield Finding("good", "Tasks travel through files below the data folder: one host.")
        if connection.vendor != "sqlite":
            yield Finding("note", "For workers on several hosts set AMIABLE_BROKER_URL (RabbitMQ or Redis).")
        return
    try:
        with Connection(settings.BROKER_URL, connect_timeout=3) as link:
            link.ensure_connection(max_retries=1, timeout=3)
    except (TimeoutError, BrokerError, OSError) as error:
        yield Finding("bad", f"The broker does not answer: {error}")
    else:
        yield Finding("good", "The broker answers.")


def people() -> Iterator[Finding]:
    """Somebody may administer."""
    if Member.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        yield Finding("good", f"Members who can sign in: {Member.objects.filter(is_active=True).count()}.")
    else:
        yield Finding("bad", "Nobody can administer yet. Run: amiable member you@example.com")


def creditors() -> Iterator[Finding]:
    """Each creditor's policy reads, its bank data are fresh, and it says whether it sends."""
    for creditor in Creditor.objects.order_by("id"):
        version, policy = policy_in_force(creditor)
        yield Finding("good", f"{creditor}: policy version {version.version}, {len(policy.scenarios)} scenarios.")
        age = policy.contact.bank_data_max_age_days
        if creditor.bank_data_until is None:
            yield Finding("note", f"{creditor}: no payments imported yet; nothing after the due date goes out.")
        elif age is not None and (clock.today(creditor) - creditor.bank_data_until).days > age:
            yield Finding("note", f"{creditor}: bank data end on {creditor.bank_data_until}; reminders are withheld.")
        if not creditor.sending:
            yield Finding("note", f"{creditor}: safe mode, nothing is sent.")
        elif not creditor.sender_email:
            yield Finding("bad", f"{creditor}: sending is on, and no sender address is set.")


def audit() -> Iterator[Finding]:
    """Nobody has changed the audit trail."""
    broken = verify_audit()
    if broken is None:
        yield Finding("good", "The audit trail is unbroken.")
    else:
        yield Finding("bad", f"The audit trail was changed at line {broken.pk}: {broken.action}, {broken.at:%Y-%m-%d}.")


PARTS: tuple[Callable[[], Iterator[Finding]], ...] = (database, secrets, mail, broker, people, creditors, audit)


@click.command("doctor")
def command() -> None:
    """Look at the database, secrets, mail, broker, members, creditors and the audit trail.

    Ends with 1 when something is bad; a note is worth reading and no fault.
    """
    bad = 0
    for part in PARTS:
        for finding in part():
            click.echo(f"{SIGNS[finding.verdict]}  {finding.text}")
            bad += finding.verdict == "bad"
        if bad and part is database:
            break
    raise SystemExit(1 if bad else 0)
