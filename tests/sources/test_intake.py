"""Is a whole file booked exactly once, and are facts corrected instead of erased?"""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import F, Sum
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

from amiable.ledger.intake import Batch, book
from amiable.ledger.intake.book import open_total_minor
from amiable.ledger.models import Allocation, Correction, Customer, Item, Receipt
from amiable.ledger.operations import reverse_allocation
from amiable.organisation.models import AuditEvent, Creditor
from amiable.organisation.operations.audit import verify_audit
from amiable.sources.models import ImportRun
from amiable.sources.operations import import_file, preview_file
from tests.sources.conftest import NOW, TODAY

HEADER = "Customer,Invoice,Date,Due date,Amount,Outstanding,Paid date,Currency\n"


def row(
    number: str, *, amount: str = "100.00", outstanding: str = "100.00", due: str = "2026-02-09", paid: str = ""
) -> str:
    return f"A,{number},2026-01-10,{due},{amount},{outstanding},{paid},EUR\n"


def state() -> list[list[tuple]]:
    """Everything in the ledger, without the numbers that the database gives its rows."""
    items = Item.objects.values_list(
        *("source_key", "customer__code", "kind", "number", "issued_on", "due_on", "currency", "amount_minor"),
        *("allocated_minor", "settled_on"),
    )
    receipts = Receipt.objects.values_list("source_key", "received_on", "amount_minor", "allocated_minor")
    allocations = Allocation.objects.values_list(
        "item__source_key", "receipt__source_key", "amount_minor", "allocated_on"
    )
    customers = Customer.objects.values_list("code", "name")
    return [sorted(map(tuple, rows), key=str) for rows in (items, receipts, allocations, customers)]


@pytest.mark.django_db
def test_a_new_due_date_and_amount_are_corrections(bring_in):
    bring_in(HEADER + row("1"))
    bring_in(HEADER + row("1", amount="120.00", outstanding="120.00", due="2026-03-01"))

    item = Item.objects.get()
    assert (item.amount_minor, item.due_on) == (12_000, date(2026, 3, 1))
    changes = Correction.objects.order_by("field").values_list("field", "before", "after", "delta_minor")
    assert list(changes) == [("amount_minor", "10000", "12000", 2000), ("due_on", "2026-02-09", "2026-03-01", 0)]


@pytest.mark.django_db
def test_what_is_paid_little_by_little_becomes_one_receipt_each_time(bring_in):
    for outstanding, paid in (("100.00", ""), ("60.00", "2026-02-01"), ("60.00", "2026-02-01"), ("0.00", "2026-02-20")):
        bring_in(HEADER + row("1", outstanding=outstanding, paid=paid))

    received = Receipt.objects.order_by("received_on").values_list("received_on", "amount_minor")
    assert list(received) == [(date(2026, 2, 1), 4_000), (date(2026, 2, 20), 6_000)]
    assert Item.objects.get().settled_on == date(2026, 2, 20)


@pytest.mark.django_db
def test_a_settled_invoice_that_grows_is_open_again(bring_in):
    bring_in(HEADER + row("1", outstanding="0.00", paid="2026-02-01"))
    bring_in(HEADER + row("1", amount="130.00", outstanding="30.00", paid="2026-02-01"))

    item = Item.objects.get()
    assert (item.amount_minor, item.allocated_minor, item.settled_on) == (13_000, 10_000, None)


@pytest.mark.django_db
def test_what_the_ledger_cannot_take_is_left_and_counted(bring_in):
    bring_in(HEADER + row("1", outstanding="0.00", paid="2026-02-01") + row("2"))
    run = bring_in(HEADER + row("1", amount="60.00", outstanding="60.00") + row("2").replace("EUR", "USD"))

    assert run.counts["items"]["misfits"] == 2
    assert not Correction.objects.exists()
    assert set(Item.objects.values_list("amount_minor", "currency")) == {(10_000, "EUR")}


@pytest.mark.django_db
def test_a_payment_that_a_person_took_back_is_not_booked_again(bring_in):
    rows = HEADER + row("1", outstanding="0.00", paid="2026-02-01")
    bring_in(rows)
    reverse_allocation(Allocation.objects.get(), by=None, on=TODAY)

    run = bring_in(rows)

    assert Item.objects.get().settled_on is None
    assert (Allocation.objects.count(), run.counts["items"]["misfits"]) == (1, 1)


@pytest.mark.django_db
def test_an_invoice_missing_from_a_newer_list_is_reported_and_not_paid(bring_in):
    header = "Customer,Invoice,Date,Due date,Amount\n"
    first, second = (f"A,{number},2026-01-10,2026-02-09,100.00\n" for number in "12")
    bring_in(header + first + second)

    run = bring_in(header + second)

    assert run.counts["items"]["no_longer_listed"] == 1
    assert not Item.objects.exclude(settled_on=None).exists()


