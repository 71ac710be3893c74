"""How does the demo come about? Day by day, through the real system.

In the first half of its history the company keeps its ledger in Amiable and reminds nobody but by chance; in the second
half Amiable plans, writes and sends every working day.
"""

import random
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from amiable.core.days import is_working_day
from amiable.ledger.intake import Batch, Terms, book
from amiable.organisation.operations import record, set_sending
from amiable.planning.operations import plan_day
from amiable.site.demo.answers import Story, answer_customers, react, settle_disputes, work_on_tasks
from amiable.site.demo.billing import Books, as_batch, issue, take_payments
from amiable.site.demo.company import found_company, mark_risky
from amiable.site.demo.delivery import deliver_all
from amiable.site.demo.world import make_firms

DAYS_A_MONTH = 30
SATURDAY = 5
MORNING, AFTERNOON = time(9), time(16)  # Amiable plans in the one; by the other the day's messages have left
BOOKED_EVERY = 4  # weekday on which a week's file was booked before: Friday


def build(*, as_of: date, seed: int, customers: int, months: int) -> None:
    """Fill an empty database with a company whose today is `as_of`; the same arguments give the same company."""
    rng = random.Random(seed)  # noqa: S311 (a story, no secret)
    first_day = as_of - timedelta(days=months * DAYS_A_MONTH)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # a demo that a power cut ends is simply built again
    firms = make_firms(rng, count=customers, first_day=first_day)
    with transaction.atomic():
        company = found_company(firms)
        for firm in firms:
            mark_risky(company, firm)
    books = Books(rng=rng, firms=firms, reminders_from=first_day + (as_of - first_day) / 2)
    story = Story(company=company, books=books)
    day = first_day
    while day <= as_of:
        if day < books.reminders_from:
            _live_as_before(story, day)
        else:
            _live_through(story, day, today=day == as_of)
        _show_progress(day, first_day, as_of)
        day += timedelta(days=1)
    set_sending(company.creditor, sending=False, by=company.administrator)


def _live_as_before(story: Story, day: date) -> None:
    """One day before the company had Amiable: invoices and payments, and a file of them once a week."""
    if day.weekday() < SATURDAY:
        issued, paid = issue(story.books, day), take_payments(story.books, day)
        story.unbooked.append(as_batch(story.books, day, issued, paid))
    if day.weekday() == BOOKED_EVERY or day + timedelta(days=1) >= story.books.reminders_from:
        _book(story, story.unbooked, day)
        story.unbooked = []


def _live_through(story: Story, day: date, *, today: bool) -> None:
    """One day with Amiable: invoices and payments come in, people work, messages go out, customers react.

    The morning of today is as far as the story goes: its messages wait in the outbox.
    """
    creditor = story.company.creditor
    if day.weekday() < SATURDAY:
        issued, paid = issue(story.books, day), take_payments(story.books, day)
        _book(story, [as_batch(story.books, day, issued, paid)], day)
    if not is_working_day(day, creditor.country):
        return
    zone = ZoneInfo(creditor.time_zone)
    now = datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)
    settle_disputes(story, day)
    answer_customers(story, day, now)
    plan_day(creditor, as_of=day, now=now)
    if today:
        return
    later = datetime.combine(day, AFTERNOON, tzinfo=zone).astimezone(UTC)
    work_on_tasks(story, day, now)
    react(story, deliver_all(creditor, now=later), day, later)


def _book(story: Story, batches: list[Batch], day: date) -> None:
    creditor = story.company.creditor
    with transaction.atomic():
        counts = book(creditor, batches, as_of=day, terms=Terms(data_until=day))
        record("import.booked", by=None, creditor=creditor, subject=f"day:{day}", facts=counts)


def _show_progress(day: date, first_day: date, last_day: date) -> None:
    if not sys.stderr.isatty() and day.day != 1:
        return
    done, whole = (day - first_day).days, max(1, (last_day - first_day).days)
    line = f"Living through {day:%B %Y} … {100 * done // whole} %"
    sys.stderr.write(f"\r{line:<60}" if sys.stderr.isatty() else f"{line}\n")
    if day == last_day:
        sys.stderr.write("\n")
    sys.stderr.flush()
