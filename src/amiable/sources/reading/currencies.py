"""Which currency is meant by a code or a sign?"""

from functools import lru_cache

from babel import Locale

SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "EURO": "EUR", "EUROS": "EUR", "CHF.": "CHF"}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(Locale("en").currencies)


def currency_of(text: str | None) -> str | None:
    """Return the ISO 4217 code; None for anything that is no currency."""
    written = (text or "").strip().upper()
    code = SIGNS.get(written, written)
    return code if code in _codes() else None
