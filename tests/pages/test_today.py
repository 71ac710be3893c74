"""What needs me now?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from amiable.outreach.operations import log_touch
from amiable.planning.models import Task
from amiable.planning.operations import plan_day

TODAY = "/"


@pytest.fixture
def call(make):
    """Make a customer whom somebody should call."""

    def calling(name: str = "Ateliers Duval", owner=None, kind: str = "call") -> Task:
        customer = make.customer(name)
        make.contact(customer, phone="+33612345678")
        make.invoice(customer, due="40 days ago", amount="900.00")
        return Task.objects.create(
            creditor=customer.creditor,
            customer=customer,
            kind=kind,
            key=f"{name}/{kind}",
            step="call",
            owner=owner,
            planned_for=make.day,
            due_on=make.day,
        )

    return calling


def wrote(make, customer):
    """Let a customer write something that waits for an answer."""
    facts = {"summary": "Where is the second pallet?", "needs_answer": True}
    return log_touch(customer, by=None, channel="email", direction="in", at=make.now, on=make.day, **facts)


def test_a_call_stands_in_the_worklist_with_its_number_to_dial(call, enter):
    call("Ateliers Duval")
    page = enter().get(TODAY).content.decode()
    assert "Ateliers Duval" in page
    assert 'href="tel:+33612345678"' in page


def test_customers_who_wait_for_us_come_before_our_own_tasks(make, call, enter):
    call("Zuerst Anrufen")
    wrote(make, make.customer("Waiting Ltd"))
    page = enter().get(TODAY).content.decode()
    assert page.index("Waiting Ltd") < page.index("Zuerst Anrufen")


def test_mine_leaves_out_what_others_do(make, call, enter):
    colleague = make.member()
    call("Not Mine SA", owner=colleague)
    client = enter("collector")
    assert "Not Mine SA" not in client.get(TODAY).content.decode()
    assert "Not Mine SA" in client.get(TODAY, {"who": "all"}).content.decode()


def test_a_task_is_closed_with_a_word_and_can_be_taken_back(call, enter):
    task, client = call(), enter()
    done = client.post(reverse("desk:task_done", args=[task.pk]), {"outcome": "They pay on Friday", "status": "done"})
    task.refresh_from_db()
    assert (done.status_code, task.status, task.outcome) == (302, "done", "They pay on Friday")
    page = client.get(TODAY).content.decode()
    assert reverse("desk:task_reopen", args=[task.pk]) in page
    client.post(reverse("desk:task_reopen", args=[task.pk]))
    task.refresh_from_db()
    assert task.status == "open"


def test_a_task_without_a_word_is_not_closed(call, enter):
    task = call()
    answer = enter().post(reverse("desk:task_done", args=[task.pk]), {"outcome": "", "status": "done"})
    task.refresh_from_db()
    assert (answer.status_code, task.status) == (422, "open")


def test_logging_the_call_closes_its_task(call, enter):
    task = call()
    said = {"channel": "phone", "direction": "out", "contact": "", "summary": "Spoke to Anne", "task": task.pk}
    enter().post(reverse("desk:customer_call", args=[task.customer_id]), said)
    task.refresh_from_db()
    assert (task.status, task.outcome) == ("done", "Spoke to Anne")


def test_an_answered_message_leaves_the_list(make, enter):
    customer = make.customer("Waiting Ltd")
    touch, client = wrote(make, customer), enter()
    assert "Waiting Ltd" in client.get(TODAY).content.decode()
    client.post(reverse("desk:customer_answered", args=[customer.pk, touch.pk]))
    assert "Where is the second pallet?" not in client.get(TODAY).content.decode()


def test_old_bank_data_are_told_before_anything_else(make, enter):
    make.creditor(bank_data_until="9 days ago")
    page = enter().get(TODAY).content.decode()
    assert "Bank data end on Monday 2 March, 9 days ago." in page


def test_what_goes_out_by_itself_and_what_does_not_is_told(make, enter):
    for name in ("Un", "Deux"):
        customer = make.customer(name)
        make.contact(customer)
        make.invoice(customer, due="10 days ago", amount="500.00")
    make.invoice(make.customer("Trois"), due="10 days ago", amount="500.00", disputed=True)
    plan_day(make.creditor(), as_of=make.day, now=make.now)
    page = enter().get(TODAY).content.decode()
    assert "<strong>2 messages</strong> go out by themselves today." in page
    assert "Disputed" in page


def test_a_seller_is_not_told_what_the_whole_book_owes(make, call, enter):
    call()
    page = enter("sales").get(TODAY).content.decode()
    assert "€900" not in page


def test_the_page_asks_as_many_questions_for_many_as_for_few(make, call, enter):
    client = enter()
    call("Alone")
    client.get(TODAY)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(TODAY)
    for n in range(12):
        call(f"Customer {n}")
        wrote(make, make.customer(f"Writer {n}"))
    client.get(TODAY)  # the first visit after a write adds the book up anew
    with CaptureQueriesContext(connection) as many:
        client.get(TODAY)
    assert len(many) == len(few)
    assert len(many) <= 18
