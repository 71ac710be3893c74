"""Writes about customers: who they are, how we work with them, and what members note down."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.ledger.models import Customer, Note
from amiable.ledger.places import time_zone_of
from amiable.organisation.identifiers import check_siren_or_siret, check_vat_number
from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations import record
from amiable.organisation.operations.facts import BadFact, admit, change, check, known_places, told

FACTS = (
    "name",
    "legal_name",
    "siren",
    "vat_number",
    "segment",
    "industry",
    "address",
    "country",
    "time_zone",
    "language",
    "currency",
    "risk",
    "terms",
    "customer_since",
    "priorities",
    "scenario",
    "owner",
    "salesperson",
    "archived_on",
)


class CodeTaken(BadFact):
    """Another customer of the creditor has this code."""

    def __init__(self, code: str) -> None:
        super().__init__("code", _("Another customer already has the code “%(code)s”.") % {"code": code})


def add_customer(creditor: Creditor, *, by: Member | None, code: str, name: str, **facts: Any) -> Customer:
    """Add a customer; language and currency are the creditor's and the time zone is the country's unless given.

    Raise `CodeTaken`, `BadIdentifier` or `BadFact`.
    """
    admit(facts, FACTS)
    country = facts.get("country", creditor.country).upper()
    assumed = {
        "language": creditor.language,
        "currency": creditor.currency,
        "time_zone": time_zone_of(country, otherwise=creditor.time_zone),
    }
    given = normal_facts({**facts, "country": country}, country=country)
    customer = Customer(creditor=creditor, code=code.strip(), name=name.strip(), **{**assumed, **given})
    check(customer, ["code", "name", *given])
    with transaction.atomic():
        if Customer.objects.filter(creditor=creditor, code=customer.code).exists():
            raise CodeTaken(customer.code)
        customer.save(force_insert=True)
        written = {"code": customer.code, "name": customer.name, **{fact: told(given[fact]) for fact in facts}}
        _record("customer.added", customer, by=by, facts=written)
    return customer


def change_customer(customer: Customer, *, by: Member | None, **facts: Any) -> Customer:
    """Change facts of a customer; nothing is written where nothing differs. Return the fresh row."""
    admit(facts, FACTS)
    with transaction.atomic():
        row = Customer.objects.select_for_update().get(pk=customer.pk)
        if changes := change(row, normal_facts(facts, country=facts.get("country", row.country))):
            _record("customer.changed", row, by=by, facts=changes)
    return row


def add_note(customer: Customer, *, by: Member | None, text: str, at: datetime) -> Note:
    """Write down something about a customer, for good; raise `BadFact` for an empty note."""
    if not text.strip():
        raise BadFact("text", _("The note is empty."))
    with transaction.atomic():
        note = Note.objects.create(customer=customer, by=by, text=text.strip(), at=at)
        _record("customer.noted", customer, by=by, subject=f"note:{note.pk}", facts={"text": note.text})
    return note


def normal_facts(facts: dict[str, Any], *, country: str) -> dict[str, Any]:
    """Return facts of a customer in the form they are kept; raise `BadIdentifier` or `BadFact`."""
    normal = known_places(facts)
    if "siren" in normal:
        normal["siren"] = check_siren_or_siret(normal["siren"])
    if "vat_number" in normal:
        normal["vat_number"] = check_vat_number(normal["vat_number"], country=country.upper())
    return normal


def _record(action: str, customer: Customer, *, by: Member | None, subject: str = "", facts: dict[str, Any]) -> None:
    subject = subject or f"customer:{customer.pk}"
    record(action, by=by, creditor=customer.creditor, customer_id=customer.pk, subject=subject, facts=facts)
