"""How is a plan told to a person, in the reader's language?"""

from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amiable.core.money import to_major
from amiable.core.plan.outcome import Reason
from amiable.core.plan.reasons import WHY, WHY_NOT, Sentence, why
from amiable.core.policy.model import Policy

CODES_OF_LANGUAGE = {"en": "en_GB", "fr": "fr_FR"}


def locale() -> Locale:
    """Return the customs of the reader's language."""
    language = (get_language() or "en").split("-")[0]
    return Locale.parse(CODES_OF_LANGUAGE.get(language, language))


def money(amount_minor: int, currency: str) -> str:
    """Write an amount as the reader does: "€120.00", "120,00 €"."""
    return format_currency(to_major(amount_minor, currency), currency, locale=locale())


def day(value: date) -> str:
    """Write a day with its weekday: "Tuesday 3 March 2026"."""
    return format_date(value, "EEEE d MMMM y", locale=locale())


def why_not(row: dict[str, Any]) -> str:
    """Say why a step is withheld; `row` is one of the plan's withheld rows."""
    return _told(WHY_NOT[Reason(row["reason"])], row)


def why_now(row: dict[str, Any]) -> str:
    """Say why an item is part of a contact or a task; `row` holds its step, and due_on, paid_on and age as well."""
    return _told(WHY[why(anchor=row["anchor"], day=row["day"], age=row["age"])], row)


def scenario_title(policy: Policy, name: str) -> str:
    """Return what a scenario is called in the reader's language."""
    titles = next((scenario.titles for scenario in policy.scenarios if scenario.name == name), {})
    return titles.get((get_language() or "en").split("-")[0]) or titles.get("en") or name


def _told(sentence: Sentence, row: dict[str, Any]) -> str:
    facts = {name: day(value) if isinstance(value, date) else value for name, value in row.items() if value is not None}
    if row.get("fact_minor") is not None:
        facts["fact_minor"] = money(row["fact_minor"], row["currency"])
    return _(sentence.for_facts(**row)) % facts
