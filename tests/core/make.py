"""Small believable worlds for tests of the planner, and one day following another in them.

Everything has a quiet default: an invoice is over 120.00 EUR and belongs to ACME, whose bookkeeper reads e-mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import polars as pl

from amiable.core.book import CREDITS, CUSTOMERS, ITEMS, OPEN_TASKS, ROUTES, STEPS_DONE, TOUCHES, Book
from amiable.core.money import to_minor
from amiable.core.plan import Plan, TaskKind
from amiable.core.policy.model import Anchor, Condition, ContactPolicy, Do, Policy, Scenario, Step

DAY = date(2026, 3, 11)  # a Wednesday, a working day everywhere

_numbers = count(1)


def day(words: str | date) -> date:
    """Read "today", "10 days ago" or "in 3 days", seen from `DAY`."""
    if isinstance(words, date):
        return words
    if words == "today":
        return DAY
    days = int("".join(letter for letter in words if letter.isdigit()))
    return DAY - timedelta(days=days) if words.endswith("ago") else DAY + timedelta(days=days)


@dataclass(frozen=True)
class Contact:
    """A person at a customer, with the channels that reach the person; `unusable` ones bounced or were refused."""

    contact_id: int
    role: str = "accounts_payable"
    language: str = "fr"
    rank: int = 0
    channels: tuple[str, ...] = ("email",)
    unusable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Customer:
    """A customer with its people."""

    customer_id: int
    name: str = "ACME"
    contacts: tuple[Contact, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Invoice:
    """An invoice as the book shows it, with the steps that the scenario did about it before the day."""

    item_id: int
    customer: Customer
    due_on: date
    currency: str
    open_minor: int
    paid_on: date | None
    pause: str | None
    pause_until: date | None
    done: tuple[tuple[str, str, int, date], ...]  # step, anchor, day, done_on


def contact(role: str = "accounts_payable", **facts: object) -> Contact:
    return Contact(next(_numbers), role, **facts)  # type: ignore[arg-type]


def customer(name: str = "ACME", *, contacts: Sequence[Contact] | None = None, **facts: object) -> Customer:
    """A French customer, known for two years; facts are columns of the book's customers."""
    people = (contact(),) if contacts is None else tuple(contacts)
    return Customer(next(_numbers), name, people, facts)


ACME = customer()


def invoice(
    *,
    due: str | date,
    amount: str = "120.00",
    currency: str = "EUR",
    customer: Customer = ACME,
    paid: str | date | None = None,
    disputed: bool = False,
    pause: str | None = None,
    until: str | date | None = None,
    reminded: dict[str, str] | None = None,
) -> Invoice:
    """An invoice; `reminded` tells which steps of the scenario were done and when: {"first": "5 days ago"}."""
    known = {step.name: step for step in STEPS}
    done = tuple((name, known[name].anchor.value, known[name].day, day(on)) for name, on in (reminded or {}).items())
    return Invoice(
        item_id=next(_numbers),
        customer=customer,
        due_on=day(due),
        currency=currency,
        open_minor=0 if paid else to_minor(Decimal(amount), currency),
        paid_on=day(paid) if paid else None,
        pause="dispute" if disputed else pause,
        pause_until=day(until) if until else None,
        done=done,
    )


def book(
    *invoices: Invoice,
    as_of: date = DAY,
    bank: str | date | None = "1 days ago",
    touches: Iterable[tuple[Customer, str, str]] = (),  # (who, "out" or "in", "3 days ago")
    credit: Iterable[tuple[Customer, str, str]] = (),  # (whose, "50.00", "EUR")
    open_tasks: Iterable[tuple[Customer, str]] = (),
) -> Book:
    """The book of a day with some invoices, their customers and what happened before."""
    customers = {invoice.customer.customer_id: invoice.customer for invoice in invoices}.values()
    return Book(
        as_of=as_of,
        bank_as_of=None if bank is None else day(bank),
        customers=pl.DataFrame([_customer_row(one) for one in customers], schema=CUSTOMERS),
        routes=pl.DataFrame([row for one in customers for row in _route_rows(one)], schema=ROUTES, orient="row"),
        items=pl.DataFrame([_item_row(one) for one in invoices], schema=ITEMS, orient="row"),
        credits=pl.DataFrame(
            [(who.customer_id, code, to_minor(Decimal(amount), code)) for who, amount, code in credit],
            schema=CREDITS,
            orient="row",
        ),
        steps_done=pl.DataFrame(
            [
                (one.item_id, "courteous", step, anchor, number, on)
                for one in invoices
                for step, anchor, number, on in one.done
            ],
            schema=STEPS_DONE,
            orient="row",
        ),
        touches=pl.DataFrame(
            [(who.customer_id, day(on), direction, "email") for who, direction, on in touches],
            schema=TOUCHES,
            orient="row",
        ),
        open_tasks=pl.DataFrame([(who.customer_id, kind) for who, kind in open_tasks], schema=OPEN_TASKS, orient="row"),
    )


