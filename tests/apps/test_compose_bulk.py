"""A plan's contacts become stored messages, all at once and each of them right."""

from datetime import UTC, datetime, time, timedelta

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amiable.core.plan.outcome import CONTACT_ITEMS, CONTACTS, Plan
from amiable.core.policy.model import Anchor, Condition, ContactPolicy, Do, Policy, Scenario, Step
from amiable.organisation.operations import set_bank_account
from amiable.outreach.compose.gather import gather
from amiable.outreach.models import Message, MessageItem, Status, Touch
from amiable.outreach.operations import writing
from amiable.outreach.operations.writing import write_messages
from amiable.outreach.queries.templates import TemplateMissing

COURTEOUS = Scenario(
    "courteous",
    {},
    (
        Step("thanks", 0, Do.MESSAGE, anchor=Anchor.PAID),
        Step("heads-up", -5, Do.MESSAGE),
        Step("reminder", 5, Do.MESSAGE),
        Step("call", 14, Do.CALL),
        Step("look", 20, Do.REVIEW),
        Step("clear-letter", 30, Do.MESSAGE, when=Condition(segments=("small",))),
    ),
)
POLICY = Policy(ContactPolicy(hours_from=time(9), hours_until=time(17, 30)), (COURTEOUS,))


def plan_for(make, *contacts, step="reminder", **facts) -> Plan:
    """Return a plan that writes to each (contact, invoices) about those invoices."""
    rows, items = [], []
    for contact, invoices in contacts:
        customer = contact.customer
        rows.append(
            {
                "customer_id": customer.pk,
                "contact_id": contact.pk,
                "channel": "email",
                "language": contact.language or customer.language,
                "scenario": "courteous",
                "step": step,
                "template": step,
                "tone": "gentle",
                "level": 1,
                "offers": ["plan"],
                "copy_to": None,
            }
            | facts
        )
        for invoice in invoices:
            invoice.refresh_from_db()
            paid = invoice.settled_on is not None
            items.append(
                {
                    "item_id": invoice.pk,
                    "customer_id": customer.pk,
                    "currency": invoice.currency,
                    "open_minor": invoice.amount_minor - invoice.allocated_minor,
                    "scenario": "courteous",
                    "step": "thanks" if paid else step,
                    "anchor": "paid" if paid else "due",
                    "day": 5,
                    "level": 1,
                }
            )
    return Plan(make.day, pl.DataFrame(rows, schema=CONTACTS), pl.DataFrame(items, schema=CONTACT_ITEMS))


def write(make, plan: Plan) -> list[Message]:
    written = write_messages(make.creditor(), plan, POLICY, as_of=make.day, now=make.now)
    return [Message.objects.get(pk=written[customer_id]) for customer_id in plan.contacts["customer_id"]]


def test_one_message_names_everything_it_must(make):
    owner = make.member(first_name="Camille", last_name="Roux", phone="+33 1 84 80 00 01")
    contact = make.contact(make.customer("Nordwind", owner=owner, customer_since="2019-01-02"), name="Anna Berg")
    older, newer = make.invoice(due="20 days ago", amount="120.00"), make.invoice(due="6 days ago", amount="80.50")

    [message] = write(make, plan_for(make, (contact, [newer, older])))

    for part in ("Dear Anna Berg", older.number, newer.number, "€120.00", "€80.50", "€200.50", "20 days late"):
        assert part in message.text
    for part in ("FR76 3000", "Camille Roux", "+33 1 84 80 00 01", "call you on Friday 20 March", "instalments"):
        assert part in message.text
    assert message.text.index(older.number) < message.text.index(newer.number)
    assert (message.status, message.planned_for, message.send_key) == (
        Status.READY,
        make.day,
        f"{make.day}/{message.creditor.slug}/{message.customer.code}",
    )
    assert dict(message.items.values_list("item_id", "open_minor")) == {older.pk: 12000, newer.pk: 8050}
    assert message.address == contact.addresses.get().value


def test_a_message_leaves_in_the_hours_of_its_customer(make):
    contact = make.contact(make.customer(time_zone="America/New_York", country="US"))
    [message] = write(make, plan_for(make, (contact, [make.invoice(due="6 days ago")])))
    assert message.send_from == datetime(2026, 3, 11, 13, tzinfo=UTC)
    assert message.send_until == datetime(2026, 3, 11, 21, 30, tzinfo=UTC)


def test_every_message_is_in_its_readers_language(make):
    french, english = make.customer(language="fr"), make.customer(language="fr")
    contacts = [make.contact(french), make.contact(english, language="en")]
    invoices = [make.invoice(french, due="6 days ago"), make.invoice(english, due="6 days ago")]

    first, second = write(make, plan_for(make, *((c, [i]) for c, i in zip(contacts, invoices, strict=True))))

    assert "jours de retard" in first.text
    assert "days late" in second.text
    assert 'lang="fr"' in first.html


def test_writing_a_plan_again_changes_nothing(make):
    plan = plan_for(make, (make.contact(), [make.invoice(due="6 days ago")]))
    [first] = write(make, plan)
    Message.objects.update(status=Status.HELD)

    [second] = write(make, plan)

    assert first.pk == second.pk
    assert (Message.objects.count(), MessageItem.objects.count()) == (1, 1)
    assert second.status == Status.HELD


def test_those_who_joined_the_plan_later_are_written_to_as_well(make):
    one, two = make.contact(make.customer()), make.contact(make.customer())
    first = (one, [make.invoice(one.customer, due="6 days ago")])
    second = (two, [make.invoice(two.customer, due="6 days ago")])
    write(make, plan_for(make, first))

    assert len(write(make, plan_for(make, first, second))) == 2
    assert (Message.objects.count(), MessageItem.objects.count()) == (2, 2)


