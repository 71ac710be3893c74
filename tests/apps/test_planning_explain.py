"""Does the plan say why, and why not, in the reader's language?"""

import json

import pytest
from django.utils.translation import override

from amiable.core.plan.outcome import Reason
from amiable.outreach.models import Touch
from amiable.planning.operations import publish_policy
from amiable.planning.queries import explain, next_steps, plan_json, plan_text
from tests.apps.policies import COURTEOUS


@pytest.fixture
def policy(make):
    return publish_policy(make.creditor(), by=None, text=COURTEOUS, now=make.now)


def told(customer, make) -> str:
    customer.refresh_from_db()
    return "\n".join(explain(customer, as_of=make.day))


def test_a_late_invoice_is_explained_with_its_step_and_its_reader(make, policy):
    customer = make.customer("Maison Noir")
    make.contact(customer, name="Ada Petit")
    make.invoice(customer, due="10 days ago", amount="1200.00", number="F-7")

    sentences = told(customer, make)

    assert "Maison Noir follows the scenario “Courteous”." in sentences
    assert "a message goes to Ada Petit by email: step “reminder”, level 1" in sentences
    assert "F-7 (€1,200.00, due Sunday 1 March 2026): It was due on Sunday 1 March 2026. Today is day 10" in sentences


def test_the_reader_hears_days_and_amounts_as_at_home(make, policy):
    customer = make.customer("Maison Noir")
    make.contact(customer)
    make.invoice(customer, due="10 days ago", amount="1200.00", number="F-7")

    with override("fr"):
        sentences = told(customer, make)

    assert "Courtoise" in sentences
    assert "dimanche 1 mars 2026" in sentences
    assert "1\u202f200,00\xa0€" in sentences


def test_when_nothing_is_due_the_next_step_is_told_with_its_day(make, policy):
    customer = make.customer()
    make.invoice(customer, due="in 20 days")

    assert "Nothing is due today; next: “heads-up” on Thursday 26 March 2026." in told(customer, make)
    ahead = next_steps(make.creditor(), customer_ids=[customer.pk], as_of=make.day)
    assert ahead[customer.pk]["step"] == "heads-up"
    assert ahead[customer.pk]["on"] == make.on("2026-03-26")


def test_a_step_that_would_fall_on_a_weekend_is_foretold_for_the_working_day_after(make, policy):
    customer = make.customer()
    make.invoice(customer, due="2026-03-26")  # five days before is Saturday 21 March

    assert next_steps(make.creditor(), customer_ids=[customer.pk], as_of=make.day)[customer.pk]["on"] == make.on(
        "2026-03-23"
    )


def test_nothing_ahead_is_no_entry(make, policy):
    customer = make.customer()

    assert next_steps(make.creditor(), customer_ids=[customer.pk], as_of=make.day) == {}
    assert "Nothing is open." in told(customer, make)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("dispute", "It is disputed"),
        ("promise", "Payment is promised"),
        ("plan", "A payment plan is agreed"),
        ("deferral", "A later due date is agreed"),
        ("in_transit", "The payment is on its way"),
        ("hold", "A colleague put this invoice on hold until Thursday 12 March 2026"),
    ],
)
def test_a_pause_says_its_cause(make, policy, kind, words):
    invoice = make.invoice(due="10 days ago")
    make.hold(invoice.customer, item=invoice, kind=kind, until="tomorrow")

    assert f"“reminder” is due and withheld. {words}" in told(invoice.customer, make)


def a_customer_on_hold(make):
    make.hold(make.invoice(due="10 days ago").customer)


def a_question_unanswered(make):
    customer = make.invoice(due="10 days ago").customer
    talked(make, customer, "in", needs_answer=True)


def old_bank_data(make):
    make.invoice(due="10 days ago")
    creditor = make.creditor()
    creditor.bank_data_until = make.on("20 days ago")
    creditor.save()


def a_small_balance(make):
    make.invoice(due="10 days ago", amount="9.99")


def a_recent_talk(make):
    talked(make, make.invoice(due="10 days ago").customer, "out")


