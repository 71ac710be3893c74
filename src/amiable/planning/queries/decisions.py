"""What is the plan of a day, as JSON for programs and as lines for a terminal?

The shape is described in docs/reference/json.md; a change that could break a reader raises `VERSION`.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amiable.core.plan.outcome import Plan
from amiable.ledger.models import Contact, Customer, Item
from amiable.organisation.bulk import read_frame
from amiable.organisation.models import Creditor
from amiable.planning.operations.deciding import decide
from amiable.planning.queries.telling import day, money, why_not, why_now

VERSION = 1
_ITEMS = pl.Schema({"item_id": pl.Int64, "number": pl.String, "due_on": pl.Date, "paid_on": pl.Date})
_CUSTOMERS = pl.Schema({"customer_id": pl.Int64, "code": pl.String, "name": pl.String})
_CONTACTS = pl.Schema({"contact_id": pl.Int64, "name": pl.String, "role": pl.String})

Row = dict[str, Any]


def plan_json(creditor: Creditor, *, as_of: date) -> Row:
    """Return the plan of a day, decided now and not remembered, in the documented shape.

    Every due step stands exactly once: in an item of a contact or a task whose `step` is not null, or in `withheld`.
    """
    plan = decide(creditor, as_of=as_of)
    names = _Names(creditor, plan)
    return {
        "version": VERSION,
        "as_of": as_of.isoformat(),
        "creditor": creditor.slug,
        "contacts": [_contact(row, names) for row in plan.contacts.iter_rows(named=True)],
        "tasks": [_task(row, names) for row in plan.tasks.iter_rows(named=True)],
        "withheld": [_withheld(row, names) for row in names.withheld.iter_rows(named=True)],
    }


def plan_text(creditor: Creditor, *, as_of: date) -> Iterator[str]:
    """Yield the lines that tell a person what is planned: whom we contact, what we are asked to do, and what not."""
    plan = decide(creditor, as_of=as_of)
    names = _Names(creditor, plan)
    yield _("%(creditor)s, %(day)s") % {"creditor": creditor.name, "day": day(as_of)}
    counts = (
        ngettext("%(n)s contact", "%(n)s contacts", plan.contacts.height) % {"n": plan.contacts.height},
        ngettext("%(n)s task", "%(n)s tasks", plan.tasks.height) % {"n": plan.tasks.height},
        ngettext("%(n)s step withheld", "%(n)s steps withheld", plan.withheld.height) % {"n": plan.withheld.height},
    )
    yield ", ".join(counts)
    for row in plan.contacts.iter_rows(named=True):
        contact = names.contact(row["contact_id"])
        facts = {**row, "customer": names.customer(row["customer_id"])["name"], "contact": contact["name"]}
        yield ""
        yield _("%(customer)s: %(channel)s to %(contact)s, “%(step)s”") % facts
        yield from _item_lines(names.told[row["customer_id"]])
    for row in plan.tasks.iter_rows(named=True):
        yield ""
        yield _("%(customer)s: task %(kind)s, “%(step)s”") % {
            **row,
            "customer": names.customer(row["customer_id"])["name"],
        }
        yield from _item_lines(names.asked[row["customer_id"], row["kind"]])
    if plan.withheld.height:
        yield ""
        yield _("Withheld")
    for row in names.withheld.iter_rows(named=True):
        facts = {**row, "customer": names.customer(row["customer_id"])["name"], "why": why_not(row)}
        yield _("%(customer)s, %(number)s, “%(step)s”: %(why)s") % facts


class _Names:
    """The customers, contacts and items of a plan by what people call them. Three statements."""

    def __init__(self, creditor: Creditor, plan: Plan) -> None:
        customers = Customer.objects.filter(creditor=creditor).values_list("id", "code", "name")
        contacts = Contact.objects.filter(customer__creditor=creditor).values_list("id", "name", "role")
        items = Item.objects.filter(creditor=creditor, kind="invoice").values_list(
            "id", "number", "due_on", "settled_on"
        )
        self._items = read_frame(items, schema=_ITEMS)
        concerned = pl.concat(
            [frame.select("customer_id") for frame in (plan.contacts, plan.tasks, plan.withheld)]
        ).unique()
        known = read_frame(customers, schema=_CUSTOMERS).join(concerned, on="customer_id", how="semi")
        self._customers = {row["customer_id"]: row for row in known.iter_rows(named=True)}
        reached = read_frame(contacts, schema=_CONTACTS).join(plan.contacts, on="contact_id", how="semi")
        self._contacts = {row["contact_id"]: row for row in reached.iter_rows(named=True)}
        self.withheld = self._named(plan.withheld)
        self.told: dict[int, list[Row]] = defaultdict(list)
        self.asked: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in self._aged(plan.contact_items, plan.as_of):
            self.told[row["customer_id"]].append(row)
        for row in self._aged(plan.task_items, plan.as_of):
            self.asked[row["customer_id"], row["kind"]].append(row)

    def customer(self, customer_id: int) -> Row:
        return self._customers[customer_id]

    def contact(self, contact_id: int) -> Row:
        return self._contacts[contact_id]

    def _named(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.join(self._items, on="item_id", how="left", maintain_order="left")

    def _aged(self, rows: pl.DataFrame, as_of: date) -> Iterator[Row]:
        age = (pl.lit(as_of) - pl.col("due_on")).dt.total_days()
        return self._named(rows).with_columns(age=age).iter_rows(named=True)


def _customer(row: Row, names: _Names) -> Row:
    customer = names.customer(row["customer_id"])
    return {"code": customer["code"], "name": customer["name"]}


def _contact(row: Row, names: _Names) -> Row:
    contact = names.contact(row["contact_id"])
    return {
        "customer": _customer(row, names),
        "contact": {"name": contact["name"], "role": contact["role"]},
        **{name: row[name] for name in ("channel", "language", "scenario", "step", "tone", "level")},
        "items": [_item(item) for item in names.told[row["customer_id"]]],
    }


def _task(row: Row, names: _Names) -> Row:
    return {
        "customer": _customer(row, names),
        **{name: row[name] for name in ("kind", "scenario", "step", "level", "assign_to", "deadline_days")},
        "items": [_item(item) for item in names.asked[row["customer_id"], row["kind"]]],
    }


def _item(row: Row) -> Row:
    return {
        "number": row["number"],
        "due_on": row["due_on"].isoformat(),
        **{name: row[name] for name in ("currency", "open_minor", "step", "level")},
        "reason": why_now(row),
    }


def _withheld(row: Row, names: _Names) -> Row:
    on = row["fact_on"]
    return {
        "customer": _customer(row, names),
        "number": row["number"],
        "due_on": row["due_on"].isoformat(),
        **{name: row[name] for name in ("currency", "open_minor", "scenario", "step", "level")},
        "reason": {
            "code": row["reason"],
            "sentence": why_not(row),
            "facts": {"on": on.isoformat() if on else None, "minor": row["fact_minor"], "count": row["fact_count"]},
        },
    }


def _item_lines(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        amount = money(row["open_minor"], row["currency"])
        yield f"  {row['number']}, {amount}: {why_now(row)}"
