"""How is a decision told?

Each outcome has an English sentence with named places for its facts. The shell translates the sentence by gettext and
writes days and amounts in the reader's language; nothing here formats anything.
"""

from dataclasses import dataclass
from enum import StrEnum

from amiable.core.plan.outcome import Reason
from amiable.core.policy.model import Anchor


def gettext_noop(text: str) -> str:
    """Mark a text for translation without translating it: the name is one that makemessages looks for."""
    return text


@dataclass(frozen=True)
class Sentence:
    """A message pattern with `%(name)s` places, and the names of the facts that it needs.

    `open_ended` is told instead where `fact_on` is null: the cause has no known end, or never began.
    """

    pattern: str
    facts: tuple[str, ...] = ()
    open_ended: str = ""

    def for_facts(self, **facts: object) -> str:
        """Return the pattern that suits the facts, still to be translated and filled in."""
        return self.open_ended if self.open_ended and facts.get("fact_on") is None else self.pattern


WHY_NOT: dict[Reason, Sentence] = {
    Reason.PAID: Sentence(gettext_noop("It was paid after the message was written.")),
    Reason.AMOUNT_CHANGED: Sentence(
        gettext_noop("The open amount changed to %(fact_minor)s after the message was written."), ("fact_minor",)
    ),
    Reason.DISPUTED: Sentence(
        gettext_noop("It is disputed; reminders rest until %(fact_on)s."),
        ("fact_on",),
        gettext_noop("It is disputed; reminders rest until the dispute is settled."),
    ),
    Reason.PROMISED: Sentence(
        gettext_noop("Payment is promised; reminders rest until %(fact_on)s."),
        ("fact_on",),
        gettext_noop("Payment is promised; reminders rest."),
    ),
    Reason.PAYMENT_PLAN: Sentence(
        gettext_noop("A payment plan is agreed; reminders rest until %(fact_on)s."),
        ("fact_on",),
        gettext_noop("A payment plan is agreed; reminders rest."),
    ),
    Reason.DEFERRED: Sentence(
        gettext_noop("A later due date is agreed; reminders rest until %(fact_on)s."),
        ("fact_on",),
        gettext_noop("A later due date is agreed; reminders rest."),
    ),
    Reason.IN_TRANSIT: Sentence(
        gettext_noop("The payment is on its way; reminders rest until %(fact_on)s."),
        ("fact_on",),
        gettext_noop("The payment is on its way; reminders rest."),
    ),
    Reason.ITEM_HELD: Sentence(
        gettext_noop("A colleague put this invoice on hold until %(fact_on)s."),
        ("fact_on",),
        gettext_noop("A colleague put this invoice on hold."),
    ),
    Reason.CUSTOMER_HELD: Sentence(
        gettext_noop("A colleague put this customer on hold until %(fact_on)s."),
        ("fact_on",),
        gettext_noop("A colleague put this customer on hold."),
    ),
    Reason.AWAITING_ANSWER: Sentence(
        gettext_noop("The customer has been waiting for our answer since %(fact_on)s; we answer first."), ("fact_on",)
    ),
    Reason.BANK_DATA_STALE: Sentence(
        gettext_noop("The bank data end on %(fact_on)s; the payment may have arrived since."),
        ("fact_on", "fact_count"),
        gettext_noop("No bank data were ever loaded; the payment may have arrived."),
    ),
    Reason.BELOW_MINIMUM: Sentence(
        gettext_noop("Only %(fact_minor)s would be asked for, credits taken off: less than the policy's minimum."),
        ("fact_minor",),
    ),
    Reason.NOT_A_WORKING_DAY: Sentence(
        gettext_noop("It is no working day where the customer is; the next one is %(fact_on)s."), ("fact_on",)
    ),
    Reason.TOO_SOON: Sentence(
        gettext_noop("The last contact was only just now; the next one may come on %(fact_on)s."), ("fact_on",)
    ),
    Reason.CAP_REACHED: Sentence(
        gettext_noop("The cap on contacts (%(fact_count)s) is reached; the next one may come on %(fact_on)s."),
        ("fact_on", "fact_count"),
        gettext_noop("The policy allows no contacts at all."),
    ),
    Reason.AWAITING_CONTACT: Sentence(
        gettext_noop("Nobody at the customer can be reached; a colleague is already looking for a contact.")
    ),
    Reason.UNREACHABLE: Sentence(gettext_noop("The address of this contact can no longer be used.")),
}


class Why(StrEnum):
    """Why a step is due, or an item is mentioned."""

    BEFORE_DUE = "before_due"
    DUE_TODAY = "due_today"
    LATE = "late"
    LATE_EARLIER_STEP = "late_earlier_step"
    THANKS = "thanks"
    TOLD_ALONG = "told_along"


WHY: dict[Why, Sentence] = {
    Why.BEFORE_DUE: Sentence(
        gettext_noop("It falls due on %(due_on)s; “%(step)s” comes before that."), ("due_on", "step")
    ),
    Why.DUE_TODAY: Sentence(gettext_noop("It is due today; “%(step)s” says so."), ("step",)),
    Why.LATE: Sentence(
        gettext_noop("It was due on %(due_on)s. Today is day %(age)s after that, and “%(step)s” comes on day %(day)s."),
        ("due_on", "age", "step", "day"),
    ),
    Why.LATE_EARLIER_STEP: Sentence(
        gettext_noop(
            "It was due on %(due_on)s and nothing was said about it yet; “%(step)s” is the gentlest beginning."
        ),
        ("due_on", "step"),
    ),
    Why.THANKS: Sentence(
        gettext_noop("It was paid on %(paid_on)s; “%(step)s” gives thanks for that."), ("paid_on", "step")
    ),
    Why.TOLD_ALONG: Sentence(
        gettext_noop("It was due on %(due_on)s and is mentioned along; its own next step comes later."), ("due_on",)
    ),
}


def why(*, anchor: str | None, day: int | None, age: int) -> Why:
    """Say why an item is part of a contact or a task; `anchor` and `day` are those of its step, null without one."""
    if anchor is None or day is None:
        return Why.TOLD_ALONG
    if anchor == Anchor.PAID:
        return Why.THANKS
    if day > 0:
        return Why.LATE
    if age > 0:
        return Why.LATE_EARLIER_STEP
    return Why.DUE_TODAY if age == 0 else Why.BEFORE_DUE
