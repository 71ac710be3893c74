"""How far is an import?

While a file is being booked its transaction holds SQLite's only pen, so nobody can write progress into the database;
a small file beside the uploads tells it to the pages of this machine.
"""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """Return the folder of uploads and their progress, made on first use."""
    path = Path(settings.FILES) / "imports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _path(run_id: int) -> Path:
    return folder() / f"{int(run_id)}.progress"


def tell(run_id: int, rows: int) -> None:
    """Say how many lines are done."""
    _path(run_id).write_text(str(rows))


def told(run_id: int) -> tuple[int, datetime | None]:
    """Return how many lines are done and when that was said; None: nobody on this machine said anything."""
    try:
        path = _path(run_id)
        return int(path.read_text() or 0), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError):
        return 0, None


def forget(run_id: int) -> None:
    """Remove what was told."""
    _path(run_id).unlink(missing_ok=True)
