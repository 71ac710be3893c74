"""A message leaves once, through the gate, and its outcome is remembered."""

from datetime import timedelta

import pytest

from amiable.ledger.models import Reach
from amiable.ledger.operations import mark_reach, set_address
from amiable.organisation.models import AuditEvent
from amiable.organisation.operations import set_sending
from amiable.outreach.models import Message, Status, Touch
from amiable.outreach.operations import (
    cancel_message,
    claim_ready,
    give_back,
    hold_message,
    log_touch,
    resolve_unclear,
    settle_abandoned,
)
from amiable.outreach.operations.delivery import ABANDONED_AFTER, LEASE, WORKER_STOPPED, begin_sending
from amiable.planning.gate import refusal_for_manual
from amiable.planning.sending import NothingLeaves, SendingRefused, send_batch, send_day, send_now, why_nothing_leaves
from tests.apps.mail_server import HANG_UP_AT_RCPT, HANG_UP_WITHOUT_ANSWER, listening, written
from tests.apps.make import Make

WORKER = "host:1"


@pytest.fixture
def server():
    with listening() as server:
        yield server


@pytest.fixture
def creditor(make):
    return set_sending(make.creditor(), sending=True, by=None)


def late_invoice(make: Make, customer=None):
    return make.invoice(customer or make.customer(), due="10 days ago")


def reminder(make: Make, **facts) -> Message:
    """A reminder about one late invoice of a customer of its own."""
    customer = make.customer()
    return written(make, make.contact(customer), about=(late_invoice(make, customer),), **facts)


def send(make: Make, creditor, **changes):
    return send_day(creditor, now=changes.pop("now", make.now), worker=WORKER, **changes)


def status_of(message: Message) -> str:
    message.refresh_from_db()
    return message.status


# The way out


def test_a_message_leaves_and_is_remembered(make, creditor, server):
    message = reminder(make)

    assert send(make, creditor) == {"sent": 1}
    message.refresh_from_db()
    touch = Touch.objects.get()
    assert (message.status, message.sent_at) == (Status.SENT, make.now)
    assert message.provider_id == server.taken[0]["Message-ID"]
    assert (touch.message, touch.customer, touch.direction, touch.on) == (message, message.customer, "out", make.day)
    assert touch.summary == message.subject
    handed_over = AuditEvent.objects.get(action="messages.handed_over")
    assert handed_over.facts == {"messages": {"sent": [message.pk]}}


def test_sending_again_changes_nothing(make, creditor, server):
    reminder(make)
    send(make, creditor)

    assert send(make, creditor) == {}
    assert len(server.taken) == 1


def test_many_messages_leave_once_each_over_few_connections(make, creditor, server):
    messages = [reminder(make) for _n in range(150)]

    assert send(make, creditor, limit=60) == {"sent": 150}
    assert set(server.taken_by_id().values()) == {1}
    assert len(server.taken) == 150
    assert Touch.objects.count() == 150
    assert server.sessions <= 8 * 3
    assert {status_of(message) for message in messages} == {Status.SENT}


def test_a_message_waits_for_its_hours(make, creditor, server):
    reminder(make)

    assert send(make, creditor, now=make.now.replace(hour=8, minute=59)) == {}
    assert send(make, creditor, now=make.now.replace(hour=17, minute=30)) == {}
    assert send(make, creditor, now=make.now.replace(hour=17, minute=29)) == {"sent": 1}


def test_held_cancelled_and_other_creditors_messages_stay(make, creditor, server):
    held, cancelled = reminder(make), reminder(make)
    hold_message(held, by=None, now=make.now)
    cancel_message(cancelled, by=None, now=make.now)
    other = make.creditor("other")
    abroad = written(make, make.contact(make.customer(creditor=other)))

    assert send(make, creditor) == {}
    assert [status_of(m) for m in (held, cancelled, abroad)] == [Status.HELD, Status.CANCELLED, Status.READY]


# Safe mode


def test_in_safe_mode_nothing_is_even_claimed(make, server):
    message = reminder(make)

    assert send(make, make.creditor()) == {}
    message.refresh_from_db()
    assert (message.status, message.claimed_by) == (Status.READY, "")
    assert why_nothing_leaves(make.creditor())


def test_without_a_mail_server_nothing_leaves(make, creditor, settings):
    settings.MAIL_CONNECTED = False
    message = reminder(make)

    assert send(make, creditor) == {}
    with pytest.raises(NothingLeaves):
        send_now(message, by=None, now=make.now, worker=WORKER)
    assert status_of(message) == Status.READY


