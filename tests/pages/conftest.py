"""Fixtures for tests of pages: a stopped clock, somebody who signs in, and a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from tests.apps.make import Make

SYSTEM_CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def make(db, settings) -> Make:
    """A builder of small worlds; the clock stands at its now."""
    made = Make()
    settings.NOW = made.now
    cache.clear()  # what counts attempts to sign in
    return made


@pytest.fixture
def enter(make) -> Callable[..., Client]:
    """Sign in as a new member of some role, or as the member given."""

    def entering(role: str = "administrator", member=None) -> Client:
        client = Client()
        client.force_login(member or make.member(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return entering


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: the system's, else the one that playwright brings."""
    path = str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else None
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()
