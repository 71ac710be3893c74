"""Do characters become the days and amounts that their writer meant?"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as some

from amiable.core import money
from amiable.sources.errors import NotText
from amiable.sources.reading import days, numbers, text
from amiable.sources.reading.countries import country_of
from amiable.sources.reading.currencies import currency_of
from amiable.sources.reading.days import Order


def read_day(written: str, order: Order = Order.DAY_FIRST) -> date | None:
    return days.to_days(pl.Series([written], dtype=pl.String), order)[0]


def read_minor(written: str, decimal: str, exponent: int = 2) -> int | None:
    frame = pl.DataFrame({"t": [written]})
    return frame.select(minor=numbers.to_minor(numbers.plain(pl.col("t"), decimal), exponent)).item()


@pytest.mark.parametrize(
    "written",
    [
        *("2026-04-03", "2026-04-03T10:20:30", "2026-04-03 00:00:00", "20260403", "03042026", "2026/4/3"),
        *("03/04/2026", "3.4.26", "03-04-2026 09:40", "3-Apr-26", "03 avr. 2026", "3 avril 2026", "April 3, 2026"),
        *("03-AVR-26", "46115", "46115.0"),
    ],
)
def test_one_day_in_many_hands(written):
    assert read_day(written) == date(2026, 4, 3)


@pytest.mark.parametrize("written", ["1er août 2025", "01-août-25", "01/08/2025", "1 aug 2025"])
def test_french_months_with_and_without_accents(written):
    assert read_day(written) == date(2025, 8, 1)


@pytest.mark.parametrize(
    "written", ["0001-01-01", "9999-12-31", "2026-02-30", "31/02/2026", "13/13/2026", "x", "12", ""]
)
def test_what_is_no_day_of_our_time_is_none(written):
    assert read_day(written) is None


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["01/02/2026", "25/02/2026", "03/03/2026"], Order.DAY_FIRST),
        (["01/02/2026", "02/25/2026"], Order.MONTH_FIRST),
        (["01/02/2026", "03/04/2026"], None),
        (["2026-02-25"], None),
    ],
)
def test_the_whole_column_tells_whether_the_day_comes_first(column, order):
    assert days.guess_order(pl.Series(column)) == order


@settings(max_examples=60, deadline=None)
@given(day=some.dates(date(1970, 1, 1), date(2049, 12, 31)), language=some.sampled_from(["en", "fr"]))
def test_every_day_comes_back_from_every_style(day, language):
    for style in ("d MMMM yyyy", "dd/MM/yyyy", "yyyy-MM-dd", "d MMM yyyy", "yyyyMMdd"):
        assert read_day(format_date(day, style, locale=language)) == day
    assert read_day(str((day - date(1899, 12, 30)) // timedelta(days=1))) == (day if day >= date(1950, 1, 1) else None)


@pytest.mark.parametrize(
    ("written", "decimal", "minor"),
    [
        ("1,234.56", ".", 123_456),
        ("1.234,56", ",", 123_456),
        ("1 234,56", ",", 123_456),
        ("1\u202f234,56 €", ",", 123_456),
        ("1\u00a0234,56", ",", 123_456),
        ("1'234.56", ".", 123_456),
        ("(123.45)", ".", -12_345),
        ("123.45-", ".", -12_345),
        ("−7,1", ",", -710),
        ("EUR 12.5", ".", 1_250),
        ("$0.995", ".", 100),
        ("0000000069,60", ",", 6_960),
        (".5", ".", 50),
    ],
)
def test_one_amount_in_many_notations(written, decimal, minor):
    assert read_minor(written, decimal) == minor


@pytest.mark.parametrize("written", ["abc", "", "1e5", "12..5", "--3", "1" + "0" * 30, "NaN", "inf", "1,2,3.4.5"])
def test_what_is_no_amount_that_can_be_booked_is_none(written):
    assert read_minor(written, ".") is None


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["1,234", "12.50"], "."),
        (["1.234", "12,50"], ","),
        (["1,234", "999"], None),
        (["1.234.567", "12"], ","),
        (["1,234.5"], "."),
        (["10", "20"], None),
    ],
)
def test_the_whole_column_tells_the_decimal_mark(column, mark):
    assert numbers.guess_decimal_mark(pl.Series(column)) == mark


@settings(max_examples=80, deadline=None)
@given(amount=some.decimals(-(10**11), 10**11, places=4), exponent=some.sampled_from([0, 2, 3]))
def test_amounts_are_exact_and_rounded_away_from_zero(amount, exponent):
    expected = int((amount * 10**exponent).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert read_minor(f"{amount:f}", ".", exponent) == expected
    assert abs(expected) <= money.MAX_MINOR
    for locale, mark in (("fr", ","), ("en", "."), ("de", ",")):
        written = format_decimal(amount, "#,##0.0000", locale=locale)
        assert read_minor(written, mark, exponent) == expected


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        *(("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le")),
        *(("cp1252", "cp1252"), ("iso-8859-15", "iso-8859-15")),
    ],
)
def test_the_encoding_is_told_from_the_bytes(write, encoding, expected):
    content = "Client;Montant\r\nÉlan & Œuvres;12,00 €\r\n" * 20
    path = write(content, encoding=encoding)

    assert text.guess_encoding(path) == expected
    assert path.read_text(encoding=expected).startswith("Client")


def test_a_late_byte_that_is_no_utf8_changes_the_verdict(write):
    path = write(b"name;amount\n" + b"\xc3\xa9lan;1\n" * 300_000 + b"\xe9lan;2\n")

    assert text.guess_encoding(path) == "cp1252"


def test_binary_is_refused(write):
    with pytest.raises(NotText):
        text.guess_encoding(write(bytes(range(256)) * 50))


def test_records_know_their_lines_through_quotes_and_blanks(write):
    path = write('a,b\n\n"two\nlines",1\nlast,2\n')

    assert list(text.records(path, encoding="utf-8", delimiter=",")) == [
        (1, ["a", "b"]),
        (3, ["two\nlines", "1"]),
        (5, ["last", "2"]),
    ]


def test_a_quote_never_closed_costs_one_line(write):
    path = write('a,b\n"open,1\n' + "x,2\n" * 5000)

    found = list(text.records(path, encoding="utf-8", delimiter=","))

    assert found[1] == (2, '"open,1\n')
    assert found[2:] == [(line, ["x", "2"]) for line in range(3, 5003)]


@settings(max_examples=60, deadline=None)
@given(rows=some.lists(some.lists(some.text('ab";,\n\r é', max_size=5), min_size=2, max_size=3), max_size=30))
def test_blocks_say_the_same_as_records(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("blocks") / "b.csv"
    path.write_text("\n".join(",".join(row) for row in rows), newline="")
    one_by_one = list(text.records(path, encoding="utf-8", delimiter=","))
    found = []
    for block in text.blocks(path, encoding="utf-8", delimiter=",", columns=["x", "y"], rows=4):
        if isinstance(block, list):
            found += block
        else:
            first, frame = block
            found += [(first + n, [cell or "" for cell in row]) for n, row in enumerate(frame.iter_rows())]

    def told(records):
        return [
            (line, cells if isinstance(cells, str) else [cell.rstrip("\r\n") for cell in cells])
            for line, cells in records
        ]

    assert [r for r in told(found) if r[1] != ["", ""]] == [r for r in told(one_by_one) if r[1] != ["", ""]]


def test_countries_and_currencies_by_code_and_by_name():
    assert [country_of(t) for t in ("fr", "FRA", "Allemagne", "Germany", "391", "")] == [
        "FR",
        "FR",
        "DE",
        "DE",
        None,
        None,
    ]
    assert [currency_of(t) for t in ("eur", "€", "US$", "XXQ", None)] == ["EUR", "EUR", "USD", None, None]
