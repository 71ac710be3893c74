"""What comes back: whose message was it, and is anybody still there?"""

import logging
from datetime import timedelta

import pytest

from amiable.ledger.models import Reach
from amiable.organisation.models import AuditEvent
from amiable.outreach.bounces import Verdict, read_bounce, take_in_bounce, take_in_delivery_report
from amiable.outreach.models import Message, Status, Touch
from amiable.outreach.operations.failures import FAILURES_IN_A_ROW
from tests.apps.mail_server import written
from tests.shared_data import shared_data

OUR_ID = "<0123456789abcdef0123456789abcdef@atelier-lumiere.example>"


def bounce(address: str, *, status: str = "5.1.1", action: str = "failed", message_id: str = OUR_ID) -> bytes:
    """A delivery report as RFC 3464 wants it."""
    return f"""\
From: MAILER-DAEMON@mx.client.example
To: comptabilite@atelier-lumiere.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} As the server said

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: A friendly reminder

Hello
--b--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def sent(make) -> Message:
    return written(make, status=Status.SENT, sent_at=make.now, provider_id=OUR_ID)


@pytest.fixture
def later(make):
    return make.now + timedelta(minutes=5)


def test_a_bounce_gives_the_address_up_and_says_why(make, sent, later):
    result = take_in_bounce(bounce(sent.address), now=later)

    sent.refresh_from_db()
    address = sent.contact.addresses.get()
    assert result.verdict is Verdict.BOUNCED
    assert (sent.status, sent.status_reason) == (Status.BOUNCED, "550 5.1.1 As the server said")
    assert (address.reach, address.reach_note) == (Reach.BOUNCED, "550 5.1.1 As the server said")
    assert AuditEvent.objects.filter(action="message.bounced", customer_id=sent.customer_id).count() == 1


def test_a_bounce_with_bytes_that_no_database_keeps_is_taken_in(sent, later):
    raw = bounce(sent.address + "\0").replace(b"As the server said", b"As\0the server \xff said")

    assert take_in_bounce(raw, now=later).verdict is Verdict.BOUNCED
    sent.refresh_from_db()
    assert sent.status_reason.startswith("550 5.1.1 As the server")


def test_the_same_bounce_twice_changes_nothing(make, sent, later):
    take_in_bounce(bounce(sent.address), now=later)
    lines = AuditEvent.objects.count()

    assert take_in_bounce(bounce(sent.address), now=later).verdict is Verdict.BOUNCED
    assert AuditEvent.objects.count() == lines


def test_a_delay_changes_nothing(sent, later):
    result = take_in_bounce(bounce(sent.address, status="4.4.1", action="delayed"), now=later)

    sent.refresh_from_db()
    assert (result.verdict, sent.status) == (Verdict.DELAYED, Status.SENT)


def test_a_forwarded_address_counts_for_the_one_we_wrote_to(sent, later):
    assert take_in_bounce(bounce("moved@elsewhere.example"), now=later).verdict is Verdict.BOUNCED
    assert sent.contact.addresses.get().reach == Reach.BOUNCED


def test_a_colleagues_bounced_copy_says_nothing_about_the_customer(make, sent, later):
    Message.objects.update(copy_to="vendeuse@atelier.example")

    result = take_in_bounce(bounce("vendeuse@atelier.example"), now=later)

    sent.refresh_from_db()
    assert (result.verdict, sent.status) == (Verdict.COPY_BOUNCED, Status.SENT)
    assert sent.contact.addresses.get().reach == Reach.OK


def test_without_our_message_id_the_latest_message_to_the_address_came_back(sent, later):
    assert take_in_bounce(bounce(sent.address, message_id="<x@y>"), now=later).message == sent


def test_a_forged_bounce_gives_no_address_up_that_we_did_not_write_to(make, later):
    contact = make.contact(make.customer(), email="quiet@client.example")

    result = take_in_bounce(bounce("quiet@client.example", message_id="<x@y>"), now=later)

    assert result.verdict is Verdict.NOT_OURS
    assert contact.addresses.get().reach == Reach.OK


def test_a_full_mailbox_is_tried_again_but_not_for_ever(make, later):
    contact = make.contact(make.customer())
    for n in range(FAILURES_IN_A_ROW):
        key = f"<{n:032x}@atelier-lumiere.example>"
        written(make, contact, status=Status.SENT, sent_at=make.now, provider_id=key)
        assert contact.addresses.get().reach == Reach.OK
        take_in_bounce(bounce(contact.addresses.get().value, status="5.2.2", message_id=key), now=later)

    assert contact.addresses.get().reach == Reach.BOUNCED


def test_an_address_corrected_meanwhile_stays(make, sent, later):
    sent.contact.addresses.update(value="new@client.example")

    take_in_bounce(bounce(sent.address), now=later)

    assert sent.contact.addresses.get().reach == Reach.OK


def test_whoever_calls_it_spam_is_not_written_to_any_more(sent, later):
    raw = bounce(sent.address).replace(b"report-type=delivery-status", b"report-type=feedback-report")

    assert take_in_bounce(raw, now=later).verdict is Verdict.COMPLAINT
    assert sent.contact.addresses.get().reach == Reach.REFUSED


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 1000,
        b"From: dominique@client.example\r\nSubject: Re: reminder\r\n\r\nWe will pay on Friday. 550 EUR",
        b"From: dominique@client.example\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nBack on 5 May",
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\n',
    ],
)
def test_what_is_no_bounce_is_none(db, make, raw):
    assert take_in_bounce(raw, now=make.now).verdict is Verdict.NOT_A_BOUNCE


def test_a_report_of_delivery_settles_an_unclear_message(make, later):
    unclear = written(make, status=Status.UNCLEAR, provider_id="esp-1")

    take_in_delivery_report("esp-1", "delivered", now=later)

    unclear.refresh_from_db()
    assert (unclear.status, unclear.sent_at) == (Status.SENT, make.now)
    assert Touch.objects.get().message == unclear


@pytest.mark.parametrize(
    ("event", "status", "reach"),
    [
        ("bounced", Status.BOUNCED, Reach.BOUNCED),
        ("rejected", Status.BOUNCED, Reach.BOUNCED),
        ("failed", Status.BOUNCED, Reach.OK),
        ("complained", Status.SENT, Reach.REFUSED),
        ("unsubscribed", Status.SENT, Reach.REFUSED),
        ("opened", Status.SENT, Reach.OK),
        ("deferred", Status.SENT, Reach.OK),
    ],
)
def test_what_a_provider_reports_is_taken_in(sent, later, event, status, reach):
    message = take_in_delivery_report(OUR_ID, event, now=later)

    assert (message.status, sent.contact.addresses.get().reach) == (status, reach)


def test_a_report_about_nothing_of_ours_changes_nothing(db, make):
    assert take_in_delivery_report("unknown", "bounced", now=make.now) is None
    assert take_in_delivery_report("", "bounced", now=make.now) is None


def test_real_bounces_are_recognised(caplog):
    caplog.set_level(logging.CRITICAL)
    emails = sorted(shared_data("email/bounces").rglob("*.eml"))
    bounces = [path for path in emails if "__arf-" not in path.name and "rfc3834" not in path.name]
    failures = {path: read_bounce(path.read_bytes()) for path in bounces}
    recognised = [path for path, failure in failures.items() if failure.permanent or failure.temporary]

    assert len(recognised) / len(bounces) >= 0.94
