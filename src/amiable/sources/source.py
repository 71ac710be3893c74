"""What does every format offer, whatever it is?"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from amiable.sources.errors import BadMapping, ColumnsMissing
from amiable.sources.facts import Context, Portion, portions, sentences
from amiable.sources.guess import ColumnGuess, guess_table
from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.tables import Table


@dataclass
class Source:
    """A file opened by the adapter of its format.

    `portions` reads it once from the start; what had to be assumed is in `warnings` afterwards.
    """

    format: str
    details: dict[str, str]  # how it is written: encoding, delimiter, sheet
    kind: ListKind
    mapping: Mapping | None  # None where the format itself says which column is what
    columns: tuple[ColumnGuess, ...]
    read: Callable[[Counter[str]], Iterator[Portion]]
    context: Context
    doubts: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)  # columns without which nothing can be booked

    def portions(self) -> Iterator[Portion]:
        """Yield the facts of the file from its beginning. Raise `ColumnsMissing` where it cannot state any."""
        if self.missing:
            raise ColumnsMissing(self.missing)
        self.notes.clear()
        return self.read(self.notes)

    @property
    def warnings(self) -> list[str]:
        """Return doubts and assumptions in sentences."""
        return [*self.doubts, *sentences(self.notes, self.context)]


def table_source(
    name: str,
    table: Table,
    details: dict[str, str],
    *,
    context: Context,
    mapping: Mapping | None,
    comma_likely: bool,
) -> Source:
    """Open a table with the mapping given, else with the guessed one. Raise `BadMapping` where they do not fit."""
    guess = guess_table(table, country=context.country, comma_likely=comma_likely)
    doubts = list(guess.doubts)
    columns = guess.columns
    if mapping is None:
        mapping = guess.mapping
    else:
        doubts.clear()
        if unknown := [column for column in mapping.columns.values() if column not in table.columns]:
            raise BadMapping(_("The file has no column “%(column)s”.") % {"column": unknown[0]})
        roles = {column: str(role) for role, column in mapping.columns.items()}
        columns = tuple(
            replace(guess, role=roles.get(guess.column, ""), confidence=float(guess.column in roles))
            for guess in columns
        )
    return Source(
        format=name,
        details=details | {"header": str(table.header_line), "title": " / ".join(table.titles)[:200]},
        kind=mapping.kind,
        mapping=mapping,
        columns=columns,
        read=lambda notes: portions(table, mapping, context, notes),
        context=context,
        doubts=doubts,
        missing=mapping.missing(),
    )
