"""What happens to each item of a customer today, what comes next, and why, or why not?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from amiable.core.book import Book
from amiable.core.plan.ahead import steps_ahead
from amiable.core.plan.ladders import climb
from amiable.core.plan.make import make_plan
from amiable.core.plan.outcome import Plan
from amiable.core.policy.model import Policy
from amiable.ledger.models import Contact, Customer
from amiable.organisation.models import Creditor
from amiable.planning.frames import open_book
from amiable.planning.operations.deciding import touches_within_days
from amiable.planning.operations.policies import policy_in_force
from amiable.planning.queries.telling import day, money, scenario_title, why_not, why_now


def explain(customer: Customer, *, as_of: date) -> list[str]:
    """Tell in sentences, in the reader's language, the customer's scenario and what happens to each item that day.

    It is decided afresh from the facts as of the day, as planning would. Sentences about an item begin with its
    number; the last ones tell what comes next.
    """
    creditor = customer.creditor
    _version, policy = policy_in_force(creditor)
    book = open_book(creditor, as_of=as_of, customer_ids=[customer.pk], touches_within_days=touches_within_days(policy))
    if book.customers.is_empty():
        return [_("%(customer)s is archived: nothing is sent.") % {"customer": customer.name}]
    plan = make_plan(book, policy)
    ahead = steps_ahead(book, policy, plan)
    sentences = [_scenario(customer, book, policy), *_contacts(plan), *_tasks(plan)]
    for item in book.items.sort("due_on", "item_id").iter_rows(named=True):
        sentences += _about(item, plan, ahead, as_of)
    if book.items.is_empty():
        sentences.append(_("Nothing is open."))
    elif plan.contacts.is_empty() and plan.tasks.is_empty():
        sentences.append(_next(ahead))
    return sentences


def next_steps(creditor: Creditor, *, customer_ids: Sequence[int], as_of: date) -> dict[int, dict[str, Any]]:
    """Return the next step after the day for some customers: {customer_id: {"scenario", "step", "do", "level", "on"}}.

    The earliest over the customer's items; a customer with nothing ahead has no entry. A known number of statements,
    whatever the number of customers.
    """
    _version, policy = policy_in_force(creditor)
    book = open_book(
        creditor, as_of=as_of, customer_ids=list(customer_ids), touches_within_days=touches_within_days(policy)
    )
    ahead = steps_ahead(book, policy, make_plan(book, policy)).unique("customer_id", keep="first", maintain_order=True)
    return {row.pop("customer_id"): row for row in ahead.drop("item_id").to_dicts()}


def _scenario(customer: Customer, book: Book, policy: Policy) -> str:
    ladders = climb(book, policy)
    named = ladders.customers.join(ladders.names, on="ladder")["scenario"].to_list()
    facts = {"customer": customer.name, "scenario": scenario_title(policy, named[0]) if named else ""}
    if customer.scenario and named and customer.scenario == named[0]:
        return _("%(customer)s follows the scenario “%(scenario)s”, which a colleague chose.") % facts
    return _("%(customer)s follows the scenario “%(scenario)s”.") % facts


def _contacts(plan: Plan) -> list[str]:
    names = dict(Contact.objects.filter(id__in=plan.contacts["contact_id"].to_list()).values_list("id", "name"))
    return [
        _("Today a message goes to %(contact)s by %(channel)s: step “%(step)s”, level %(level)s.")
        % {**row, "contact": names[row["contact_id"]] or _("the contact without a name")}
        for row in plan.contacts.iter_rows(named=True)
    ]


def _tasks(plan: Plan) -> list[str]:
    patterns = {
        "call": _("Today a colleague is asked to call: step “%(step)s”, level %(level)s."),
        "review": _("Today a colleague is asked to look at this customer: step “%(step)s”, level %(level)s."),
        "find_contact": _("Nobody can be reached for the step “%(step)s”: a colleague is asked to find a contact."),
    }
    return [patterns[row["kind"]] % row for row in plan.tasks.iter_rows(named=True)]


def _about(item: dict[str, Any], plan: Plan, ahead: pl.DataFrame, as_of: date) -> list[str]:
    """Return one item's sentences: what happens to it, or why not, or what comes next."""
    facts = {**item, "age": (as_of - item["due_on"]).days}
    of_item = pl.col("item_id") == item["item_id"]
    told = [
        row
        for frame in (plan.contact_items, plan.task_items.drop("kind"))
        for row in frame.filter(of_item).iter_rows(named=True)
    ]
    said = [why_now({**facts, **row}) for row in told]
    for row in plan.withheld.filter(of_item).iter_rows(named=True):
        said.append(_("“%(step)s” is due and withheld. %(why)s") % {"step": row["step"], "why": why_not(row)})
    if not said:
        if item["open_minor"] == 0:
            said = [_("It was paid on %(day)s.") % {"day": day(item["paid_on"])}]
        elif item["pause"] and item["pause_until"] is None:
            said = [_("Reminders rest until the cause has ended.")]
        else:
            said = [_next(ahead.filter(of_item))]
    amount = money(item["open_minor"], item["currency"]) if item["open_minor"] else _("paid")
    head = _("%(number)s (%(amount)s, due %(due_on)s):") % {
        "number": item["number"],
        "amount": amount,
        "due_on": day(item["due_on"]),
    }
    return [f"{head} {sentence}" for sentence in said]


def _next(ahead: pl.DataFrame) -> str:
    if ahead.is_empty():
        return _("Nothing is due today, and no further step is planned.")
    row = ahead.sort("on").row(0, named=True)
    return _("Nothing is due today; next: “%(step)s” on %(day)s.") % {"step": row["step"], "day": day(row["on"])}
