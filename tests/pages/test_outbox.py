"""What goes out, when, to whom, and why? What was withheld, and why?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from amiable.core.plan.outcome import Reason
from amiable.planning.models import DayPlan, Outcome
from amiable.planning.operations import plan_day
from amiable.planning.queries import policy_in_force
from tests.apps.mail_server import written

OUTBOX = "/outbox/"
KIND = """Hello Dominique,

our invoice F-1 over 120.00 EUR was due on 1 March. If it is on its way already, thank you, and please disregard this.

You can pay by transfer to FR76 3000 6000 0112 3456 7890 189. If anything stands in the way, just reply: we will find
a way together, for instance in instalments.

Kind regards
Camille Martin"""


@pytest.fixture
def letter(make):
    """Write a message to a customer about an invoice of theirs."""

    def writing(name: str = "Ateliers Duval", **facts):
        customer = make.customer(name)
        invoice = make.invoice(customer, due="10 days ago", amount="1234.50", number=f"F-{customer.code}")
        return written(make, make.contact(customer, name="Anne Duval"), about=(invoice,), **facts)

    return writing


@pytest.fixture
def withheld(make):
    """Let the plan of the story's day keep an invoice back."""

    def keeping(name: str, reason: str, **facts):
        creditor = make.creditor()
        version, _policy = policy_in_force(creditor)
        plan, _new = DayPlan.objects.get_or_create(
            creditor=creditor, day=make.day, defaults={"policy": version, "made_at": make.now}
        )
        invoice = make.invoice(make.customer(name), due="10 days ago", amount="99.00")
        step = {"scenario": "courteous", "step": "second-reminder", "anchor": "due", "step_day": 10, "level": 2}
        about = {"plan": plan, "day": make.day, "customer": invoice.customer, "item": invoice, "open_minor": 9900}
        return Outcome.objects.create(kind="withheld", reason=reason, **about, **step, **facts)

    return keeping


def opened(message, name: str = "message") -> str:
    return reverse(f"desk:{name}", args=[message.pk])


def test_what_goes_out_is_shown_with_whom_it_reaches_when_and_about_how_much(letter, enter):
    letter()
    page = enter().get(OUTBOX).content.decode()
    told = ("Ateliers Duval", "Anne Duval", "A friendly reminder", "Gentle reminder", "today, 09:00–17:30", "€1,234.50")
    assert [words for words in told if words not in page] == []


def test_each_part_of_the_outbox_says_how_much_it_holds(letter, withheld, enter):
    letter("One")
    letter("Two", status="held")
    letter("Three", status="sent")
    letter("Four", status="unclear")
    withheld("Five", Reason.DISPUTED)
    counts = enter().get(OUTBOX).context["counts"]
    shown = ("waiting", "held", "withheld", "needs_you", "sent", "all")
    assert [counts[part] for part in shown] == [2, 1, 1, 1, 1, 4]


@pytest.mark.parametrize(
    ("show", "status"),
    [("waiting", "ready"), ("waiting", "held"), ("sent", "sent"), ("needs_you", "unclear")],
)
def test_a_message_stands_in_the_part_where_one_looks_for_it(show, status, letter, enter):
    letter("Looked For", status=status)
    client = enter()
    parts = ("waiting", "withheld", "needs_you", "sent", "all")
    found = {part for part in parts if "Looked For" in client.get(OUTBOX, {"show": part}).content.decode()}
    assert found == {show, "all"}


def test_what_was_withheld_tells_its_reason_in_a_sentence(withheld, enter):
    withheld("Café du Port", Reason.DISPUTED)
    page = enter().get(OUTBOX, {"show": "withheld"}).content.decode()
    assert "Café du Port" in page
    assert "It is disputed; reminders rest until the dispute is settled." in page
    assert "€99.00" in page


