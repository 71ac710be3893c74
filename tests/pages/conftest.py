"""Fixtures for tests of pages: a stopped clock, and somebody who signs in."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from tests.apps.make import Make


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
