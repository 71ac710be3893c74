"""Do plan and aging come in the shape that docs/reference/json.md shows?"""

import json
import re
from pathlib import Path

import pytest

from tests.apps.make import Make
from tests.site.conftest import DAY

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md"
SHOWN_PLAN, SHOWN_AGING = (
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
)


@pytest.fixture
def company(amiable) -> Make:
    """A company with a message, a task and a withheld step on the story's day, and an item told along."""
    make = Make()
    reached, nowhere, disputing = make.customer(name="Reached"), make.customer(name="Nowhere"), make.customer()
    make.contact(reached, email="ap@reached.example")
    for customer in (reached, nowhere, disputing):
        make.invoice(customer, due="30 days ago")
    make.hold(disputing, item=make.invoice(disputing, due="20 days ago"), kind="dispute")
    make.invoice(reached, due="1 days ago")
    return make


def shape(value: object) -> object:
    """Return a value's keys and types, those of a list from its entries together."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def keys(value: object, path: str = "") -> set[str]:
    """Return every path of keys inside a value."""
    if isinstance(value, dict):
        return {path} | set().union(*(keys(inner, f"{path}.{key}") for key, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(keys(inner, f"{path}[]") for inner in value)) if value else set()
    return {path}


def written(amiable, command: str, file: Path) -> dict:
    assert amiable(command, "--as-of", DAY, "--json", file).exit_code == 0
    on_the_terminal = amiable(command, "--as-of", DAY, "--json", "-")
    content = json.loads(file.read_text(encoding="utf-8"))
    assert json.loads(on_the_terminal.stdout) == content
    return content


def test_a_plan_has_the_shape_that_is_documented(amiable, company, tmp_path):
    plan = written(amiable, "plan", tmp_path / "plan.json")
    assert plan["contacts"] and plan["tasks"] and plan["withheld"]
    assert keys(plan) == keys(SHOWN_PLAN)
    for part in ("contacts", "tasks"):
        assert shape(plan[part][0]) == shape(SHOWN_PLAN[part][0])
    assert (plan["version"], plan["as_of"]) == (1, DAY)


def test_every_due_step_stands_in_a_plan_once(amiable, company, tmp_path):
    plan = written(amiable, "plan", tmp_path / "plan.json")
    taken = [
        (item["number"], item["step"])
        for part in ("contacts", "tasks")
        for outcome in plan[part]
        for item in outcome["items"]
        if item["step"]
    ]
    due = taken + [(row["number"], row["step"]) for row in plan["withheld"]]
    assert len(due) == len(set(due)) > 0


def test_aging_has_the_shape_that_is_documented(amiable, company, tmp_path):
    aging = written(amiable, "aging", tmp_path / "aging.json")
    assert shape(aging) == shape(SHOWN_AGING)
    named = re.findall(r"`([^`]+)`", PAGE.read_text(encoding="utf-8").rpartition("One entry per")[2])
    assert {row["bucket"] for row in aging["aging"]} <= set(named)
