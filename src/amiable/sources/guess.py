"""Which column is what? Told from the columns' names and, above all, from what stands in them."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext as _

from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.reading import days, numbers
from amiable.sources.reading.cells import DOCUMENT_KINDS, NO, YES, cleaned
from amiable.sources.reading.countries import country_of
from amiable.sources.reading.currencies import currency_of
from amiable.sources.reading.days import Order
from amiable.sources.tables import Table
from amiable.sources.vocabulary import AMOUNTS, DAYS, Role, name_scores

SURE_ENOUGH = 0.5  # below this a column is left to the reader
FITS = 0.5  # share of the cells that must be what the role asks for
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


@dataclass(frozen=True)
class ColumnGuess:
    """What a column seems to be: `role` is empty where nothing fits, `confidence` between 0 and 1."""

    column: str
    role: str
    confidence: float
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """How a table seems to be meant, with the doubts in sentences."""

    mapping: Mapping
    columns: tuple[ColumnGuess, ...]
    doubts: tuple[str, ...]


def guess_table(table: Table, *, country: str, comma_likely: bool) -> Guess:
    """Guess the columns, the formats and the kind of a table.

    `country` (ISO 3166) and `comma_likely` decide only where the contents leave it open, which is then said.
    """
    sample = cleaned(table.sample())
    columns = _assigned(sample, table.columns)
    mapped = {Role(guess.role): guess.column for guess in columns if guess.role}
    doubts: list[str] = []
    order = _order(table, sample, mapped, country, doubts)
    decimal = _decimal(table, sample, mapped, comma_likely, doubts)
    mapping = Mapping(guess_kind(mapped), mapped, order=order, decimal=decimal, header=table.columns)
    return Guess(mapping, columns, tuple(doubts))


def _assigned(sample: pl.DataFrame, names: tuple[str, ...]) -> tuple[ColumnGuess, ...]:
    """Give each role to the column that fits it best, and each column one role at most."""
    scores = [
        (score, role, name)
        for name in names
        for role, score in _scores(name, sample[name]).items()
        if score >= SURE_ENOUGH
    ]
    taken: dict[str, tuple[Role, float]] = {}
    roles: set[Role] = set()
    for score, role, name in sorted(scores, key=lambda s: (-s[0], names.index(s[2]))):
        if name not in taken and role not in roles:
            taken[name] = (role, score)
            roles.add(role)
    return tuple(
        ColumnGuess(
            name,
            *(taken.get(name, ("", 0.0))),
            samples=tuple(sample[name].drop_nulls().unique(maintain_order=True).head(4)),
        )
        for name in names
    )


def _scores(name: str, cells: pl.Series) -> dict[Role, float]:
    by_name = name_scores(name)
    values = cells.drop_nulls().head(1000)
    if values.is_empty():
        return {role: score * 0.7 for role, score in by_name.items()}
    fits = {role: _share(role, values) for role in by_name}
    scores = {role: by_name[role] * (0.5 + 0.5 * share) for role, share in fits.items() if share >= FITS}
    if _matching(values, values.str.contains(_EMAIL)) > 0.9:
        scores[Role.EMAIL] = max(scores.get(Role.EMAIL, 0), 0.8)
    if values.n_unique() <= 30 and _share(Role.CURRENCY, values) == 1 and values.str.len_chars().min() == 3:
        scores[Role.CURRENCY] = max(scores.get(Role.CURRENCY, 0), 0.7)
    return scores


def _share(role: Role, values: pl.Series) -> float:
    """Return the share of the values that could stand in a column of that role; 1 where any text could."""
    if role in DAYS:
        return max(_matching(values, days.to_days(values, order).is_not_null()) for order in Order)
    if role in AMOUNTS:
        frame = values.to_frame("v")
        marks = (frame.select(v=numbers.plain(pl.col("v"), mark).is_not_null())["v"] for mark in ",.")
        return max(_matching(values, mark) for mark in marks)
    words: dict[Role, Callable[[str], object]] = {
        Role.CURRENCY: currency_of,
        Role.COUNTRY: country_of,
        Role.DISPUTED: lambda text: text.casefold() in YES | NO,
        Role.KIND: lambda text: text.casefold() in DOCUMENT_KINDS,
    }
    if role in words:
        return sum(bool(words[role](value)) for value in values) / len(values)
    patterns = {
        Role.EMAIL: "@",
        Role.DAYS_TO_PAY: r"^-?\d{1,4}(\.0)?$",
        Role.SIREN: r"^\s*\d{3}\s?\d{3}\s?\d{3}(\s?\d{5})?\s*$",
        Role.PHONE: r"\d{2}.*\d{2}",
    }
    return _matching(values, values.str.contains(patterns[role])) if role in patterns else 1.0


def _matching(values: pl.Series, matches: pl.Series) -> float:
    return float(matches.sum()) / len(values)


def guess_kind(columns: dict[Role, str]) -> ListKind:
    """Tell from the columns what the rows of a list are."""
    has = columns.keys()
    money = has & (AMOUNTS - {Role.PAID_AMOUNT}) or has & {Role.PAID_AMOUNT}
    if not money:
        person = has & {Role.CONTACT_NAME, Role.CONTACT_ROLE}
        company = has & {Role.SIREN, Role.VAT_NUMBER, Role.ADDRESS, Role.TERMS, Role.CITY, Role.SEGMENT}
        return ListKind.CONTACTS if person and not company else ListKind.CUSTOMERS
    if not has & {Role.DUE_ON, Role.OPEN_AMOUNT} and (
        (Role.PAID_ON in has and Role.ISSUED_ON not in has) or has & {Role.PAYMENT_ID, Role.METHOD}
    ):
        return ListKind.PAYMENTS
    if has & {Role.PAID_ON, Role.DAYS_TO_PAY, Role.PAID_AMOUNT}:
        return ListKind.INVOICES
    return ListKind.OPEN_ITEMS


def _order(table: Table, sample: pl.DataFrame, mapped: dict[Role, str], country: str, doubts: list[str]) -> Order:
    names = [mapped[role] for role in sorted(DAYS & mapped.keys())]
    if not names:
        return Order.DAY_FIRST
    texts = pl.concat(sample[name].alias("t") for name in names)
    if not days.is_numeric(texts):
        return Order.DAY_FIRST
    found = days.guess_order(texts)
    if found is None:
        whole = table.whole(names)
        found = days.guess_order(pl.concat(whole[name].explode().alias("t") for name in names))
    if found is None:
        found = Order.MONTH_FIRST if country in ("US", "PH") else Order.DAY_FIRST
        told = _("the day") if found is Order.DAY_FIRST else _("the month")
        doubts.append(
            _("Nothing tells whether the day or the month comes first; %(first)s is assumed.") % {"first": told}
        )
    return found


def _decimal(table: Table, sample: pl.DataFrame, mapped: dict[Role, str], comma_likely: bool, doubts: list[str]) -> str:
    names = [mapped[role] for role in sorted(AMOUNTS & mapped.keys())]
    if not names:
        return "."
    texts = pl.concat(sample[name].alias("t") for name in names)
    if not texts.str.contains(r"[.,]").any():
        whole = table.whole(names)
        texts = pl.concat(whole[name].explode().alias("t") for name in names)
    found = numbers.guess_decimal_mark(texts)
    if found is None:
        found = "," if comma_likely else "."
        if texts.str.contains(r"[.,]").any():
            doubts.append(
                _("Nothing tells whether 1%(mark)s234 is more than a thousand; “%(mark)s” is read as decimal.")
                % {"mark": found}
            )
    return found
