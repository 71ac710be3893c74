"""How is a value put into YAML so that it is read back unchanged?"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_PLAIN = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿ][A-Za-z0-9À-ÖØ-öø-ÿ ./-]*")
_RESERVED = frozenset({"null", "~", ""})  # the only plain words that would be read as nothing


def scalar(text: str) -> str:
    """Return a single value, quoted only where it has to be."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and text.casefold() not in _RESERVED:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    # Controls and exotic spaces or line ends would be folded or refused inside quotes.
    if character != " " and unicodedata.category(character)[0] in "CZ":
        return f"\\U{ord(character):08x}"
    return character


def flow_list(values: Iterable[str]) -> str:
    """Return a list on one line."""
    return f"[{', '.join(values)}]"


def flow_map(values: Mapping[str, str]) -> str:
    """Return named values on one line."""
    return f"{{{', '.join(f'{name}: {value}' for name, value in values.items())}}}"
