"""What goes out, when, to whom, and why; what was withheld, and why?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit
from amiable.desk.forms import chosen_numbers
from amiable.desk.outbox import LABELS, lines
from amiable.desk.views.actions import done
from amiable.desk.views.today import banners
from amiable.desk.words import REASONS, reason
from amiable.organisation.access import Act
from amiable.outreach.operations import NotWaiting, hold_message, release_message
from amiable.outreach.queries import GROUPS, OutboxFilter, next_departure, outbox_counts, outbox_rows
from amiable.outreach.queries.amounts import amounts_told
from amiable.outreach.queries.desk import messages_of_day, troubled_messages
from amiable.outreach.queries.outbox import messages_among
from amiable.planning.queries.outbox import WithheldStep, planned_days_around, withheld_steps
from amiable.planning.queries.worklist import withheld_reasons
from amiable.ui import formats

SHOWN: dict[str, str | Promise] = {
    "waiting": gettext_lazy("To go out"),
    "withheld": gettext_lazy("Withheld"),
    "needs_you": gettext_lazy("Needs you"),
    "sent": gettext_lazy("Sent"),
    "all": gettext_lazy("All"),
}
AT_MOST = 200  # messages that need a person: more than anybody decides in a day


@dataclass(frozen=True)
class Asked:
    """What the address asks for; whatever it does not understand is not asked for."""

    show: str
    day: date  # whose withheld steps are shown
    reason: str
    search: str
    status: str
    number: int

    @classmethod
    def of(cls, query: QueryDict, *, today: date) -> Asked:
        """Read an address."""
        show, number, status = query.get("show", ""), query.get("page", "1"), query.get("status", "")
        return cls(
            show=show if show in SHOWN else "waiting",
            day=_day(query.get("day", ""), today),
            reason=query.get("reason", "") if query.get("reason") in REASONS else "",
            search=query.get("q", "").strip()[:100],
            status=status if status in LABELS else "",
            number=int(number) if number.isdecimal() and len(number) < 9 else 1,
        )


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


@admit(Act.SEE_OUTBOX)
def outbox(request: DeskRequest) -> HttpResponse:
    """Show one part of the outbox. A known number of statements for each part."""
    asked = Asked.of(request.GET, today=request.day)
    facts = {"asked": asked, "show": asked.show, "tab_url": reverse("desk:outbox")}
    facts |= _withheld(request, asked) if asked.show == "withheld" else _messages(request, asked)
    if request.htmx:
        return render(request, "desk/outbox.html#rows", facts)
    facts |= {
        "counts": _counts(request),
        "shown": SHOWN.items(),
        "statuses": [(status, LABELS[status]) for group in GROUPS.values() for status in group],
        "departure": _departure(request),
        "banners": banners(request),
    }
    return render(request, "desk/outbox.html", facts)


def _departure(request: DeskRequest) -> str:
    """Say when the next message may leave; empty where none waits. One statement."""
    first = next_departure(request.creditor, now=request.now)
    if first is None or first <= request.now:
        return _("from now on") if first else ""
    zone = request.creditor.time_zone
    day = first.astimezone(ZoneInfo(zone)).date()
    return _("%(day)s at %(time)s") % {"day": formats.distance(day, request.day), "time": formats.clock(first, zone)}


def _messages(request: DeskRequest, asked: Asked) -> dict[str, Any]:
    """Return the messages of a part: waiting, sent, all, or those that a person must look at."""
    member, creditor = request.user, request.creditor
    if asked.show == "needs_you":
        messages = troubled_messages(member, creditor=creditor, now=request.now, limit=AT_MOST)
        return {"lines": _lines(request, messages)}
    group = asked.show if asked.show in GROUPS else ""
    wanted = OutboxFilter(group=group, status=asked.status if not group else "", search=asked.search)
    page = outbox_rows(member, creditor=creditor, asked=wanted, number=asked.number)
    return {"page": page, "lines": _lines(request, page.rows)}


def _withheld(request: DeskRequest, asked: Asked) -> dict[str, Any]:
    """Return what the plan of a day kept back, and which of its messages the gate did."""
    member, creditor = request.user, request.creditor
    stopped = outbox_rows(member, creditor=creditor, asked=OutboxFilter(day=asked.day, status="withheld"))
    page = withheld_steps(
        member, creditor=creditor, day=asked.day, reason=asked.reason, search=asked.search, number=asked.number
    )
    before, after = planned_days_around(creditor, day=asked.day)
    why = withheld_reasons(creditor, day=asked.day)
    return {
        "page": page,
        "withheld": _together(page.rows),
        "lines": _lines(request, stopped.rows),
        "reasons": [(row.reason, reason(row.reason), row.items) for row in why],
        "day_before": before,
        "day_after": after,
    }


def _together(steps: Sequence[WithheldStep]) -> list[list[WithheldStep]]:
    """Put together what follows one another about one customer for one reason: it is read as one thing."""
    return [list(same) for _key, same in groupby(steps, key=lambda step: (step.customer.pk, step.sentence))]


def _lines(request: DeskRequest, messages: Any) -> list:
    amounts = amounts_told([message.pk for message in messages])
    zone = request.creditor.time_zone
    return lines(messages, amounts, today=request.day, now=request.now, zone=zone)


def _counts(request: DeskRequest) -> dict[str, int]:
    """Return how much each part holds; what was withheld is today's. Four statements."""
    member, creditor = request.user, request.creditor
    statuses = outbox_counts(member, creditor=creditor, asked=OutboxFilter())
    today = messages_of_day(creditor, day=request.day)
    steps = sum(row.items for row in withheld_reasons(creditor, day=request.day))
    return {
        "waiting": sum(statuses.get(status, 0) for status in GROUPS["waiting"]),
        "held": statuses.get("held", 0),
        "ready": statuses.get("ready", 0),
        "withheld": steps + today.get("withheld", 0),
        "needs_you": len(troubled_messages(member, creditor=creditor, now=request.now, limit=AT_MOST)),
        "sent": statuses.get("sent", 0),
        "sent_today": today.get("sent", 0),
        "all": sum(statuses.values()),
    }


