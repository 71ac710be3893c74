"""What was imported, and how far is an import?"""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from amiable.organisation.models import Creditor
from amiable.sources import progress
from amiable.sources.models import ImportRun, Profile, RejectedRow


@dataclass(frozen=True)
class Progress:
    """How far a run is; `total` is 0 while nobody has counted the lines."""

    status: str
    done: int
    total: int

    @property
    def percent(self) -> int | None:
        """Return the share done, None where it is not known."""
        return min(100, 100 * self.done // self.total) if self.total else None


def runs(creditor: Creditor | None = None) -> QuerySet[ImportRun]:
    """Return imports, the newest first, with `rejected_rows` counted; one statement."""
    found = ImportRun.objects.select_related("creditor", "by").annotate(rejected_rows=Count("rejected"))
    return (found.filter(creditor=creditor) if creditor else found).order_by("-started_at", "-pk")


def run_in(creditor: Creditor, run_id: int) -> ImportRun | None:
    """Return one import of a creditor, and who brought it; one statement."""
    return ImportRun.objects.select_related("creditor", "by").filter(creditor=creditor, pk=run_id).first()


def rejected_rows(run: ImportRun) -> QuerySet[RejectedRow]:
    """Return the lines that were turned away, in the order of the file."""
    return RejectedRow.objects.filter(run=run).order_by("line", "pk")


def progress_of(run: ImportRun) -> Progress:
    """Return how far a run is, from the database and, while it is being booked, from what its process tells."""
    done, _seen = progress.told(run.pk) if run.status == ImportRun.Status.RUNNING else (run.rows_done, None)
    return Progress(run.status, done, run.rows_total)


def profiles() -> QuerySet[Profile]:
    """Return the saved mappings by name."""
    return Profile.objects.order_by("name")
