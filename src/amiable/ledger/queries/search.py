"""Does this text contain what somebody typed, whatever the case and the accents?"""

import unicodedata
from functools import cache

from django.db import connection


def plain(text: str | None) -> str:
    """Return a text in lower case and without accents: "Élodie" and "elodie" are the same."""
    if text is None or text.isascii():
        return (text or "").lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character)).lower()


@cache
def _accents() -> tuple[str, str]:
    """Return the accented small letters of European alphabets and the plain ones they stand for."""
    letters = [chr(code) for code in range(0xC0, 0x180) if chr(code).islower() and len(plain(chr(code))) == 1]
    changed = [letter for letter in letters if plain(letter) != letter]
    return "".join(changed), "".join(plain(letter) for letter in changed)


def contains(column: str, parameter: str) -> str:
    """Return the condition that a column contains `%(parameter)s`, a value made by `pattern`."""
    if connection.vendor == "postgresql":
        accented, unaccented = _accents()
        return f"""(LOWER({column}) LIKE %({parameter})s OR (OCTET_LENGTH({column}) > CHAR_LENGTH({column})
            AND TRANSLATE(LOWER({column}), '{accented}', '{unaccented}') LIKE %({parameter})s))"""
    connection.ensure_connection()
    connection.connection.create_function("amiable_plain", 1, plain, deterministic=True)
    return f"amiable_plain({column}) LIKE %({parameter})s ESCAPE '\\'"


def pattern(typed: str, *, anywhere: bool = True) -> str:
    """Return what `contains` looks for: the text typed, taken literally."""
    literal = plain(typed.strip()).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%" if anywhere else f"{literal}%"
