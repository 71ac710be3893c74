"""Imports on a worker."""

from celery import shared_task

from amiable.sources.errors import BadMapping, UnreadableFile
from amiable.sources.models import ImportRun
from amiable.sources.operations.importing import import_stored


@shared_task(acks_late=True, reject_on_worker_lost=True)
def import_run(run_id: int) -> str:
    """Bring in a queued upload and return its status; safe to deliver twice."""
    run = ImportRun.objects.select_related("creditor", "by").get(pk=run_id)
    try:
        return str(import_stored(run).status)
    except (UnreadableFile, BadMapping):
        return str(run.status)  # the run says why; trying again would not help
