"""Who is this customer to us: owner, segment, language, what matters to them?"""

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.forms import explain
from amiable.desk.views.actions import done, show_form
from amiable.ledger.operations import change_customer
from amiable.ledger.queries.desk import RISKS, customer_for
from amiable.organisation.access import Act
from amiable.organisation.operations import BadFact
from amiable.organisation.queries import colleagues
from amiable.planning.queries import policy_in_force

PLAIN = ("segment", "industry", "language", "risk", "terms", "scenario", "priorities")


class DetailsForm(forms.Form):
    """What people decide about a customer; names and ids come from the accounts."""

    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    salesperson = forms.ChoiceField(label=gettext_lazy("Salesperson"), required=False)
    segment = forms.CharField(label=gettext_lazy("Segment"), max_length=40, required=False)
    industry = forms.CharField(label=gettext_lazy("Industry"), max_length=80, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    risk = forms.ChoiceField(label=gettext_lazy("Risk of not paying"), choices=RISKS)
    terms = forms.CharField(label=gettext_lazy("Payment terms"), max_length=80, required=False)
    scenario = forms.ChoiceField(
        label=gettext_lazy("Scenario"), required=False, help_text=gettext_lazy("How we speak with them.")
    )
    priorities = forms.CharField(
        label=gettext_lazy("What matters to them"), widget=forms.Textarea, required=False, max_length=2000
    )


@admit(Act.EDIT_CUSTOMERS)
def details(request: DeskRequest, pk: int) -> HttpResponse:
    """Change what people decide about a customer."""
    customer = found_or_404(customer_for(request.user, creditor=request.creditor, pk=pk))
    members = {str(member.pk): member for member in colleagues()}
    _version, policy = policy_in_force(request.creditor)
    known = {name: getattr(customer, name) for name in PLAIN}
    known |= {"owner": customer.owner_id, "salesperson": customer.salesperson_id}
    form = DetailsForm(request.POST or None, initial=known)
    people = [("", _("Nobody")), *((key, str(member)) for key, member in members.items())]
    form.fields["owner"].choices = form.fields["salesperson"].choices = people
    form.fields["scenario"].choices = [
        ("", _("As the policy chooses")),
        *((one.name, one.titles.get(get_language() or "en", one.name)) for one in policy.scenarios),
    ]
    page = reverse("desk:customer", args=[pk])
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in PLAIN}
        facts |= {role: members.get(form.cleaned_data[role]) for role in ("owner", "salesperson")}
        try:
            change_customer(customer, by=request.user, **facts)
            return done(request, _("%(name)s is up to date.") % {"name": customer.name}, to=page)
        except BadFact as refusal:
            explain(form, refusal)
    return show_form(request, form, title=_("Change details"), subject=customer.name, submit=_("Save"), back=page)
