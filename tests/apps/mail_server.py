"""A real SMTP server that answers each address as the story wants, and messages to send to it."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from amiable.ledger.models import Contact, Item
from amiable.outreach.models import Message, MessageItem
from tests.apps.make import Make

HANG_UP_AT_MAIL = "hang up at mail"
HANG_UP_AT_RCPT = "hang up at rcpt"
HANG_UP_AT_DATA = "hang up at data"
HANG_UP_WITHOUT_ANSWER = "hang up after the last dot"
STALL_AT_RCPT = "stall at rcpt"
STALL_WITHOUT_ANSWER = "stall after the last dot"


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  named by aiosmtpd
        if self.event_handler.behaviour(self.envelope) == HANG_UP_AT_DATA:
            self.transport.close()
            return
        await super().smtp_DATA(arg)


class MailServer:
    """An SMTP server for one test. `answers` maps an address to a reply or to one of the words above."""

    def __init__(self, *, pipelining: bool) -> None:
        self.answers: dict[str, str] = {}
        self.after_data: dict[str, str] = {}
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.sessions = 0
        self._pipelining = pipelining

    def behaviour(self, envelope: Envelope) -> str:
        return next((self.answers[to] for to in envelope.rcpt_tos if to in self.answers), "")

    def taken_by_id(self) -> Counter[str]:
        return Counter(email["Message-ID"] for email in self.taken)

    # What aiosmtpd asks

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        self.sessions += 1
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self._pipelining else responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if (answer := self.answers.get(address)) == HANG_UP_AT_MAIL:
            server.transport.close()
        elif answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session: Session, envelope: Envelope, address: str, options):  # noqa: N802
        answer = self.answers.get(address, "")
        if answer == HANG_UP_AT_RCPT:
            server.transport.close()
        elif answer == STALL_AT_RCPT:
            await asyncio.sleep(5)
        elif answer[:1].isdigit():
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.behaviour(envelope)
        refused = next((self.after_data[to] for to in envelope.rcpt_tos if to in self.after_data), "")
        if refused:
            return refused
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        if answer == HANG_UP_WITHOUT_ANSWER:
            server.transport.close()
        elif answer == STALL_WITHOUT_ANSWER:
            await asyncio.sleep(5)
        return "250 OK"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, decode_data=False, enable_SMTPUTF8=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def listening(*, pipelining: bool = True, timeout: float = 1) -> Iterator[MailServer]:
    """Run a mail server, with Django's mail settings pointing at it."""
    server = MailServer(pipelining=pipelining)
    port = free_port()
    controller = _Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "EMAIL_TIMEOUT": timeout,
        "MAIL_CONNECTED": True,
    }
    try:
        with override_settings(**settings):
            yield server
    finally:
        controller.stop()


def written(
    make: Make,
    contact: Contact | None = None,
    *,
    about: tuple[Item, ...] = (),
    subject: str = "A friendly reminder",
    automatic: bool = True,
    at: datetime | None = None,
    **facts,
) -> Message:
    """Return a message that waits in the outbox, allowed to leave from nine to five on the story's day."""
    contact = contact or make.contact(make.customer())
    customer = contact.customer
    now = at or make.now
    number = Message.objects.count()
    address = contact.addresses.filter(channel="email").first()
    message = Message.objects.create(
        **{
            "creditor": customer.creditor,
            "customer": customer,
            "contact": contact,
            "channel": "email",
            "address": address.value if address else "",
            "language": "en",
            "scenario": "courteous" if automatic else "",
            "step": "gentle-reminder" if automatic else "",
            "tone": "gentle",
            "subject": subject,
            "text": "Hello,\n\nyour invoice is open.\n\n.\nKind regards",
            "html": "<!doctype html><p>Hello,</p><p>your invoice is open.</p>",
            "send_key": f"{now.date()}/{customer.creditor.slug}/{customer.code}/{number}",
            "planned_for": now.date(),
            "send_from": now.replace(hour=9, minute=0),
            "send_until": now.replace(hour=17, minute=30),
            "status_at": now,
        }
        | facts
    )
    for item in about:
        open_minor = item.amount_minor - item.allocated_minor
        MessageItem.objects.create(message=message, item=item, open_minor=open_minor)
    return message
