"""How long does a whole day take, from the decision to the last message handed over?

    python -m bench.day --items 2000 --database sqlite

Two companies: one whose day is decided, written, stored and sent, and one ten times as large whose day is decided
and stored.
"""

from bench.book import TODAY, fill  # first: it sets Django up

# isort: split
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from amiable.organisation.models import Creditor
from amiable.outreach.models import Message
from amiable.planning.operations import plan_day
from amiable.planning.sending import send_day

from . import sink
from .limits import peak_mb, timed
from .scratch import Figure, main

SIZES = {"items": 10_000}
ITEMS_PER_CUSTOMER = 4
LARGER = 10
# Customers live in several time zones: some may only be written to in our afternoon.
HOURS = [datetime(2026, 3, 11, hour, tzinfo=ZoneInfo("Europe/Paris")) for hour in (10, 17)]
TRYTON_SECONDS = 210  # Tryton 8.2 for the same 10,000 items, measured once, see docs/performance.md


def filled(items: int) -> list[Figure]:
    """Fill the database with both companies."""
    call_command("migrate", verbosity=0)
    for slug, count in (("day", items), ("larger", items * LARGER)):
        fill(count // ITEMS_PER_CUSTOMER, count, slug=slug)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return []


def whole_day(items: int) -> list[Figure]:
    """Decide, write, store and send."""
    creditor = Creditor.objects.get(slug="day")
    creditor.sending = True
    creditor.save()
    plan_day_seconds, plan = timed(lambda: plan_day(creditor, as_of=TODAY, now=HOURS[0]))
    ready = Message.objects.filter(creditor=creditor, planned_for=TODAY).count()
    with sink.running(settings.EMAIL_PORT):
        send_seconds, _ = timed(lambda: [send_day(creditor, now=now, worker="bench") for now in HOURS])
    sent = Message.objects.filter(creditor=creditor, planned_for=TODAY, status="sent").count()
    both = plan_day_seconds + send_seconds
    return [
        Figure(f"… decide, write and store {plan.contacts:,} messages", f"{plan_day_seconds:.2f} s"),
        Figure(f"… send {sent:,} of {ready:,}", f"{send_seconds:.2f} s"),
        Figure(
            f"The whole day of {items:,} open items",
            f"{both:.2f} s",
            f"Tryton: {TRYTON_SECONDS} s for 10,000",
            f"{TRYTON_SECONDS * items / 10_000 / both:.0f} × faster",
            "< 2 s; ≥ 80 × faster",
            peak_mb(),
        ),
    ]


def larger(items: int) -> list[Figure]:
    """Decide and store the day of a company ten times as large."""
    creditor = Creditor.objects.get(slug="larger")
    seconds, plan = timed(lambda: plan_day(creditor, as_of=TODAY, now=HOURS[0]))
    again, _ = timed(lambda: plan_day(creditor, as_of=TODAY, now=HOURS[0]))
    work = f"Decide and store the day of {items * LARGER:,} items ({plan.contacts:,} messages)"
    return [
        Figure(work, f"{seconds:.1f} s", target="< 3 s for 100,000", peak_mb=peak_mb()),
        Figure("… and again, when nothing has changed", f"{again:.1f} s"),
    ]


PARTS = {"fill": filled, "whole": whole_day, "larger": larger}

if __name__ == "__main__":
    main("bench.day", PARTS, SIZES)
