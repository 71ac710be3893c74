"""What do the desk's pages ask about one customer, and about how to reach several?"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Min

from amiable.ledger.models import (
    Address,
    Channel,
    Contact,
    ContactRole,
    Correction,
    Customer,
    Hold,
    HoldKind,
    Item,
    ItemKind,
    Note,
    Reach,
    Receipt,
    Risk,
)
from amiable.ledger.queries.customers import customers_visible_to
from amiable.ledger.queries.search import contains, pattern
from amiable.organisation.models import Creditor, Member

# What forms offer, as (value, label).
CHANNELS, HOLD_KINDS, ROLES, RISKS, REACHES = (
    Channel.choices,
    HoldKind.choices,
    ContactRole.choices,
    Risk.choices,
    Reach.choices,
)


@dataclass(frozen=True)
class FoundItem:
    """An invoice or credit note that a search found."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    open_minor: int


@dataclass(frozen=True)
class History:
    """What the ledger knows of a customer's past, each part with the newest first."""

    items: list[Item]
    receipts: list[Receipt]
    notes: list[Note]
    holds: list[Hold]
    corrections: list[Correction]


def customer_for(member: Member, *, creditor: Creditor, pk: int) -> Customer | None:
    """Return a customer, if the member may see them. One statement."""
    visible = customers_visible_to(member).filter(creditor=creditor, pk=pk)
    return visible.select_related("creditor", "owner", "salesperson").first()


def customers_among(pks: Collection[int], *, member: Member, creditor: Creditor) -> list[Customer]:
    """Return those of the customers whom the member may see, by name. One statement."""
    visible = customers_visible_to(member).filter(creditor=creditor, pk__in=list(pks))
    return list(visible.select_related("creditor").order_by("name", "pk"))


def people_of(customer: Customer) -> list[Contact]:
    """Return those who have not left, in the order we ask them. One statement."""
    return list(customer.contacts.filter(left_on=None).order_by("rank", "pk"))


def people_with_email(customer: Customer) -> list[Contact]:
    """Return those with an e-mail address that can be used, as `email`, in the order we ask them. One statement."""
    reachable = customer.contacts.filter(left_on=None, addresses__channel=Channel.EMAIL, addresses__reach=Reach.OK)
    return list(reachable.annotate(email=F("addresses__value")).order_by("rank", "pk"))


def contact_of(customer: Customer, *, pk: int) -> Contact | None:
    """Return one person of this customer, with addresses. Two statements."""
    return customer.contacts.select_related("customer").prefetch_related("addresses").filter(pk=pk).first()


def hold_of(customer: Customer, *, pk: int) -> Hold | None:
    """Return one hold on this customer or an item of theirs. One statement."""
    return customer.holds.select_related("item", "customer__creditor").filter(pk=pk).first()


def holds_among(pks: Collection[int], *, member: Member, creditor: Creditor) -> list[Hold]:
    """Return those of the holds whose customers the member may see. One statement."""
    holds = Hold.objects.filter(pk__in=list(pks), customer__creditor=creditor)
    return list(holds.filter(customer__in=customers_visible_to(member)).order_by("pk"))


def items_of(customer: Customer, ids: Collection[int]) -> list[Item]:
    """Return those of the items that are this customer's. One statement."""
    return list(customer.items.filter(pk__in=list(ids)).order_by("due_on", "pk"))


def settled_items(customer: Customer, *, limit: int) -> list[Item]:
    """Return the invoices settled last, the newest first. One statement."""
    settled = customer.items.filter(settled_on__isnull=False, kind="invoice")
    return list(settled.order_by("-settled_on", "-pk")[:limit])


def phones_of(customer_ids: Collection[int]) -> dict[int, list[Address]]:
    """Return the usable phone numbers of each customer with their contact, in the order we ask them. One statement."""
    phones = Address.objects.filter(
        contact__customer__in=list(customer_ids), contact__left_on=None, channel=Channel.PHONE, reach=Reach.OK
    )
    by_customer: dict[int, list[Address]] = {}
    for phone in phones.select_related("contact").order_by("contact__rank", "contact_id"):
        by_customer.setdefault(phone.contact.customer_id, []).append(phone)
    return by_customer


def found_items(typed: str, *, member: Member, creditor: Creditor, limit: int) -> list[FoundItem]:
    """Return items whose number begins with what was typed. One statement."""
    if not typed.strip():
        return []
    items = Item.objects.filter(creditor=creditor, number__istartswith=typed.strip())
    visible = items.filter(customer__in=customers_visible_to(member)).select_related("customer")
    return [
        FoundItem(
            item.pk,
            item.number,
            item.customer_id,
            item.customer.name,
            item.currency,
            item.amount_minor - item.allocated_minor,
        )
        for item in visible.order_by("number", "pk")[:limit]
    ]


def found_customers(typed: str, *, member: Member, creditor: Creditor, limit: int) -> list[Customer]:
    """Return customers whose name or code contains what was typed, whatever case and accents. One statement."""
    if not typed.strip():
        return []
    condition = f"({contains('name', 'like')} OR {contains('code', 'like')})".replace("%(like)s", "%s")
    like = pattern(typed)
    # Both conditions are put together from constants; what was typed is a parameter.
    visible = customers_visible_to(member).filter(creditor=creditor, archived_on=None)
    return list(visible.extra(where=[condition], params=[like] * condition.count("%s")).order_by("name", "pk")[:limit])  # noqa: S610


def history(customer: Customer, *, limit: int) -> History:
    """Return what happened in the ledger, at most `limit` of each kind. Five statements."""
    return History(
        items=list(customer.items.order_by("-issued_on", "-pk")[:limit]),
        receipts=list(customer.receipts.order_by("-received_on", "-pk")[:limit]),
        notes=list(customer.notes.select_related("by").order_by("-at", "-pk")[:limit]),
        holds=list(customer.holds.select_related("item", "set_by").order_by("-held_from", "-pk")[:limit]),
        corrections=list(
            Correction.objects.filter(item__customer=customer)
            .annotate(number=F("item__number"))
            .order_by("-corrected_on", "-pk")[:limit]
        ),
    )


def customers_to_try(member: Member, *, creditor: Creditor, language: str, limit: int = 12) -> list[Customer]:
    """Return some customers of a language to try a wording on, the longest late first. One statement."""
    owing = customers_visible_to(member).filter(
        creditor=creditor, language=language, items__kind=ItemKind.INVOICE, items__settled_on=None
    )
    return list(owing.annotate(oldest=Min("items__due_on")).order_by("oldest", "pk")[:limit])
