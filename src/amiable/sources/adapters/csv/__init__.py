"""Delimited text of any dialect."""

from dataclasses import replace
from pathlib import Path

from amiable.sources.facts import Context
from amiable.sources.mapping import Mapping
from amiable.sources.reading.text import Lines, blocks, guess_delimiter, guess_encoding, records
from amiable.sources.source import Source, table_source
from amiable.sources.tables import find_table

__all__ = ["open_source", "recognises"]


def recognises(path: Path, head: bytes) -> bool:
    """Say whether the file may be delimited text; it is what remains when no other format fits."""
    return not head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"))


def open_source(path: Path, *, context: Context, mapping: Mapping | None) -> Source:
    """Find the table in a delimited text. Raise an `UnreadableFile` where there is none."""
    encoding = guess_encoding(path)
    delimiter = guess_delimiter(_first_lines(path, encoding))
    table = replace(
        find_table(lambda: records(path, encoding=encoding, delimiter=delimiter)),
        blocks=lambda columns, rows: blocks(path, encoding=encoding, delimiter=delimiter, columns=columns, rows=rows),
    )
    details = {"encoding": encoding, "delimiter": delimiter}
    return table_source("csv", table, details, context=context, mapping=mapping, comma_likely=delimiter == ";")


def _first_lines(path: Path, encoding: str) -> list[str]:
    lines = Lines(path, encoding)
    return [line for line, _n in zip(lines, range(200), strict=False)]
