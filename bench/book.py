"""What does a large company look like in the middle of its life?

Fills an empty database (the one that the environment names) with a large company in a middle of its life: most
customers owe a few invoices, some were reminded, some are held, some have paid. The same numbers give the same rows.
"""

import os
from datetime import UTC, date, datetime, timedelta

import django
import polars as pl

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")
django.setup()

# ruff: noqa: E402 models are known once Django is set up
from amiable.ledger.models import Address, Allocation, Contact, Customer, Hold, Item, Receipt
from amiable.organisation.bulk import read_frame, write_frame
from amiable.organisation.models import Creditor
from amiable.outreach.models import Message, Touch
from amiable.planning.models import DayPlan, Outcome
from amiable.planning.queries import policy_in_force

TODAY = date(2026, 3, 11)
AT = datetime(2026, 2, 20, 9, tzinfo=UTC)
COUNTRIES = ("FR", "FR", "FR", "BE", "DE", "GB", "US", "ES")
CURRENCIES = ("EUR", "EUR", "EUR", "EUR", "GBP", "USD")


def drawn(name: str, *, below: int, of: str = "n") -> pl.Expr:
    """Return a whole number from 0 on for each row, evenly spread and the same at every run."""
    return ((pl.col(of) * 2654435761 + sum(name.encode()) * 40503) % 1000003 * 7919 % 999983 % below).cast(pl.Int64)


def one_of(name: str, choices: tuple[str, ...]) -> pl.Expr:
    """Return one of some texts for each row."""
    return drawn(name, below=len(choices)).replace_strict(dict(enumerate(choices)), return_dtype=pl.String)


def days_before(day: date, ago: pl.Expr) -> pl.Expr:
    """Return the day so many days before another."""
    return pl.lit(day) - pl.duration(days=ago)


def fill(customers: int, items: int, *, slug: str = "large") -> None:
    """Fill the database with one creditor, its customers and what they owe."""
    creditor = Creditor.objects.create(
        slug=slug, name="Large Company", bank_data_until=TODAY - timedelta(days=1), sender_email="ar@large.example"
    )
    rows = pl.select(n=pl.int_range(customers)).with_columns(
        code=pl.format("C-{}", pl.col("n").cast(pl.String).str.zfill(7))
    )
    write_frame(
        Customer,
        rows.select(
            "code",
            creditor_id=pl.lit(creditor.pk),
            name=pl.format("Maison {}", "n"),
            country=one_of("country", COUNTRIES),
            language=one_of("language", ("fr", "fr", "en")),
            segment=one_of("segment", ("", "retail", "industry", "key")),
            risk=one_of("risk", ("low", "medium", "high", "unknown")),
            customer_since=days_before(TODAY, drawn("since", below=3000)),
        ),
    )
    ids = read_frame(
        Customer.objects.filter(creditor=creditor).values_list("code", "id"),
        schema=pl.Schema({"code": pl.String, "customer_id": pl.Int64}),
    )
    known = rows.join(ids, on="code")
    write_frame(
        Contact, known.select("customer_id", name=pl.format("Dominique {}", "n"), role=pl.lit("accounts_payable"))
    )
    contacts = read_frame(
        Contact.objects.filter(customer__creditor=creditor).values_list("customer_id", "id"),
        schema=pl.Schema({"customer_id": pl.Int64, "contact_id": pl.Int64}),
    )
    write_frame(
        Address,
        contacts.select(
            "contact_id",
            channel=pl.lit("email"),
            value=pl.format("ap{}@client.example", "contact_id"),
            reach=pl.when(pl.col("contact_id") % 50 == 0).then(pl.lit("bounced")).otherwise(pl.lit("ok")),
        ),
    )
    owed(creditor, known, items)
    history(creditor, contacts)


