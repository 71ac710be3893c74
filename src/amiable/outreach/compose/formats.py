"""How does an amount or a day read in the language of the message?

Babel takes 16 µs for an amount; a day's messages hold a million of them. What Babel would print around and inside
the digits is therefore asked of Babel once per locale and currency; a property test holds both together.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol

from amiable.core.money import exponent, to_major

from .design import safe
from .phrases import phrases_in

THIS_YEAR_DAYS = 180  # a day nearer than this is told without its year


@lru_cache(maxsize=256)
def money_format(language: str, currency: str) -> Callable[[int], str]:
    """Return the function that writes minor units of a currency as Babel's `format_currency` would."""
    return _money_writer(language, currency, str)


@lru_cache(maxsize=256)
def money_markup(language: str, currency: str) -> Callable[[int], str]:
    """Return the function that writes the same for HTML, in ASCII."""
    return _money_writer(language, currency, safe)


def _money_writer(language: str, currency: str, around: Callable[[str], str]) -> Callable[[int], str]:
    """Return a writer whose signs, separators and currency went through `around`."""
    locale = phrases_in(language).LOCALE
    decimals = exponent(currency)
    group, point = get_group_symbol(locale), get_decimal_symbol(locale)
    digits = "1" + (point + "1" * decimals if decimals else "")
    sample = Decimal("1." + "1" * decimals) if decimals else Decimal(1)
    before, after = format_currency(sample, currency, locale=locale).split(digits)
    minus_before, minus_after = format_currency(-sample, currency, locale=locale).split(digits)
    before, after, minus_before, minus_after = map(around, (before, after, minus_before, minus_after))
    group, point = around(group), around(point)
    unit = 10**decimals
    grouped_from = 10 ** (2 + _minimum_grouping_digits(locale)) * unit

    def write(amount_minor: int) -> str:
        if amount_minor < 0:
            amount_minor, start, end = -amount_minor, minus_before, minus_after
        else:
            start, end = before, after
        whole, part = divmod(amount_minor, unit)
        number = f"{whole:,}".replace(",", group) if amount_minor >= grouped_from else str(whole)
        return f"{start}{number}{point}{part:0{decimals}d}{end}" if decimals else f"{start}{number}{end}"

    return write


def _minimum_grouping_digits(locale: str) -> int:
    """Return how many digits stand before the first group at least: 1 (1,000), or 2 (1000 but 10 000)."""
    probe = format_currency(to_major(100000, "EUR"), "EUR", locale=locale)
    return 1 if get_group_symbol(locale) in probe.replace("1000", "") else 2


def money(amount_minor: int, currency: str, language: str) -> str:
    """Write an amount with its currency in a language."""
    return money_format(language, currency)(amount_minor)


@lru_cache(maxsize=8192)
def day(on: date, as_of: date, language: str) -> str:
    """Write a day in words: "6 March"; with its year where that could be mistaken."""
    phrases = phrases_in(language)
    near = abs(on - as_of) < timedelta(days=THIS_YEAR_DAYS)
    return _written(on, phrases.DAY if near else phrases.DAY_OF_YEAR, language)


@lru_cache(maxsize=2048)
def weekday(on: date, language: str) -> str:
    """Write a near day with its weekday: "Friday 6 March"."""
    return _written(on, phrases_in(language).WEEKDAY, language)


def _written(on: date, pattern: str, language: str) -> str:
    phrases = phrases_in(language)
    if on.day == 1 and phrases.FIRST_OF_MONTH != "1":  # French: "1er mars"
        pattern = pattern.replace("d ", f"'{phrases.FIRST_OF_MONTH}' ", 1)
    return format_date(on, pattern, locale=phrases.LOCALE)


def listed(parts: list[str], language: str) -> str:
    """Join parts as a sentence does: "a, b and c"."""
    return phrases_in(language).AND.join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
