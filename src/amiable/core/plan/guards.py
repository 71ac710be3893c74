"""What do we never do?

Each guard is a small function that says which rows it refuses, why, and which facts stand behind that. The planner
asks them when it plans, and `recheck` asks the same ones again at the moment of sending.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from amiable.core.book import Book
from amiable.core.days import closed_countries, next_working_day
from amiable.core.money import to_minor
from amiable.core.plan.outcome import Reason
from amiable.core.policy.model import ContactPolicy, Policy
from amiable.core.position import currencies_of, sum_per_currency

FACTS = pl.Schema({"reason": pl.String, "fact_on": pl.Date, "fact_minor": pl.Int64, "fact_count": pl.Int64})
PAUSES = {
    "dispute": Reason.DISPUTED,
    "promise": Reason.PROMISED,
    "plan": Reason.PAYMENT_PLAN,
    "deferral": Reason.DEFERRED,
    "in_transit": Reason.IN_TRANSIT,
    "hold": Reason.ITEM_HELD,
}
_PLACES = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True)
class Guard:
    """One thing that we never do, and the facts that explain it. A row where `refuses` is null is not refused."""

    reason: Reason
    refuses: pl.Expr
    fact_on: pl.Expr | None = None
    fact_minor: pl.Expr | None = None
    fact_count: pl.Expr | None = None


def first_refusal(guards: Sequence[Guard]) -> pl.Expr:
    """Return which of some guards, asked in this order, is the first to refuse a row: a place in `Reason`, or null."""
    place = pl.lit(None, dtype=pl.UInt8)
    for guard in reversed(guards):
        place = pl.when(guard.refuses).then(pl.lit(_PLACES[guard.reason], dtype=pl.UInt8)).otherwise(place)
    return place.alias("refused_by")


def explain(guards: Sequence[Guard]) -> list[pl.Expr]:
    """Return the columns of `FACTS` for rows whose column `refused_by` says which guard refused them."""
    reasons = {place: reason.value for reason, place in _PLACES.items()}
    reason = pl.col("refused_by").replace_strict(reasons, return_dtype=pl.String).alias("reason")
    return [reason, *(_fact(name, guards) for name in FACTS if name != "reason")]


def _fact(name: str, guards: Sequence[Guard]) -> pl.Expr:
    value = pl.lit(None, dtype=FACTS[name])
    for guard in guards:
        fact: pl.Expr | None = getattr(guard, name)
        if fact is not None:
            value = pl.when(pl.col("refused_by") == _PLACES[guard.reason]).then(fact).otherwise(value)
    return value.alias(name)


# What stands in the way of the customer as a whole


def customer_facts(book: Book, policy: Policy) -> pl.LazyFrame:
    """Return one row per customer with all that the guards below look at.

    customer_id, hold, hold_until, awaiting_since, open_again_on (next working day; null: today is one), gap_over_on
    (first day after the minimum gap; null: no contact lately), cap_over_on, cap_contacts (null: no cap is reached).
    """
    contact = policy.contact
    countries = book.customers["country"].unique()
    closed = closed_countries(book.as_of, countries)
    reopening = {country: next_working_day(book.as_of, country) for country in sorted(closed)}
    open_again_on = (
        pl.col("country").replace_strict(reopening, default=None, return_dtype=pl.Date)
        if reopening
        else pl.lit(None, dtype=pl.Date)
    )
    return (
        book.customers.lazy()
        .select("customer_id", "hold", "hold_until", "awaiting_since", open_again_on=open_again_on)
        .join(_gaps(book, contact), on="customer_id", how="left")
        .join(_caps(book, contact), on="customer_id", how="left")
    )


def _gaps(book: Book, contact: ContactPolicy) -> pl.LazyFrame:
    # Even without a minimum gap nobody hears from us twice on one day.
    gap = timedelta(days=max(contact.minimum_gap_days, 1))
    over_on = pl.col("on").max() + gap
    return book.touches.lazy().filter(pl.col("on") > book.as_of - gap).group_by("customer_id").agg(gap_over_on=over_on)


def _caps(book: Book, contact: ContactPolicy) -> pl.LazyFrame:
    """Return the customers whom one more contact today would bring above a cap: customer_id, cap_over_on, cap_contacts.

    Where several caps are reached, the one that lasts longest is told. A cap of no contacts at all never ends.
    """
    reached = [pl.LazyFrame(schema={"customer_id": pl.Int64, "cap_over_on": pl.Date, "cap_contacts": pl.Int64})]
    ours = book.touches.lazy().filter(pl.col("direction") == "out")
    for cap in contact.caps:
        contacts = pl.lit(cap.contacts, dtype=pl.Int64)
        if cap.contacts <= 0:
            never = pl.lit(None, dtype=pl.Date)
            reached.append(book.customers.lazy().select("customer_id", cap_over_on=never, cap_contacts=contacts))
            continue
        window = timedelta(days=cap.days)
        # The window frees a place when the oldest of the last `contacts` touches leaves it.
        frees = pl.col("on").top_k(cap.contacts).min() + window
        counted = ours.filter(pl.col("on") > book.as_of - window)
        many = counted.group_by("customer_id").len().filter(pl.col("len") >= cap.contacts)
        full = counted.join(many, on="customer_id", how="semi").group_by("customer_id").agg(cap_over_on=frees)
        reached.append(full.with_columns(cap_contacts=contacts))
    return (
        pl.concat(reached)
        .sort("cap_over_on", descending=True, nulls_last=False, maintain_order=True)
        .unique("customer_id", keep="first", maintain_order=True)
    )


# The guards, in the order in which they are asked


def is_paused(as_of: date) -> pl.Expr:
    """Say for each item whether something between us and the customer about it stands: a dispute, a promise…"""
    return pl.col("pause").is_not_null() & _still(pl.col("pause_until"), as_of)


def paused(as_of: date) -> list[Guard]:
    """A disputed, promised, planned, deferred, held or already ordered payment is left alone until its cause ends."""
    standing = ~pl.col("thanks") & is_paused(as_of)
    return [
        Guard(reason, standing & (pl.col("pause") == pause), fact_on=pl.col("pause_until"))
        for pause, reason in PAUSES.items()
    ]


def customer_held(as_of: date) -> Guard:
    """Whom a colleague put on hold hears nothing from us."""
    standing = pl.col("hold").is_not_null() & _still(pl.col("hold_until"), as_of)
    return Guard(Reason.CUSTOMER_HELD, standing, fact_on=pl.col("hold_until"))


def awaiting_answer() -> Guard:
    """Whoever waits for our answer is not written to about anything else."""
    return Guard(
        Reason.AWAITING_ANSWER,
        pl.col("reaches") & pl.col("awaiting_since").is_not_null(),
        fact_on=pl.col("awaiting_since"),
    )


def bank_data_stale(book: Book, policy: Policy) -> Guard:
    """Nobody is told to be late as long as the payment may have arrived unseen."""
    oldest = policy.contact.bank_data_max_age_days
    return Guard(
        Reason.BANK_DATA_STALE,
        ~pl.col("thanks") & (pl.col("age") > 0) & is_bank_stale(book, policy),
        fact_on=pl.lit(book.bank_as_of, dtype=pl.Date),
        fact_count=pl.lit(oldest, dtype=pl.Int64),
    )


def is_bank_stale(book: Book, policy: Policy) -> bool:
    """Say whether the bank data are older than the policy allows; data never loaded always are."""
    oldest = policy.contact.bank_data_max_age_days
    if oldest is None:
        return False
    return book.bank_as_of is None or book.bank_as_of < book.as_of - timedelta(days=oldest)


def below_minimum() -> Guard:
    """What costs more kindness than it brings money is never chased. Looks at owed_minor and minimum_minor."""
    too_small = ~pl.col("thanks") & (pl.col("owed_minor") < pl.col("minimum_minor"))
    return Guard(Reason.BELOW_MINIMUM, too_small, fact_minor=pl.col("owed_minor"))


def not_a_working_day() -> Guard:
    """Nobody hears from us on a weekend or a public holiday of their country."""
    closed = pl.col("reaches") & pl.col("open_again_on").is_not_null()
    return Guard(Reason.NOT_A_WORKING_DAY, closed, fact_on=pl.col("open_again_on"))


def too_soon() -> Guard:
    """Every contact, theirs or ours, is given time to settle."""
    soon = pl.col("reaches") & pl.col("gap_over_on").is_not_null()
    return Guard(Reason.TOO_SOON, soon, fact_on=pl.col("gap_over_on"))


def cap_reached() -> Guard:
    """Nobody hears from us more often than the policy promises."""
    full = pl.col("reaches") & pl.col("cap_contacts").is_not_null()
    return Guard(Reason.CAP_REACHED, full, fact_on=pl.col("cap_over_on"), fact_count=pl.col("cap_contacts"))


def owed_and_minimum(rows: pl.LazyFrame, book: Book, policy: Policy) -> pl.DataFrame:
    """Return what some rows sum up to per customer and currency, thanks left out, less the money of theirs we hold.

    customer_id, currency, owed_minor, minimum_minor (at least one minor unit: what we hold ourselves is not chased).
    """
    held = book.credits.lazy().group_by("customer_id", "currency").agg(pl.col("credit_minor").sum())
    asked = sum_per_currency(rows.filter(~pl.col("thanks")), currencies_of(book), "open_minor")
    owed = (
        asked.lazy()
        .join(held, on=["customer_id", "currency"], how="left")
        .select("customer_id", "currency", owed_minor=pl.col("open_minor") - pl.col("credit_minor").fill_null(0))
        .collect()
    )
    minimum = minimum_minor(owed["currency"].unique(), policy.contact.minimum_balance)
    return owed.with_columns(minimum_minor=pl.col("currency").replace_strict(minimum, default=1, return_dtype=pl.Int64))


def minimum_minor(currencies: Iterable[str], minimum_balance: dict[str, Decimal]) -> dict[str, int]:
    """Return the smallest balance that may be chased in each of some currencies, in minor units: at least 1."""
    others = minimum_balance.get("*", Decimal(0))
    return {currency: max(1, to_minor(minimum_balance.get(currency, others), currency)) for currency in set(currencies)}


def _still(until: pl.Expr, as_of: date) -> pl.Expr:
    return until.is_null() | (until > as_of)
