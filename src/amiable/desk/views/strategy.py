"""How do we speak with whom? Scenarios, the contact policy, and every version of their text."""

from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from amiable.core.policy.errors import PolicyErrors
from amiable.core.policy.model import Anchor, Condition, Do, Scenario, Step
from amiable.core.policy.text import read_policy
from amiable.desk.access import DeskRequest, admit
from amiable.desk.words import COLLEAGUES, OFFERS, RISKS, TONES
from amiable.organisation.access import Act
from amiable.outreach.queries.templates import templates_in_force
from amiable.planning.operations import WordingsMissing, publish_policy
from amiable.planning.queries import policy_history, policy_in_force
from amiable.ui.toasts import toast

ICONS = {Do.MESSAGE: "mail", Do.CALL: "phone", Do.REVIEW: "users-round"}
LATE_FROM_DAY = 1
REFUSED = 422


class PolicyForm(forms.Form):
    """The policy's text as a person edits it."""

    text = forms.CharField(
        label=gettext_lazy("The policy"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "class": "code", "spellcheck": "false", "wrap": "off"}),
    )
    note = forms.CharField(label=gettext_lazy("What changed, in a few words"), max_length=200, required=False)


@dataclass(frozen=True)
class StepShown:
    """One step of a scenario as the timeline shows it."""

    step: Step
    title: str
    when: str
    icon: str
    tone: str
    phase: str  # before | on | late | paid: decides the colour
    facts: list[str]
    wording: str  # the name of the wording to open; empty for what people do


@admit(Act.SEE_STRATEGY)
def strategy(request: DeskRequest) -> HttpResponse:
    """Show every scenario as a timeline, and the contact policy. Four statements."""
    version, policy = policy_in_force(request.creditor)
    facts = {
        "version": version,
        "contact": policy.contact,
        "minimums": [(code, _amount(value)) for code, value in policy.contact.minimum_balance.items()],
        "scenarios": [_scenario(scenario) for scenario in policy.scenarios],
        "wordings": _wordings(request),
        "history": policy_history(request.creditor),
        "tab": "scenarios",
    }
    return render(request, "desk/strategy.html", facts)


@admit(Act.EDIT_POLICY)
def policy_edit(request: DeskRequest) -> HttpResponse:
    """Check a policy's text, and publish it when asked to; errors are told line by line, and nothing is lost."""
    version, _policy = policy_in_force(request.creditor)
    older = {str(one.version): one for one in policy_history(request.creditor)}
    shown = older.get(request.GET.get("version", ""), version)
    form = PolicyForm(request.POST or None, initial={"text": shown.text})
    facts: dict[str, Any] = {"form": form, "version": version, "shown": shown, "tab": "policy"}
    if not form.is_bound:
        facts["scenarios"] = _read_already(shown.text)
    if form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        try:
            policy = read_policy(text)
            if "publish" in request.POST:
                published = publish_policy(
                    request.creditor, by=request.user, text=text, note=form.cleaned_data["note"], now=request.now
                )
                toast(request, _("Version %(n)d is in force.") % {"n": published.version})
                return redirect("desk:strategy")
            facts |= {"checked": True, "scenarios": [_scenario(scenario) for scenario in policy.scenarios]}
        except PolicyErrors as refused:
            facts["errors"] = [(error.line, error.text(_)) for error in refused.errors]
        except WordingsMissing as refused:
            facts["errors"] = [("", str(refused))]
    page = "desk/policy.html#result" if request.htmx else "desk/policy.html"
    return render(request, page, facts, status=REFUSED if facts.get("errors") else 200)


def _read_already(text: str) -> list[dict[str, Any]]:
    """Return the scenarios of a text that was published once; an old one may no longer be understood."""
    try:
        return [_scenario(scenario) for scenario in read_policy(text).scenarios]
    except PolicyErrors:
        return []


def _wordings(request: DeskRequest) -> dict[str, list]:
    found: dict[str, list] = {}
    for (name, _language), wording in sorted(templates_in_force(request.creditor).items()):
        found.setdefault(name, []).append(wording)
    return found


def _scenario(scenario: Scenario) -> dict[str, Any]:
    language = (get_language() or "en")[:2]
    return {
        "name": scenario.name,
        "title": scenario.titles.get(language) or scenario.titles.get("en") or scenario.name,
        "for": condition_words(scenario.when) or [_("Everybody who fits no other scenario")],
        "steps": [_step(step) for step in scenario.steps if step.anchor is Anchor.DUE],
        "after_payment": [_step(step) for step in scenario.steps if step.anchor is Anchor.PAID],
    }


def _step(step: Step) -> StepShown:
    facts = condition_words(step.when)
    if step.offers:
        facts.append(_("Offers: %(offers)s") % {"offers": ", ".join(str(OFFERS[offer]) for offer in step.offers)})
    if step.copy_to:
        facts.append(_("Copy to the %(colleague)s") % {"colleague": COLLEAGUES[step.copy_to]})
    if step.do is not Do.MESSAGE:
        days = ngettext("within %(n)d working day", "within %(n)d working days", step.deadline_days)
        facts.append(f"{COLLEAGUES[step.assign_to]}, {days % {'n': step.deadline_days}}")
    if step.only_if_reminded:
        facts.append(_("Only where we had reminded them"))
    return StepShown(
        step=step,
        title=step.name.replace("-", " ").capitalize(),
        when=day_words(step),
        icon="heart" if step.anchor is Anchor.PAID else ICONS[step.do],
        tone=str(TONES[step.tone]) if step.do is Do.MESSAGE else "",
        phase=_phase(step),
        facts=facts,
        wording=step.template if step.do is Do.MESSAGE else "",
    )


def _phase(step: Step) -> str:
    if step.anchor is Anchor.PAID:
        return "paid"
    return "late" if step.day >= LATE_FROM_DAY else "before" if step.day < 0 else "on"


def day_words(step: Step) -> str:
    """Say on which day a step comes: "7 days before", "On the due date", "3 days late", "1 day after payment"."""
    if step.anchor is Anchor.PAID:
        words = ngettext("%(n)d day after payment", "%(n)d days after payment", step.day)
    elif step.day == 0:
        return _("On the due date")
    elif step.day < 0:
        words = ngettext("%(n)d day before", "%(n)d days before", -step.day)
    else:
        words = ngettext("%(n)d day late", "%(n)d days late", step.day)
    return words % {"n": abs(step.day)}


def condition_words(when: Condition) -> list[str]:
    """Say in words whom a condition is for; empty: for everybody."""
    words = []
    for label, values in (
        (_("Segment: %(values)s"), when.segments),
        (_("Country: %(values)s"), when.countries),
        (_("Language: %(values)s"), when.languages),
        (_("Risk: %(values)s"), tuple(str(RISKS[risk]) for risk in when.risks)),
    ):
        if values:
            words.append(label % {"values": ", ".join(values)})
    if when.balance_at_least is not None:
        words.append(_("Owes %(amount)s or more") % {"amount": _amount(when.balance_at_least)})
    if when.balance_below is not None:
        words.append(_("Owes less than %(amount)s") % {"amount": _amount(when.balance_below)})
    if when.tenure_days_at_least is not None:
        words.append(_("Customer for %(n)d days or more") % {"n": when.tenure_days_at_least})
    if when.tenure_days_below is not None:
        words.append(_("Customer for less than %(n)d days") % {"n": when.tenure_days_below})
    return words


def _amount(value: Any) -> str:
    return format_decimal(value, locale=(get_language() or "en")[:2])
