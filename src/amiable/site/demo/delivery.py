"""How do the demo's messages leave? Planned, claimed, asked of the gate and recorded as ever; only the mail server
is imagined.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from amiable.organisation.models import Creditor
from amiable.outreach.channels.handover import Handover, Outcome
from amiable.outreach.models import Message
from amiable.outreach.operations import begin_sending, claim_ready, record_handovers, withhold
from amiable.planning.gate import refusals

AT_ONCE = 500


def deliver_all(creditor: Creditor, *, now: datetime) -> list[Message]:
    """Let every message that the gate admits arrive, and return those that did."""
    arrived: list[Message] = []
    while claimed := claim_ready(creditor, now=now, worker="demo", limit=AT_ONCE):
        claim = claimed[0].claimed_by
        refused = refusals(creditor, claimed, as_of=now.astimezone(ZoneInfo(creditor.time_zone)).date())
        if refused:
            withhold(creditor, refused, claim=claim, now=now)
        passed = [message for message in claimed if message.pk not in refused]
        began = begin_sending(passed, claimed_at=now, now=now)
        record_handovers(creditor, [Handover(pk, Outcome.ACCEPTED) for pk in began], claim=claim, now=now)
        arrived += [message for message in passed if message.pk in began]
    return arrived
