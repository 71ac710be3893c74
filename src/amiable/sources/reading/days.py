"""How are days written, and which comes first, the day or the month?"""

from enum import StrEnum

import polars as pl

FIRST_DAY, LAST_DAY = pl.date(1950, 1, 1), pl.date(2100, 1, 1)  # half-open; beyond lies a slip of the keyboard
_MONTHS = {
    "01": ("january", "janvier", "janv", "jan"),
    "02": ("february", "fevrier", "fevr", "feb", "fev"),
    "03": ("march", "mars", "mar"),
    "04": ("april", "avril", "apr", "avr"),
    "05": ("may", "mai"),
    "06": ("june", "juin", "jun"),
    "07": ("july", "juillet", "juil", "jul"),
    "08": ("august", "aout", "aug"),
    "09": ("september", "septembre", "sept", "sep"),
    "10": ("october", "octobre", "oct"),
    "11": ("november", "novembre", "nov"),
    "12": ("december", "decembre", "dec"),
}
_NAMES = {name: f"/m{month}/" for month, names in _MONTHS.items() for name in names}
_LONGEST_FIRST = sorted(_NAMES, key=len, reverse=True)
_TIME_OF_DAY = r"[t\s]+\d{1,2}[:h]\d{2}.*$"
_NUMERIC = r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})$"


class Order(StrEnum):
    """Which part of a numeric day such as 03/04/2026 comes first."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


def _separated(text: pl.Expr) -> pl.Expr:
    """Write any day as numbers between slashes: "3-Févr.-26 09:40" becomes "3/m02/26"."""
    spelled = (
        text.str.strip_chars()
        .str.to_lowercase()
        .str.replace(_TIME_OF_DAY, "")
        .str.replace(r"^1er\b", "1")
        .str.replace_many(["é", "è", "û"], ["e", "e", "u"])
        .str.replace_many(_LONGEST_FIRST, [_NAMES[name] for name in _LONGEST_FIRST], leftmost=True)
    )
    return spelled.str.replace_all(r"[.\-\s/,]+", "/").str.strip_chars("/")


def guess_order(texts: pl.Series) -> Order | None:
    """Return which of day and month comes first; None where no value is above 12 in either place.

    Decided by all values together: whichever reading fits more of them.
    """
    parts = (
        texts.drop_nulls()
        .unique()
        .to_frame("t")
        .select(
            first=_separated(pl.col("t")).str.extract(_NUMERIC, 1).cast(pl.Int32),
            second=_separated(pl.col("t")).str.extract(_NUMERIC, 2).cast(pl.Int32),
        )
        .filter(pl.col("first").is_not_null())
    )
    day_first = parts.filter((pl.col("first") > 12) & (pl.col("second") <= 12)).height
    month_first = parts.filter((pl.col("second") > 12) & (pl.col("first") <= 12)).height
    if day_first == month_first:
        return None
    return Order.DAY_FIRST if day_first > month_first else Order.MONTH_FIRST


def is_numeric(texts: pl.Series) -> bool:
    """Say whether some of these days are written so that day and month could be mistaken for one another."""
    return bool(texts.drop_nulls().to_frame("t").select(_separated(pl.col("t")).str.contains(_NUMERIC).any()).item())


def to_days(texts: pl.Series, order: Order) -> pl.Series:
    """Return written days as dates; null where a text is no day, or one before 1950 or after 2099.

    Understands ISO, eight digits, numeric days in the given order, English and French month names, two-digit years
    (50 and above are of the last century), and the day numbers of Excel. A time of day is cut off.
    """
    known = texts.unique()
    table = known.to_frame("t").select("t", day=_parsed(pl.col("t"), order))
    return texts.to_frame("t").join(table, on="t", how="left", maintain_order="left", nulls_equal=True)["day"]


def _parsed(text: pl.Expr, order: Order) -> pl.Expr:
    slashed = _separated(text)
    numeric = "%d/%m" if order is Order.DAY_FIRST else "%m/%d"
    named = slashed.str.contains("m", literal=True)
    slashed = slashed.str.replace(r"^m(\d\d)/(\d\d?)/", "$2/m$1/").str.replace("m", "", literal=True)
    # Two-digit years are written out, so that chrono's own idea of a century plays no part.
    years = slashed.str.replace(r"^(\d\d?/\d\d?)/([5-9]\d)$", "${1}/19$2").str.replace(
        r"^(\d\d?/\d\d?)/([0-4]\d)$", "${1}/20$2"
    )
    serial = slashed.str.extract(r"^(\d{5})(?:/0+)?$", 1).cast(pl.Int32)
    day = pl.coalesce(
        years.str.to_date("%Y/%m/%d", strict=False),
        pl.when(slashed.str.contains(r"^\d{8}$")).then(
            pl.coalesce(slashed.str.to_date("%Y%m%d", strict=False), slashed.str.to_date("%d%m%Y", strict=False))
        ),
        pl.when(named).then(years.str.to_date("%d/%m/%Y", strict=False)),
        pl.when(~named).then(years.str.to_date(f"{numeric}/%Y", strict=False)),
        pl.when(serial.is_between(18264, 73051)).then(pl.date(1899, 12, 30) + pl.duration(days=serial)),
    )
    return pl.when((day >= FIRST_DAY) & (day < LAST_DAY)).then(day)
