"""What follows when a message did not arrive? The address is given up where nobody can be reached there."""

from datetime import date

from amiable.ledger.models import Address, Reach
from amiable.ledger.operations import mark_reach
from amiable.outreach.models import Message, Status

FAILURES_IN_A_ROW = 3  # a full mailbox is tried again with the next plans, but not for ever
NOTE_LONGEST = 300


def note_failure(message: Message, *, words: str, is_dead: bool, on: date) -> bool:
    """Give up the message's address where it is dead, or failed three times in a row; say whether it was given up.

    The message itself must stand as refused or bounced already. An address that was corrected meanwhile stays.
    """
    if not is_dead and _failures_in_a_row(message) < FAILURES_IN_A_ROW:
        return False
    return mark_addresses(message, reach=Reach.BOUNCED, words=words, on=on)


def mark_addresses(message: Message, *, reach: str, words: str, on: date) -> bool:
    """Mark the address a message went to, where it can still be used; say whether there was one."""
    addresses = Address.objects.filter(
        contact_id=message.contact_id, channel=message.channel, value=message.address, reach=Reach.OK
    )
    marked = [mark_reach(address, reach=reach, note=words[:NOTE_LONGEST], on=on, by=None) for address in addresses]
    return bool(marked)


def _failures_in_a_row(message: Message) -> int:
    latest = Message.objects.filter(
        contact_id=message.contact_id,
        address=message.address,
        status__in=(Status.SENT, Status.REFUSED, Status.BOUNCED),
    ).order_by("-status_at", "-pk")
    failures = 0
    for status in latest.values_list("status", flat=True)[:FAILURES_IN_A_ROW]:
        if status == Status.SENT:
            break
        failures += 1
    return failures
