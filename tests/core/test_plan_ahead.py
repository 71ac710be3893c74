"""What comes next, if nothing happens in between?"""

from datetime import date

from amiable.core.plan import make_plan
from amiable.core.plan.ahead import AHEAD, steps_ahead
from tests.core import make


def ahead(book, policy):
    return steps_ahead(book, policy, make_plan(book, policy))


def test_a_customer_whose_invoices_are_all_stopped_has_no_next_step():
    book = make.book(make.invoice(due="10 days ago", disputed=True))

    assert ahead(book, make.policy()).is_empty()


def test_an_empty_book_has_no_next_step():
    assert ahead(make.book(), make.policy()).schema == AHEAD


def test_the_next_step_is_moved_to_a_working_day():
    book = make.book(make.invoice(due="in 40 days"))

    (on,) = ahead(book, make.policy())["on"].to_list()

    assert isinstance(on, date) and on.weekday() < 5
