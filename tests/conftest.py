"""What every test needs."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

# A pipeline tries the same examples every time, so that a change is judged by what it changed; at home chance looks on.
hypothesis.settings.register_profile("pipeline", derandomize=True, database=None)
if os.environ.get("CI") == "true":
    hypothesis.settings.load_profile("pipeline")

SYSTEM_CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: the system's, else the one that playwright brings. One for the whole run."""
    path = str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else None
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let tests that commit empty the tables afterwards.

    SQLite empties a table by deleting its rows, which the audit trail refuses; PostgreSQL truncates. The test of
    the refusal puts it back.
    """
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS organisation_audit_no_delete")
