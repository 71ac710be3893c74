"""Who are we, may we send, where do customers pay?"""

from typing import Any
from zoneinfo import available_timezones

from babel.numbers import is_currency
from django import forms
from django.conf import settings as installation
from django.core.mail import EmailMessage, get_connection
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit
from amiable.desk.views.actions import done, show_form
from amiable.organisation.access import Act
from amiable.organisation.identifiers import BadIdentifier
from amiable.organisation.operations import BadFact, change_creditor, record_test_mail, set_bank_account, set_sending
from amiable.organisation.queries import LANGUAGES, bank_accounts
from amiable.planning.sending import why_nothing_leaves

IDENTIFIERS = {"SIREN": "siren", "VAT number": "vat_number"}  # what a refusal calls it → the field
CONTINENTS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
NOTHING_LEFT = (OSError, ValueError)  # smtplib's errors are OSErrors; a bad address is a ValueError


def time_zones() -> list[tuple[str, str]]:
    """Return the time zones that carry a place's name, such as Europe/Paris."""
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if zone.startswith(CONTINENTS)]


class CreditorForm(forms.Form):
    """What customers see of us."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("As customers know you."))
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=160, required=False)
    siren = forms.CharField(label=gettext_lazy("SIREN"), max_length=20, required=False)
    vat_number = forms.CharField(label=gettext_lazy("VAT number"), max_length=24, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=32, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones)
    brand_colour = forms.CharField(label=gettext_lazy("Colour in messages"), widget=forms.TextInput({"type": "color"}))


class SenderForm(forms.Form):
    """In whose name messages go out."""

    sender_name = forms.CharField(label=gettext_lazy("Sender's name"), max_length=120)
    sender_email = forms.EmailField(label=gettext_lazy("Sender's e-mail address"))
    reply_to = forms.EmailField(
        label=gettext_lazy("Answers go to"), required=False, help_text=gettext_lazy("Empty: to the sender's address.")
    )


class BankAccountForm(forms.Form):
    """Where customers pay to in one currency."""

    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, min_length=3)
    holder = forms.CharField(label=gettext_lazy("Account holder"), max_length=120, required=False)
    iban = forms.CharField(label="IBAN", max_length=42)
    bic = forms.CharField(label="BIC", max_length=11, required=False)
    bank_name = forms.CharField(label=gettext_lazy("Bank"), max_length=80, required=False)

    def clean_currency(self) -> str:
        code = self.cleaned_data["currency"].upper()
        if not is_currency(code):
            raise forms.ValidationError(_("“%(code)s” is not a currency, such as EUR.") % {"code": code})
        return code


class TestMailForm(forms.Form):
    """Where to send a test."""

    to = forms.EmailField(label=gettext_lazy("To"))


def _facts(thing: object, form: type[forms.Form]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in form.base_fields}


@admit(Act.MANAGE_SETTINGS)
def settings(request: DeskRequest) -> HttpResponse:
    """Show the creditor, its sending and its bank accounts."""
    facts = {
        "accounts": bank_accounts(request.creditor),
        "held_back": why_nothing_leaves(request.creditor),
        "mail_connected": installation.MAIL_CONNECTED,
        "tab": "creditor",
    }
    return render(request, "desk/settings.html", facts)


def _change(request: DeskRequest, form_class: type[forms.Form], *, title: str) -> HttpResponse:
    form = form_class(request.POST or None, initial=_facts(request.creditor, form_class))
    if form.is_valid():
        try:
            change_creditor(request.creditor, by=request.user, **form.cleaned_data)
            return done(request, _("Saved."), to=reverse("desk:settings"))
        except (BadFact, BadIdentifier) as refusal:
            field = getattr(refusal, "field", None) or IDENTIFIERS.get(getattr(refusal, "kind", ""))
            form.add_error(field if field in form.fields else None, str(refusal))
    return show_form(request, form, title=title, submit=_("Save"), back=reverse("desk:settings"))


@admit(Act.MANAGE_SETTINGS)
def settings_creditor(request: DeskRequest) -> HttpResponse:
    """Change what customers see of us."""
    return _change(request, CreditorForm, title=_("Who we are to customers"))


@admit(Act.MANAGE_SETTINGS)
def settings_sender(request: DeskRequest) -> HttpResponse:
    """Change in whose name messages go out."""
    return _change(request, SenderForm, title=_("Sender of messages"))


@require_POST
@admit(Act.MANAGE_SETTINGS)
def settings_sending(request: DeskRequest) -> HttpResponse:
    """Switch sending on, or go back to safe mode at once."""
    sending = request.POST.get("sending") == "on"
    set_sending(request.creditor, sending=sending, by=request.user)
    told = _("Messages go out from now on.") if sending else _("Safe mode: nothing goes out any more.")
    return done(request, told, to=reverse("desk:settings"))


@admit(Act.MANAGE_SETTINGS)
def settings_test_mail(request: DeskRequest) -> HttpResponse:
    """Send one message to ourselves, to see that the mail server takes it; it works in safe mode, too."""
    form = TestMailForm(request.POST or None, initial={"to": request.user.email})
    if form.is_valid():
        creditor = request.creditor
        mail = EmailMessage(
            subject=_("A test from Amiable"),
            body=_("If you can read this, %(name)s can send messages.") % {"name": creditor.name},
            from_email=creditor.sender_email or None,
            to=[form.cleaned_data["to"]],
            connection=get_connection(),
        )
        try:
            mail.send()
        except NOTHING_LEFT as error:
            form.add_error(None, _("The mail server did not take it: %(words)s") % {"words": error})
        else:
            record_test_mail(creditor, by=request.user, to=form.cleaned_data["to"])
            return done(request, _("Sent. Look into the mailbox."), to=reverse("desk:settings"))
    return show_form(request, form, title=_("Send a test message"), submit=_("Send"), back=reverse("desk:settings"))


@admit(Act.MANAGE_SETTINGS)
def settings_bank_account(request: DeskRequest) -> HttpResponse:
    """Set the account for one currency; messages written from now on name it."""
    chosen = next((a for a in bank_accounts(request.creditor) if str(a.pk) == request.GET.get("account")), None)
    form = BankAccountForm(
        request.POST or None,
        initial=_facts(chosen, BankAccountForm) if chosen else {"currency": request.creditor.currency},
    )
    if form.is_valid():
        try:
            set_bank_account(request.creditor, by=request.user, **form.cleaned_data)
            return done(
                request, _("Saved. Messages written from now on name this account."), to=reverse("desk:settings")
            )
        except (BadFact, BadIdentifier) as refusal:
            form.add_error("iban" if isinstance(refusal, BadIdentifier) else None, str(refusal))
    return show_form(request, form, title=_("Where customers pay to"), submit=_("Save"), back=reverse("desk:settings"))
