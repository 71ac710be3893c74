"""A person sees what a wording would say, and writes messages of their own."""

import pytest

from amiable.core.policy.model import ContactPolicy
from amiable.ledger.models import Reach
from amiable.organisation.access import NotAllowed
from amiable.outreach.compose.preview import preview
from amiable.outreach.compose.sandbox import TemplateFault
from amiable.outreach.models import Message, Status
from amiable.outreach.operations.manual import AlreadyWritten, NoAddress, compose_manual
from amiable.outreach.operations.outbox import Unkind
from amiable.outreach.operations.touches import OtherCustomersContact
from amiable.outreach.queries.templates import template_in_force


def look(make, customer, name="reminder", **facts):
    wording = template_in_force(make.creditor(), name=name, language=customer.language)
    return preview(
        make.creditor(), customer=customer, subject=wording.subject, body=wording.body, as_of=make.day, **facts
    )


def test_a_preview_shows_the_customers_own_invoices_and_stores_nothing(make):
    customer = make.customer()
    make.contact(name="Anna Berg")
    late = make.invoice(due="10 days ago", amount="120.00")

    shown = look(make, customer)

    assert "Dear Anna Berg" in shown.text
    assert late.number in shown.text
    assert not shown.example
    page, digest = shown.page
    assert " style=" not in page
    assert digest.startswith("sha256-")
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["reminder", "heads-up", "thanks", "statement"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_customer_who_owes_nothing_sees_plain_examples(make, name, language):
    shown = look(make, make.customer(language=language), name)
    assert shown.example
    assert "EX" in shown.text
    assert shown.subject


def test_a_heads_up_shows_what_is_not_due_yet(make):
    customer = make.customer()
    late, ahead = make.invoice(due="10 days ago"), make.invoice(due="in 5 days")

    shown = look(make, customer, "heads-up", day=-5)

    assert ahead.number in shown.text
    assert late.number not in shown.text


def test_disputed_invoices_are_not_asked_for(make):
    customer = make.customer()
    disputed = make.invoice(due="10 days ago", disputed=True)
    shown = look(make, customer)
    assert disputed.number not in shown.text
    assert shown.example


def test_a_preview_costs_a_known_number_of_statements(make, django_assert_num_queries):
    customer = make.customer()
    make.contact()
    make.invoice(due="10 days ago")
    with django_assert_num_queries(13):
        look(make, customer)


@pytest.fixture
def compose(make):
    """Write to the story's contact by hand."""
    collector = make.member(role="collector")
    contact = make.contact(make.customer(), name="Anna Berg")

    def _compose(**changes):
        facts = {
            "subject": "Your order",
            "body": "{{ greeting }},\n\nHere is what is open.\n\n{{ items }}\n\n{{ signature }}",
        }
        return compose_manual(
            make.creditor(),
            **{
                "by": collector,
                "customer": contact.customer,
                "contact": contact,
                "rules": ContactPolicy(),
                "as_of": make.day,
                "now": make.now,
                **facts,
                **changes,
            },
        )

    _compose.contact, _compose.collector = contact, collector
    return _compose


def test_a_message_by_hand_is_ready_and_names_its_writer(make, compose):
    late = make.invoice(compose.contact.customer, due="10 days ago")

    message = compose()

    assert (message.status, message.scenario, message.written_by) == (Status.READY, "", compose.collector)
    assert "Dear Anna Berg" in message.text
    assert message.items.get().item == late
    assert message.send_from < message.send_until


def test_a_message_by_hand_speaks_of_the_invoices_that_were_chosen(make, compose):
    late, other = (make.invoice(compose.contact.customer, due="10 days ago") for _ in range(2))
    message = compose(item_ids=[other.pk])
    assert other.number in message.text
    assert late.number not in message.text


def test_a_free_text_needs_no_placeholders_and_no_invoices(compose):
    message = compose(body="Dear Anna,\n\nthank you for the talk.\n\nCamille")
    assert message.text.startswith("Dear Anna,\n\nthank you for the talk.")
    assert not message.items.exists()


def test_a_form_sent_twice_writes_once(compose):
    first = compose()
    with pytest.raises(AlreadyWritten) as refusal:
        compose()
    assert refusal.value.message == first
    assert Message.objects.count() == 1


def test_an_unkind_message_by_hand_is_refused(compose):
    with pytest.raises(Unkind):
        compose(body="Pay at once or we will take you to court!")


def test_a_fault_in_a_message_by_hand_is_told(compose):
    with pytest.raises(TemplateFault):
        compose(body="{{ nothing_known }}")


def test_a_contact_without_a_usable_address_is_refused(compose):
    compose.contact.addresses.update(reach=Reach.BOUNCED)
    with pytest.raises(NoAddress, match="Anna Berg"):
        compose()


def test_a_contact_of_another_customer_is_refused(make, compose):
    with pytest.raises(OtherCustomersContact):
        compose(contact=make.contact(make.customer()))


def test_a_seller_does_not_write_by_hand(make, compose):
    with pytest.raises(NotAllowed):
        compose(by=make.member(role="sales"))
