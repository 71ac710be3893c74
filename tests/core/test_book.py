"""What may a decision look at?"""

from dataclasses import replace

import polars as pl
import pytest

from amiable.core.book import FRAMES, Book, BookError
from tests.core import make


def test_a_book_may_be_empty() -> None:
    book = Book(as_of=make.DAY)

    assert all(getattr(book, name).is_empty() for name in FRAMES)


@pytest.mark.parametrize("name", sorted(FRAMES))
def test_a_frame_of_another_shape_is_refused_by_name(name: str) -> None:
    with pytest.raises(BookError, match=name):
        Book(as_of=make.DAY, **{name: pl.DataFrame({"surprise": [1]})})


def test_nothing_can_be_open_below_zero() -> None:
    overpaid = replace(make.invoice(due="today"), open_minor=-1)

    with pytest.raises(BookError, match="negative"):
        make.book(overpaid)


def test_an_item_stands_once() -> None:
    one = make.invoice(due="today")

    with pytest.raises(BookError, match="twice"):
        make.book(one, one)


def test_a_part_of_the_book_holds_all_about_its_customers_and_nothing_about_others() -> None:
    ours, theirs = make.customer(), make.customer()
    late = make.invoice(due="9 days ago", customer=ours, reminded={"first": "2 days ago"})
    other = make.invoice(due="9 days ago", customer=theirs, reminded={"first": "2 days ago"})
    whole = make.book(
        late,
        other,
        touches=[(ours, "out", "2 days ago"), (theirs, "out", "2 days ago")],
        credit=[(theirs, "1.00", "EUR")],
        open_tasks=[(theirs, "call")],
    )

    part = whole.only(pl.Series([ours.customer_id]))

    assert part.items["item_id"].to_list() == [late.item_id]
    assert part.steps_done["item_id"].to_list() == [late.item_id]
    heights = {name: getattr(part, name).height for name in ("customers", "routes", "touches", "credits", "open_tasks")}
    assert heights == {"customers": 1, "routes": 1, "touches": 1, "credits": 0, "open_tasks": 0}
