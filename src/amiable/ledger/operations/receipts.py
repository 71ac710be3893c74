"""Writes about money received."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction

from amiable.ledger.models import Customer, Receipt
from amiable.ledger.operations.amounts import check_amount
from amiable.ledger.operations.items import AlreadyBooked, OtherCreditor
from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations import record
from amiable.organisation.operations.facts import admit, check

FACTS = ("reference", "payer_name", "method")


def add_receipt(
    creditor: Creditor,
    *,
    by: Member | None,
    customer: Customer | None,
    received_on: date,
    currency: str,
    amount_minor: int,
    source_key: str | None = None,
    **facts: Any,
) -> Receipt:
    """Book money received; it pays nothing until it is allocated.

    `customer` is None where nobody knows yet whose it is. Without a `source_key` it counts as entered by hand, and
    entering it again books it again. Raise `AlreadyBooked`, `OtherCreditor`, `BadFact` or an error of the amount.
    """
    admit(facts, FACTS)
    check_amount(amount_minor, currency)
    if customer and customer.creditor_id != creditor.pk:
        raise OtherCreditor
    receipt = Receipt(
        creditor=creditor,
        customer=customer,
        source_key=source_key or f"by-hand/{uuid4()}",
        received_on=received_on,
        currency=currency,
        amount_minor=amount_minor,
        **facts,
    )
    check(receipt, ["source_key", "currency", *facts])
    with transaction.atomic():
        if Receipt.objects.filter(creditor=creditor, source_key=receipt.source_key).exists():
            raise AlreadyBooked(receipt.reference or receipt.source_key)
        receipt.save(force_insert=True)
        record(
            "receipt.booked",
            by=by,
            creditor=creditor,
            customer_id=customer.pk if customer else None,
            subject=f"receipt:{receipt.pk}",
            facts={"received_on": received_on, "currency": currency, "amount_minor": amount_minor, **facts},
        )
    return receipt
