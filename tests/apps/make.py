"""Small worlds in a database, told in phrases: `make.invoice(due="10 days ago", amount="120.00")`.

Everything is written through the product's own operations. The story's today is `make.day`, a Wednesday.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from amiable.core.money import to_minor
from amiable.ledger.models import Allocation, Contact, Customer, Hold, Item, Receipt
from amiable.ledger.operations import (
    add_contact,
    add_customer,
    add_item,
    add_note,
    add_receipt,
    allocate,
    set_hold,
)
from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations import create_creditor, invite_member, set_bank_account, set_bank_data_until

TODAY = date(2026, 3, 11)
PASSWORD = "a-quiet-river-42"
IBAN = "FR7630006000011234567890189"


class Make:
    """Builds creditors, members, customers and what they owe. What is not said is unremarkable."""

    day = TODAY
    password = PASSWORD

    def __init__(self) -> None:
        self._numbers = count(1)
        self._creditor: Creditor | None = None
        self._customer: Customer | None = None

    @property
    def now(self) -> datetime:
        """Ten in the morning of the story's today, in Paris."""
        return datetime(self.day.year, self.day.month, self.day.day, 10, tzinfo=ZoneInfo("Europe/Paris"))

    def on(self, phrase: str | date) -> date:
        """Return the day of "today", "10 days ago", "in 3 days" or "2026-03-14"; a date as it is."""
        if isinstance(phrase, date):
            return phrase
        words = {"today": 0, "yesterday": -1, "tomorrow": 1}
        if phrase in words:
            return self.day + timedelta(days=words[phrase])
        if ago := re.fullmatch(r"(\d+) days? ago", phrase):
            return self.day - timedelta(days=int(ago[1]))
        if ahead := re.fullmatch(r"in (\d+) days?", phrase):
            return self.day + timedelta(days=int(ahead[1]))
        return date.fromisoformat(phrase)

    def creditor(self, slug: str | None = None, **facts: Any) -> Creditor:
        """Return the story's creditor, or make another one where a slug is given. Its bank data are fresh."""
        if slug is None and not facts and self._creditor:
            return self._creditor
        name = facts.pop("name", "Atelier Lumière")
        bank_data_until = facts.pop("bank_data_until", "yesterday")
        standard = {"sender_email": "comptabilite@atelier-lumiere.example", "sender_name": name, "language": "en"}
        creditor = create_creditor(by=None, slug=slug or "atelier", name=name, **{**standard, **facts})
        set_bank_account(creditor, by=None, currency=creditor.currency, iban=IBAN, bank_name="Banque du Quai")
        if bank_data_until:
            creditor = set_bank_data_until(creditor, day=self.on(bank_data_until), by=None)
        self._creditor = self._creditor or creditor
        return creditor

    def member(self, role: str = "collector", email: str | None = None, **facts: Any) -> Member:
        """Make a colleague who signs in with `make.password`."""
        n = next(self._numbers)
        facts.setdefault("first_name", "Camille")
        facts.setdefault("last_name", f"Martin {n}")
        member = invite_member(by=None, email=email or f"{role}{n}@atelier-lumiere.example", role=role, **facts)
        member.set_password(PASSWORD)
        member.save(update_fields=["password"])
        return member

    def customer(self, name: str | None = None, *, creditor: Creditor | None = None, **facts: Any) -> Customer:
        """Make a customer, of the story's creditor unless another is named."""
        n = next(self._numbers)
        code = facts.pop("code", f"C-{n:04}")
        if "customer_since" in facts:
            facts["customer_since"] = self.on(facts["customer_since"])
        customer = add_customer(creditor or self.creditor(), by=None, code=code, name=name or f"Maison {n}", **facts)
        self._customer = self._customer or customer
        return customer

    def contact(
        self,
        customer: Customer | None = None,
        *,
        email: str | None = "",
        phone: str = "",
        name: str = "Dominique Petit",
        **facts: Any,
    ) -> Contact:
        """Make a person at a customer, with an e-mail address unless `email=None`."""
        customer = customer or self._the_customer()
        if email == "":
            email = f"contact{next(self._numbers)}@client.example"
        addresses = {channel: value for channel, value in (("email", email), ("phone", phone)) if value}
        return add_contact(customer, by=None, name=name, addresses=addresses, **facts)

    def invoice(
        self,
        customer: Customer | None = None,
        *,
        due: str | date = "in 10 days",
        amount: str = "100.00",
        issued: str | date | None = None,
        currency: str | None = None,
        disputed: bool = False,
        **facts: Any,
    ) -> Item:
        """Make an invoice, issued 30 days before it is due unless said otherwise."""
        customer = customer or self._the_customer()
        due_on = self.on(due)
        issued_on = self.on(issued or due_on - timedelta(days=30))
        invoice = self._item(
            customer, kind="invoice", issued_on=issued_on, due_on=due_on, amount=amount, currency=currency, **facts
        )
        if disputed:
            self.hold(customer, item=invoice, kind="dispute")
        return invoice

    def credit_note(
        self,
        customer: Customer | None = None,
        *,
        issued: str | date = "today",
        amount: str = "100.00",
        currency: str | None = None,
        **facts: Any,
    ) -> Item:
        """Make a credit note, not yet used."""
        on = self.on(issued)
        customer = customer or self._the_customer()
        return self._item(
            customer, kind="credit_note", issued_on=on, due_on=on, amount=amount, currency=currency, **facts
        )

    def receipt(
        self,
        customer: Customer | None = None,
        *,
        amount: str = "100.00",
        on: str | date = "today",
        currency: str | None = None,
        **facts: Any,
    ) -> Receipt:
        """Make money received, not yet allocated."""
        customer = customer or self._the_customer()
        currency = currency or customer.currency
        return add_receipt(
            customer.creditor,
            by=None,
            customer=customer,
            received_on=self.on(on),
            currency=currency,
            amount_minor=to_minor(Decimal(amount), currency),
            **facts,
        )

    def paid(self, invoice: Item, *, on: str | date = "today", amount: str | None = None) -> Allocation:
        """Pay an invoice, in full or in part."""
        invoice.refresh_from_db()
        amount_minor = invoice.amount_minor - invoice.allocated_minor
        if amount is not None:
            amount_minor = to_minor(Decimal(amount), invoice.currency)
        receipt = add_receipt(
            invoice.creditor,
            by=None,
            customer=invoice.customer,
            received_on=self.on(on),
            currency=invoice.currency,
            amount_minor=amount_minor,
            reference=invoice.number,
        )
        return allocate(invoice, by=None, amount_minor=amount_minor, on=self.on(on), receipt=receipt)

    def hold(
        self,
        customer: Customer,
        *,
        kind: str = "hold",
        item: Item | None = None,
        since: str | date = "yesterday",
        until: str | date | None = None,
        reason: str = "They asked us to wait.",
        by: Member | None = None,
    ) -> Hold:
        """Stop reminders, for an item or the whole customer."""
        held_until = self.on(until) if until else None
        return set_hold(
            customer, by=by, kind=kind, reason=reason, held_from=self.on(since), held_until=held_until, item=item
        )

    def note(self, customer: Customer, text: str = "Prefers to be called in the morning.", by: Member | None = None):
        """Write a note about a customer."""
        return add_note(customer, by=by, text=text, at=self.now)

    def _the_customer(self) -> Customer:
        return self._customer or self.customer()

    def _item(self, customer: Customer, *, kind: str, amount: str, currency: str | None, **facts: Any) -> Item:
        currency = currency or customer.currency
        facts.setdefault("number", f"{'F' if kind == 'invoice' else 'A'}-{next(self._numbers):05}")
        amount_minor = to_minor(Decimal(amount), currency)
        return add_item(
            customer.creditor,
            by=None,
            customer=customer,
            kind=kind,
            currency=currency,
            amount_minor=amount_minor,
            **facts,
        )
