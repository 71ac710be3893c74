"""How do many rows get in and out of the database at once?

`read_frame` answers a query as a Polars frame, `write_frame` adds rows, `update_frame` changes rows. All three take
names from the models, so that a column is spelt in one place, and do the same on SQLite and on PostgreSQL.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from itertools import count
from typing import Any

import polars as pl
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import QuerySet
from psycopg.conninfo import make_conninfo

ROWS_PER_READ = 100_000
ROWS_PER_WRITE = 20_000  # bounds the memory that the text of a write takes
_numbers = count(1)
_snapshot: ContextVar[Any] = ContextVar("snapshot", default=None)


class BulkError(Exception):
    """A frame does not fit the table, or a query does not fit its schema."""


# Reading


def read_frame(query: QuerySet | str, *, schema: pl.Schema, params: Sequence[Any] = ()) -> pl.DataFrame:
    """Return the rows of a query (a `values_list`, or SQL with `%s`) as a frame of exactly this schema.

    Columns are taken in their order and named by the schema; a `%` of the SQL is written `%%`. On PostgreSQL, outside
    a transaction, the rows come through ADBC on a connection of its own, several times faster than by a cursor; inside
    one they come over the transaction's connection, since they may be rows that nobody else can see yet.
    """
    try:
        sql, values = query.query.sql_with_params() if isinstance(query, QuerySet) else (query, tuple(params))
    except EmptyResultSet:  # Django knows without asking: "one of none"
        return schema.to_frame()
    if connection.vendor == "sqlite" or connection.in_atomic_block:
        return _read_by_cursor(sql, values, schema)
    if (reader := _snapshot.get()) is not None:
        return _read_by_adbc(reader, sql, values, schema)
    with _adbc() as reader:
        return _read_by_adbc(reader, sql, values, schema)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let every `read_frame` in the block see the database as of one moment.

    Inside a transaction the block changes nothing: what is read is what that transaction sees. On SQLite the block
    must not open a transaction of its own.
    """
    if connection.in_atomic_block or _snapshot.get() is not None:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor, _told(cursor):
            # Django would begin every transaction as a writer; a reader lets the others write.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with _adbc() as reader, _told(reader):
            with reader.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
            reader.rollback()


@contextmanager
def _told(reader: Any) -> Iterator[None]:
    """Let `read_frame` know for a block what it reads over."""
    token = _snapshot.set(reader)
    try:
        yield
    finally:
        _snapshot.reset(token)


def _adbc() -> Any:
    """Return an ADBC connection to our PostgreSQL.

    Never do this with SQLite: a second SQLite library in a process that opens and closes the file takes away the locks
    of the first, and what was committed can be lost.
    """
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 costs nothing where SQLite is used

    connection.ensure_connection()
    info = connection.connection.info  # as connected: the two drivers differ in what they fall back to
    place = {"host": info.host, "port": info.port, "password": info.password}
    return dbapi.connect(make_conninfo(**info.get_parameters() | place))


def _read_by_adbc(reader: Any, sql: str, values: Sequence[Any], schema: pl.Schema) -> pl.DataFrame:
    # Values are written into the text: PostgreSQL streams a query in COPY's format only where it has no parameters.
    names = ", ".join(f"c{n}" for n in range(len(schema)))  # two columns may have the same name
    text = f"SELECT * FROM ({sql % tuple(map(_literal, values))}) AS q({names})"  # noqa: S608 the caller's own query
    with reader.cursor() as cursor:
        cursor.execute(text)
        return _shaped(cursor.fetch_polars(), schema)


def _read_by_cursor(sql: str, values: Sequence[Any], schema: pl.Schema) -> pl.DataFrame:
    parts = []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(ROWS_PER_READ):  # as tuples they take ten times the memory
            columns = zip(*rows, strict=True)
            parts.append(
                _shaped(pl.DataFrame([pl.Series(f"c{n}", c, strict=False) for n, c in enumerate(columns)]), schema)
            )
    return pl.concat(parts) if parts else schema.to_frame()


