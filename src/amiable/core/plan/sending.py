"""May this message still go out?

What was true when a message was planned may have changed by the time it is sent: the customer paid, disputed, wrote
to us. So every message, whoever wrote it, passes the guards once more at the moment of sending.
"""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from amiable.core.book import Book
from amiable.core.plan import guards
from amiable.core.plan.guards import FACTS, Guard
from amiable.core.plan.outcome import Reason
from amiable.core.policy.model import Policy
from amiable.core.position import age_days

CANDIDATES = pl.Schema(  # one row per message and item; one row without an item where a message speaks of none
    {
        "message_id": pl.Int64,
        "customer_id": pl.Int64,
        "contact_id": pl.Int64,
        "channel": pl.String,
        "item_id": pl.Int64,
        "told_minor": pl.Int64,  # what the message says is open; zero: it gives thanks for the payment
        "automatic": pl.Boolean,  # planned by a scenario; false: written by a person
    }
)
VERDICTS = pl.Schema({"message_id": pl.Int64(), **FACTS})


class CandidatesError(ValueError):
    """The frame of candidates has the wrong shape."""


def recheck(book: Book, policy: Policy, candidates: pl.DataFrame) -> pl.DataFrame:
    """Return one row per message, shaped like `VERDICTS`: the first reason not to send it now, or null.

    A person's message answers for itself about the items; route, working day, gap and caps hold for it as well.
    `book.touches` must hold everything that went out so far, today's contacts included. Of several messages that
    may go to one customer only one passes, a person's before a planned one; the others are too soon after it.
    """
    if candidates.schema != CANDIDATES:
        raise CandidatesError(f"candidates: expected {CANDIDATES}, found {candidates.schema}")
    asked = [*_about_the_items(book, policy), *_about_the_contact()]
    first = (
        _with_facts(book, policy, candidates)
        .with_columns(guards.first_refusal(asked))
        .filter(pl.col("refused_by").is_not_null())
        .sort("refused_by", "item_id")
        .unique("message_id", keep="first", maintain_order=True)
        .with_columns(guards.explain(asked))
        .collect()
    )
    crowded = _crowded_out(book, policy, candidates.join(first, on="message_id", how="anti"))
    verdicts = pl.concat([first.select(VERDICTS.names()), crowded])
    return candidates.select("message_id").unique().join(verdicts, on="message_id", how="left").sort("message_id")


def _about_the_items(book: Book, policy: Policy) -> list[Guard]:
    told = pl.col("item_id").is_not_null() & ~pl.col("thanks")
    item_guards = [
        Guard(Reason.PAID, told & (pl.col("open_minor").fill_null(0) == 0)),
        Guard(
            Reason.AMOUNT_CHANGED,
            pl.col("told_minor") != pl.col("open_minor"),
            fact_minor=pl.col("open_minor"),
        ),
        *guards.paused(book.as_of),
        guards.customer_held(book.as_of),
        guards.awaiting_answer(),
        guards.bank_data_stale(book, policy),
        guards.below_minimum(),
    ]
    return [replace(guard, refuses=pl.col("automatic") & guard.refuses) for guard in item_guards]


def _about_the_contact() -> list[Guard]:
    unreachable = Guard(Reason.UNREACHABLE, ~pl.col("usable").fill_null(value=False))
    return [guards.not_a_working_day(), guards.too_soon(), guards.cap_reached(), unreachable]


def _with_facts(book: Book, policy: Policy, candidates: pl.DataFrame) -> pl.LazyFrame:
    items = book.items.lazy().select(
        "item_id", "currency", "open_minor", "pause", "pause_until", age=age_days(book.as_of)
    )
    routes = book.routes.lazy().select("customer_id", "contact_id", "channel", "usable")
    rows = (
        candidates.lazy()
        .with_columns(thanks=(pl.col("told_minor") == 0).fill_null(value=False), reaches=pl.lit(value=True))
        .join(items, on="item_id", how="left")
        .join(routes, on=["customer_id", "contact_id", "channel"], how="left")
        .join(guards.customer_facts(book, policy), on="customer_id", how="left")
        .collect()
    )
    planned = rows.lazy().filter(pl.col("automatic"), pl.col("open_minor").is_not_null()).unique("item_id")
    owed = guards.owed_and_minimum(planned, book, policy)
    # A message may mention a small balance beside one worth writing about; it is refused where all are small.
    enough = (pl.col("owed_minor") >= pl.col("minimum_minor")).any().over("customer_id")
    return rows.lazy().join(owed.lazy().filter(~enough), on=["customer_id", "currency"], how="left")


def _crowded_out(book: Book, policy: Policy, passed: pl.DataFrame) -> pl.DataFrame:
    free_on = book.as_of + timedelta(days=max(policy.contact.minimum_gap_days, 1))
    messages = passed.unique("message_id").sort("customer_id", "automatic", "message_id")
    return messages.filter(~pl.col("customer_id").is_first_distinct()).select(
        "message_id",
        reason=pl.lit(Reason.TOO_SOON.value),
        fact_on=pl.lit(free_on),
        fact_minor=pl.lit(None, dtype=pl.Int64),
        fact_count=pl.lit(None, dtype=pl.Int64),
    )
