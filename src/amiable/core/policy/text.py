"""How does a readable text become a policy, and a policy a text?

`read_policy` finds everything that is wrong, not only the first thing. `write_policy` gives the canonical text, and
reading that gives the same policy back.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

from amiable.core.policy import words
from amiable.core.policy.check import check_policy
from amiable.core.policy.errors import WRITE, PolicyErrors
from amiable.core.policy.model import Anchor, Condition, ContactPolicy, Do, Policy, Scenario, Step
from amiable.core.policy.nodes import Node, Section, Word, read_nodes
from amiable.core.policy.settings import (
    CONDITION,
    CONTACT,
    CONTACT_KEYS,
    FOR,
    MEANINGLESS,
    POLICY_KEYS,
    SCENARIO_KEYS,
    STEP,
    STEP_KEYS,
    TITLE,
    Report,
    Setting,
    complain,
    read_one,
)
from amiable.core.policy.words import near, write_day
from amiable.core.policy.writing import scalar
from amiable.core.sentence import Sentence, gettext_noop

_UNKNOWN = {
    "policy": gettext_noop("'%(key)s' is not a part of a policy."),
    "contact": gettext_noop("'%(key)s' is not a setting of the contact policy."),
    "scenario": gettext_noop("'%(key)s' is not a setting of a scenario."),
    "step": gettext_noop("'%(key)s' is not a setting of a step."),
    "condition": gettext_noop("'%(key)s' is not a condition."),
}
_SETTINGS_EXPECTED = gettext_noop("Settings with a name each belong here.")
_MISSING = gettext_noop("'%(key)s' is missing here.")
_TWICE = gettext_noop("'%(key)s' is set twice.")
_NO_SCENARIO = gettext_noop("The policy has no scenario.")
_NO_STEP = gettext_noop("Scenario '%(name)s' has no step.")
_MEANS_NOTHING = {
    Do.MESSAGE: gettext_noop("'%(key)s' means nothing for a message."),
    Do.CALL: gettext_noop("'%(key)s' means nothing for a call."),
    Do.REVIEW: gettext_noop("'%(key)s' means nothing for a review."),
}
_LEAVE_OUT = gettext_noop("Leave it out.")
_A_SCENARIO_EXAMPLE = "courteous: {title: Everybody, steps: {reminder: {day: 3 days after due date, do: message}}}"
_EXAMPLES = {
    "title": "title: {en: Key accounts, fr: Grands comptes}",
    "steps": "steps: {reminder: {day: 3 days after due date, do: message, tone: gentle}}",
    "day": "day: 3 days after due date",
    "do": "do: message",
    "tone": "tone: gentle",
    "contact": "contact: {channels: [email]}",
    "scenarios": f"scenarios: {{{_A_SCENARIO_EXAMPLE}}}",
}

Settings = dict[str, tuple[Word, Node]]  # by the normal spelling of the key


@lru_cache(maxsize=64)  # the same few texts are read again for every page and every shard
def read_policy(text: str) -> Policy:
    """Read a policy from its text. Raise `PolicyErrors` with every error that the text holds."""
    top, errors = read_nodes(text)
    report = errors.append
    settings = _settings(top, POLICY_KEYS, "policy", report)
    _require(settings, POLICY_KEYS, top, report)
    contact = ContactPolicy()
    if "contact" in settings:
        contact = _read_contact(settings["contact"][1], report)
    scenarios: list[tuple[Word, Scenario, dict[str, Word]]] = []
    if "scenarios" in settings:
        for name, node in _named(settings["scenarios"][1], _NO_SCENARIO, report):
            scenarios.append((name, *_read_scenario(name, node, report)))
    policy = Policy(contact, tuple(scenario for _, scenario, _ in scenarios))
    check_policy(policy, [(name, steps) for name, _, steps in scenarios], top, report)
    if errors:
        raise PolicyErrors(errors)
    return policy


def _settings(node: Node, known: tuple[str, ...], place: str, report: Report) -> Settings:
    """Return a section's settings; one that is unknown or stands twice is reported and left out."""
    if not isinstance(node, Section):
        complain(report, node, _SETTINGS_EXPECTED)
        return {}
    settings: Settings = {}
    for key, value in node.settings:
        name = " ".join(key.text.casefold().replace("_", " ").replace("-", " ").split())
        if name not in known:
            complain(report, key, _UNKNOWN[place], near(name, known), key=key.text)
        elif name in settings:
            complain(report, key, _TWICE, Sentence(_LEAVE_OUT), key=key.text)
        else:
            settings[name] = (key, value)
    return settings


def _require(settings: Settings, needed: tuple[str, ...], at: Node, report: Report) -> None:
    if not isinstance(at, Section):
        return  # that no settings stand here has been reported
    for key in needed:
        if key not in settings:
            complain(report, at, _MISSING, Sentence(WRITE, {"example": _EXAMPLES[key]}), key=key)


