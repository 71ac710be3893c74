"""Did the SMTP server take the message, refuse it, or did its answer get lost?

Django's backend opens the connection (TLS, sign-in); the dialogue is our own, because `smtplib.sendmail` does not
tell a connection that was lost before the message was handed over from one lost after. The line lies at the
final dot: a server must not accept a message whose dot it has not seen (RFC 5321, 4.1.1.4), so until the dot is
sent another try is safe; from then on, without an answer, the outcome is unclear.

Where the server allows it (PIPELINING, RFC 2920) envelope and DATA go in one write: two round trips a message.
"""

import re
import smtplib

from django.core.mail.backends.smtp import EmailBackend

from amiable.outreach.channels.email.mime import Letter
from amiable.outreach.channels.handover import CannotHandOver, Handover, Outcome

WORDS_LONGEST = 300  # of the server's words that are kept
ENHANCED = re.compile(rb"^\s*([245]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463, at the beginning of the words
# Bad mailbox, bad domain, mailbox moved, domain takes no mail, mailbox disabled.
DEAD_ADDRESS = re.compile(r"5\.1\.(?:0|1|2|3|6|10)|5\.2\.1")
DEAD_ADDRESS_BASIC = (550, 551, 553)  # where the server gives no enhanced code: no such mailbox, moved, bad name
CLOSING = 421

Reply = tuple[int, bytes]  # code, words


class _Garbled(smtplib.SMTPException):
    """The server's answer is no SMTP."""


class SmtpCourier:
    """One connection to the mail server, opened again after it was lost."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend

    def hand_over(self, letter: Letter) -> Handover:
        """Try once. Raise `CannotHandOver` where the server is out of reach or takes no mail from us."""
        smtp = self._connected()
        try:
            refusal = _envelope(smtp, letter)
            if refusal:
                self._go_on_after(refusal)
                return refusal
            _send(smtp, _dotted(letter.content))
        except (smtplib.SMTPException, OSError) as lost:
            self._drop()
            return _told(letter, Outcome.NOT_HANDED_OVER, str(lost))
        try:
            reply = _reply(smtp)
        except (smtplib.SMTPException, OSError) as lost:
            self._drop()
            return _told(letter, Outcome.UNCLEAR, str(lost))
        if reply[0] == CLOSING:
            self._drop()
        return _judged(letter, reply, of_content=True)

    def close(self) -> None:
        """Say goodbye; errors do not matter any more."""
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        try:
            if self._backend.open():
                self._backend.connection.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as trouble:
            self._drop()
            raise CannotHandOver(_readable(str(trouble).encode())) from trouble
        return self._backend.connection

    def _go_on_after(self, refusal: Handover) -> None:
        """Clear the refused envelope, or start anew where the server is leaving."""
        try:
            if refusal.words.startswith(str(CLOSING)):
                raise smtplib.SMTPServerDisconnected
            _command(self._backend.connection, "RSET")
            _reply(self._backend.connection)
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None


def _envelope(smtp: smtplib.SMTP, letter: Letter) -> Handover | None:
    """Say from whom and to whom, and ask to send; return None when the server waits for the content.

    A copy that is refused does not keep the message from its recipient. Raise `CannotHandOver` where the server
    does not take mail from us at all.
    """
    commands = [f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>"]
    if letter.copy_to:
        commands.append(f"RCPT TO:<{letter.copy_to}>")
    # With a copy, DATA must wait for the answers: were only the copy accepted, it could not be taken back.
    data_too = not letter.copy_to and smtp.has_extn("pipelining")
    replies = _exchange(smtp, [*commands, "DATA"] if data_too else commands)
    sender, recipient = replies[0], replies[1]
    if sender[0] // 100 != 2:
        if sender[0] // 100 == 4:
            return _told(letter, Outcome.DEFERRED, _words(sender))
        raise CannotHandOver(_words(sender))
    if recipient[0] // 100 != 2:
        if data_too and replies[2][0] == 354:
            _exchange(smtp, ["."])  # it waits for content for nobody
        return _judged(letter, recipient)
    data = replies[-1] if data_too else _exchange(smtp, ["DATA"])[0]
    return None if data[0] == 354 else _judged(letter, data, of_content=True)


def _exchange(smtp: smtplib.SMTP, commands: list[str]) -> list[Reply]:
    """Return the answers to some commands; a server without PIPELINING hears one at a time."""
    if smtp.has_extn("pipelining"):
        _send(smtp, "".join(f"{command}\r\n" for command in commands).encode("ascii"))
        return [_reply(smtp) for _command_sent in commands]
    replies = []
    for command in commands:
        _command(smtp, command)
        replies.append(_reply(smtp))
    return replies


def _command(smtp: smtplib.SMTP, command: str) -> None:
    _send(smtp, f"{command}\r\n".encode("ascii"))


def _send(smtp: smtplib.SMTP, content: bytes) -> None:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("connection lost")
    smtp.sock.sendall(content)


def _reply(smtp: smtplib.SMTP) -> Reply:
    code, words = smtp.getreply()
    if code < 200:
        raise _Garbled(_readable(words))
    return code, words


def _dotted(content: bytes) -> bytes:
    """Return the content as it goes over the wire: dots at the start of lines doubled, the final dot behind."""
    dotted = content.replace(b"\r\n.", b"\r\n..")
    return (dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n") + b".\r\n"


def _judged(letter: Letter, reply: Reply, *, of_content: bool = False) -> Handover:
    """Say what an answer about the recipient or the content means for the message."""
    code, words = reply
    if code // 100 == 2:
        return _told(letter, Outcome.ACCEPTED, "")
    if code // 100 != 5:
        return _told(letter, Outcome.DEFERRED, _words(reply))
    enhanced = ENHANCED.match(words)
    if enhanced:
        dead = bool(DEAD_ADDRESS.fullmatch(enhanced.group(1).decode()))
    else:
        dead = code in DEAD_ADDRESS_BASIC and not of_content
    return Handover(letter.message_id, Outcome.REFUSED, _words(reply), letter.provider_id, dead)


def _told(letter: Letter, outcome: Outcome, words: str) -> Handover:
    return Handover(letter.message_id, outcome, _readable(words.encode()), letter.provider_id)


def _words(reply: Reply) -> str:
    return f"{reply[0]} {_readable(reply[1])}"[:WORDS_LONGEST]


def _readable(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").replace("\0", " ").split())[:WORDS_LONGEST]
