"""Do many writers at once agree on what is open? Threads with connections of their own, on either database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from amiable.ledger.models import Item, Receipt
from amiable.ledger.operations import OverAllocated, allocate, reverse_allocation
from amiable.organisation.models import AuditEvent, Member, Role
from amiable.organisation.operations import LastAdministrator, change_member, verify_audit
from tests.apps.make import Make

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 6


@pytest.fixture
def world() -> Make:
    """A builder whose rows other connections see."""
    return Make()


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Run all at the same moment; return what each gave or the refusal it met."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        except (OverAllocated, LastAdministrator) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_an_invoice_is_never_paid_twice(world):
    invoice = world.invoice(amount="100.00")
    receipts = [world.receipt(amount="60.00") for _ in range(WRITERS)]

    answers = at_once(
        [
            lambda receipt=receipt: allocate(invoice, by=None, amount_minor=60_00, on=world.day, receipt=receipt)
            for receipt in receipts
        ]
    )

    assert sum(isinstance(answer, OverAllocated) for answer in answers) == WRITERS - 1
    invoice.refresh_from_db()
    assert invoice.allocated_minor == 60_00
    assert sum(Receipt.objects.values_list("allocated_minor", flat=True)) == 60_00
    assert verify_audit() is None


def test_money_is_never_spent_twice(world):
    receipt = world.receipt(amount="100.00")
    invoices = [world.invoice(amount="70.00") for _ in range(WRITERS)]

    answers = at_once(
        [
            lambda invoice=invoice: allocate(invoice, by=None, amount_minor=70_00, on=world.day, receipt=receipt)
            for invoice in invoices
        ]
    )

    assert sum(isinstance(answer, OverAllocated) for answer in answers) == WRITERS - 1
    assert sum(Item.objects.values_list("allocated_minor", flat=True)) == 70_00


def test_credit_notes_and_reversals_cross_without_waiting_for_each_other(world):
    invoices = [world.invoice(amount="50.00") for _ in range(2)]
    notes = [world.credit_note(amount="50.00", issued="5 days ago") for _ in range(2)]
    paid = [world.paid(invoice, amount="10.00") for invoice in invoices]

    at_once(
        [
            lambda i=i, n=n: allocate(invoices[i], by=None, amount_minor=10_00, on=world.day, credit_note=notes[n])
            for i in range(2)
            for n in range(2)
        ]
        + [lambda one=one: reverse_allocation(one, by=None, on=world.day) for one in paid]
    )

    assert [Item.objects.get(pk=row.pk).allocated_minor for row in (*invoices, *notes)] == [20_00] * 4
    assert verify_audit() is None


def test_the_audit_trail_stays_one_chain(world):
    customer = world.customer()
    before = AuditEvent.objects.count()

    at_once([lambda: [world.note(customer) for _ in range(5)] for _ in range(WRITERS)])

    assert AuditEvent.objects.count() == before + 5 * WRITERS
    assert verify_audit() is None


def test_two_administrators_cannot_both_step_down(world):
    first, second = (world.member(role=Role.ADMINISTRATOR) for _ in range(2))

    at_once([lambda one=one: change_member(one, by=None, role=Role.READER) for one in (first, second)])

    assert Member.objects.filter(role=Role.ADMINISTRATOR).count() == 1
