"""What can come out of planning?

Every step that is due on the day has exactly one outcome: it is part of a contact, part of a task, or withheld.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import polars as pl


class Reason(StrEnum):
    """Why a due step is withheld, in the order in which the guards ask; the first that applies is told."""

    PAID = "paid"  # since the message was written
    AMOUNT_CHANGED = "amount_changed"  # since the message was written
    DISPUTED = "disputed"
    PROMISED = "promised"
    PAYMENT_PLAN = "payment_plan"
    DEFERRED = "deferred"
    IN_TRANSIT = "in_transit"
    ITEM_HELD = "item_held"
    CUSTOMER_HELD = "customer_held"
    AWAITING_ANSWER = "awaiting_answer"
    BANK_DATA_STALE = "bank_data_stale"
    BELOW_MINIMUM = "below_minimum"
    NOT_A_WORKING_DAY = "not_a_working_day"
    TOO_SOON = "too_soon"
    CAP_REACHED = "cap_reached"
    AWAITING_CONTACT = "awaiting_contact"  # the task "find a contact" is open already
    UNREACHABLE = "unreachable"  # the message's address is no longer usable


class TaskKind(StrEnum):
    """What a person is asked to do."""

    CALL = "call"
    REVIEW = "review"
    FIND_CONTACT = "find_contact"


_DUE_STEP = {"item_id": pl.Int64, "customer_id": pl.Int64, "currency": pl.String, "open_minor": pl.Int64}

CONTACTS = pl.Schema(  # at most one row per customer
    {
        "customer_id": pl.Int64(),
        "contact_id": pl.Int64(),
        "channel": pl.String(),
        "language": pl.String(),
        "scenario": pl.String(),
        "step": pl.String(),  # the most advanced of the steps it covers
        "template": pl.String(),
        "tone": pl.String(),
        "level": pl.Int64(),  # rank among the steps after the due date; 0 up to the due date and for thanks
        "offers": pl.List(pl.String),
        "copy_to": pl.String(),
    }
)
CONTACT_ITEMS = pl.Schema(  # the items a contact speaks of
    {
        **_DUE_STEP,
        "scenario": pl.String,
        "step": pl.String,  # the item's own due step; null: late as well, told along, its own step is not due
        "anchor": pl.String,
        "day": pl.Int64,
        "level": pl.Int64,
    }
)
TASKS = pl.Schema(  # at most one row per customer and kind
    {
        "customer_id": pl.Int64,
        "kind": pl.String,
        "scenario": pl.String,
        "step": pl.String,
        "level": pl.Int64,
        "assign_to": pl.String,
        "deadline_days": pl.Int64,
    }
)
TASK_ITEMS = pl.Schema({**dict(CONTACT_ITEMS), "kind": pl.String()})
WITHHELD = pl.Schema(
    {
        **_DUE_STEP,
        "scenario": pl.String,
        "step": pl.String,
        "anchor": pl.String,
        "day": pl.Int64,
        "level": pl.Int64,
        "reason": pl.String,
        # The facts behind the reason; which of them a reason uses stands in `reasons`.
        "fact_on": pl.Date,
        "fact_minor": pl.Int64,
        "fact_count": pl.Int64,
    }
)


@dataclass(frozen=True)
class Plan:
    """What happens on one day, for every step that is due."""

    as_of: date
    contacts: pl.DataFrame = field(default_factory=CONTACTS.to_frame)
    contact_items: pl.DataFrame = field(default_factory=CONTACT_ITEMS.to_frame)
    tasks: pl.DataFrame = field(default_factory=TASKS.to_frame)
    task_items: pl.DataFrame = field(default_factory=TASK_ITEMS.to_frame)
    withheld: pl.DataFrame = field(default_factory=WITHHELD.to_frame)
