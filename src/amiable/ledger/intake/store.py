"""What does bulk booking ask of the database beyond reading and writing frames?"""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Model

from amiable.organisation.bulk import read_frame, staged

IMPORTS = 0x616D69  # the first half of the key of the locks that keep imports apart, on PostgreSQL


def serialise(creditor_id: int) -> None:
    """Let only one import of a creditor run at a time; nobody but another import ever waits for it.

    SQLite needs nothing: a writing transaction is alone.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORTS, creditor_id])


def found_by(
    model: type[Model],
    key: str,
    values: pl.Series,
    columns: dict[str, Any],
    *,
    where: str = "TRUE",
    params: Sequence[Any] = (),
) -> pl.DataFrame:
    """Return the rows of a table whose `key` column is among the values; `where` (on `t`) narrows them further.

    One statement that looks each value up in an index, whatever their number.
    """
    schema = pl.Schema(columns)
    if values.is_empty():
        return schema.to_frame()
    if connection.vendor == "postgresql":
        value = "value::bigint" if values.dtype.is_integer() else "value"
        source = f"(SELECT {value} AS value FROM json_array_elements_text(%s::json)) AS wanted JOIN"  # noqa: S608
    else:
        # CROSS JOIN is SQLite's word for "in this order": it would rather walk the table once per value.
        source = "json_each(%s) AS wanted CROSS JOIN"
    listed = ", ".join(_selected(name, kind) for name, kind in columns.items())
    sql = (
        f"SELECT {listed} FROM {source} {_quoted(model._meta.db_table)} t "  # noqa: S608 names come from models
        f"ON t.{_quoted(key)} = wanted.value WHERE {where}"
    )
    return read_frame(sql, schema=schema, params=[json.dumps(values.to_list()), *params])


def add_allocated(model: type[Model], frame: pl.DataFrame) -> None:
    """Raise `allocated_minor` of rows by `added_minor`; items that are then settled get their day `settled_on`.

    Added, not set: whatever else was allocated meanwhile counts, and the database refuses more than the amount.
    """
    if frame.is_empty():
        return
    table = _quoted(model._meta.db_table)
    changes = f"allocated_minor = {table}.allocated_minor + s.allocated_minor"
    if "settled_on" in frame.columns:
        full = f"{table}.allocated_minor + s.allocated_minor = {table}.amount_minor"
        changes += f", settled_on = CASE WHEN {full} THEN s.settled_on END"
    with staged(model, frame.rename({"added_minor": "allocated_minor"})) as stage, connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {changes} FROM {stage} s WHERE {table}.id = s.id")  # noqa: S608


def reserve_ids(model: type[Model], count: int) -> pl.Series:
    """Take ids for rows about to be inserted, so that other rows can point at them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return pl.Series([row[0] for row in cursor.fetchall()], dtype=pl.Int64)
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return pl.int_range(last + 1, last + 1 + count, eager=True)


def _selected(name: str, kind: Any) -> str:
    """Name a column; a day as the text that SQLite keeps, which Polars reads faster than Django."""
    column = f"t.{_quoted(name)}"
    return f"CAST({column} AS text)" if kind == pl.Date and connection.vendor == "sqlite" else column


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
