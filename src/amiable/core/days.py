"""Which days count?

Spans are half-open: the end belongs to the next span. Public holidays come from the `holidays` library.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

WEEKEND = frozenset({5, 6})  # date.weekday(): Saturday, Sunday
LONGEST_CLOSURE_DAYS = 31  # no country closes longer; a bound for every search for the next working day


@lru_cache(maxsize=1024)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return a country's public holidays of one year; a country that the library does not know has none."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:  # asking beforehand would import every country
        return frozenset()


def is_working_day(day: date, country: str) -> bool:
    """Say whether people in a country (ISO 3166 alpha-2) can be expected at their desk that day."""
    return day.weekday() not in WEEKEND and day not in public_holidays(country, day.year)


def next_working_day(day: date, country: str) -> date:
    """Return the first working day on or after `day`."""
    for offset in range(LONGEST_CLOSURE_DAYS):
        candidate = day + timedelta(days=offset)
        if is_working_day(candidate, country):
            return candidate
    return day


def closed_countries(day: date, countries: Iterable[str]) -> frozenset[str]:
    """Return those of the given countries where `day` is no working day."""
    return frozenset(country for country in set(countries) if not is_working_day(day, country))
