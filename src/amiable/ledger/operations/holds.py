"""Writes about holds: stops on reminders, for an item or a whole customer."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.ledger.models import Customer, Hold, HoldKind, Item
from amiable.organisation.models import Member
from amiable.organisation.operations import record
from amiable.organisation.operations.facts import BadFact, check


class HoldTooShort(ValueError):
    """A hold would end on or before the day it begins."""

    def __init__(self) -> None:
        super().__init__(_("The hold must end after the day it begins."))


class AlreadyEnded(Exception):
    """A hold has been ended before."""

    def __init__(self) -> None:
        super().__init__(_("This hold has already been ended."))


def set_hold(
    customer: Customer,
    *,
    by: Member | None,
    kind: str,
    reason: str,
    held_from: date,
    held_until: date | None = None,
    item: Item | None = None,
) -> Hold:
    """Stop reminders from a day on, for one item or, without one, for the whole customer.

    `held_until` is the first day without it; None holds until somebody ends it. Raise `HoldTooShort` or `BadFact`.
    """
    if kind not in HoldKind.values:
        raise BadFact("kind", _("“%(kind)s” is not a reason to hold.") % {"kind": kind})
    if held_until is not None and held_until <= held_from:
        raise HoldTooShort
    if item is not None and item.customer_id != customer.pk:
        raise BadFact("item", _("%(number)s is an invoice of another customer.") % {"number": item.number})
    hold = Hold(
        customer=customer,
        item=item,
        kind=kind,
        reason=reason.strip(),
        held_from=held_from,
        held_until=held_until,
        set_by=by,
    )
    check(hold, ["kind", "reason"])
    with transaction.atomic():
        hold.save(force_insert=True)
        _record("customer.held" if item is None else "item.held", hold, by=by, facts=_facts(hold))
    return hold


def end_hold(hold: Hold, *, by: Member | None, on: date) -> Hold:
    """End a hold before its time; from `on` on, reminders may go out again. Raise `AlreadyEnded`."""
    with transaction.atomic():
        row = Hold.objects.select_for_update().select_related("customer__creditor").get(pk=hold.pk)
        if row.ended_on is not None:
            raise AlreadyEnded
        row.ended_on = on
        row.save(update_fields=["ended_on"])
        action = "customer.hold_ended" if row.item_id is None else "item.hold_ended"
        _record(action, row, by=by, facts={**_facts(row), "ended_on": [None, on]})
    return row


def _facts(hold: Hold) -> dict[str, Any]:
    return {
        "hold": hold.pk,
        "kind": hold.kind,
        "reason": hold.reason,
        "held_from": hold.held_from,
        "held_until": hold.held_until,
    }


def _record(action: str, hold: Hold, *, by: Member | None, facts: dict[str, Any]) -> None:
    subject = f"item:{hold.item_id}" if hold.item_id else f"customer:{hold.customer_id}"
    customer = hold.customer
    record(action, by=by, creditor=customer.creditor, customer_id=customer.pk, subject=subject, facts=facts)
