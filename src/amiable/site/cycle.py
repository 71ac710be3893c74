"""What is a day's run? Import folder → plan → write → send → record.

Each part is safe to repeat and to kill: a file is booked once, a plan remembers each customer once, a message is
claimed before it is sent. So the run keeps no state of its own: whoever runs it again completes it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from amiable.organisation.models import Creditor
from amiable.planning.models import DayPlan
from amiable.planning.operations import plan_day
from amiable.planning.sending import send_day
from amiable.sources.errors import BadMapping, UnreadableFile
from amiable.sources.operations import import_file

INBOX = "inbox"  # below AMIABLE_HOME, one folder per creditor: a file put there is imported by the next run


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
        if not self.creditor.sending:
            told.append(_("Safe mode: nothing was sent; the messages can be read in the outbox."))
        elif self.sent:
            told.append(", ".join(f"{status}: {count}" for status, count in sorted(self.sent.items())))
        return told


def inbox_of(creditor: Creditor) -> Path:
    """Return the folder whose files the next run imports, making it where it is missing."""
    folder = settings.HOME / INBOX / creditor.slug
    for name in ("done", "refused"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


def import_inbox(creditor: Creditor, *, as_of: date, now: datetime) -> CycleReport:
    """Import every file of the creditor's inbox, oldest first, and put each aside under `done` or `refused`.

    A file that was booked but not yet put aside when a run was killed is imported again, which changes nothing.
    """
    report = CycleReport(creditor, as_of)
    folder = inbox_of(creditor)
    waiting = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    for path in sorted(waiting, key=lambda path: (path.stat().st_mtime, path.name)):
        try:
            import_file(path, creditor=creditor, by=None, file_name=path.name, as_of=as_of, now=now)
        except (UnreadableFile, BadMapping) as refusal:
            report.refused[path.name] = str(refusal)
            _put_aside(path, folder / "refused")
        else:
            report.imported.append(path.name)
            _put_aside(path, folder / "done")
    return report


def _put_aside(path: Path, folder: Path) -> None:
    target = folder / path.name
    copies = 1
    while target.exists():
        copies += 1
        target = folder / f"{path.stem} ({copies}){path.suffix}"
    path.replace(target)


def run_cycle(creditor: Creditor, *, as_of: date, now: datetime, worker: str) -> CycleReport:
    """Run one day for one creditor and return what it did; `worker` names who claims the messages."""
    report = import_inbox(creditor, as_of=as_of, now=now)
    creditor.refresh_from_db()
    report.plan = plan_day(creditor, as_of=as_of, now=now)
    report.sent = send_day(creditor, now=now, worker=worker)
    return report
