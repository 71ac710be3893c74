"""How does the outbox tell where a message stands, and when it leaves?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.planning.gate import told_reason
from amiable.ui import formats

if TYPE_CHECKING:
    from amiable.organisation.models import AuditEvent
    from amiable.outreach.models import Message

STATES = {  # status → the state that colours it, and its icon
    "ready": ("", "clock"),
    "held": ("paused", "circle-pause"),
    "sending": ("waiting", "loader"),
    "sent": ("fine", "check"),
    "withheld": ("paused", "shield"),
    "superseded": ("", "refresh-cw"),
    "cancelled": ("", "x"),
    "refused": ("late", "circle-alert"),
    "bounced": ("late", "circle-alert"),
    "unclear": ("late", "triangle-alert"),
}
LABELS: dict[str, str | Promise] = {  # in a few words; the whole sentence stands on the message's page
    "ready": gettext_lazy("Ready"),
    "held": gettext_lazy("Held"),
    "sending": gettext_lazy("Leaving"),
    "sent": gettext_lazy("Sent"),
    "withheld": gettext_lazy("Withheld"),
    "superseded": gettext_lazy("Replaced"),
    "cancelled": gettext_lazy("Cancelled"),
    "refused": gettext_lazy("Refused"),
    "bounced": gettext_lazy("Bounced"),
    "unclear": gettext_lazy("Unclear"),
}
ACTIONS: dict[str, str | Promise] = {  # what the audit trail calls them → how the page does
    "message.written": gettext_lazy("Written"),
    "message.held": gettext_lazy("Held"),
    "message.released": gettext_lazy("Released"),
    "message.edited": gettext_lazy("Reworded"),
    "message.cancelled": gettext_lazy("Cancelled"),
    "message.sent_now": gettext_lazy("Sent at once"),
    "message.resolved": gettext_lazy("Clarified whether it left"),
    "message.bounced": gettext_lazy("Came back"),
}


Amounts = list[tuple[str, int, int]]  # currency, invoices, open minor units


@dataclass(frozen=True)
class Line:
    """A message as the outbox lists it."""

    message: Message
    amounts: Amounts
    when: str
    why: str  # why it stands where it stands; empty: as it should

    @property
    def state(self) -> str:
        return STATES[self.message.status][0]

    @property
    def icon(self) -> str:
        return STATES[self.message.status][1]

    @property
    def label(self) -> str:
        return str(LABELS[self.message.status])

    @property
    def step(self) -> str:
        return step_title(self.message)

    @property
    def invoices(self) -> int:
        return sum(items for _currency, items, _minor in self.amounts)


def lines(
    messages: Iterable[Message],
    amounts: dict[int, list[tuple[str, int, int]]],
    *,
    today: date,
    now: datetime,
    zone: str,
) -> list[Line]:
    """Return messages as the outbox lists them, in their order."""
    return [
        Line(message, amounts.get(message.pk, []), when_words(message, today=today, now=now, zone=zone), why(message))
        for message in messages
    ]


def why(message: Message) -> str:
    """Say why a message stands where it stands; empty where the status says it all."""
    return told_reason(message) if message.status_reason else ""


def step_title(message: Message) -> str:
    """Return the step that a message belongs to, or that a person wrote it."""
    if message.step:
        return message.step.replace("-", " ").capitalize()
    return _("Written by %(name)s") % {"name": message.written_by or _("a person")}


def when_words(message: Message, *, today: date, now: datetime, zone: str) -> str:
    """Say when a message leaves or left, by the creditor's clock: "today, 09:00–17:30", "6 Mar 2026, 09:02"."""
    if message.sent_at:
        return formats.moment(message.sent_at, zone)
    if message.status not in ("ready", "held"):
        return formats.moment(message.status_at, zone)
    if message.send_until <= now:
        return _("its hours are over")
    day = message.send_from.astimezone(ZoneInfo(zone)).date()
    hours = {"begin": formats.clock(message.send_from, zone), "end": formats.clock(message.send_until, zone)}
    return _("%(day)s, %(begin)s–%(end)s") % {"day": formats.distance(day, today), **hours}


@dataclass(frozen=True)
class Past:
    """One thing that happened to a message."""

    title: str
    at: datetime | None  # None: the day is known, the hour is not
    on: date | None = None
    by: str = ""
    icon: str = "clock"
    state: str = ""
    text: str = ""  # why, or the subject it had before it was reworded


def past_of(message: Message, trail: Iterable[AuditEvent]) -> list[Past]:
    """Return what happened to a message, the newest first, from its trail and where it stands now."""
    author = str(message.written_by) if message.written_by_id else "Amiable"
    past = [Past(_("Written"), None, message.planned_for, author, "pencil")]
    past += [_of_event(event) for event in trail if event.action in ACTIONS and event.action != "message.written"]
    if message.sent_at:
        title = _("Sent to %(address)s") % {"address": message.address}
        past.append(Past(title, message.sent_at, icon="send", state="fine"))
    if message.status in ("withheld", "superseded", "refused", "bounced", "unclear"):
        state, icon = STATES[message.status]
        title = str(message.get_status_display())
        past.append(Past(title, message.status_at, icon=icon, state=state, text=why(message)))
    return past[::-1]


def _of_event(event: AuditEvent) -> Past:
    icons = {"message.held": "circle-pause", "message.released": "circle-play", "message.edited": "pencil"}
    return Past(
        str(ACTIONS[event.action]),
        event.at,
        by=str(event.actor) if event.actor_id else "Amiable",
        icon=icons.get(event.action, "clock"),
        text=event.facts.get("before", {}).get("subject", ""),
    )
