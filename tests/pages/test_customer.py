"""Everything about one customer on one page, and everything can be done from it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from amiable.outreach.models import Message
from amiable.outreach.operations import log_touch


@pytest.fixture
def duval(make):
    """A customer with one late invoice and one contact."""
    customer = make.customer("Ateliers Duval", priorities="One invoice per site.")
    make.contact(customer, name="Anne Duval")
    make.invoice(customer, due="10 days ago", amount="1234.50", number="F-1")
    return customer


def page_of(customer, name: str = "customer", *more) -> str:
    return reverse(f"desk:{name}", args=[customer.pk, *more])


def test_the_page_tells_who_they_are_what_is_open_and_what_comes_next(duval, make, enter):
    make.note(duval, "Anne is back on Monday.")
    page = enter().get(page_of(duval)).content.decode()
    told = (
        "Ateliers Duval",
        "One invoice per site.",
        "€1,234.50",
        "10 days late",
        "Anne Duval",
        "Anne is back on Monday.",
    )
    assert [words for words in told if words not in page] == []
    assert "Courteous" in page  # the scenario, from the planner's own explanation


def test_the_timeline_can_be_narrowed(duval, make, enter):
    make.note(duval, "Anne is back on Monday.")
    client = enter()
    assert "Anne is back" in client.get(page_of(duval), {"show": "notes"}).content.decode()
    assert "Anne is back" not in client.get(page_of(duval), {"show": "money"}).content.decode()


def test_a_note_is_kept(duval, enter):
    enter().post(page_of(duval, "customer_note"), {"text": "Pays on the 10th."})
    assert [note.text for note in duval.notes.all()] == ["Pays on the 10th."]


def test_an_action_from_a_dialog_answers_for_the_dialog(duval, enter):
    client, inside = enter(), {"HX-Request": "true", "HX-Current-URL": "http://testserver/?who=all"}
    form = client.get(page_of(duval, "customer_note"), headers=inside).content.decode()
    assert 'id="dialog-title"' in form
    assert "<html" not in form
    wrong = client.post(page_of(duval, "customer_note"), {"text": ""}, headers=inside)
    assert wrong.status_code == 422
    right = client.post(page_of(duval, "customer_note"), {"text": "Yes."}, headers=inside)
    assert right.headers["HX-Redirect"] == "/?who=all"


def test_an_action_never_leads_back_to_another_site(duval, enter):
    answer = enter().post(page_of(duval, "customer_note"), {"text": "Yes.", "back": "https://evil.example/"})
    assert answer.url == page_of(duval)


def test_a_promise_heard_on_the_phone_stops_reminders_until_the_day_after(duval, make, enter):
    promised = make.day + timedelta(days=5)
    said = {"channel": "phone", "direction": "out", "contact": "", "summary": "They pay on Monday"}
    enter().post(page_of(duval, "customer_call"), said | {"promised_for": promised.isoformat()})
    hold = duval.holds.get()
    assert (hold.kind, hold.item.number, hold.held_until) == ("promise", "F-1", promised + timedelta(days=1))


def test_a_dispute_is_held_and_ended_again(duval, make, enter):
    client, item = enter(), duval.items.get()
    client.post(
        page_of(duval, "customer_hold"), {"items": [item.pk], "kind": "dispute", "reason": "Two pallets missing"}
    )
    hold = duval.holds.get()
    assert (hold.kind, hold.item) == ("dispute", item)
    assert "Two pallets missing" in client.get(page_of(duval)).content.decode()
    client.post(page_of(duval, "customer_hold_end", hold.pk))
    hold.refresh_from_db()
    assert hold.ended_on == make.day


def test_a_hold_that_ends_before_it_begins_is_explained_and_nothing_is_written(duval, make, enter):
    facts = {"kind": "hold", "reason": "…", "held_until": make.day.isoformat()}
    answer = enter().post(page_of(duval, "customer_hold"), facts)
    assert answer.status_code == 422
    assert "The hold must end after the day it begins." in answer.content.decode()
    assert not duval.holds.exists()


def test_items_of_others_cannot_be_held_from_here(duval, make, enter):
    foreign = make.invoice(make.customer("Another"))
    facts = {"items": [foreign.pk], "kind": "hold", "reason": "…"}
    assert enter().post(page_of(duval, "customer_hold"), facts).status_code == 422
    assert not foreign.holds.exists()


def test_a_contact_is_added_changed_and_leaves(duval, make, enter):
    client = enter()
    person = {"name": "Paul Roy", "email": "paul@duval.example", "role": "finance", "rank": 1}
    client.post(page_of(duval, "customer_contact_new"), person)
    paul = duval.contacts.get(name="Paul Roy")
    client.post(page_of(duval, "customer_contact", paul.pk), person | {"unwanted": ["email"], "left": "on"})
    paul.refresh_from_db()
    assert (paul.left_on, paul.addresses.get().reach) == (make.day, "refused")


def test_an_address_that_reaches_nobody_is_explained(duval, enter):
    person = {"name": "Paul", "phone": "not a number", "role": "finance", "rank": 1}
    answer = enter().post(page_of(duval, "customer_contact_new"), person)
    assert answer.status_code == 422
    assert "is not a phone number" in answer.content.decode()


def test_details_are_changed(duval, make, enter):
    owner = make.member()
    facts = {"owner": owner.pk, "language": "fr", "risk": "low", "segment": "key account", "scenario": ""}
    enter().post(page_of(duval, "customer_details"), facts)
    duval.refresh_from_db()
    assert (duval.owner, duval.language, duval.segment) == (owner, "fr", "key account")


def test_an_email_is_written_from_a_wording_and_waits_in_the_outbox_in_safe_mode(duval, enter):
    client = enter()
    form = client.get(page_of(duval, "customer_email"), {"wording": "statement"}).context["form"]
    words = {"subject": form.initial["subject"], "body": form.initial["body"], "wording": "statement"}
    client.post(page_of(duval, "customer_email"), words | {"now": "1"})
    message = Message.objects.get()
    assert message.status == "ready"
    assert "F-1" in message.text
    assert "waits in the outbox" in client.get(page_of(duval)).content.decode()


def test_an_unkind_email_is_refused_with_a_kinder_wording(duval, enter):
    words = {"subject": "Last warning", "body": "Pay at once or we will sue you!", "now": "1"}
    answer = enter().post(page_of(duval, "customer_email"), words)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Message.objects.exists()


def test_the_preview_shows_the_mail_and_runs_nothing(duval, enter):
    words = {"subject": "Hello", "body": "Dear Anne, <script>alert(1)</script>\n\n{{ items }}"}
    contact = {"contact": duval.contacts.get().pk}
    answer = enter().post(page_of(duval, "customer_email_preview"), words | contact)
    assert "F-1" in answer.content.decode()
    assert "<script>" not in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_wording_that_reaches_for_internals_is_told_so_in_the_preview(duval, enter):
    words = {"subject": "Hello", "body": "{{ items.__class__.__mro__ }}{% for x in range(10**9) %}{% endfor %}"}
    answer = enter().post(page_of(duval, "customer_email_preview"), words)
    assert answer.status_code == 200
    assert "banner is-late" in answer.content.decode()


def test_nobody_can_be_written_to_where_nobody_can_be_reached(make, enter):
    customer = make.customer()
    make.contact(customer, email=None, phone="+33612345678")
    assert "Nobody to write to" in enter().get(page_of(customer, "customer_email")).content.decode()


def test_their_message_is_answered_by_ours(duval, make, enter):
    asked = {"channel": "email", "direction": "in", "summary": "A copy, please", "needs_answer": True}
    touch = log_touch(duval, by=None, at=make.now, on=make.day, **asked)
    words = {"subject": "Your copy", "body": "Dear Anne,\n\nhere it is.\n\nCamille", "answers": "on", "later": "1"}
    enter().post(page_of(duval, "customer_email"), words)
    touch.refresh_from_db()
    assert touch.answered_on == make.day


def test_the_page_asks_no_more_questions_for_much_than_for_little(duval, make, enter):
    client = enter()
    client.get(page_of(duval))
    with CaptureQueriesContext(connection) as little:
        client.get(page_of(duval))
    for n in range(15):
        make.invoice(duval, due=f"{n + 2} days ago", disputed=True)
        make.note(duval)
        make.contact(duval)
        log_touch(duval, by=None, channel="phone", direction="out", at=make.now, on=make.day, summary="Spoke")
    with CaptureQueriesContext(connection) as much:
        client.get(page_of(duval))
    assert len(much) <= len(little) <= 45
