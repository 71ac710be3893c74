"""What can a mail server, a provider or a printer answer?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from amiable.organisation.models import Creditor
from amiable.outreach.models import Message


class Outcome(StrEnum):
    """How one try to hand over one message ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: the same message would be refused again
    DEFERRED = "deferred"  # they ask us to try later
    NOT_HANDED_OVER = "not_handed_over"  # it surely did not leave; trying again is safe
    UNCLEAR = "unclear"  # it may have left: nobody but a person or a delivery report can tell


@dataclass(frozen=True, slots=True)
class Handover:
    """The outcome for one message, with the other side's words."""

    message_id: int
    outcome: Outcome
    words: str = ""
    provider_id: str = ""
    dead_address: bool = False  # the words say that nobody can be reached at this address


class CannotHandOver(Exception):
    """The channel as a whole does not work now: nothing was handed over, and the other messages need not try."""


class NotAnAddress(ValueError):
    """The message's address cannot be written to on this channel."""


class Courier(Protocol):
    """One open connection of a channel; used by one thread at a time."""

    def hand_over(self, letter: Any) -> Handover:
        """Try once. Raise `CannotHandOver` where no message could leave."""

    def close(self) -> None:
        """Say goodbye; errors do not matter any more."""


@dataclass(frozen=True)
class ChannelWays:
    """What a channel offers: how a stored message becomes a letter, and who carries letters."""

    prepare: Callable[[Creditor, datetime], Callable[[Message], object]]  # raises NotAnAddress
    courier: Callable[[], Courier]
    connections: int  # that many couriers at once, at most
