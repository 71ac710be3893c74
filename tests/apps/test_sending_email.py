"""What leaves over SMTP, and what each answer of the server means."""

from email import message_from_bytes, policy
from email.utils import parseaddr

import pytest

from amiable.outreach.channels.email.courier import open_courier
from amiable.outreach.channels.email.mime import Letter, encoded, letter_writer, mailbox
from amiable.outreach.channels.handover import CannotHandOver, NotAnAddress, Outcome
from amiable.outreach.compose.qr import source
from tests.apps.mail_server import (
    HANG_UP_AT_DATA,
    HANG_UP_AT_MAIL,
    HANG_UP_AT_RCPT,
    HANG_UP_WITHOUT_ANSWER,
    STALL_AT_RCPT,
    STALL_WITHOUT_ANSWER,
    listening,
    written,
)

pytestmark = pytest.mark.django_db
ADDRESS = "compta@client.example"


def letter_to(make, address=ADDRESS, **facts) -> Letter:
    message = written(make, make.contact(email=ADDRESS, name=facts.pop("name", "Dominique Petit")), **facts)
    message.address = address
    return letter_writer(message.creditor, make.now)(message)


def read(letter: Letter):
    return message_from_bytes(letter.content, policy=policy.default)


@pytest.fixture(params=[True, False], ids=["pipelining", "one command at a time"])
def server(request):
    with listening(pipelining=request.param) as server:
        yield server


def test_a_letter_reads_back_as_it_was_written(make):
    text = "Bonjour,\n\nvotre facture n° 12 — 1 234,50 € — reste à régler.\n.\n..\nFrom here on\n" + "très " * 60
    html = "<p>Bonjour,</p><p>1 234,50 € restent à régler — 谢谢</p>" * 40

    email = read(letter_to(make, subject="Votre facture n° 12 : 1 234,50 € à régler " * 4, text=text, html=html))

    assert email["Subject"] == " ".join(("Votre facture n° 12 : 1 234,50 € à régler " * 4).split())
    assert email.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip() == text.rstrip()
    assert email.get_body(("html",)).get_content() == html
    assert max(len(line) for line in letter_to(make, text=text, html=html).content.split(b"\r\n")) <= 200


def test_a_letter_says_who_writes_to_whom(make):
    make.creditor("maison", name="Crêperie « Été »", reply_to="reponses@atelier.example")

    letter = letter_to(make, name='Zoé "Zaza" Müller', copy_to="vendeuse@atelier.example")
    email = read(letter)

    assert parseaddr(email["From"]) == ("Crêperie « Été »", "comptabilite@atelier-lumiere.example")
    assert parseaddr(email["To"]) == ('Zoé "Zaza" Müller', ADDRESS)
    assert email["Reply-To"] == "reponses@atelier.example"
    assert email["Cc"] == "vendeuse@atelier.example"
    assert email["Date"].datetime == make.now
    assert email["Message-ID"] == letter.provider_id
    assert not email.defects


def test_only_what_no_person_wrote_says_that_it_is_automatic(make):
    automatic, personal = read(letter_to(make)), read(letter_to(make, automatic=False))

    assert automatic["Auto-Submitted"] == "auto-generated"
    assert automatic["X-Auto-Response-Suppress"] == "All"
    assert personal["Auto-Submitted"] is None


def test_the_message_id_follows_from_the_send_key(make):
    one = letter_to(make, send_key="2026-03-11/atelier/C-0001")
    again = letter_writer(one.creditor, make.now.replace(hour=15))(one.message)

    assert one.provider_id == again.provider_id
    assert one.provider_id != letter_to(make).provider_id


def test_a_qr_code_travels_as_a_picture_of_the_mail(make):
    code = source("BCD\n002\n1\nSCT")
    html = f'<p>Scan:</p><img src="{code}" alt="QR">'

    email = read(letter_to(make, html=html))

    picture = next(part for part in email.walk() if part.get_content_type() == "image/png")
    assert picture.get_content().startswith(b"\x89PNG")
    assert f"cid:{picture['Content-ID'].strip('<>')}" in email.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\r\nBcc: thief@evil.example",
        "Hello\nX-Evil: 1",
        "Hello\x07\x85Bcc: a@b",
        "=?utf-8?q?trick=0D=0ABcc?=",
        "é\r\nBcc: x@y",
    ],
)
def test_nobody_adds_a_header_through_a_subject_or_a_name(make, subject):
    email = read(letter_to(make, subject=subject, name=f"Petit{subject}"))

    assert email["Bcc"] is None
    assert email["X-Evil"] is None
    assert len(email.get_all("To")) == 1
    assert "\n" not in email["Subject"]
    assert parseaddr(email["To"])[1] == ADDRESS


@pytest.mark.parametrize(
    "value",
    [
        "",
        "nobody",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example\r\nRCPT TO:<x@y.example>",
        "a@c.example>",
        "a,b@c.example",
        "é@c.example",
        f"{'a' * 250}@c.example",
    ],
)
def test_what_is_no_address_never_reaches_the_server(value):
    with pytest.raises(NotAnAddress):
        mailbox(value)


def test_a_domain_with_accents_goes_over_the_wire_in_ascii():
    assert mailbox("compta@société.example") == "compta@xn--socit-esab.example"


