"""What happened between a customer and us? One story from the ledger, the messages, the contacts and the tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.desk.words import HOLD_ICONS, reason
from amiable.ui import formats

if TYPE_CHECKING:
    from amiable.ledger.models import Hold
    from amiable.ledger.queries.desk import History
    from amiable.outreach.models import Message, Touch
    from amiable.planning.models import Task

FAMILIES = {  # what the filter offers
    "talk": gettext_lazy("Conversation"),
    "notes": gettext_lazy("Notes"),
    "money": gettext_lazy("Invoices and payments"),
    "holds": gettext_lazy("Holds"),
    "tasks": gettext_lazy("Tasks"),
}
CHANNEL_ICONS = {"email": "mail", "phone": "phone", "sms": "message-square", "post": "file-text"}
ENDS_BADLY = ("refused", "bounced", "unclear")


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    at: datetime
    family: str
    icon: str
    title: str
    text: str = ""
    state: str = ""
    by: str = ""
    exact: bool = True  # False: the day is known, the hour is not
    quote: str = ""  # somebody's own words
    waiting_touch: int | None = None  # a message of theirs that waits for our answer
    message: int | None = None


def timeline(
    *, history: History, touches: Iterable[Touch], messages: Iterable[Message], tasks: Iterable[Task], time_zone: str
) -> list[Entry]:
    """Return what happened, the newest first."""
    zone = ZoneInfo(time_zone)
    entries = [
        *(_touch(touch) for touch in touches),
        *(_message(message) for message in messages),
        *(_task(task) for task in tasks),
        *_ledger(history, zone),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _touch(touch: Touch) -> Entry:
    who = str(touch.contact) if touch.contact_id else ""
    inward = touch.direction == "in"
    title = {
        ("email", False): _("E-mail to %(who)s"),
        ("email", True): _("E-mail from %(who)s"),
        ("phone", False): _("Call to %(who)s"),
        ("phone", True): _("Call from %(who)s"),
    }.get((touch.channel, inward), f"{touch.get_channel_display()} · %(who)s")
    waits = inward and touch.needs_answer and touch.answered_on is None
    return Entry(
        at=touch.at,
        family="talk",
        icon=CHANNEL_ICONS[touch.channel],
        title=title % {"who": who or _("the customer")},
        text=touch.summary,
        state="waiting" if waits else ("fine" if inward else ""),
        by=str(touch.by) if touch.by_id else (_("Amiable") if not inward else ""),
        quote=touch.text,
        waiting_touch=touch.pk if waits else None,
        message=touch.message_id,
    )


def _message(message: Message) -> Entry:
    why = reason(message.status_reason) if message.status == "withheld" else message.status_reason
    return Entry(
        at=message.status_at,
        family="talk",
        icon="mail",
        title=_("Message to %(who)s: %(status)s")
        % {"who": message.contact, "status": str(message.get_status_display()).lower()},
        text="\n".join(filter(None, (message.subject, why))),
        state="late" if message.status in ENDS_BADLY else "",
        by=str(message.written_by) if message.written_by_id else _("Amiable"),
        message=message.pk,
    )


def _task(task: Task) -> Entry:
    open_still = task.status == "open"
    told = task.outcome or _("Step “%(step)s”, until %(day)s") % {"step": task.step, "day": formats.day(task.due_on)}
    return Entry(
        at=task.closed_at or datetime.combine(task.planned_for, time(6), ZoneInfo("UTC")),
        family="tasks",
        icon="clipboard-check",
        title=f"{task.get_kind_display()}: {str(task.get_status_display()).lower()}",
        text=told,
        state="waiting" if open_still else "",
        by=str(task.closed_by) if task.closed_by_id else (str(task.owner) if task.owner_id else ""),
        exact=task.closed_at is not None,
    )


def _ledger(history: History, zone: ZoneInfo) -> Iterator[Entry]:
    """Yield what the ledger knows; its days have no hours, so they stand at noon, after what was said that morning."""

    def noon(day: date) -> datetime:
        return datetime.combine(day, time(12), zone)

    for item in history.items:
        facts = {"number": item.number, "amount": formats.money(item.amount_minor, item.currency)}
        words = _("Credit note %(number)s") if item.kind == "credit_note" else _("Invoice %(number)s")
        due = _("%(amount)s, due %(day)s") % {"amount": facts["amount"], "day": formats.day(item.due_on)}
        yield Entry(noon(item.issued_on), "money", "receipt-text", words % facts, due, exact=False)
    for receipt in history.receipts:
        title = _("Payment of %(amount)s") % {"amount": formats.money(receipt.amount_minor, receipt.currency)}
        yield Entry(noon(receipt.received_on), "money", "banknote", title, receipt.reference, "fine", exact=False)
    for fix in history.corrections:
        title = _("Invoice %(number)s corrected") % {"number": fix.number}
        yield Entry(noon(fix.corrected_on), "money", "pencil", title, f"{fix} {fix.reason}".strip(), exact=False)
    for note in history.notes:
        by = str(note.by) if note.by_id else ""
        yield Entry(note.at, "notes", "sticky-note", _("Note"), by=by, quote=note.text)
    for hold in history.holds:
        yield from _hold(hold, noon)


def _hold(hold: Hold, noon: Callable[[date], datetime]) -> Iterator[Entry]:
    by = str(hold.set_by) if hold.set_by_id else ""
    held = hold.item.number if hold.item_id else _("the whole customer")
    about = _("%(kind)s: %(what)s") % {"kind": hold.get_kind_display(), "what": held}
    until = _("Until %(day)s") % {"day": formats.day(hold.held_until)} if hold.held_until else ""
    text = "\n".join(filter(None, (hold.reason, until)))
    yield Entry(noon(hold.held_from), "holds", HOLD_ICONS[hold.kind], about, text, "paused", by, exact=False)
    if hold.ended_on:
        yield Entry(noon(hold.ended_on), "holds", "circle-play", _("Ended: %(hold)s") % {"hold": about}, exact=False)
