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
    told = passed.join(choice.outcomes, on=["customer_id", "reaches"])
    along = _told_along(book, policy, proposed, choice.outcomes)
    waiting = told.filter(pl.col("outcome") == Reason.AWAITING_CONTACT).with_columns(reason="outcome")
    told = pl.concat([told, along], how="diagonal")
    tasks = told.filter(pl.col("outcome").is_in([kind.value for kind in TaskKind])).with_columns(kind="outcome")
    return Plan(
        as_of=book.as_of,
        contacts=choice.contacts,
        contact_items=_shaped(told.filter(pl.col("outcome") == CONTACT), steps, CONTACT_ITEMS),
        tasks=choice.tasks,
        task_items=_shaped(tasks, steps, TASK_ITEMS),
        withheld=_shaped(pl.concat([*withheld, waiting], how="diagonal"), steps, WITHHELD),
    )


def _guard(book: Book, policy: Policy, due: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the due steps that pass all guards, and those refused by each group of guards."""
    rows = due.join(guards.customer_facts(book, policy), on="customer_id")
    passed, of_the_item = guards.sift(
        rows,
        [
            *guards.paused(book.as_of),
            guards.customer_held(book.as_of),
            guards.awaiting_answer(),
            guards.bank_data_stale(book, policy),
        ],
    )
    # What is too small to chase shows only once it is known what may be chased at all.
    owed = guards.owed_and_minimum(passed, book, policy)
    passed, of_the_balance = guards.sift(
        passed.join(owed, on=["customer_id", "currency"], how="left"), [guards.below_minimum()]
    )
    passed, of_the_contact = guards.sift(passed, [guards.not_a_working_day(), guards.too_soon(), guards.cap_reached()])
    return passed, [of_the_item, of_the_balance, of_the_contact]


def _told_along(book: Book, policy: Policy, proposed: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return the late items without a due step that a reminder or a call mentions as well.

    A thank-you asks for nothing more, and with stale bank data nobody is told to be late.
    """
    if guards.is_bank_stale(book, policy):
        return proposed.clear().with_columns(outcome=pl.lit(CONTACT))
    reminded = outcomes.filter(
        pl.col("anchor") == Anchor.DUE, pl.col("outcome").is_in([CONTACT, TaskKind.CALL.value])
    ).select("customer_id", "outcome")
    return proposed.filter(pl.col("step_no").is_null(), ~guards.is_paused(book.as_of)).join(reminded, on="customer_id")


def _shaped(rows: pl.DataFrame, steps: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Name the steps of some rows and give them the columns of a schema, in the order of customers, then items."""
    names = steps.select("step_no", "scenario", "step", "anchor")
    return (
        rows.drop("anchor", strict=False)
        .join(names, on="step_no", how="left")
        .select(schema.names())
        .sort("customer_id", "item_id")
    )
