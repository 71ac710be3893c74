"""Does a policy that can be read make sense?

Each check reports where the cause stands. A tone that becomes milder again within the same ladder is an error, not a
warning: a customer would read it as a change of mind, and "urgency rises slowly" would no longer be true.
"""

from collections.abc import Mapping
from collections.abc import Sequence as Several

from amiable.core.policy.errors import WRITE
from amiable.core.policy.model import Anchor, Condition, Do, Policy, Scenario, Step, Tone
from amiable.core.policy.nodes import Node, Word
from amiable.core.policy.settings import Report, complain
from amiable.core.policy.words import write_day
from amiable.core.sentence import Sentence, gettext_noop

_SAME_DAY = gettext_noop("Steps '%(first)s' and '%(second)s' are on the same day (%(day)s).")
_MILDER = gettext_noop("Step '%(second)s' is milder (%(mild)s) than '%(first)s' before it (%(serious)s).")
_NO_CHANNEL = gettext_noop("Step '%(name)s' is a message without a channel.")
_NOBODY = gettext_noop("Step '%(name)s' is addressed to nobody.")
_CHANNEL_OFF = gettext_noop("None of the channels of step '%(name)s' is among those of the contact policy.")
_ONLY_AFTER_PAYMENT = gettext_noop(
    "'only if reminded' is for steps after payment, but '%(name)s' counts from due date."
)
_LAST_NOT_FOR_ALL = gettext_noop("The last scenario, '%(name)s', must be for everybody who fits no other.")
_NOT_LAST = gettext_noop("Scenario '%(name)s' is for everybody, so the scenarios after it are never used.")
_NO_CUSTOMER = gettext_noop("No customer can fit: 'at least' is not below its upper end.")
_NO_CONTACT_CHANNEL = gettext_noop("The contact policy has no channel.")
_DELETE_FOR = gettext_noop("Delete its 'for:', or put a scenario without 'for:' at the end.")
_MOVE = gettext_noop("Give it a 'for:', or move it to the end.")
_OTHER_DAY = gettext_noop("Give one of them another day.")
_RAISE_TONE = gettext_noop("Make it '%(tone)s' or more serious, or change the order.")


def check_policy(policy: Policy, places: Several[tuple[Word, Mapping[str, Word]]], top: Node, report: Report) -> None:
    """Report what contradicts itself. `places` tells, in the order of the scenarios, where their names stand."""
    if not policy.contact.channels:
        complain(report, top, _NO_CONTACT_CHANNEL, Sentence(WRITE, {"example": "channels: [email]"}))
    for scenario, (place, steps) in zip(policy.scenarios, places, strict=True):
        _check_condition(scenario.when, place, report)
        for step in scenario.steps:
            _check_step(step, policy, steps[step.name], report)
        _check_days(scenario, steps, report)
        _check_tones(scenario, steps, report)
    for scenario, (place, _) in zip(policy.scenarios[:-1], places, strict=False):
        if scenario.when == Condition():
            complain(report, place, _NOT_LAST, Sentence(_MOVE), name=scenario.name)
    if policy.scenarios and policy.scenarios[-1].when != Condition():
        complain(report, places[-1][0], _LAST_NOT_FOR_ALL, Sentence(_DELETE_FOR), name=policy.scenarios[-1].name)


def _check_condition(when: Condition, at: Node, report: Report) -> None:
    spans = ((when.balance_at_least, when.balance_below), (when.tenure_days_at_least, when.tenure_days_below))
    if any(least is not None and below is not None and least >= below for least, below in spans):
        complain(report, at, _NO_CUSTOMER)


def _check_step(step: Step, policy: Policy, at: Node, report: Report) -> None:
    _check_condition(step.when, at, report)
    if step.do is Do.MESSAGE and not step.channels:
        complain(report, at, _NO_CHANNEL, Sentence(WRITE, {"example": "channels: [email]"}), name=step.name)
    elif step.do is Do.MESSAGE and policy.contact.channels and not set(step.channels) & set(policy.contact.channels):
        suggestion = Sentence(WRITE, {"example": f"channels: [{', '.join(policy.contact.channels)}]"})
        complain(report, at, _CHANNEL_OFF, suggestion, name=step.name)
    if step.do is not Do.REVIEW and not step.to:
        complain(report, at, _NOBODY, Sentence(WRITE, {"example": "to: [accounts payable, finance]"}), name=step.name)
    if step.only_if_reminded and step.anchor is not Anchor.PAID:
        suggestion = Sentence(WRITE, {"example": "day: 1 day after payment"})
        complain(report, at, _ONLY_AFTER_PAYMENT, suggestion, name=step.name)


def _check_days(scenario: Scenario, places: Mapping[str, Word], report: Report) -> None:
    first: dict[tuple[Anchor, int], Step] = {}
    for step in scenario.steps:
        earlier = first.setdefault((step.anchor, step.day), step)
        if earlier is not step:
            params = {"first": earlier.name, "second": step.name, "day": write_day(step.anchor, step.day)}
            complain(report, places[step.name], _SAME_DAY, Sentence(_OTHER_DAY), **params)


def _check_tones(scenario: Scenario, places: Mapping[str, Word], report: Report) -> None:
    """Compare each message after the due date with those that reach the same customers before it.

    Steps for different customers do not follow each other in anybody's eyes, so they may differ.
    """
    seriousness = list(Tone)
    messages = [step for step in scenario.steps if step.do is Do.MESSAGE and step.anchor is Anchor.DUE and step.day > 0]
    for position, step in enumerate(messages):
        before = [other for other in messages[:position] if other.when in (Condition(), step.when)]
        if not before:
            continue
        hardest = max(before, key=lambda other: seriousness.index(other.tone))
        if seriousness.index(hardest.tone) > seriousness.index(step.tone):
            params = {"first": hardest.name, "second": step.name, "mild": step.tone, "serious": hardest.tone}
            suggestion = Sentence(_RAISE_TONE, {"tone": hardest.tone})
            complain(report, places[step.name], _MILDER, suggestion, **params)
