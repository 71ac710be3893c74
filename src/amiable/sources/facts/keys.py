"""What makes a row the same fact when its file comes again?"""

import polars as pl

LONGEST_KEY = 110  # leaves room for what the ledger puts around it
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0/O, 1/I


def bounded(key: pl.Expr) -> pl.Expr:
    """Shorten a long key without losing that it is unique."""
    digest = key.map_batches(_digest, return_dtype=pl.String)
    return pl.when(key.str.len_chars() <= LONGEST_KEY).then(key).otherwise(key.str.slice(0, 60) + "~" + digest)


def _digest(keys: pl.Series) -> pl.Series:
    from hashlib import blake2b  # noqa: PLC0415

    return pl.Series([blake2b(key.encode(), digest_size=16).hexdigest() for key in keys], dtype=pl.String)


def content_mark(columns: list[str]) -> pl.Expr:
    """Return eight letters and digits that stand for the content of these columns, the same in every file."""
    content = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in columns], separator="\x1f")
    return content.map_batches(_marks, return_dtype=pl.String)


def _marks(texts: pl.Series) -> pl.Series:
    from hashlib import blake2b  # noqa: PLC0415

    def mark(text: str) -> str:
        number = int.from_bytes(blake2b(text.encode(), digest_size=5).digest())
        return "".join(_ALPHABET[number >> shift & 31] for shift in range(0, 40, 5))

    return pl.Series([mark(text) for text in texts], dtype=pl.String)


class Seen:
    """The keys of a file so far, as hashes: sixteen bytes a row, however long the file."""

    def __init__(self) -> None:
        self._keys = pl.DataFrame(schema={"key": pl.UInt64, "facts": pl.UInt64, "line": pl.Int64})

    def among(self, rows: pl.DataFrame, *, key: str, facts: list[str]) -> pl.DataFrame:
        """Add `occurrence` (from 1) of each key in the file, and `first_line` where all facts stood before (else null).

        Rows must come in the order of the file.
        """
        mine = rows.select(
            key=pl.col(key).hash(seed=1),
            facts=pl.concat_str(
                [pl.col(f).cast(pl.String).fill_null("") for f in [key, *facts]], separator="\x1f"
            ).hash(seed=1),
            line=pl.col("line"),
        )
        repeated = mine["key"].is_in(self._keys["key"].implode())
        if not repeated.any() and mine["key"].n_unique() == mine.height:
            self._keys = pl.concat([self._keys, mine], rechunk=False)
            return rows.with_columns(occurrence=pl.lit(1, pl.Int64), first_line=pl.lit(None, pl.Int64))
        before = self._keys.filter(pl.col("key").is_in(mine["key"].unique().implode()))
        both = pl.concat([before.with_columns(new=pl.lit(False)), mine.with_columns(new=pl.lit(True))])
        first = pl.col("line").first().over("facts")
        both = both.with_columns(first_line=pl.when(first < pl.col("line")).then(first))
        # What stood before word for word is no further occurrence.
        fresh = pl.col("first_line").is_null().cast(pl.Int64)
        both = both.with_columns(occurrence=fresh.cum_sum().over("key")).filter("new")
        self._keys = pl.concat([self._keys, mine.filter(both["first_line"].is_null())], rechunk=False)
        return rows.with_columns(both["occurrence"], both["first_line"])