@pytest.mark.django_db
def test_a_list_that_a_person_calls_complete_settles_what_is_missing(bring_in, creditor, write):
    header = "Customer,Invoice,Date,Due date,Amount\n"
    first, second = (f"A,{number},2026-01-10,2026-02-09,100.00\n" for number in "12")
    bring_in(header + first + second)
    path = write(header + second)
    mapping = replace(preview_file(path, creditor=creditor, as_of=TODAY).mapping, settle_unlisted=True)

    bring_in(path, mapping=mapping)

    assert Item.objects.get(number="1").settled_on == TODAY
    assert Receipt.objects.get().reference == "Settled according to the list of 2026-03-11"
    assert Item.objects.get(number="2").settled_on is None


@pytest.mark.django_db
def test_a_used_credit_note_is_closed_without_saying_for_what(bring_in):
    bring_in(HEADER + row("C1", amount="-50.00", outstanding="-20.00"))

    note = Item.objects.get()
    assert (note.kind, note.amount_minor, note.allocated_minor) == ("credit_note", 5_000, 3_000)
    assert Allocation.objects.get().write_off_reason == "Used, according to the imported list"
    assert open_total_minor(note.creditor, "EUR") == -2_000


@pytest.mark.django_db
def test_one_import_is_one_audit_line_and_the_trail_holds(bring_in):
    bring_in(HEADER + "".join(row(str(n)) for n in range(50)))

    event = AuditEvent.objects.get()
    assert (event.action, event.facts["counts"]["items"]["new"]) == ("import.booked", 50)
    assert verify_audit() is None


@pytest.mark.django_db
def test_an_error_in_the_middle_leaves_the_ledger_as_it_was(creditor, bring_in):
    bring_in(HEADER + row("1"))
    before = state()

    def batches():
        yield Batch(rows=1)
        raise RuntimeError("the disk went away")

    with pytest.raises(RuntimeError):
        book(creditor, batches(), as_of=TODAY)
    assert state() == before


INVOICES = some.lists(
    some.fixed_dictionaries(
        {
            "customer": some.sampled_from("ABC"),
            "number": some.integers(1, 12),
            "issued": some.integers(0, 60),
            "amount": some.integers(1, 500_00),
            "share": some.sampled_from([0, 0.3, 1]),
            "paid": some.booleans(),
        }
    ),
    max_size=14,
    unique_by=lambda invoice: (invoice["customer"], invoice["number"]),
)


def written(invoices: list[dict], days: date = date(2026, 1, 1)) -> list[str]:
    lines = []
    for invoice in invoices:
        issued = days + timedelta(days=invoice["issued"])
        open_minor = int(invoice["amount"] * invoice["share"])
        paid = (issued + timedelta(days=9)).isoformat() if invoice["paid"] and open_minor < invoice["amount"] else ""
        amounts = f"{invoice['amount'] / 100:.2f},{open_minor / 100:.2f}"
        due = issued + timedelta(days=30)
        lines.append(f"{invoice['customer']},{invoice['number']},{issued},{due},{amounts},{paid},EUR\n")
    return lines


class Laws(TestCase):
    """Laws of every file."""

    def bring_in(self, *files: list[str]) -> list[list[tuple]]:
        Allocation.objects.all().delete()
        Item.objects.all().delete()
        Receipt.objects.all().delete()
        Customer.objects.all().delete()
        ImportRun.objects.all().delete()
        creditor, _new = Creditor.objects.get_or_create(slug="a", defaults={"name": "A"})
        for lines in files:
            path = self.path
            path.write_text(HEADER + "".join(lines))
            if lines:
                import_file(path, creditor=creditor, by=None, file_name="a.csv", as_of=TODAY, now=NOW)
        return state()

    @pytest.fixture(autouse=True)
    def _path(self, tmp_path):
        self.path = tmp_path / "a.csv"

    @settings(max_examples=12, deadline=None)
    @given(invoices=INVOICES, cut=some.integers(0, 14), seed=some.integers(0, 99))
    def test_twice_is_once_and_halves_make_a_whole(self, invoices, cut, seed):
        lines = written(invoices)
        whole = self.bring_in(lines)

        assert self.bring_in(lines, lines) == whole
        assert self.bring_in(lines[:cut], lines[cut:]) == whole
        shuffled = random.Random(seed).sample(lines, len(lines))  # noqa: S311
        assert self.bring_in(lines, shuffled) == whole
        owed = Item.objects.aggregate(s=Sum(F("amount_minor") - F("allocated_minor"), default=0))["s"]
        assert owed == sum(int(i["amount"] * i["share"]) for i in invoices)
