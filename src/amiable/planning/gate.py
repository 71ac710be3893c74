"""May this message go out now? Asked by whoever wants to send, at the moment of sending.

The facts may have changed since a message was written: paid, disputed, bounced, they wrote to us. So the gate opens a
small book of just the customers concerned and asks the planner's own guards again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.core.book import Book
from amiable.core.plan import CANDIDATES, Reason, recheck, sending_window
from amiable.core.policy.model import Policy
from amiable.ledger.models import Address, Contact, Customer
from amiable.organisation.models import Creditor
from amiable.outreach.models import Message, MessageItem
from amiable.outreach.operations.delivery import WORKER_STOPPED
from amiable.planning.frames import open_book
from amiable.planning.operations.policies import policy_in_force
from amiable.planning.queries.telling import day

OUTSIDE_HOURS = "outside_hours"
# What a person with the right may set aside for one message. Nobody may write to who cannot or will not be reached.
SOFT = frozenset({Reason.NOT_A_WORKING_DAY.value, Reason.TOO_SOON.value, Reason.CAP_REACHED.value, OUTSIDE_HOURS})

SENTENCES = {
    Reason.PAID.value: gettext_lazy("An invoice in this message has been paid since it was written."),
    Reason.AMOUNT_CHANGED.value: gettext_lazy("An amount in this message has changed since it was written."),
    Reason.DISPUTED.value: gettext_lazy("An invoice in this message is disputed."),
    Reason.PROMISED.value: gettext_lazy("They promised to pay an invoice in this message."),
    Reason.PAYMENT_PLAN.value: gettext_lazy("A payment plan covers an invoice in this message."),
    Reason.DEFERRED.value: gettext_lazy("An invoice in this message has been deferred."),
    Reason.IN_TRANSIT.value: gettext_lazy("The payment of an invoice in this message is on its way."),
    Reason.ITEM_HELD.value: gettext_lazy("An invoice in this message is on hold."),
    Reason.CUSTOMER_HELD.value: gettext_lazy("This customer is on hold."),
    Reason.AWAITING_ANSWER.value: gettext_lazy("They wrote to us, and wait for our answer."),
    Reason.BANK_DATA_STALE.value: gettext_lazy("The bank data are too old: they may have paid already."),
    Reason.BELOW_MINIMUM.value: gettext_lazy("What is left open is too little to write about."),
    Reason.NOT_A_WORKING_DAY.value: gettext_lazy("Today is not a working day where they are."),
    Reason.TOO_SOON.value: gettext_lazy("We were in contact a short while ago."),
    Reason.CAP_REACHED.value: gettext_lazy("They have heard from us as often as our contact policy allows."),
    Reason.UNREACHABLE.value: gettext_lazy("This address cannot be used: it bounced, changed, or they declined it."),
    OUTSIDE_HOURS: gettext_lazy("It is outside the hours of our contact policy where they are."),
    WORKER_STOPPED: gettext_lazy("The worker stopped while sending; nobody knows whether the message left."),
}


def told_reason(message: Message) -> str:
    """Say in the reader's language why a message stands where it stands: our reason, or the other side's words."""
    return str(SENTENCES.get(message.status_reason, message.status_reason))


@dataclass(frozen=True)
class Refusal:
    """Why a message may not go out now, and what a person can do about it."""

    reason: str
    free_on: date | None = None  # the first day on which the reason no longer holds, where that is known

    @property
    def may_be_overridden(self) -> bool:
        """Say whether a person with the right may send it all the same."""
        return self.reason in SOFT

    @property
    def sentence(self) -> str:
        """Tell the reason in the reader's language."""
        told = str(SENTENCES[self.reason])
        if self.free_on and self.reason in SOFT:
            told += " " + _("From %(day)s on it may go out.") % {"day": day(self.free_on)}
        return told


def refusals(creditor: Creditor, messages: Sequence[Message], *, as_of: date) -> dict[int, str]:
    """Return message id → reason code for those of a creditor's messages that must not go out now.

    Hours are not asked for: a message is only claimed within its own. A fixed number of SQL statements.
    """
    return {pk: refusal.reason for pk, refusal in _refusals(creditor, messages, as_of=as_of).items()}


def refusal_of(message: Message, *, as_of: date, now: datetime) -> Refusal | None:
    """Return the first reason why a stored message may not go out at this moment, hours included; None: it may."""
    refusal = _refusals(message.creditor, [message], as_of=as_of).get(message.pk)
    if refusal or message.overridden:
        return refusal
    _version, policy = policy_in_force(message.creditor)
    return _hours_refusal(policy, message.customer, as_of=as_of, now=now)


