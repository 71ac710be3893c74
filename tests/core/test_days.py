"""Which days count?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.core.days import closed_countries, is_working_day, next_working_day

any_day = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "country", "open_there"),
    [
        (date(2026, 3, 11), "FR", True),
        (date(2026, 3, 14), "FR", False),  # a Saturday
        (date(2026, 7, 14), "FR", False),  # the national day
        (date(2026, 7, 14), "DE", True),
        (date(2026, 7, 3), "US", False),  # Independence Day falls on a Saturday and is observed the day before
        (date(2026, 5, 1), "DE", False),
        (date(2026, 12, 25), "XX", True),  # of an unknown country we know the weekend only
        (date(2026, 12, 26), "XX", False),
    ],
)
def test_weekends_and_public_holidays_are_closed(day: date, country: str, open_there: bool) -> None:
    assert is_working_day(day, country) is open_there


def test_the_next_working_day_jumps_over_christmas_and_the_weekend() -> None:
    assert next_working_day(date(2026, 12, 25), "FR") == date(2026, 12, 28)
    assert next_working_day(date(2026, 12, 25), "GB") == date(2026, 12, 29)  # Boxing Day is made up for


@given(day=any_day, country=st.sampled_from(["FR", "DE", "US", "JP", ""]))
def test_the_next_working_day_is_the_first_one(day: date, country: str) -> None:
    found = next_working_day(day, country)

    assert found >= day
    assert is_working_day(found, country)
    between = [date.fromordinal(number) for number in range(day.toordinal(), found.toordinal())]
    assert not any(is_working_day(closed, country) for closed in between)


@given(day=any_day)
def test_closed_countries_are_those_that_do_not_work(day: date) -> None:
    countries = ["FR", "DE", "FR", "US"]

    assert closed_countries(day, countries) == {one for one in countries if not is_working_day(day, one)}
