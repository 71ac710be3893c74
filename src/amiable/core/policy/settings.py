"""Which settings does each part of a policy have, and how is each read and written?

The tables here are the one list of settings. The reader, the writer, the suggestions and the check that every
setting is documented all go by them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from amiable.core.policy import words
from amiable.core.policy.errors import PolicyError
from amiable.core.policy.model import CHANNELS, COLLEAGUES, OFFERS, RISKS, ROLES, Cap, Do, Tone
from amiable.core.policy.nodes import Node, Section, Sequence, Word
from amiable.core.policy.writing import flow_list, flow_map, scalar
from amiable.core.sentence import Sentence, gettext_noop

T = TypeVar("T")
Report = Callable[[PolicyError], None]

_ONE_VALUE = gettext_noop("A single value belongs here.")
_A_LIST = gettext_noop("A value or a list of values belongs here.")
_NAMED = gettext_noop("Named settings belong here.")
_NOTHING = gettext_noop("Nothing stands here, but something must.")
_AGAIN = gettext_noop("'%(text)s' stands in this list twice.")
_SAME_WINDOW = gettext_noop("There are two caps for %(days)s days; only one can hold.")
_SAME_CODE = gettext_noop("'%(text)s' is named twice.")


@dataclass(frozen=True)
class Setting:
    """One setting: its name in the text, the field of the model, and how its value is read and written.

    `read` returns None for a value that it could not read and has reported.
    """

    key: str
    field: str
    read: Callable[[Node, Report], Any]
    write: Callable[[Any], str]


def complain(report: Report, at: Node, pattern: str, suggestion: Sentence | None = None, **params: object) -> None:
    """Report a problem where a node stands."""
    report(PolicyError(at.line, at.column, Sentence(pattern, params), suggestion))


def read_one(node: Node, report: Report, read: Callable[[str], T]) -> T | None:
    """Read a single value."""
    if not isinstance(node, Word):
        complain(report, node, _ONE_VALUE)
        return None
    if not node.text:
        complain(report, node, _NOTHING)
        return None
    try:
        return read(node.text)
    except words.Misread as misread:
        report(PolicyError(node.line, node.column, misread.reason, misread.suggestion))
        return None


def read_list(node: Node, report: Report, read: Callable[[str], T]) -> tuple[T, ...] | None:
    """Read a list without repetitions; a single value is a list of one."""
    if isinstance(node, Section):
        complain(report, node, _A_LIST)
        return None
    entries = node.entries if isinstance(node, Sequence) else (node,)
    values: list[T] = []
    for entry in entries:
        value = read_one(entry, report, read)
        if value is None:
            continue
        if value in values:
            complain(report, entry, _AGAIN, text=getattr(entry, "text", ""))
        values.append(value)
    return tuple(values)


def read_by_code(
    node: Node, report: Report, read_code: Callable[[str], str], read: Callable[[str], T]
) -> dict[str, T] | None:
    """Read values that are named by a code, such as amounts by currency."""
    if not isinstance(node, Section):
        complain(report, node, _NAMED)
        return None
    values: dict[str, T] = {}
    for key, entry in node.settings:
        code, value = read_one(key, report, read_code), read_one(entry, report, read)
        if code is None or value is None:
            continue
        if code in values:
            complain(report, key, _SAME_CODE, text=key.text)
        values[code] = value
    return values


def _read_caps(node: Node, report: Report) -> tuple[Cap, ...] | None:
    caps = read_list(node, report, words.read_cap)
    windows = [cap.days for cap in caps or ()]
    for days in sorted({days for days in windows if windows.count(days) > 1}):
        complain(report, node, _SAME_WINDOW, days=days)
    return caps


def _single(key: str, field: str, read: Callable[[str], Any], write: Callable[[Any], str] = scalar) -> Setting:
    return Setting(key, field, partial(read_one, read=read), write)


def _several(key: str, field: str, read: Callable[[str], Any], write: Callable[[Any], str] = scalar) -> Setting:
    return Setting(key, field, partial(read_list, read=read), lambda values: flow_list(map(write, values)))


def _choice(choices: tuple[str, ...]) -> Callable[[str], str]:
    return partial(words.read_choice, choices=choices)


def _written_choice(choice: str) -> str:
    return choice.replace("_", " ")


def _days(least: int, most: int) -> Callable[[str], int]:
    return partial(words.read_days, least=least, most=most)


def _amount_by_currency(amounts: dict[str, Decimal]) -> str:
    return flow_map({words.write_currency(code): words.write_amount(amount) for code, amount in amounts.items()})


TITLE = Setting(
    "title",
    "titles",
    lambda node, report: (
        read_by_code(node, report, words.read_language, words.read_text)
        if isinstance(node, Section)
        else {"en": title}
        if (title := read_one(node, report, words.read_text))
        else None
    ),
    lambda titles: flow_map({language: scalar(title) for language, title in titles.items()}),
)

CONTACT = (
    _several("channels", "channels", _choice(CHANNELS)),
    _single("hours", "hours", words.read_hours, lambda hours: words.write_hours(*hours)),
    _single("minimum gap", "minimum_gap_days", _days(0, 90), words.write_days),
    Setting("caps", "caps", _read_caps, lambda caps: flow_list(map(words.write_cap, caps))),
    Setting(
        "minimum balance",
        "minimum_balance",
        partial(read_by_code, read_code=words.read_currency, read=words.read_amount),
        _amount_by_currency,
    ),
    _single("bank data", "bank_data_max_age_days", lambda text: (words.read_bank_age(text),), words.write_bank_age),
)

CONDITION = (
    _several("segment", "segments", words.read_text),
    _several("country", "countries", words.read_country),
    _several("language", "languages", words.read_language),
    _several("risk", "risks", _choice(RISKS)),
    _single("balance at least", "balance_at_least", words.read_amount, words.write_amount),
    _single("balance below", "balance_below", words.read_amount, words.write_amount),
    _single("customer for at least", "tenure_days_at_least", _days(0, 36500), words.write_days),
    _single("customer for less than", "tenure_days_below", _days(1, 36500), words.write_days),
)

STEP = (
    _single("day", "day", words.read_day, lambda when: words.write_day(*when)),
    _single("do", "do", lambda text: Do(words.read_choice(text, tuple(Do)))),
    _single("tone", "tone", lambda text: Tone(words.read_choice(text, tuple(Tone)))),
    _single("template", "template", words.read_name),
    _several("channels", "channels", _choice(CHANNELS)),
    _several("to", "to", _choice(ROLES), _written_choice),
    _several("offers", "offers", _choice(OFFERS), _written_choice),
    _single("copy to", "copy_to", _choice(COLLEAGUES)),
    _single("assign to", "assign_to", _choice(COLLEAGUES)),
    _single("deadline", "deadline_days", _days(0, 60), words.write_working_days),
    _single("only if reminded", "only_if_reminded", words.read_yes_no, words.write_yes_no),
)

FOR = "for"  # the customers a scenario or a step is for: a section of CONDITION
SCENARIO_KEYS = ("title", FOR, "steps")
POLICY_KEYS = ("contact", "scenarios")
CONTACT_KEYS = tuple(setting.key for setting in CONTACT)
CONDITION_KEYS = tuple(setting.key for setting in CONDITION)
STEP_KEYS = (*(setting.key for setting in STEP), FOR)

# A setting that would change nothing is refused, so that nobody counts on it.
MEANINGLESS = {
    Do.MESSAGE: frozenset[str](),
    Do.CALL: frozenset({"tone", "template", "channels", "copy to"}),
    Do.REVIEW: frozenset({"tone", "template", "channels", "copy to", "to", "offers"}),
}
