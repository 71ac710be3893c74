"""Fixtures for tests of the command line."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from amiable.site.cli import main

DAY = "2026-03-11"  # a Wednesday
TEN_O_CLOCK = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Europe/Paris"))

Amiable = Callable[..., Result]


@pytest.fixture
def amiable(db, settings, tmp_path) -> Amiable:
    """Run `amiable WORDS…` on the story's day, in a data folder of its own; an unexpected error fails the test."""
    settings.HOME, settings.FILES = tmp_path, tmp_path / "files"
    settings.NOW = TEN_O_CLOCK
    settings.ALLOWED_HOSTS = ["localhost"]

    def run(*words: object, answers: str = "") -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], input=answers)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
