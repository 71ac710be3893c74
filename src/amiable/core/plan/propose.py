"""Which steps are due today?

Nothing here looks beyond one customer, so any shard of the customers may be proposed for on its own.
"""

import polars as pl

from amiable.core.book import Book
from amiable.core.plan.ladders import Ladders, step_table
from amiable.core.policy.model import Anchor, Do, Policy
from amiable.core.position import age_days

NOTHING_REACHED = -(2**31)  # where an item stands about which nothing was said yet: before any step
THANKS_WINDOW_DAYS = 7  # thanks that come later than this sound like an afterthought

PROPOSED = pl.Schema(
    {
        "item_id": pl.Int64,
        "customer_id": pl.Int64,
        "currency": pl.String,
        "open_minor": pl.Int64,
        "pause": pl.String,
        "pause_until": pl.Date,
        "age": pl.Int64,  # days since the due date
        "step_no": pl.UInt32,  # the step that is due; null: the item is late, but no step of its own is due
        "day": pl.Int64,
        "level": pl.Int64,
        "reaches": pl.Boolean,  # the step speaks with the customer; false: a task among ourselves
        "thanks": pl.Boolean,  # the step counts from the payment
    }
)
_STEP = ("step_no", "day", "level", "reaches")
_PLACE = ("ladder", "stage", "reached")  # all that the choice of a step depends on, but for the pace


def propose(book: Book, policy: Policy, ladders: Ladders) -> pl.DataFrame:
    """Return the due step of every item that has one, and the late items that have none, shaped like `PROPOSED`.

    An item has at most one due step: it climbs its ladder rung by rung, and never faster than the ladder says.
    """
    rungs = ladders.rungs.lazy().with_columns(reaches=pl.col("do") != Do.REVIEW)
    dunning = rungs.filter(pl.col("anchor") == Anchor.DUE)
    thanks = rungs.filter(pl.col("anchor") == Anchor.PAID)
    places = open_places(book, policy, ladders)
    due = pl.collect_all(
        [_dunning_due(book, places, dunning), _thanks_due(book, policy, ladders, thanks)], engine="streaming"
    )
    return pl.concat(due)


def open_places(book: Book, policy: Policy, ladders: Ladders) -> pl.DataFrame:
    """Return every open item that a step could be due for, with its place on its ladder; `ahead` asks too.

    The columns are those of the book's items and: ladder, age, stage (the age, as far as the policy tells ages
    apart), reached, done_on.
    """
    days = [step.day for scenario in policy.scenarios for step in scenario.steps if step.anchor is Anchor.DUE]
    first, last = min([1, *days]), max([1, *days])
    return (
        book.items.lazy()
        .filter(pl.col("open_minor") > 0)
        .with_columns(age=age_days(book.as_of))
        .filter(pl.col("age") >= first)
        .join(ladders.customers.lazy(), on="customer_id")
        .join(_progress(book, policy, ladders), on="item_id", how="left")
        .with_columns(stage=pl.col("age").clip(upper_bound=last), reached=pl.col("reached").fill_null(NOTHING_REACHED))
        .collect(engine="streaming")
    )