def test_encoded_words_stay_within_their_length():
    assert all(len(word) <= 75 for word in encoded("échéance 谢谢 🙂 " * 30).split("\r\n "))


def test_the_server_takes_a_letter(make, server):
    courier = open_courier()

    answer = courier.hand_over(letter_to(make))

    assert answer.outcome is Outcome.ACCEPTED
    assert server.envelopes == [("comptabilite@atelier-lumiere.example", [ADDRESS])]
    assert server.taken[0].get_body(("plain",)).get_content().splitlines()[4] == "."


def test_a_copy_goes_to_the_colleague_as_well(make, server):
    open_courier().hand_over(letter_to(make, copy_to="vendeuse@atelier.example"))

    assert server.envelopes[0][1] == [ADDRESS, "vendeuse@atelier.example"]


def test_a_refused_copy_does_not_keep_the_letter_from_the_customer(make, server):
    server.answers["vendeuse@atelier.example"] = "550 5.1.1 no such colleague"

    answer = open_courier().hand_over(letter_to(make, copy_to="vendeuse@atelier.example"))

    assert answer.outcome is Outcome.ACCEPTED
    assert server.envelopes[0][1] == [ADDRESS]


def test_a_refused_customer_never_leaves_a_letter_to_the_copy_alone(make, server):
    server.answers[ADDRESS] = "550 5.1.1 no such user"

    answer = open_courier().hand_over(letter_to(make, copy_to="vendeuse@atelier.example"))

    assert answer.outcome is Outcome.REFUSED
    assert server.taken == []


@pytest.mark.parametrize(
    ("reply", "outcome", "dead"),
    [
        ("550 5.1.1 User unknown", Outcome.REFUSED, True),
        ("550 no such mailbox", Outcome.REFUSED, True),
        ("550 5.2.1 Mailbox disabled", Outcome.REFUSED, True),
        ("550 5.7.1 Your IP address is listed", Outcome.REFUSED, False),
        ("552 5.2.2 Mailbox full", Outcome.REFUSED, False),
        ("554 Policy", Outcome.REFUSED, False),
        ("450 4.2.0 Greylisted", Outcome.DEFERRED, False),
        ("451 Try again later", Outcome.DEFERRED, False),
        ("421 4.3.2 Shutting down", Outcome.DEFERRED, False),
    ],
)
def test_what_a_reply_about_the_recipient_means(make, server, reply, outcome, dead):
    server.answers[ADDRESS] = reply
    courier = open_courier()

    answer = courier.hand_over(letter_to(make))

    assert (answer.outcome, answer.dead_address, answer.words) == (outcome, dead, reply)
    assert courier.hand_over(letter_to(make, address="next@client.example")).outcome is Outcome.ACCEPTED
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("554 5.7.1 Looks like spam", Outcome.REFUSED),
        ("550 Rejected", Outcome.REFUSED),
        ("451 Later", Outcome.DEFERRED),
    ],
)
def test_what_a_reply_about_the_content_means(make, server, reply, outcome):
    server.after_data[ADDRESS] = reply

    answer = open_courier().hand_over(letter_to(make))

    assert (answer.outcome, answer.dead_address) == (outcome, False)


@pytest.mark.parametrize("moment", [HANG_UP_AT_RCPT, HANG_UP_AT_DATA, STALL_AT_RCPT])
def test_a_connection_lost_before_the_last_dot_is_safe_to_try_again(make, server, moment):
    server.answers[ADDRESS] = moment
    courier = open_courier()
    letter = letter_to(make)

    assert courier.hand_over(letter).outcome is Outcome.NOT_HANDED_OVER
    server.answers.clear()
    assert courier.hand_over(letter).outcome is Outcome.ACCEPTED
    assert len(server.taken) == 1


@pytest.mark.parametrize("moment", [HANG_UP_WITHOUT_ANSWER, STALL_WITHOUT_ANSWER])
def test_an_answer_lost_after_the_last_dot_is_unclear(make, server, moment):
    server.answers[ADDRESS] = moment
    courier = open_courier()

    assert courier.hand_over(letter_to(make)).outcome is Outcome.UNCLEAR
    assert courier.hand_over(letter_to(make, address="next@client.example")).outcome is Outcome.ACCEPTED


def test_a_server_that_hangs_up_on_our_name_has_not_got_the_letter(make, server):
    server.answers["comptabilite@atelier-lumiere.example"] = HANG_UP_AT_MAIL

    assert open_courier().hand_over(letter_to(make)).outcome is Outcome.NOT_HANDED_OVER


def test_a_server_that_takes_no_mail_from_us_stops_everything(make, server):
    server.answers["comptabilite@atelier-lumiere.example"] = "550 5.7.1 Sender not allowed"

    with pytest.raises(CannotHandOver, match="Sender not allowed"):
        open_courier().hand_over(letter_to(make))


def test_a_server_out_of_reach_stops_everything(make, settings):
    with listening():
        pass
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1

    with pytest.raises(CannotHandOver):
        open_courier().hand_over(letter_to(make))


def test_one_connection_carries_many_letters(make, server):
    courier = open_courier()

    for _n in range(5):
        courier.hand_over(letter_to(make))

    assert (len(server.taken), server.sessions) == (5, 1)
