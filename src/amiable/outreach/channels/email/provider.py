"""Did the provider behind Django's mail backend (django-anymail, or a backend for trying out) take the message?"""

import logging
from email.mime.image import MIMEImage
from email.utils import formataddr

import requests
from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from amiable.outreach.channels.email.mime import Letter, one_line
from amiable.outreach.channels.handover import CannotHandOver, Handover, Outcome
from amiable.outreach.compose.qr import with_pictures_attached

WORDS_LONGEST = 300
TAKEN = frozenset({"sent", "queued"})
TURNED_AWAY = frozenset({"invalid", "rejected", "failed"})
NOBODY_THERE = frozenset({"invalid", "rejected"})  # malformed, or on the provider's list of dead addresses
TOO_MANY_REQUESTS = 429

log = logging.getLogger(__name__)


class BackendCourier:
    """One open backend."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend
        self._is_open = False

    def hand_over(self, letter: Letter) -> Handover:
        """Try once. Raise `CannotHandOver` where the provider takes nobody's mail."""
        email = email_of(letter)
        try:
            if not self._is_open:
                self._backend.open()
                self._is_open = True
            taken = self._backend.send_messages([email])
        except AnymailRecipientsRefused as refusal:
            return _told(letter, Outcome.REFUSED, str(refusal), dead=True)
        except (AnymailInvalidAddress, AnymailSerializationError, AnymailUnsupportedFeature) as refusal:
            return _told(letter, Outcome.REFUSED, str(refusal))
        except (AnymailError, OSError) as trouble:
            return _after_trouble(letter, trouble)
        except ImproperlyConfigured as trouble:
            raise CannotHandOver(str(trouble)[:WORDS_LONGEST]) from trouble
        return _after_answer(letter, email, taken)

    def close(self) -> None:
        """Say goodbye; errors do not matter any more."""
        try:
            self._backend.close()
        except OSError as trouble:
            log.info("closing the mail backend: %s", trouble)


def email_of(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter for backends that write the bytes themselves."""
    message, creditor = letter.message, letter.creditor
    html, pictures = with_pictures_attached(message.html)
    email = EmailMultiAlternatives(
        subject=one_line(message.subject),
        body=message.text,
        from_email=formataddr((one_line(creditor.sender_name or creditor.name), letter.sender)),
        to=[formataddr((one_line(message.contact.name), letter.recipient))],
        cc=[letter.copy_to] if letter.copy_to else [],
        reply_to=[creditor.reply_to] if creditor.reply_to else [],
        headers=dict(letter.headers),
    )
    email.attach_alternative(html, "text/html")
    for content_id, png in pictures:
        email.attach(_inline(content_id, png))
    email.metadata = {"amiable-message": str(message.pk)}  # anymail: comes back with delivery reports
    return email


def _inline(content_id: str, png: bytes) -> MIMEImage:
    part = MIMEImage(png, _subtype="png")
    part["Content-ID"] = f"<{content_id}>"
    part["Content-Disposition"] = "inline"
    return part


def _after_answer(letter: Letter, email: EmailMultiAlternatives, taken: int) -> Handover:
    status = getattr(email, "anymail_status", None)
    if status is None:  # a backend of Django's own: the number of messages taken is all that it says
        return _told(letter, Outcome.ACCEPTED if taken else Outcome.UNCLEAR, "")
    recipient = status.recipients.get(letter.recipient)
    word = recipient.status if recipient else next(iter(status.status or ()), None)
    provider_id = str(recipient.message_id if recipient else status.message_id or "")[:200]
    if word in TAKEN:
        return Handover(letter.message_id, Outcome.ACCEPTED, "", provider_id or letter.provider_id)
    if word in TURNED_AWAY:
        return Handover(letter.message_id, Outcome.REFUSED, word, provider_id, word in NOBODY_THERE)
    return Handover(letter.message_id, Outcome.UNCLEAR, word or "", provider_id or letter.provider_id)


def _after_trouble(letter: Letter, trouble: Exception) -> Handover:
    """Say what an error means: only what surely happened before the provider had the message may be tried again."""
    words = " ".join(str(trouble).split())[:WORDS_LONGEST]
    code = getattr(trouble, "status_code", None)
    if code == TOO_MANY_REQUESTS:
        return _told(letter, Outcome.DEFERRED, words)
    if code in (401, 403):
        raise CannotHandOver(words) from trouble
    if code is not None and 400 <= code < 500:
        return _told(letter, Outcome.REFUSED, words)
    if isinstance(trouble, requests.exceptions.ConnectTimeout):
        raise CannotHandOver(words) from trouble
    return _told(letter, Outcome.UNCLEAR, words)


def _told(letter: Letter, outcome: Outcome, words: str, *, dead: bool = False) -> Handover:
    return Handover(letter.message_id, outcome, " ".join(words.split())[:WORDS_LONGEST], letter.provider_id, dead)
