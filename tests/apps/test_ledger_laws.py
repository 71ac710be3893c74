"""Is no money ever created or lost, whatever is written in whatever order?

Random sequences of writes are played against the real operations and a plain Python ledger that recomputes every
day row by row.
"""

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

from amiable.core.position import AGE_BUCKETS
from amiable.ledger import operations
from amiable.ledger.models import Allocation, Item, Receipt
from amiable.ledger.queries import aging, balances, customer_balances, open_items, totals
from amiable.organisation.operations import verify_audit
from tests.apps.make import TODAY, Make

REFUSALS = (
    operations.AllocatedTooEarly,
    operations.AlreadyReversed,
    operations.BelowAllocated,
    operations.CorrectedOutOfOrder,
    operations.NotPayable,
    operations.OverAllocated,
    operations.ReversedTooEarly,
    operations.AmountNotPositive,
)
SPAN = 12  # days of a story; few, so that writes meet
LONG_AGO = TODAY - timedelta(days=SPAN)
days = some.integers(0, SPAN).map(lambda n: TODAY - timedelta(days=n))
amounts = some.integers(1, 40)
which = some.integers(0, 5)
delays = some.integers(-1, 4)  # days after the first that is possible; -1 is refused
bookings = some.lists(
    some.one_of(
        some.tuples(some.just("invoice"), which, days, amounts, some.integers(-40, 100)),
        some.tuples(some.just("credit"), which, days, amounts),
        some.tuples(some.just("receipt"), which, days, amounts),
    ),
    min_size=3,
    max_size=8,
)
settlements = some.lists(
    some.one_of(
        some.tuples(some.just("pay"), which, which, delays, amounts),
        some.tuples(some.just("use"), which, which, delays, amounts),
        some.tuples(some.just("write off"), which, delays, amounts),
        some.tuples(some.just("reverse"), which, delays),
        some.tuples(some.just("correct"), which, delays, some.integers(0, 60)),
        some.tuples(some.just("invoice"), which, days, amounts, some.integers(-40, 100)),
    ),
    min_size=3,
    max_size=16,
)


class Story:
    """Plays writes against the ledger, and remembers in plain lists what was taken."""

    def __init__(self, make: Make) -> None:
        self.customers = [make.customer(currency=currency) for currency in ("EUR", "EUR", "USD")]
        self.creditor = make.creditor()
        self.items: list[Item] = []
        self.receipts: list[Receipt] = []
        self.allocations: list[Allocation] = []

    def play(self, write: tuple) -> None:
        kind, *facts = write
        with suppress(*REFUSALS):  # nothing may be written then, which the laws below would notice
            getattr(self, kind.replace(" ", "_"))(*facts)

    def _book(self, kind: str, whose: int, on: date, amount: int, due_in: int) -> None:
        customer = self.customers[whose % 3]
        item = operations.add_item(
            self.creditor,
            by=None,
            customer=customer,
            number=str(len(self.items)),
            kind=kind,
            issued_on=on,
            due_on=on + timedelta(days=due_in),
            currency=customer.currency,
            amount_minor=amount,
        )
        self.items.append(item)

    def invoice(self, whose: int, on: date, amount: int, due_in: int) -> None:
        self._book("invoice", whose, on, amount, due_in)

    def credit(self, whose: int, on: date, amount: int) -> None:
        self._book("credit_note", whose, on, amount, 0)

    def receipt(self, whose: int, on: date, amount: int) -> None:
        customer = self.customers[whose % 3]
        receipt = operations.add_receipt(
            self.creditor,
            by=None,
            customer=customer,
            received_on=on,
            currency=customer.currency,
            amount_minor=amount,
        )
        self.receipts.append(receipt)

    def pay(self, item: int, receipt: int, delay: int, amount: int) -> None:
        if (invoice := self._pick("invoice", item)) and (money := self._same_currency(self.receipts, invoice, receipt)):
            self._allocate(invoice, max(invoice.issued_on, money.received_on), delay, amount, receipt=money)

    def use(self, item: int, credit_note: int, delay: int, amount: int) -> None:
        notes = [one for one in self.items if one.kind == "credit_note"]
        if (invoice := self._pick("invoice", item)) and (note := self._same_currency(notes, invoice, credit_note)):
            self._allocate(invoice, max(invoice.issued_on, note.issued_on), delay, amount, credit_note=note)

    def write_off(self, item: int, delay: int, amount: int) -> None:
        if invoice := self._pick("invoice", item):
            self._allocate(invoice, invoice.issued_on, delay, amount, write_off_reason="too small to ask for")

    def reverse(self, which: int, delay: int) -> None:
        if self.allocations:
            allocation = self.allocations[which % len(self.allocations)]
            operations.reverse_allocation(allocation, by=None, on=allocation.allocated_on + timedelta(days=delay))

    def correct(self, which: int, delay: int, amount: int) -> None:
        if self.items:
            item = self.items[which % len(self.items)]
            on = item.issued_on + timedelta(days=delay)
            operations.correct_item(item, by=None, on=on, reason="recounted", amount_minor=amount)

    def _pick(self, kind: str, which: int) -> Item | None:
        among = [item for item in self.items if item.kind == kind]
        return among[which % len(among)] if among else None

    def _same_currency(self, rows: list, invoice: Item, which: int):
        among = [row for row in rows if row.currency == invoice.currency]
        return among[which % len(among)] if among else None

    def _allocate(self, invoice: Item, first_day: date, delay: int, amount: int, **source) -> None:
        on = first_day + timedelta(days=delay)
        self.allocations.append(operations.allocate(invoice, by=None, amount_minor=amount, on=on, **source))


