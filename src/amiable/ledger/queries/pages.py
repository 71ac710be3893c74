"""Which part of a long list is shown?"""

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
PER_PAGE = 50


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list in its order, and where they stand in it."""

    rows: tuple[Row, ...]
    number: int  # from 1
    total: int  # rows of the whole list
    per_page: int = PER_PAGE

    @property
    def last(self) -> int:
        """The number of the last page; an empty list has one page."""
        return max(1, -(-self.total // self.per_page))


def ordering(sort: str, columns: dict[str, str]) -> str:
    """Return ORDER BY for a sort key, descending with "-" before it; an unknown key gives the first one's order.

    "-" before a column says that it falls where the key rises. Nulls come last either way.
    """
    column = columns.get(sort.removeprefix("-")) or next(iter(columns.values()))
    falls = sort.startswith("-") != column.startswith("-")
    return f"{column.removeprefix('-')} {'DESC' if falls else 'ASC'} NULLS LAST"
