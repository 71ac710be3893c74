"""How does a piece of a table become facts, and which of its lines are turned away?"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import polars as pl
from django.utils.translation import gettext as _

from amiable.core.money import exponent
from amiable.ledger.intake import Batch
from amiable.sources.facts.items import item_facts
from amiable.sources.facts.keys import Seen
from amiable.sources.facts.parties import contacts, customer_code, customers
from amiable.sources.facts.payments import payment_facts
from amiable.sources.facts.portion import Context, Portion
from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.reading import days, numbers
from amiable.sources.reading.cells import cleaned, without_float_artefact
from amiable.sources.reading.currencies import currency_of
from amiable.sources.tables import LINE, Rejected, Table
from amiable.sources.vocabulary import AMOUNTS, DAYS, LABELS, Role

CODES = (Role.CUSTOMER_CODE, Role.NUMBER, Role.PO_NUMBER, Role.PAYMENT_ID)
LENGTHS = {Role.CUSTOMER_CODE: 64, Role.NUMBER: 64}  # longer ones cannot be told apart once cut, so they are refused


def portions(table: Table, mapping: Mapping, context: Context, notes: Counter[str]) -> Iterator[Portion]:
    """Yield the facts of a table piece by piece; `notes` counts what had to be assumed."""
    seen = Seen()
    for frame, misshapen in table.portions():
        rows = _typed(_by_role(frame, mapping), mapping, context)
        rows = rows.with_columns(reason=_first_reason(rows, mapping))
        good = rows.filter(pl.col("reason").is_null())
        batch, refused = _facts(good, mapping, context, notes, seen)
        turned_away = pl.concat([rows.filter(pl.col("reason").is_not_null()).select("line", "reason"), refused])
        rejected = sorted([*misshapen, *_listed(turned_away, frame)], key=lambda row: row.line)
        yield Portion(batch, rejected)


def _by_role(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Name the columns by their roles; roles that no column has are there too, empty."""
    found = {role: name for role, name in mapping.columns.items() if name in frame.columns}
    chosen = frame.select(
        pl.col(LINE).alias("line"),
        *(pl.col(name).alias(role) for role, name in found.items()),
    )
    absent = [pl.lit(None, pl.String).alias(role) for role in Role if role not in found]
    tidy = cleaned(chosen)
    codes = [without_float_artefact(pl.col(role)).alias(role) for role in CODES if role in found]
    return tidy.with_columns(codes).with_columns(absent)


def _typed(rows: pl.DataFrame, mapping: Mapping, context: Context) -> pl.DataFrame:
    """Add, beside the text of each role, its value: days as `…_day`, amounts as `…_minor`, and the currency."""
    read = [
        (days.to_days(rows[role], mapping.order) if role in mapping.columns else pl.lit(None, pl.Date)).alias(
            f"{role}_day"
        )
        for role in DAYS
    ]
    rows = rows.with_columns(read)
    default = mapping.currency or context.currency
    known = {text: currency_of(text) for text in rows[Role.CURRENCY].drop_nulls().unique()}
    currencies = rows[Role.CURRENCY].replace_strict(known, default=None, return_dtype=pl.String)
    stated = rows[Role.CURRENCY].is_not_null()
    rows = rows.with_columns(
        currency_=pl.when(stated).then(currencies).otherwise(pl.lit(default)),
        customer_code_=customer_code(rows),
    )
    places = {code: exponent(code) for code in rows["currency_"].drop_nulls().unique()}
    decimal = mapping.decimal
    return rows.with_columns(
        _minor(rows[role], decimal, places).alias(f"{role}_minor")
        if role in mapping.columns
        else pl.lit(None, pl.Int64).alias(f"{role}_minor")
        for role in AMOUNTS
    )


def _minor(texts: pl.Series, decimal: str, places: dict[str, int]) -> pl.Expr:
    """Return an amount in the minor units of its own row's currency."""
    text = pl.col(texts.name)
    number = text if decimal == "." and numbers.is_plain(texts) else numbers.plain(text, decimal)
    minor = pl.lit(None, pl.Int64)
    for count in sorted(set(places.values())):
        currencies = [code for code, exp in places.items() if exp == count]
        minor = pl.when(pl.col("currency_").is_in(currencies)).then(numbers.to_minor(number, count)).otherwise(minor)
    return minor


