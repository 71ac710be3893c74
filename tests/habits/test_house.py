"""Is the house tidy? Each habit says what it prevents."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "amiable"
LONGEST_FILE_LINES = 450
LONGEST_FUNCTION_LINES = 60
NAMES_WITHOUT_MEANING = {"utils", "util", "common", "helpers", "helper", "misc", "base_utils"}
READERS_OF_THE_CLOCK = ("site/", "desk/", "organisation/clock.py")
MAY_WRITE_LEDGER = ("ledger/",)


def modules() -> list[Path]:
    """Return every module that we wrote, without the generated migrations."""
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def short(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("path", modules(), ids=short)
class TestEveryModule:
    """Prevents a house in which a stranger gets lost."""

    def test_opens_with_the_question_it_answers(self, path):
        text = path.read_text(encoding="utf-8").strip()
        assert not text or path.name in {"apps.py"} or ast.get_docstring(tree_of(path))

    def test_is_short_enough_to_read(self, path):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE_LINES

    def test_has_functions_short_enough_to_read(self, path):
        long = [f.name for f in functions(path) if f.end_lineno - f.lineno >= LONGEST_FUNCTION_LINES]
        assert long == []

    def test_defines_what_it_offers(self, path):
        undefined = [
            node.name
            for node in tree_of(path).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and path.name != "apps.py"
            and not ast.get_docstring(node)
        ]
        assert undefined == []

    def test_has_a_name_that_says_something(self, path):
        assert not NAMES_WITHOUT_MEANING & set(path.relative_to(SOURCE).with_suffix("").parts)


def test_only_the_edge_reads_the_clock():
    """Prevents a decision that depends on when it runs: the day is an argument."""
    clock = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|timezone\.now|time\.time)\b|import clock\b")
    readers = [
        short(path)
        for path in modules()
        if clock.search(path.read_text(encoding="utf-8")) and not short(path).startswith(READERS_OF_THE_CLOCK)
    ]
    assert readers == []


def test_nothing_is_left_for_later():
    """Prevents stubs from passing for features."""
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
    assert [short(path) for path in modules() if marks.search(path.read_text(encoding="utf-8"))] == []


def test_our_own_code_is_never_mocked():
    """Prevents tests that pass while the product fails."""
    mock = re.compile(r"unittest\.mock|\bmonkeypatch\.setattr\(\s*[\"']amiable|mocker\b")
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    assert [path.name for path in tests if mock.search(path.read_text(encoding="utf-8"))] == []


def test_pages_hold_no_inline_style_or_script():
    """Prevents a hole in the content security policy."""
    inline = re.compile(r"<[^>]+\s(style|on[a-z]+)=|<style|<script(?![^>]*\bsrc=)", re.IGNORECASE)
    pages = [
        path
        for path in SOURCE.rglob("*.html")
        if "outreach" not in path.parts and inline.search(path.read_text(encoding="utf-8"))
    ]
    assert [short(path) for path in pages] == []


def test_requirements_hold_hashes_and_no_addresses():
    """Prevents an installation that depends on who serves the packages."""
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==\S+", text, re.MULTILINE)
        assert pins and "://" not in text
        assert text.count("--hash=sha256:") >= len(pins)


@pytest.mark.django_db
def test_models_and_migrations_agree():
    """Prevents a release whose tables lag behind its models."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
