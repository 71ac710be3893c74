"""Is everything said in French, too?"""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[2] / "src" / "amiable" / "locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def wordings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
class TestCatalogue:
    def test_is_complete(self, path):
        missing = [m.id for m in catalogue(path) if m.id and (m.fuzzy or not all(wordings(m)))]
        assert missing == []

    def test_keeps_every_placeholder(self, path):
        broken = []
        for message in catalogue(path):
            if not message.id:
                continue
            expected = message.id if isinstance(message.id, str) else message.id[-1]
            wanted = set(PLACEHOLDER.findall(expected))
            broken += [expected for wording in wordings(message) if set(PLACEHOLDER.findall(wording)) - wanted]
        assert broken == []


def test_there_is_a_french_catalogue():
    assert [path.parts[-3] for path in CATALOGUES] == ["fr"]
