"""What every test needs."""

import pytest
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests that commit empty the tables afterwards.

    SQLite empties a table by deleting its rows, which the audit trail refuses; PostgreSQL truncates. The test of
    the refusal puts it back.
    """
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS organisation_audit_no_delete")
