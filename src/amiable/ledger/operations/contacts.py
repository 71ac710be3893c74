"""Writes about people at a customer and how to reach them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from amiable.ledger.addresses import normal_address
from amiable.ledger.models import Address, Channel, Contact, ContactRole, Customer, Reach
from amiable.organisation.models import Member
from amiable.organisation.operations import record
from amiable.organisation.operations.facts import admit, change, check

FACTS = ("name", "salutation", "role", "language", "rank", "left_on")


def add_contact(
    customer: Customer,
    *,
    by: Member | None,
    name: str,
    role: str = ContactRole.ACCOUNTS_PAYABLE,
    language: str = "",
    rank: int = 0,
    salutation: str = "",
    addresses: Mapping[str, str] | None = None,
) -> Contact:
    """Add a person with their addresses by channel; raise `BadAddress` or `BadFact`."""
    given = addresses or {}
    written = {channel: normal_address(channel, given[channel], country=customer.country) for channel in given}
    contact = Contact(customer=customer, name=name, role=role, language=language, rank=rank, salutation=salutation)
    check(contact, [fact for fact in FACTS if fact != "left_on"])
    rows = [Address(contact=contact, channel=channel, value=value) for channel, value in written.items()]
    for row in rows:
        check(row, ["channel", "value"])
    with transaction.atomic():
        contact.save(force_insert=True)
        Address.objects.bulk_create(rows)
        _record("contact.added", contact, by=by, facts={"name": name, "role": role, **written})
    return contact


def change_contact(
    contact: Contact, *, by: Member | None, addresses: Mapping[str, str] | None = None, **facts: Any
) -> Contact:
    """Change facts of a person, `left_on` among them, and the addresses given; an empty address is taken away."""
    admit(facts, FACTS)
    with transaction.atomic():
        row = Contact.objects.select_for_update().get(pk=contact.pk)
        changes = change(row, facts)
        for channel, value in (addresses or {}).items():
            changes |= _write_address(row, channel, value)
        if changes:
            _record("contact.changed", row, by=by, facts=changes)
    return row


def set_address(contact: Contact, *, by: Member | None, channel: str, value: str) -> Contact:
    """Set one address of a person; a new one counts as reachable until it fails."""
    return change_contact(contact, by=by, addresses={channel: value})


def mark_reach(address: Address, *, reach: str, note: str, on: date, by: Member | None) -> Address:
    """Say whether an address can be used, since when, and in whose words."""
    with transaction.atomic():
        row = Address.objects.select_for_update().select_related("contact__customer__creditor").get(pk=address.pk)
        limit = Address._meta.get_field("reach_note").max_length
        if changes := change(row, {"reach": Reach(reach), "reach_note": note[:limit]}):
            row.reach_since = on
            row.save(update_fields=["reach_since"])
            facts = {"address": row.value, "on": on, **changes}
            _record("address.reach", row.contact, by=by, subject=f"address:{row.pk}", facts=facts)
    return row


def _write_address(contact: Contact, channel: str, value: str) -> dict[str, list[str]]:
    """Write, replace or take away one address; return what changed."""
    standing = contact.addresses.select_for_update().filter(channel=Channel(channel)).first()
    before = standing.value if standing else ""
    after = normal_address(channel, value, country=contact.customer.country) if value.strip() else ""
    if before == after:
        return {}
    if standing and not after:
        standing.delete()  # the audit line keeps it
    elif standing:
        change(standing, {"value": after, "reach": Reach.OK, "reach_since": None, "reach_note": ""})
    else:
        address = Address(contact=contact, channel=channel, value=after)
        check(address, ["value"])
        address.save(force_insert=True)
    return {channel: [before, after]}


def _record(action: str, contact: Contact, *, by: Member | None, subject: str = "", facts: dict[str, Any]) -> None:
    subject = subject or f"contact:{contact.pk}"
    customer = contact.customer
    record(action, by=by, creditor=customer.creditor, customer_id=customer.pk, subject=subject, facts=facts)