def refusal_for_manual(
    customer: Customer, contact: Contact, channel: str, *, as_of: date, now: datetime
) -> Refusal | None:
    """Return the first reason why a person may not write to a contact on a channel now; None: they may.

    An address that cannot be used comes first, since nobody may override it.
    """
    _version, policy = policy_in_force(customer.creditor)
    book = _small_book(customer.creditor, as_of=as_of, customer_ids=[customer.pk])
    if (contact.pk, channel) not in _usable_routes(book):
        return Refusal(Reason.UNREACHABLE.value)
    candidate = {"message_id": 0, "customer_id": customer.pk, "contact_id": contact.pk, "channel": channel}
    candidates = pl.DataFrame([candidate | {"automatic": False}], schema=CANDIDATES)
    refused = _verdicts(book, policy, candidates)
    return refused.get(0) or _hours_refusal(policy, customer, as_of=as_of, now=now)


def hours_of(policy: Policy, customer: Customer, day: date) -> tuple[datetime, datetime]:
    """Return the hours of a day in which we may write to a customer; the second instant is exclusive."""
    return sending_window(day, customer.time_zone, policy.contact.hours_from, policy.contact.hours_until)


def _refusals(creditor: Creditor, messages: Sequence[Message], *, as_of: date) -> dict[int, Refusal]:
    if not messages:
        return {}
    _version, policy = policy_in_force(creditor)
    book = _small_book(creditor, as_of=as_of, customer_ids=sorted({message.customer_id for message in messages}))
    refused = _verdicts(book, policy, _candidates(messages))
    usable = _usable_routes(book)
    addresses = _addresses_of(messages)
    for message in messages:
        route = (message.contact_id, message.channel)
        # A soft reason is told before a dead address, and a person who set it aside did not mean that one.
        if message.overridden and message.pk in refused and refused[message.pk].may_be_overridden:
            del refused[message.pk]
        if message.pk not in refused and (route not in usable or addresses.get(route) != message.address):
            refused[message.pk] = Refusal(Reason.UNREACHABLE.value)
    return refused


def _small_book(creditor: Creditor, *, as_of: date, customer_ids: Sequence[int]) -> Book:
    """Return the book of a few customers, today's contacts included."""
    # Inside a transaction the rows come over its own connection. Another connection is worth its cost for a whole
    # book only, and a second SQLite library that opens and closes the file next to ours takes our locks away.
    with transaction.atomic():
        return open_book(creditor, as_of=as_of, customer_ids=customer_ids, with_plan_of_the_day=True)


def _candidates(messages: Sequence[Message]) -> pl.DataFrame:
    told: dict[int, list[tuple[int | None, int | None]]] = {}
    items = MessageItem.objects.filter(message__in=[message.pk for message in messages])
    for message_id, item_id, open_minor in items.values_list("message_id", "item_id", "open_minor"):
        told.setdefault(message_id, []).append((item_id, open_minor))
    rows = [
        (
            message.pk,
            message.customer_id,
            message.contact_id,
            message.channel,
            item_id,
            open_minor,
            message.scenario != "",
        )
        for message in messages
        for item_id, open_minor in told.get(message.pk, [(None, None)])
    ]
    return pl.DataFrame(rows, schema=CANDIDATES, orient="row")


def _verdicts(book: Book, policy: Policy, candidates: pl.DataFrame) -> dict[int, Refusal]:
    verdicts = recheck(book, policy, candidates).filter(pl.col("reason").is_not_null())
    rows = verdicts.select("message_id", "reason", "fact_on").iter_rows()
    return {message_id: Refusal(reason, free_on) for message_id, reason, free_on in rows}


def _usable_routes(book: Book) -> Collection[tuple[int, str]]:
    return set(book.routes.filter(pl.col("usable")).select("contact_id", "channel").iter_rows())


def _addresses_of(messages: Sequence[Message]) -> dict[tuple[int, str], str]:
    contacts = {message.contact_id for message in messages}
    rows = Address.objects.filter(contact__in=contacts).values_list("contact_id", "channel", "value")
    return {(contact_id, channel): value for contact_id, channel, value in rows}


def _hours_refusal(policy: Policy, customer: Customer, *, as_of: date, now: datetime) -> Refusal | None:
    begin, end = hours_of(policy, customer, as_of)
    return None if begin <= now < end else Refusal(OUTSIDE_HOURS)