def test_without_a_sender_address_nothing_leaves(make, server):
    nameless = set_sending(make.creditor("nameless", sender_email=""), sending=True, by=None)
    written(make, make.contact(make.customer(creditor=nameless)))

    assert send(make, nameless) == {}


def test_switching_sending_off_is_obeyed_by_a_worker_that_runs(make, creditor, server):
    reminder(make)
    running = type(creditor).objects.get(pk=creditor.pk)
    set_sending(creditor, sending=False, by=None)

    assert send(make, running) == {}


# What servers answer


def test_a_refused_address_is_marked_and_the_server_quoted(make, creditor, server):
    message = reminder(make)
    server.answers[message.address] = "550 5.1.1 User unknown"

    assert send(make, creditor) == {"refused": 1}
    message.refresh_from_db()
    address = message.contact.addresses.get()
    assert (message.status, message.status_reason) == (Status.REFUSED, "550 5.1.1 User unknown")
    assert (address.reach, address.reach_note, address.reach_since) == (
        Reach.BOUNCED,
        "550 5.1.1 User unknown",
        make.day,
    )
    assert Touch.objects.count() == 0


def test_a_full_mailbox_does_not_count_as_a_dead_address(make, creditor, server):
    message = reminder(make)
    server.answers[message.address] = "552 5.2.2 Mailbox full"

    send(make, creditor)

    assert status_of(message) == Status.REFUSED
    assert message.contact.addresses.get().reach == Reach.OK


def test_a_server_that_asks_to_wait_is_asked_again_later(make, creditor, server):
    message = reminder(make)
    server.answers[message.address] = "450 4.2.0 Greylisted"

    assert send(make, creditor) == {"ready": 1}
    message.refresh_from_db()
    assert (message.status, message.attempts, message.claimed_by) == (Status.READY, 1, "")
    server.answers.clear()
    assert send(make, creditor, now=make.now + timedelta(minutes=4)) == {}
    assert send(make, creditor, now=make.now + timedelta(minutes=5)) == {"sent": 1}


def test_each_try_waits_twice_as_long(make, creditor, server):
    message = reminder(make)
    server.answers[message.address] = "450 4.2.0 Greylisted"
    send(make, creditor)

    send(make, creditor, now=make.now + timedelta(minutes=5))

    message.refresh_from_db()
    assert message.not_before == make.now + timedelta(minutes=15)


def test_a_connection_lost_too_early_puts_only_that_message_off(make, creditor, server):
    unlucky, lucky = reminder(make), reminder(make)
    server.answers[unlucky.address] = HANG_UP_AT_RCPT

    assert send(make, creditor) == {"ready": 1, "sent": 1}
    assert (status_of(unlucky), status_of(lucky)) == (Status.READY, Status.SENT)
    server.answers.clear()
    assert send(make, creditor, now=make.now + timedelta(minutes=1)) == {"sent": 1}
    assert set(server.taken_by_id().values()) == {1}


def test_a_lost_answer_is_visible_and_never_sent_again_by_itself(make, creditor, server):
    message = reminder(make)
    server.answers[message.address] = HANG_UP_WITHOUT_ANSWER

    assert send(make, creditor) == {"unclear": 1}
    assert send(make, creditor, now=make.now + timedelta(hours=2)) == {}
    assert (status_of(message), len(server.taken)) == (Status.UNCLEAR, 1)


def test_a_server_out_of_reach_leaves_everything_ready(make, creditor, server, settings):
    messages = [reminder(make) for _n in range(3)]
    settings.EMAIL_PORT = 1

    counts = send(make, creditor)

    assert set(counts) == {"ready"}
    assert {status_of(message) for message in messages} == {Status.READY}
    assert Message.objects.filter(claimed_by="").count() == 3


def test_what_is_no_address_is_refused_without_asking_the_server(make, creditor, server):
    message = reminder(make)
    broken = "x@y.example\r\nDATA"
    message.contact.addresses.update(value=broken)
    Message.objects.update(address=broken)

    assert send(make, creditor) == {"refused": 1}
    assert server.sessions == 0
    assert message.contact.addresses.get().reach == Reach.BOUNCED


