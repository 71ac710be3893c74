"""What a person sees in the outbox, and may do there."""

import pytest

from amiable.organisation.access import NotAllowed
from amiable.organisation.models import AuditEvent
from amiable.outreach.compose.qr import source
from amiable.outreach.models import Status
from amiable.outreach.operations import (
    NothingWritten,
    NotWaiting,
    Unkind,
    cancel_message,
    edit_message,
    hold_message,
    release_message,
    resolve_unclear,
)
from amiable.outreach.queries import OutboxFilter, message_for, next_departure, outbox_counts, outbox_rows
from amiable.outreach.queries.outbox import GROUPS
from tests.apps.mail_server import written

KIND = """Hello Dominique,

our invoice F-1 over 120.00 EUR was due on 1 March. If it is on its way already, thank you, and please disregard this.

You can pay by transfer to FR76 3000 6000 0112 3456 7890 189. If anything stands in the way, just reply: we will find
a way together, for instance in instalments.

Kind regards
Camille Martin"""


def test_a_held_message_waits_until_it_is_released(make):
    message, by = written(make), make.member()

    assert hold_message(message, by=by, now=make.now).status == Status.HELD
    assert release_message(message, by=by, now=make.now).status == Status.READY
    actions = AuditEvent.objects.filter(subject=f"message:{message.pk}").values_list("action", "actor", "customer_id")
    assert list(actions) == [(a, by.pk, message.customer_id) for a in ("message.held", "message.released")]


@pytest.mark.parametrize("status", [Status.READY, Status.HELD, Status.WITHHELD])
def test_a_cancelled_message_never_leaves(make, status):
    message = written(make, status=status)

    cancelled = cancel_message(message, by=make.member(), now=make.now, why="They paid by cheque")

    assert (cancelled.status, cancelled.status_reason) == (Status.CANCELLED, "They paid by cheque")


@pytest.mark.parametrize("change", [hold_message, release_message, cancel_message])
@pytest.mark.parametrize("status", [Status.SENDING, Status.SENT, Status.UNCLEAR, Status.SUPERSEDED])
def test_what_is_leaving_or_gone_is_not_changed_any_more(make, change, status):
    message = written(make, status=status)

    with pytest.raises(NotWaiting, match="cannot be changed"):
        change(message, by=make.member(), now=make.now)
    message.refresh_from_db()
    assert message.status == status
    assert not AuditEvent.objects.filter(subject=f"message:{message.pk}").exists()


def test_a_person_puts_their_own_words_in(make):
    picture = source("BCD")
    message = written(make, html=f'<p>old</p><img src="{picture}">')

    edited = edit_message(message, by=make.member(), subject="About F-1", text=KIND, now=make.now)

    assert (edited.subject, edited.text) == ("About F-1", KIND)
    assert "find<br>a way together" in edited.html
    assert picture in edited.html
    assert "old" not in edited.html
    event = AuditEvent.objects.get(action="message.edited")
    assert event.facts["before"]["text"] == message.text


def test_words_of_a_person_cannot_smuggle_html_in(make):
    text = KIND + "\n\n<script>alert(1)</script> <img src=x onerror=alert(1)>"

    edited = edit_message(written(make), by=make.member(), subject="<b>Hi</b>", text=text, now=make.now)

    assert "<script>alert" not in edited.html
    assert "<img src=x" not in edited.html
    assert "<b>Hi" not in edited.html


def test_a_threat_is_not_let_through(make):
    message = written(make)

    with pytest.raises(Unkind) as refused:
        edit_message(
            message,
            by=make.member(),
            subject="FINAL WARNING",
            text=KIND + "\n\nPAY NOW or we will take legal action against you!!!",
            now=make.now,
        )
    assert refused.value.findings
    message.refresh_from_db()
    assert message.subject == "A friendly reminder"


@pytest.mark.parametrize(("subject", "text"), [("", KIND), ("Hello", "  \n ")])
def test_a_message_without_words_is_none(make, subject, text):
    with pytest.raises(NothingWritten):
        edit_message(written(make), by=make.member(), subject=subject, text=text, now=make.now)


