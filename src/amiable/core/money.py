"""How much, exactly?

Money is a whole number of minor units beside an ISO 4217 code; `Decimal` appears only at the edges.
"""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

MAX_MINOR = 10**15  # fits a signed 64-bit sum over a million items


def exponent(currency: str) -> int:
    """Return how many decimals a currency has (ISO 4217): 2 for EUR, 0 for JPY, 3 for TND."""
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """Turn major units into minor units, rounding half away from zero to the currency's smallest coin.

    Raise `ValueError` for a non-finite amount or one beyond `MAX_MINOR`.
    """
    if not amount.is_finite():
        raise ValueError(f"not an amount: {amount}")
    if abs(amount) > MAX_MINOR:  # also keeps the rounding below within what `Decimal` can hold
        raise ValueError(f"amount out of range: {amount}")
    minor = int(amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if abs(minor) > MAX_MINOR:
        raise ValueError(f"amount out of range: {amount}")
    return minor


def to_major(amount_minor: int, currency: str) -> Decimal:
    """Turn minor units into an exact `Decimal` of major units."""
    return Decimal(amount_minor).scaleb(-exponent(currency))
