"""What do the demo's firms buy, and when do they pay?"""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from amiable.ledger.intake.frames import ITEMS, RECEIPTS, SETTLEMENTS, Batch
from amiable.site.demo.world import Firm, what_was_sold

ASKED_BY_CHANCE_WITHIN = timedelta(days=30)


@dataclass
class Bill:
    """One invoice of the simulation, and what its firm means to do about it."""

    number: str
    firm: Firm
    issued_on: date
    due_on: date
    amount_minor: int
    description: str
    open_minor: int
    forgotten: bool = False  # paid only once somebody reminds them
    contested: bool = False
    pays_on: date | None = None


@dataclass
class Books:
    """The bills of all firms, and the days on which payments will arrive."""

    rng: random.Random
    firms: list[Firm]
    reminders_from: date  # before that day a forgotten bill is paid when somebody happens to ask
    bills: dict[str, Bill] = field(default_factory=dict)
    open_of: dict[str, dict[str, Bill]] = field(default_factory=lambda: defaultdict(dict))  # firm code → number → bill
    arriving: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))
    receipts: int = 0

    def pay_on(self, bill: Bill, day: date) -> None:
        """Let a bill be paid on a day (moved off weekends) instead of whenever it would have been."""
        while day.weekday() >= 5:
            day += timedelta(days=1)
        if bill.pays_on:
            self.arriving[bill.pays_on].discard(bill.number)
        bill.pays_on = day
        self.arriving[day].add(bill.number)


def issue(books: Books, day: date) -> list[Bill]:
    """Issue the day's invoices and decide how each of them will fare."""
    issued = []
    for firm in books.firms:
        if books.rng.random() < firm.invoices_a_month / 21:
            issued.append(_issue_one(books, firm, day))
    return issued


def _issue_one(books: Books, firm: Firm, day: date) -> Bill:
    rng = books.rng
    description, amount_minor = what_was_sold(rng, firm)
    bill = Bill(
        number=f"F{day:%y%m}-{len(books.bills) + 1:05d}",
        firm=firm,
        issued_on=day,
        due_on=day + timedelta(days=firm.terms_days),
        amount_minor=amount_minor,
        description=description,
        open_minor=amount_minor,
        forgotten=rng.random() < firm.habit.forgets,
        contested=rng.random() < firm.habit.disputes,
    )
    books.bills[bill.number] = bill
    books.open_of[firm.code][bill.number] = bill
    if bill.due_on < books.reminders_from - ASKED_BY_CHANCE_WITHIN:
        bill.contested = False
        late = rng.randint(30, 120) if bill.forgotten else rng.randint(*firm.habit.days_late)
        books.pay_on(bill, bill.due_on + timedelta(days=late))
    elif not bill.forgotten and not bill.contested:
        books.pay_on(bill, bill.due_on + timedelta(days=rng.randint(*firm.habit.days_late)))
    return bill


def take_payments(books: Books, day: date) -> list[tuple[Firm, list[tuple[Bill, int]]]]:
    """Return the day's receipts: for each paying firm the bills and the amounts that its one transfer covers."""
    arriving: dict[str, list[Bill]] = defaultdict(list)
    for number in sorted(books.arriving.pop(day, ())):
        bill = books.bills[number]
        arriving[bill.firm.code].append(bill)
    payments = []
    for bills in arriving.values():
        paid = [(bill, _pay(books, bill, day)) for bill in bills]
        payments.append((bills[0].firm, paid))
    return payments


def _pay(books: Books, bill: Bill, day: date) -> int:
    part = bill.open_minor
    if bill.open_minor == bill.amount_minor and books.rng.random() < bill.firm.habit.in_parts:
        part = max(1, round(bill.open_minor * books.rng.uniform(0.3, 0.7)))
    bill.open_minor -= part
    bill.pays_on = None
    if bill.open_minor:
        books.pay_on(bill, day + timedelta(days=books.rng.randint(12, 35)))
    else:
        close(books, bill)
    return part


def close(books: Books, bill: Bill) -> None:
    """Forget a bill that is settled."""
    bill.open_minor = 0
    if bill.pays_on:
        books.arriving[bill.pays_on].discard(bill.number)
    books.open_of[bill.firm.code].pop(bill.number, None)


def credited(books: Books, bill: Bill, amount_minor: int) -> None:
    """Take a credit note into account."""
    bill.open_minor -= amount_minor
    if bill.open_minor <= 0:
        close(books, bill)


def as_batch(
    books: Books, day: date, issued: Iterable[Bill], payments: list[tuple[Firm, list[tuple[Bill, int]]]]
) -> Batch:
    """Return the day's invoices and receipts in the shape in which a file's facts enter the ledger."""
    items = [
        {
            "source_key": bill.number,
            "customer_code": bill.firm.code,
            "kind": "invoice",
            "number": bill.number,
            "issued_on": bill.issued_on,
            "due_on": bill.due_on,
            "days_assumed": False,
            "currency": bill.firm.country.currency,
            "amount_minor": bill.amount_minor,
            "amount_assumed": False,
            "description": bill.description,
            "po_number": f"PO-{4000 + len(books.bills) % 5000}" if bill.firm.trade.segment == "key" else None,
        }
        for bill in issued
    ]
    receipts, settlements = [], []
    for firm, paid in payments:
        books.receipts += 1
        key = f"R{books.receipts:06d}"
        receipts.append(
            {
                "source_key": key,
                "customer_code": firm.code,
                "received_on": day,
                "currency": firm.country.currency,
                "amount_minor": sum(part for _, part in paid),
                "reference": " ".join(bill.number for bill, _ in paid)[:300],
                "payer_name": firm.name,
                "method": "transfer",
            }
        )
        settlements += [
            {
                "item_key": bill.number,
                "customer_code": firm.code,
                "receipt_key": key,
                "amount_minor": part,
                "allocated_on": day,
            }
            for bill, part in paid
        ]
    return Batch(
        items=pl.DataFrame(items, schema=ITEMS),
        receipts=pl.DataFrame(receipts, schema=RECEIPTS),
        settlements=pl.DataFrame(settlements, schema=SETTLEMENTS),
        last_day=day,
        rows=len(items) + len(receipts),
    )
