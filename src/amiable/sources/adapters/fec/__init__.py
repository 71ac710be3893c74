"""The French statutory accounting file (fichier des écritures comptables, article A. 47 A-1 LPF)."""

from pathlib import Path

from amiable.sources.adapters.fec.reading import columns_of, open_source

__all__ = ["open_source", "recognises"]


def recognises(path: Path, head: bytes) -> bool:
    """Say whether the first line names the columns that the law prescribes."""
    line = head.replace(b"\x00", b"").split(b"\n", 1)[0].decode("ascii", errors="ignore")
    return any(columns_of(line.split(delimiter)) for delimiter in ("\t", "|", ";", ","))