def test_withheld_steps_are_narrowed_by_reason_and_by_name(withheld, enter):
    withheld("Café du Port", Reason.DISPUTED)
    withheld("Librairie", Reason.AWAITING_CONTACT)
    client = enter()
    by_reason = client.get(OUTBOX, {"show": "withheld", "reason": "disputed"}).content.decode()
    by_name = client.get(OUTBOX, {"show": "withheld", "q": "librairie"}).content.decode()
    assert ("Café du Port" in by_reason, "Librairie" in by_reason) == (True, False)
    assert ("Café du Port" in by_name, "Librairie" in by_name) == (False, True)


def test_what_the_gate_stopped_is_told_with_its_reason(letter, enter):
    letter("Paid Meanwhile", status="withheld", status_reason="paid")
    page = enter().get(OUTBOX, {"show": "withheld"}).content.decode()
    assert "Paid Meanwhile" in page
    assert "An invoice in this message has been paid since it was written." in page


def test_nonsense_in_the_address_shows_what_goes_out(letter, enter):
    letter()
    nonsense = {"show": "x", "day": "soon", "reason": "'", "page": "-9", "status": "?"}
    assert "Ateliers Duval" in enter().get(OUTBOX, nonsense).content.decode()


def test_an_empty_outbox_says_what_fills_it(make, enter):
    make.creditor()
    assert "The plan of each morning puts its messages here" in enter().get(OUTBOX).content.decode()


def test_chosen_messages_are_held_and_the_undo_lets_them_go(letter, enter):
    one, other = letter("One"), letter("Other")
    client = enter("collector")
    held = client.post(reverse("desk:outbox_hold"), {"chosen": [one.pk, other.pk]}, follow=True)
    assert [status(one), status(other)] == ["held", "held"]
    assert "2 messages are held." in held.content.decode()
    client.post(f"{reverse('desk:outbox_release')}?chosen={one.pk},{other.pk}")
    assert [status(one), status(other)] == ["ready", "ready"]


def test_what_already_left_is_not_held_and_that_is_said(letter, enter):
    gone = letter(status="sent")
    page = enter().post(reverse("desk:outbox_hold"), {"chosen": [gone.pk]}, follow=True).content.decode()
    assert "This message cannot be changed now. It is: Sent." in page
    assert status(gone) == "sent"


def test_messages_of_another_creditor_are_not_touched(letter, make, enter):
    make.creditor()
    foreign = make.customer("Ailleurs", creditor=make.creditor("zz-other", name="Zz Other"))
    message = written(make, make.contact(foreign))
    client = enter()
    client.post(reverse("desk:outbox_hold"), {"chosen": [message.pk]})
    assert status(message) == "ready"
    assert client.get(opened(message)).status_code == 404


def test_a_message_tells_to_whom_when_about_what_and_why(letter, enter):
    message = letter()
    page = enter().get(opened(message)).content.decode()
    told = ("Anne Duval", message.address, "today, 09:00–17:30", "€1,234.50", "Courteous", "As they read it", "Written")
    assert [words for words in told if words not in page] == []


def test_the_plan_says_why_each_invoice_is_in_its_message(make, enter):
    customer = make.customer("Ateliers Duval")
    make.contact(customer)
    make.invoice(customer, due="3 days ago", amount="500.00", number="F-7")
    make.creditor().bank_data_until = make.day
    make.creditor().save()
    plan_day(make.creditor(), as_of=make.day, now=make.now)
    page = enter().get(opened(customer.messages.get())).content.decode()
    assert "“reminder” comes on day 3" in page


def test_the_letter_runs_nothing_and_loads_nothing(letter, enter):
    answer = enter().get(opened(letter(html="<p>Hi</p><script>alert(1)</script>"), "message_letter"))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_a_message_says_what_happened_to_it(letter, enter):
    message = letter()
    client = enter("manager")
    client.post(reverse("desk:outbox_hold"), {"chosen": [message.pk]})
    client.post(opened(message, "message_edit"), {"subject": "About F-1", "text": KIND, "save": "1"})
    client.post(reverse("desk:outbox_release"), {"chosen": [message.pk]})
    past = client.get(opened(message)).context["past"]
    assert [one.title for one in past] == ["Released", "Reworded", "Held", "Written"]


