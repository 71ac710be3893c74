"""How do we write amounts and days, in the reader's language?

Babel does the grammar; what it prepares per language is kept, since a page writes hundreds of amounts.
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from amiable.core.money import to_major

REGIONS = {"en": "en_GB", "fr": "fr_FR"}  # a language's customs; a new language is one more line
NO_BREAK = "\u00a0"


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse(REGIONS.get(language, language))


def locale() -> Locale:
    """Return the locale of the language that is active now."""
    return _locale((get_language() or "en").split("-")[0])


@lru_cache(maxsize=4096)
def _money(amount_minor: int, currency: str, language: str, cents: bool) -> str:
    region = _locale(language)
    pattern = region.currency_formats["standard"].pattern
    if get_currency_symbol(currency, region).isalpha():
        pattern = pattern.replace("¤#", f"¤{NO_BREAK}#")  # letters stand apart from digits: "TND 5", but "€5"
    if not cents:
        pattern = pattern.replace(".00", "")
    amount = to_major(amount_minor, currency)
    return format_currency(amount, currency, pattern, locale=region, currency_digits=cents)


def money(amount_minor: int, currency: str, *, cents: bool = True) -> str:
    """Write an amount of minor units as its reader would: "€1,234.50", "1 234,50 €".

    Without `cents` it is rounded to whole major units, for overviews.
    """
    return _money(amount_minor, currency, (get_language() or "en").split("-")[0], cents)


def number(value: int) -> str:
    """Write a count: "12,345", "12 345"."""
    return format_decimal(value, locale=locale())


def day(value: date) -> str:
    """Write a day in short: "6 Mar 2026"."""
    return format_date(value, "d MMM y", locale=locale())


def day_in_words(value: date, today: date) -> str:
    """Write a day with its weekday, and its year only where that is not this year's: "Friday 6 March"."""
    return format_date(value, "EEEE d MMMM" if value.year == today.year else "EEEE d MMMM y", locale=locale())


def distance(value: date, today: date) -> str:
    """Say how far a day is: "today", "tomorrow", "in 3 days", "12 days ago"."""
    days = (value - today).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


def due_in_words(due_on: date, today: date) -> str:
    """Say when something is or was due: "Friday 6 March, in 3 days", "due today", "12 days late"."""
    late = (today - due_on).days
    if late > 0:
        return ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}
    if late == 0:
        return _("due today")
    return _("%(day)s, %(distance)s") % {"day": day_in_words(due_on, today), "distance": distance(due_on, today)}


def moment(value: datetime, time_zone: str) -> str:
    """Write a moment as a clock in that time zone shows it: "6 Mar 2026, 14:05"."""
    return format_datetime(value.astimezone(ZoneInfo(time_zone)), "d MMM y, HH:mm", locale=locale())


def clock(value: datetime, time_zone: str) -> str:
    """Write the time of day in that time zone: "14:05"."""
    return format_time(value.astimezone(ZoneInfo(time_zone)), "HH:mm", locale=locale())
