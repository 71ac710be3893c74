"""Which scenario is a customer's, and which of its steps apply to the customer?

Customers for whom the same steps apply share one *ladder*, so that everything about steps is decided once per
ladder (a handful) and not once per customer (hundreds of thousands).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

import polars as pl

from amiable.core.book import Book
from amiable.core.money import exponent
from amiable.core.policy.model import Anchor, Condition, Policy, Scenario, Step
from amiable.core.position import balances

MOST_DECIMALS = 4  # no currency of ISO 4217 has more; amounts compare across currencies in units of 10**-4

STEPS = pl.Schema(  # every step of the policy, numbered so that of two steps of a scenario the higher number leads
    {
        "step_no": pl.UInt32(),
        "scenario": pl.String(),
        "step": pl.String(),
        "anchor": pl.String(),
        "day": pl.Int64(),
        "do": pl.String(),
        "only_if_reminded": pl.Boolean(),
        "template": pl.String(),
        "tone": pl.String(),
        "channels": pl.List(pl.String),
        "to": pl.List(pl.String),
        "offers": pl.List(pl.String),
        "copy_to": pl.String(),
        "assign_to": pl.String(),
        "deadline_days": pl.Int64(),
    }
)


@dataclass(frozen=True)
class Ladders:
    """What the policy holds for each customer of a book."""

    customers: pl.DataFrame  # customer_id, ladder
    rungs: pl.DataFrame  # ladder, step_no, anchor, day, do, only_if_reminded, level: the steps that apply
    names: pl.DataFrame  # ladder, scenario


def step_table(policy: Policy) -> pl.DataFrame:
    """Return all steps of a policy, shaped like `STEPS`."""
    rows = [
        {
            "step_no": number,
            "scenario": scenario.name,
            "step": step.name,
            "anchor": step.anchor.value,
            "day": step.day,
            "do": step.do.value,
            "only_if_reminded": step.only_if_reminded,
            "template": step.template,
            "tone": step.tone.value,
            "channels": list(step.channels),
            "to": list(step.to),
            "offers": list(step.offers),
            "copy_to": step.copy_to,
            "assign_to": step.assign_to,
            "deadline_days": step.deadline_days,
        }
        for number, scenario, step in numbered_steps(policy)
    ]
    return pl.DataFrame(rows, schema=STEPS)


def numbered_steps(policy: Policy) -> Iterator[tuple[int, Scenario, Step]]:
    """Number the steps: within a scenario thanks come before dunning, and early days before late ones."""
    number = 0
    for scenario in policy.scenarios:
        for step in sorted(scenario.steps, key=lambda step: (step.anchor is Anchor.DUE, step.day)):
            yield number, scenario, step
            number += 1


def climb(book: Book, policy: Policy) -> Ladders:
    """Give every customer a ladder: the steps of its scenario whose conditions hold for it."""
    conditions = _distinct_conditions(policy)
    flags = [f"fits_{n}" for n in range(len(conditions))]
    judged = _judged_customers(book, policy).select(
        "customer_id",
        "scenario",
        *(_fits(condition).alias(flag) for condition, flag in zip(conditions, flags, strict=True)),
    )
    judged = judged.with_columns(scenario=_scenario_of(policy, dict(zip(conditions, flags, strict=True))))
    ladders = judged.select("scenario", *flags).unique().sort("scenario", *flags).with_row_index("ladder")
    customers = judged.join(ladders, on=["scenario", *flags]).select("customer_id", "ladder")
    rungs = [
        ladders.lazy()
        .filter(pl.col("scenario") == scenario.name, pl.col(flags[conditions.index(step.when)]))
        .select("ladder", step_no=pl.lit(number, dtype=pl.UInt32))
        for number, scenario, step in numbered_steps(policy)
    ]
    return Ladders(customers, _with_levels(rungs, policy), ladders.select("ladder", "scenario"))


def _with_levels(rungs: list[pl.LazyFrame], policy: Policy) -> pl.DataFrame:
    facts = step_table(policy).lazy().select("step_no", "anchor", "day", "do", "only_if_reminded")
    urgent = (pl.col("anchor") == Anchor.DUE) & (pl.col("day") > 0)
    nothing = pl.LazyFrame(schema={"ladder": pl.UInt32, "step_no": pl.UInt32})
    return (
        pl.concat([nothing, *rungs])
        .join(facts, on="step_no")
        .sort("ladder", "step_no")
        .with_columns(level=pl.when(urgent).then(urgent.cum_sum().over("ladder")).otherwise(0).cast(pl.Int64))
        .collect()
    )


def _distinct_conditions(policy: Policy) -> list[Condition]:
    every = [scenario.when for scenario in policy.scenarios]
    every += [step.when for scenario in policy.scenarios for step in scenario.steps]
    return list(dict.fromkeys(every))


def _scenario_of(policy: Policy, flags: dict[Condition, str]) -> pl.Expr:
    """Name the scenario of each customer: the one a person chose, else the first that fits; the last fits everybody."""
    first_fitting = pl.lit(policy.scenarios[-1].name)
    for scenario in reversed(policy.scenarios[:-1]):
        fitting = pl.col(flags[scenario.when])
        first_fitting = pl.when(fitting).then(pl.lit(scenario.name)).otherwise(first_fitting)
    known = pl.col("scenario").is_in([scenario.name for scenario in policy.scenarios])
    return pl.when(known).then(pl.col("scenario")).otherwise(first_fitting)


def _judged_customers(book: Book, policy: Policy) -> pl.DataFrame:
    """Return the customers with what conditions look at beside their own facts: tenure_days, balance."""
    tenure = (pl.lit(book.as_of) - pl.col("customer_since")).dt.total_days().fill_null(0)
    customers = book.customers.with_columns(tenure_days=tenure)
    if not any(_looks_at_balance(condition) for condition in _distinct_conditions(policy)):
        return customers
    balance = pl.col("balance").fill_null(pl.lit(0, dtype=pl.Int128))
    return customers.join(_largest_balances(book), on="customer_id", how="left").with_columns(balance)


def _looks_at_balance(condition: Condition) -> bool:
    return condition.balance_at_least is not None or condition.balance_below is not None


def _largest_balances(book: Book) -> pl.DataFrame:
    """Return customer_id and the largest balance over its currencies, in 10**-4 major units, never below zero."""
    owed = balances(book)
    scale = {currency: 10 ** (MOST_DECIMALS - exponent(currency)) for currency in owed["currency"].unique()}
    factor = pl.col("currency").replace_strict(scale, default=1, return_dtype=pl.Int64)
    comparable = pl.col("balance_minor").clip(lower_bound=0).cast(pl.Int128) * factor.cast(pl.Int128)
    return owed.group_by("customer_id").agg(balance=comparable.max())


def _fits(condition: Condition) -> pl.Expr:
    """Say for each customer whether every part of a condition holds; an unknown fact fits no part about it."""
    parts = [
        pl.col(column).is_in(allowed)
        for column, allowed in (
            ("segment", condition.segments),
            ("country", condition.countries),
            ("language", condition.languages),
            ("risk", condition.risks),
        )
        if allowed
    ]
    if condition.balance_at_least is not None:
        parts.append(pl.col("balance") >= _comparable(condition.balance_at_least))
    if condition.balance_below is not None:
        parts.append(pl.col("balance") < _comparable(condition.balance_below))
    if condition.tenure_days_at_least is not None:
        parts.append(pl.col("tenure_days") >= condition.tenure_days_at_least)
    if condition.tenure_days_below is not None:
        parts.append(pl.col("tenure_days") < condition.tenure_days_below)
    return pl.all_horizontal(parts).fill_null(value=False) if parts else pl.lit(value=True)


def _comparable(amount: Decimal) -> pl.Expr:
    # Balances are whole, so the next whole number above a finer threshold divides them in the same way.
    return pl.lit(int(amount.scaleb(MOST_DECIMALS).to_integral_value(ROUND_CEILING)), dtype=pl.Int128)
