"""What may a person do with a message before it leaves, and after its answer got lost?

Each is one conditional UPDATE: a message that began to leave in the same moment is not changed any more, and the
person is told so.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.core.policy.model import Tone
from amiable.core.tone import Kind, Severity, judge
from amiable.organisation.access import Act, demand
from amiable.organisation.models import Member
from amiable.organisation.operations import record
from amiable.outreach.compose.by_hand import page_by_hand
from amiable.outreach.models import Message, Status
from amiable.outreach.operations.delivery import write_touches

WAITING = (Status.READY, Status.HELD)
CANCELLABLE = (Status.READY, Status.HELD, Status.WITHHELD)


class NotWaiting(Exception):
    """The message is no longer where the person saw it: it left, was replaced, or somebody else decided."""

    def __init__(self, message: Message) -> None:
        self.message = message
        status = message.get_status_display()
        super().__init__(_("This message cannot be changed now. It is: %(status)s.") % {"status": status})


class Unkind(Exception):
    """The tone guard does not let the new wording pass; `findings` say why, each with a kinder wording."""

    def __init__(self, findings: Collection[Any]) -> None:
        self.findings = list(findings)
        super().__init__(_("The wording is not kind or not complete yet."))


class NothingWritten(Exception):
    """A message needs a subject and a text."""

    def __init__(self) -> None:
        super().__init__(_("A message needs a subject and a text."))


def hold_message(message: Message, *, by: Member | None, now: datetime) -> Message:
    """Keep a message from leaving until somebody releases it. Raise `NotWaiting`."""
    demand(by, Act.RELEASE_OUTBOX)
    return _move(message, "message.held", from_=(Status.READY,), by=by, status=Status.HELD, status_at=now)


def release_message(message: Message, *, by: Member | None, now: datetime) -> Message:
    """Let a held message leave after all, within its hours and through the gate. Raise `NotWaiting`."""
    demand(by, Act.RELEASE_OUTBOX)
    return _move(message, "message.released", from_=(Status.HELD,), by=by, status=Status.READY, status_at=now)


def cancel_message(message: Message, *, by: Member | None, now: datetime, why: str = "") -> Message:
    """Decide that a message never leaves. Raise `NotWaiting`."""
    demand(by, Act.RELEASE_OUTBOX)
    why = " ".join(why.split())[:300]
    facts = {"status": Status.CANCELLED, "status_reason": why, "status_at": now}
    return _move(message, "message.cancelled", from_=CANCELLABLE, by=by, **facts)


def edit_message(message: Message, *, by: Member | None, subject: str, text: str, now: datetime) -> Message:
    """Put a person's words in place of ours; the page is written anew from them.

    Raise `NotWaiting`, `NothingWritten`, or `Unkind` where the tone guard objects.
    """
    demand(by, Act.SEND)
    subject, text = " ".join(subject.split())[:300], text.strip()
    if not subject or not text:
        raise NothingWritten
    tone = Tone(message.tone or Tone.FRIENDLY)
    findings = judge(text, subject=subject, language=message.language, tone=tone, kind=Kind.WRITTEN)
    if refused := [finding for finding in findings if finding.severity is Severity.REFUSED]:
        raise Unkind(refused)
    html = page_by_hand(message.creditor, text, subject=subject, language=message.language, before=message.html)
    before = {"subject": message.subject, "text": message.text}
    return _move(
        message, "message.edited", from_=WAITING, by=by, told={"before": before}, subject=subject, text=text, html=html
    )


def open_window(message: Message, *, by: Member | None, now: datetime, until: datetime, overridden: str) -> Message:
    """Let a waiting message leave from now on, `until` exclusive, past the soft reasons a person set aside.

    The gate, which lies above this package, has been asked; see `planning.sending.send_now`. Raise `NotWaiting`.
    """
    demand(by, Act.SEND)
    facts = {
        "status": Status.READY,
        "status_at": now,
        "send_from": now,
        "send_until": until,
        "overridden": overridden,
        "claimed_by": "",
        "not_before": None,
    }
    told = {"overridden": overridden} if overridden else {}
    return _move(message, "message.sent_now", from_=(*WAITING, Status.WITHHELD), by=by, told=told, **facts)


def resolve_unclear(message: Message, *, by: Member | None, was_sent: bool, now: datetime) -> Message:
    """Say whether an unclear message left: as the customer or the provider told us. Raise `NotWaiting`.

    One that left counts as sent, with its touch. One that did not is ready again, and meets the gate again; when its
    hours are over, the next plan writes anew.
    """
    demand(by, Act.SEND)
    if not was_sent:
        facts = {"status": Status.READY, "status_reason": "", "claimed_by": "", "not_before": None}
        return _move(
            message, "message.resolved", from_=(Status.UNCLEAR,), by=by, told={"sent": False}, status_at=now, **facts
        )
    sent_at = message.status_at
    with transaction.atomic():
        facts = {"status": Status.SENT, "status_reason": "", "sent_at": sent_at, "status_at": now}
        row = _move(message, "message.resolved", from_=(Status.UNCLEAR,), by=by, told={"sent": True}, **facts)
        write_touches(row.creditor, [row.pk], now=sent_at)
    return row


@transaction.atomic
def _move(
    message: Message,
    action: str,
    *,
    from_: Collection[str],
    by: Member | None,
    told: dict[str, Any] | None = None,
    **facts: Any,
) -> Message:
    """Change a message that still stands where the person saw it, with its audit line."""
    moved = Message.objects.filter(pk=message.pk, status__in=from_).update(**facts)
    row = Message.objects.select_related("creditor", "customer").get(pk=message.pk)
    if not moved:
        raise NotWaiting(row)
    told = {"status": row.status, **(told or {})}
    subject = f"message:{row.pk}"
    record(action, by=by, creditor=row.creditor, customer_id=row.customer_id, subject=subject, facts=told)
    return row