def _shaped(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Name the columns and cast what SQLite gives as text or number."""
    if frame.width != len(schema):
        raise BulkError(f"the query has {frame.width} columns, the schema {len(schema)}")
    frame.columns = list(schema)
    return frame.select(_cast(pl.col(name), frame.schema[name], kind) for name, kind in schema.items())


def _cast(column: pl.Expr, found: pl.DataType, kind: Any) -> pl.Expr:
    if found == kind:
        return column
    if found == pl.String and kind == pl.Date:
        return column.str.to_date("%Y-%m-%d")
    if found == pl.String and isinstance(kind, pl.Datetime):
        return column.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC")
    if isinstance(found, pl.Datetime) and found.time_zone is None and isinstance(kind, pl.Datetime):
        return column.dt.replace_time_zone("UTC")
    return column.cast(kind)


def _literal(value: Any) -> str:
    """Write a value as PostgreSQL reads it; only kinds whose text cannot be anything but that value."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(int(value))
        case datetime():
            return f"TIMESTAMPTZ '{value.isoformat(' ')}'"
        case date():
            return f"DATE '{value.isoformat()}'"
        case str() if "\0" not in value:
            # An escape string means the same under every setting of the server.
            return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
    raise BulkError(f"a query cannot hold a {type(value).__name__}")


# Writing


def write_frame(model: type[models.Model], frame: pl.DataFrame, *, skip_taken: bool = False) -> int:
    """Add the frame's rows to a model's table and return how many were added.

    Columns are named as in the database (`customer_id`); a column left out takes the field's default. With
    `skip_taken` a row that breaks a unique constraint is left out, else the whole frame is refused
    (`IntegrityError`). All rows come in, or none.
    """
    if frame.is_empty():
        return 0
    frame = frame.with_columns(_defaults(model, frame.columns))
    if naive := [n for n, kind in frame.schema.items() if isinstance(kind, pl.Datetime) and kind.time_zone is None]:
        raise BulkError(f"moments need a time zone: {naive}")
    columns = _columns(model, frame.columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with transaction.atomic():
        if not (skip_taken and connection.vendor == "postgresql"):
            return _pour(table, columns, frame, skip_taken=skip_taken)
        with staged(model, frame) as stage, connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {stage} ON CONFLICT DO NOTHING"  # noqa: S608
            )
            return cursor.rowcount


def update_frame(model: type[models.Model], frame: pl.DataFrame, *, key: str = "id") -> int:
    """Set the frame's other columns in the rows that its key names; return how many rows were found."""
    if frame.is_empty():
        return 0
    name = connection.ops.quote_name
    table = name(model._meta.db_table)
    changes = ", ".join(f"{name(column)} = s.{name(column)}" for column in frame.columns if column != key)
    with transaction.atomic(), staged(model, frame) as stage, connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {changes} FROM {stage} s WHERE {table}.{name(key)} = s.{name(key)}"  # noqa: S608
        )
        return cursor.rowcount


@contextmanager
def staged(model: type[models.Model], frame: pl.DataFrame) -> Iterator[str]:
    """Hold a frame in a temporary table with the model's column types, and give the table's name to join with.

    The caller must be inside a transaction: the table is gone when the block or the transaction ends.
    """
    if not connection.in_atomic_block:
        raise BulkError("a frame is staged inside a transaction")
    stage = connection.ops.quote_name(f"stage_{next(_numbers)}")
    columns = _columns(model, frame.columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {stage} AS SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608
    _pour(stage, columns, frame)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {stage}")  # the planner would take it for a small table
    yield stage
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {stage}")


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    known = {field.column for field in model._meta.local_fields}
    if unknown := set(names) - known:
        raise BulkError(f"{model.__name__} has no columns {sorted(unknown)}")
    return ", ".join(map(connection.ops.quote_name, names))


def _defaults(model: type[models.Model], given: Sequence[str]) -> list[pl.Expr]:
    """Return the columns that the frame leaves out and that the table needs."""
    missing = (f for f in model._meta.local_fields if f.column not in given and not f.primary_key)
    values = {f.column: (f, f.get_default()) for f in missing}
    needed = {column: pair for column, pair in values.items() if pair[1] is not None}
    if lacking := [column for column, (f, default) in values.items() if default is None and not f.null]:
        raise BulkError(f"{model.__name__} needs {lacking}")
    return [
        pl.lit(json.dumps(default) if isinstance(field, models.JSONField) else default).alias(column)
        for column, (field, default) in needed.items()
    ]


def _pour(table: str, columns: str, frame: pl.DataFrame, *, skip_taken: bool = False) -> int:
    pour = _pour_postgresql if connection.vendor == "postgresql" else _pour_sqlite
    return sum(pour(table, columns, part, skip_taken) for part in frame.iter_slices(ROWS_PER_WRITE))


def _pour_postgresql(table: str, columns: str, frame: pl.DataFrame, skip_taken: bool) -> int:
    # COPY's text format, escaped here: its CSV format ends at a line "\." even inside a quoted value.
    escaped = frame.with_columns(
        pl.col(pl.String).str.replace_many(["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"])
    )
    text = escaped.write_csv(include_header=False, separator="\t", quote_style="never", null_value="\\N")
    copying = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
        copy.write(text)
    return frame.height


def _pour_sqlite(table: str, columns: str, frame: pl.DataFrame, skip_taken: bool) -> int:
    moments = [_moment_text(name) for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    stored = frame.with_columns(pl.col(pl.Boolean).cast(pl.Int8), pl.col(pl.Date).dt.strftime("%Y-%m-%d"), *moments)
    marks = ", ".join(["%s"] * frame.width)
    skip = "ON CONFLICT DO NOTHING" if skip_taken else ""
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks}) {skip}", stored.rows())  # noqa: S608
        return cursor.rowcount


def _moment_text(name: str) -> pl.Expr:
    """Write a moment in UTC as Django does on SQLite, so that the texts compare."""
    moment = pl.col(name).dt.convert_time_zone("UTC")
    return (
        pl.when(moment.dt.microsecond() == 0)
        .then(moment.dt.strftime("%Y-%m-%d %H:%M:%S"))
        .otherwise(moment.dt.strftime("%Y-%m-%d %H:%M:%S%.6f"))
        .alias(name)
    )
