"""Which work do workers share? Each task says "look again" at what the database holds.

A task lost with its worker costs minutes, since the next `look` hands the work out anew; one run twice changes nothing.
"""

import os
import socket
import threading
from datetime import date
from zoneinfo import ZoneInfo

from celery import shared_task

from amiable.organisation import clock
from amiable.organisation.models import Creditor
from amiable.planning.operations import plan_shard, spans
from amiable.planning.queries import plan_is_complete
from amiable.planning.sending import send_batch
from amiable.site.cycle import import_inbox

DAY_BEGINS_AT = 6  # o'clock, where the creditor is: after the night's exports, before anybody's office hours
MOST_SHARDS = 32  # more would only make more tasks, not more workers


def worker_name() -> str:
    """Return a name that tells host, process and thread apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


@shared_task(name="amiable.site.tasks.look")
def look() -> None:
    """Look at every creditor: begin the day where it has not been planned, send what may be sent."""
    now = clock.now()
    for creditor in Creditor.objects.order_by("id"):
        day = clock.today(creditor)
        if now.astimezone(ZoneInfo(creditor.time_zone)).hour >= DAY_BEGINS_AT:
            begin_day.delay(creditor.pk, day.isoformat())
        send_some.delay(creditor.pk)


@shared_task(name="amiable.site.tasks.begin_day")
def begin_day(creditor_id: int, day: str) -> None:
    """Import what lies in the inbox, then hand out the day's planning in shards, if it is not planned yet.

    What comes in later that day is planned for as well: an import makes the day be looked at again.
    """
    creditor = Creditor.objects.get(pk=creditor_id)
    as_of = date.fromisoformat(day)
    imported = import_inbox(creditor, as_of=as_of, now=clock.now()).imported
    if plan_is_complete(creditor, day=as_of) and not imported:
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