def talked(make, customer, direction, **facts):
    Touch.objects.create(
        customer=customer,
        channel="phone",
        direction=direction,
        at=make.now,
        on=make.on("yesterday"),
        summary="…",
        **facts,
    )


@pytest.mark.parametrize(
    ("world", "reason", "words"),
    [
        (a_customer_on_hold, Reason.CUSTOMER_HELD, "A colleague put this customer on hold."),
        (a_question_unanswered, Reason.AWAITING_ANSWER, "waiting for our answer since Tuesday 10 March 2026"),
        (old_bank_data, Reason.BANK_DATA_STALE, "The bank data end on Thursday 19 February 2026"),
        (a_small_balance, Reason.BELOW_MINIMUM, "Only €9.99 would be asked for"),
        (a_recent_talk, Reason.TOO_SOON, "the next one may come on Saturday 14 March 2026"),
    ],
)
def test_every_other_reason_says_its_facts(make, policy, world, reason, words):
    world(make)
    customer = make.creditor().customers.get()
    make.contact(customer)

    assert words in told(customer, make)
    (withheld,) = plan_json(make.creditor(), as_of=make.day)["withheld"]
    assert withheld["reason"]["code"] == reason
    assert words in withheld["reason"]["sentence"]


def test_a_weekend_is_a_reason(make, policy):
    customer = make.customer()
    make.contact(customer)
    make.invoice(customer, due="10 days ago")
    make.day = make.on("2026-03-14")  # a Saturday
    creditor = make.creditor()
    creditor.bank_data_until = make.day
    creditor.save()

    assert "It is no working day where the customer is; the next one is Monday 16 March 2026." in told(customer, make)


def test_an_archived_customer_is_told_to_be_so(make, policy):
    customer = make.customer("Maison Noir")
    customer.archived_on = make.day
    customer.save()

    assert explain(customer, as_of=make.day) == ["Maison Noir is archived: nothing is sent."]


def a_whole_company(make) -> None:
    """Make customers in every state at once."""
    reminded = make.customer("Reminded")
    make.contact(reminded)
    make.invoice(reminded, due="10 days ago")
    make.invoice(reminded, due="2 days ago")  # late, and nothing was said about it yet
    make.invoice(reminded, due="12 days ago", disputed=True)
    make.contact(make.customer("Early"))
    make.invoice(make.customer("Unreachable"), due="10 days ago")
    called = make.customer("Small")
    make.invoice(called, due="30 days ago", amount="5.00")
    grateful = make.customer("Grateful")
    make.contact(grateful)
    make.paid(make.invoice(grateful, due="10 days ago"), on="yesterday")


def test_json_holds_every_due_step_exactly_once(make, policy):
    a_whole_company(make)

    plan = plan_json(make.creditor(), as_of=make.day)

    assert (plan["version"], plan["as_of"], plan["creditor"]) == (1, "2026-03-11", "atelier")
    json.dumps(plan)
    told = [item for part in ("contacts", "tasks") for entry in plan[part] for item in entry["items"] if item["step"]]
    steps = sorted((row["number"], row["step"]) for row in [*told, *plan["withheld"]])
    assert len(set(steps)) == len(steps)
    assert sorted(step for _number, step in steps) == ["heads-up", *["reminder"] * 4, "thanks"]
    (contact,) = [entry for entry in plan["contacts"] if entry["customer"]["name"] == "Reminded"]
    assert [(item["open_minor"], item["currency"], item["step"]) for item in contact["items"]] == [
        (10000, "EUR", "reminder"), (10000, "EUR", "heads-up"),
    ]  # fmt: skip
    assert [task["kind"] for task in plan["tasks"]] == ["find_contact"]
    assert {row["reason"]["code"] for row in plan["withheld"]} == {"disputed", "below_minimum"}


def test_the_terminal_tells_the_same(make, policy):
    a_whole_company(make)

    lines = list(plan_text(make.creditor(), as_of=make.day))

    assert lines[:2] == ["Atelier Lumière, Wednesday 11 March 2026", "2 contacts, 1 task, 2 steps withheld"]
    assert any("Reminded: email to Dominique Petit, “reminder”" in line for line in lines)
    assert any("It is disputed" in line for line in lines)
