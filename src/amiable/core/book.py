"""What may a decision look at?

A `Book` holds every fact a decision may use, as of one day, as Polars frames with fixed schemas.
Whoever builds one (from the database, a test, a simulation) leaves out what was not yet known that day.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import date

import polars as pl

CUSTOMERS = pl.Schema(
    {
        "customer_id": pl.Int64,
        "code": pl.String,
        "name": pl.String,
        "segment": pl.String,  # "" where nobody has said
        "risk": pl.String,  # low | medium | high | unknown
        "country": pl.String,  # ISO 3166 alpha-2: decides the working days
        "time_zone": pl.String,  # IANA name: decides the hours
        "language": pl.String,
        "customer_since": pl.Date,  # null: unknown
        "scenario": pl.String,  # a person's choice for this customer; null: the policy chooses
        "hold": pl.String,  # kind of a hold on the whole customer; null: none
        "hold_until": pl.Date,  # first day without the hold; null: open-ended
        "awaiting_since": pl.Date,  # day of the oldest message of theirs that we have not answered; null: none
    }
)
ROUTES = pl.Schema(  # one row per contact and channel
    {
        "customer_id": pl.Int64,
        "contact_id": pl.Int64,
        "channel": pl.String,
        "role": pl.String,
        "language": pl.String,
        "rank": pl.Int64,  # the lower one is asked first among equals
        "usable": pl.Boolean,  # has an address, consented, did not bounce
    }
)
ITEMS = pl.Schema(  # invoices that are open, or were paid in full a short while ago
    {
        "item_id": pl.Int64,
        "customer_id": pl.Int64,
        "number": pl.String,
        "due_on": pl.Date,
        "currency": pl.String,
        "open_minor": pl.Int64,  # zero: paid
        "paid_on": pl.Date,  # the day the last of it was paid; null while anything is open
        "pause": pl.String,  # dispute | promise | plan | deferral | in_transit | hold; null: none
        "pause_until": pl.Date,  # first day without the pause; null: open-ended
    }
)
CREDITS = pl.Schema(  # open credit notes and unapplied receipts: money of theirs that we hold
    {"customer_id": pl.Int64, "currency": pl.String, "credit_minor": pl.Int64}
)
STEPS_DONE = pl.Schema(  # what the scenario did before the day, at most one row per item and step
    {
        "item_id": pl.Int64,
        "scenario": pl.String,
        "step": pl.String,
        "anchor": pl.String,  # due | paid
        "day": pl.Int64,  # the step's day relative to its anchor when it was done
        "done_on": pl.Date,
    }
)
TOUCHES = pl.Schema(  # every contact on every channel, except what the plan of this very day decided
    {"customer_id": pl.Int64, "on": pl.Date, "direction": pl.String, "channel": pl.String}
)
OPEN_TASKS = pl.Schema({"customer_id": pl.Int64, "kind": pl.String})

FRAMES = {
    "customers": CUSTOMERS,
    "routes": ROUTES,
    "items": ITEMS,
    "credits": CREDITS,
    "steps_done": STEPS_DONE,
    "touches": TOUCHES,
    "open_tasks": OPEN_TASKS,
}


class BookError(ValueError):
    """A frame of the book has the wrong shape or holds what cannot be."""


@dataclass(frozen=True)
class Book:
    """Everything known about some customers on the morning of `as_of`."""

    as_of: date
    bank_as_of: date | None = None  # last day whose bank movements are all in the book; None: never loaded
    customers: pl.DataFrame = field(default_factory=CUSTOMERS.to_frame)
    routes: pl.DataFrame = field(default_factory=ROUTES.to_frame)
    items: pl.DataFrame = field(default_factory=ITEMS.to_frame)
    credits: pl.DataFrame = field(default_factory=CREDITS.to_frame)
    steps_done: pl.DataFrame = field(default_factory=STEPS_DONE.to_frame)
    touches: pl.DataFrame = field(default_factory=TOUCHES.to_frame)
    open_tasks: pl.DataFrame = field(default_factory=OPEN_TASKS.to_frame)

    def __post_init__(self) -> None:
        for name, schema in FRAMES.items():
            frame: pl.DataFrame = getattr(self, name)
            if frame.schema != schema:
                raise BookError(f"{name}: expected {schema}, found {frame.schema}")
        if self.items.filter(pl.col("open_minor") < 0).height:
            raise BookError("items: what is open cannot be negative")
        if self.items["item_id"].is_duplicated().any():
            raise BookError("items: an item stands twice")

    def only(self, customer_ids: pl.Series) -> "Book":
        """Return the same book for some of its customers."""
        wanted = pl.col("customer_id").is_in(customer_ids.implode())
        kept = {
            f.name: getattr(self, f.name).filter(wanted)
            for f in fields(self)
            if "customer_id" in FRAMES.get(f.name, {})
        }
        done = self.steps_done.join(kept["items"].select("item_id"), on="item_id", how="semi")
        return replace(self, **kept, steps_done=done)
