"""Is every write on record, in one unbroken chain?"""

import importlib

import pytest
from django.db import DatabaseError, connection, transaction

from amiable.ledger.operations import OverAllocated, allocate, change_customer
from amiable.organisation.models import AuditEvent
from amiable.organisation.operations import NotInTransaction, record, verify_audit

append_only = importlib.import_module("amiable.organisation.migrations.0002_audit_append_only")


@pytest.fixture
def open_to_changes(db):
    """An audit trail whose guard an owner of the database has lifted."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE organisation_auditevent DISABLE TRIGGER organisation_audit_append_only")
        else:
            cursor.execute("DROP TRIGGER organisation_audit_no_update")


@pytest.fixture
def guarded(db):
    """An audit trail as it is outside of tests."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(append_only.REFUSALS["sqlite"][1])


def test_every_write_leaves_one_line(make):
    customer = make.customer()
    before = AuditEvent.objects.count()

    make.invoice(customer)

    assert AuditEvent.objects.count() == before + 1
    line = AuditEvent.objects.latest("id")
    assert (line.action, line.customer_id) == ("invoice.booked", customer.pk)
    assert line.facts["amount_minor"] == 100_00


def test_a_line_tells_who_and_what_it_was_before(make):
    collector = make.member()

    change_customer(make.customer("Old name"), by=collector, name="New name")

    line = AuditEvent.objects.latest("id")
    assert line.actor == collector
    assert line.facts == {"name": ["Old name", "New name"]}


def test_an_untouched_trail_verifies(make):
    make.paid(make.invoice())

    assert verify_audit() is None


def test_a_line_belongs_to_a_transaction():
    with pytest.raises(NotInTransaction):
        record("customer.held", by=None)


def test_a_refused_write_leaves_no_line(make):
    invoice = make.invoice(amount="100.00")
    before = AuditEvent.objects.count()

    with pytest.raises(OverAllocated):
        allocate(invoice, by=None, amount_minor=100_01, on=make.day, write_off_reason="rounding")

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    "tampering",
    [
        {"facts": {"amount_minor": 1}},
        {"action": "invoice.forgotten"},
        {"customer_id": 999},
        {"at": "2020-01-01T00:00:00Z"},
        {"subject": "item:0"},
        {"actor_id": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_line_is_found(make, open_to_changes, tampering):
    member = make.member(role="administrator")
    with transaction.atomic():
        changed = record("test.written", by=member, customer_id=1, subject="item:1", facts={"amount_minor": 2})
    make.customer()

    AuditEvent.objects.filter(pk=changed.pk).update(**tampering)

    assert verify_audit() == changed


def test_a_removed_line_is_found(make, open_to_changes):
    make.invoice()
    make.invoice()
    removed = AuditEvent.objects.order_by("id")[1]
    following = AuditEvent.objects.order_by("id")[2]

    removed.delete()

    assert verify_audit() == following


def test_the_database_refuses_to_change_a_line(make):
    make.customer()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(action="nothing.happened")


def test_the_database_refuses_to_remove_a_line(make, guarded):
    make.customer()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all()._raw_delete(using="default")


def test_facts_keep_their_seal_through_the_database(make):
    facts = {"text": "Élodie “quotes” \\ \t ✓ 😀", "big": 10**15, "nested": {"b": [1, None, True], "a": {}}}

    with transaction.atomic():
        line = record("test.written", by=None, facts=facts)

    assert AuditEvent.objects.get(pk=line.pk).facts == facts
    assert verify_audit() is None
