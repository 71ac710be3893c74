"""Does the columnar planner say exactly what the obvious one says?"""

from hypothesis import given, settings

from amiable.core.book import Book
from amiable.core.plan import make_plan
from amiable.core.plan.outcome import CONTACT_ITEMS, CONTACTS, TASK_ITEMS, TASKS, WITHHELD
from amiable.core.policy.model import Policy
from tests.core.oracle import plan_by_hand
from tests.core.worlds import books, policies

SHAPES = {
    "contacts": CONTACTS,
    "contact_items": CONTACT_ITEMS,
    "tasks": TASKS,
    "task_items": TASK_ITEMS,
    "withheld": WITHHELD,
}


@given(book=books, policy=policies)
@settings(max_examples=80, deadline=None)
def test_the_planner_and_its_oracle_agree_on_every_row(book: Book, policy: Policy) -> None:
    plan = make_plan(book, policy)
    expected = plan_by_hand(book, policy)

    for name, shape in SHAPES.items():
        frame = getattr(plan, name)
        assert frame.schema == shape
        assert frame.to_dicts() == expected[name], name
