"""What does one message speak of, and how is it put into words?

A `Letter` holds the facts of one message, gathered for many at once by `facts` or for one by `preview`. `write`
fills a compiled wording with them. Nothing here asks the database.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from html import escape

from minijinja import Markup

from . import blocks
from .design import closing, opening
from .formats import day, listed, money, weekday
from .payment import Account
from .phrases import phrases_in
from .sandbox import Compiled

LONGEST_SUBJECT = 200  # characters; longer ones are cut by every mail client
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Line:
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
    kept = "".join(sign for sign in SPACES.sub(" ", text) if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return SPACES.sub(" ", kept).strip()


def write(letter: Letter, wording: Compiled, *, with_html: bool = True) -> Written:
    """Fill a wording with the facts of a letter; raise `TemplateFailed` where it cannot be filled."""
    facts = _facts(letter)
    subject = plain(wording.subject(facts))
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
    page = _page(letter.house, letter.language)
    text_blocks = {name: render(letter) for name, render in TEXT_BLOCKS.items() if name in wording.speaks_of}
    text = wording.text(facts | text_blocks) + page.text_footer
    if not with_html:
        return Written(subject, text, "")
    html_blocks = {name: Markup(render(letter)) for name, render in HTML_BLOCKS.items() if name in wording.speaks_of}
    words = wording.html(facts | html_blocks).replace(blocks.TABLE_SEAM, "")
    customer = escape(letter.customer_name)
    html = "".join(
        (page.opening, escape(subject), page.opened, words, page.closing, page.sentence.format(customer=customer), page.closed)
    )
    return Written(subject, text, html)


Render = Callable[[Letter], str]
TEXT_BLOCKS: dict[str, Render] = {
    "items": blocks.items_text,
    "also_open": blocks.also_open_text,
    "totals": blocks.totals_text,
    "paid_items": blocks.paid_text,
    "payment": blocks.payment_text,
    "options": blocks.options_text,
    "next": blocks.next_text,
    "signature": blocks.signature_text,
}
HTML_BLOCKS: dict[str, Render] = {
    "items": blocks.items_html,
    "also_open": blocks.also_open_html,
    "totals": blocks.totals_html,
    "paid_items": blocks.paid_html,
    "payment": blocks.payment_html,
    "options": blocks.options_html,
    "next": blocks.next_html,
    "signature": blocks.signature_html,
}


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
    sentence = phrases.FOOTER.format(customer="{customer}", creditor=escape(house.name).replace("{", "{{").replace("}", "}}"))
    text_footer = "\n-- \n" + "\n".join([house.name, *lines]) + "\n"
    page = _Page(before, opened, closing_parts[0], sentence, closing_parts[1], text_footer)
    if len(_pages) > 64:
        _pages.clear()
    _pages[key] = (house, page)
    return page


def _facts(letter: Letter) -> dict[str, object]:
    """Return every value placeholder; nothing is ever missing, so strict rendering cannot fail on it."""
    language, as_of = letter.language, letter.as_of
    late = [line for line in letter.lines if line.due_on < as_of]
    first = letter.lines[0] if letter.lines else letter.paid[0] if letter.paid else None
    phrases = phrases_in(language)
    return {
        "greeting": greeting(letter.contact_name, letter.salutation, language),
        "contact_name": letter.contact_name,
        "customer_name": letter.customer_name,
        "creditor_name": letter.house.name,
        "tenure_years": letter.tenure_years,
        "good_payer": letter.good_payer,
        "item_count": len(letter.lines),
        "first_item": {
            "number": first.number if first else "",
            "due_on": day(first.due_on, as_of, language) if first else "",
            "open": money(first.open_minor or first.amount_minor, first.currency, language) if first else "",
            "days_late": letter.days_late(first) if first else 0,
        },
        "oldest_days_late": letter.days_late(letter.lines[0]) if letter.lines else 0,
        "any_late": bool(late),
        "all_late": bool(late) and len(late) == len(letter.lines),
        "total": in_words(letter.lines, language),
        "late_total": in_words(late, language),
        "paid_count": len(letter.paid),
        "paid_total": in_words(letter.paid, language),
        "told_us": letter.told_us,
        "last_contact_on": day(letter.last_contact_on, as_of, language) if letter.last_contact_on else "",
        "earlier_reminders": letter.earlier_reminders,
        "next_step_on": weekday(letter.next_step_on, language) if letter.next_step_on else "",
        "next_step": phrases.NEXT_STEPS[letter.next_step] if letter.next_step else "",
        "sender_name": letter.signer.name,
        "sender_phone": letter.signer.phone,
        "sender_email": letter.signer.email,
        "creditor_phone": letter.house.phone,
    }


def in_words(lines: Iterable[Line], language: str) -> str:
    """Write the total of some lines, one amount per currency: "€1,200.00 and £80.00"."""
    sums = blocks.totals(lines)
    return listed([money(amount, currency, language) for currency, amount in sums.items()], language)


@lru_cache(maxsize=4096)
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


def cleaned(line: Line) -> Line:
    """Return a line whose number cannot disguise anything."""
    return replace(line, number=plain(line.number))
