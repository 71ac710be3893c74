"""Excel workbooks: the sheet that looks most like a ledger."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from amiable.sources.errors import BrokenWorkbook, EmptyFile, NoHeader, OldWorkbook, TooLarge
from amiable.sources.facts import Context
from amiable.sources.mapping import Mapping
from amiable.sources.source import Source, table_source
from amiable.sources.tables import Cells, Table, find_table

__all__ = ["open_source", "recognises"]

MOST_UNPACKED = 1 << 30  # bytes; a sheet with all of Excel's million rows stays below
MOST_PARTS = 10_000
MOST_SHEETS = 30  # looked at
_OLD = b"\xd0\xcf\x11\xe0"


def recognises(path: Path, head: bytes) -> bool:
    """Say whether the file is an Excel workbook, of whatever age."""
    return head.startswith((b"PK\x03\x04", _OLD))


def open_source(path: Path, *, context: Context, mapping: Mapping | None) -> Source:
    """Find the table in a workbook. Raise an `UnreadableFile` where there is none.

    Formulas are read as the values they had when the file was saved.
    """
    check_archive(path)
    try:
        workbook = fastexcel.read_excel(str(path))
        sheets = [(name, _cells(workbook, name)) for name in workbook.sheet_names[:MOST_SHEETS]]
    except fastexcel.FastExcelError as error:
        raise BrokenWorkbook from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the parser's own failure does not derive from Exception
            raise
        raise BrokenWorkbook from error
    if not any(cells.height for _name, cells in sheets):
        raise EmptyFile
    tables = [(name, table) for name, cells in sheets if (table := _table(cells))]
    if not tables:
        raise NoHeader
    if mapping:
        name, table = max(tables, key=lambda pair: len(set(pair[1].columns) & set(mapping.columns.values())))
    else:
        name, table = max(tables, key=lambda pair: _promise(pair[1]))
    return table_source("xlsx", table, {"sheet": name}, context=context, mapping=mapping, comma_likely=False)


def check_archive(path: Path) -> None:
    """Look at the sizes that the archive declares, before anything is unpacked.

    An archive that declares less than it holds fails on reading, since its parts are cut at what was declared.
    """
    with path.open("rb") as file:
        if file.read(4) == _OLD:
            raise OldWorkbook
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BrokenWorkbook from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooLarge(MOST_UNPACKED >> 20)
    if not any(name.startswith("xl/") for name in names):
        raise BrokenWorkbook


def _cells(workbook: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    return workbook.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()


def _table(frame: pl.DataFrame) -> Table | None:
    def records() -> Iterator[tuple[int, Cells]]:
        for number, row in enumerate(frame.iter_rows(), start=1):
            if any(row):
                yield number, [cell or "" for cell in row]

    try:
        return find_table(records)
    except (EmptyFile, NoHeader):
        return None


def _promise(table: Table) -> tuple[int, int]:
    """Say how much a sheet looks like a ledger: columns that sound like one, then rows."""
    from amiable.sources.vocabulary import name_scores  # noqa: PLC0415

    known = sum(max(name_scores(name).values(), default=0) > 0.6 for name in table.columns)
    return known, sum(1 for _row in table.records())
