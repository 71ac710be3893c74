"""What tests of imports need: a creditor, files written on the spot, and one word to bring them in."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from amiable.organisation.models import Creditor
from amiable.sources.models import ImportRun
from amiable.sources.operations import import_file

TODAY = date(2026, 3, 11)
NOW = datetime.fromisoformat("2026-03-11T10:00:00+01:00")


@pytest.fixture
def creditor(db) -> Creditor:
    return Creditor.objects.create(slug="atelier", name="Atelier Lumière", language="fr")


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """Write a file: text (in an encoding) or bytes."""

    def write(content: str | bytes, *, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def bring_in(creditor, write) -> Callable[..., ImportRun]:
    """Import a text, or a file that exists."""

    def bring_in(content: str | bytes | Path, *, as_of: date = TODAY, **options) -> ImportRun:
        path = content if isinstance(content, Path) else write(content)
        return import_file(path, creditor=creditor, by=None, file_name=path.name, as_of=as_of, now=NOW, **options)

    return bring_in
