"""What would this wording say to a real customer?

Nothing is stored. A customer who owes nothing is shown the wording with example invoices, and the preview says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from amiable.ledger.models import Contact, Customer, Item, ItemKind
from amiable.organisation.models import Creditor

from .design import for_preview
from .gather import Known, gather, letter_about, lines_of, recipients, setting
from .letter import Letter, Line, write
from .samples import example_lines
from .sandbox import Compiled, compile_wording

THANKED_DAYS = 60  # payments longer ago are not thanked for
MOST_THANKED = 3


@dataclass(frozen=True)
class Preview:
    """A message as a customer would get it."""

    subject: str
    text: str
    html: str  # as it would be sent; `page` is for the desk
    example: bool  # the invoices are examples: this customer has none of the kind

    @property
    def page(self) -> tuple[str, str]:
        """The HTML for a page under a strict content security policy, and the hash of its style block."""
        return for_preview(self.html)


def preview(
    creditor: Creditor,
    *,
    customer: Customer,
    subject: str,
    body: str,
    language: str = "",
    as_of: date,
    contact: Contact | None = None,
    offers: tuple[str, ...] = (),
    day: int | None = None,
) -> Preview:
    """Return what a wording would say to a customer. Raise `TemplateFault` where it cannot be used.

    `day` is the step's day: at or before 0 the invoices not yet due are shown, after it the late ones; None shows
    whatever is open, late ones first. Language and contact are the customer's own unless given. Twelve statements.
    """
    wording = compile_wording(subject, body)
    letter, example = letter_for(
        creditor,
        customer=customer,
        wording=wording,
        language=language,
        as_of=as_of,
        contact=contact,
        offers=offers,
        day=day,
    )
    written = write(letter, wording)
    return Preview(written.subject, written.text, written.html, example)


def letter_for(
    creditor: Creditor,
    *,
    customer: Customer,
    wording: Compiled,
    language: str = "",
    as_of: date,
    contact: Contact | None = None,
    offers: tuple[str, ...] = (),
    day: int | None = None,
    item_ids: Sequence[int] | None = None,
    examples: bool = True,
) -> tuple[Letter, bool]:
    """Return the facts of a message to one customer, and whether its invoices are examples."""
    shared, known = setting(creditor, None), gather([customer.pk], as_of=as_of)[customer.pk]
    contact = contact or _first_contact(customer)
    recipient = recipients([contact.pk])[contact.pk] if contact else None
    language = language or (contact.language if contact else "") or customer.language
    lines, paid = _lines(known, as_of, day, item_ids), []
    if "paid_items" in wording.speaks_of or "paid_count" in wording.speaks_of:
        paid = _just_paid(customer, as_of)
    asks = bool({"items", "first_item", "item_count"} & wording.speaks_of)
    thanks = "paid_items" in wording.speaks_of and not asks
    example = examples and not (paid if thanks else lines or not asks)
    if example:
        days_late = day if day and day > 0 else -5
        made_up = example_lines(2, as_of=as_of, language=language, currency=customer.currency, days_late=days_late)
        lines, paid = made_up, [line._replace(open_minor=0, paid_on=as_of - timedelta(days=1)) for line in made_up]
    letter = letter_about(
        known,
        shared,
        recipient,
        lines=[] if thanks else lines,
        paid=paid if thanks or not example else [],
        language=language,
        offers=offers,
        as_of=as_of,
    )
    return letter, example


def _first_contact(customer: Customer) -> Contact | None:
    present = Contact.objects.filter(customer=customer, left_on=None)
    return present.order_by("rank", "pk").first()


def _lines(known: Known, as_of: date, day: int | None, item_ids: Sequence[int] | None) -> list[Line]:
    """Return the open invoices somebody chose, else those that a step of that day would speak of, held ones never."""
    if item_ids is not None:
        return [line for line in known.open_lines if line.item_id in item_ids]
    open_lines = [line for line in known.open_lines if line.item_id not in known.held_items]
    late = [line for line in open_lines if line.due_on < as_of]
    if day is None:
        return late or open_lines
    return late if day > 0 else [line for line in open_lines if line.due_on >= as_of]


def _just_paid(customer: Customer, as_of: date) -> list[Line]:
    since = as_of - timedelta(days=THANKED_DAYS)
    paid = Item.objects.filter(customer=customer, kind=ItemKind.INVOICE, settled_on__gte=since, settled_on__lte=as_of)
    return [line for _customer, line in lines_of(paid.order_by("-settled_on", "-pk")[:MOST_THANKED])]
