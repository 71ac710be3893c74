"""How do our components look? One page with each of them, for whoever builds pages."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from amiable.desk.access import DeskRequest, admit
from amiable.ledger.queries import Page
from amiable.organisation.access import Act
from amiable.ui.toasts import toast


class SampleForm(forms.Form):
    """Every kind of field, one of them wrong."""

    name = forms.CharField(label=_("Name"))
    until = forms.DateField(label=_("Until"), required=False, help_text=_("Reminders go on after this day."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("dispute", _("Dispute")), ("promise", _("Promise to pay"))])
    text = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    copy = forms.BooleanField(label=_("Send me a copy"), required=False)


@admit(Act.MANAGE_SETTINGS, needs_creditor=False)
def gallery(request: DeskRequest) -> HttpResponse:
    """Show every component with invented facts."""
    names = ("Ateliers Duval", "Brückner Maschinenbau GmbH", "Café de la Place", "Larkspur & Sons Ltd")
    rows = [
        {
            "name": name,
            "code": f"C-{n:04}",
            "due_on": request.day + timedelta(days=(3, -12, 0, -75)[n]),
            "open_minor": (125000, 980050, 4210, 12345678)[n],
            "currency": "EUR",
            "aging": ((125000, 0, 0, 0, 0), (30, 98002, 0, 0, 0), (0, 4210, 0, 0, 0), (0, 1, 2345677, 0, 10**7))[n],
        }
        for n, name in enumerate(names)
    ]
    form = SampleForm(data={"until": "soon", "kind": "dispute", "text": "…", "name": "Duval"})
    if "toast" in request.GET:
        toast(request, str(_("The hold on invoice F-1023 was ended.")), undo="/gallery/")
    facts = {
        "rows": rows,
        "page": Page(rows=(), number=2, total=1234),
        "aging": (4210000, 1830000, 610000, 240000, 95000),
        "form": form,
        "trend": (2, 5, 3, 8, 12, 9, 14),
    }
    return render(request, "desk/gallery.html", facts)
