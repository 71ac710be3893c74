"""Which messages does a plan ask for, and how are they stored?

The bulk writer works in portions of `PORTION` customers: a fixed number of statements each, and memory that does
not grow with the day.
"""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from amiable.core.plan.hours import sending_window
from amiable.core.plan.outcome import Plan
from amiable.core.policy.model import Anchor, ContactPolicy, Policy
from amiable.ledger.models import Channel, Item
from amiable.organisation.bulk import write_frame
from amiable.organisation.models import Creditor
from amiable.outreach.compose.gather import (
    Known,
    Recipient,
    Setting,
    copy_address,
    gather,
    letter_about,
    lines_of,
    recipients,
    setting,
)
from amiable.outreach.compose.letter import Line, write
from amiable.outreach.compose.sandbox import Compiled, compile_wording
from amiable.outreach.models import Message, MessageItem, Status
from amiable.outreach.queries.templates import TemplateMissing, templates_in_force

PORTION = 5_000  # customers at once

AS_PLANNED = pl.Schema(  # what the plan decided about a message
    {
        "customer_id": pl.Int64,
        "contact_id": pl.Int64,
        "channel": pl.String,
        "language": pl.String,
        "scenario": pl.String,
        "step": pl.String,
        "template": pl.String,
        "tone": pl.String,
        "level": pl.Int64,
    }
)
MESSAGES = pl.Schema(
    {
        **AS_PLANNED,
        "address": pl.String,
        "copy_to": pl.String,
        "subject": pl.String,
        "text": pl.String,
        "html": pl.String,
        "send_key": pl.String,
        "send_from": pl.Datetime("us", "UTC"),
        "send_until": pl.Datetime("us", "UTC"),
    }
)
MENTIONS = pl.Schema({"message_id": pl.Int64, "item_id": pl.Int64, "open_minor": pl.Int64})


def write_messages(creditor: Creditor, plan: Plan, policy: Policy, *, as_of: date, now: datetime) -> dict[int, int]:
    """Write and store the message of every contact of a plan; return customer id → message id.

    A message that stands already under its send key stays as it is and is returned, so writing a plan again changes
    nothing. Raise `TemplateMissing` before anything is written where a step's wording does not exist in a language.
    The audit line is the plan's, whose transaction this joins. Statements: three, and fourteen per `PORTION`.
    """
    wordings = templates_in_force(creditor)
    compiled: dict[tuple[str, str], Compiled] = {}
    for name, language in plan.contacts.select("template", "language").unique().iter_rows():
        if (name, language) not in wordings:
            raise TemplateMissing(name, language)
        wording = wordings[name, language]
        compiled[name, language] = compile_wording(wording.subject, wording.body)
    job = _Job(creditor, compiled, setting(creditor, policy), policy.contact, as_of, now)
    written: dict[int, int] = {}
    items = plan.contact_items.select("customer_id", "item_id", "open_minor", "anchor")
    with transaction.atomic(), _collector_resting():
        _pack_quickly()
        for portion in plan.contacts.iter_slices(PORTION):
            of_portion = items.join(portion.select("customer_id"), on="customer_id", how="semi")
            written |= _write_portion(job, portion, of_portion)
    return written


@dataclass(frozen=True)
class _Job:
    """What is the same for every message of a plan."""

    creditor: Creditor
    compiled: dict[tuple[str, str], Compiled]  # by wording and language
    shared: Setting
    rules: ContactPolicy
    as_of: date
    now: datetime


