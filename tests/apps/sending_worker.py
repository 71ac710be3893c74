"""A sender in a process of its own, over a database of its own: for tests that kill it.

python -m tests.apps.sending_worker prepare COUNT | send NAME MINUTES | report
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from amiable.organisation.models import Creditor  # noqa: E402
from amiable.organisation.operations import set_sending  # noqa: E402
from amiable.outreach.models import Message, Touch  # noqa: E402
from amiable.planning.sending import send_day  # noqa: E402
from tests.apps.mail_server import written  # noqa: E402
from tests.apps.make import Make  # noqa: E402


def prepare(count: str) -> None:
    call_command("migrate", verbosity=0)
    make = Make()
    set_sending(make.creditor(), sending=True, by=None)
    for _n in range(int(count)):
        customer = make.customer()
        written(make, make.contact(customer), about=(make.invoice(customer, due="10 days ago"),))


def send(name: str, minutes: str) -> None:
    now = Make().now + timedelta(minutes=int(minutes))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    send_day(Creditor.objects.get(), now=now, worker=name, limit=100)


def report() -> None:
    facts = {
        "status": Counter(Message.objects.values_list("status", flat=True)),
        "id_of": dict(Message.objects.exclude(provider_id="").values_list("provider_id", "status")),
        "touches": Touch.objects.count(),
    }
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    {"prepare": prepare, "send": send, "report": report}[sys.argv[1]](*sys.argv[2:])
