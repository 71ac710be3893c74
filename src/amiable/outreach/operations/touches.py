"""Which contacts took place that Amiable did not make itself: calls, letters, what they wrote to us?"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.ledger.models import Channel, Contact, Customer
from amiable.organisation.access import Act, demand
from amiable.organisation.models import Member
from amiable.organisation.operations import record
from amiable.outreach.models import Touch

SUMMARY_LONGEST = 300


class NothingSaid(Exception):
    """A contact without a word about it helps nobody."""

    def __init__(self) -> None:
        super().__init__(_("Please say in a few words what it was about."))


class OtherCustomersContact(Exception):
    """The person named works for another customer."""

    def __init__(self) -> None:
        super().__init__(_("This person does not belong to this customer."))


class OnlyTheirsWaits(Exception):
    """Only a message of theirs can wait for our answer."""

    def __init__(self) -> None:
        super().__init__(_("Only a message that came in can wait for an answer."))


class NothingToAnswer(Exception):
    """The contact does not wait for an answer, or has one already."""

    def __init__(self) -> None:
        super().__init__(_("This message does not wait for an answer any more."))


def log_touch(
    customer: Customer,
    *,
    by: Member | None,
    channel: str,
    direction: str,
    at: datetime,
    on: date,
    summary: str,
    text: str = "",
    contact: Contact | None = None,
    needs_answer: bool = False,
) -> Touch:
    """Remember a contact on any channel, in or out; `on` is its day where the creditor is.

    A call that nobody picked up counts as well: it rang. While one of theirs needs an answer, no reminder goes out.
    Raise `NothingSaid`, `OtherCustomersContact` or `OnlyTheirsWaits`.
    """
    demand(by, Act.LOG_CONTACT)
    summary = " ".join(summary.split())[:SUMMARY_LONGEST]
    direction, channel = Touch.Direction(direction), Channel(channel)
    if not summary:
        raise NothingSaid
    if contact is not None and contact.customer_id != customer.pk:
        raise OtherCustomersContact
    if needs_answer and direction != Touch.Direction.IN:
        raise OnlyTheirsWaits
    with transaction.atomic():
        touch = Touch.objects.create(
            customer=customer,
            contact=contact,
            channel=channel,
            direction=direction,
            at=at,
            on=on,
            summary=summary,
            text=text,
            by=by,
            needs_answer=needs_answer,
        )
        facts = {"channel": channel.value, "direction": direction.value, "on": on, "summary": summary}
        _record("touch.logged", touch, by=by, facts=facts | ({"needs_answer": True} if needs_answer else {}))
    return touch


def answer_touch(touch: Touch, *, by: Member | None, on: date) -> Touch:
    """Say that a message of theirs has been answered; reminders may go on. Raise `NothingToAnswer`."""
    demand(by, Act.LOG_CONTACT)
    with transaction.atomic():
        waiting = Touch.objects.filter(pk=touch.pk, needs_answer=True, answered_on=None)
        if not waiting.update(answered_on=on):
            raise NothingToAnswer
        touch.refresh_from_db()
        _record("touch.answered", touch, by=by, facts={"on": on})
    return touch


def _record(action: str, touch: Touch, *, by: Member | None, facts: dict) -> None:
    customer = touch.customer
    subject = f"touch:{touch.pk}"
    record(action, by=by, creditor=customer.creditor, customer_id=customer.pk, subject=subject, facts=facts)