def _write_portion(job: _Job, contacts: pl.DataFrame, items: pl.DataFrame) -> dict[int, int]:
    customer_ids = contacts["customer_id"].to_list()
    standing = _standing(job.creditor, customer_ids, job.as_of)
    fresh = contacts.filter(~pl.col("customer_id").is_in(list(standing)))
    if fresh.is_empty():
        return standing
    fresh_ids = fresh["customer_id"].to_list()
    known = gather(fresh_ids, as_of=job.as_of)
    people = recipients(fresh["contact_id"].to_list())
    asked, thanked = _told_items(items, known)
    rows = [
        _message_row(
            job,
            row,
            known[row["customer_id"]],
            people[row["contact_id"]],
            lines=asked[row["customer_id"]],
            paid=thanked[row["customer_id"]],
        )
        for row in fresh.iter_rows(named=True)
    ]
    _store(job, rows)
    written = _standing(job.creditor, customer_ids, job.as_of)
    mentions = items.filter(pl.col("customer_id").is_in(fresh_ids)).select(
        pl.col("customer_id").replace_strict(written, return_dtype=pl.Int64).alias("message_id"),
        "item_id",
        "open_minor",
    )
    write_frame(MessageItem, mentions)
    return written


def _message_row(
    job: _Job, row: dict[str, Any], customer: Known, recipient: Recipient, *, lines: list[Line], paid: list[Line]
) -> tuple[Any, ...]:
    """Write one message and return its row, shaped like `MESSAGES`."""
    letter = letter_about(
        customer,
        job.shared,
        recipient,
        lines=lines,
        paid=paid,
        language=row["language"],
        offers=row["offers"] or (),
        as_of=job.as_of,
        step=(row["scenario"], row["step"]),
    )
    message = write(letter, job.compiled[row["template"], row["language"]], with_html=row["channel"] == Channel.EMAIL)
    return (
        *(row[name] for name in AS_PLANNED),
        recipient.addresses.get(row["channel"], ""),
        copy_address(row["copy_to"], customer, job.shared),
        message.subject,
        message.text,
        message.html,
        send_key(job.creditor, customer.code, job.as_of),
        *sending_window(job.as_of, customer.time_zone, job.rules.hours_from, job.rules.hours_until),
    )


def _store(job: _Job, rows: list[tuple[Any, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=MESSAGES, orient="row").with_columns(
        creditor_id=pl.lit(job.creditor.pk),
        planned_for=pl.lit(job.as_of),
        status=pl.lit(Status.READY.value),
        status_at=pl.lit(job.now).dt.convert_time_zone("UTC"),
    )
    write_frame(Message, frame)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Let the search for cycles rest: no row or letter is part of one, and walking them takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _pack_quickly() -> None:
    """Let PostgreSQL pack the texts of this transaction by lz4 where it can: they are stored in half the time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('default_toast_compression', 'lz4', true) FROM pg_settings "
                "WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
            )


def send_key(creditor: Creditor, customer_code: str, day: date) -> str:
    """Return what makes a planned message unique: one per customer and day."""
    return f"{day}/{creditor.slug}/{customer_code}"


def _standing(creditor: Creditor, customer_ids: list[int], as_of: date) -> dict[int, int]:
    """Return the planned messages of a day that exist, customer id → message id. One statement."""
    planned = Message.objects.filter(creditor=creditor, planned_for=as_of, customer_id__in=customer_ids)
    return dict(planned.exclude(scenario="").values_list("customer_id", "id"))


Lines = defaultdict[int, list[Line]]


def _told_items(items: pl.DataFrame, known: dict[int, Known]) -> tuple[Lines, Lines]:
    """Return each customer's lines that the message asks for, and those that it thanks for. At most one statement."""
    asked, thanked = Lines(list), Lines(list)
    anchors = {item_id: (open_minor, anchor) for item_id, open_minor, anchor in items.drop("customer_id").iter_rows()}
    lines = {line.item_id: (customer.customer_id, line) for customer in known.values() for line in customer.open_lines}
    if others := [item_id for item_id in anchors if item_id not in lines]:  # paid, in full or since
        found = lines_of(Item.objects.filter(id__in=others))
        lines |= {line.item_id: (customer_id, line) for customer_id, line in found}
    for item_id, (open_minor, anchor) in anchors.items():
        if (entry := lines.get(item_id)) is None or entry[0] not in known:
            continue  # its message stands already
        customer_id, line = entry
        if anchor == Anchor.PAID:
            thanked[customer_id].append(line)
        else:
            asked[customer_id].append(line._replace(open_minor=open_minor, paid_on=None))
    return asked, thanked
