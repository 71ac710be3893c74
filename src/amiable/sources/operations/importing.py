"""How does a file come in: once, whole or not at all, with a record of what it brought?"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.ledger.intake import Batch, Terms, book
from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations.audit import record
from amiable.sources import progress
from amiable.sources.errors import BadMapping, UnreadableFile
from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.models import ImportRun, RejectedRow
from amiable.sources.operations.opening import opened
from amiable.sources.operations.profiles import UnknownProfile
from amiable.sources.source import Source
from amiable.sources.tables import Rejected

REJECTED_KEPT = 10_000  # lines stored with a run; more of them say nothing new
INTERRUPTED_AFTER = timedelta(minutes=15)  # without a sign of life
Progress = Callable[[int], None]


def import_file(
    path: Path,
    *,
    creditor: Creditor,
    by: Member | None,
    file_name: str,
    as_of: date,
    now: datetime,
    format: str | None = None,
    mapping: Mapping | None = None,
    profile: str | None = None,
    currency: str | None = None,
    on_progress: Progress | None = None,
) -> ImportRun:
    """Bring a file in and return its run, with counts and rejected rows.

    Good lines come in, bad ones are listed. A file that cannot be read, or that stops half-way for whatever reason,
    changes nothing: its run is then failed, and the error is raised. `on_progress` is told the lines done so far.
    """
    close_interrupted(now=now)
    run = ImportRun.objects.create(
        creditor=creditor,
        file_name=clean_name(file_name),
        sha256=digest(path),
        format=format or "",
        status=ImportRun.Status.RUNNING,
        started_at=now,
        by=by,
    )
    return _run(
        run,
        lambda: opened(
            path, creditor=creditor, as_of=as_of, format=format, mapping=mapping, profile=profile, currency=currency
        ),
        as_of=as_of,
        on_progress=on_progress,
    )


def import_stored(run: ImportRun, *, on_progress: Progress | None = None) -> ImportRun:
    """Bring in an upload that was queued, or that a dead worker left behind; one that is done is left alone.

    The day is the day of the upload where the creditor is, so that a late retry books the same facts.
    """
    if run.status not in (ImportRun.Status.QUEUED, ImportRun.Status.RUNNING):
        return run
    ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.RUNNING)
    as_of = run.started_at.astimezone(ZoneInfo(run.creditor.time_zone)).date()
    mapping = Mapping.from_json(run.mapping) if run.mapping else None
    path = progress.folder() / run.stored_as
    return _run(
        run,
        lambda: opened(path, creditor=run.creditor, as_of=as_of, format=run.format or None, mapping=mapping),
        as_of=as_of,
        on_progress=on_progress,
    )


def close_interrupted(*, now: datetime) -> int:
    """Mark runs as failed whose process gave no sign of life for a while; return how many.

    Their transaction never ended, so the ledger is as it was before them.
    """
    closed = 0
    for run in ImportRun.objects.filter(status=ImportRun.Status.RUNNING, started_at__lt=now - INTERRUPTED_AFTER):
        _rows, seen = progress.told(run.pk)
        if seen is None or seen < now - INTERRUPTED_AFTER:
            _fail(run, _("The import was interrupted. Nothing was changed; please import the file again."))
            closed += 1
    return closed


def clean_name(name: str) -> str:
    """Return a file's name as it may be shown; it is never used as a path."""
    base = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]+", " ", base).strip()[-200:] or _("unnamed")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(run: ImportRun, open_file: Callable[[], Source], *, as_of: date, on_progress: Progress | None) -> ImportRun:
    def tell(rows: int) -> None:
        progress.tell(run.pk, rows)
        if on_progress:
            on_progress(rows)

    try:
        progress.tell(run.pk, 0)
        _book(run, open_file(), as_of=as_of, tell=tell)
    except (UnreadableFile, BadMapping, UnknownProfile) as refusal:
        _fail(run, str(refusal))
        raise
    except Exception:
        _fail(run, _("Something went wrong on our side. Nothing was changed."))
        raise
    finally:
        progress.forget(run.pk)
    return run


def _book(run: ImportRun, source: Source, *, as_of: date, tell: Progress) -> None:
    """Book the facts, keep the rejected lines, finish the run and write the audit line, all in one transaction."""
    rejected: list[Rejected] = []
    turned_away = 0

    def batches() -> Iterator[Batch]:
        nonlocal turned_away
        for portion in source.portions():
            turned_away += len(portion.rejected)
            rejected.extend(portion.rejected[: REJECTED_KEPT - len(rejected)])
            run.rows_done += portion.batch.rows
            yield portion.batch

    run.rows_done = 0
    with transaction.atomic():
        counts = book(run.creditor, batches(), as_of=as_of, terms=_terms(source), on_progress=tell)
        RejectedRow.objects.filter(run=run).delete()
        RejectedRow.objects.bulk_create(
            (
                RejectedRow(run=run, line=row.line, reason=row.reason[:300], content=row.content[:1000])
                for row in rejected
            ),
            batch_size=2000,
        )
        run.format = source.format
        run.mapping = source.mapping.to_json() if source.mapping else {}
        run.counts = counts | {"rows": {"rejected": turned_away}}
        run.rows_total = run.rows_done = run.rows_done + turned_away
        run.status = ImportRun.Status.DONE
        run.error = ""
        event = record(
            "import.booked",
            by=run.by,
            creditor=run.creditor,
            subject=f"import:{run.pk}",
            facts={"file": run.file_name, "sha256": run.sha256, "format": run.format, "counts": run.counts},
        )
        run.finished_at = event.at
        run.save()


def _terms(source: Source) -> Terms:
    parties = source.kind in (ListKind.CUSTOMERS, ListKind.CONTACTS)
    mapping = source.mapping
    return Terms(
        customers_are_master=parties,
        lists_all_open=source.kind is ListKind.OPEN_ITEMS,
        settle_unlisted=bool(mapping and mapping.settle_unlisted),
        speaks_of_money=not parties,
        data_until=date.fromisoformat(mapping.data_until) if mapping and mapping.data_until else None,
    )


def _fail(run: ImportRun, error: str) -> None:
    run.status, run.error = ImportRun.Status.FAILED, error
    with transaction.atomic():
        event = record(
            "import.failed", by=run.by, creditor=run.creditor, subject=f"import:{run.pk}", facts={"error": error}
        )
        unfinished = ImportRun.objects.filter(pk=run.pk).exclude(status=ImportRun.Status.DONE)  # by another worker
        unfinished.update(status=run.status, error=error, finished_at=event.at)
