"""Who carries an e-mail away: an SMTP server, or whatever else Django's mail backend is?"""

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from amiable.outreach.channels.email.provider import BackendCourier
from amiable.outreach.channels.email.smtp import SmtpCourier
from amiable.outreach.channels.handover import Courier


def open_courier() -> Courier:
    """Return a courier over the mail backend of the settings; it connects when the first letter comes."""
    backend = get_connection(fail_silently=False)
    return SmtpCourier(backend) if isinstance(backend, SmtpBackend) else BackendCourier(backend)
