"""How much, exactly?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amiable.core.money import MAX_MINOR, exponent, to_major, to_minor


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("TND", 3)])
def test_each_currency_has_its_own_decimals(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("0.005", "EUR", 1),
        ("-0.005", "EUR", -1),
        ("0.0049", "EUR", 0),
        ("100.5", "JPY", 101),
        ("1.2345", "TND", 1235),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "10000000000000.01", "1E+40", "-1E+999999"])
def test_what_is_no_amount_of_money_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        to_minor(Decimal(amount), "EUR")


@given(minor=st.integers(-MAX_MINOR, MAX_MINOR), currency=st.sampled_from(["EUR", "JPY", "TND"]))
def test_minor_units_survive_the_way_to_major_ones_and_back(minor: int, currency: str) -> None:
    assert to_minor(to_major(minor, currency), currency) == minor