def _customer_row(one: Customer) -> dict[str, object]:
    return {
        "customer_id": one.customer_id,
        "code": f"C-{one.customer_id}",
        "name": one.name,
        "segment": "",
        "risk": "unknown",
        "country": "FR",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "customer_since": DAY - timedelta(days=730),
        "scenario": None,
        "hold": None,
        "hold_until": None,
        "awaiting_since": None,
        **one.facts,
    }


def _route_rows(one: Customer) -> list[tuple[object, ...]]:
    return [
        (one.customer_id, who.contact_id, channel, who.role, who.language, who.rank, channel not in who.unusable)
        for who in one.contacts
        for channel in who.channels
    ]


def _item_row(one: Invoice) -> tuple[object, ...]:
    number = f"F-{one.item_id}"
    facts = (one.due_on, one.currency, one.open_minor, one.paid_on, one.pause, one.pause_until)
    return (one.item_id, one.customer.customer_id, number, *facts)


STEPS = (
    Step("thanks", 0, Do.MESSAGE, anchor=Anchor.PAID, template="thanks", only_if_reminded=True),
    Step("heads-up", -7, Do.MESSAGE, template="heads-up"),
    Step("due-today", 0, Do.MESSAGE, template="due-today"),
    Step("first", 5, Do.MESSAGE, template="first"),
    Step("second", 12, Do.MESSAGE, template="second"),
    Step("help", 20, Do.MESSAGE, template="help", offers=("plan", "deferral")),
    Step("call", 30, Do.CALL, template="call"),
    Step("clear", 40, Do.MESSAGE, template="clear", copy_to="salesperson"),
    Step("review", 60, Do.REVIEW, template="review"),
)


def policy(*steps: Step, scenarios: Sequence[Scenario] = (), **contact: object) -> Policy:
    """One courteous scenario for everybody, unless told otherwise; keywords change the contact policy."""
    everybody = Scenario("courteous", {"en": "Courteous"}, steps or STEPS, Condition())
    return Policy(ContactPolicy(**contact), (*scenarios, everybody))  # type: ignore[arg-type]


def steps_about(plan: Plan, *invoices: Invoice) -> list[str]:
    """The steps that a contact or a task takes about some invoices, in the plan's order."""
    wanted = pl.col("item_id").is_in([one.item_id for one in invoices]) & pl.col("step").is_not_null()
    frames = (plan.contact_items, plan.task_items)
    return [step for frame in frames for step in frame.filter(wanted)["step"]]


def why_not(plan: Plan, one: Invoice) -> str | None:
    """The reason why a due step of an invoice is withheld; null where none is."""
    reasons = plan.withheld.filter(pl.col("item_id") == one.item_id)["reason"].to_list()
    assert len(reasons) <= 1
    return reasons[0] if reasons else None


def advance(book: Book, plan: Plan, *, days: int = 1, bank_is_fresh: bool = True) -> Book:
    """The book some days later, when everything that was planned took place on its day.

    Messages were sent, calls were made, reviews were done; a contact that had to be found stays a task.
    """
    called = plan.tasks.filter(pl.col("kind") == TaskKind.CALL)
    touches = [
        frame.select("customer_id", on=pl.lit(plan.as_of), direction=pl.lit("out"), channel=channel)
        for frame, channel in ((plan.contacts, pl.col("channel")), (called, pl.lit("phone")))
    ]
    step_columns = ("item_id", "scenario", "step", "anchor", "day")
    progress = [
        frame.filter(pl.col("step").is_not_null()).select(*step_columns, done_on=pl.lit(plan.as_of))
        for frame in (plan.contact_items, plan.task_items.filter(pl.col("kind") != TaskKind.FIND_CONTACT))
    ]
    find = plan.tasks.filter(pl.col("kind") == TaskKind.FIND_CONTACT).select("customer_id", "kind")
    tomorrow = book.as_of + timedelta(days=days)
    return replace(
        book,
        as_of=tomorrow,
        bank_as_of=tomorrow - timedelta(days=1) if bank_is_fresh else book.bank_as_of,
        touches=pl.concat([book.touches, *touches]),
        steps_done=pl.concat([book.steps_done, *progress]),
        open_tasks=pl.concat([book.open_tasks, find]),
    )
