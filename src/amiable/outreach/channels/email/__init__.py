"""E-mail: by SMTP, or by a provider behind Django's mail backend."""

from amiable.outreach.channels.email.courier import open_courier
from amiable.outreach.channels.email.mime import letter_writer
from amiable.outreach.channels.handover import ChannelWays

WAYS = ChannelWays(prepare=letter_writer, courier=open_courier, connections=8)

__all__ = ["WAYS"]
