"""How does a person write to a customer? From a wording, with the result in view, and through the same gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.letters import letter_response
from amiable.desk.views.actions import REFUSED, coming_from, done
from amiable.ledger.queries.desk import customer_for, people_with_email
from amiable.organisation.access import Act
from amiable.outreach.compose.preview import preview
from amiable.outreach.compose.sandbox import TemplateFailed, TemplateFault
from amiable.outreach.operations import Unkind, answer_touch
from amiable.outreach.operations.manual import AlreadyWritten, NoAddress, compose_manual
from amiable.outreach.queries.desk import waiting_touches
from amiable.outreach.queries.templates import templates_in_force
from amiable.planning.gate import Refusal, refusal_for_manual
from amiable.planning.queries import policy_in_force
from amiable.planning.sending import NothingLeaves, SendingRefused, send_now, why_nothing_leaves

if TYPE_CHECKING:
    from amiable.ledger.models import Contact, Customer

FIRST_WORDINGS = ("following-our-call", "statement", "reminder")


class EmailForm(forms.Form):
    """What a person writes."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 16, "class": "letter-text"}),
        help_text=gettext_lazy("What stands between braces is filled in; the preview shows how."),
    )
    override = forms.BooleanField(label=gettext_lazy("Send it all the same"), required=False)
    answers = forms.BooleanField(label=gettext_lazy("This answers their message"), required=False, initial=True)


@admit(Act.SEND)
def email(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the wording to begin with, then write the message and let it leave."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    people = people_with_email(customer)
    contact = _chosen(people, request.POST.get("contact") or request.GET.get("contact", ""))
    back = coming_from(request, reverse("desk:customer", args=[pk]))
    facts = {"customer": customer, "people": people, "contact": contact, "back": back}
    if contact is None:
        return render(request, "desk/email.html", facts)
    refusal = refusal_for_manual(customer, contact, "email", as_of=request.day, now=request.now)
    waiting = waiting_touches(customer)
    form, wordings, name = _form(request, customer, contact)
    if not (refusal and refusal.may_be_overridden):
        del form.fields["override"]
    if not waiting:
        del form.fields["answers"]
    if form.is_valid() and (gone := _send(request, customer, contact, form, refusal=refusal, waiting=waiting)):
        return gone
    facts |= {
        "form": form,
        "wordings": wordings,
        "wording": name,
        "refusal": refusal,
        "nothing_leaves": why_nothing_leaves(request.creditor),
    }
    page = "desk/email.html#letter" if request.htmx else "desk/email.html"
    return render(request, page, facts, status=REFUSED if form.is_bound else 200)


@require_POST
@admit(Act.SEND)
def email_preview(request: DeskRequest, pk: int) -> HttpResponse:
    """Show in an iframe what a wording would say to this customer."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    contact = found_or_404(_chosen(people_with_email(customer), request.POST.get("contact", "")))
    try:
        shown = preview(
            request.creditor,
            customer=customer,
            contact=contact,
            subject=request.POST.get("subject", ""),
            body=request.POST.get("body", ""),
            as_of=request.day,
        )
    except (TemplateFault, TemplateFailed) as fault:
        return render(request, "desk/preview_fault.html", {"fault": str(fault)})
    return letter_response(shown.page)


def _chosen(people: list[Contact], asked: str) -> Contact | None:
    """Return the person asked for, else the first one."""
    return next((person for person in people if str(person.pk) == asked), people[0] if people else None)


def _form(request: DeskRequest, customer: Customer, contact: Contact) -> tuple[EmailForm, list[tuple[str, str]], str]:
    """Return the form, the wordings in the contact's language, and the name of the one it begins with."""
    language = contact.language or customer.language
    known = {name: one for (name, spoken), one in templates_in_force(request.creditor).items() if spoken == language}
    wordings = sorted((name, name.replace("-", " ").capitalize()) for name in known)
    asked = (request.GET.get("wording", ""), *FIRST_WORDINGS, *known)
    name = next((one for one in asked if one in known), "")
    first = {"subject": known[name].subject, "body": known[name].body} if name else {}
    data = request.POST if request.method == "POST" else None
    return EmailForm(data, initial=first), wordings, name


def _send(
    request: DeskRequest,
    customer: Customer,
    contact: Contact,
    form: EmailForm,
    *,
    refusal: Refusal | None,
    waiting: list,
) -> HttpResponse | None:
    """Write the message and send it as the person decided; None where the form must say why not."""
    override = form.cleaned_data.get("override", False)
    leaves_now = "later" not in request.POST
    if leaves_now and refusal and not (override and refusal.may_be_overridden) and not form.cleaned_data.get("answers"):
        form.add_error(None, refusal.sentence)
        return None
    _version, policy = policy_in_force(request.creditor)
    try:
        with transaction.atomic():
            message = compose_manual(
                request.creditor,
                by=request.user,
                customer=customer,
                contact=contact,
                subject=form.cleaned_data["subject"],
                body=form.cleaned_data["body"],
                rules=policy.contact,
                as_of=request.day,
                now=request.now,
                template=request.POST.get("wording", "")[:60],
            )
            if form.cleaned_data.get("answers"):
                for touch in waiting:
                    answer_touch(touch, by=request.user, on=request.day)
    except Unkind as refused:
        for finding in refused.findings:
            form.add_error("body", f"“{finding.excerpt}” {finding.explanation.text(_)} {finding.suggestion}")
        return None
    except (TemplateFault, TemplateFailed, NoAddress, AlreadyWritten) as refused:
        form.add_error(None, str(refused))
        return None
    return done(
        request,
        _leave(request, message, contact, leaves_now, override),
        to=reverse("desk:customer", args=[customer.pk]),
    )


def _leave(request: DeskRequest, message, contact: Contact, leaves_now: bool, override: bool) -> str:
    """Send the message now where that is wanted and possible; return what became of it."""
    if not leaves_now:
        return _("The message to %(name)s waits in the outbox.") % {"name": contact}
    try:
        sent = send_now(message, by=request.user, now=request.now, worker="desk", override=override)
    except (NothingLeaves, SendingRefused) as refused:
        return _("The message waits in the outbox. %(why)s") % {"why": refused}
    if sent.status == "sent":
        return _("The message to %(name)s is on its way.") % {"name": contact}
    return _("The message to %(name)s: %(status)s") % {"name": contact, "status": sent.get_status_display()}