@require_POST
@admit(Act.RELEASE_OUTBOX)
def outbox_hold(request: DeskRequest) -> HttpResponse:
    """Keep the chosen messages until somebody releases them."""
    moved, late = _each(request, hold_message)
    told = ngettext("One message is held.", "%(n)s messages are held.", len(moved)) % {"n": len(moved)}
    return _done(request, told, moved=moved, late=late, undo="desk:outbox_release")


@require_POST
@admit(Act.RELEASE_OUTBOX)
def outbox_release(request: DeskRequest) -> HttpResponse:
    """Let the chosen messages leave after all."""
    moved, late = _each(request, release_message)
    told = ngettext("One message may leave.", "%(n)s messages may leave.", len(moved)) % {"n": len(moved)}
    return _done(request, told, moved=moved, late=late, undo="desk:outbox_hold")


def _each(request: DeskRequest, move: Any) -> tuple[list[int], list[str]]:
    """Move each chosen message; return the keys of those that moved, and why others could not."""
    asked = request.POST.getlist("chosen") or request.GET.get("chosen", "").split(",")
    moved, late = [], []
    for message in messages_among(chosen_numbers(asked), member=request.user, creditor=request.creditor):
        try:
            moved.append(move(message, by=request.user, now=request.now).pk)
        except NotWaiting as refusal:
            late.append(f"{message.customer}: {refusal}")
    return moved, late


def _done(request: DeskRequest, told: str, *, moved: list[int], late: list[str], undo: str) -> HttpResponse:
    """Say what was done, and with whom it was too late; one refusal alone is told in full."""
    if not moved:
        told = late[0] if late else _("Nothing was chosen.")
        return done(request, told, to=reverse("desk:outbox"))
    if late:
        refused = ngettext("One could not be changed any more.", "%(n)s could not be changed any more.", len(late))
        told += " " + refused % {"n": len(late)}
    undo_url = f"{reverse(undo)}?chosen={','.join(str(pk) for pk in moved)}"
    return done(request, told, to=reverse("desk:outbox"), undo=undo_url)
