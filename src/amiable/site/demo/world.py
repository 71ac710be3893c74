"""Which customers does the demo have, and how do they behave?

Everything follows from one seeded generator: the same seed gives the same company.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.fr import siren

from amiable.site.demo.names import FIRST_NAMES, GOODS, LAST_NAMES, PLACES, PRIORITIES, TRADES, Trade


@dataclass(frozen=True)
class Country:
    """Where some of the customers are."""

    code: str
    language: str
    currency: str
    time_zone: str
    share: int  # customers out of a hundred


COUNTRIES = (
    Country("FR", "fr", "EUR", "Europe/Paris", 62),
    Country("BE", "fr", "EUR", "Europe/Brussels", 8),
    Country("CH", "fr", "CHF", "Europe/Zurich", 5),
    Country("LU", "fr", "EUR", "Europe/Luxembourg", 3),
    Country("GB", "en", "GBP", "Europe/London", 9),
    Country("DE", "en", "EUR", "Europe/Berlin", 6),
    Country("NL", "en", "EUR", "Europe/Amsterdam", 4),
    Country("US", "en", "USD", "America/New_York", 3),
)


@dataclass(frozen=True)
class Habit:
    """How a customer pays when nobody says anything, and what a kind word changes."""

    name: str
    share: int  # customers out of a hundred
    days_late: tuple[int, int]  # usual span around the due date; negative: early
    heeds: float  # chance that one reminder brings the payment within days
    answers: float  # chance that a reminder is answered in words
    in_parts: float = 0.0  # chance that a payment covers only part
    disputes: float = 0.0  # chance that an invoice is contested
    forgets: float = 0.0  # chance that an invoice is paid only once somebody reminds them


HABITS = (
    Habit("early", 14, (-12, -1), 0.9, 0.02),
    Habit("punctual", 34, (-3, 2), 0.9, 0.03, forgets=0.05, disputes=0.01),
    Habit("forgetful", 20, (1, 12), 0.55, 0.12, forgets=0.55, disputes=0.02),
    Habit("slow", 17, (12, 40), 0.25, 0.10, forgets=0.25, disputes=0.02),
    Habit("short of cash", 8, (20, 65), 0.15, 0.35, in_parts=0.5, forgets=0.4),
    Habit("contesting", 4, (2, 20), 0.35, 0.40, disputes=0.22, forgets=0.2),
    Habit("silent", 3, (45, 160), 0.05, 0.0, forgets=0.85),
)


@dataclass
class Firm:
    """One simulated customer: what is written about it, and how it behaves."""

    code: str
    name: str
    country: Country
    trade: Trade
    habit: Habit
    contact_name: str
    salutation: str
    email: str  # empty: nobody knows one yet
    phone: str
    siren: str
    since: date
    priorities: str
    terms_days: int
    invoices_a_month: float
    salesperson: int  # index into the sales team
    owner: int  # index into the collectors

    @property
    def language(self) -> str:
        return self.country.language


def make_firms(rng: random.Random, *, count: int, first_day: date) -> list[Firm]:
    """Return `count` firms with distinct names; shares of countries and habits follow the tables above."""
    firms: list[Firm] = []
    taken: set[str] = set()
    while len(firms) < count:
        firm = _make_firm(rng, number=len(firms) + 1, first_day=first_day)
        if firm.name not in taken:
            taken.add(firm.name)
            firms.append(firm)
    return firms


def _make_firm(rng: random.Random, *, number: int, first_day: date) -> Firm:
    country = rng.choices(COUNTRIES, [c.share for c in COUNTRIES])[0]
    habit = rng.choices(HABITS, [h.share for h in HABITS])[0]
    trade = rng.choice(TRADES[country.language])
    family = _family(rng, country)
    name = rng.choice(trade.patterns).format(name=family, place=rng.choice(PLACES[country.code]))
    first_name = rng.choice(FIRST_NAMES[country.language])
    last_name = _family(rng, country)
    domain = "".join(letter for letter in _plain(name) if letter.isalnum())
    return Firm(
        code=f"C{number:04d}",
        name=name,
        country=country,
        trade=trade,
        habit=habit,
        contact_name=f"{first_name} {last_name}",
        salutation="",
        email="" if rng.random() < 0.02 else f"{_plain(first_name)}.{_plain(last_name)}@{domain}.example",
        phone=f"+33 4 72 {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)}",
        siren=_siren(rng) if country.code == "FR" else "",
        since=first_day - timedelta(days=rng.randint(-300, 4000)),
        priorities=rng.choice(PRIORITIES[country.language]) if rng.random() < 0.35 else "",
        terms_days=rng.choices((30, 45, 60, 14), (70, 15, 10, 5))[0],
        invoices_a_month=rng.choice((0.4, 0.8, 1.0, 1.5, 2.5)) * (2.0 if trade.segment == "key" else 1.0),
        salesperson=rng.randrange(3),
        owner=rng.randrange(2),
    )


def _family(rng: random.Random, country: Country) -> str:
    return rng.choice(LAST_NAMES[country.code]).replace("~", " ")


def _plain(text: str) -> str:
    """Return lower-case ASCII letters for an address: "Élodie Le Goff" → "elodie-le-goff"."""
    accents = str.maketrans("éèêëàâîïôöûùüçÉÈÀ’", "eeeeaaiioouuuceea-")
    return text.lower().translate(accents).replace(" ", "-").replace("&", "")


def _siren(rng: random.Random) -> str:
    """Return a number of the right form; its check digit is real, the firm is not."""
    while True:
        number = f"{rng.randint(300_000_000, 999_999_999)}"
        if siren.is_valid(number):
            return number


def what_was_sold(rng: random.Random, firm: Firm) -> tuple[str, int]:
    """Return a description and an amount in minor units for one invoice."""
    amount_major = max(35.0, rng.lognormvariate(0, 0.7) * firm.trade.typical_major)
    return rng.choice(GOODS[firm.language]), round(amount_major * 100)
