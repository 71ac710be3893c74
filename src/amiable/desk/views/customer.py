"""Everything about one customer on one page."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.timeline import FAMILIES, Entry, timeline
from amiable.desk.views.today import banners
from amiable.desk.words import VERY_LATE_DAYS, lateness
from amiable.ledger.queries import customer_header, open_items
from amiable.ledger.queries.desk import customer_for, history, settled_items
from amiable.organisation.access import Act
from amiable.outreach.queries.desk import messages_without_touch, touches_with
from amiable.planning.queries import explain, policy_in_force
from amiable.planning.queries.worklist import tasks_about

if TYPE_CHECKING:
    from amiable.ledger.models import Customer

A_WHILE, EVERYTHING = 40, 1000  # entries of each kind in the timeline
SETTLED = 12


@admit(Act.SEE_CUSTOMERS)
def customer(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a customer: where we stand, what comes next and why, and all that happened."""
    found = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    family = request.GET.get("show", "")
    family = family if family in FAMILIES else ""
    entries = _entries(request, found, family)
    facts = {
        "customer": found,
        "entries": entries,
        "families": FAMILIES.items(),
        "family": family,
        "everything": "all" in request.GET,
    }
    if request.htmx:
        return render(request, "desk/customer.html#timeline", facts)
    header = customer_header(found, as_of=request.day)
    held = {hold.item_id: hold for hold in reversed(header.holds) if hold.item_id}
    _version, policy = policy_in_force(request.creditor)
    titles = {scenario.name: scenario.titles for scenario in policy.scenarios}.get(found.scenario, {})
    facts |= {
        "header": header,
        "balances": header.balances,
        "items": [
            (item, held.get(item.item_id), lateness(item.due_on, request.day))
            for item in open_items(found, as_of=request.day)
        ],
        "settled": settled_items(found, limit=SETTLED),
        "whole_holds": [hold for hold in header.holds if hold.item_id is None],
        "sentences": explain(found, as_of=request.day),
        "waiting": [entry for entry in entries if entry.waiting_touch],
        "scenario_title": titles.get(get_language() or "en", found.scenario),
        "very_late_days": VERY_LATE_DAYS,
        "banners": banners(request),
    }
    return render(request, "desk/customer.html", facts)


def _entries(request: DeskRequest, found: "Customer", family: str) -> list[Entry]:
    limit = EVERYTHING if "all" in request.GET or family else A_WHILE
    entries = timeline(
        history=history(found, limit=limit),
        touches=touches_with(found, limit=limit),
        messages=messages_without_touch(found, limit=limit),
        tasks=tasks_about(found, limit=limit),
        time_zone=request.creditor.time_zone,
    )
    if family:
        return [entry for entry in entries if entry.family == family]
    return entries if "all" in request.GET else entries[:A_WHILE]
