"""How do the day's messages leave? Claim → gate → hand over → record, batch by batch.

How no message leaves twice is told in `outreach.operations.delivery`.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from amiable.organisation.access import Act, demand
from amiable.organisation.models import Creditor, Member
from amiable.outreach.channels.email.mime import mailbox
from amiable.outreach.channels.handover import NotAnAddress
from amiable.outreach.dispatch import dispatch
from amiable.outreach.models import Message, Status
from amiable.outreach.operations import claim_one, claim_ready, open_window, settle_abandoned, withhold
from amiable.outreach.operations.delivery import CLAIM_AT_MOST
from amiable.planning.gate import Refusal, hours_of, refusal_of, refusals
from amiable.planning.operations.policies import policy_in_force

BATCH = CLAIM_AT_MOST  # messages of one claim: their customers' book is opened once
HOUR = timedelta(hours=1)


class NothingLeaves(Exception):
    """Safe mode: the creditor's messages stay in the outbox."""


class SendingRefused(Exception):
    """The gate does not let the message out; `refusal` says why, and whether a person may override it."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.sentence)


def why_nothing_leaves(creditor: Creditor) -> str:
    """Say in a sentence why no message of the creditor may leave now: safe mode. Empty: they may."""
    if not settings.MAIL_CONNECTED:
        return _("No mail server is connected yet. Messages stay in the outbox, where you can read them.")
    if not creditor.sending:
        return _("Sending is switched off. Messages stay in the outbox, where you can read them.")
    try:
        mailbox(creditor.sender_email)
        if creditor.reply_to:
            mailbox(creditor.reply_to)
    except NotAnAddress:
        return _("The sender's e-mail address is missing or wrong. Messages stay in the outbox until it is set.")
    return ""


def send_batch(creditor: Creditor, *, now: datetime, worker: str, limit: int = BATCH) -> Counter[str]:
    """Claim up to `limit` messages that may leave now, ask the gate, send; return how many have which status now.

    Nothing is even claimed in safe mode. An empty answer means that nothing was waiting.
    """
    return _send(creditor, now=now, worker=worker, limit=limit)


def send_day(creditor: Creditor, *, now: datetime, worker: str, limit: int = BATCH) -> Counter[str]:
    """Send until nothing that may leave now is left; return how many messages have which status now.

    At the end it takes over what other workers have claimed and not begun: they may be dead, and if not they share.
    What the mail server puts off stays ready, for a later call.
    """
    total: Counter[str] = Counter()
    for take_over in (False, True):
        while True:
            counts = _send(creditor, now=now, worker=worker, limit=limit, take_over=take_over)
            total += counts
            if not set(counts) - {Status.READY.value}:  # nothing waited, or the mail server takes nothing now
                break
    return total


def send_now(message: Message, *, by: Member | None, now: datetime, worker: str, override: bool = False) -> Message:
    """Send one waiting or withheld message at once, as a person decided; return it as it stands then.

    It goes through the same gate. With `override` the soft reasons (working day, hours, gap, caps) are set aside
    and remembered. Raise `NothingLeaves`, `SendingRefused`, or `NotWaiting` where it is no longer waiting.
    """
    demand(by, Act.SEND)
    message = Message.objects.select_related("creditor", "customer").get(pk=message.pk)
    creditor = message.creditor
    if why := why_nothing_leaves(creditor):
        raise NothingLeaves(why)
    as_of = _day_of(creditor, now)
    overridden = ""
    if refusal := refusal_of(message, as_of=as_of, now=now):
        if not (override and refusal.may_be_overridden):
            raise SendingRefused(refusal)
        message.overridden = overridden = refusal.reason
        if hard := refusal_of(message, as_of=as_of, now=now):  # it may have hidden behind the soft one
            raise SendingRefused(hard)
    _version, policy = policy_in_force(creditor)
    end_of_hours = hours_of(policy, message.customer, as_of)[1]
    open_window(message, by=by, now=now, until=max(end_of_hours, now + HOUR), overridden=overridden)
    if claimed := claim_one(message, now=now, worker=worker):
        dispatch(creditor, [claimed], claimed_at=now, now=now)
    message.refresh_from_db()
    return message


def _send(creditor: Creditor, *, now: datetime, worker: str, limit: int, take_over: bool = False) -> Counter[str]:
    creditor.refresh_from_db()  # somebody may have switched sending off since the last batch
    if why_nothing_leaves(creditor):
        return Counter()
    counts: Counter[str] = Counter()
    if unclear := settle_abandoned(creditor, now=now):
        counts[Status.UNCLEAR.value] += unclear
    messages = claim_ready(creditor, now=now, worker=worker, limit=limit, take_over=take_over)
    if not messages:
        return counts
    refused = refusals(creditor, messages, as_of=_day_of(creditor, now))
    if refused:
        counts[Status.WITHHELD.value] += withhold(creditor, refused, claim=messages[0].claimed_by, now=now)
    passed = [message for message in messages if message.pk not in refused]
    return counts + dispatch(creditor, passed, claimed_at=now, now=now)


def _day_of(creditor: Creditor, now: datetime) -> date:
    return now.astimezone(ZoneInfo(creditor.time_zone)).date()
