"""Fixtures for tests that need a database."""

import pytest

from tests.apps.make import Make


@pytest.fixture
def make(db) -> Make:
    """A builder of small worlds, beginning with an empty one."""
    return Make()