def _next_rungs(places: pl.DataFrame, dunning: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each distinct place the next rung after the due date, reached in age or not; none at the top."""
    return (
        places.lazy()
        .select(_PLACE)
        .unique()
        .join(dunning.filter(pl.col("day") > 0), on="ladder")
        .filter(pl.col("day") > pl.col("reached"))
        .sort("day")
        .unique(_PLACE, keep="first")
    )


def _heads_ups(places: pl.DataFrame, dunning: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each distinct place the latest step up to the due date; missed earlier ones are not replayed."""
    return (
        places.lazy()
        .select(_PLACE)
        .unique()
        .filter(pl.col("reached") <= 0)
        .join(dunning.filter(pl.col("day") <= 0), on="ladder")
        .filter(pl.col("day") > pl.col("reached"), pl.col("day") <= pl.col("stage"))
        .sort("day")
        .unique(_PLACE, keep="last")
    )


def _dunning_due(book: Book, places: pl.DataFrame, dunning: pl.LazyFrame) -> pl.LazyFrame:
    distinct = places.lazy().select(_PLACE).unique().collect(engine="streaming")
    late = _next_rungs(distinct, dunning).filter(pl.col("day") <= pl.col("stage"))
    early = _heads_ups(distinct, dunning).join(late, on=_PLACE, how="anti")
    steps = pl.concat([late, early]).select(*_PLACE, *_STEP)
    waited_days = (pl.lit(book.as_of) - pl.col("done_on")).dt.total_days()
    too_fast = (pl.col("reached") > 0) & (waited_days < pl.col("day") - pl.col("reached"))
    return (
        places.lazy()
        .join(steps, on=_PLACE, how="left")
        .with_columns(pl.when(too_fast).then(None).otherwise(pl.col(_STEP)).name.keep())
        .filter(pl.col("step_no").is_not_null() | (pl.col("age") > 0))
        .select(*(name for name in PROPOSED if name != "thanks"), thanks=pl.lit(value=False))
    )


def _thanks_due(book: Book, policy: Policy, ladders: Ladders, thanks: pl.LazyFrame) -> pl.LazyFrame:
    done = book.steps_done.lazy()
    thanked = done.filter(pl.col("anchor") == Anchor.PAID).select("item_id", "step")
    reminded = done.filter(pl.col("anchor") == Anchor.DUE, pl.col("day") > 0).select("item_id").unique()
    since_days = (pl.lit(book.as_of) - pl.col("paid_on")).dt.total_days()
    return (
        book.items.lazy()
        .filter(pl.col("open_minor") == 0, pl.col("paid_on").is_not_null())
        .with_columns(age=age_days(book.as_of), since=since_days)
        .join(ladders.customers.lazy(), on="customer_id")
        .join(thanks, on="ladder")
        .filter(pl.col("day") <= pl.col("since"), pl.col("since") < pl.col("day") + THANKS_WINDOW_DAYS)
        .join(reminded.with_columns(reminded=pl.lit(value=True)), on="item_id", how="left")
        .filter(~pl.col("only_if_reminded") | pl.col("reminded").fill_null(value=False))
        .join(step_table(policy).lazy().select("step_no", "step"), on="step_no")
        # A customer who changed scenarios is not thanked twice: the step's name decides, whichever scenario said it.
        .join(thanked, on=["item_id", "step"], how="anti")
        .sort("day")
        .unique("item_id", keep="first")
        .select(*(name for name in PROPOSED if name != "thanks"), thanks=pl.lit(value=True))
    )


def _progress(book: Book, policy: Policy, ladders: Ladders) -> pl.LazyFrame:
    """Return the last step before or after the due date that was done for each item: item_id, reached, done_on.

    `reached` is the day that this step has in the customer's present scenario, or the day it had when it was done
    where that scenario does not know it.
    """
    dunning = pl.col("anchor") == Anchor.DUE
    done = book.steps_done.lazy().filter(dunning)
    today = step_table(policy).lazy().filter(dunning).select("scenario", "step", current_day="day")
    moved = (
        done.select("scenario", "step", "day")
        .unique()
        .join(today, on=["scenario", "step"])
        .filter(pl.col("day") != pl.col("current_day"))
        .collect(engine="streaming")
    )
    if moved.height:  # Only after a change of the policy does it matter whose scenario is whose.
        done = _with_current_days(book, ladders, done, moved)
    return _latest(done)


def _with_current_days(book: Book, ladders: Ladders, done: pl.LazyFrame, moved: pl.DataFrame) -> pl.LazyFrame:
    present = (
        book.items.lazy()
        .select("item_id", "customer_id")
        .join(ladders.customers.lazy(), on="customer_id")
        .join(ladders.names.lazy(), on="ladder")
        .select("item_id", present="scenario")
    )
    known = (pl.col("scenario") == pl.col("present")) & pl.col("current_day").is_not_null()
    return (
        done.join(moved.lazy(), on=["scenario", "step", "day"], how="left")
        .join(present, on="item_id", how="left")
        .with_columns(day=pl.when(known).then("current_day").otherwise("day"))
    )


def _latest(done: pl.LazyFrame) -> pl.LazyFrame:
    """Return each item's latest row by done_on, then day: both packed into one number, which sorts alike."""
    span, middle = 2**32, 2**31
    packed = pl.col("done_on").to_physical().cast(pl.Int64) * span + (pl.col("day") + middle)
    return (
        done.group_by("item_id")
        .agg(packed=packed.max())
        .select(
            "item_id",
            reached=pl.col("packed") % span - middle,
            done_on=(pl.col("packed") // span).cast(pl.Int32).cast(pl.Date),
        )
    )
