"""What does a stored message look like as an e-mail?

The bytes are written here and not by `email.message`, which needs half a millisecond for each; a test reads
them back with the standard library's parser and finds the same headers, text, HTML and image. Everything is
7-bit, so that no relay on the way has to rewrite it and break its signature.
"""

import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from struct import unpack

from django.utils.translation import gettext as _

from amiable.organisation.models import Creditor
from amiable.outreach.channels.handover import NotAnAddress
from amiable.outreach.compose.qr import with_pictures_attached
from amiable.outreach.models import Message

ENCODED_WORD_BYTES = 42  # of UTF-8 per encoded word: 56 characters of base64 and 12 around them (RFC 2047: 75)
BASE64_LINE = 76

# Neither blanks nor control characters nor what could end an SMTP path or a header; one @ with something around it.
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+")
PLAIN = re.compile(r"[\x20-\x7e]*")
CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as an SMTP server takes it."""

    message_id: int
    sender: str
    recipient: str
    copy_to: str  # "": nobody
    provider_id: str  # our Message-ID
    content: bytes  # CRLF line ends, dots not yet doubled
    message: Message
    creditor: Creditor
    headers: dict[str, str]  # those beyond From, To, Cc, Reply-To and Subject, for backends that write their own


def mailbox(value: str) -> str:
    """Return an address as it goes over the wire, its domain in ASCII; raise `NotAnAddress` where it is none."""
    if not ADDRESS.fullmatch(value) or len(value) > 254:
        raise NotAnAddress(_("“%(value)s” is not an e-mail address.") % {"value": value[:120]})
    if value.isascii():
        return value
    local, _at, domain = value.rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError:
        why = _("“%(value)s” is not an address that our mail server can write to.") % {"value": value}
        raise NotAnAddress(why) from None


def one_line(text: str) -> str:
    """Return a header's text without line ends and other control characters: nobody adds headers through a name."""
    if text.isprintable() and "  " not in text:  # nearly always
        return text.strip()
    return " ".join(text.translate(CONTROLS).split())


def encoded(text: str) -> str:
    """Return a header's text in ASCII, as encoded words where it needs them (RFC 2047)."""
    text = one_line(text)
    if PLAIN.fullmatch(text) and "=?" not in text:
        return text
    packed = text.encode(errors="replace")
    words, begin = [], 0
    while begin < len(packed):
        end = begin + ENCODED_WORD_BYTES
        while end < len(packed) and packed[end] & 0xC0 == 0x80:  # no character is cut in two
            end -= 1
        words.append(f"=?utf-8?b?{binascii.b2a_base64(packed[begin:end], newline=False).decode()}?=")
        begin = end
    return "\r\n ".join(words)


def named(name: str, address: str) -> str:
    """Return `name <address>` for a header; the address alone where there is no name."""
    name = one_line(name)
    if not name:
        return address
    if PLAIN.fullmatch(name) and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{encoded(name)} <{address}>"


def letter_writer(creditor: Creditor, now: datetime) -> Callable[[Message], Letter]:
    """Return what turns the creditor's messages into letters dated `now`.

    The returned function raises `NotAnAddress` for a message whose address or copy is none.
    """
    sender = mailbox(creditor.sender_email)
    domain = sender.rpartition("@")[2]
    from_us = named(creditor.sender_name or creditor.name, sender)
    reply_to = mailbox(creditor.reply_to) if creditor.reply_to else ""
    dated = format_datetime(now)

    def write(message: Message) -> Letter:
        recipient = mailbox(message.address)
        copy_to = mailbox(message.copy_to) if message.copy_to else ""
        key = hashlib.sha256(message.send_key.encode()).hexdigest()[:32]
        own = {"Message-ID": f"<{key}@{domain}>", "Date": dated, "Content-Language": message.language}
        if message.scenario:  # no out-of-office replies to what no person wrote (RFC 3834)
            own |= {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
        headers = {"From": from_us, "To": named(message.contact.name, recipient)}
        if copy_to:
            headers["Cc"] = copy_to
        if reply_to:
            headers["Reply-To"] = reply_to
        headers |= {"Subject": encoded(message.subject), **own, "MIME-Version": "1.0"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii")
        content = head + alternatives(message, boundary=key)
        return Letter(message.pk, sender, recipient, copy_to, own["Message-ID"], content, message, creditor, own)

    return write


def alternatives(message: Message, *, boundary: str) -> bytes:
    """Return the body: the text, and the HTML with its images where it shows any."""
    mark = boundary.encode()
    html, pictures = with_pictures_attached(message.html)
    page = _part("text/html; charset=utf-8", "base64", _base64(html.encode(errors="replace")))
    if pictures:
        parts = [page]
        for content_id, png in pictures:
            extra = f"Content-ID: <{content_id}>\r\nContent-Disposition: inline\r\n"
            parts.append(_part("image/png", "base64", _base64(png), extra=extra))
        page = _multipart("related", mark + b"-r", parts)
    text = _part("text/plain; charset=utf-8", "quoted-printable", _quoted(message.text))
    return _multipart("alternative", mark + b"-a", [text, page])


def _part(mime_type: str, encoding: str, content: bytes, *, extra: str = "") -> bytes:
    head = f"Content-Type: {mime_type}\r\nContent-Transfer-Encoding: {encoding}\r\n{extra}\r\n"
    return head.encode("ascii") + content


def _multipart(kind: str, boundary: bytes, parts: list[bytes]) -> bytes:
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode(), boundary)
    between = b"\r\n--" + boundary + b"\r\n"
    return head + b"--" + boundary + b"\r\n" + between.join(parts) + b"\r\n--" + boundary + b"--\r\n"


def _quoted(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return binascii.b2a_qp(lines.encode(errors="replace"), istext=True)


def _base64(content: bytes) -> bytes:
    packed = binascii.b2a_base64(content, newline=False)
    lines = len(packed) // BASE64_LINE
    whole = lines * BASE64_LINE
    return b"\r\n".join((*unpack(f"{BASE64_LINE}s" * lines, packed[:whole]), packed[whole:]))
