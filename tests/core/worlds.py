"""Random policies and books, rich in what trips planners.

They grow from a seed and a number of customers: plain dice are a hundred times faster than a strategy per cell, so
that a property meets thousands of customers in a few seconds; it still shrinks to the fewest customers.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

import polars as pl
from hypothesis import strategies as st

from amiable.core.book import CREDITS, CUSTOMERS, ITEMS, OPEN_TASKS, ROUTES, STEPS_DONE, TOUCHES, Book
from amiable.core.policy.model import (
    OFFERS,
    RISKS,
    ROLES,
    Anchor,
    Cap,
    Condition,
    ContactPolicy,
    Do,
    Policy,
    Scenario,
    Step,
    Tone,
)

T = TypeVar("T")

WEDNESDAY = date(2026, 3, 11)  # a working day everywhere
DAYS = (
    *[WEDNESDAY] * 6,
    date(2026, 3, 14),  # a Saturday
    date(2026, 5, 1),  # Labour Day in France and Germany
    date(2026, 7, 3),  # Independence Day observed in the United States
    date(2026, 7, 14),  # closed in France
    date(2026, 10, 5),  # the Monday after German Unity Day
    date(2026, 12, 25),  # Christmas, a Friday: everybody is closed for three days
)
SCENARIOS = ("courteous", "key", "small")
STEP_NAMES = ("ann", "ben", "cat", "dan", "eva", "fay", "gus", "hal")
SEGMENTS = ("", "key", "public")
COUNTRIES = ("FR", "US", "DE", "XX")
LANGUAGES = ("fr", "en")
CURRENCIES = ("EUR", "EUR", "USD", "JPY", "TND")
CHANNELS = ("email", "post", "sms")
PAUSES = ("dispute", "promise", "plan", "deferral", "in_transit", "hold")
AMOUNTS = [Decimal(value) for value in ("0", "0.5", "1", "10", "10.005", "250")]
MINORS = (1, 50, 99, 100, 1000, 1001, 10_000, 25_000, 100_000)

seeds = st.integers(0, 2**32 - 1)


class Dice(Random):
    """Dice with the few throws that the worlds below need."""

    def rarely(self, chance: float) -> bool:
        return self.random() < chance

    def some(self, values: Sequence[T], least: int = 0, most: int = 3) -> tuple[T, ...]:
        return tuple(self.sample(values, min(len(values), self.randint(least, most))))

    def maybe(self, chance: float, value: T) -> T | None:
        return value if self.rarely(chance) else None


def random_condition(dice: Dice) -> Condition:
    return Condition(
        segments=dice.maybe(0.2, dice.some(SEGMENTS)) or (),
        countries=dice.maybe(0.1, dice.some(COUNTRIES)) or (),
        languages=dice.maybe(0.1, dice.some(LANGUAGES)) or (),
        risks=dice.maybe(0.1, dice.some(RISKS)) or (),
        balance_at_least=dice.maybe(0.3, dice.choice(AMOUNTS)),
        balance_below=dice.maybe(0.2, dice.choice(AMOUNTS)),
        tenure_days_at_least=dice.maybe(0.1, dice.choice([0, 1, 90])),
        tenure_days_below=dice.maybe(0.1, dice.choice([0, 1, 90])),
    )


def random_steps(dice: Dice, *, conditional: bool = True) -> tuple[Step, ...]:
    dunning = [(Anchor.DUE, day) for day in sorted(dice.some([-7, -3, 0, 1, 3, 8, 15, 30], 1, 6))]
    thanks = [(Anchor.PAID, day) for day in sorted(dice.some([0, 1, 4], 0, 2))]
    names = dice.sample(STEP_NAMES, len(STEP_NAMES))
    return tuple(
        Step(
            name=name,
            day=day,
            anchor=anchor,
            do=dice.choices(list(Do), [8, 2, 1])[0],
            tone=dice.choice(list(Tone)),
            template=f"{name}-template",
            channels=dice.some(CHANNELS, 1),
            to=dice.some(ROLES),
            offers=dice.some(OFFERS, 0, 2),
            copy_to=dice.maybe(0.2, "salesperson"),
            assign_to=dice.choice(["owner", "manager"]),
            deadline_days=dice.randint(1, 5),
            only_if_reminded=anchor is Anchor.PAID and dice.rarely(0.5),
            when=random_condition(dice) if conditional and dice.rarely(0.2) else Condition(),
        )
        for name, (anchor, day) in zip(names, [*dunning, *thanks], strict=False)
    )


def random_contact_policy(dice: Dice) -> ContactPolicy:
    caps = [Cap(dice.randint(1, 3), dice.randint(1, 30)) for _ in range(dice.randint(0, 3))]
    if dice.rarely(0.05):
        caps.append(Cap(0, 7))
    return ContactPolicy(
        channels=dice.some(CHANNELS, 1),
        minimum_gap_days=dice.randint(0, 5),
        caps=tuple(caps),
        minimum_balance={code: dice.choice(AMOUNTS) for code in dice.some(["*", *set(CURRENCIES)], 0, 2)},
        bank_data_max_age_days=dice.choice([None, 0, 1, 4]),
    )


def random_policy(seed: int) -> Policy:
    dice = Dice(seed)
    names = dice.some(SCENARIOS, 1)
    scenarios = [Scenario(name, {"en": name}, random_steps(dice), random_condition(dice)) for name in names]
    scenarios[-1] = replace(scenarios[-1], when=Condition())
    return Policy(random_contact_policy(dice), tuple(scenarios))


def random_book(seed: int, customers: int) -> Book:
    """A book of customers with five items each, more or less, on a day that is often no working day somewhere."""
    dice = Dice(seed)
    as_of = dice.choice(DAYS)
    ids = list(range(1, customers + 1))
    items = [_item(dice, as_of, item_id, dice.choice(ids)) for item_id in range(1, 5 * customers + 1)]
    return Book(
        as_of=as_of,
        bank_as_of=dice.choice([as_of, as_of, as_of, as_of - timedelta(days=2), None]),
        customers=_frame([_customer(dice, as_of, number) for number in ids], CUSTOMERS),
        routes=_frame([row for number in ids for row in _routes(dice, number)], ROUTES),
        items=_frame(items, ITEMS),
        credits=_frame(
            [(number, dice.choice(CURRENCIES), dice.choice(MINORS)) for number in ids if dice.rarely(0.2)], CREDITS
        ),
        steps_done=_frame([row for item in items for row in _done(dice, as_of, item[0])], STEPS_DONE),
        touches=_frame([row for number in ids for row in _touches(dice, as_of, number)], TOUCHES),
        open_tasks=_frame(
            [(number, dice.choice(["find_contact", "call"])) for number in ids if dice.rarely(0.2)], OPEN_TASKS
        ),
    )


def _frame(rows: list[Any], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def _customer(dice: Dice, as_of: date, number: int) -> tuple[Any, ...]:
    held = dice.rarely(0.05)
    return (
        number,
        f"C-{number}",
        f"Customer {number}",
        dice.choice(SEGMENTS),
        dice.choice(RISKS),
        dice.choice(COUNTRIES),
        "Europe/Paris",
        dice.choice(LANGUAGES),
        dice.maybe(0.7, as_of - timedelta(days=dice.randint(0, 200))),
        dice.maybe(0.2, dice.choice([*SCENARIOS, "gone"])),
        "stop" if held else None,
        dice.maybe(0.5, as_of + timedelta(days=dice.randint(-2, 2))) if held else None,
        dice.maybe(0.05, as_of - timedelta(days=dice.randint(0, 5))),
    )


def _item(dice: Dice, as_of: date, item_id: int, customer_id: int) -> tuple[Any, ...]:
    paid = dice.rarely(0.2)
    paused = not paid and dice.rarely(0.1)
    return (
        item_id,
        customer_id,
        f"F-{item_id}",
        as_of - timedelta(days=dice.randint(-8, 45)),
        dice.choice(CURRENCIES),
        0 if paid else dice.choice(MINORS),
        dice.maybe(0.9, as_of - timedelta(days=dice.randint(0, 12))) if paid else None,
        dice.choice(PAUSES) if paused else None,
        dice.maybe(0.5, as_of + timedelta(days=dice.randint(-2, 2))) if paused else None,
    )


def _routes(dice: Dice, number: int) -> list[tuple[Any, ...]]:
    """Two people at most; each may be reached on several channels, some of which bounced."""
    rows = []
    for place in range(dice.randint(0, 2)):
        role, rank, language = dice.choice(ROLES), dice.randint(0, 2), dice.choice([*LANGUAGES, ""])
        for channel in dice.some(CHANNELS):
            rows.append((number, 10 * number + place, channel, role, language, rank, not dice.rarely(0.2)))
    return rows


def _done(dice: Dice, as_of: date, item_id: int) -> list[tuple[Any, ...]]:
    names = dice.some([*STEP_NAMES, "gone"], 0, 2) if dice.rarely(0.5) else ()
    return [
        (
            item_id,
            dice.choice([*SCENARIOS, "gone"]),
            name,
            dice.choice(["due", "due", "due", "paid"]),
            dice.choice([-7, -3, 0, 1, 3, 8, 10, 15]),
            as_of - timedelta(days=dice.randint(1, 20)),
        )
        for name in names
    ]


def _touches(dice: Dice, as_of: date, number: int) -> list[tuple[Any, ...]]:
    return [
        (number, as_of - timedelta(days=dice.randint(0, 30)), dice.choice(["out", "out", "in"]), dice.choice(CHANNELS))
        for _ in range(dice.randint(0, 3))
    ]


books = st.builds(random_book, seeds, st.integers(0, 12))
policies = st.builds(random_policy, seeds)
