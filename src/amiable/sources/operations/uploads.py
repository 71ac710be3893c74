"""How does a file get from a browser into the ledger?"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from zoneinfo import ZoneInfo

from celery import signature
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations.audit import record
from amiable.sources import progress
from amiable.sources.errors import ColumnsMissing
from amiable.sources.mapping import Mapping
from amiable.sources.models import ImportRun
from amiable.sources.operations.importing import clean_name
from amiable.sources.operations.previewing import Preview, preview_file

TASK = "amiable.sources.tasks.import_run"  # by name: the task itself calls these operations


class UploadTooLarge(ValueError):
    """More bytes than an upload may have."""

    def __init__(self) -> None:
        megabytes = settings.UPLOAD_MAX_BYTES >> 20
        super().__init__(_("Files of more than %(megabytes)d MB are not taken.") % {"megabytes": megabytes})


class NotWaiting(Exception):
    """An upload was confirmed before, or is already in."""

    def __init__(self) -> None:
        super().__init__(_("This file is no longer waiting to be confirmed."))


def receive_upload(
    chunks: Iterable[bytes], *, creditor: Creditor, by: Member | None, file_name: str, now: datetime
) -> ImportRun:
    """Keep an upload under a name of our own and return its run, which waits to be confirmed.

    Raise `UploadTooLarge`, keeping nothing.
    """
    stored_as, checksum, size = f"{token_hex(16)}.upload", hashlib.sha256(), 0
    path = progress.folder() / stored_as
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise UploadTooLarge
                checksum.update(chunk)
                file.write(chunk)
        with transaction.atomic():
            run = ImportRun.objects.create(
                creditor=creditor,
                file_name=clean_name(file_name),
                stored_as=stored_as,
                sha256=checksum.hexdigest(),
                started_at=now,
                by=by,
            )
            facts = {"file": run.file_name, "sha256": run.sha256, "bytes": size}
            record("import.uploaded", by=by, creditor=creditor, subject=f"import:{run.pk}", facts=facts)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return run


def preview_upload(
    run: ImportRun, *, format: str | None = None, mapping: Mapping | None = None, currency: str | None = None
) -> Preview:
    """Say what an upload holds; where needed columns were not recognised, `missing` names them.

    Raise an `UnreadableFile` or `BadMapping`.
    """
    as_of = run.started_at.astimezone(ZoneInfo(run.creditor.time_zone)).date()
    path = progress.folder() / run.stored_as
    preview = preview_file(
        path, creditor=run.creditor, as_of=as_of, format=format, mapping=mapping, currency=currency, incomplete=True
    )
    ImportRun.objects.filter(pk=run.pk).update(rows_total=preview.lines)
    return preview


def start_import(
    run: ImportRun, *, by: Member | None, format: str | None = None, mapping: Mapping | None = None
) -> ImportRun:
    """Confirm an upload, with its mapping as corrected, and queue it. Raise `NotWaiting` the second time.

    Raise `ColumnsMissing` where the mapping leaves out what the kind of list needs.
    """
    if mapping and (missing := mapping.missing()):
        raise ColumnsMissing(missing)
    plain = mapping.to_json() if mapping else {}
    with transaction.atomic():
        waiting = ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.UPLOADED)
        if not waiting.update(status=ImportRun.Status.QUEUED, mapping=plain, format=format or "", by=by):
            raise NotWaiting
        record("import.confirmed", by=by, creditor=run.creditor, subject=f"import:{run.pk}", facts={"mapping": plain})
        transaction.on_commit(lambda: signature(TASK, [run.pk]).apply_async())
    run.refresh_from_db()
    return run
