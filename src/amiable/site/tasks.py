"""Which work do workers share? Each task says "look again" at what the database holds.

A task lost with its worker costs minutes, since the next `look` hands the work out anew; one run twice changes nothing.
"""

import os
import socket
import threading
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from celery import shared_task
from celery.signals import task_success, worker_ready

from amiable.organisation import clock
from amiable.organisation.models import Creditor
from amiable.planning.operations import plan_shard, spans
from amiable.planning.queries import plan_is_complete
from amiable.planning.sending import send_batch
from amiable.site.cycle import import_inbox
from amiable.sources.models import ImportRun
from amiable.sources.operations.importing import close_interrupted
from amiable.sources.tasks import import_run

DAY_BEGINS_AT = 6  # o'clock, where the creditor is: after the night's exports, before anybody's office hours
MOST_SHARDS = 32  # more would only make more tasks, not more workers
SETTLED_SECONDS = 20  # a file of the inbox that changed later than that may still be written
LOST_AFTER = timedelta(minutes=10)  # a confirmed upload that nobody began by then was lost on the way


def worker_name() -> str:
    """Return a name that tells host, process and thread apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


@shared_task(name="amiable.site.tasks.look")
def look() -> None:
    """Look at every creditor: begin the day where it has not been planned, send what may be sent."""
    now = clock.now()
    close_interrupted(now=now)
    for lost in ImportRun.objects.filter(status=ImportRun.Status.QUEUED, started_at__lt=now - LOST_AFTER):
        import_run.delay(lost.pk)
    for creditor in Creditor.objects.order_by("id"):
        if day_has_begun(creditor, now):
            begin_day.delay(creditor.pk, clock.today(creditor).isoformat())
        send_some.delay(creditor.pk)


@worker_ready.connect
def look_at_once(**_signal: Any) -> None:
    """Look when a worker has come up, not only at the schedule's next tick."""
    look.delay()


def day_has_begun(creditor: Creditor, now: datetime) -> bool:
    """Say whether the night's exports are in, where the creditor is, and the day may be planned."""
    return now.astimezone(ZoneInfo(creditor.time_zone)).hour >= DAY_BEGINS_AT


@shared_task(name="amiable.site.tasks.begin_day")
def begin_day(creditor_id: int, day: str, again: bool = False) -> None:
    """Import what lies in the inbox, then hand out the day's planning in shards, if it is not planned yet.

    What came in since is planned for as well: after an import, or with `again`, every shard is handed out anew.
    """
    creditor = Creditor.objects.get(pk=creditor_id)
    as_of = date.fromisoformat(day)
    imported = import_inbox(creditor, as_of=as_of, now=clock.now(), settled_seconds=SETTLED_SECONDS).imported
    if plan_is_complete(creditor, day=as_of) and not imported and not again:
        return
    shards = min(MOST_SHARDS, max(1, len(spans(creditor))))
    for shard in range(shards):
        plan_some.delay(creditor_id, day, shard, shards)


@shared_task(name="amiable.site.tasks.plan_some")
def plan_some(creditor_id: int, day: str, shard: int, shards: int) -> None:
    """Plan the day for one shard of the creditor's customers, then see to what may be sent."""
    creditor = Creditor.objects.get(pk=creditor_id)
    plan_shard(creditor, as_of=date.fromisoformat(day), shard=shard, shards=shards, now=clock.now())
    send_some.delay(creditor_id)


@shared_task(name="amiable.site.tasks.send_some")
def send_some(creditor_id: int) -> None:
    """Claim and send one batch, and hand on while there is more: many workers share a day's messages."""
    creditor = Creditor.objects.get(pk=creditor_id)
    counts = send_batch(creditor, now=clock.now(), worker=worker_name())
    if set(counts) - {"ready"}:
        send_some.delay(creditor_id)


@task_success.connect(sender=import_run)
def plan_after_import(result: Any, sender: Any, **_signal: Any) -> None:
    """Plan the day again once an upload has come in.

    `sources` does not know planning, so its task is followed here. The signal comes before the task is acknowledged:
    a worker that dies between the two hands the import back, which then changes nothing and calls us again.
    """
    if result != ImportRun.Status.DONE:
        return
    creditor = ImportRun.objects.select_related("creditor").get(pk=sender.request.args[0]).creditor
    if day_has_begun(creditor, clock.now()):
        begin_day.delay(creditor.pk, clock.today(creditor).isoformat(), again=True)
