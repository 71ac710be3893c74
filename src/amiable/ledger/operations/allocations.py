"""Which money pays what: booked on both sides at once, never more than is open on either, on any day."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from amiable.ledger.models import Allocation, Item, ItemKind, Receipt
from amiable.ledger.operations.amounts import check_amount, in_words, least_open, settled_day
from amiable.ledger.operations.items import OtherCreditor, record_item
from amiable.organisation.models import Member
from amiable.organisation.operations.facts import BadFact


class OverAllocated(ValueError):
    """More would be allocated than is open; `open_minor` says how much is, on the tighter side."""

    def __init__(self, open_minor: int, currency: str) -> None:
        self.open_minor = open_minor
        super().__init__(_("Only %(open)s is open.") % {"open": in_words(open_minor, currency)})


class NotPayable(ValueError):
    """These two cannot pay one another."""


class AllocatedTooEarly(ValueError):
    """Money is said to pay before it came, or before the invoice existed."""

    def __init__(self, first_day: date) -> None:
        super().__init__(_("The day must not be before %(day)s.") % {"day": date_format(first_day)})


class AlreadyReversed(Exception):
    """An allocation has been taken back before."""

    def __init__(self) -> None:
        super().__init__(_("This payment has already been taken back."))


class ReversedTooEarly(ValueError):
    """An allocation would end before it began."""

    def __init__(self, first_day: date) -> None:
        super().__init__(_("The day must not be before %(day)s.") % {"day": date_format(first_day)})


def allocate(
    item: Item,
    *,
    by: Member | None,
    amount_minor: int,
    on: date,
    receipt: Receipt | None = None,
    credit_note: Item | None = None,
    write_off_reason: str = "",
) -> Allocation:
    """Let a receipt, a credit note, or a write-off with its reason, pay part of an invoice from a day on.

    Give exactly one of the three. One customer's money may pay another's invoice, within a creditor and a currency.
    Raise `OverAllocated`, `NotPayable`, `OtherCreditor`, `AllocatedTooEarly` or an error of the amount; then
    nothing is written.
    """
    if sum(map(bool, (receipt, credit_note, write_off_reason))) != 1:
        raise BadFact("receipt", _("Say what pays: a receipt, a credit note, or a write-off with its reason."))
    check_amount(amount_minor, item.currency)
    with transaction.atomic():
        invoice, source = _lock(item, receipt, credit_note)
        _check_pair(invoice, source, on)
        for side in filter(None, (invoice, source)):
            open_minor = min(side.amount_minor - side.allocated_minor, least_open(side, since=on))
            if amount_minor > open_minor:
                raise OverAllocated(max(open_minor, 0), side.currency)
        allocation = Allocation.objects.create(
            item=invoice,
            receipt=source if isinstance(source, Receipt) else None,
            credit_note=source if isinstance(source, Item) else None,
            write_off_reason=write_off_reason,
            amount_minor=amount_minor,
            allocated_on=on,
        )
        _add(amount_minor, invoice, source)
        record_item("item.allocated", invoice, by=by, facts=_facts(allocation, invoice))
    return allocation


def reverse_allocation(allocation: Allocation, *, by: Member | None, on: date) -> Allocation:
    """Take an allocation back: from `on` on it pays nothing, and both sides are open again.

    The days before keep it. Raise `AlreadyReversed` or `ReversedTooEarly`.
    """
    with transaction.atomic():
        # Items before allocations, as everywhere, so that two writers never wait for each other.
        invoice, source = _lock(allocation.item, allocation.receipt, allocation.credit_note)
        row = Allocation.objects.select_for_update().get(pk=allocation.pk)
        if row.reversed_on:
            raise AlreadyReversed
        if on < row.allocated_on:
            raise ReversedTooEarly(row.allocated_on)
        row.reversed_on = on
        row.save(update_fields=["reversed_on"])
        _add(-row.amount_minor, invoice, source)
        record_item("item.allocation_reversed", invoice, by=by, facts={**_facts(row, invoice), "on": on})
    return row


def _lock(item: Item, receipt: Receipt | None, credit_note: Item | None) -> tuple[Item, Item | Receipt | None]:
    """Lock and read both sides afresh: items by key, then the receipt."""
    keys = [item.pk, *([credit_note.pk] if credit_note else [])]
    items = {row.pk: row for row in Item.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if receipt:
        return items[item.pk], Receipt.objects.select_for_update().get(pk=receipt.pk)
    return items[item.pk], items[credit_note.pk] if credit_note else None


def _check_pair(invoice: Item, source: Item | Receipt | None, on: date) -> None:
    first_day = invoice.issued_on
    if invoice.kind != ItemKind.INVOICE:
        raise NotPayable(_("A credit note is not paid; it pays."))
    if isinstance(source, Item) and source.kind != ItemKind.CREDIT_NOTE:
        raise NotPayable(_("An invoice cannot pay another one."))
    if source:
        if source.creditor_id != invoice.creditor_id:
            raise OtherCreditor
        if source.currency != invoice.currency:
            currencies = {"paying": source.currency, "owed": invoice.currency}
            raise NotPayable(_("%(paying)s cannot pay what is owed in %(owed)s.") % currencies)
        first_day = max(first_day, source.issued_on if isinstance(source, Item) else source.received_on)
    if on < first_day:
        raise AllocatedTooEarly(first_day)


def _add(amount_minor: int, *sides: Item | Receipt | None) -> None:
    """Write what is now allocated on each side, and the day an item was settled."""
    for side in filter(None, sides):
        side.allocated_minor += amount_minor
        fields = ["allocated_minor"]
        if isinstance(side, Item):
            side.settled_on = settled_day(side)
            fields.append("settled_on")
        side.save(update_fields=fields)


def _facts(allocation: Allocation, invoice: Item) -> dict[str, Any]:
    return {
        "allocation": allocation.pk,
        "number": invoice.number,
        "amount_minor": allocation.amount_minor,
        "currency": invoice.currency,
        "allocated_on": allocation.allocated_on,
        "receipt": allocation.receipt_id,
        "credit_note": allocation.credit_note_id,
        "write_off_reason": allocation.write_off_reason,
        "open_minor": [
            invoice.amount_minor - invoice.allocated_minor + sign * allocation.amount_minor
            for sign in ((-1, 0) if allocation.reversed_on else (1, 0))
        ],
    }
