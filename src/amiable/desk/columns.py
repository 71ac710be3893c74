"""How is a row that a file would bring told to a person?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.ui import formats

COLUMNS: dict[str, str | Promise] = {  # what is booked → what a person calls it, in the order of the table
    "number": gettext_lazy("Number"),
    "code": gettext_lazy("Code"),
    "customer_code": gettext_lazy("Customer"),
    "name": gettext_lazy("Name"),
    "legal_name": gettext_lazy("Legal name"),
    "kind": gettext_lazy("Kind"),
    "issued_on": gettext_lazy("Issued"),
    "due_on": gettext_lazy("Due"),
    "received_on": gettext_lazy("Received"),
    "amount_minor": gettext_lazy("Amount"),
    "open_minor": gettext_lazy("Open"),
    "paid_on": gettext_lazy("Paid"),
    "disputed": gettext_lazy("Disputed"),
    "brought_forward": gettext_lazy("Brought forward"),
    "po_number": gettext_lazy("Purchase order"),
    "reference": gettext_lazy("Reference"),
    "payer_name": gettext_lazy("Paid by"),
    "method": gettext_lazy("Means of payment"),
    "salutation": gettext_lazy("Form of address"),
    "role": gettext_lazy("Role"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "siren": gettext_lazy("SIREN"),
    "vat_number": gettext_lazy("VAT number"),
    "country": gettext_lazy("Country"),
    "language": gettext_lazy("Language"),
    "segment": gettext_lazy("Segment"),
    "industry": gettext_lazy("Industry"),
    "address": gettext_lazy("Address"),
    "terms": gettext_lazy("Payment terms"),
    "description": gettext_lazy("Description"),
}
KINDS: dict[str, str | Promise] = {
    "invoice": gettext_lazy("Invoice"),
    "credit_note": gettext_lazy("Credit note"),
}


@dataclass(frozen=True)
class Cell:
    """A value as it is shown, below its column's label."""

    label: str
    text: str
    is_number: bool = False


def readable(rows: Sequence[Mapping[str, Any]]) -> list[list[Cell]]:
    """Return rows as they are shown: no column that is empty or false throughout, none that only programs need.

    The currency stands with its amounts, so it has no column of its own.
    """
    names = [name for name in COLUMNS if any(row.get(name) not in (None, False, "") for row in rows)]
    return [[_cell(name, row) for name in names] for row in rows]


def _cell(name: str, row: Mapping[str, Any]) -> Cell:
    value, label = row.get(name), str(COLUMNS[name])
    if value is None or value == "":
        return Cell(label, "–", is_number=name.endswith("_minor"))
    if name.endswith("_minor"):
        return Cell(label, formats.money(value, row["currency"]), is_number=True)
    if isinstance(value, bool):
        return Cell(label, _("yes") if value else "–")
    if isinstance(value, date):
        return Cell(label, formats.day(value))
    return Cell(label, str(KINDS.get(value, value)) if name == "kind" else str(value))
