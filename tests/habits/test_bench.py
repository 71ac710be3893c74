"""Do the measurements still run? How fast anything is, is never a test."""

from types import ModuleType

import pytest
from bench import day, importing, pages, planning, sending
from bench.scratch import measure

TINY = (
    (importing, {"invoices": 60}),
    (planning, {"customers": 20, "items": 60}),
    (sending, {"messages": 20}),
    (day, {"items": 40}),
    (pages, {"items": 40, "times": 2}),
)


@pytest.mark.parametrize(("subject", "sizes"), TINY, ids=lambda value: getattr(value, "__name__", ""))
def test_every_subject_tells_its_figures(subject: ModuleType, sizes: dict[str, int]):
    assert sizes.keys() == subject.SIZES.keys()

    figures = measure(subject.__name__, list(subject.PARTS), sizes, "sqlite")

    assert all(figure.work and figure.measured for figure in figures)
    assert any(figure.target for figure in figures)
