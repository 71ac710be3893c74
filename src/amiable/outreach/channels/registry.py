"""Which channels can carry a message by themselves? Adding one is a folder and a line here."""

from amiable.outreach.channels import email
from amiable.outreach.channels.handover import ChannelWays

CHANNELS: dict[str, ChannelWays] = {
    "email": email.WAYS,
}
