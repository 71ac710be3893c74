"""How does a day's plan come about? Propose what is due, guard what must not be, choose the one right word."""

import polars as pl

from amiable.core.book import Book
from amiable.core.plan import guards
from amiable.core.plan.choose import CONTACT, choose
from amiable.core.plan.ladders import climb, step_table
from amiable.core.plan.outcome import CONTACT_ITEMS, TASK_ITEMS, WITHHELD, Plan, Reason, TaskKind
from amiable.core.plan.propose import propose
from amiable.core.policy.model import Anchor, Policy


def make_plan(book: Book, policy: Policy) -> Plan:
    """Decide what happens on the book's day: every due step becomes part of a contact or a task, or is withheld.

    Rows stand in the order of customers, then items. A plan for some customers together is the plans for each of
    them put together, so customers may be planned for in shards.
    """
    steps = step_table(policy)
    proposed = propose(book, policy, climb(book, policy))
    passed, withheld = _guard(book, policy, proposed.filter(pl.col("step_no").is_not_null()))
    choice = choose(book, policy, steps, passed)
    outcomes = choice.outcomes.lazy()
    told = passed.lazy().join(outcomes, on=["customer_id", "reaches"])
    waiting = told.filter(pl.col("outcome") == Reason.AWAITING_CONTACT).with_columns(reason="outcome")
    told = pl.concat([told, _told_along(book, policy, proposed, outcomes)], how="diagonal")
    tasks = told.filter(pl.col("outcome").is_in([kind.value for kind in TaskKind])).with_columns(kind="outcome")
    contact_items, task_items, withheld_items = pl.collect_all(
        [
            _shaped(told.filter(pl.col("outcome") == CONTACT), steps, CONTACT_ITEMS),
            _shaped(tasks, steps, TASK_ITEMS),
            _shaped(pl.concat([withheld, waiting], how="diagonal"), steps, WITHHELD),
        ]
    )
    return Plan(book.as_of, choice.contacts, contact_items, choice.tasks, task_items, withheld_items)


def _guard(book: Book, policy: Policy, due: pl.DataFrame) -> tuple[pl.DataFrame, pl.LazyFrame]:
    """Return the due steps that pass all guards, and those refused, with the reason and its facts."""
    of_the_item = [
        *guards.paused(book.as_of),
        guards.customer_held(book.as_of),
        guards.awaiting_answer(),
        guards.bank_data_stale(book, policy),
    ]
    of_the_contact = [guards.below_minimum(), guards.not_a_working_day(), guards.too_soon(), guards.cap_reached()]
    passes = pl.col("refused_by").is_null()
    rows = (
        due.lazy()
        .join(guards.customer_facts(book, policy), on="customer_id")
        .with_columns(guards.first_refusal(of_the_item))
        .collect(engine="streaming")
        .lazy()
    )
    # What is too small to chase shows only once it is known what may be chased at all.
    owed = guards.owed_and_minimum(rows.filter(passes), book, policy)
    rows = (
        rows.join(owed.lazy(), on=["customer_id", "currency"], how="left")
        .with_columns(pl.coalesce("refused_by", guards.first_refusal(of_the_contact)))
        .collect(engine="streaming")
        .lazy()
    )
    refused = rows.filter(~passes).with_columns(guards.explain([*of_the_item, *of_the_contact]))
    return rows.filter(passes).select(due.columns).collect(), refused.select(*due.columns, *guards.FACTS)


def _told_along(book: Book, policy: Policy, proposed: pl.DataFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """Return the late items without a due step that a reminder or a call mentions as well.

    A thank-you asks for nothing more, and with stale bank data nobody is told to be late.
    """
    speaks = pl.lit(not guards.is_bank_stale(book, policy)) & pl.col("outcome").is_in([CONTACT, TaskKind.CALL.value])
    reminded = outcomes.filter(pl.col("anchor") == Anchor.DUE, speaks).select("customer_id", "outcome")
    late = proposed.lazy().filter(pl.col("step_no").is_null(), ~guards.is_paused(book.as_of))
    return late.join(reminded, on="customer_id")


def _shaped(rows: pl.LazyFrame, steps: pl.DataFrame, schema: pl.Schema) -> pl.LazyFrame:
    """Name the steps of some rows and give them the columns of a schema, in the order of customers, then items."""
    names = steps.lazy().select("step_no", "scenario", "step", "anchor")
    return (
        rows.drop("anchor", strict=False)
        .join(names, on="step_no", how="left")
        .select(schema.names())
        .sort("customer_id", "item_id")
    )
