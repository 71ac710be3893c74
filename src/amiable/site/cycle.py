"""What is a day's run? Import folder → plan → write → send → record.

Each part is safe to repeat and to kill: a file is booked once, a plan remembers each customer once, a message is
claimed before it is sent. So the run keeps no state of its own: whoever runs it again completes it.
"""

import fcntl
import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from amiable.organisation.models import Creditor
from amiable.outreach.models import Status
from amiable.planning.models import DayPlan
from amiable.planning.operations import plan_day
from amiable.planning.sending import send_day, why_nothing_leaves
from amiable.sources.errors import BadMapping, UnreadableFile
from amiable.sources.operations import import_file

INBOX = "inbox"  # below AMIABLE_HOME, one folder per creditor: a file put there is imported by the next run
UNFINISHED = {".part", ".filepart", ".tmp", ".crdownload"}  # how programs call a file that they still write

log = logging.getLogger(__name__)


@dataclass
class CycleReport:
    """What one run did."""

    creditor: Creditor
    as_of: date
    imported: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # file → reason
    plan: DayPlan | None = None
    sent: Counter[str] = field(default_factory=Counter)  # status → messages

    def sentences(self) -> list[str]:
        """Tell the run in sentences."""
        told = [_("Imported %(file)s.") % {"file": name} for name in self.imported]
        told += [_("Not imported: %(file)s. %(why)s") % {"file": f, "why": why} for f, why in self.refused.items()]
        if self.plan:
            told.append(
                _("%(day)s: %(contacts)d messages, %(tasks)d tasks, %(withheld)d steps withheld.")
                % {
                    "day": self.as_of,
                    "contacts": self.plan.contacts,
                    "tasks": self.plan.tasks,
                    "withheld": self.plan.withheld,
                }
            )
        if why := why_nothing_leaves(self.creditor):
            told.append(why)
        for status, count in sorted(self.sent.items()):
            told.append(f"{Status(status).label}: {count}")
        return told


def inbox_of(creditor: Creditor) -> Path:
    """Return the folder whose files the next run imports, making it where it is missing."""
    folder = settings.HOME / INBOX / creditor.slug
    for name in ("done", "refused"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


def import_inbox(creditor: Creditor, *, as_of: date, now: datetime, settled_seconds: float = 0) -> CycleReport:
    """Import every file of the creditor's inbox, oldest first, and put each aside under `done` or `refused`.

    Beside a refused file the reason stands in a text file. A file that was booked but not yet put aside when a run was
    killed is imported again, which changes nothing. Left alone are hidden files, those whose ending says that they are
    still being written, and those that changed within `settled_seconds`. While one run imports, others find nothing.
    """
    report = CycleReport(creditor, as_of)
    folder = inbox_of(creditor)
    with _alone_in(folder) as alone:
        for path in _waiting(folder, settled_seconds) if alone else []:
            refusal = _refusal_of(path, creditor, as_of=as_of, now=now)
            if refusal:
                report.refused[path.name] = refusal
                aside = _put_aside(path, folder / "refused")
                aside.with_name(f"{aside.name}.why.txt").write_text(refusal + "\n", encoding="utf-8")
            else:
                report.imported.append(path.name)
                _put_aside(path, folder / "done")
    return report


def _waiting(folder: Path, settled_seconds: float) -> list[Path]:
    settled = time.time() - settled_seconds
    files = [
        (path.stat().st_mtime, path.name, path)
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in UNFINISHED
    ]
    return [path for changed, _name, path in sorted(files) if changed <= settled]


def _refusal_of(path: Path, creditor: Creditor, *, as_of: date, now: datetime) -> str:
    """Import one file; return why it could not be, empty: it came in. One bad file must not stop the day."""
    try:
        import_file(path, creditor=creditor, by=None, file_name=path.name, as_of=as_of, now=now)
    except (UnreadableFile, BadMapping, OSError) as refusal:
        return str(refusal)
    except DatabaseError:  # not the file's fault: it waits for the next run
        raise
    except Exception:
        log.exception("%s could not be imported", path)
        return _("Something went wrong on our side. Nothing was changed.")
    return ""


@contextmanager
def _alone_in(folder: Path) -> Iterator[bool]:
    """Say whether we are the only one importing from a folder; a process that dies lets go."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _put_aside(path: Path, folder: Path) -> Path:
    target = folder / path.name
    copies = 1
    while target.exists():
        copies += 1
        target = folder / f"{path.stem} ({copies}){path.suffix}"
    return path.replace(target)


def run_cycle(creditor: Creditor, *, as_of: date, now: datetime, worker: str) -> CycleReport:
    """Run one day for one creditor and return what it did; `worker` names who claims the messages."""
    report = import_inbox(creditor, as_of=as_of, now=now)
    creditor.refresh_from_db()
    report.plan = plan_day(creditor, as_of=as_of, now=now)
    report.sent = send_day(creditor, now=now, worker=worker)
    return report
