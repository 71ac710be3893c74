"""Which formats are read? One line per format; the first that recognises a file reads it."""

from pathlib import Path
from types import ModuleType

from amiable.sources.adapters import csv, fec, xlsx
from amiable.sources.errors import EmptyFile, UnknownFormat
from amiable.sources.facts import Context
from amiable.sources.mapping import Mapping
from amiable.sources.source import Source

ADAPTERS: dict[str, ModuleType] = {"xlsx": xlsx, "fec": fec, "csv": csv}


def open_source(path: Path, *, context: Context, format: str | None = None, mapping: Mapping | None = None) -> Source:
    """Open a file with the adapter of its format, told or recognised by its content, never by its name.

    Raise an `UnreadableFile` that says why to the reader.
    """
    if format and format not in ADAPTERS:
        raise UnknownFormat
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise EmptyFile
    names = [format] if format else [name for name, adapter in ADAPTERS.items() if adapter.recognises(path, head)]
    if not names:
        raise UnknownFormat
    return ADAPTERS[names[0]].open_source(path, context=context, mapping=mapping)