def owed(creditor: Creditor, customers: pl.DataFrame, items: int) -> None:
    """Add invoices, some of them paid a short while ago, some held."""
    rows = (
        pl.select(n=pl.int_range(items))
        .with_columns(place=pl.col("n") % customers.height, age=drawn("age", below=120) - 40)
        .join(customers.select("customer_id", place="n"), on="place")
        .with_columns(amount_minor=drawn("amount", below=900_000) + 5_000, currency=one_of("currency", CURRENCIES))
        .with_columns(due_on=days_before(TODAY, pl.col("age")))
    )
    paid = pl.col("n") % 40 == 0
    write_frame(
        Item,
        rows.select(
            "customer_id",
            "currency",
            "amount_minor",
            "due_on",
            creditor_id=pl.lit(creditor.pk),
            number=pl.format("F-{}", "n"),
            source_key=pl.format("invoice/F-{}", "n"),
            issued_on=pl.col("due_on") - pl.duration(days=45),
            allocated_minor=pl.when(paid).then("amount_minor").otherwise(0),
            settled_on=pl.when(paid).then(days_before(TODAY, drawn("paid", below=20))),
        ),
    )
    booked = read_frame(
        Item.objects.filter(creditor=creditor).values_list(
            *("id", "customer_id", "currency", "amount_minor", "settled_on")
        ),
        schema=pl.Schema(
            {
                "item_id": pl.Int64,
                "customer_id": pl.Int64,
                "currency": pl.String,
                "amount_minor": pl.Int64,
                "on": pl.Date,
            }
        ),
    )
    settled = booked.filter(pl.col("on").is_not_null()).with_columns(source_key=pl.format("bank/{}", "item_id"))
    write_frame(
        Receipt,
        settled.select(
            *("customer_id", "currency", "amount_minor", "source_key"),
            creditor_id=pl.lit(creditor.pk),
            received_on="on",
            allocated_minor="amount_minor",
        ),
    )
    receipts = read_frame(
        Receipt.objects.filter(creditor=creditor).values_list("source_key", "id"),
        schema=pl.Schema({"source_key": pl.String, "receipt_id": pl.Int64}),
    )
    write_frame(
        Allocation,
        settled.join(receipts, on="source_key").select("item_id", "receipt_id", "amount_minor", allocated_on="on"),
    )
    write_frame(
        Hold,
        booked.filter(pl.col("item_id") % 33 == 0).select(
            "customer_id", "item_id", kind=pl.lit("dispute"), held_from=pl.lit(TODAY - timedelta(days=5))
        ),
    )


def history(creditor: Creditor, contacts: pl.DataFrame) -> None:
    """Add what was said before: one earlier reminder to every third customer, with its touch and its outcomes."""
    day = AT.date()
    version, policy = policy_in_force(creditor)
    plan = DayPlan.objects.create(creditor=creditor, day=day, policy=version, made_at=AT)
    scenario = policy.scenarios[-1]
    step = next(step for step in scenario.steps if step.day > 0)
    told = contacts.filter(pl.col("customer_id") % 3 == 0)
    write_frame(
        Message,
        told.select(
            *("customer_id", "contact_id"),
            send_key=pl.format(f"{day}/{creditor.slug}/{{}}", "customer_id"),
            creditor_id=pl.lit(creditor.pk),
            **{name: pl.lit(value) for name, value in (("channel", "email"), ("language", "fr"), ("status", "sent"))},
            **{name: pl.lit("…") for name in ("address", "subject", "text", "html")},
            scenario=pl.lit(scenario.name),
            step=pl.lit(step.name),
            planned_for=pl.lit(day),
            **{name: pl.lit(AT) for name in ("send_from", "send_until", "status_at", "sent_at")},
        ),
    )
    messages = read_frame(
        Message.objects.filter(creditor=creditor).values_list("customer_id", "id"),
        schema=pl.Schema({"customer_id": pl.Int64, "message_id": pl.Int64}),
    )
    out = {"channel": "email", "direction": "out", "at": AT, "on": day, "summary": "Reminder"}
    write_frame(Touch, messages.with_columns(**{name: pl.lit(value) for name, value in out.items()}))
    mentioned = read_frame(
        Item.objects.filter(creditor=creditor, due_on__lt=day).values_list("id", "customer_id", "amount_minor"),
        schema=pl.Schema({"item_id": pl.Int64, "customer_id": pl.Int64, "open_minor": pl.Int64}),
    )
    done = {"kind": "contact", "scenario": scenario.name, "step": step.name, "anchor": "due", "level": 1}
    write_frame(
        Outcome,
        mentioned.join(messages, on="customer_id").with_columns(
            plan_id=pl.lit(plan.pk),
            day=pl.lit(day),
            step_day=pl.lit(step.day),
            **{k: pl.lit(v) for k, v in done.items()},
        ),
    )