def _first_reason(rows: pl.DataFrame, mapping: Mapping) -> pl.Expr:
    """Return, for each row, the first thing that is wrong with what it says; null where nothing is."""
    used = [role for role in Role if role in mapping.columns]
    reasons = []
    if mapping.kind is not ListKind.PAYMENTS:
        is_total = pl.any_horizontal(
            pl.col(role).str.contains(r"(?i)^\s*(sub-?|sous-?|grand\s+)?tota(l|ux)\b") for role in used
        )
        reasons.append((is_total & pl.col(Role.NUMBER).is_null(), pl.lit(_("This line is a total, not an entry."))))
        reasons.append((pl.col("customer_code_").is_null(), pl.lit(_("No customer is named."))))
    for role, length in LENGTHS.items():
        message = _("%(column)s is longer than %(length)d characters.") % {"column": LABELS[role], "length": length}
        reasons.append((pl.col(role).str.len_chars() > length, pl.lit(message)))
    if mapping.kind not in (ListKind.CUSTOMERS, ListKind.CONTACTS):
        no_currency = pl.col(Role.CURRENCY).is_not_null() & pl.col("currency_").is_null()
        reasons.append((no_currency, _told(_("“%s” is no currency."), Role.CURRENCY)))
        for role in (r for r in used if r in DAYS):
            wrong = pl.col(role).is_not_null() & pl.col(f"{role}_day").is_null()
            message = _("%(column)s: “%%s” is no day between 1950 and 2099.") % {"column": LABELS[role]}
            reasons.append((wrong, _told(message.replace("%%", "%"), role)))
        for role in (r for r in used if r in AMOUNTS):
            wrong = pl.col(role).is_not_null() & pl.col(f"{role}_minor").is_null()
            message = _("%(column)s: “%%s” is no amount that can be booked.") % {"column": LABELS[role]}
            reasons.append((wrong, _told(message.replace("%%", "%"), role)))
    return pl.coalesce(pl.when(wrong).then(reason) for wrong, reason in reasons)


def _told(message: str, role: Role) -> pl.Expr:
    before, after = message.split("%s", 1)
    return pl.concat_str(pl.lit(before), pl.col(role).str.slice(0, 40), pl.lit(after))


def _facts(
    good: pl.DataFrame, mapping: Mapping, context: Context, notes: Counter[str], seen: Seen
) -> tuple[Batch, pl.DataFrame]:
    """Return the facts of the rows, and `line`, `reason` of those that state none after all."""
    refused = pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String})
    books: dict[str, pl.DataFrame] = {}
    count = good.height
    last_day: date | None = None
    good = good.with_columns(terms_=_terms_in_words(pl.col(Role.TERMS)))
    if mapping.kind in (ListKind.OPEN_ITEMS, ListKind.INVOICES):
        books, good, refused, last_day = item_facts(good, mapping, context, notes, seen)
    elif mapping.kind is ListKind.PAYMENTS:
        books, good, refused, last_day = payment_facts(good, mapping, context, notes, seen)
    batch = Batch(
        customers=customers(good, notes, context.country),
        contacts=contacts(good, notes, context.country),
        last_day=last_day,
        rows=count,
        **books,
    )
    return batch, refused


def _terms_in_words(terms: pl.Expr) -> pl.Expr:
    """Return payment terms as they are written; a mere number is one of days."""
    days_only = terms.str.extract(r"^(\d{1,3})(?:\.0)?$", 1)
    return pl.when(days_only.is_not_null()).then(days_only + pl.lit(_(" days"))).otherwise(terms.str.slice(0, 80))


def _listed(turned_away: pl.DataFrame, frame: pl.DataFrame) -> list[Rejected]:
    """Pair the reasons with what the lines said."""
    if turned_away.is_empty():
        return []
    cells = [pl.col(name).fill_null("") for name in frame.columns if name != LINE]
    content = pl.concat_str(cells, separator=" | ").str.replace_all(r"[\x00-\x1f\x7f]+", " ").str.slice(0, 1000)
    said = frame.select(line=LINE, content=content).join(turned_away, on="line")
    return [Rejected(line, reason, text) for line, text, reason in said.iter_rows()]