def test_bank_details_follow_the_currency(make):
    set_bank_account(make.creditor(), by=None, currency="GBP", iban="GB33BUKB20201555555555")
    contact = make.contact()
    invoices = [make.invoice(due="6 days ago", currency=currency) for currency in ("EUR", "GBP", "USD")]

    [message] = write(make, plan_for(make, (contact, invoices)))

    assert message.text.index("FR76") < message.text.index("GB33")
    assert "For payments in USD" in message.text
    assert message.html.count("epc:") == 1


def test_thanks_name_what_was_paid_and_ask_for_nothing(make):
    contact, invoice = make.contact(), make.invoice(due="6 days ago", amount="75.00")
    make.paid(invoice, on="yesterday")

    [message] = write(make, plan_for(make, (contact, [invoice]), step="thanks"))

    assert "€75.00" in message.text
    assert "IBAN" not in message.text
    assert message.items.get().open_minor == 0


def test_a_reminder_says_thank_you_for_what_was_paid(make):
    contact = make.contact()
    paid, late = make.invoice(due="9 days ago", amount="75.00"), make.invoice(due="6 days ago", amount="33.00")
    make.paid(paid, on="yesterday")

    [message] = write(make, plan_for(make, (contact, [paid, late])))

    assert late.number in message.text
    assert "€33.00" in message.text
    assert message.items.count() == 2


def test_held_and_late_items_outside_the_plan_are_not_mentioned(make):
    contact = make.contact()
    late = make.invoice(due="6 days ago")
    disputed, ahead = make.invoice(due="in 9 days", disputed=True), make.invoice(due="in 10 days")
    also_late = make.invoice(due="12 days ago", disputed=True)

    [message] = write(make, plan_for(make, (contact, [late])))

    assert disputed.number not in message.text
    assert also_late.number not in message.text
    assert Message.objects.filter(pk=message.pk, items__item=ahead).count() == 0


@pytest.mark.parametrize(
    ("copy_to", "expected"),
    [("owner", "o@x.example"), ("salesperson", "s@x.example"), ("manager", "m@x.example"), (None, "")],
)
def test_a_copy_goes_to_the_colleague_of_that_role(make, copy_to, expected):
    owner = make.member(email="o@x.example", manager=make.member(role="manager", email="m@x.example"))
    customer = make.customer(owner=owner, salesperson=make.member(role="sales", email="s@x.example"))
    plan = plan_for(make, (make.contact(customer), [make.invoice(due="6 days ago")]), copy_to=copy_to)
    [message] = write(make, plan)
    assert message.copy_to == expected


def test_a_step_that_only_some_get_is_announced_to_nobody(make):
    contact = make.contact()
    plan = plan_for(make, (contact, [make.invoice(due="16 days ago")]), step="reminder")
    plan = Plan(plan.as_of, plan.contacts.with_columns(step=pl.lit("call")), plan.contact_items)
    [message] = write(make, plan)
    assert " on Friday " not in message.text


def test_what_they_last_told_us_is_remembered(make):
    contact = make.contact()
    late = make.invoice(due="6 days ago")
    on = make.on("9 days ago")
    Touch.objects.create(
        customer=contact.customer, channel="phone", direction="in", at=make.now, on=on, summary="He was furious"
    )

    [message] = write(make, plan_for(make, (contact, [late]), template="clear-letter"))

    assert "Thank you for our talk on 2 March." in message.text
    assert "furious" not in message.text  # our own words about them stay among ourselves


def test_a_missing_wording_stops_everything_before_anything_is_written(make):
    known, unknown = make.contact(make.customer()), make.contact(make.customer())
    plan = plan_for(make, *((c, [make.invoice(c.customer, due="6 days ago")]) for c in (known, unknown)))
    broken = plan.contacts.with_columns(
        template=pl.when(pl.col("contact_id") == unknown.pk).then(pl.lit("nowhere")).otherwise("template")
    )
    with pytest.raises(TemplateMissing, match="nowhere"):
        write(make, Plan(plan.as_of, broken, plan.contact_items))
    assert not Message.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_number_of_messages(make):
    def statements(count: int) -> int:
        contacts = [make.contact(make.customer()) for _ in range(count)]
        plan = plan_for(make, *((c, [make.invoice(c.customer, due="6 days ago") for _ in range(3)]) for c in contacts))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            write_messages(make.creditor(), plan, POLICY, as_of=make.day, now=make.now)
        return len(queries)

    assert statements(1) == statements(12) <= 25


def test_a_day_is_written_in_portions(make, monkeypatch):
    monkeypatch.setattr(writing, "PORTION", 2)
    contacts = [make.contact(make.customer()) for _ in range(5)]
    plan = plan_for(make, *((c, [make.invoice(c.customer, due="6 days ago")]) for c in contacts))
    assert len({message.pk for message in write(make, plan)}) == 5
    assert MessageItem.objects.count() == 5


def test_a_good_payer_needs_enough_invoices_paid_in_time(make):
    good, new = make.customer(), make.customer()
    for customer, count in ((good, 5), (new, 3)):
        for n in range(count):
            due = make.day - timedelta(days=40 + n)
            make.paid(make.invoice(customer, due=due), on=due - timedelta(days=2))
    make.paid(make.invoice(good, due="60 days ago"), on="30 days ago")

    known = gather([good.pk, new.pk], as_of=make.day)

    assert known[good.pk].good_payer
    assert not known[new.pk].good_payer
