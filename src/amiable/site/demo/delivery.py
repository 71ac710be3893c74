"""How do the demo's messages leave? They are claimed and recorded as ever; only the mail server is imagined."""

from datetime import datetime

from amiable.organisation.models import Creditor
from amiable.outreach.channels.handover import Handover, Outcome
from amiable.outreach.models import Message
from amiable.outreach.operations import begin_sending, claim_ready, record_handovers

AT_ONCE = 500


def deliver_all(creditor: Creditor, *, now: datetime) -> list[Message]:
    """Let every message that the gate admits arrive, and return those that did."""
    arrived: list[Message] = []
    while claimed := claim_ready(creditor, now=now, worker="demo", limit=AT_ONCE):
        began = begin_sending(claimed, claimed_at=now, now=now)
        handovers = [Handover(message.pk, Outcome.ACCEPTED) for message in claimed if message.pk in began]
        if not handovers:
            break
        record_handovers(creditor, handovers, claim=claimed[0].claimed_by, now=now)
        arrived += [message for message in claimed if message.pk in began]
    return arrived
