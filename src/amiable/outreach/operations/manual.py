"""How does a person write to a customer?

What they write may hold placeholders, like any wording: they pick one, change it, and see the result in a preview.
"""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import blake2s

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from amiable.core.plan.hours import sending_window
from amiable.core.policy.model import ContactPolicy, Tone
from amiable.core.tone import Kind, Severity, judge
from amiable.ledger.models import Channel, Contact, Customer
from amiable.organisation.access import Act, demand
from amiable.organisation.models import Creditor, Member
from amiable.organisation.operations import record
from amiable.outreach.compose.gather import recipients
from amiable.outreach.compose.letter import Line, Written, write
from amiable.outreach.compose.preview import letter_for
from amiable.outreach.compose.sandbox import compile_wording
from amiable.outreach.models import Message, MessageItem
from amiable.outreach.operations.outbox import Unkind
from amiable.outreach.operations.touches import OtherCustomersContact


class NoAddress(Exception):
    """The contact has no usable e-mail address."""

    def __init__(self, contact: str) -> None:
        super().__init__(_("%(contact)s has no e-mail address that can be used.") % {"contact": contact})


class AlreadyWritten(Exception):
    """The same person wrote the same message to the same contact today: a form sent twice."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(_("You have already written this message today."))


def compose_manual(
    creditor: Creditor,
    *,
    by: Member | None,
    customer: Customer,
    contact: Contact,
    subject: str,
    body: str,
    rules: ContactPolicy,
    as_of: date,
    now: datetime,
    language: str = "",
    template: str = "",
    offers: tuple[str, ...] = (),
    item_ids: Sequence[int] | None = None,
) -> Message:
    """Write one message by hand; it is ready to leave within today's hours, once the gate lets it pass.

    `body` is what the person wrote, placeholders allowed; `item_ids` are the invoices it speaks of, by default the
    late ones, else all that are open. Raise `TemplateFault`, `Unkind` where the tone guard objects, `NoAddress`,
    `OtherCustomersContact` or `AlreadyWritten`.
    """
    demand(by, Act.SEND)
    address = _address(contact, customer)
    wording = compile_wording(" ".join(subject.split()), body)
    language = language or contact.language or customer.language
    letter, _example = letter_for(
        creditor,
        customer=customer,
        wording=wording,
        language=language,
        as_of=as_of,
        contact=contact,
        offers=offers,
        item_ids=item_ids,
        examples=False,
    )
    written = write(letter, wording)
    _demand_kindness(written, language=language, names=(customer.name, contact.name, creditor.name))
    send_from, send_until = sending_window(as_of, customer.time_zone, rules.hours_from, rules.hours_until)
    message = Message(
        creditor=creditor,
        customer=customer,
        contact=contact,
        channel=Channel.EMAIL,
        address=address,
        language=language,
        template=template,
        tone=Tone.FRIENDLY,
        subject=written.subject,
        text=written.text,
        html=written.html,
        send_key=_key(creditor, contact, by, as_of, f"{written.subject}\n{written.text}"),
        planned_for=as_of,
        send_from=send_from,
        send_until=send_until,
        status_at=now,
        written_by=by,
    )
    return _store(message, mentioned=letter.lines + letter.paid if wording.speaks_of else [], by=by)


def _address(contact: Contact, customer: Customer) -> str:
    if contact.customer_id != customer.pk:
        raise OtherCustomersContact
    if address := recipients([contact.pk])[contact.pk].addresses.get(Channel.EMAIL):
        return address
    raise NoAddress(str(contact))


def _demand_kindness(written: Written, *, language: str, names: Sequence[str]) -> None:
    findings = judge(
        written.text, subject=written.subject, language=language, tone=Tone.FRIENDLY, kind=Kind.WRITTEN, names=names
    )
    if refused := [finding for finding in findings if finding.severity is Severity.REFUSED]:
        raise Unkind(refused)


def _store(message: Message, *, mentioned: Sequence[Line], by: Member | None) -> Message:
    try:
        with transaction.atomic():
            message.save(force_insert=True)
            MessageItem.objects.bulk_create(
                MessageItem(message=message, item_id=line.item_id, open_minor=line.open_minor) for line in mentioned
            )
            record(
                "message.written",
                by=by,
                creditor=message.creditor,
                customer_id=message.customer_id,
                subject=f"message:{message.pk}",
            )
    except IntegrityError as taken:
        standing = Message.objects.filter(send_key=message.send_key).first()
        if standing is None:
            raise
        raise AlreadyWritten(standing) from taken
    return message


def _key(creditor: Creditor, contact: Contact, by: Member | None, day: date, words: str) -> str:
    """Return what makes a message by hand unique: the same words of the same person to the same contact that day."""
    digest = blake2s(words.encode(), digest_size=8).hexdigest()
    return f"{day}/{creditor.slug}/by-hand/{contact.pk}/{by.pk if by else 0}/{digest}"
