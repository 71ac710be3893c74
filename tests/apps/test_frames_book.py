"""Is the book exactly what was known on its day?"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

from amiable.core.book import Book
from amiable.ledger.models import Allocation, Correction, Hold, Item, Receipt
from amiable.ledger.operations import allocate, correct_item, end_hold, reverse_allocation
from amiable.planning.frames import PAID_WITHIN_DAYS, open_book
from tests.apps.make import TODAY, Make

STRENGTH = ("dispute", "promise", "plan", "deferral", "in_transit", "hold")


def of(book: Book, frame: str, **wanted) -> list[dict]:
    """Return the rows of a frame that hold these values."""
    rows = getattr(book, frame).to_dicts()
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def amount_on(item: Item, day: date) -> int:
    later = Correction.objects.filter(item=item, corrected_on__gt=day)
    return item.amount_minor - sum(correction.delta_minor for correction in later)


def stood_on(allocation: Allocation, day: date) -> bool:
    return allocation.allocated_on <= day and (allocation.reversed_on is None or allocation.reversed_on > day)


def open_on(item: Item, day: date) -> int:
    """Recompute one balance the slow and obvious way."""
    used = [*item.allocations.all(), *item.uses.all()]
    return amount_on(item, day) - sum(a.amount_minor for a in used if stood_on(a, day))


def paid_on(item: Item, day: date) -> date | None:
    """Return the day since which nothing had been open that day, where money paid it."""
    standing = [a for a in item.allocations.all() if stood_on(a, day)]
    corrected = [c.corrected_on for c in item.corrections.all() if c.delta_minor and c.corrected_on <= day]
    if open_on(item, day) or not any(a.receipt_id for a in standing):
        return None
    return max([item.issued_on, *(a.allocated_on for a in standing), *corrected])


def expected_items(day: date) -> dict[int, tuple[int, date | None]]:
    known = {}
    for item in Item.objects.filter(kind="invoice", issued_on__lte=day):
        left, paid = open_on(item, day), paid_on(item, day)
        if left > 0 or (paid and paid >= day - timedelta(days=PAID_WITHIN_DAYS)):
            known[item.pk] = (left, paid)
    return known


def expected_credit(day: date) -> int:
    notes = sum(open_on(item, day) for item in Item.objects.filter(kind="credit_note", issued_on__lte=day))
    receipts = sum(
        receipt.amount_minor - sum(a.amount_minor for a in receipt.allocations.all() if stood_on(a, day))
        for receipt in Receipt.objects.filter(received_on__lte=day)
    )
    return notes + receipts


EVENTS = some.lists(
    some.tuples(
        some.sampled_from(["pay", "credit", "write off", "take back", "correct"]),
        some.integers(0, 2),  # which invoice
        some.integers(0, 40),  # days after the first
        some.integers(1, 100),  # how much, in percent of what is open
    ),
    max_size=6,
)


class BookTest(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(EVENTS, some.lists(some.integers(-5, 70), min_size=1, max_size=3))
    def test_every_balance_is_what_a_recomputation_of_that_day_says(self, events, days):
        make = Make()
        start = TODAY - timedelta(days=50)
        invoices = [make.invoice(due="10 days ago", amount="100.00", issued=start) for _ in range(3)]
        note = make.credit_note(issued=start, amount="150.00")
        for event in sorted(events, key=lambda event: event[2]):
            happens(make, event, invoices, note, start)

        for offset in days:
            day = start + timedelta(days=offset)
            book = open_book(make.creditor(), as_of=day)

            found = {row["item_id"]: (row["open_minor"], row["paid_on"]) for row in book.items.to_dicts()}
            assert found == expected_items(day)
            assert sum(book.credits["credit_minor"].to_list()) == expected_credit(day)


def happens(make: Make, event, invoices, note, start) -> None:
    """Let one thing happen, if the ledger allows it."""
    what, which, after, percent = event
    invoice, on = Item.objects.get(pk=invoices[which].pk), start + timedelta(days=after)
    left = invoice.amount_minor - invoice.allocated_minor
    part = max(left * percent // 100, 1)
    try:
        if what == "pay":
            receipt = make.receipt(amount=f"{part / 50:.2f}", on=on)
            allocate(invoice, by=None, amount_minor=part, on=on, receipt=receipt)
        elif what == "credit":
            allocate(invoice, by=None, amount_minor=part, on=on, credit_note=note)
        elif what == "write off":
            allocate(invoice, by=None, amount_minor=part, on=on, write_off_reason="Rounding")
        elif what == "correct":
            correct_item(
                invoice, by=None, on=on, reason="Wrong price", amount_minor=invoice.amount_minor + percent - 50
            )
        elif standing := invoice.allocations.filter(reversed_on=None).first():
            reverse_allocation(standing, by=None, on=on)
    except ValueError:
        pass  # the ledger says no: not enough is open, or out of order


@pytest.mark.django_db
def test_an_invoice_of_a_later_day_is_unknown(make):
    invoice = make.invoice(issued="5 days ago", due="in 25 days")

    assert of(open_book(make.creditor(), as_of=make.on("5 days ago")), "items", item_id=invoice.pk)
    assert not of(open_book(make.creditor(), as_of=make.on("6 days ago")), "items", item_id=invoice.pk)


@pytest.mark.django_db
def test_the_strongest_cause_pauses_an_item_and_only_on_its_days(make):
    invoice = make.invoice(due="10 days ago")
    make.hold(invoice.customer, item=invoice, kind="promise", since="8 days ago", until="2 days ago")
    ended = make.hold(invoice.customer, item=invoice, kind="dispute", since="6 days ago")
    end_hold(ended, by=None, on=make.on("4 days ago"))

    def paused(phrase: str) -> tuple:
        row = open_book(make.creditor(), as_of=make.on(phrase)).items.to_dicts()[0]
        return row["pause"], row["pause_until"]

    assert paused("9 days ago") == (None, None)
    assert paused("8 days ago") == ("promise", make.on("2 days ago"))
    assert paused("6 days ago") == ("dispute", None)
    assert paused("4 days ago") == ("promise", make.on("2 days ago"))
    assert paused("2 days ago") == (None, None)


@pytest.mark.django_db
def test_a_hold_without_an_item_stops_the_customer(make):
    invoice = make.invoice(due="10 days ago")
    make.hold(invoice.customer, kind="hold", until="in 3 days")

    book = open_book(make.creditor(), as_of=make.day)

    assert of(book, "customers", hold="hold", hold_until=make.on("in 3 days"))
    assert of(book, "items", item_id=invoice.pk, pause=None)


@pytest.mark.django_db
def test_every_order_of_holds_gives_the_strongest(make):
    invoice = make.invoice(due="10 days ago")
    for kind in reversed(STRENGTH):
        make.hold(invoice.customer, item=invoice, kind=kind)
        assert open_book(make.creditor(), as_of=make.day).items["pause"].to_list() == [kind]
    assert Hold.objects.count() == len(STRENGTH)


@pytest.mark.django_db
def test_archived_customers_are_left_out_with_all_they_owe(make):
    make.invoice(due="10 days ago")
    make.receipt(amount="5.00")
    customer = make.creditor().customers.get()
    customer.archived_on = make.day
    customer.save()

    book = open_book(make.creditor(), as_of=make.day)

    assert book.customers.is_empty()
    assert book.items.is_empty()
    assert book.credits.is_empty()
    assert open_book(make.creditor(), as_of=make.on("yesterday")).items.height == 1


@pytest.mark.django_db
def test_an_address_that_bounced_later_was_still_usable(make):
    contact = make.contact(make.customer())
    address = contact.addresses.get()
    address.reach, address.reach_since = "bounced", make.day
    address.save()

    def usable(phrase: str) -> list[bool]:
        return open_book(make.creditor(), as_of=make.on(phrase)).routes["usable"].to_list()

    assert usable("today") == [False]
    assert usable("yesterday") == [True]


@pytest.mark.django_db
def test_the_bank_data_are_never_newer_than_the_day(make):
    creditor = make.creditor(bank_data_until="in 3 days")

    assert open_book(creditor, as_of=make.day).bank_as_of == make.day
    assert open_book(creditor, as_of=make.on("in 5 days")).bank_as_of == make.on("in 3 days")
    creditor.bank_data_until = None
    assert open_book(creditor, as_of=make.day).bank_as_of is None


@pytest.mark.django_db
def test_the_book_of_some_customers_is_that_part_of_the_whole(make):
    invoices = [make.invoice(make.customer(), due="10 days ago") for _ in range(4)]
    some_ids = [invoice.customer_id for invoice in invoices[1:3]]
    whole = open_book(make.creditor(), as_of=make.day)

    for ids in (some_ids, range(min(some_ids), max(some_ids) + 1)):
        part = open_book(make.creditor(), as_of=make.day, customer_ids=ids)
        assert sorted(part.items["customer_id"].to_list()) == some_ids
        assert part.customers.height == 2
    assert whole.customers.height == 4


@pytest.mark.django_db
def test_another_creditors_customers_are_not_in_the_book(make):
    make.invoice(make.customer(), due="10 days ago")
    other = make.creditor(slug="other")
    make.invoice(make.customer(creditor=other), due="10 days ago")

    assert open_book(other, as_of=make.day).items.height == 1


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_book(make):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            open_book(make.creditor(), as_of=make.day)
        return len(asked)

    make.invoice(make.customer(), due="10 days ago")
    few = statements()
    for _ in range(5):
        make.invoice(make.customer(), due="10 days ago")

    assert statements() == few <= 20
