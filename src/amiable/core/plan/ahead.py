"""What comes next, if nothing happens in between?

A forecast of the scenario alone: gaps, caps and bank data of days to come are not known yet.
"""

import polars as pl

from amiable.core.book import Book
from amiable.core.days import next_working_day
from amiable.core.plan.ladders import climb, step_table
from amiable.core.plan.outcome import Plan
from amiable.core.plan.propose import NOTHING_REACHED, open_places
from amiable.core.policy.model import Anchor, Do, Policy

AHEAD = pl.Schema(
    {
        "customer_id": pl.Int64,
        "item_id": pl.Int64,
        "scenario": pl.String,
        "step": pl.String,
        "do": pl.String,
        "level": pl.Int64,
        "on": pl.Date,  # never the book's own day: the plan tells about that
    }
)


def steps_ahead(book: Book, policy: Policy, plan: Plan) -> pl.DataFrame:
    """Return the next step after today of each open item, shaped like `AHEAD`; no row where none is left.

    `plan` is the plan of the book's day: what it tells or asks a person counts as done, what it withholds stays due
    and has no row. A pause moves the step to its end; an open-ended pause leaves no row.
    """
    ladders = climb(book, policy)
    paced = (
        _standing(book, policy, plan)
        .join(ladders.customers, on="customer_id")
        .join(ladders.rungs.filter(pl.col("anchor") == Anchor.DUE), on="ladder")
        .filter(pl.col("day") > pl.col("reached"), (pl.col("day") > 0) | (pl.col("reached") <= 0))
        .with_columns(on=pl.col("due_on") + pl.duration(days=pl.col("day")))
        .with_columns(
            on=pl.when((pl.col("reached") > 0) & (pl.col("day") > 0))
            .then(pl.max_horizontal("on", pl.col("done_on") + pl.duration(days=pl.col("day") - pl.col("reached"))))
            .otherwise("on")
        )
        .with_columns(on=pl.max_horizontal("on", "pause_until"))
    )
    first = paced.filter(pl.col("on") > book.as_of).sort("on", "day").unique("item_id", keep="first")
    names = step_table(policy).select("step_no", "scenario", "step")
    found = first.join(names, on="step_no").join(book.customers.select("customer_id", "country"), on="customer_id")
    return _on_working_days(found).select(AHEAD.names()).sort("customer_id", "on", "item_id")


def _standing(book: Book, policy: Policy, plan: Plan) -> pl.DataFrame:
    """Return the open items that are not stopped, with the day of the step they have reached, today's included."""
    places = open_places(book, policy, climb(book, policy)).select("item_id", "reached", "done_on")
    today = pl.concat(
        [frame.select("item_id", "step", today="day") for frame in (plan.contact_items, plan.task_items)]
    ).filter(pl.col("step").is_not_null())
    stopped = pl.col("pause").is_not_null() & pl.col("pause_until").is_null()
    return (
        book.items.filter(pl.col("open_minor") > 0, ~stopped)
        .join(plan.withheld, on="item_id", how="anti")
        .join(places, on="item_id", how="left")
        .join(today.unique("item_id"), on="item_id", how="left")
        .with_columns(
            reached=pl.coalesce("today", "reached", pl.lit(NOTHING_REACHED, dtype=pl.Int64)),
            done_on=pl.when(pl.col("today").is_not_null()).then(pl.lit(book.as_of)).otherwise("done_on"),
        )
        .drop("today", "step")
    )


def _on_working_days(found: pl.DataFrame) -> pl.DataFrame:
    """Move `on` to the next working day of the customer's country, for steps that reach the customer."""
    days = found.select("on", "country").unique()
    moved = pl.Series("moved", [next_working_day(on, country) for on, country in days.iter_rows()], dtype=pl.Date)
    reviewed = pl.col("do") == Do.REVIEW
    return found.join(days.with_columns(moved), on=["on", "country"], how="left").with_columns(
        on=pl.when(reviewed).then("on").otherwise("moved")
    )
