"""An installation in a process of its own, over a database of its own: for tests that kill it.

python -m tests.site.installation CUSTOMERS ITEMS fills the database that the environment names.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.apps.test_planning_killed import LONGEST_WAIT_SECONDS, ROOT, Place

DAY = "2026-03-11"  # the day of bench.book, a Wednesday
TEN = f"{DAY}T10:00:00+01:00"
HALF_PAST_TEN = f"{DAY}T10:30:00+01:00"  # leases have ended, and what was in flight is known to be unclear


class Installation(Place):
    """A database and a data folder, connected to the mail server of a test."""

    def __init__(self, home: Path, name: str, *, mail_port: int, queue: str = "amiable", broker: str = "") -> None:
        super().__init__(home, name)
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.address,
            "AMIABLE_HOME": str(self.home),
            "AMIABLE_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "AMIABLE_QUEUE": queue,
            "AMIABLE_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "amiable.site.settings",
        } | ({"AMIABLE_BROKER_URL": broker} if broker else {})

    def fill(self, customers: int, items: int) -> "Installation":
        words = [sys.executable, "-m", "tests.site.installation", str(customers), str(items)]
        subprocess.run(words, cwd=ROOT, env=self.environment, check=True, timeout=LONGEST_WAIT_SECONDS)
        return self

    def process(self, *words: str, now: str = TEN) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env={**self.environment, "AMIABLE_NOW": now},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def cycle(self, *, now: str = TEN) -> subprocess.Popen:
        """Start `amiable cycle` of the day."""
        return self.process("amiable.site", "cycle", "--as-of", DAY, now=now)

    def ask(self, query: str) -> Any:
        """Return the single answer of a query, on PostgreSQL."""
        with psycopg.connect(self.address) as database:
            return database.execute(query).fetchone()[0]

    def outcome(self) -> tuple[dict, dict[str, str]]:
        """Return what planning remembers, as names, and the status of each message of the day by its send key.

        The audit trail is left out: it tells honestly that there were more runs.
        """
        state = self.state()
        del state["audit"]
        status = {key: status for key, status, *_text in state["messages"] if key.startswith(DAY)}
        state["messages"] = [[send_key, *text] for send_key, _status, *text in state["messages"]]
        return state, status

    def message_ids(self) -> dict[str, str]:
        """Return the status of each message by its Message-ID, where that is known."""
        query = "SELECT provider_id, status FROM outreach_message WHERE provider_id <> ''"
        if self.on_postgresql:
            with psycopg.connect(self.address) as database:
                return dict(database.execute(query).fetchall())
        with closing(sqlite3.connect(self.file)) as database:
            return dict(database.execute(query).fetchall())


@contextmanager
def dropped(*installations: Installation) -> Iterator[None]:
    """Drop the databases afterwards, whatever happened."""
    try:
        yield
    finally:
        for installation in installations:
            installation.drop()


def fill(customers: int, items: int) -> None:
    """Make the tables and a company in the middle of its life that sends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")
    from bench.book import fill as fill_company  # noqa: PLC0415  it sets Django up for this process
    from django.core.management import call_command  # noqa: PLC0415

    from amiable.organisation.models import Creditor  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fill_company(customers, items)
    Creditor.objects.update(sending=True)


if __name__ == "__main__":
    fill(int(sys.argv[1]), int(sys.argv[2]))
