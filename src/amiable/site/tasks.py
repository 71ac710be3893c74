"""Which work do workers share? Each task says "look again" at what the database holds."""

import os
import socket
import threading
from datetime import date

from celery import shared_task
from django.conf import settings

from amiable.organisation import clock
from amiable.organisation.models import Creditor
from amiable.planning.operations import finish_plan, plan_shard
from amiable.planning.queries import plan_is_complete
from amiable.planning.sending import send_batch
from amiable.site.cycle import CycleReport, import_inbox

CUSTOMERS_PER_SHARD = 5_000
BATCH = 500  # messages that one task claims and sends before it looks again


def worker_name() -> str:
    """Return a name that tells host, process and thread apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


@shared_task(name="amiable.site.tasks.look")
def look() -> None:
    """Look at every creditor: begin the day where it has not begun, send what may be sent."""
    for creditor in Creditor.objects.order_by("id"):
        day = clock.today(creditor)
        begin_day.delay(creditor.pk, day.isoformat())
        send_some.delay(creditor.pk)


@shared_task(name="amiable.site.tasks.begin_day")
def begin_day(creditor_id: int, day: str) -> None:
    """Import what lies in the inbox, then hand out the day's planning in shards of customers."""
    creditor = Creditor.objects.get(pk=creditor_id)
    as_of = date.fromisoformat(day)
    import_inbox(creditor, as_of=as_of, now=clock.now(), report=CycleReport(creditor, as_of))
