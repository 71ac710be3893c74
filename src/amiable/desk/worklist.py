"""In which order does work wait for a person, and what does each line say?

Customers who wait for us come first, then messages whose fate is unclear, then tasks by their deadline, then messages
that did not arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.desk.words import lateness

if TYPE_CHECKING:
    from amiable.ledger.models import Address, Customer
    from amiable.outreach.models import Message, Touch
    from amiable.planning.queries.worklist import WorkTask

KINDS: dict[str, tuple[str | Promise, str, str]] = {  # kind → label, icon, state
    "reply": (gettext_lazy("Answer"), "message-square", "waiting"),
    "unclear": (gettext_lazy("Unclear delivery"), "triangle-alert", "late"),
    "call": (gettext_lazy("Call"), "phone", ""),
    "review": (gettext_lazy("Review"), "clipboard-check", ""),
    "find_contact": (gettext_lazy("Find a contact"), "user-search", ""),
    "undelivered": (gettext_lazy("Not delivered"), "circle-alert", "late"),
}


@dataclass(frozen=True)
class Work:
    """One line of the worklist."""

    kind: str
    pk: int  # of the task, the touch or the message
    customer: Customer
    why: str
    text: str = ""  # their words
    amounts: tuple[tuple[str, int], ...] = ()  # currency, minor units
    oldest_due_on: date | None = None
    due_on: date | None = None  # until when it should be done
    owner: str = ""
    phones: list[Address] = field(default_factory=list)
    today: date | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.pk}"

    @property
    def label(self) -> str:
        return str(KINDS[self.kind][0])

    @property
    def icon(self) -> str:
        return KINDS[self.kind][1]

    @property
    def state(self) -> str:
        return KINDS[self.kind][2]

    @property
    def lateness(self) -> str:
        return lateness(self.oldest_due_on, self.today)

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < self.today

    @property
    def is_task(self) -> bool:
        return self.kind in ("call", "review", "find_contact")


def worklist(
    *,
    touches: Iterable[Touch],
    messages: Iterable[Message],
    tasks: Iterable[WorkTask],
    phones: dict[int, list[Address]],
    today: date,
) -> list[Work]:
    """Return every line in the order in which it should be done."""
    troubled = [_of_message(message, today) for message in messages]
    return [
        *(_of_touch(touch, today) for touch in touches),
        *(work for work in troubled if work.kind == "unclear"),
        *(_of_task(task, phones, today) for task in tasks),
        *(work for work in troubled if work.kind != "unclear"),
    ]


def _of_touch(touch: Touch, today: date) -> Work:
    who = str(touch.contact) if touch.contact_id else _("They")
    return Work(
        "reply",
        touch.pk,
        touch.customer,
        why=_("%(who)s wrote: %(summary)s") % {"who": who, "summary": touch.summary},
        text=touch.text,
        due_on=touch.on,
        owner=_name(touch.customer.owner),
        today=today,
    )


def _of_message(message: Message, today: date) -> Work:
    unclear = message.status == "unclear"
    told = _("Did “%(subject)s” leave? The mail server's answer got lost; it is not sent again by itself.")
    failed = _("“%(subject)s” could not be delivered to %(address)s. %(reason)s")
    facts = {"subject": message.subject, "address": message.address, "reason": message.status_reason}
    return Work(
        "unclear" if unclear else "undelivered",
        message.pk,
        message.customer,
        why=(told if unclear else failed) % facts,
        owner=_name(message.customer.owner),
        today=today,
    )


def _of_task(work: WorkTask, phones: dict[int, list[Address]], today: date) -> Work:
    task = work.task
    why = {
        "call": _("The step “%(step)s” asks for a conversation about %(numbers)s."),
        "review": _("The step “%(step)s” asks us to look together at %(numbers)s."),
        "find_contact": _("Nobody can be reached by e-mail about %(numbers)s."),
    }[task.kind]
    return Work(
        task.kind,
        task.pk,
        task.customer,
        why=why % {"step": task.step, "numbers": _numbers(work.numbers)},
        amounts=tuple(work.open_minor.items()),
        oldest_due_on=work.oldest_due_on,
        due_on=task.due_on,
        owner=_name(task.owner),
        phones=phones.get(task.customer_id, []) if task.kind == "call" else [],
        today=today,
    )


def _numbers(numbers: list[str]) -> str:
    if not numbers:
        return _("invoices that have been paid meanwhile")
    told = ", ".join(numbers[:3])
    return _("%(numbers)s and %(more)s more") % {"numbers": told, "more": len(numbers) - 3} if numbers[3:] else told


def _name(member: object | None) -> str:
    return str(member) if member else ""
