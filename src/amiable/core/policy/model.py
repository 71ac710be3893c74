"""What can a policy say?

Plain values, checked by the parser (`text`) and used by the planner. Days count from the due date, whose own
number is 0: day 1 is the first day late. Urgency is no number that somebody writes: a step's level is its rank
among the steps after the due date that apply to the customer.
"""

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum


class Do(StrEnum):
    """Who acts: Amiable writes, or a person gets a task."""

    MESSAGE = "message"
    CALL = "call"  # a task that reaches the customer
    REVIEW = "review"  # a task among ourselves


class Anchor(StrEnum):
    """The day that a step counts from."""

    DUE = "due"
    PAID = "paid"


class Tone(StrEnum):
    """How a message sounds, from warmest to most serious. None of them threatens."""

    FRIENDLY = "friendly"
    GENTLE = "gentle"
    HELPFUL = "helpful"
    CLEAR = "clear"


CHANNELS = ("email", "phone", "sms", "post")
ROLES = ("accounts_payable", "finance", "buyer", "management", "other")
COLLEAGUES = ("owner", "salesperson", "manager")
OFFERS = ("plan", "deferral", "question", "call_back")
RISKS = ("low", "medium", "high", "unknown")


@dataclass(frozen=True)
class Condition:
    """Which customers a scenario or a step is for; every part given must hold, an empty one holds for all.

    Amounts are in major units and look at the customer's largest open balance over its currencies.
    """

    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    balance_at_least: Decimal | None = None
    balance_below: Decimal | None = None
    tenure_days_at_least: int | None = None  # an unknown tenure counts as none
    tenure_days_below: int | None = None


@dataclass(frozen=True)
class Step:
    """One act of a scenario, `day` days after its anchor (before it where negative)."""

    name: str
    day: int
    do: Do
    tone: Tone = Tone.FRIENDLY
    anchor: Anchor = Anchor.DUE
    template: str = ""  # defaults to the step's name when the text is read
    channels: tuple[str, ...] = ("email",)  # in order of preference
    to: tuple[str, ...] = ("accounts_payable", "finance", "buyer", "management", "other")  # roles, in order
    offers: tuple[str, ...] = ()
    copy_to: str | None = None  # a colleague who receives a copy
    assign_to: str = "owner"  # the colleague who gets the task
    deadline_days: int = 3  # working days that the task's owner has
    only_if_reminded: bool = False  # for thanks: only where a reminder after the due date came before
    when: Condition = field(default_factory=Condition)


@dataclass(frozen=True)
class Scenario:
    """A graded sequence of steps for some customers; the first scenario that fits a customer is theirs."""

    name: str
    titles: dict[str, str]  # language → title
    steps: tuple[Step, ...]  # by anchor, then day; days are unique within an anchor
    when: Condition = field(default_factory=Condition)

    def title(self, language: str) -> str:
        """Return the title in a language, else in English, else in any, else the name."""
        return self.titles.get(language) or self.titles.get("en") or next(iter(self.titles.values()), self.name)


@dataclass(frozen=True)
class Cap:
    """At most so many contacts that we start within any window of so many days."""

    contacts: int
    days: int


@dataclass(frozen=True)
class ContactPolicy:
    """When and how we may contact anybody, whatever the scenario says."""

    channels: tuple[str, ...] = ("email",)  # those that Amiable may use by itself
    hours_from: time = time(9)
    hours_until: time = time(17, 30)  # exclusive
    minimum_gap_days: int = 4  # days from any contact, sent or received, to the next one we start
    caps: tuple[Cap, ...] = (Cap(2, 7), Cap(4, 30))
    minimum_balance: dict[str, Decimal] = field(default_factory=dict)  # currency → major units; "*" for the others
    bank_data_max_age_days: int | None = 4  # None: reminders may go out without any bank data


@dataclass(frozen=True)
class Policy:
    """Everything the planner obeys."""

    contact: ContactPolicy
    scenarios: tuple[Scenario, ...]  # the last one fits everybody