def _named(node: Node, nothing: str, report: Report, **params: object) -> Iterator[tuple[Word, Node]]:
    """Give the scenarios or steps of a section by their names."""
    if not isinstance(node, Section) or not node.settings:
        complain(report, node, nothing, Sentence(WRITE, {"example": _A_SCENARIO_EXAMPLE}), **params)
        return
    for name, value in node.settings:
        read_one(name, report, words.read_name)
        yield name, value


def _values(settings: Settings, table: tuple[Setting, ...], report: Report) -> dict[str, Any]:
    """Return the values that could be read, by the field of the model."""
    values = {}
    for setting in table:
        if setting.key in settings:
            value = setting.read(settings[setting.key][1], report)
            if value is not None:
                values[setting.field] = value
    return values


def _read_contact(node: Node, report: Report) -> ContactPolicy:
    values = _values(_settings(node, CONTACT_KEYS, "contact", report), CONTACT, report)
    if "hours" in values:
        values["hours_from"], values["hours_until"] = values.pop("hours")
    if "bank_data_max_age_days" in values:
        (values["bank_data_max_age_days"],) = values["bank_data_max_age_days"]
    return ContactPolicy(**values)


def _read_condition(settings: Settings, report: Report) -> Condition:
    if FOR not in settings:
        return Condition()
    node = settings[FOR][1]
    known = tuple(setting.key for setting in CONDITION)
    return Condition(**_values(_settings(node, known, "condition", report), CONDITION, report))


def _read_scenario(name: Word, node: Node, report: Report) -> tuple[Scenario, dict[str, Word]]:
    """Return a scenario and, for messages about its steps, where each of them stands."""
    settings = _settings(node, SCENARIO_KEYS, "scenario", report)
    _require(settings, ("title", "steps"), node, report)
    places: dict[str, Word] = {}
    steps: list[Step] = []
    if "steps" in settings:
        for step_name, step_node in _named(settings["steps"][1], _NO_STEP, report, name=name.text):
            places[step_name.text] = step_name
            if step := _read_step(step_name, step_node, report):
                steps.append(step)
    titles = TITLE.read(settings["title"][1], report) if "title" in settings else None
    steps.sort(key=lambda step: (list(Anchor).index(step.anchor), step.day))
    return Scenario(name.text, titles or {}, tuple(steps), _read_condition(settings, report)), places


def _read_step(name: Word, node: Node, report: Report) -> Step | None:
    """Return a step, or None where it cannot even be said when it comes or what it does."""
    settings = _settings(node, STEP_KEYS, "step", report)
    _require(settings, ("day", "do"), node, report)
    values = _values(settings, STEP, report)
    when = _read_condition(settings, report)
    if "day" not in values or "do" not in values:
        return None
    anchor, day = values.pop("day")
    do = values["do"]
    if do is Do.MESSAGE:
        _require(settings, ("tone",), node, report)
    for key in sorted(MEANINGLESS[do] & settings.keys()):
        complain(report, settings[key][0], _MEANS_NOTHING[do], Sentence(_LEAVE_OUT), key=key)
    step = Step(name=name.text, day=day, anchor=anchor, when=when, **values)
    return replace(step, template=step.template or step.name)


def write_policy(policy: Policy) -> str:
    """Return the canonical text of a policy."""
    lines = ["contact:"]
    contact = policy.contact
    for setting in CONTACT:
        hours = (contact.hours_from, contact.hours_until)
        value = hours if setting.field == "hours" else getattr(contact, setting.field)
        lines.append(f"  {setting.key}: {setting.write(value)}")
    lines += ["", "scenarios:"]
    for scenario in policy.scenarios:
        lines += [f"  {_key(scenario.name)}:", f"    title: {TITLE.write(scenario.titles)}"]
        lines += _condition_lines(scenario.when, indent=4)
        lines.append("    steps:")
        for step in scenario.steps:
            lines += _step_lines(step)
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _key(name: str) -> str:
    return scalar(name)


def _condition_lines(when: Condition, *, indent: int) -> list[str]:
    given = [setting for setting in CONDITION if getattr(when, setting.field) not in ((), None)]
    if not given:
        return []
    lines = [f"{' ' * indent}{FOR}:"]
    return lines + [
        f"{' ' * (indent + 2)}{setting.key}: {setting.write(getattr(when, setting.field))}" for setting in given
    ]


def _step_lines(step: Step) -> list[str]:
    """Return a step's lines: what it must have, and what differs from the default."""
    defaults = {field.name: field.default for field in fields(Step)} | {"template": step.name}
    always = {"day", "do", "tone"}
    lines = [f"      {_key(step.name)}:"]
    for setting in STEP:
        value = getattr(step, setting.field)
        if setting.key in MEANINGLESS[step.do] or (setting.field not in always and value == defaults[setting.field]):
            continue
        written = write_day(step.anchor, step.day) if setting.field == "day" else setting.write(value)
        lines.append(f"        {setting.key}: {written}")
    return lines + _condition_lines(step.when, indent=8)
