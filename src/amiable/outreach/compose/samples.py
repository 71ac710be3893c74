"""Does a wording hold for everybody, not only for the customer in front of us?"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from .formats import day
from .letter import House, Letter, Line, Person, Written, write
from .payment import Account
from .phrases import phrases_in
from .sandbox import Compiled

DAY = date(2026, 3, 11)
CAMILLE = Person("Camille Martin", "Customer accounts", "+33 1 84 80 00 01", "camille@example.com")
ACCOUNT = Account("EUR", "Atelier Lumière SAS", "FR7630006000011234567890189", "AGRIFRPP")
HOUSE = House("Atelier Lumière", "#1f5f4a", footer=("Atelier Lumière SAS", "75011 Paris"), accounts={"EUR": ACCOUNT})


def example_lines(count: int, *, as_of: date, language: str, currency: str = "EUR", days_late: int = 5) -> list[Line]:
    """Return invoices that are plainly examples, due one after the other."""
    phrases = phrases_in(language)
    return [
        Line(
            item_id=-n,
            number=phrases.EXAMPLE_NUMBER.format(count=n),
            due_on=as_of - timedelta(days=days_late - 3 * (n - 1)),
            currency=currency,
            open_minor=(1200 + 340 * n) * 100,
            amount_minor=(1200 + 340 * n) * 100,
        )
        for n in range(1, count + 1)
    ]


def sample_letters(language: str) -> Iterator[Letter]:
    """Yield letters between nothing and everything: no items, one, several; known and unknown people and facts."""
    for count, paid, rich in product((0, 1, 3), (0, 2), (False, True)):
        lines = example_lines(count, as_of=DAY, language=language, days_late=40 if rich else -5)
        settled = [
            line._replace(open_minor=0, paid_on=DAY) for line in example_lines(paid, as_of=DAY, language=language)
        ]
        yield Letter(
            house=HOUSE,
            language=language,
            as_of=DAY,
            customer_code="C-0042",
            customer_name="Maison Petit",
            contact_name="Dominique Petit" if rich else "",
            salutation="",
            signer=Person("Camille Martin", "", "+33 1 84 80 00 01", "camille@example.com")
            if rich
            else Person(HOUSE.name),
            lines=lines,
            paid=settled,
            also_open=example_lines(2, as_of=DAY, language=language, days_late=-20) if rich else [],
            offers=list(phrases_in(language).OFFERS) if rich else [],
            tenure_years=6 if rich else 0,
            good_payer=rich,
            told_us=phrases_in(language).TOLD_EMAIL.format(day=day(DAY, DAY, language)) if rich else "",
            last_contact_on=DAY - timedelta(days=9) if rich else None,
            earlier_reminders=2 if rich else 0,
            next_step="call" if rich else "",
            next_step_on=DAY + timedelta(days=7) if rich else None,
        )


def rehearse(wording: Compiled, *, language: str) -> list[Written]:
    """Fill a wording with every sample; raise `TemplateFailed` where one of them does not go in."""
    return [write(letter, wording) for letter in sample_letters(language)]
