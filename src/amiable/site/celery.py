"""Who does the work that takes long? Celery workers.

The database is the queue of record: messages wait in the outbox and are claimed there, a day's plan is complete
when every shard of it is recorded. A Celery task only says "look again", so losing one costs a few minutes, and
running one twice changes nothing. That is why the embedded default may be a broker made of files.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")

import django
from django.conf import settings

django.setup()

LOOK_SECONDS = 120

app = Celery("amiable", broker=settings.BROKER_URL)
app.set_default()  # for every thread of a web server: only the importing one would know it otherwise
app.conf.update(
    task_default_queue=settings.QUEUE,
    task_ignore_result=True,
    task_acks_late=True,  # a worker that dies hands its task back
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 600} if settings.BROKER_URL.startswith("redis") else {},
    timezone=settings.TIME_ZONE,
    beat_schedule={
        # Looks that nobody took in time are dropped: a worker that comes back needs one, not a night's worth.
        "look": {"task": "amiable.site.tasks.look", "schedule": LOOK_SECONDS, "options": {"expires": LOOK_SECONDS}},
    },
    beat_schedule_filename=str(settings.HOME / "beat"),
)
if settings.BROKER_URL.startswith("filesystem"):
    folders = {name: settings.HOME / "broker" / name for name in ("queue", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    app.conf.broker_transport_options = {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "control_folder": str(folders["control"]),
    }
app.autodiscover_tasks(["amiable.site", "amiable.sources"], force=True)
