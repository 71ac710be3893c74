"""What is the one right word to each customer?

All that the guards let pass for a customer joins in a single contact or call, led by the most advanced step.
Reviews are among ourselves and become a task of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from amiable.core.book import Book
from amiable.core.plan.ladders import numbered_steps
from amiable.core.plan.outcome import CONTACTS, TASKS, Reason, TaskKind
from amiable.core.policy.model import Do, Policy, Step

CONTACT = "contact"
OUTCOMES = pl.Schema(  # what becomes of a customer's steps that reach the customer, and of those that do not
    {
        "customer_id": pl.Int64,
        "reaches": pl.Boolean,
        "anchor": pl.String,  # of the leading step
        "outcome": pl.String,  # CONTACT, a kind of task, or the reason why nothing happens
    }
)
UNLISTED = 2**31  # the place of a role that a step does not name: after those that it names


@dataclass(frozen=True)
class Choice:
    """Who is contacted, how, and what people are asked to do."""

    contacts: pl.DataFrame  # shaped like CONTACTS
    tasks: pl.DataFrame  # shaped like TASKS
    outcomes: pl.DataFrame  # shaped like OUTCOMES


def choose(book: Book, policy: Policy, steps: pl.DataFrame, passed: pl.DataFrame) -> Choice:
    """Give every customer with due steps that passed the guards one outcome, and one more for its reviews.

    `passed` holds customer_id, step_no, level, reaches; `steps` is shaped like `ladders.STEPS`.
    """
    leads = (
        passed.lazy()
        .group_by("customer_id", "reaches")
        # Steps are numbered so that the leading one of a scenario has the highest number, and with it the level.
        .agg(pl.col("step_no").max(), pl.col("level").max())
        .join(steps.lazy().select("step_no", "do", "anchor"), on="step_no")
        .collect(engine="streaming")
    )
    messages = leads.filter(pl.col("do") == Do.MESSAGE)
    contacts = _best_routes(book, policy, messages)
    unreached = messages.lazy().join(contacts.lazy(), on="customer_id", how="anti")
    asked = book.open_tasks.lazy().filter(pl.col("kind") == TaskKind.FIND_CONTACT)
    waiting = unreached.join(asked, on="customer_id", how="semi").with_columns(outcome=_is(Reason.AWAITING_CONTACT))
    tasks = pl.concat(
        [
            leads.lazy().filter(pl.col("do") == Do.CALL).with_columns(kind=_is(TaskKind.CALL)),
            leads.lazy().filter(pl.col("do") == Do.REVIEW).with_columns(kind=_is(TaskKind.REVIEW)),
            unreached.join(asked, on="customer_id", how="anti").with_columns(kind=_is(TaskKind.FIND_CONTACT)),
        ]
    )
    spoken = [contacts.lazy().with_columns(outcome=pl.lit(CONTACT)), tasks.with_columns(outcome="kind"), waiting]
    about = steps.lazy().drop("do", "anchor")
    chosen = [
        contacts.lazy().join(about, on="step_no").select(CONTACTS.names()).sort("customer_id"),
        tasks.join(about, on="step_no").select(TASKS.names()).sort("customer_id", "kind"),
        pl.concat([rows.select(OUTCOMES.names()) for rows in spoken]),
    ]
    return Choice(*pl.collect_all(chosen))


def _is(name: Reason | TaskKind) -> pl.Expr:
    return pl.lit(name.value)


def _best_routes(book: Book, policy: Policy, messages: pl.DataFrame) -> pl.DataFrame:
    """Return the messages that can reach somebody, each with the contact, channel and language to use.

    The step's order of channels decides first, then its order of roles, then the contact's rank.
    """
    channels = _places(policy, "channel", lambda step: step.channels)
    roles = _places(policy, "role", lambda step: step.to)
    best = (
        book.routes.lazy()
        .filter("usable")
        .join(messages.lazy().select("customer_id", "step_no"), on="customer_id")
        .filter(pl.col("channel").is_in(policy.contact.channels))
        .join(channels, on=["step_no", "channel"])
        .join(roles, on=["step_no", "role"], how="left")
        .with_columns(pl.col("role_place").fill_null(UNLISTED))
        .sort("customer_id", "channel_place", "role_place", "rank", "contact_id")
        .unique("customer_id", keep="first")
    )
    own_language = pl.col("contact_language")
    customers = book.customers.lazy().select("customer_id", "language")
    return (
        messages.lazy()
        .join(best.select("customer_id", "contact_id", "channel", contact_language="language"), on="customer_id")
        .join(customers, on="customer_id")
        .with_columns(language=pl.when(own_language != "").then(own_language).otherwise("language"))
        .collect()
    )


def _places(policy: Policy, name: str, listed: Callable[[Step], tuple[str, ...]]) -> pl.LazyFrame:
    """Return where each name stands in a list of the steps: step_no, `name`, `name`_place; the first twin counts."""
    rows = [
        (number, value, listed(step).index(value))
        for number, _, step in numbered_steps(policy)
        for value in dict.fromkeys(listed(step))
    ]
    schema = {"step_no": pl.UInt32(), name: pl.String(), f"{name}_place": pl.Int64()}
    return pl.LazyFrame(rows, schema=schema, orient="row")
