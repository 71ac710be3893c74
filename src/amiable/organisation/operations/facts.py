"""Which facts of a row does a write change, and may it?

Shared by every operation that takes facts by keyword: it lets through the named ones only, checks them, writes what
differs and gives back before and after for the audit line.
"""

from collections.abc import Collection
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import is_currency
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _


class UnknownFact(TypeError):
    """An operation was given a fact that it does not write: a mistake of the caller, not of a user."""


class BadFact(ValueError):
    """A fact cannot be taken as given; `field` names it, the text says why."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason)


def admit(facts: dict[str, Any], allowed: Collection[str]) -> None:
    """Raise `UnknownFact` for any fact that the operation does not write."""
    if strange := sorted(set(facts) - set(allowed)):
        raise UnknownFact(", ".join(strange))


def check(row: Model, names: Collection[str]) -> None:
    """Check some facts of a row against their columns (length, choices, shape); raise `BadFact` for the first."""
    others = [field.name for field in row._meta.fields if field.name not in names]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        field, complaints = next(iter(error.message_dict.items()))
        column = row._meta.get_field(field)
        name = getattr(column, "verbose_name", field)
        reason = _("%(field)s: %(complaint)s") % {"field": str(name).capitalize(), "complaint": " ".join(complaints)}
        raise BadFact(field, reason) from error


def change(row: Model, facts: dict[str, Any], *, hidden: Collection[str] = ()) -> dict[str, list[Any]]:
    """Write those facts that differ, and return `{fact: [before, after]}`; empty: nothing was to change.

    Values of `hidden` facts stay out of what is returned.
    """
    changes: dict[str, list[Any]] = {}
    for name, after in facts.items():
        before = getattr(row, name)
        if before != after:
            changes[name] = [told(before), told(after)] if name not in hidden else ["…", "…"]
            setattr(row, name, after)
    if changes:
        check(row, changes)
        row.save(update_fields=list(changes))
    return changes


def told(value: Any) -> Any:
    """Return a value as an audit line tells it: rows by their key."""
    return value.pk if isinstance(value, Model) else value


def known_places(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts with `country` and `currency` in capitals; raise `BadFact` for those and time zones unknown."""
    known = dict(facts)
    if "country" in known:
        known["country"] = known["country"].strip().upper()
        if len(known["country"]) != 2 or known["country"] not in Locale("en").territories:
            wrong = {"code": facts["country"]}
            raise BadFact("country", _("“%(code)s” is not a country code, such as “FR”.") % wrong)
    if "currency" in known:
        known["currency"] = known["currency"].strip().upper()
        if not is_currency(known["currency"]):
            wrong = {"code": facts["currency"]}
            raise BadFact("currency", _("“%(code)s” is not a currency code, such as “EUR”.") % wrong)
    if "time_zone" in known and known["time_zone"] not in _time_zones():
        wrong = {"name": known["time_zone"]}
        raise BadFact("time_zone", _("“%(name)s” is not a time zone, such as “Europe/Paris”.") % wrong)
    return known


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads hundreds of files
