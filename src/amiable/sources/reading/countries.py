"""Which country is meant by a code or by a name in English or French?"""

from functools import lru_cache

from babel import Locale
from babel.core import get_global


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    codes = {code: code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}
    names = {
        name.casefold(): code
        for language in ("en", "fr")
        for code, name in Locale(language).territories.items()
        if code in codes
    }
    aliases = {old.casefold(): new[0] for old, new in get_global("territory_aliases").items() if new[0] in codes}
    extra = {"uk": "GB", "usa": "US", "etats-unis": "US", "angleterre": "GB"}
    return aliases | {code.casefold(): code for code in codes} | names | extra


def country_of(text: str | None) -> str | None:
    """Return the ISO 3166 alpha-2 code of a country; None for anything that is none."""
    return _known().get(text.strip().casefold()) if text and not text.strip().isdigit() else None
