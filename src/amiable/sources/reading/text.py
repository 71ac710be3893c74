"""Which encoding, which delimiter, and where does each record begin?"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from amiable.sources.errors import EmptyFile, NotText

LONGEST_LINE = 100_000  # characters; no record of any accounting system comes near
MOST_LINES_PER_RECORD = 60  # a quoted text may run over lines; more than this is a quote that was never closed
MOST_CHARACTERS = 16_000_000  # held at once
DELIMITERS = ";\t|,"
_BLOCK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ONLY_IN_1252 = frozenset(range(0x80, 0xA0))
_FRENCH_IN_8859_15 = frozenset({0xA4, 0xBC, 0xBD, 0xBE})  # € Œ œ Ÿ there, signs that no name holds in Windows-1252

Record = tuple[int, list[str] | str]  # number of its first line (from 1), and its cells


def guess_encoding(path: Path) -> str:
    """Return the Python name of the encoding of the whole file.

    UTF-8 is proven or refuted by its own rules. What is left is a Western single-byte set, where a file that uses
    the letters peculiar to ISO 8859-15 and none of Windows-1252 is the former. Raise `NotText` for binary content.
    """
    with path.open("rb") as file:
        head = file.read(_BLOCK)
        if not head:
            raise EmptyFile
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding
        if (wide := _utf16_without_mark(head)) is not None:
            return wide
        _refuse_binary(head)
        decoder, seen, utf8 = codecs.getincrementaldecoder("utf-8")(), set(), True
        block = head
        while block:
            if utf8:
                utf8 = _decodes(decoder, block)
            if not block.isascii():
                seen.update(byte for byte in set(block) if byte >= 0x80)
            block = file.read(_BLOCK)
    if utf8 and _decodes(decoder, b"", final=True):
        return "utf-8"
    return "iso-8859-15" if seen & _FRENCH_IN_8859_15 and not seen & _ONLY_IN_1252 else "cp1252"


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(head: bytes) -> str | None:
    """Recognise UTF-16 by every second byte of Western text being zero."""
    even, odd = head[:4096:2], head[1:4096:2]
    if len(odd) < 8:
        return None
    if odd.count(0) > 0.8 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.8 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _refuse_binary(head: bytes) -> None:
    controls = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1a\x00")
    if controls > len(head) * 0.01 + 2 or head.count(0) > len(head) * 0.05 + 2:
        raise NotText


def guess_delimiter(lines: list[str]) -> str:
    """Return the delimiter that cuts the most lines into the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        width, count = max(((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(1, 0))
        score = count / max(sum(widths.values()), 1) * min(width, 8)
        if score > best_score:
            best, best_score = delimiter, score
    return best


class Lines:
    """The lines of a text file, bounded in length; those of the current record are kept, so as to take them back."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._file = path.open(encoding=encoding, errors="replace", newline="")
        self._back: list[str] = []
        self.record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._next()
        if not line:
            raise StopIteration
        self.record.append(line)
        return line

    def _next(self) -> str:
        if self._back:
            return self._back.pop()
        if self._file.closed:
            return ""
        line = self._file.readline(LONGEST_LINE)
        if not line:
            self._file.close()
        return line

    def take(self, count: int) -> list[str]:
        """Return the next lines, fewer than asked for where they are very long."""
        lines: list[str] = []
        size = 0
        while len(lines) < count and size < MOST_CHARACTERS and (more := list(islice(iter(self._next, ""), 100))):
            lines += more
            size += sum(map(len, more))
        return lines

    def give_back(self, lines: list[str]) -> None:
        """Let lines be read again, before those that follow."""
        self._back.extend(reversed(lines))

    def skip_rest_of_line(self) -> None:
        """Read on to the end of a line that was cut for its length."""
        while (more := self._next()) and not more.endswith(("\n", "\r")):
            pass

    def take_back(self) -> str:
        """Return the record's first line and let the others be read again."""
        first, *others = self.record
        self.give_back(others)
        self.record = [first]
        return first


def records(path: Path, *, encoding: str, delimiter: str) -> Iterator[Record]:
    """Yield each record of a delimited text with the number of its first line, blank ones left out.

    A line that is no record (a quote never closed, absurdly long) comes as its text instead of a list of cells, and
    reading goes on with the line after it.
    """
    for _next_line, record in _records(Lines(path, encoding), 1, delimiter):
        if record:
            yield record


def blocks(
    path: Path, *, encoding: str, delimiter: str, columns: Sequence[str], rows: int
) -> Iterator[tuple[int, pl.DataFrame] | list[Record]]:
    """Yield the same records from the first line on, some `rows` at a time.

    A block without quotes whose every line has as many cells as there are columns comes as a frame with the number
    of its first line, cut in one go; any other block comes record by record.
    """
    lines, number = Lines(path, encoding), 1
    while block := lines.take(rows):
        frame = _even(block, delimiter, columns)
        if frame is not None:
            yield number, frame
            number += len(block)
            continue
        lines.give_back(block)
        chunk, end = [], number + len(block)
        for number, record in _records(lines, number, delimiter):  # noqa: B020 goes on where the block began
            if record:
                chunk.append(record)
            if number >= end:
                break
        yield chunk


def _even(block: list[str], delimiter: str, columns: Sequence[str]) -> pl.DataFrame | None:
    text = "".join(block)
    wanted = len(columns) - 1
    if '"' in text or text.count(delimiter) != wanted * len(block):
        return None
    if text.count("\r") != text.count("\r\n") or text.count("\n") < len(block) - 1:
        return None  # Polars ends a line at \n alone
    if (pl.Series(block).str.count_matches(delimiter, literal=True) != wanted).any():
        return None
    frame = pl.read_csv(
        text.encode(),
        has_header=False,
        separator=delimiter,
        quote_char=None,
        infer_schema=False,
        new_columns=list(columns),
    )
    return frame if frame.height == len(block) else None


def _records(lines: Lines, number: int, delimiter: str) -> Iterator[tuple[int, Record | None]]:
    """Yield the number of the line after each record, and the record; None for a blank one."""
    csv.field_size_limit(LONGEST_LINE * 2)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.record.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        count, record = len(lines.record), None
        unclosed = count > 1 and sum(line.count('"') for line in lines.record) % 2  # the file ended before the quote
        if cells is None or unclosed or count > MOST_LINES_PER_RECORD:
            record, count = (number, lines.take_back()), 1
            reader = csv.reader(lines, delimiter=delimiter)  # the old one may still be inside the open quote
        elif count == 1 and len(lines.record[0]) >= LONGEST_LINE:
            lines.skip_rest_of_line()
            record = number, lines.record[0][:1000]
        elif any(cells):
            record = number, cells
        number += count
        yield number, record
