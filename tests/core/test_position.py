"""What is open, since when, in which age bucket?"""

import polars as pl
import pytest

from amiable.core.position import AGE_BUCKETS, age_bucket, aging, balances
from tests.core import make


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        ("in 3 days", "current"),
        ("today", "current"),
        ("1 days ago", "1-30"),
        ("30 days ago", "1-30"),
        ("31 days ago", "31-60"),
        ("60 days ago", "31-60"),
        ("61 days ago", "61-90"),
        ("90 days ago", "61-90"),
        ("91 days ago", "over-90"),
    ],
)
def test_the_upper_end_of_a_bucket_belongs_to_the_next(due: str, bucket: str) -> None:
    items = make.book(make.invoice(due=due)).items

    assert aging(items, make.DAY)["bucket"].to_list() == [bucket]


def test_buckets_leave_no_gap_and_never_overlap() -> None:
    ends = list(AGE_BUCKETS.values())

    assert [end for _, end in ends[:-1]] == [first for first, _ in ends[1:]]
    ages = pl.DataFrame({"age": list(range(-5, 100))}).with_columns(bucket=age_bucket(pl.col("age")))
    for name, (first, end) in AGE_BUCKETS.items():
        inside = ages.filter(pl.col("bucket") == name)["age"].to_list()
        assert all((first is None or age >= first) and (end is None or age < end) for age in inside)


def test_aging_adds_up_what_is_open_per_currency_and_ignores_what_is_paid() -> None:
    book = make.book(
        make.invoice(due="5 days ago", amount="10.00"),
        make.invoice(due="6 days ago", amount="2.50"),
        make.invoice(due="70 days ago", amount="1"),
        make.invoice(due="5 days ago", amount="300", currency="JPY"),
        make.invoice(due="5 days ago", paid="today"),
    )

    assert aging(book.items, book.as_of).rows() == [
        ("EUR", "1-30", 2, 1250),
        ("EUR", "61-90", 1, 100),
        ("JPY", "1-30", 1, 300),
    ]


def test_a_balance_is_what_is_open_less_what_we_hold_in_that_currency() -> None:
    book = make.book(
        make.invoice(due="today", amount="10.00"),
        make.invoice(due="today", amount="5.00", currency="USD"),
        credit=[(make.ACME, "3.00", "EUR"), (make.ACME, "1.00", "EUR"), (make.ACME, "7.00", "GBP")],
    )

    number = make.ACME.customer_id
    assert balances(book).rows() == [
        (number, "EUR", 1000, 400, 600),
        (number, "GBP", 0, 700, -700),
        (number, "USD", 500, 0, 500),
    ]


def test_an_empty_book_owes_nothing() -> None:
    assert balances(make.book()).is_empty()
    assert aging(make.book().items, make.DAY).is_empty()
