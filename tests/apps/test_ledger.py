"""Does each write to the ledger do what it says, and refuse what cannot be?"""

from datetime import timedelta

import pytest

from amiable.ledger.addresses import BadAddress
from amiable.ledger.models import Address, Correction, Customer, Item
from amiable.ledger.operations import (
    AllocatedTooEarly,
    AlreadyBooked,
    AlreadyEnded,
    AlreadyReversed,
    AmountNotPositive,
    AmountTooLarge,
    BelowAllocated,
    CodeTaken,
    CorrectedOutOfOrder,
    HoldTooShort,
    NotPayable,
    OtherCreditor,
    OverAllocated,
    ReversedTooEarly,
    UnknownCurrency,
    add_customer,
    add_item,
    add_note,
    add_receipt,
    allocate,
    change_contact,
    change_customer,
    correct_item,
    end_hold,
    mark_reach,
    reverse_allocation,
    set_hold,
)
from amiable.ledger.queries import holds_in_force, open_items
from amiable.organisation.identifiers import BadIdentifier
from amiable.organisation.models import AuditEvent
from amiable.organisation.operations import BadFact, UnknownFact


def fresh(row):
    row.refresh_from_db()
    return row


# Customers and contacts


def test_a_customer_speaks_and_pays_like_its_creditor_unless_said_otherwise(make):
    plain = make.customer()
    spanish = make.customer(country="ES", currency="USD")

    assert (plain.language, plain.currency, plain.time_zone) == ("en", "EUR", "Europe/Paris")
    assert (spanish.currency, spanish.time_zone) == ("USD", "Europe/Madrid")


def test_legal_ids_are_kept_without_their_spaces(make):
    customer = make.customer(siren="732 829 320", vat_number="fr 44 732829320")

    assert (customer.siren, customer.vat_number) == ("732829320", "FR44732829320")


@pytest.mark.parametrize("wrong", [{"siren": "732829321"}, {"siren": "12345"}, {"vat_number": "FR00732829320"}])
def test_a_mistyped_legal_id_is_refused_and_named(make, wrong):
    with pytest.raises(BadIdentifier, match=next(iter(wrong.values()))):
        make.customer(**wrong)

    assert not Customer.objects.exists()


def test_a_code_belongs_to_one_customer_of_a_creditor(make):
    make.customer(code="C-1")

    with pytest.raises(CodeTaken, match="C-1"):
        make.customer(code="C-1")
    make.customer(code="C-1", creditor=make.creditor("other"))


@pytest.mark.parametrize("wrong", [{"country": "France"}, {"time_zone": "Paris"}, {"risk": "huge"}, {"language": "xx"}])
def test_a_fact_that_does_not_fit_its_column_is_refused(make, wrong):
    with pytest.raises(BadFact) as refusal:
        change_customer(make.customer(), by=None, **wrong)

    assert refusal.value.field == next(iter(wrong))


def test_a_fact_that_nobody_writes_is_a_mistake_of_the_caller(make):
    with pytest.raises(UnknownFact):
        change_customer(make.customer(), by=None, creditor_id=1)


def test_changing_nothing_writes_nothing(make):
    customer = make.customer("Maison Verte")
    before = AuditEvent.objects.count()

    change_customer(customer, by=None, name="Maison Verte")

    assert AuditEvent.objects.count() == before


def test_an_owner_is_told_by_key_in_the_audit_line(make):
    member = make.member()

    change_customer(make.customer(), by=member, owner=member)

    assert AuditEvent.objects.latest("id").facts == {"owner": [None, member.pk]}


@pytest.mark.parametrize(
    ("channel", "written", "kept"),
    [
        ("email", " <Marie.Curie@Exemple.FR> ", "marie.curie@exemple.fr"),
        ("phone", "01 42 68 53 00", "+33142685300"),
        ("phone", "+44 20 7946 0018", "+442079460018"),
        ("phone", "01 42 68 53 00 ext 12", "01 42 68 53 00 ext 12"),
        ("sms", "06 12 34 56 78", "+33612345678"),
        ("post", " 1 rue de la Paix \n\n 75002  Paris ", "1 rue de la Paix\n75002 Paris"),
    ],
)
def test_addresses_are_kept_in_one_form(make, channel, written, kept):
    contact = make.contact(make.customer(), email=None)

    change_contact(contact, by=None, addresses={channel: written})

    assert contact.addresses.get().value == kept


