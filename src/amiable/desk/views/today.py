"""What needs me now?"""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render

from amiable.desk.access import DeskRequest, admit
from amiable.desk.words import reason
from amiable.desk.worklist import KINDS, Work, worklist
from amiable.ledger.queries.desk import phones_of
from amiable.ledger.queries.overview import overview
from amiable.organisation.access import Act, may
from amiable.outreach.queries.desk import awaiting_answer, messages_of_day, troubled_messages
from amiable.planning.queries import policy_in_force
from amiable.planning.queries.worklist import open_task_counts, open_tasks, plan_of_day, withheld_reasons
from amiable.planning.sending import why_nothing_leaves

AT_MOST = 60  # lines of work at a time: nobody does more in a day
TASKS = ("call", "review", "find_contact")


@admit(Act.SEE_CUSTOMERS)
def today(request: DeskRequest) -> HttpResponse:
    """Show the worklist, what goes out by itself, and where the money stands. At most twelve statements of its own."""
    kind = request.GET.get("kind", "")
    mine = request.GET.get("who", "mine") == "mine"
    works = _works(request, kind=kind, mine=mine)
    facts = {
        "works": works,
        "kind": kind if kind in KINDS else "",
        "mine": mine,
        "counts": open_task_counts(request.user, creditor=request.creditor),
        "kinds": [(name, *KINDS[name][:2]) for name in TASKS],
        "banners": banners(request),
    }
    if request.htmx:
        return render(request, "desk/today.html#works", facts)
    if may(request.user, Act.SEE_ALL_CUSTOMERS):
        facts["books"] = overview(request.creditor, as_of=request.day)
    if may(request.user, Act.SEE_OUTBOX):
        facts |= _by_itself(request)
    return render(request, "desk/today.html", facts)


def banners(request: DeskRequest) -> dict:
    """Return what everybody should know before anything else: safe mode, and bank data that are too old."""
    creditor = request.creditor
    _version, policy = policy_in_force(creditor)
    longest = policy.contact.bank_data_max_age_days
    until = creditor.bank_data_until
    stale = longest is not None and (until is None or until < request.day - timedelta(days=longest))
    return {"nothing_leaves": why_nothing_leaves(creditor), "bank_stale": stale, "bank_until": until}


def _works(request: DeskRequest, *, kind: str, mine: bool) -> list[Work]:
    member, creditor = request.user, request.creditor
    everything = kind not in KINDS
    touches = awaiting_answer(member, creditor=creditor) if everything or kind == "reply" else []
    messages = troubled_messages(member, creditor=creditor, now=request.now) if everything else []
    tasks = open_tasks(member, creditor=creditor, kind="" if everything else kind, mine=mine, limit=AT_MOST)
    phones = phones_of({work.task.customer_id for work in tasks if work.task.kind == "call"})
    return worklist(touches=touches, messages=messages, tasks=tasks, phones=phones, today=request.day)


def _by_itself(request: DeskRequest) -> dict:
    """Return what goes out today without anybody, and what was withheld."""
    messages = messages_of_day(request.creditor, day=request.day)
    withheld = withheld_reasons(request.creditor, day=request.day)
    return {
        "plan": plan_of_day(request.creditor, day=request.day),
        "ready": messages.get("ready", 0) + messages.get("sending", 0),
        "held": messages.get("held", 0),
        "sent": messages.get("sent", 0),
        "withheld": [(reason(row.reason), row.reason, row.items, row.customers) for row in withheld],
        "withheld_items": sum(row.items for row in withheld),
    }
