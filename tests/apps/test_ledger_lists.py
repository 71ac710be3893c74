"""Do the lists of customers and invoices show the right rows, to the right people, at a fixed price?"""

from decimal import Decimal

import pytest

from amiable.ledger.models import HoldKind
from amiable.ledger.operations import change_customer
from amiable.ledger.queries import (
    NOBODY,
    ItemSort,
    ItemState,
    customer_header,
    customer_rows,
    customers_visible_to,
    item_rows,
    segments,
    totals,
)


@pytest.fixture
def ask(make):
    """Ask for a list of the story's creditor, as a manager on the story's today unless told otherwise."""
    manager = make.member(role="manager")

    def asked(question, member=manager, **filters):
        return question(member, **{"creditor": make.creditor(), "as_of": make.day, **filters})

    return asked


def names(page) -> list[str]:
    return [row.name for row in page.rows]


def numbers(page) -> list[str]:
    return [row.number for row in page.rows]


def test_a_row_tells_each_currency_by_itself(make, ask):
    customer = make.customer("Maison")
    make.invoice(customer, due="10 days ago", amount="100.00")
    make.invoice(customer, due="in 5 days", amount="40.00")
    make.invoice(customer, due="100 days ago", amount="7.00", currency="USD")
    make.credit_note(customer, amount="15.00")
    make.receipt(customer, amount="5.00")

    row = ask(customer_rows).rows[0]

    euros, dollars = row.balances
    assert (euros.currency, euros.open_minor, euros.late_minor, euros.credit_minor) == ("EUR", 140_00, 100_00, 20_00)
    assert euros.buckets == (40_00, 100_00, 0, 0, 0)
    assert dollars.buckets == (0, 0, 0, 0, 7_00)
    assert row.late_days == 100


def test_the_day_after_the_due_date_is_the_first_late_one(make, ask):
    make.invoice(make.customer("Due today"), due="today")
    make.invoice(make.customer("Late"), due="yesterday")

    assert names(ask(customer_rows, late=True)) == ["Late"]


def test_a_part_paid_invoice_stays_in_the_list_with_what_is_open(make, ask):
    invoice = make.invoice(make.customer("Maison"), due="10 days ago", amount="100.00")
    make.paid(invoice, amount="99.99", on="today")

    assert ask(customer_rows, late=True).rows[0].balances[0].open_minor == 1
    assert ask(item_rows, state=ItemState.PART_PAID).rows[0].open_minor == 1


def test_customers_are_ordered_by_their_largest_balance_in_major_units(make, ask):
    make.invoice(make.customer("Ten thousand yen", currency="JPY"), amount="10000", due="9 days ago")
    make.invoice(make.customer("Two hundred euros"), amount="200.00", due="50 days ago")
    make.customer("Nothing")

    assert names(ask(customer_rows, sort="-open")) == ["Ten thousand yen", "Two hundred euros", "Nothing"]
    assert names(ask(customer_rows, sort="-oldest")) == ["Two hundred euros", "Ten thousand yen", "Nothing"]
    assert names(ask(customer_rows, sort="name")) == ["Nothing", "Ten thousand yen", "Two hundred euros"]


@pytest.mark.parametrize(
    "typed",
    ["societe", "SOCIÉTÉ", "elod", "C-77", "732 829 320", "F-2026-0815", "f-2026-0815", "marie@societe", "100%"],
)
def test_a_customer_is_found_by_what_people_know_of_it(make, ask, typed):
    sought = make.customer("Société Élodie 100% bio", code="C-77", siren="732829320")
    make.contact(sought, email="marie@societe.example")
    make.invoice(sought, number="F-2026-0815")
    make.invoice(make.customer("Maison Verte"))

    assert names(ask(customer_rows, search=typed)) == ["Société Élodie 100% bio"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "nobody", "100_"])
def test_what_is_typed_is_taken_literally(make, ask, typed):
    make.invoice(make.customer("Maison Verte"), number="X1")

    assert names(ask(customer_rows, search=typed)) == []
    assert numbers(ask(item_rows, search=typed)) == []


def test_filters_keep_what_they_say(make, ask):
    owner = make.member()
    kept = make.customer("Kept", segment="gold", owner=owner)
    make.invoice(kept, due="70 days ago")
    make.hold(kept)
    make.invoice(make.customer("Other", segment="blue"))
    make.customer("Gone", archived_on=make.day)

    for filters in ({"segment": "gold"}, {"owner": owner.pk}, {"bucket": "61-90"}, {"held": True}, {"late": True}):
        assert names(ask(customer_rows, **filters)) == ["Kept"], filters
    assert names(ask(customer_rows, owner=NOBODY)) == ["Other"]
    assert names(ask(customer_rows, archived=True)) == ["Gone"]
    assert segments(make.creditor()) == ["blue", "gold"]


