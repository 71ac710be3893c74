"""How quickly do the pages of the desk answer, and with how many statements?

    python -m bench.pages --items 10000 --database sqlite

The pages are asked for by a signed-in administrator, in the process, after a warm-up: the time of the server alone.
"""

from bench.book import TODAY, fill  # first: it sets Django up

# isort: split
import time
from datetime import datetime
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amiable.ledger.models import Customer
from amiable.organisation.models import Creditor, Member
from amiable.planning.operations import plan_day

from .limits import peak_mb, timed
from .scratch import Figure, main

SIZES = {"items": 100_000, "times": 30}
ITEMS_PER_CUSTOMER = 4
AT = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Europe/Paris"))


def filled(items: int, times: int) -> list[Figure]:
    """Fill the database and plan the day, so that the pages have something to show."""
    call_command("migrate", verbosity=0)
    fill(items // ITEMS_PER_CUSTOMER, items)
    plan_day(Creditor.objects.get(), as_of=TODAY, now=AT)
    Member.objects.create(email="ada@bench.example", role="administrator")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return []


def pages(items: int, times: int) -> list[Figure]:
    """Ask for each page again and again."""
    settings.NOW = AT
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    client = Client(SERVER_NAME="localhost")
    client.force_login(Member.objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    some = Customer.objects.order_by("id").values_list("id", flat=True)
    step = max(some.count() // times, 1)
    last = max(items // ITEMS_PER_CUSTOMER // 50 - 1, 1)
    asked = {
        "Today": ["/"],
        "Customers": ["/customers/"],
        "Customers, filtered": ["/customers/?state=late&segment=retail"],
        "Customers, searched": ["/customers/?q=Maison 12"],
        "Customers, sorted by name": ["/customers/?sort=name"],
        "Customers, a late page": [f"/customers/?page={last}"],
        "Customers, rows alone": ["/customers/?sort=-open&page=2"],
        "Customer": [f"/customers/{pk}/" for pk in some[::step]],
        "Invoices": ["/invoices/"],
        "Outbox": ["/outbox/"],
    }
    return [_asked(client, work, addresses, times, htmx="alone" in work) for work, addresses in asked.items()]


def _asked(client: Client, work: str, addresses: list[str], times: int, *, htmx: bool) -> Figure:
    headers = {"HX-Request": "true"} if htmx else {}
    statements = []
    for address in [addresses[0], *addresses[:3]]:  # the first time warms up what is read once
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, headers=headers).status_code == 200, address
        statements.append(len(captured))
    milliseconds = []
    patience = time.perf_counter() + 30  # a slow page is slow after fewer tries, too
    while len(milliseconds) < times and (len(milliseconds) < 5 or time.perf_counter() < patience):
        address = addresses[len(milliseconds) % len(addresses)]
        milliseconds.append(1000 * timed(lambda address=address: client.get(address, headers=headers))[0])
    late = quantiles(milliseconds, n=20)[-1]
    measured = f"median {median(milliseconds):,.0f} ms, p95 {late:,.0f} ms"
    return Figure(
        work, measured, f"{max(statements[1:])} statements", f"{late / 150:.1f} × the target", "p95 < 150 ms", peak_mb()
    )


PARTS = {"fill": filled, "pages": pages}

if __name__ == "__main__":
    main("bench.pages", PARTS, SIZES)
