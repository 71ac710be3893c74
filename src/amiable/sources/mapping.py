"""Which column is what, and how is it written? A guess, a correction, or a saved profile: all have this shape."""

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.sources.errors import BadMapping
from amiable.sources.reading.days import Order
from amiable.sources.vocabulary import LABELS, Role


class ListKind(StrEnum):
    """What the rows of a list are."""

    OPEN_ITEMS = "open_items"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    CUSTOMERS = "customers"
    CONTACTS = "contacts"


KIND_LABELS = {
    ListKind.OPEN_ITEMS: gettext_lazy("Open invoices"),
    ListKind.INVOICES: gettext_lazy("Invoices with their payments"),
    ListKind.PAYMENTS: gettext_lazy("Payments"),
    ListKind.CUSTOMERS: gettext_lazy("Customers"),
    ListKind.CONTACTS: gettext_lazy("Contacts"),
}
NEEDED: dict[ListKind, tuple[tuple[Role, ...], ...]] = {  # one of each group
    ListKind.OPEN_ITEMS: (
        (Role.CUSTOMER_CODE, Role.CUSTOMER_NAME),
        (Role.OPEN_AMOUNT, Role.AMOUNT, Role.DEBIT),
        (Role.DUE_ON, Role.ISSUED_ON),
    ),
    ListKind.INVOICES: (
        (Role.CUSTOMER_CODE, Role.CUSTOMER_NAME),
        (Role.AMOUNT, Role.OPEN_AMOUNT, Role.DEBIT),
        (Role.ISSUED_ON, Role.DUE_ON),
    ),
    ListKind.PAYMENTS: ((Role.PAID_ON, Role.ISSUED_ON), (Role.AMOUNT, Role.PAID_AMOUNT)),
    ListKind.CUSTOMERS: ((Role.CUSTOMER_CODE, Role.CUSTOMER_NAME),),
    ListKind.CONTACTS: ((Role.CUSTOMER_CODE, Role.CUSTOMER_NAME), (Role.EMAIL, Role.PHONE, Role.CONTACT_NAME)),
}


@dataclass(frozen=True)
class Mapping:
    """How the rows of one kind of table are read. Columns are named as the table names them."""

    kind: ListKind
    columns: dict[Role, str]
    order: Order = Order.DAY_FIRST
    decimal: str = "."
    currency: str = ""  # where no column tells; empty: the creditor's
    settle_unlisted: bool = False  # the list is complete: open items that do not stand in it were paid
    data_until: str = ""  # the day the list was made (ISO), where a person said so
    header: tuple[str, ...] = field(default=())  # how the table looked that this was made for

    def missing(self) -> list[str]:
        """Return what this kind of list needs and no column gives, in the reader's words."""
        groups = NEEDED[self.kind]
        return [
            " / ".join(str(LABELS[role]) for role in group) for group in groups if not set(group) & set(self.columns)
        ]

    def with_columns(self, columns: dict[str, str], **facts: Any) -> "Mapping":
        """Return the mapping as a person corrected it: column name → role, an empty role for "ignore"."""
        chosen: dict[Role, str] = {}
        for name, role in columns.items():
            if not role:
                continue
            if Role(role) in chosen:
                raise BadMapping(_("Two columns cannot both be “%(role)s”.") % {"role": LABELS[Role(role)]})
            chosen[Role(role)] = name
        return replace(self, columns=chosen, **facts)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a profile."""
        plain = asdict(self)
        return plain | {
            "columns": {str(role): name for role, name in self.columns.items()},
            "header": list(self.header),
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Mapping":
        """Read what `to_json` wrote, or a person did; raise `BadMapping` with what is wrong."""
        known = {"kind", "columns", "order", "decimal", "currency", "settle_unlisted", "data_until", "header"}
        if not isinstance(plain, dict) or not isinstance(plain.get("columns"), dict):
            raise BadMapping(_("A profile needs “kind” and “columns”."))
        if unknown := sorted(set(map(str, plain)) - known):
            raise BadMapping(_("A profile has no “%(name)s”.") % {"name": unknown[0]})
        if plain.get("decimal", ".") not in (".", ","):
            raise BadMapping(_("The decimal mark is “.” or “,”."))
        try:
            return cls(
                **{
                    **plain,
                    "kind": ListKind(plain["kind"]),
                    "columns": {Role(role): str(name) for role, name in plain["columns"].items()},
                    "order": Order(plain.get("order", Order.DAY_FIRST)),
                    "header": tuple(plain.get("header", ())),
                }
            )
        except (KeyError, ValueError) as error:
            raise BadMapping(_("A profile cannot say %(what)s.") % {"what": error}) from error
