"""Where does a table begin in a file, and how do its rows come out in bounded pieces?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import polars as pl
from django.utils.translation import gettext as _

from amiable.sources.errors import EmptyFile, NoHeader
from amiable.sources.vocabulary import name_scores

ROWS_PER_PORTION = 50_000
SAMPLE_ROWS = 5_000
HEADER_WITHIN = 40  # rows; titles, addresses and blank lines may stand above the header
MOST_COLUMNS = 500
LONGEST_CELL = 1_000  # characters kept of one cell
LINE = "·line"  # a name that no file gives to a column

Cells = list[str]
Record = tuple[int, Cells | str]  # number of its first line; its cells, or its text where it has none
Records = Iterable[Record]
Blocks = Iterable[tuple[int, pl.DataFrame] | list[Record]]  # an even block with the number of its first line


CONTENT_LONGEST = 1000  # characters kept of a line that cannot come in


@dataclass(frozen=True)
class Rejected:
    """A line that cannot be taken in, and why; a long line is cut."""

    line: int
    reason: str
    content: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content[:CONTENT_LONGEST])


@dataclass(frozen=True)
class Table:
    """Rows under a header. `records` may be called again and again."""

    records: Callable[[], Records]
    header_line: int
    columns: tuple[str, ...]  # made unique, as the file names them
    titles: tuple[str, ...] = field(default=())  # what stood above the header
    blocks: Callable[[Sequence[str], int], Blocks] | None = None  # the same rows faster, where the format can

    def portions(self, rows: int = ROWS_PER_PORTION) -> Iterator[tuple[pl.DataFrame, list[Rejected]]]:
        """Yield frames of text cells and `LINE`, each with the lines that have no place in the table."""
        if self.blocks:
            for block in self.blocks(self.columns, rows):
                yield self._framed(block) if isinstance(block, list) else self._even(*block)
            return
        records = iter(self.records())
        while chunk := list(islice(records, rows)):
            yield self._framed(chunk)

    def sample(self, rows: int = SAMPLE_ROWS) -> pl.DataFrame:
        """Return the first rows."""
        return next((frame for frame, _rejected in self.portions(rows)), self._framed([])[0])

    def whole(self, names: list[str]) -> pl.DataFrame:
        """Return some columns of the whole table, each value once; for what must not be judged by a sample."""
        seen = pl.DataFrame(schema={name: pl.List(pl.String) for name in names})
        for frame, _rejected in self.portions():
            unique = frame.select(pl.col(name).unique().implode() for name in names)
            seen = pl.concat([seen, unique])
            seen = seen.select(pl.col(name).explode().unique().implode() for name in names)
        return seen

    def _even(self, first_line: int, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejected]]:
        numbered = frame.with_row_index(LINE, offset=first_line).cast({LINE: pl.Int64})
        is_header = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(name)) for name in self.columns)
        return numbered.filter((pl.col(LINE) > self.header_line) & ~is_header), []

    def _framed(self, chunk: list[Record]) -> tuple[pl.DataFrame, list[Rejected]]:

        width, header = len(self.columns), list(self.columns)
        lines: list[int] = []
        rows: list[Cells] = []
        rejected: list[Rejected] = []
        for line, cells in chunk:
            if line <= self.header_line:
                continue
            if isinstance(cells, str):
                rejected.append(Rejected(line, _("This line is no row of a table."), cells))
                continue
            if len(cells) != width:
                if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                    reason = _("This line has %(found)d cells, the header has %(expected)d.")
                    counts = {"found": len(cells), "expected": width}
                    rejected.append(Rejected(line, reason % counts, " | ".join(cells)))
                    continue
                cells = (cells + [""] * width)[:width]  # noqa: PLW2901
            if cells != header:  # printed lists repeat it on every page
                lines.append(line)
                rows.append(cells)
        columns = list(zip(*rows, strict=True)) if rows else [()] * width
        series = [pl.Series(name, column, pl.String) for name, column in zip(header, columns, strict=True)]
        frame = pl.DataFrame([pl.Series(LINE, lines, pl.Int64), *series])
        return frame, rejected


def find_table(records: Callable[[], Records]) -> Table:
    """Find the line that names the columns. Raise `EmptyFile` or `NoHeader`.

    It is the line among the first ones with the most cells that sound like columns of a ledger; where none does,
    the first line with several different names and no number.
    """
    head = [
        (line, [_name(cell) for cell in cells]) for line, cells in islice(records(), HEADER_WITHIN) if _is_row(cells)
    ]
    if not head:
        raise EmptyFile
    line, names = max(head, key=lambda row: (_sounds_like_columns(row[1]), -row[0]))
    if not _sounds_like_columns(names):
        line, names = next((row for row in head if _could_be_names(row[1])), (0, []))
    if not names:
        raise NoHeader
    while names and not names[-1]:
        names.pop()
    above = (" ".join(filter(None, cells)) for number, cells in head if number < line)
    return Table(records, line, tuple(_unique(names)), tuple(filter(None, above)))


def _is_row(cells: Cells | str) -> bool:
    return not isinstance(cells, str)


def _name(cell: str) -> str:
    return " ".join(cell.replace("\x00", "").split())[:80]


def _sounds_like_columns(names: Cells) -> int:
    scores = (name_scores(name) for name in names[:MOST_COLUMNS] if name and len(name) < 60)
    known = sum(max(score.values(), default=0) > 0.6 for score in scores)
    return known if known > 1 or sum(map(bool, names)) == 1 else 0


def _could_be_names(names: Cells) -> bool:
    said = [name for name in names if name]
    plain = all(not any(character.isdigit() for character in name) for name in said)
    return len(said) > 1 and len(said) > len(names) / 2 and len(set(said)) == len(said) and plain


def _unique(names: Cells) -> Iterator[str]:
    """Name empty columns by their place, and number those that share a name."""
    taken: dict[str, int] = {}
    for place, name in enumerate(names[:MOST_COLUMNS], start=1):
        base = name or f"#{place}"
        taken[base] = taken.get(base, 0) + 1
        yield base if taken[base] == 1 else f"{base} ({taken[base]})"