def open_by_hand(row: Item | Receipt, as_of: date) -> int:
    """Recompute what was open of an item or a receipt, from its own rows alone."""
    if isinstance(row, Item):
        if row.issued_on > as_of:
            return 0
        amount = row.amount_minor - sum(c.delta_minor for c in row.corrections.all() if c.corrected_on > as_of)
        used = [*row.allocations.all(), *row.uses.all()]
    else:
        if row.received_on > as_of:
            return 0
        amount, used = row.amount_minor, list(row.allocations.all())
    standing = (a for a in used if a.allocated_on <= as_of and (a.reversed_on is None or a.reversed_on > as_of))
    return amount - sum(a.amount_minor for a in standing)


def bucket_by_hand(item: Item, as_of: date) -> int:
    age = (as_of - item.due_on).days
    return next(
        place
        for place, (first, end) in enumerate(AGE_BUCKETS.values())
        if (first is None or age >= first) and (end is None or age < end)
    )


class LawsOfTheLedger(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @example(
        booked=[("invoice", 0, LONG_AGO, 40, 5), ("credit", 0, LONG_AGO, 30), ("receipt", 0, LONG_AGO, 30)],
        then=[
            ("use", 0, 0, 1, 20),
            ("pay", 0, 0, 2, 10),
            ("reverse", 0, 3),
            ("reverse", 1, 2),
            ("pay", 0, 0, 1, 30),
            ("use", 0, 0, 4, 10),
            ("correct", 0, 4, 60),
            ("write off", 0, 4, 20),
        ],
    )
    @given(bookings, settlements)
    def test_every_day_is_exact_and_no_money_is_created_or_lost(self, booked, then):
        story = Story(Make())
        for write in booked + then:
            story.play(write)

        items = list(Item.objects.prefetch_related("allocations", "uses", "corrections"))
        receipts = list(Receipt.objects.prefetch_related("allocations"))
        for item in items:
            self.assert_both_sides_agree(item, [*item.allocations.all(), *item.uses.all()])
            assert item.settled_on == self.settled_by_hand(item)
        for receipt in receipts:
            self.assert_both_sides_agree(receipt, receipt.allocations.all())
        for days_ago in range(-9, SPAN + 2):
            self.assert_day_is_exact(story, items, receipts, TODAY - timedelta(days=days_ago))
        assert verify_audit() is None

    def assert_both_sides_agree(self, row, allocations):
        standing = sum(allocation.amount_minor for allocation in allocations if allocation.reversed_on is None)
        assert row.allocated_minor == standing <= row.amount_minor

    def settled_by_hand(self, item: Item) -> date | None:
        if item.allocated_minor < item.amount_minor:
            return None
        lasting = [a.allocated_on for a in (*item.allocations.all(), *item.uses.all()) if a.reversed_on is None]
        settled_on = max([item.issued_on, *lasting, *(c.corrected_on for c in item.corrections.all())])
        assert open_by_hand(item, settled_on) == 0
        return settled_on

    def assert_day_is_exact(self, story: Story, items: list[Item], receipts: list[Receipt], as_of: date) -> None:
        left = {item.pk: open_by_hand(item, as_of) for item in items}
        unused = {receipt.pk: open_by_hand(receipt, as_of) for receipt in receipts}
        assert all(minor >= 0 for minor in [*left.values(), *unused.values()])

        owed, credit, by_bucket = Counter(), Counter(), Counter()
        ages = defaultdict(Counter)
        for item in items:
            key = (item.customer_id, item.currency)
            if item.kind == "invoice" and left[item.pk]:
                owed[key] += left[item.pk]
                by_bucket[item.currency, bucket_by_hand(item, as_of)] += left[item.pk]
                ages[key][bucket_by_hand(item, as_of)] += left[item.pk]
            elif left[item.pk]:
                credit[key] += left[item.pk]
        for receipt in receipts:
            if unused[receipt.pk]:
                credit[receipt.customer_id, receipt.currency] += unused[receipt.pk]

        found = balances(story.creditor, as_of=as_of)
        told = {(row.customer_id, row.balance.currency): row.balance for row in found}
        assert {key: balance.open_minor for key, balance in told.items() if balance.open_minor} == owed
        assert {key: balance.credit_minor for key, balance in told.items() if balance.credit_minor} == credit
        for key, balance in told.items():
            assert balance.buckets == tuple(ages[key][place] for place in range(5))
        places = {name: place for place, name in enumerate(AGE_BUCKETS)}
        by_age = {(row.currency, places[row.bucket]): row.open_minor for row in aging(story.creditor, as_of=as_of)}
        assert {key: minor for key, minor in by_age.items() if minor} == by_bucket
        for total in totals(story.creditor, as_of=as_of):
            same = [minor for (_, currency), minor in owed.items() if currency == total.currency]
            assert (total.open_minor, total.customers) == (sum(same), len(same))
        for customer in story.customers:
            rows = open_items(customer, as_of=as_of)
            theirs = {pk: left[pk] for pk in (item.pk for item in items if item.customer_id == customer.pk)}
            assert {row.item_id: row.open_minor for row in rows} == {pk: m for pk, m in theirs.items() if m}
            assert customer_balances(customer, as_of=as_of) == [
                row.balance for row in found if row.customer_id == customer.pk
            ]


@pytest.mark.parametrize(
    "violation",
    [
        lambda item, receipt, allocation: Item.objects.update(allocated_minor=F("amount_minor") + 1),
        lambda item, receipt, allocation: Item.objects.update(allocated_minor=-1),
        lambda item, receipt, allocation: Item.objects.update(amount_minor=1),
        lambda item, receipt, allocation: Item.objects.update(settled_on=TODAY),
        lambda item, receipt, allocation: Item.objects.update(currency="eur"),
        lambda item, receipt, allocation: Receipt.objects.update(allocated_minor=F("amount_minor") + 1),
        lambda item, receipt, allocation: Receipt.objects.update(amount_minor=0),
        lambda item, receipt, allocation: Allocation.objects.update(amount_minor=0),
        lambda item, receipt, allocation: Allocation.objects.update(write_off_reason="also written off"),
        lambda item, receipt, allocation: Allocation.objects.update(receipt=None),
        lambda item, receipt, allocation: Allocation.objects.update(reversed_on=TODAY - timedelta(days=400)),
    ],
    ids=lambda violation: str(violation.__code__.co_names[-1:]),
)
def test_the_database_refuses_what_no_ledger_may_hold(make, violation):
    invoice = make.invoice(amount="100.00")
    allocation = make.paid(invoice, amount="40.00")

    with pytest.raises(IntegrityError), transaction.atomic():
        violation(invoice, allocation.receipt, allocation)
