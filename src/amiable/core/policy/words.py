"""How are days, hours, spans and amounts written in words, and read back?

Each pair here is one kind of value: `read_…` understands what people write, `write_…` gives the one canonical form,
and reading what was written gives the value back. What cannot be understood raises `Misread`.
"""

import re
from collections.abc import Iterable
from datetime import time
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

from babel import Locale
from babel.numbers import list_currencies

from amiable.core.policy.errors import CHOOSE, DID_YOU_MEAN, WRITE
from amiable.core.policy.model import Anchor, Cap
from amiable.core.sentence import Sentence, gettext_noop

FIRST_DAY, LAST_DAY = -90, 365
OTHER_CURRENCIES = "others"  # stands for "*" in the text
DAYS_PER_UNIT = {"day": 1, "week": 7, "year": 365}

_NOT_A_DAY = gettext_noop("'%(text)s' is not a day of a step.")
_DAY_RANGE = gettext_noop("'%(text)s' is too far away: a step is at most 90 days before and 365 days after its day.")
_BEFORE_PAYMENT = gettext_noop("A step cannot come before the payment: nobody knows that day in advance.")
_NOT_A_SPAN = gettext_noop("'%(text)s' is not a number of days.")
_SPAN_RANGE = gettext_noop("'%(text)s' is out of range: from %(least)s to %(most)s days.")
_NOT_HOURS = gettext_noop("'%(text)s' is not a span of hours.")
_HOURS_REVERSED = gettext_noop("The hours end before they begin: '%(text)s'.")
_NOT_A_CAP = gettext_noop("'%(text)s' is not a cap.")
_CAP_RANGE = gettext_noop("'%(text)s' allows no contact at all, or looks back further than a year.")
_NOT_AN_AMOUNT = gettext_noop("'%(text)s' is not an amount.")
_NOT_YES_NO = gettext_noop("'%(text)s' is neither yes nor no.")
_NOT_A_NAME = gettext_noop("'%(text)s' is not a name: use small letters, digits and hyphens, at most 60.")
_NOT_A_COUNTRY = gettext_noop("'%(text)s' is not a country code of two letters.")
_NOT_A_LANGUAGE = gettext_noop("'%(text)s' is not a language code of two letters.")
_NOT_A_CURRENCY = gettext_noop("'%(text)s' is not a currency code of three letters.")
_NOT_A_CHOICE = gettext_noop("'%(text)s' is not one of the choices here.")
_NO_TEXT = gettext_noop("A text is missing here.")


class Misread(Exception):
    """A value cannot be understood."""

    def __init__(self, pattern: str, text: str, suggestion: Sentence | None = None, **params: object) -> None:
        self.reason = Sentence(pattern, {"text": text, **params})
        self.suggestion = suggestion
        super().__init__(str(self.reason))


def _example(text: str) -> Sentence:
    return Sentence(WRITE, {"example": text})


def near(word: str, choices: Iterable[str]) -> Sentence:
    """Return "did you mean …?" where something similar can be chosen, else the list of choices."""
    known = list(choices)
    close = get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return Sentence(DID_YOU_MEAN, {"word": close[0]}) if close else Sentence(CHOOSE, {"choices": ", ".join(known)})


_DAY = re.compile(
    r"(?P<count>\d{1,4}) *(?:(?:calendar )?days?)? *(?P<side>before|after)"
    r"(?: (?:the )?(?:(?P<due>due(?: date)?)|(?P<paid>payment)))?"
)
_ON_DUE = re.compile(r"on (?:the )?due (?:date|day)|due date")
_ON_PAID = re.compile(r"on (?:the )?(?:day of (?:the )?payment|payment day)")


def read_day(text: str) -> tuple[Anchor, int]:
    """Read "7 days before due date", "on the due date", "3 after", "1 day after payment" or a plain number."""
    words = " ".join(text.casefold().split())
    if _ON_DUE.fullmatch(words):
        return Anchor.DUE, 0
    if _ON_PAID.fullmatch(words):
        return Anchor.PAID, 0
    if re.fullmatch(r"[+-]?\d{1,4}", words):
        anchor, day = Anchor.DUE, int(words)
    elif found := _DAY.fullmatch(words):
        anchor = Anchor.PAID if found["paid"] else Anchor.DUE
        day = int(found["count"]) * (-1 if found["side"] == "before" else 1)
    else:
        raise Misread(_NOT_A_DAY, text, _example("7 days before due date"))
    if anchor is Anchor.PAID and day < 0:
        raise Misread(_BEFORE_PAYMENT, text, _example("1 day after payment"))
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Misread(_DAY_RANGE, text)
    return anchor, day


def write_day(anchor: Anchor, day: int) -> str:
    """Write a step's day in full."""
    if day == 0:
        return "on the day of payment" if anchor is Anchor.PAID else "on the due date"
    side, point = ("before" if day < 0 else "after"), ("payment" if anchor is Anchor.PAID else "due date")
    return f"{write_days(abs(day))} {side} {point}"


def read_days(text: str, *, least: int, most: int) -> int:
    """Read "4 days", "2 weeks", "1 year" or a plain number of days."""
    found = re.fullmatch(r"(\d{1,6}) *(?:(?:working |calendar )?(day|week|year)s?)?", text.casefold())
    if not found:
        raise Misread(_NOT_A_SPAN, text, _example(write_days(max(least, 1))))
    days = int(found[1]) * DAYS_PER_UNIT[found[2] or "day"]
    if not least <= days <= most:
        raise Misread(_SPAN_RANGE, text, least=least, most=most)
    return days


