"""What is open, since when, in which age bucket?

The due date itself is day 0 and not late; the day after it is day 1.
"""

from datetime import date

import polars as pl

from amiable.core.book import Book

# Days past due, half-open: the upper end belongs to the next bucket.
AGE_BUCKETS: dict[str, tuple[int | None, int | None]] = {
    "current": (None, 1),
    "1-30": (1, 31),
    "31-60": (31, 61),
    "61-90": (61, 91),
    "over-90": (91, None),
}


def age_days(as_of: date) -> pl.Expr:
    """Return the whole days from `due_on` to `as_of`: 0 on the due date, negative before it."""
    return (pl.lit(as_of) - pl.col("due_on")).dt.total_days()


def age_bucket(age: pl.Expr) -> pl.Expr:
    """Return the name of the bucket that an age in days falls into."""
    bucket = pl.lit("current")
    for name, (first, _) in AGE_BUCKETS.items():
        if first is not None:
            bucket = pl.when(age >= first).then(pl.lit(name)).otherwise(bucket)
    return bucket


def aging(items: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return what is open per currency and age bucket: currency, bucket, items, open_minor.

    A bucket without open items has no row; paid items count nowhere.
    """
    order = {name: place for place, name in enumerate(AGE_BUCKETS)}
    return (
        items.filter(pl.col("open_minor") > 0)
        .group_by("currency", bucket=age_bucket(age_days(as_of)))
        .agg(items=pl.len().cast(pl.Int64), open_minor=pl.col("open_minor").sum())
        .sort("currency", pl.col("bucket").replace_strict(order, return_dtype=pl.Int64))
    )


def balances(book: Book) -> pl.DataFrame:
    """Return what each customer owes per currency: customer_id, currency, open_minor, credit_minor, balance_minor.

    `balance_minor` is what is open less the money of theirs that we hold; it is negative where we hold more.
    """
    nothing = pl.lit(0, dtype=pl.Int64)
    open_items = book.items.lazy().filter(pl.col("open_minor") > 0)
    both = pl.concat(
        [
            open_items.select("customer_id", "currency", "open_minor", credit_minor=nothing),
            book.credits.lazy().select("customer_id", "currency", open_minor=nothing, credit_minor="credit_minor"),
        ]
    )
    sums = sum_per_currency(both, currencies_of(book), "open_minor", "credit_minor")
    return sums.with_columns(balance_minor=pl.col("open_minor") - pl.col("credit_minor"))


def currencies_of(book: Book) -> pl.Series:
    """Return the currencies of a book's items and credits, in alphabetical order."""
    return pl.concat([book.items["currency"].unique(), book.credits["currency"].unique()]).unique().sort()


def sum_per_currency(rows: pl.LazyFrame, currencies: pl.Series, *amounts: str) -> pl.DataFrame:
    """Return the sums of some columns per customer and currency, in the order of customers, then currencies.

    `currencies` holds at least all that occur, in alphabetical order.
    """
    # One whole number to group by is three times as fast as a number and a text.
    code = pl.col("currency").cast(pl.Enum(currencies)).to_physical().cast(pl.Int64)
    codes, count = pl.int_range(currencies.len(), eager=True), max(currencies.len(), 1)
    return (
        rows.group_by(key=pl.col("customer_id") * count + code)
        .agg(pl.col(amounts).sum())
        .sort("key")
        .select(
            (pl.col("key") // count).alias("customer_id"),
            (pl.col("key") % count).replace_strict(codes, currencies, return_dtype=pl.String).alias("currency"),
            *amounts,
        )
        .collect(engine="streaming")
    )