# The gate at the moment of sending


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda make, message, invoice: make.paid(invoice), "paid"),
        (lambda make, message, invoice: make.paid(invoice, amount="40.00"), "amount_changed"),
        (lambda make, message, invoice: make.hold(message.customer, kind="dispute", item=invoice), "disputed"),
        (lambda make, message, invoice: make.hold(message.customer, kind="promise", item=invoice), "promised"),
        (lambda make, message, invoice: make.hold(message.customer), "customer_held"),
        (
            lambda make, message, invoice: mark_reach(
                message.contact.addresses.get(), reach=Reach.BOUNCED, note="", on=make.day, by=None
            ),
            "unreachable",
        ),
        (
            lambda make, message, invoice: set_address(
                message.contact, by=None, channel="email", value="new@client.example"
            ),
            "unreachable",
        ),
        (
            lambda make, message, invoice: log_touch(
                message.customer,
                by=None,
                channel="phone",
                direction="in",
                at=make.now,
                on=make.day,
                summary="They called",
            ),
            "too_soon",
        ),
        (
            lambda make, message, invoice: log_touch(
                message.customer,
                by=None,
                channel="email",
                direction="in",
                at=make.now,
                on=make.day,
                summary="A question",
                needs_answer=True,
            ),
            "awaiting_answer",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_happened_since_it_was_written_keeps_a_message_in(make, creditor, server, happens, reason):
    customer = make.customer()
    invoice = late_invoice(make, customer)
    message = written(make, make.contact(customer), about=(invoice,))
    happens(make, message, invoice)

    assert send(make, creditor) == {"withheld": 1}
    message.refresh_from_db()
    assert (message.status, message.status_reason, server.taken) == (Status.WITHHELD, reason, [])
    assert AuditEvent.objects.get(action="messages.withheld").facts == {"messages": {reason: [message.pk]}}


def test_bank_data_that_went_stale_keep_a_reminder_in(make, server):
    stale = set_sending(make.creditor(bank_data_until="20 days ago"), sending=True, by=None)
    message = reminder(make)

    send(make, stale)

    message.refresh_from_db()
    assert (message.status, message.status_reason) == (Status.WITHHELD, "bank_data_stale")


def test_of_two_messages_to_one_customer_only_one_leaves(make, creditor, server):
    customer = make.customer()
    contact, invoice = make.contact(customer), late_invoice(make, customer)
    written(make, contact, about=(invoice,))
    written(make, contact, automatic=False)

    assert send(make, creditor) == {"sent": 1, "withheld": 1}
    assert len(server.taken) == 1


def test_a_second_message_to_a_customer_is_not_begun_while_the_first_is_on_its_way(make, creditor):
    customer = make.customer()
    contact = make.contact(customer)
    first, second = written(make, contact), written(make, contact, automatic=False)
    mine = claim_ready(creditor, now=make.now, worker="a", limit=1)
    theirs = claim_ready(creditor, now=make.now, worker="b", limit=1)

    assert begin_sending(mine, claimed_at=make.now, now=make.now) == {first.pk}
    assert begin_sending(theirs, claimed_at=make.now, now=make.now) == set()
    assert status_of(second) == Status.READY


def test_the_gate_asks_a_fixed_number_of_questions(make, creditor, server, django_assert_max_num_queries):
    for _n in range(3):
        reminder(make)
    with django_assert_max_num_queries(60) as few:
        send_batch(creditor, now=make.now, worker=WORKER)
    for _n in range(20):
        reminder(make)
    with django_assert_max_num_queries(len(few)):
        send_batch(creditor, now=make.now, worker=WORKER)


# A person decides


def test_a_person_sends_a_message_before_its_turn(make, creditor, server):
    message = reminder(make)
    Message.objects.update(send_from=make.now.replace(hour=16))

    sent = send_now(message, by=make.member(), now=make.now, worker=WORKER)

    assert (sent.status, len(server.taken)) == (Status.SENT, 1)


def test_a_person_may_set_a_soft_reason_aside_but_never_a_dead_address(make, creditor, server):
    message = reminder(make)
    log_touch(message.customer, by=None, channel="phone", direction="out", at=make.now, on=make.day, summary="Called")

    with pytest.raises(SendingRefused) as refused:
        send_now(message, by=make.member(), now=make.now, worker=WORKER)
    assert refused.value.refusal.may_be_overridden

    mark_reach(message.contact.addresses.get(), reach=Reach.BOUNCED, note="", on=make.day, by=None)
    with pytest.raises(SendingRefused) as refused:
        send_now(message, by=make.member(), now=make.now, worker=WORKER, override=True)
    assert (refused.value.refusal.reason, server.taken) == ("unreachable", [])

    mark_reach(message.contact.addresses.get(), reach=Reach.OK, note="", on=make.day, by=None)
    sent = send_now(message, by=make.member(), now=make.now, worker=WORKER, override=True)
    assert (sent.status, sent.overridden) == (Status.SENT, "too_soon")
    assert AuditEvent.objects.filter(action="message.sent_now").get().facts["overridden"] == "too_soon"


def test_nobody_sends_about_a_paid_invoice_even_on_purpose(make, creditor, server):
    customer = make.customer()
    invoice = late_invoice(make, customer)
    message = written(make, make.contact(customer), about=(invoice,))
    make.paid(invoice)

    with pytest.raises(SendingRefused) as refused:
        send_now(message, by=make.member(), now=make.now, worker=WORKER, override=True)
    assert refused.value.refusal.reason == "paid"


def test_outside_the_hours_a_person_must_mean_it(make, creditor, server):
    message = reminder(make)
    night = make.now.replace(hour=22)

    with pytest.raises(SendingRefused) as refused:
        send_now(message, by=make.member(), now=night, worker=WORKER)
    assert refused.value.refusal.reason == "outside_hours"
    assert send_now(message, by=make.member(), now=night, worker=WORKER, override=True).status == Status.SENT


def test_before_a_person_writes_the_gate_tells_them(make, creditor):
    customer = make.customer()
    contact = make.contact(customer)
    ask = {"as_of": make.day, "now": make.now}

    assert refusal_for_manual(customer, contact, "email", **ask) is None
    assert refusal_for_manual(customer, contact, "sms", **ask).reason == "unreachable"
    late = refusal_for_manual(customer, contact, "email", as_of=make.day, now=make.now.replace(hour=20))
    assert (late.reason, late.may_be_overridden) == ("outside_hours", True)
    log_touch(customer, by=None, channel="phone", direction="in", at=make.now, on=make.day, summary="They called")
    soon = refusal_for_manual(customer, contact, "email", **ask)
    assert (soon.reason, soon.free_on > make.day) == ("too_soon", True)
    assert soon.sentence


@pytest.mark.parametrize(("was_sent", "becomes"), [(True, (Status.SENT, 1)), (False, (Status.READY, 0))])
def test_a_person_says_what_became_of_an_unclear_message(make, creditor, server, was_sent, becomes):
    message = reminder(make)
    server.answers[message.address] = HANG_UP_WITHOUT_ANSWER
    send(make, creditor)

    resolve_unclear(message, by=make.member(), was_sent=was_sent, now=make.now + timedelta(hours=1))

    assert (status_of(message), Touch.objects.count()) == becomes


# Claims


def test_no_two_claims_get_the_same_message(make, creditor):
    for _n in range(5):
        reminder(make)

    one = claim_ready(creditor, now=make.now, worker=WORKER, limit=3)
    two = claim_ready(creditor, now=make.now, worker=WORKER, limit=9)

    assert [len(one), len(two)] == [3, 2]
    assert {m.pk for m in one}.isdisjoint(m.pk for m in two)
    assert claim_ready(creditor, now=make.now, worker=WORKER, limit=9) == []


def test_a_lease_ends_by_itself_and_a_message_given_back_is_free_at_once(make, creditor):
    reminder(make)
    dead = claim_ready(creditor, now=make.now, worker="dead", limit=1)

    assert claim_ready(creditor, now=make.now + LEASE - timedelta(seconds=1), worker="b", limit=1) == []
    alive = claim_ready(creditor, now=make.now + LEASE, worker="b", limit=1)
    assert [m.pk for m in alive] == [m.pk for m in dead]
    assert begin_sending(dead, claimed_at=make.now, now=make.now + LEASE) == set()
    give_back(alive)
    assert len(claim_ready(creditor, now=make.now + LEASE, worker="c", limit=1)) == 1


def test_a_person_wins_over_a_lease(make, creditor):
    message = reminder(make)
    claimed = claim_ready(creditor, now=make.now, worker=WORKER, limit=1)
    hold_message(message, by=None, now=make.now)

    assert begin_sending(claimed, claimed_at=make.now, now=make.now) == set()
    assert status_of(message) == Status.HELD


def test_a_day_ends_with_what_a_dead_worker_left_under_its_lease(make, creditor, server):
    reminder(make)
    claim_ready(creditor, now=make.now, worker="dead", limit=1)

    assert send(make, creditor) == {"sent": 1}


def test_a_worker_that_stopped_while_sending_leaves_an_unclear_message(make, creditor, server):
    message = reminder(make)
    begin_sending(claim_ready(creditor, now=make.now, worker="dead", limit=1), claimed_at=make.now, now=make.now)

    assert settle_abandoned(creditor, now=make.now + ABANDONED_AFTER - timedelta(seconds=1)) == 0
    assert send(make, creditor, now=make.now + ABANDONED_AFTER) == {"unclear": 1}
    message.refresh_from_db()
    assert (message.status, message.status_reason, server.taken) == (Status.UNCLEAR, WORKER_STOPPED, [])