def test_sellers_see_the_customers_they_sell_to_and_no_others(make, ask):
    seller = make.member(role="sales")
    mine = make.customer("Mine", salesperson=seller)
    make.invoice(mine, number="F-MINE")
    make.invoice(make.customer("Not mine"), number="F-OTHER")

    assert list(customers_visible_to(seller)) == [mine]
    assert names(ask(customer_rows, member=seller)) == ["Mine"]
    assert numbers(ask(item_rows, member=seller)) == ["F-MINE"]
    assert names(ask(customer_rows, member=seller, search="F-OTHER")) == []
    assert names(ask(customer_rows, member=None)) == []
    assert not customers_visible_to(None).exists()


def test_one_creditor_never_sees_the_customers_of_another(make, ask):
    make.customer("Ours")
    make.invoice(make.customer("Theirs", creditor=make.creditor("other")), number="F-THEIRS")

    assert names(ask(customer_rows)) == ["Ours"]
    assert numbers(ask(item_rows)) == []
    assert totals(make.creditor(), as_of=make.day) == []


def test_states_of_invoices(make, ask):
    customer = make.customer()
    make.invoice(customer, number="open")
    make.invoice(customer, number="late", due="3 days ago")
    make.invoice(customer, number="disputed", due="2 days ago", disputed=True)
    make.paid(make.invoice(customer, number="part", due="1 day ago"), amount="1.00")
    make.paid(make.invoice(customer, number="paid", due="9 days ago"), on="yesterday")

    assert numbers(ask(item_rows)) == ["late", "disputed", "part", "open"]
    assert numbers(ask(item_rows, state=ItemState.LATE)) == ["late", "disputed", "part"]
    assert numbers(ask(item_rows, state=ItemState.PAUSED)) == ["disputed"]
    assert numbers(ask(item_rows, state=ItemState.PART_PAID)) == ["part"]
    assert numbers(ask(item_rows, state=ItemState.PAID)) == ["paid"]
    assert numbers(ask(item_rows, pause=HoldKind.DISPUTE)) == ["disputed"]
    assert [row.state for row in ask(item_rows).rows] == ["late", "paused", "late", "open"]
    assert ask(item_rows, state=ItemState.PAID).rows[0].paid_on == make.on("yesterday")


def test_every_order_of_invoices_can_be_asked_for(make, ask):
    for n in range(3):
        make.invoice(make.customer(f"Maison {n}"), number=f"F-{n}", due=f"{n} days ago", amount=str(Decimal(n + 1)))

    for sort in ItemSort:
        assert len(ask(item_rows, sort=sort).rows) == 3
    assert numbers(ask(item_rows, sort="-amount")) == ["F-2", "F-1", "F-0"]
    assert numbers(ask(item_rows, sort="nonsense")) == numbers(ask(item_rows, sort="due"))


def test_a_page_beyond_the_end_is_the_last_one(make, ask):
    for n in range(5):
        make.invoice(make.customer(f"Maison {n}"), number=f"F-{n}")

    for question in (customer_rows, item_rows):
        page = ask(question, page=99, per_page=2)
        assert (page.number, page.last, page.total, len(page.rows)) == (3, 3, 5, 1)
        assert ask(question, page=0, per_page=2).number == 1


def test_lists_cost_the_same_however_long_they_are(make, ask, django_assert_num_queries):
    for _ in range(3):
        customer = make.customer()
        make.invoice(customer, due="5 days ago", disputed=True)
        make.contact(customer)
        make.hold(customer)

    with django_assert_num_queries(5):
        ask(customer_rows)
    with django_assert_num_queries(4):
        ask(item_rows)
    with django_assert_num_queries(3):
        ask(item_rows, search="F")
    with django_assert_num_queries(5):
        customer_header(customer, as_of=make.day)
    with django_assert_num_queries(2):
        totals(make.creditor(), as_of=make.day)


def test_the_header_tells_the_hold_that_matters_and_who_is_asked_first(make):
    customer = make.customer()
    make.hold(customer, kind="hold")
    make.hold(customer, kind="dispute")
    make.contact(customer, name="Second", rank=2)
    make.contact(customer, name="First", rank=1)
    change_customer(customer, by=None, priorities="Deliveries before 9")

    header = customer_header(customer, as_of=make.day)

    assert header.hold.kind == "dispute"
    assert [contact.name for contact in header.contacts] == ["First", "Second"]
    assert header.customer.priorities == "Deliveries before 9"
