"""What will this customer read, why, and what may still be done about it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.core.policy.model import Tone
from amiable.core.tone import Kind, judge
from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.kindness import told
from amiable.desk.letters import letter_response
from amiable.desk.outbox import LABELS, STATES, past_of, step_title, when_words, why
from amiable.desk.views.actions import REFUSED, done, show_form
from amiable.organisation.access import Act
from amiable.organisation.queries import audit_about
from amiable.outreach.compose.by_hand import page_by_hand
from amiable.outreach.compose.design import for_preview
from amiable.outreach.operations import (
    NothingWritten,
    NotWaiting,
    Unkind,
    cancel_message,
    edit_message,
    resolve_unclear,
)
from amiable.outreach.queries import message_for
from amiable.planning.gate import refusal_of
from amiable.planning.queries import policy_in_force
from amiable.planning.queries.outbox import told_items
from amiable.planning.queries.telling import scenario_title
from amiable.planning.sending import NothingLeaves, SendingRefused, send_now, why_nothing_leaves
from amiable.ui.toasts import toast

if TYPE_CHECKING:
    from amiable.outreach.models import Message

WAITING = ("ready", "held")
MAY_LEAVE = (*WAITING, "withheld")


class EditForm(forms.Form):
    """A message in a person's own words."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "class": "letter-text"}),
        help_text=gettext_lazy("An empty line begins a new paragraph. Addresses and links become links by themselves."),
    )


class CancelForm(forms.Form):
    """Why a message never leaves."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
        help_text=gettext_lazy("For colleagues; may stay empty."),
    )


class SendForm(forms.Form):
    """A person lets a message leave at once."""

    override = forms.BooleanField(label=gettext_lazy("Send it all the same"), required=False)


def _message(request: DeskRequest, pk: int) -> Message:
    return found_or_404(message_for(request.user, creditor=request.creditor, pk=pk))


@admit(Act.SEE_OUTBOX)
def message(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a message: what it says, to whom, when, about what and why, and its past."""
    found = _message(request, pk)
    _version, policy = policy_in_force(request.creditor)
    refusal = refusal_of(found, as_of=request.day, now=request.now) if found.status in MAY_LEAVE else None
    facts = {
        "message": found,
        "label": LABELS[found.status],
        "state": STATES[found.status][0],
        "icon": STATES[found.status][1],
        "step": step_title(found),
        "scenario": scenario_title(policy, found.scenario) if found.scenario else "",
        "when": when_words(found, today=request.day, now=request.now, zone=request.creditor.time_zone),
        "why": why(found),
        "items": told_items(found),
        "past": past_of(found, audit_about(f"message:{found.pk}", customer_id=found.customer_id)),
        "refusal": refusal,
        "nothing_leaves": why_nothing_leaves(request.creditor) if found.status in MAY_LEAVE else "",
        "is_waiting": found.status in WAITING,
        "may_leave": found.status in MAY_LEAVE and not (refusal and not refusal.may_be_overridden),
    }
    return render(request, "desk/message.html", facts)


@admit(Act.SEE_OUTBOX)
def message_letter(request: DeskRequest, pk: int) -> HttpResponse:
    """Answer with the mail itself, for an iframe."""
    return letter_response(for_preview(_message(request, pk).html))


@admit(Act.SEND)
def message_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Put a person's words in place of ours, with the tone guard and the result in view."""
    found = _message(request, pk)
    form = EditForm(request.POST or None, initial={"subject": found.subject, "text": found.text})
    facts = {"message": found, "form": form, "findings": [], "checked": False}
    words = {"subject": found.subject, "text": found.text}
    if form.is_valid():
        words = {"subject": form.cleaned_data["subject"], "text": form.cleaned_data["text"].replace("\r\n", "\n")}
        facts["checked"] = True
        if "save" in request.POST:
            try:
                edit_message(found, by=request.user, now=request.now, **words)
                toast(request, _("The message to %(name)s says it in your words now.") % {"name": found.contact})
                return redirect("desk:message", pk)
            except (NothingWritten, NotWaiting) as refusal:
                form.add_error(None, str(refusal))
            except Unkind as refusal:
                form.add_error(None, str(refusal))
    tone = Tone(found.tone or Tone.FRIENDLY)
    facts["findings"] = told(
        judge(words["text"], subject=words["subject"], language=found.language, tone=tone, kind=Kind.WRITTEN)
    )
    return render(request, "desk/message_edit.html", facts, status=REFUSED if form.errors else 200)


@require_POST
@admit(Act.SEND)
def message_preview(request: DeskRequest, pk: int) -> HttpResponse:
    """Show in an iframe how the words being written would reach the customer."""
    found = _message(request, pk)
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    subject = " ".join(request.POST.get("subject", "").split())
    page = page_by_hand(found.creditor, text, subject=subject, language=found.language, before=found.html)
    return letter_response(for_preview(page))


@admit(Act.SEND)
def message_send(request: DeskRequest, pk: int) -> HttpResponse:
    """Let a message leave at once; what stands against it is said first, and may be set aside where that is soft."""
    found = _message(request, pk)
    form = SendForm(request.POST if request.method == "POST" else None)
    refusal = refusal_of(found, as_of=request.day, now=request.now)
    if not (refusal and refusal.may_be_overridden):
        del form.fields["override"]
    if form.is_valid():
        try:
            override = form.cleaned_data.get("override", False)
            sent = send_now(found, by=request.user, now=request.now, worker="desk", override=override)
            return done(request, _became(sent), to=reverse("desk:message", args=[pk]))
        except (NothingLeaves, SendingRefused, NotWaiting) as refused:
            form.add_error(None, str(refused))
    intro = refusal.sentence if refusal else _("It leaves at once. A mail that has left cannot be called back.")
    return show_form(
        request,
        form,
        title=_("Send it now"),
        subject=f"{found.contact} · {found.address}",
        submit=_("Send"),
        back=reverse("desk:message", args=[pk]),
        intro=intro,
    )


def _became(sent: Message) -> str:
    if sent.status == "sent":
        return _("The message to %(name)s is on its way.") % {"name": sent.contact}
    return _("The message to %(name)s: %(status)s") % {"name": sent.contact, "status": sent.get_status_display()}


@admit(Act.RELEASE_OUTBOX)
def message_cancel(request: DeskRequest, pk: int) -> HttpResponse:
    """Decide that a message never leaves; asks first, since that cannot be undone."""
    found = _message(request, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            cancel_message(found, by=request.user, now=request.now, **form.cleaned_data)
            told_so = _("The message to %(name)s does not leave.") % {"name": found.contact}
            return done(request, told_so, to=reverse("desk:message", args=[pk]))
        except NotWaiting as refusal:
            form.add_error(None, str(refusal))
    return show_form(
        request,
        form,
        title=_("Cancel the message"),
        subject=f"{found.contact} · {found.subject}",
        submit=_("Cancel the message"),
        back=reverse("desk:message", args=[pk]),
        intro=_("It never leaves. The next plan may write anew if there is still a reason to."),
    )


@require_POST
@admit(Act.SEND)
def message_resolve(request: DeskRequest, pk: int) -> HttpResponse:
    """Say whether a message left whose answer got lost."""
    found = _message(request, pk)
    was_sent = request.POST.get("sent") == "yes"
    try:
        resolve_unclear(found, by=request.user, was_sent=was_sent, now=request.now)
        told_so = _("It counts as sent.") if was_sent else _("It did not leave, and is ready again.")
    except NotWaiting as refusal:
        told_so = str(refusal)
    return done(request, told_so, to=reverse("desk:message", args=[pk]))
