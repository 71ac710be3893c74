"""What do our messages say, and would they be kind?"""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.core.policy.model import Tone
from amiable.core.tone import Finding, judge
from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.forms import chosen_numbers
from amiable.desk.kindness import told
from amiable.desk.letters import letter_response
from amiable.desk.words import TONES
from amiable.ledger.queries.desk import customer_for, customers_to_try
from amiable.organisation.access import Act
from amiable.organisation.queries import LANGUAGES
from amiable.outreach.compose.placeholders import PLACEHOLDERS
from amiable.outreach.compose.preview import preview
from amiable.outreach.compose.sandbox import TemplateFailed, TemplateFault
from amiable.outreach.operations.templates import TemplateRefused, publish_template
from amiable.outreach.queries.templates import TemplateMissing, template_history, template_in_force
from amiable.outreach.wordings import kind_of
from amiable.planning.queries import policy_in_force
from amiable.ui.toasts import toast

REFUSED = 422


class WordingForm(forms.Form):
    """A wording as a person edits it."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    tone = forms.ChoiceField(label=gettext_lazy("Tone"), choices=[(str(tone), TONES[tone]) for tone in Tone])
    body = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 20, "class": "letter-text"}),
        help_text=gettext_lazy("What stands between braces is filled in for each customer."),
    )


@admit(Act.SEE_STRATEGY)
def wording(request: DeskRequest, name: str, language: str) -> HttpResponse:
    """Show a wording, or an older version of it, with a real customer's facts filled in. Five statements."""
    facts = _facts(request, name, language)
    shown = {str(one.version): one for one in facts["history"]}.get(request.GET.get("version", ""), facts["standing"])
    facts["form"] = WordingForm(initial={"subject": shown.subject, "tone": shown.tone, "body": shown.body})
    facts["findings"] = told(_judged(request, name, language, vars(shown)))
    return render(request, "desk/wording.html", facts)


@require_POST
@admit(Act.EDIT_TEMPLATES)
def wording_save(request: DeskRequest, name: str, language: str) -> HttpResponse:
    """Ask the tone guard about a wording, and publish it when asked to; what was written stays in the form."""
    facts = _facts(request, name, language)
    facts["form"] = form = WordingForm(request.POST)
    if form.is_valid():
        try:
            if "publish" in request.POST:
                template = publish_template(
                    request.creditor,
                    by=request.user,
                    name=name,
                    language=language,
                    now=request.now,
                    in_policy=_is_used(request, name),
                    **form.cleaned_data,
                )
                words = _("Version %(n)d is in force for messages written from now on.")
                toast(request, words % {"n": template.version})
                return redirect("desk:wording", name, language)
            facts["findings"] = told(_judged(request, name, language, form.cleaned_data))
            facts["checked"] = True
        except TemplateRefused as refused:
            facts["findings"] = told(refused.findings)
        except TemplateFault as fault:
            form.add_error("body" if fault.line else "subject", str(fault))
        except TemplateFailed as fault:
            form.add_error("body", str(fault))
    bad = form.errors or any(finding["refused"] for finding in facts.get("findings", ()))
    return render(request, "desk/wording.html", facts, status=REFUSED if bad else 200)


def _facts(request: DeskRequest, name: str, language: str) -> dict[str, Any]:
    try:
        standing = template_in_force(request.creditor, name=name, language=language)
    except TemplateMissing as nothing:
        raise Http404 from nothing
    return {
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "language": language,
        "standing": standing,
        "history": template_history(request.creditor, name=name, language=language),
        "customers": customers_to_try(request.user, creditor=request.creditor, language=language),
        "placeholders": [(word, meaning) for word, (_kind, meaning) in PLACEHOLDERS.items()],
        "languages": LANGUAGES,
        "tab": "wordings",
    }


@require_POST
@admit(Act.SEE_STRATEGY)
def wording_preview(request: DeskRequest, language: str) -> HttpResponse:
    """Show in an iframe what the wording would say to a real customer."""
    chosen = chosen_numbers([request.POST.get("customer", "")])
    customer = customer_for(request.user, creditor=request.creditor, pk=chosen[0]) if chosen else None
    try:
        shown = preview(
            request.creditor,
            customer=found_or_404(customer),
            subject=request.POST.get("subject", ""),
            body=request.POST.get("body", ""),
            language=language,
            as_of=request.day,
            offers=("plan", "deferral", "question"),
        )
    except (TemplateFault, TemplateFailed) as fault:
        return render(request, "desk/preview_fault.html", {"fault": str(fault)})
    return letter_response(shown.page)


def _is_used(request: DeskRequest, name: str) -> bool:
    """Say whether a step of the policy uses the wording."""
    _version, policy = policy_in_force(request.creditor)
    return name in {step.template for scenario in policy.scenarios for step in scenario.steps}


def _judged(request: DeskRequest, name: str, language: str, words: dict[str, Any]) -> list[Finding]:
    kind = kind_of(name, in_policy=_is_used(request, name))
    return judge(words["body"], subject=words["subject"], language=language, tone=Tone(words["tone"]), kind=kind)
