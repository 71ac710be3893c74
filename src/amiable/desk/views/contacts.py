"""Who can be reached at the customer, and how?"""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.forms import explain
from amiable.desk.views.actions import done, show_form
from amiable.ledger.addresses import BadAddress
from amiable.ledger.operations import add_contact, change_contact, mark_reach
from amiable.ledger.queries.desk import ROLES, contact_of, customer_for
from amiable.organisation.access import Act
from amiable.organisation.operations import BadFact

CHANNELS = {"email": gettext_lazy("E-mail"), "phone": gettext_lazy("Phone")}


class ContactForm(forms.Form):
    """A person at the customer."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    salutation = forms.CharField(
        label=gettext_lazy("Form of address"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("As they wish to be addressed: Mme, Dr…"),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=32, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("The customer's")), *settings.LANGUAGES],
    )
    rank = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        min_value=0,
        max_value=99,
        initial=0,
        help_text=gettext_lazy("The lowest is asked first."),
    )


class KnownContactForm(ContactForm):
    """A person we know already, who may have left or may not want to be contacted somewhere."""

    unwanted = forms.MultipleChoiceField(
        label=gettext_lazy("Does not wish to be contacted by"),
        choices=list(CHANNELS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    left = forms.BooleanField(label=gettext_lazy("Has left the company"), required=False)


@admit(Act.EDIT_CUSTOMERS)
def contact_new(request: DeskRequest, pk: int) -> HttpResponse:
    """Add a person."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    form = ContactForm(request.POST or None)
    page = reverse("desk:customer", args=[pk])
    if form.is_valid():
        facts = dict(form.cleaned_data)
        addresses = {channel: value for channel in CHANNELS if (value := facts.pop(channel))}
        try:
            add_contact(customer, by=request.user, addresses=addresses, **facts)
            return done(request, _("%(name)s is now a contact.") % {"name": facts["name"]}, to=page)
        except (BadAddress, BadFact) as refusal:
            _explain(form, refusal)
    return show_form(request, form, title=_("Add a contact"), subject=customer.name, submit=_("Add"), back=page)


@admit(Act.EDIT_CUSTOMERS)
def contact_edit(request: DeskRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Change what we know of a person."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    contact = found_or_404(contact_of(customer, pk=contact_pk))
    form = KnownContactForm(request.POST or None, initial=_known(contact))
    page = reverse("desk:customer", args=[pk])
    if form.is_valid():
        facts = dict(form.cleaned_data)
        addresses = {channel: facts.pop(channel) for channel in CHANNELS}
        unwanted = facts.pop("unwanted")
        left_on = (contact.left_on or request.day) if facts.pop("left") else None
        try:
            change_contact(contact, by=request.user, addresses=addresses, left_on=left_on, **facts)
            _wishes(request, contact_of(customer, pk=contact_pk), unwanted)
            return done(request, _("%(name)s is up to date.") % {"name": facts["name"]}, to=page)
        except (BadAddress, BadFact) as refusal:
            _explain(form, refusal)
    return show_form(request, form, title=_("Change the contact"), subject=customer.name, submit=_("Save"), back=page)


def _known(contact: Any) -> dict[str, Any]:
    addresses = list(contact.addresses.all())
    facts = {name: getattr(contact, name) for name in ("name", "salutation", "role", "language", "rank")}
    return facts | {
        **{address.channel: address.value for address in addresses if address.channel in CHANNELS},
        "unwanted": [address.channel for address in addresses if address.reach == "refused"],
        "left": contact.left_on is not None,
    }


def _wishes(request: DeskRequest, contact: Any, unwanted: list[str]) -> None:
    """Keep the person's wishes about channels; one that bounced stays so until its address changes."""
    for address in contact.addresses.all():
        refused = address.channel in unwanted
        if refused != (address.reach == "refused") and (refused or address.reach == "refused"):
            note = _("Asked %(member)s") % {"member": request.user} if refused else ""
            mark_reach(address, reach="refused" if refused else "ok", note=note, on=request.day, by=request.user)


def _explain(form: forms.Form, refusal: Exception) -> None:
    channel = getattr(refusal, "channel", "")
    if channel in form.fields:
        form.add_error(channel, str(refusal))
    else:
        explain(form, refusal)
