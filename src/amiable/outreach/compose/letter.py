"""What does one message speak of, and how is it put into words?

A `Letter` holds the facts of one message, gathered for many at once by `facts` or for one by `preview`. `write`
fills a compiled wording with them. Nothing here asks the database.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from . import blocks
from .design import closing, opening, safe
from .formats import day, listed, money, weekday
from .payment import Account
from .phrases import phrases_in
from .sandbox import Compiled

LONGEST_SUBJECT = 200  # characters; longer ones are cut by every mail client
DISGUISES = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, format, surrogate, private, unassigned
SPACES = re.compile(r"\s+")


class Line(NamedTuple):
    """An invoice that a message names."""

    item_id: int
    number: str
    due_on: date
    currency: str
    open_minor: int
    amount_minor: int
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever signs."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class House:
    """What all messages of a creditor have in common."""

    name: str
    brand: str
    phone: str = ""
    footer: tuple[str, ...] = ()  # legal name, address
    siren: str = ""
    vat_number: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)  # by currency


@dataclass(slots=True)
class Letter:
    """The facts of one message. Names are clean: see `plain`."""

    house: House
    language: str
    as_of: date
    customer_code: str
    customer_name: str
    contact_name: str
    salutation: str
    signer: Person
    lines: list[Line]  # what the message asks for, oldest due date first
    paid: list[Line]  # what it thanks for
    also_open: list[Line]  # not due yet
    offers: list[str]
    tenure_years: int = 0
    good_payer: bool = False
    told_us: str = ""
    last_contact_on: date | None = None
    earlier_reminders: int = 0
    next_step: str = ""  # what is done: message, call; empty: nothing that they would notice
    next_step_on: date | None = None

    def days_late(self, line: Line) -> int:
        """Return the days since the due date, 0 up to it."""
        return max((self.as_of - line.due_on).days, 0)


@dataclass(frozen=True, slots=True)
class Written:
    """A finished message."""

    subject: str
    text: str
    html: str


def plain(text: str, *, keep_lines: bool = False) -> str:
    """Return an imported text without what could disguise it or break a header.

    Control, zero-width and direction-changing characters go; runs of white space become one space. With `keep_lines`
    line breaks stay.
    """
    if text.isprintable() and "  " not in text:  # nearly always
        return text.strip()
    if keep_lines:
        return "\n".join(plain(line) for line in text.splitlines())
    kept = "".join(
        sign for sign in SPACES.sub(" ", text) if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return SPACES.sub(" ", kept).strip()


def write(letter: Letter, wording: Compiled, *, with_html: bool = True) -> Written:
    """Fill a wording with the facts of a letter; raise `TemplateFailed` where it cannot be filled."""
    facts = {name: tell(letter) for name, tell in VALUES.items() if name in wording.speaks_of}
    parts = {name: render(letter) for name, render in blocks.BLOCKS.items() if name in wording.speaks_of}
    facts |= {name: bool(text) for name, (text, _html) in parts.items()}  # a wording may ask whether there is one
    subject = plain(wording.subject(facts))
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
    page = _page(letter.house, letter.language)
    text = wording.text(facts, {name: text for name, (text, _html) in parts.items()}) + page.text_footer
    if not with_html:
        return Written(subject, text, "")
    words = wording.html(facts, {name: html for name, (_text, html) in parts.items()}).replace(blocks.TABLE_SEAM, "")
    footer = page.sentence.format(customer=safe(letter.customer_name))
    html = f"{page.opening}{safe(subject)}{page.opened}{words}{page.closing}{footer}{page.closed}"
    return Written(subject, text, html)


@dataclass(frozen=True, slots=True)
class _Page:
    opening: str
    opened: str
    closing: str
    sentence: str  # with {customer}
    closed: str
    text_footer: str


_pages: dict[tuple[int, str], tuple[House, _Page]] = {}


def _page(house: House, language: str) -> _Page:
    """Return the parts of the page that all messages of a creditor in one language share, made once per `House`."""
    key = (id(house), language)
    if (known := _pages.get(key)) and known[0] is house:
        return known[1]
    phrases = phrases_in(language)
    numbers = [phrases.REGISTERED.format(number=house.siren)] if house.siren else []
    numbers += [phrases.VAT.format(number=house.vat_number)] if house.vat_number else []
    lines = [line for line in (*house.footer, " · ".join(numbers)) if line]
    before, opened = opening(language=language, brand=house.brand, creditor_name=house.name)
    closing_parts = closing(creditor_lines=lines)
    creditor = safe(house.name).replace("{", "{{").replace("}", "}}")
    sentence = safe(phrases.FOOTER).format(customer="{customer}", creditor=creditor)
    text_footer = "\n-- \n" + "\n".join([house.name, *lines]) + "\n"
    page = _Page(before, opened, closing_parts[0], sentence, closing_parts[1], text_footer)
    if len(_pages) > 64:
        _pages.clear()
    _pages[key] = (house, page)
    return page


def _first(letter: Letter) -> dict[str, object]:
    """Return the oldest invoice asked for, else the first one thanked for; empty words where there is none."""
    line = next(iter(letter.lines or letter.paid), None)
    if line is None:
        return {"number": "", "due_on": "", "open": "", "days_late": 0}
    return {
        "number": line.number,
        "due_on": day(line.due_on, letter.as_of, letter.language),
        "open": money(line.open_minor or line.amount_minor, line.currency, letter.language),
        "days_late": letter.days_late(line),
    }


def _late(letter: Letter) -> list[Line]:
    return [line for line in letter.lines if line.due_on < letter.as_of]


# Nothing is ever missing, so that strict rendering cannot fail on a fact we do not have.
VALUES: dict[str, Callable[[Letter], object]] = {
    "greeting": lambda it: greeting(it.contact_name, it.salutation, it.language),
    "contact_name": lambda it: it.contact_name,
    "customer_name": lambda it: it.customer_name,
    "creditor_name": lambda it: it.house.name,
    "tenure_years": lambda it: it.tenure_years,
    "good_payer": lambda it: it.good_payer,
    "item_count": lambda it: len(it.lines),
    "first_item": _first,
    "oldest_days_late": lambda it: it.days_late(it.lines[0]) if it.lines else 0,
    "any_late": lambda it: bool(_late(it)),
    "all_late": lambda it: bool(it.lines) and len(_late(it)) == len(it.lines),
    "total": lambda it: in_words(it.lines, it.language),
    "late_total": lambda it: in_words(_late(it), it.language),
    "paid_count": lambda it: len(it.paid),
    "paid_total": lambda it: in_words(it.paid, it.language),
    "told_us": lambda it: it.told_us,
    "last_contact_on": lambda it: day(it.last_contact_on, it.as_of, it.language) if it.last_contact_on else "",
    "earlier_reminders": lambda it: it.earlier_reminders,
    "next_step_on": lambda it: weekday(it.next_step_on, it.language) if it.next_step_on else "",
    "next_step": lambda it: phrases_in(it.language).NEXT_STEPS[it.next_step] if it.next_step else "",
    "sender_name": lambda it: it.signer.name,
    "sender_phone": lambda it: it.signer.phone,
    "sender_email": lambda it: it.signer.email,
    "creditor_phone": lambda it: it.house.phone,
}


def in_words(lines: Iterable[Line], language: str) -> str:
    """Write the total of some lines, one amount per currency: "€1,200.00 and £80.00"."""
    sums = blocks.totals_of(lines)
    return listed([money(amount, currency, language) for currency, amount in sums.items()], language)


def greeting(name: str, salutation: str, language: str) -> str:
    """Return how somebody is addressed, without a comma; a name nobody knows gives a plain hello."""
    phrases = phrases_in(language)
    if not name:
        return phrases.GREETING_NOBODY
    if not salutation:
        return phrases.GREETING.format(name=name)
    first, _space, rest = name.partition(" ")
    title = phrases.SALUTATIONS.get(salutation.lower(), salutation)
    return phrases.GREETING_FORMAL.format(salutation=title, surname=rest or first)


def sorted_lines(lines: Iterable[Line]) -> list[Line]:
    """Return lines with the oldest due date first."""
    return sorted(lines, key=lambda line: (line.due_on, line.number))
