"""What can be done about a customer? Log a contact, write a note, hold and release, say that we answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.forms import DayField, chosen_numbers, explain
from amiable.desk.views.actions import done, show_form
from amiable.ledger.operations import AlreadyEnded, HoldTooShort, add_note, end_hold, set_hold
from amiable.ledger.queries import open_items
from amiable.ledger.queries.desk import CHANNELS, HOLD_KINDS, contact_of, customer_for, hold_of, items_of, people_of
from amiable.organisation.access import Act, may
from amiable.organisation.operations import BadFact
from amiable.outreach.operations import NothingSaid, NothingToAnswer, OnlyTheirsWaits, answer_touch, log_touch
from amiable.outreach.queries.desk import touch_of
from amiable.planning.operations.tasks import TaskClosed, close_task
from amiable.planning.queries.worklist import task_for
from amiable.ui import formats

if TYPE_CHECKING:
    from amiable.ledger.models import Customer, Hold

DIRECTIONS = [("out", gettext_lazy("We contacted them")), ("in", gettext_lazy("They contacted us"))]


class CallForm(forms.Form):
    """A contact that took place."""

    channel = forms.ChoiceField(label=gettext_lazy("How"), choices=CHANNELS, initial="phone")
    direction = forms.ChoiceField(label=gettext_lazy("Who began"), choices=DIRECTIONS)
    contact = forms.ChoiceField(label=gettext_lazy("With whom"), required=False)
    promised_for = DayField(
        label=gettext_lazy("They promised to pay by"),
        required=False,
        help_text=gettext_lazy("Reminders about what is late stop until the day after."),
    )
    summary = forms.CharField(label=gettext_lazy("What came out of it"), max_length=300)
    text = forms.CharField(label=gettext_lazy("Details"), widget=forms.Textarea, required=False)
    needs_answer = forms.BooleanField(
        label=gettext_lazy("They wait for our answer; no reminder goes out until then"), required=False
    )

    def __init__(self, *args: object, people: list[tuple[str, str]], may_hold: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].choices = [("", _("Nobody in particular")), *people]
        self.fields["summary"].widget.attrs |= {"autofocus": True, "data-wide": True}
        if not may_hold:
            del self.fields["promised_for"]


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"autofocus": True}))


class HoldForm(forms.Form):
    """A stop on reminders."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Which invoices"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None chosen: the whole customer."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Why"), choices=HOLD_KINDS, initial="hold")
    held_until = DayField(
        label=gettext_lazy("Reminders may go on from"),
        required=False,
        help_text=gettext_lazy("Empty: until somebody ends it."),
    )
    reason = forms.CharField(
        label=gettext_lazy("In a few words"), max_length=300, widget=forms.TextInput(attrs={"data-wide": True})
    )