def write_days(days: int) -> str:
    """Write a number of days."""
    return "1 day" if days == 1 else f"{days} days"


def write_working_days(days: int) -> str:
    """Write a deadline."""
    return "1 working day" if days == 1 else f"{days} working days"


def read_bank_age(text: str) -> int | None:
    """Read "at most 4 days old", or "not required" (None)."""
    words = " ".join(text.casefold().split())
    if words in ("not required", "not needed"):
        return None
    return read_days(words.removeprefix("at most ").removesuffix(" old"), least=0, most=90)


def write_bank_age(days: int | None) -> str:
    """Write how old the bank data may be."""
    return "not required" if days is None else f"at most {write_days(days)} old"


_CLOCK = r"([01]?\d|2[0-3])(?:[:h]([0-5]\d)|h)"


def read_hours(text: str) -> tuple[time, time]:
    """Read "09:00 to 17:30" (also "9h-17h30"): the hours of one day, the end not included."""
    found = re.fullmatch(rf"(?:from )?{_CLOCK} *(?:to|until|-|–|—) *{_CLOCK}", text.casefold())
    if not found:
        raise Misread(_NOT_HOURS, text, _example("09:00 to 17:30"))
    begin, end = time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))
    if begin >= end:
        raise Misread(_HOURS_REVERSED, text, _example("09:00 to 17:30"))
    return begin, end


def write_hours(begin: time, end: time) -> str:
    """Write the hours of a day."""
    return f"{begin:%H:%M} to {end:%H:%M}"


def read_cap(text: str) -> Cap:
    """Read "2 in 7 days"."""
    found = re.fullmatch(r"(\d{1,4}) *(?:contacts? )?(?:in|per|within) *(\d{1,4}) *days?", text.casefold())
    if not found:
        raise Misread(_NOT_A_CAP, text, _example("2 in 7 days"))
    cap = Cap(int(found[1]), int(found[2]))
    if cap.contacts < 1 or not 1 <= cap.days <= LAST_DAY:
        raise Misread(_CAP_RANGE, text, _example("2 in 7 days"))
    return cap


def write_cap(cap: Cap) -> str:
    """Write a cap."""
    return f"{cap.contacts} in {write_days(cap.days)}"


def read_amount(text: str) -> Decimal:
    """Read an amount in major units: digits with a decimal point, no currency, no separators of thousands."""
    if not re.fullmatch(r"\d{1,12}(\.\d{1,4})?", text, re.ASCII):
        raise Misread(_NOT_AN_AMOUNT, text, _example("1500.50"))
    return Decimal(text)


def write_amount(amount: Decimal) -> str:
    """Write an amount without needless zeros."""
    return format(amount.normalize(), "f")


def read_yes_no(text: str) -> bool:
    """Read yes or no."""
    words = {"yes": True, "no": False, "true": True, "false": False}
    if text.casefold() not in words:
        raise Misread(_NOT_YES_NO, text, Sentence(CHOOSE, {"choices": "yes, no"}))
    return words[text.casefold()]


def write_yes_no(truth: bool) -> str:
    """Write yes or no."""
    return "yes" if truth else "no"


def read_name(text: str) -> str:
    """Read the name of a scenario, a step or a template."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", text):
        raise Misread(_NOT_A_NAME, text, _example("second-reminder"))
    return text


def read_text(text: str) -> str:
    """Read one line of free text."""
    line = " ".join(text.split())
    if not line:
        raise Misread(_NO_TEXT, text)
    return line


def read_choice(text: str, choices: tuple[str, ...]) -> str:
    """Read one of the words in `choices`, which use underscores where people may write spaces or hyphens."""
    word = re.sub(r"[ -]+", "_", text.casefold())
    if word not in choices:
        raise Misread(_NOT_A_CHOICE, text, near(word, choices))
    return word


@lru_cache
def _known_codes() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    english = Locale("en")
    territories, tongues = map(str, english.territories), map(str, english.languages)
    countries = frozenset(code for code in territories if len(code) == 2 and code.isalpha())
    return countries, frozenset(code for code in tongues if len(code) == 2), frozenset(list_currencies())


def read_country(text: str) -> str:
    """Read an ISO 3166 country code."""
    if text.upper() not in _known_codes()[0]:
        raise Misread(_NOT_A_COUNTRY, text, _example("FR"))
    return text.upper()


def read_language(text: str) -> str:
    """Read an ISO 639 language code."""
    if text.lower() not in _known_codes()[1]:
        raise Misread(_NOT_A_LANGUAGE, text, _example("fr"))
    return text.lower()


def read_currency(text: str) -> str:
    """Read an ISO 4217 currency code, or "others" for all that are not named ("*")."""
    if text.casefold() in (OTHER_CURRENCIES, "other", "*"):
        return "*"
    if text.upper() not in _known_codes()[2]:
        raise Misread(_NOT_A_CURRENCY, text, _example("EUR"))
    return text.upper()


def write_currency(code: str) -> str:
    """Write a currency code."""
    return OTHER_CURRENCIES if code == "*" else code