@pytest.mark.parametrize("role", ["reader", "sales"])
def test_who_may_only_read_changes_nothing(make, role):
    message, reader = written(make), make.member(role)

    for change in (hold_message, release_message, cancel_message):
        with pytest.raises(NotAllowed):
            change(message, by=reader, now=make.now)
    with pytest.raises(NotAllowed):
        edit_message(message, by=reader, subject="Hello", text=KIND, now=make.now)
    with pytest.raises(NotAllowed):
        resolve_unclear(message, by=reader, was_sent=True, now=make.now)


# What is seen


def test_the_outbox_shows_the_day_in_order_with_counts(make, django_assert_num_queries):
    creditor, member = make.creditor(), make.member()
    late = written(make, send_from=make.now.replace(hour=11), subject="Later")
    soon = written(make, send_from=make.now.replace(hour=9), subject="Sooner")
    written(make, status=Status.SENT)
    written(make, planned_for=make.on("yesterday"), status=Status.SUPERSEDED)
    today = OutboxFilter(day=make.day)

    with django_assert_num_queries(2):
        page = outbox_rows(member, creditor=creditor, asked=OutboxFilter(day=make.day, group="waiting"))
        assert [row.customer.name and row.contact.name and row.subject for row in page.rows] == ["Sooner", "Later"]
    with django_assert_num_queries(1):
        assert outbox_counts(member, creditor=creditor, asked=today) == {"ready": 2, "sent": 1}
    assert page.total == 2
    assert [m.pk for m in page.rows] == [soon.pk, late.pk]


def test_the_outbox_finds_a_message_by_customer_address_or_subject(make):
    creditor, member = make.creditor(), make.member()
    contact = make.contact(make.customer("Librairie du Port"), email="achats@port.example")
    wanted = written(make, contact, subject="Votre facture")
    written(make)

    for words in ("librairie", "achats@port", "facture", contact.customer.code):
        page = outbox_rows(member, creditor=creditor, asked=OutboxFilter(search=words))
        assert [row.pk for row in page.rows] == [wanted.pk]


def test_a_page_beyond_the_last_is_the_last(make):
    for _n in range(3):
        written(make)

    page = outbox_rows(make.member(), creditor=make.creditor(), asked=OutboxFilter(), number=99, per_page=2)

    assert (page.number, len(page.rows), page.total) == (2, 1, 3)


def test_one_message_is_read_whole(make, django_assert_num_queries):
    customer = make.customer()
    message = written(make, make.contact(customer), about=(make.invoice(customer), make.invoice(customer)))
    member = make.member()

    with django_assert_num_queries(2):
        found = message_for(member, creditor=make.creditor(), pk=message.pk)
        assert len([one.item.number for one in found.items.all()]) == 2
        assert found.customer.name
        assert found.html


def test_a_seller_sees_the_messages_of_their_own_customers_only(make):
    seller = make.member("sales")
    theirs = written(make, make.contact(make.customer(salesperson=seller)))
    others = written(make)

    assert message_for(seller, creditor=make.creditor(), pk=theirs.pk) == theirs
    assert message_for(seller, creditor=make.creditor(), pk=others.pk) is None


def test_another_creditors_message_is_not_found(make):
    message = written(make)

    assert message_for(make.member(), creditor=make.creditor("other"), pk=message.pk) is None


def test_the_next_departure_is_told(make):
    assert next_departure(make.creditor(), now=make.now) is None
    written(make, send_from=make.now.replace(hour=14))
    assert next_departure(make.creditor(), now=make.now) == make.now.replace(hour=14)
    written(make, send_from=make.now.replace(hour=9))
    assert next_departure(make.creditor(), now=make.now) == make.now


def test_every_status_stands_in_exactly_one_group():
    grouped = [status for group in GROUPS.values() for status in group]

    assert sorted(grouped) == sorted(Status)
