"""How are claimed messages handed over fast, and none of them twice?

One thread writes the database and the letters; up to `connections` couriers only talk to the mail server. While
they do, the next group is begun and the last one recorded, so that no connection waits for the database. At most
`IN_FLIGHT` messages are SENDING at any moment: so many may become unclear when the process is killed.
"""

import logging
import queue
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from amiable.ledger.models import Contact
from amiable.organisation.models import Creditor
from amiable.outreach.channels.handover import CannotHandOver, ChannelWays, Courier, Handover, NotAnAddress, Outcome
from amiable.outreach.channels.registry import CHANNELS
from amiable.outreach.models import Message
from amiable.outreach.operations.delivery import begin_sending, give_back, record_handovers

GROUP = 64  # messages begun, and recorded, in one transaction
IN_FLIGHT = 2 * GROUP
MESSAGES_PER_CONNECTION = 8  # fewer are not worth another connection

log = logging.getLogger(__name__)


def dispatch(creditor: Creditor, messages: Sequence[Message], *, claimed_at: datetime, now: datetime) -> Counter[str]:
    """Hand over messages of one claim that the gate let pass; return how many now have which status.

    What could not be handed over, because the mail server is out of reach or somebody else took it, is not counted
    beyond "ready" and stays in the queue.
    """
    contacts = Contact.objects.in_bulk({message.contact_id for message in messages})
    for message in messages:
        message.contact = contacts[message.contact_id]
    counts: Counter[str] = Counter()
    for channel, ways in CHANNELS.items():
        of_channel = [message for message in messages if message.channel == channel]
        if of_channel:
            counts += _Run(creditor, ways, of_channel, claimed_at=claimed_at, now=now).counts()
    give_back(messages)
    return counts


class _Run:
    """The messages of one claim and channel on their way out."""

    def __init__(
        self, creditor: Creditor, ways: ChannelWays, messages: Sequence[Message], *, claimed_at: datetime, now: datetime
    ) -> None:
        self._creditor, self._messages, self._claimed_at, self._now = creditor, messages, claimed_at, now
        self._claim = messages[0].claimed_by
        self._write = ways.prepare(creditor, now)
        self._letters: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Handover] = queue.SimpleQueue()
        self._out_of_reach = threading.Event()
        wanted = min(ways.connections, 1 + (len(messages) - 1) // MESSAGES_PER_CONNECTION)
        self._threads = [
            threading.Thread(target=self._carry, args=(ways.courier,), daemon=True) for _connection in range(wanted)
        ]

    def counts(self) -> Counter[str]:
        """Hand everything over; return how many messages now have which status."""
        for thread in self._threads:
            thread.start()
        try:
            return self._hand_over_groups()
        finally:
            for _thread in self._threads:
                self._letters.put(None)
            for thread in self._threads:
                thread.join()

    def _hand_over_groups(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        groups = self._groups()
        answered: list[Handover] = []
        in_flight = 0
        more = True
        while more or in_flight:
            while more and in_flight <= IN_FLIGHT - GROUP:
                begun = next(groups, None)
                more = begun is not None
                in_flight += begun or 0
            if in_flight:
                answered += self._some_answers(at_least=min(GROUP, in_flight))
                in_flight -= len(answered)
                counts += record_handovers(self._creditor, answered, claim=self._claim, now=self._now)
                answered = []
        return counts

    def _groups(self) -> Iterator[int]:
        """Begin one group after the other and hand its letters to the couriers; yield how many are in flight for it."""
        waiting = deque(self._messages)
        while waiting and not self._out_of_reach.is_set():
            group = [waiting.popleft() for _n in range(min(GROUP, len(waiting)))]
            # Written before they are begun: a letter that cannot be written was surely not handed over.
            letters: dict[int, Any] = {}
            unwritable: dict[int, Handover] = {}
            for message in group:
                try:
                    letters[message.pk] = self._write(message)
                except NotAnAddress as refusal:
                    unwritable[message.pk] = Handover(message.pk, Outcome.REFUSED, str(refusal), dead_address=True)
            begun = begin_sending(group, claimed_at=self._claimed_at, now=self._now)
            for message in group:
                if message.pk not in begun:
                    continue
                if message.pk in letters:
                    self._letters.put(letters[message.pk])
                else:
                    self._answers.put(unwritable[message.pk])
            yield len(begun)

    def _some_answers(self, *, at_least: int) -> list[Handover]:
        answers = [self._answers.get() for _n in range(at_least)]
        while not self._answers.empty():  # nobody else takes answers
            answers.append(self._answers.get())
        return answers

    def _carry(self, open_courier: Any) -> None:
        """Carry letters until there are no more: the work of one thread, which never touches the database."""
        courier: Courier = open_courier()
        while (letter := self._letters.get()) is not None:
            self._answers.put(self._try(courier, letter))
        courier.close()

    def _try(self, courier: Courier, letter: Any) -> Handover:
        if self._out_of_reach.is_set():
            return Handover(letter.message_id, Outcome.NOT_HANDED_OVER)
        try:
            return courier.hand_over(letter)
        except CannotHandOver as trouble:
            self._out_of_reach.set()
            log.warning("The mail server cannot be used now: %s", trouble)
            return Handover(letter.message_id, Outcome.NOT_HANDED_OVER, str(trouble))
        except Exception as fault:  # our own fault: nobody knows how far it got, and it must be seen
            log.exception("Message %s: its delivery failed", letter.message_id)
            return Handover(letter.message_id, Outcome.UNCLEAR, f"{type(fault).__name__}: {fault}"[:300])