@admit(Act.LOG_CONTACT)
def call(request: DeskRequest, pk: int) -> HttpResponse:
    """Log a contact; one that came from a task closes it, and a promise stops reminders about what is late."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    people = [(str(person.pk), f"{person} · {person.get_role_display()}") for person in people_of(customer)]
    first = {"contact": people[0][0] if people else ""}
    may_hold = may(request.user, Act.HOLD)
    form = CallForm(request.POST or None, initial=first, people=people, may_hold=may_hold)
    page = reverse("desk:customer", args=[pk])
    if form.is_valid():
        try:
            _log(request, customer, form.cleaned_data)
            return done(request, _("The contact with %(name)s is logged.") % {"name": customer.name}, to=page)
        except (NothingSaid, OnlyTheirsWaits, HoldTooShort, TaskClosed) as refusal:
            explain(form, refusal)
    return show_form(
        request,
        form,
        title=_("Log a contact"),
        subject=customer.name,
        submit=_("Log it"),
        back=page,
        hidden=[("task", task)] if (task := request.POST.get("task") or request.GET.get("task")) else [],
    )


@transaction.atomic
def _log(request: DeskRequest, customer: Customer, facts: dict) -> None:
    contact = contact_of(customer, pk=int(facts["contact"])) if facts["contact"] else None
    said = {name: facts[name] for name in ("channel", "direction", "summary", "text", "needs_answer")}
    log_touch(customer, by=request.user, at=request.now, on=request.day, contact=contact, **said)
    for number in chosen_numbers([request.POST.get("task", "")]):
        if (task := task_for(request.user, creditor=request.creditor, pk=number)) and task.customer_id == customer.pk:
            close_task(task, by=request.user, outcome=facts["summary"], now=request.now)
    if promised_for := facts.get("promised_for"):
        late = [item.item_id for item in open_items(customer, as_of=request.day) if item.age_days > 0]
        for item in items_of(customer, late):
            until = promised_for + timedelta(days=1)
            facts_of_hold = {"kind": "promise", "reason": facts["summary"], "held_until": until, "item": item}
            set_hold(customer, by=request.user, held_from=request.day, **facts_of_hold)


@admit(Act.WRITE_NOTES)
def note(request: DeskRequest, pk: int) -> HttpResponse:
    """Write a note."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    form = NoteForm(request.POST or None)
    page = reverse("desk:customer", args=[pk])
    if form.is_valid():
        add_note(customer, by=request.user, text=form.cleaned_data["text"], at=request.now)
        return done(request, _("The note about %(name)s is kept.") % {"name": customer.name}, to=page)
    return show_form(
        request, form, title=_("Write a note"), subject=customer.name, submit=_("Keep the note"), back=page
    )


@admit(Act.HOLD)
def hold(request: DeskRequest, pk: int) -> HttpResponse:
    """Stop reminders for some items or for the whole customer."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    form = HoldForm(request.POST or None, initial={"items": request.GET.getlist("item")})
    form.fields["items"].choices = [
        (str(item.item_id), f"{item.number} · {formats.money(item.open_minor, item.currency)}")
        for item in open_items(customer, as_of=request.day)
        if item.kind == "invoice"
    ]
    page = reverse("desk:customer", args=[pk])
    if form.is_valid():
        try:
            holds = _hold(request, customer, form.cleaned_data)
            undo = reverse("desk:customer_hold_end", args=[pk, holds[0].pk]) if len(holds) == 1 else ""
            told = _("Reminders stop for %(what)s.") % {
                "what": ", ".join(str(one.item) for one in holds if one.item_id) or customer.name
            }
            return done(request, told, to=page, undo=undo)
        except (HoldTooShort, BadFact) as refusal:
            explain(form, refusal)
    return show_form(request, form, title=_("Stop reminders"), subject=customer.name, submit=_("Hold"), back=page)


@transaction.atomic
def _hold(request: DeskRequest, customer: Customer, facts: dict) -> list[Hold]:
    items = items_of(customer, chosen_numbers(facts.pop("items"))) or [None]
    return [set_hold(customer, by=request.user, held_from=request.day, item=item, **facts) for item in items]


@require_POST
@admit(Act.HOLD)
def hold_end(request: DeskRequest, pk: int, hold_pk: int) -> HttpResponse:
    """Let reminders go on."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    standing = found_or_404(hold_of(customer, pk=hold_pk))
    page = reverse("desk:customer", args=[pk])
    try:
        end_hold(standing, by=request.user, on=request.day)
    except AlreadyEnded as refusal:
        return done(request, str(refusal), to=page)
    what = str(standing.item) if standing.item_id else customer.name
    return done(request, _("Reminders may go on for %(what)s.") % {"what": what}, to=page)


@require_POST
@admit(Act.LOG_CONTACT)
def answered(request: DeskRequest, pk: int, touch_pk: int) -> HttpResponse:
    """Say that a message of theirs has been answered."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    touch = found_or_404(touch_of(customer, pk=touch_pk))
    page = reverse("desk:customer", args=[pk])
    try:
        answer_touch(touch, by=request.user, on=request.day)
    except NothingToAnswer as refusal:
        return done(request, str(refusal), to=page)
    return done(request, _("%(name)s has our answer; reminders may go on.") % {"name": customer.name}, to=page)