def test_unkind_words_are_refused_and_stay_in_the_form(letter, enter):
    message = letter()
    threat = {"subject": "FINAL WARNING", "text": f"{KIND}\n\nPay now or we will sue you!!!", "save": "1"}
    answer = enter().post(opened(message, "message_edit"), threat)
    assert answer.status_code == 422
    assert "we will sue you" in answer.context["form"]["text"].value()
    assert [finding for finding in answer.context["findings"] if finding["refused"]]
    message.refresh_from_db()
    assert message.subject == "A friendly reminder"


def test_asking_whether_it_is_kind_saves_nothing(letter, enter):
    message = letter()
    answer = enter().post(opened(message, "message_edit"), {"subject": "About F-1", "text": KIND, "check": "1"})
    assert "Kind, clear and complete." in answer.content.decode()
    message.refresh_from_db()
    assert message.subject == "A friendly reminder"


def test_the_preview_of_new_words_escapes_them(letter, enter):
    words = {"subject": "Hello", "text": "Hello <script>alert(1)</script>"}
    answer = enter().post(opened(letter(), "message_preview"), words)
    assert b"<script>" not in answer.content
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_in_safe_mode_a_message_is_not_sent_and_it_is_said_why(letter, enter):
    message = letter()
    answer = enter().post(opened(message, "message_send"))
    assert answer.status_code == 422
    assert "No mail server is connected yet." in answer.content.decode()
    assert status(message) == "ready"


def test_what_stands_against_sending_is_told_before(make, letter, enter):
    message = letter()
    make.hold(message.customer)
    page = enter().get(opened(message)).content.decode()
    assert "This customer is on hold." in page
    assert "Send now" not in page


def test_a_cancelled_message_keeps_its_reason(letter, enter):
    message = letter()
    client = enter()
    client.post(opened(message, "message_cancel"), {"why": "They paid by cheque"})
    assert status(message) == "cancelled"
    assert "They paid by cheque" in client.get(opened(message)).content.decode()


@pytest.mark.parametrize(("said", "becomes"), [("yes", "sent"), ("no", "ready")])
def test_a_person_says_whether_an_unclear_message_left(said, becomes, letter, enter):
    message = letter(status="unclear", status_reason="worker_stopped")
    client = enter()
    assert "Did it leave?" in client.get(opened(message)).content.decode()
    client.post(opened(message, "message_resolve"), {"sent": said})
    assert status(message) == becomes


def test_a_reader_reads_and_decides_nothing(letter, enter):
    message = letter()
    page = enter("reader").get(opened(message)).content.decode()
    assert "Ateliers Duval" in page
    assert reverse("desk:outbox_hold") not in page
    assert opened(message, "message_edit") not in page


@pytest.mark.parametrize("show", ["waiting", "withheld", "needs_you", "sent", "all"])
def test_the_outbox_asks_no_more_questions_for_many_messages_than_for_one(show, letter, withheld, enter):
    client = enter()

    def fill(name: str) -> None:
        for status_ in ("ready", "held", "sent", "unclear", "withheld"):
            letter(f"{name} {status_}", status=status_)
        withheld(name, Reason.DISPUTED)

    fill("First")
    client.get(OUTBOX, {"show": show})
    with CaptureQueriesContext(connection) as few:
        client.get(OUTBOX, {"show": show})
    for name in ("Second", "Third", "Fourth"):
        fill(name)
    with CaptureQueriesContext(connection) as many:
        client.get(OUTBOX, {"show": show})
    assert len(many) == len(few) <= 20


def status(message) -> str:
    message.refresh_from_db()
    return message.status
