"""How fast could it be at all on this machine, now?"""

import time
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage

import polars as pl
from django.db import connection, transaction
from django.db.models import QuerySet

from amiable.organisation.bulk import read_frame

COLUMNS = {pl.Int64: "bigint", pl.Date: "date"}  # everything else is kept as text
KINDS = {
    "BigAutoField": pl.Int64,
    "ForeignKey": pl.Int64,
    "BigIntegerField": pl.Int64,
    "PositiveBigIntegerField": pl.Int64,
    "DateField": pl.Date,
}


def timed(what: Callable[[], object], *, times: int = 1) -> tuple[float, object]:
    """Return the shortest of some runs, in seconds, and what the last one answered."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        answer = what()
        seconds.append(time.perf_counter() - start)
    return min(seconds), answer


def peak_mb() -> int:
    """Return the most memory that this process ever had, in megabytes."""
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024


def stored(rows: QuerySet) -> pl.DataFrame:
    """Return rows as they are stored, with all their columns."""
    fields = rows.model._meta.local_fields
    schema = {field.column: KINDS.get(field.get_internal_type(), pl.String) for field in fields}
    return read_frame(rows.values_list(*schema), schema=pl.Schema(schema))


def seconds_to_write(frame: pl.DataFrame) -> float:
    """Return how long the database needs to take these rows, ready as bytes, into a table without keys or indexes.

    COPY on PostgreSQL, `executemany` on SQLite; the table is dropped.
    """
    columns = ", ".join(f'"{name}" {COLUMNS.get(kind.base_type(), "text")}' for name, kind in frame.schema.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_limit ({columns})")
    write = _by_copy(frame) if connection.vendor == "postgresql" else _by_executemany(frame)
    try:
        return timed(write)[0]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_limit")


def _by_copy(frame: pl.DataFrame) -> Callable[[], None]:
    escaped = frame.with_columns(
        pl.col(pl.String).str.replace_many(["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"])
    )
    text = escaped.write_csv(include_header=False, separator="\t", quote_style="never", null_value="\\N").encode()

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy("COPY bench_limit FROM STDIN") as copy:
            copy.write(text)

    return write


def _by_executemany(frame: pl.DataFrame) -> Callable[[], None]:
    rows = frame.with_columns(pl.col(pl.Date).dt.strftime("%Y-%m-%d")).rows()
    statement = f"INSERT INTO bench_limit VALUES ({', '.join(['?'] * frame.width)})"

    def write() -> None:
        with transaction.atomic():
            connection.connection.executemany(statement, rows)  # without Django's wrapping of each value

    return write
