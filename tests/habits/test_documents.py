"""Do the documents tell the truth?"""

import re
from pathlib import Path

import pytest

from amiable.site.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def test_every_variable_of_the_environment_is_documented():
    """Prevents settings that only their author knows."""
    settings = (ROOT / "src/amiable/site/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"((?:AMIABLE_|DATABASE_)[A-Z_]+)"', settings))
    told = (ROOT / "docs/reference/environment.md").read_text(encoding="utf-8")
    assert sorted(name for name in read if f"`{name}`" not in told) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    """Prevents commands that nobody finds."""
    assert f"## `amiable {command}" in (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(document):
    """Prevents readers from running into walls."""
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_files_named_in_the_architecture_exist():
    """Prevents a map of a house that no longer stands."""
    named = re.findall(r"`((?:src|tests|docs|bench|examples)/[\w./-]+)`", (ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []
