"""Which of our messages came back, and is anybody still there?

Two ways lead here: an e-mail that a mail system sent back (`take_in_bounce`), and a provider's report
(`take_in_delivery_report`). Anybody can send us a forged bounce, so it must name a message of ours by its Message-ID,
or at least an address that we really wrote to a short while ago.
"""

import email
import logging
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import Message as Email
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from flufl.bounce import all_failures

from amiable.ledger.models import Reach
from amiable.organisation.operations import record
from amiable.outreach.models import Message, Status
from amiable.outreach.operations.delivery import write_touches
from amiable.outreach.operations.failures import mark_addresses, note_failure

LARGEST = 2 * 1024 * 1024  # bytes of a bounce that are read; what matters stands at the beginning
RECENTLY = timedelta(days=14)  # mail systems give up after five days; some report late
OUR_MESSAGE_ID = re.compile(rb"<[0-9a-f]{32}@[A-Za-z0-9.-]{1,190}>")
STATUS = re.compile(rb"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.I | re.M)
DIAGNOSTIC = re.compile(rb"^Diagnostic-Code:\s*(?:[\w-]+;)?\s*(.+(?:\r?\n[ \t].+)*)", re.I | re.M)
FEEDBACK = re.compile(rb"^Original-Rcpt-To:\s*<?([^<>\s]+)", re.I | re.M)  # RFC 5965
# Mail systems speak under these names (RFC 2142 and custom) and write in no envelope (RFC 5321, 4.5.5).
MAIL_SYSTEM = re.compile(r"mailer[-_.]?daemon|postmaster|mail delivery|<>|mail[-_.]?system|mailgateway|no-?reply", re.I)
MENTIONED = re.compile(rb"[\w.+!#$%&'*/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
SAYS_NEVER = re.compile(
    rb"\b5\d\d[ -]|\b5\.\d\.\d{1,3}\b|permanent|unknown|not exist|no such|undeliver|fail|could not", re.I
)
SAYS_LATER = re.compile(rb"\b4\d\d[ -]|\b4\.\d\.\d{1,3}\b|delayed|will be retried|still being retried", re.I)
# A block list, a full mailbox, a size limit, a timeout on the way: the message did not arrive, the address may live.
NOT_THE_ADDRESS = re.compile(r"5\.(?:2\.[234]|3\.\d+|4\.[1-9]\d*|5\.\d+|6\.\d+|7\.\d+)")

log = logging.getLogger(__name__)


class Verdict(StrEnum):
    """What became of something that came back."""

    NOT_A_BOUNCE = "not_a_bounce"
    COMPLAINT = "complaint"  # they called our message spam
    NOT_OURS = "not_ours"  # a bounce, but of nothing that we sent
    DELAYED = "delayed"  # they go on trying
    COPY_BOUNCED = "copy_bounced"  # the customer's own did not come back, the colleague's copy did
    BOUNCED = "bounced"


@dataclass(frozen=True)
class Failure:
    """What a bounce says, before anything is looked up."""

    permanent: frozenset[str]  # addresses, in lower case
    temporary: frozenset[str]
    message_ids: frozenset[str]
    words: str
    is_dead: bool  # nothing says that it is about anything but the address
    is_complaint: bool = False  # a feedback report: nothing failed, somebody does not want our mail


@dataclass(frozen=True)
class Bounce:
    """What a bounce changed."""

    verdict: Verdict
    message: Message | None = None


def read_bounce(raw: bytes) -> Failure:
    """Return what an e-mail says about addresses that failed; sets without addresses where it is no bounce."""
    raw = raw[:LARGEST]
    parsed = email.message_from_bytes(raw)
    try:
        temporary, permanent = all_failures(parsed)
    except Exception as fault:  # the library stumbles over broken e-mails of others, each in its own way
        log.warning("A bounce could not be read: %s: %s", type(fault).__name__, fault)
        temporary = permanent = frozenset()
    text = b"\n".join(_texts(parsed)) or raw
    complained = "feedback-report" in str(parsed.get("Content-Type", "")).lower()
    if complained:
        temporary, permanent = frozenset(), frozenset(FEEDBACK.findall(raw))
    elif not temporary and not permanent and _is_from_a_mail_system(parsed):
        temporary, permanent = _mentioned(_texts(parsed)[0] if _texts(parsed) else b"")
    status = STATUS.search(raw)
    diagnostic = DIAGNOSTIC.search(raw)
    words = diagnostic.group(1) if diagnostic else status.group(1) if status else b""
    code = status.group(1).decode() if status else ""
    return Failure(
        permanent=_addresses(permanent),
        temporary=_addresses(temporary) - _addresses(permanent),
        message_ids=frozenset(found.decode("ascii", "replace") for found in OUR_MESSAGE_ID.findall(raw + text)),
        words=" ".join(words.decode("utf-8", "replace").replace("\0", " ").split())[:300],
        is_dead=not NOT_THE_ADDRESS.fullmatch(code),
        is_complaint=complained,
    )


def take_in_bounce(raw: bytes, *, now: datetime) -> Bounce:
    """Take in an e-mail that came back: the message bounced, and its address is given up where nobody is there.

    A failure that the mail system calls temporary changes nothing. Taking the same one in again changes nothing.
    """
    failure = read_bounce(raw)
    if not (failure.permanent or failure.temporary or failure.is_complaint):
        return Bounce(Verdict.NOT_A_BOUNCE)
    message = _message_of(failure, now=now)
    if message is None:
        return Bounce(Verdict.NOT_OURS)
    if failure.is_complaint:
        return Bounce(Verdict.COMPLAINT, take_in_delivery_report(message.provider_id, "complained", now=now))
    if not failure.permanent:
        return Bounce(Verdict.DELAYED, message)
    if message.copy_to.lower() in failure.permanent and message.address.lower() not in failure.permanent:
        return Bounce(Verdict.COPY_BOUNCED, message)
    return Bounce(Verdict.BOUNCED, _bounce(message, words=failure.words, is_dead=failure.is_dead, now=now))


def take_in_delivery_report(
    provider_id: str, event: str, *, now: datetime, words: str = "", is_dead: bool = True
) -> Message | None:
    """Take in what a provider reports about a message, in the words of anymail's tracking events.

    "delivered" and "sent" settle an unclear message; "bounced", "rejected" and "failed" are bounces; whoever calls it
    spam or unsubscribes is not written to any more. `is_dead`: the reason given is the address itself. Return the
    message, or None where it is not ours; an event of another kind changes nothing.
    """
    message = (
        Message.objects.select_related("creditor").filter(provider_id=provider_id).first() if provider_id else None
    )
    if message is None:
        return None
    if event in ("bounced", "rejected", "failed"):
        return _bounce(message, words=words or event, is_dead=is_dead and event != "failed", now=now)
    if event in ("complained", "unsubscribed"):
        with transaction.atomic():
            mark_addresses(message, reach=Reach.REFUSED, words=words or event, on=_day(message, now))
    elif event in ("delivered", "sent"):
        _arrived(message, now=now)
    message.refresh_from_db()
    return message


@transaction.atomic
def _bounce(message: Message, *, words: str, is_dead: bool, now: datetime) -> Message:
    left = (Status.SENT, Status.SENDING, Status.UNCLEAR)
    changed = Message.objects.filter(pk=message.pk, status__in=left).update(
        status=Status.BOUNCED, status_reason=words[:300], status_at=now
    )
    message.refresh_from_db()
    if changed:
        note_failure(message, words=words, is_dead=is_dead, on=_day(message, now))
        _record("message.bounced", message, {"address": message.address, "words": words[:300]})
    return message


@transaction.atomic
def _arrived(message: Message, *, now: datetime) -> None:
    sent_at = message.status_at
    settled = Message.objects.filter(pk=message.pk, status=Status.UNCLEAR).update(
        status=Status.SENT, status_reason="", status_at=now, sent_at=sent_at
    )
    if settled:
        write_touches(message.creditor, [message.pk], now=sent_at)
        _record("message.resolved", message, {"sent": True})


def _message_of(failure: Failure, *, now: datetime) -> Message | None:
    """Find the message that came back: by its Message-ID, else the latest to an address that failed."""
    ours = Message.objects.select_related("creditor").exclude(sent_at=None, status=Status.READY)
    named = ours.filter(provider_id__in=failure.message_ids).order_by("pk").first() if failure.message_ids else None
    if named is not None:
        return named
    recent = ours.filter(channel="email", status__in=(Status.SENT, Status.UNCLEAR), status_at__gte=now - RECENTLY)
    failed = failure.permanent or failure.temporary
    return recent.filter(address__in=failed).order_by("-status_at", "-pk").first()


def _is_from_a_mail_system(parsed: Email) -> bool:
    """Say whether a mail system wrote this, and no person's auto-reply: those come from the person's own name."""
    named = f"{parsed.get('From', '')} {parsed.get('Return-Path', '')}"
    return parsed.get_content_type() == "multipart/report" or bool(MAIL_SYSTEM.search(named))


def _mentioned(text: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Return the addresses that a mail system's words speak of, as temporary and permanent failures.

    The last resort, for systems that the library does not know. Guessing is safe here: only what we wrote to a short
    while ago is ever looked at.
    """
    addresses = frozenset(MENTIONED.findall(text))
    if SAYS_NEVER.search(text):
        return frozenset(), addresses
    return (addresses, frozenset()) if SAYS_LATER.search(text) else (frozenset(), frozenset())


def _texts(parsed: Email) -> list[bytes]:
    return [
        part.get_payload(decode=True) or b""
        for part in parsed.walk()
        if not part.is_multipart() and part.get_content_maintype() == "text"
    ]


def _addresses(found: frozenset[bytes]) -> frozenset[str]:
    return frozenset(one.decode("utf-8", "replace").replace("\0", "").strip("<> \t\r\n").lower() for one in found)


def _day(message: Message, now: datetime) -> date:
    return now.astimezone(ZoneInfo(message.creditor.time_zone)).date()


def _record(action: str, message: Message, facts: dict) -> None:
    subject = f"message:{message.pk}"
    record(action, by=None, creditor=message.creditor, customer_id=message.customer_id, subject=subject, facts=facts)
