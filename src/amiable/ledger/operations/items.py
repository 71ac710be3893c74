"""Writes about invoices and credit notes: booked once, then corrected with the reason on record."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from amiable.ledger.models import Allocation, Correction, Customer, Item, ItemKind, ItemLine
from amiable.ledger.operations.amounts import check_amount, in_words, least_open, settled_day
from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations import record
from amiable.organisation.operations.facts import BadFact, admit, check

FACTS = ("po_number", "terms", "description")
CORRECTABLE = ("number", "issued_on", "due_on", "amount_minor", *FACTS)


class AlreadyBooked(Exception):
    """The same source has been booked before."""

    def __init__(self, number: str) -> None:
        super().__init__(_("“%(number)s” is already in the ledger.") % {"number": number})


class OtherCreditor(ValueError):
    """Two rows that should belong together are of different creditors."""

    def __init__(self) -> None:
        super().__init__(_("These belong to different creditors."))


class BelowAllocated(ValueError):
    """A corrected amount is less than what has been paid of it."""

    def __init__(self, allocated_minor: int, currency: str) -> None:
        paid = in_words(allocated_minor, currency)
        super().__init__(_("%(paid)s of it has already been paid. Take back a payment first.") % {"paid": paid})


class CorrectedOutOfOrder(ValueError):
    """An amount is corrected as of a day before its last correction, or after its payment began."""

    def __init__(self, day: date) -> None:
        super().__init__(_("The day must not be before %(day)s.") % {"day": date_format(day)})


def add_item(
    creditor: Creditor,
    *,
    by: Member | None,
    customer: Customer,
    number: str,
    issued_on: date,
    due_on: date,
    currency: str,
    amount_minor: int,
    kind: str = ItemKind.INVOICE,
    lines: Sequence[Mapping[str, Any]] = (),
    source_key: str | None = None,
    **facts: Any,
) -> Item:
    """Book an invoice or a credit note; amounts are positive for both.

    `lines` are mappings with `description`, `amount_minor` and perhaps `kind` and `quantity`. `source_key` is what
    makes it the same item when it comes again; by default its kind and number. Raise `AlreadyBooked`,
    `OtherCreditor`, `BadFact` or an error of the amount.
    """
    admit(facts, FACTS)
    check_amount(amount_minor, currency)
    if customer.creditor_id != creditor.pk:
        raise OtherCreditor
    item = Item(
        creditor=creditor,
        customer=customer,
        kind=kind,
        number=number.strip(),
        source_key=source_key or f"{kind}/{number.strip()}",
        issued_on=issued_on,
        due_on=due_on,
        currency=currency,
        amount_minor=amount_minor,
        **facts,
    )
    check(item, ["kind", "number", "source_key", "currency", *facts])
    with transaction.atomic():
        if Item.objects.filter(creditor=creditor, source_key=item.source_key).exists():
            raise AlreadyBooked(item.number)
        item.save(force_insert=True)
        ItemLine.objects.bulk_create(ItemLine(item=item, position=n, **line) for n, line in enumerate(lines, start=1))
        booked = {"number": item.number, "currency": currency, "amount_minor": amount_minor, "due_on": due_on}
        record_item(f"{kind}.booked", item, by=by, facts={**booked, **facts})
    return item


def correct_item(item: Item, *, by: Member | None, on: date, reason: str, **new: Any) -> Item:
    """Correct facts of an item as of a day; each that differs leaves a `Correction` with the reason.

    A balance of a day before `on` keeps the old amount; other facts are read as corrected for every day. Raise
    `BelowAllocated`, `CorrectedOutOfOrder`, `BadFact` or an error of the amount. Return the fresh row.
    """
    admit(new, CORRECTABLE)
    with transaction.atomic():
        row = Item.objects.select_for_update().get(pk=item.pk)
        changes = {fact: [getattr(row, fact), value] for fact, value in new.items() if getattr(row, fact) != value}
        if not changes:
            return row
        for fact, (_before, after) in changes.items():
            setattr(row, fact, after)
        check(row, [fact for fact in changes if fact != "amount_minor"])
        delta_minor = 0
        if "amount_minor" in changes:
            delta_minor = _new_amount(row, before=changes["amount_minor"][0], on=on)
        if "issued_on" in changes:
            _issued_before_payment(row)
        Correction.objects.bulk_create(
            Correction(
                item=row,
                corrected_on=on,
                field=fact,
                before=str(before),
                after=str(after),
                delta_minor=delta_minor if fact == "amount_minor" else 0,
                reason=reason,
            )
            for fact, (before, after) in changes.items()
        )
        row.settled_on = settled_day(row)
        row.save(update_fields=[*changes, "settled_on"])
        record_item("item.corrected", row, by=by, facts={**changes, "on": on, "reason": reason})
    return row


def _new_amount(row: Item, *, before: int, on: date) -> int:
    """Return the change of amount, if the item can bear it on every day from `on` on."""
    check_amount(row.amount_minor, row.currency)
    delta_minor = row.amount_minor - before
    last = row.corrections.exclude(delta_minor=0).aggregate(day=Max("corrected_on"))["day"]
    if last and on < last:
        raise CorrectedOutOfOrder(last)
    row.amount_minor = before  # as every day up to now has known it
    most_allocated_minor = before - least_open(row, since=on)
    row.amount_minor = before + delta_minor
    if row.amount_minor < most_allocated_minor:
        raise BelowAllocated(most_allocated_minor, row.currency)
    return delta_minor


def _issued_before_payment(row: Item) -> None:
    """Raise `BadFact` where an item would be issued after a payment of it."""
    paid = Allocation.objects.filter(Q(item=row) | Q(credit_note=row)).aggregate(day=Min("allocated_on"))["day"]
    if paid and row.issued_on > paid:
        raise BadFact("issued_on", _("It was paid on %(day)s, before that date.") % {"day": date_format(paid)})


def record_item(action: str, item: Item, *, by: Member | None, facts: dict[str, Any]) -> None:
    """Append the audit line of a write about an item."""
    record(action, by=by, creditor=item.creditor, customer_id=item.customer_id, subject=f"item:{item.pk}", facts=facts)
