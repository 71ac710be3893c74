"""How long does it take to open the book, plan the day, write its messages and remember it?

    python -m bench.planning --customers 20000 --items 100000 --database postgresql

Each is compared with what cannot be avoided: reading the same rows into memory as they lie there, and writing the same
rows into a table without keys or indexes.
"""

from bench.book import AT, TODAY, fill  # first: it sets Django up

# isort: split
import polars as pl
from django.core.management import call_command
from django.db import connection, models, transaction

from amiable.core.plan.make import make_plan
from amiable.core.plan.outcome import Plan
from amiable.ledger.models import Address, Customer, Item
from amiable.organisation.bulk import one_snapshot, read_frame
from amiable.organisation.models import Creditor
from amiable.outreach.models import Message, MessageItem, Touch
from amiable.outreach.operations.writing import write_messages
from amiable.planning.frames import open_book
from amiable.planning.models import DayPlan, Outcome, Task
from amiable.planning.operations.deciding import decide, touches_within_days
from amiable.planning.operations.remember import remember
from amiable.planning.queries import policy_in_force

from .limits import peak_mb, seconds_to_write, stored, timed
from .scratch import Figure, main

SIZES = {"customers": 200_000, "items": 1_000_000}
TIMES = 2  # each measurement is the shorter of so many
SAMPLED_MESSAGES = 20_000  # of those composed, to learn how fast rows of their size can be written


def filled(customers: int, items: int) -> list[Figure]:
    """Fill the database."""
    call_command("migrate", verbosity=0)
    seconds, _ = timed(lambda: fill(customers, items))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [Figure("(fill the database for the measurements)", f"{seconds:.1f} s", peak_mb=peak_mb())]


def planning(**_sizes: int) -> list[Figure]:
    """Open the book and plan the day; nothing is written."""
    creditor = Creditor.objects.get()
    _, policy = policy_in_force(creditor)
    days = touches_within_days(policy)
    limit, _ = timed(lambda: merely_read(creditor), times=TIMES)
    book_seconds, book = timed(lambda: open_book(creditor, as_of=TODAY, touches_within_days=days), times=TIMES)
    plan_seconds, _ = timed(lambda: make_plan(book, policy), times=TIMES)
    both = book_seconds + plan_seconds
    most = "≤ 3 ×; peak < 2 GB" if connection.vendor == "postgresql" else "≤ 4 ×"
    read = f"{limit:.2f} s to read"
    return [
        Figure("Open the book", f"{book_seconds:.2f} s", read, f"{book_seconds / limit:.1f} ×"),
        Figure("Make the plan", f"{plan_seconds:.2f} s", read, f"{plan_seconds / limit:.1f} ×"),
        Figure("Open the book and plan the day", f"{both:.2f} s", read, f"{both / limit:.1f} ×", most, peak_mb()),
    ]


def writing(**_sizes: int) -> list[Figure]:
    """Write the day's messages, then remember the plan's tasks, steps and reasons."""
    creditor = Creditor.objects.get()
    version, policy = policy_in_force(creditor)
    day_plan = DayPlan.objects.create(creditor=creditor, day=TODAY, policy=version, made_at=AT)
    plan = decide(creditor, as_of=TODAY, policy=policy)
    said, written = timed(lambda: write_messages(creditor, plan, policy, as_of=TODAY, now=AT))
    composed_mb = peak_mb()
    remembered, _ = timed(lambda: _remember(day_plan, plan, policy))
    message_limit, size = _seconds_for_messages(creditor, len(written))
    of_day = Outcome.objects.filter(plan=day_plan)
    row_limit = seconds_to_write(stored(of_day)) + seconds_to_write(stored(Task.objects.filter(planned_for=TODAY)))
    return [
        Figure(
            f"Compose and store {len(written):,} messages",
            f"{len(written) / said:,.0f}/s",
            f"{len(written) / message_limit:,.0f}/s to write ({size / 1000:.1f} kB each)",
            f"{said / message_limit:.1f} ×",
            "≤ 5 ×; > 10,000/s",
            composed_mb,
        ),
        Figure(
            f"Remember the plan: {of_day.count():,} steps with reasons",
            f"{remembered:.1f} s",
            f"{row_limit:.1f} s to write",
            f"{remembered / row_limit:.1f} ×",
            "≤ 3 ×",
            peak_mb(),
        ),
    ]


def _remember(day_plan: DayPlan, plan: Plan, policy) -> None:
    """Remember a plan whose messages stand already."""
    ids = Customer.objects.aggregate(first=models.Min("id"), last=models.Max("id"))
    with transaction.atomic():
        remember(day_plan, plan, policy, customer_ids=range(ids["first"], ids["last"] + 1), now=AT)


def _seconds_for_messages(creditor: Creditor, count: int) -> tuple[float, float]:
    """Return how long merely writing so many messages and their lines takes, and the characters of one on average."""
    of_day = Message.objects.filter(creditor=creditor, planned_for=TODAY)
    sample = stored(of_day[:SAMPLED_MESSAGES])
    lines = stored(MessageItem.objects.filter(message__in=sample["id"].to_list()[:900]))  # SQLite bounds a list
    per_message = seconds_to_write(sample) / sample.height + seconds_to_write(lines) / min(sample.height, 900)
    size = sample.select(pl.sum_horizontal(pl.col("subject", "text", "html").str.len_chars()).mean()).item()
    return per_message * count, size


def merely_read(creditor: Creditor) -> int:
    """Read the rows that the book is made of, as they lie in the database, and return how many they are."""

    def read(rows: models.QuerySet, **kinds) -> int:
        return read_frame(rows.values_list(*kinds), schema=pl.Schema(kinds)).height

    number, text, day = pl.Int64, pl.String, pl.Date
    with one_snapshot():
        return sum(
            (
                read(
                    Item.objects.filter(creditor=creditor, kind="invoice"),
                    id=number, customer_id=number, number=text, due_on=day, currency=text, amount_minor=number,
                    allocated_minor=number, settled_on=day,
                ),
                read(
                    Customer.objects.filter(creditor=creditor),
                    id=number, code=text, name=text, segment=text, risk=text, country=text, time_zone=text,
                    language=text, customer_since=day, scenario=text,
                ),
                read(Address.objects.all(), id=number, contact_id=number, channel=text, value=text, reach=text),
                read(Touch.objects.all(), customer_id=number, on=day, direction=text, channel=text),
                read(
                    Outcome.objects.all(),
                    item_id=number, scenario=text, step=text, anchor=text, step_day=number, day=day,
                ),
            )
        )  # fmt: skip


PARTS = {"fill": filled, "plan": planning, "write": writing}

if __name__ == "__main__":
    main("bench.planning", PARTS, SIZES)