@pytest.mark.parametrize(
    ("channel", "written"),
    [
        ("email", "marie at exemple"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("phone", "call me"),
        ("sms", "12"),
        ("post", "  \n "),
    ],
)
def test_an_address_that_reaches_nobody_is_refused(make, channel, written):
    contact = make.contact(make.customer(), email=None)

    if written.strip():
        with pytest.raises(BadAddress):
            change_contact(contact, by=None, addresses={channel: written})
    else:
        change_contact(contact, by=None, addresses={channel: written})

    assert not Address.objects.exists()


def test_a_new_address_counts_as_reachable_again(make):
    contact = make.contact(email="old@client.example")
    mark_reach(contact.addresses.get(), reach="bounced", note="550 no such user", on=make.day, by=None)

    change_contact(contact, by=None, addresses={"email": "new@client.example"})

    address = contact.addresses.get()
    assert (address.value, address.reach, address.reach_note) == ("new@client.example", "ok", "")


def test_a_bounce_keeps_the_words_of_the_server(make):
    address = make.contact().addresses.get()

    mark_reach(address, reach="bounced", note="550 5.1.1 " + "x" * 500, on=make.day, by=None)

    assert fresh(address).reach == "bounced"
    assert address.reach_since == make.day
    assert address.reach_note.startswith("550 5.1.1")


def test_an_empty_note_is_refused(make):
    with pytest.raises(BadFact):
        add_note(make.customer(), by=None, text=" \n", at=make.now)


# Items


@pytest.mark.parametrize(
    ("amount_minor", "currency", "refusal"),
    [
        (0, "EUR", AmountNotPositive),
        (-1, "EUR", AmountNotPositive),
        (10**16, "EUR", AmountTooLarge),
        (1, "ABC", UnknownCurrency),
    ],
)
def test_an_amount_is_positive_and_in_a_real_currency(make, amount_minor, currency, refusal):
    customer = make.customer()

    with pytest.raises(refusal):
        add_item(
            customer.creditor,
            by=None,
            customer=customer,
            number="F-1",
            issued_on=make.day,
            due_on=make.day,
            currency=currency,
            amount_minor=amount_minor,
        )
    with pytest.raises(refusal):
        add_receipt(
            customer.creditor,
            by=None,
            customer=customer,
            received_on=make.day,
            currency=currency,
            amount_minor=amount_minor,
        )


def test_a_float_is_no_amount(make):
    with pytest.raises(TypeError):
        allocate(make.invoice(), by=None, amount_minor=10.0, on=make.day, write_off_reason="rounding")


def test_the_same_item_is_booked_once(make):
    make.invoice(number="F-7")

    with pytest.raises(AlreadyBooked, match="F-7"):
        make.invoice(number="F-7")
    make.credit_note(number="F-7")


def test_lines_keep_their_order_and_may_be_discounts(make):
    lines = [
        {"description": "Lamp", "quantity": "2 pcs", "amount_minor": 120_00},
        {"description": "Fitting", "kind": "service", "amount_minor": 30_00},
        {"description": "Discount", "amount_minor": -10_00},
    ]

    invoice = make.invoice(amount="140.00", lines=lines)

    assert [line.amount_minor for line in invoice.lines.all()] == [120_00, 30_00, -10_00]


def test_an_item_of_another_creditor_is_refused(make):
    with pytest.raises(OtherCreditor):
        add_item(
            make.creditor("other"),
            by=None,
            customer=make.customer(creditor=make.creditor("atelier")),
            number="F-1",
            issued_on=make.day,
            due_on=make.day,
            currency="EUR",
            amount_minor=1,
        )


def test_a_correction_keeps_what_was_and_why(make):
    invoice = make.invoice(amount="100.00", due="in 5 days")

    corrected = correct_item(
        invoice, by=None, on=make.day, reason="Wrong price", amount_minor=80_00, due_on=make.on("in 9 days")
    )

    assert (corrected.amount_minor, corrected.due_on) == (80_00, make.on("in 9 days"))
    kept = {row.field: (row.before, row.after, row.delta_minor, row.reason) for row in Correction.objects.all()}
    assert kept["amount_minor"] == ("10000", "8000", -20_00, "Wrong price")
    assert kept["due_on"] == ("2026-03-16", "2026-03-20", 0, "Wrong price")


def test_a_corrected_amount_leaves_past_balances_as_they_were(make):
    invoice = make.invoice(amount="100.00")

    correct_item(invoice, by=None, on=make.day, reason="Wrong price", amount_minor=80_00)

    assert [row.open_minor for row in open_items(invoice.customer, as_of=make.on("yesterday"))] == [100_00]
    assert [row.open_minor for row in open_items(invoice.customer, as_of=make.day)] == [80_00]


def test_an_amount_is_never_corrected_below_what_was_paid(make):
    invoice = make.invoice(amount="100.00")
    make.paid(invoice, amount="60.00")

    with pytest.raises(BelowAllocated, match=r"€60\.00"):
        correct_item(invoice, by=None, on=make.day, reason="", amount_minor=59_99)

    assert fresh(invoice).amount_minor == 100_00


def test_correcting_to_exactly_what_was_paid_settles_the_item(make):
    invoice = make.invoice(amount="100.00")
    make.paid(invoice, amount="60.00", on="3 days ago")

    corrected = correct_item(invoice, by=None, on=make.day, reason="", amount_minor=60_00)

    assert corrected.settled_on == make.day


def test_amounts_are_corrected_in_order_of_days(make):
    invoice = make.invoice(amount="100.00")
    correct_item(invoice, by=None, on=make.day, reason="", amount_minor=120_00)

    with pytest.raises(CorrectedOutOfOrder):
        correct_item(invoice, by=None, on=make.on("yesterday"), reason="", amount_minor=90_00)


def test_an_item_is_not_issued_after_its_payment(make):
    invoice = make.invoice(due="10 days ago")
    make.paid(invoice, on="5 days ago")

    with pytest.raises(BadFact):
        correct_item(invoice, by=None, on=make.day, reason="", issued_on=make.on("4 days ago"))


# Allocations


def test_paying_in_full_settles_both_sides(make):
    invoice = make.invoice(amount="100.00")

    allocation = make.paid(invoice, on="2 days ago")

    assert fresh(invoice).settled_on == make.on("2 days ago")
    assert fresh(allocation.receipt).allocated_minor == 100_00


def test_nothing_pays_more_than_is_open_of_the_invoice(make):
    invoice = make.invoice(amount="100.00")
    make.paid(invoice, amount="60.00")

    with pytest.raises(OverAllocated, match=r"€40\.00") as refusal:
        allocate(invoice, by=None, amount_minor=40_01, on=make.day, receipt=make.receipt(amount="500.00"))

    assert refusal.value.open_minor == 40_00
    assert fresh(invoice).allocated_minor == 60_00


def test_nothing_pays_more_than_is_left_of_the_receipt(make):
    receipt = make.receipt(amount="50.00")

    with pytest.raises(OverAllocated, match=r"€50\.00"):
        allocate(make.invoice(amount="100.00"), by=None, amount_minor=50_01, on=make.day, receipt=receipt)


def test_a_stale_copy_of_the_invoice_does_not_let_too_much_through(make):
    invoice = make.invoice(amount="100.00")
    stale = Item.objects.get(pk=invoice.pk)
    make.paid(invoice)

    with pytest.raises(OverAllocated):
        allocate(stale, by=None, amount_minor=1, on=make.day, receipt=make.receipt())


def test_an_invoice_is_not_overpaid_on_a_past_day_either(make):
    invoice = make.invoice(amount="100.00", due="20 days ago")
    first = make.paid(invoice, on="10 days ago")
    reverse_allocation(first, by=None, on=make.on("5 days ago"))
    receipt = make.receipt(on="10 days ago")

    with pytest.raises(OverAllocated):
        allocate(invoice, by=None, amount_minor=1, on=make.on("8 days ago"), receipt=receipt)
    allocate(invoice, by=None, amount_minor=100_00, on=make.on("5 days ago"), receipt=receipt)


def test_a_credit_note_pays_an_invoice_and_is_used_up(make):
    invoice, note = make.invoice(amount="100.00"), make.credit_note(amount="30.00")

    allocate(invoice, by=None, amount_minor=30_00, on=make.day, credit_note=note)

    assert (fresh(invoice).allocated_minor, invoice.settled_on) == (30_00, None)
    assert fresh(note).settled_on == make.day
    with pytest.raises(OverAllocated):
        allocate(make.invoice(), by=None, amount_minor=1, on=make.day, credit_note=note)


def test_invoices_do_not_pay_each_other_and_credit_notes_are_not_paid(make):
    invoice, note = make.invoice(), make.credit_note()

    with pytest.raises(NotPayable):
        allocate(invoice, by=None, amount_minor=1, on=make.day, credit_note=make.invoice())
    with pytest.raises(NotPayable):
        allocate(note, by=None, amount_minor=1, on=make.day, receipt=make.receipt())


def test_money_of_another_currency_or_creditor_pays_nothing(make):
    invoice = make.invoice()
    elsewhere = make.customer(creditor=make.creditor("other"))

    with pytest.raises(NotPayable, match="USD"):
        allocate(invoice, by=None, amount_minor=1, on=make.day, receipt=make.receipt(currency="USD"))
    with pytest.raises(OtherCreditor):
        allocate(invoice, by=None, amount_minor=1, on=make.day, receipt=make.receipt(elsewhere))


def test_one_customer_may_pay_for_another(make):
    invoice = make.invoice(make.customer("Daughter"))

    allocate(invoice, by=None, amount_minor=100_00, on=make.day, receipt=make.receipt(make.customer("Mother")))

    assert fresh(invoice).settled_on == make.day


def test_money_pays_nothing_before_it_came_or_before_the_invoice_was_issued(make):
    invoice = make.invoice(issued="5 days ago")

    with pytest.raises(AllocatedTooEarly):
        allocate(invoice, by=None, amount_minor=1, on=make.on("yesterday"), receipt=make.receipt(on="today"))
    with pytest.raises(AllocatedTooEarly):
        allocate(invoice, by=None, amount_minor=1, on=make.on("6 days ago"), receipt=make.receipt(on="9 days ago"))


@pytest.mark.parametrize("sources", [{}, {"write_off_reason": "small", "receipt": True}])
def test_an_allocation_says_exactly_what_pays(make, sources):
    if "receipt" in sources:
        sources = {**sources, "receipt": make.receipt()}

    with pytest.raises(BadFact):
        allocate(make.invoice(), by=None, amount_minor=1, on=make.day, **sources)


def test_taking_a_payment_back_opens_both_sides_and_keeps_the_past(make):
    invoice = make.invoice(amount="100.00", due="20 days ago")
    allocation = make.paid(invoice, on="10 days ago")

    reverse_allocation(allocation, by=None, on=make.on("3 days ago"))

    assert (fresh(invoice).allocated_minor, invoice.settled_on) == (0, None)
    assert fresh(allocation.receipt).allocated_minor == 0
    assert open_items(invoice.customer, as_of=make.on("4 days ago")) == []
    assert [row.open_minor for row in open_items(invoice.customer, as_of=make.on("3 days ago"))] == [100_00]


def test_a_payment_is_taken_back_once_and_not_before_it_was_made(make):
    allocation = make.paid(make.invoice(issued="9 days ago"), on="3 days ago")

    with pytest.raises(ReversedTooEarly):
        reverse_allocation(allocation, by=None, on=make.on("4 days ago"))
    reverse_allocation(allocation, by=None, on=make.day)
    with pytest.raises(AlreadyReversed):
        reverse_allocation(allocation, by=None, on=make.day)


# Holds


def test_a_hold_ends_by_itself_on_its_last_day(make):
    customer = make.customer()
    hold = make.hold(customer, since="today", until="in 3 days")

    assert list(holds_in_force(customer, as_of=make.on("yesterday"))) == []
    assert list(holds_in_force(customer, as_of=make.day)) == [hold]
    assert list(holds_in_force(customer, as_of=make.on("in 2 days"))) == [hold]
    assert list(holds_in_force(customer, as_of=make.on("in 3 days"))) == []


def test_somebody_may_end_a_hold_before_its_time_once(make):
    customer = make.customer()
    hold = make.hold(customer, since="2 days ago")

    end_hold(hold, by=None, on=make.day)

    assert list(holds_in_force(customer, as_of=make.on("yesterday"))) == [hold]
    assert list(holds_in_force(customer, as_of=make.day)) == []
    with pytest.raises(AlreadyEnded):
        end_hold(hold, by=None, on=make.day + timedelta(days=1))


def test_a_hold_lasts_at_least_a_day_and_stays_within_the_customer(make):
    mine, theirs = make.customer(), make.invoice(make.customer())

    with pytest.raises(HoldTooShort):
        make.hold(mine, since="today", until="today")
    with pytest.raises(BadFact):
        make.hold(mine, item=theirs)
    with pytest.raises(BadFact):
        set_hold(mine, by=None, kind="because", reason="", held_from=make.day)


def test_a_customer_needs_a_name_and_a_code(make):
    for wrong in ({"code": " ", "name": "Name"}, {"code": "C", "name": ""}):
        with pytest.raises(BadFact):
            add_customer(make.creditor(), by=None, **wrong)
