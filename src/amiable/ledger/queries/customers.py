"""Who owes what, and how do we stand with them?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from babel.numbers import list_currencies
from django.db.models import Prefetch, QuerySet

from amiable.core.money import exponent
from amiable.ledger.models import Address, Contact, Customer, Hold
from amiable.ledger.queries.as_of import (
    BUCKETS,
    ITEMS_OF_CREDITOR,
    anything_later,
    bucket_days,
    owed_then,
    rows,
)
from amiable.ledger.queries.balances import Balance, balances_of, customer_balances
from amiable.ledger.queries.holds import FIRST_TOLD, holds_in_force, in_force
from amiable.ledger.queries.pages import PER_PAGE, Page, ordering
from amiable.ledger.queries.search import contains, pattern
from amiable.organisation.access import Act, may
from amiable.organisation.models import Creditor, Member

NOBODY = 0  # as an owner to filter by: customers without one


class CustomerSort(StrEnum):
    """What a list of customers can be ordered by; "-" before it turns it round.

    Amounts compare the customer's largest balance over its currencies, in major units.
    """

    NAME = "name"
    CODE = "code"
    OPEN = "open"
    LATE = "late"
    OLDEST = "oldest"  # days past due of the oldest open invoice


SORTS = {
    CustomerSort.NAME: "LOWER(c.name)",
    CustomerSort.CODE: "c.code",
    CustomerSort.OPEN: "o.open_major",
    CustomerSort.LATE: "o.late_major",
    CustomerSort.OLDEST: "-o.oldest_due_on",  # the earlier it was due, the more days
}


@dataclass(frozen=True)
class CustomerRow:
    """A line of the Customers page."""

    customer_id: int
    code: str
    name: str
    segment: str
    country: str
    owner_id: int | None
    owner: str  # empty: nobody
    balances: tuple[Balance, ...]  # one per currency with anything open
    late_days: int  # of the oldest open invoice; 0: nothing is late
    hold: str | None  # the kind of a hold on the whole customer
    hold_until: date | None

    @property
    def is_late(self) -> bool:
        return self.late_days > 0


@dataclass(frozen=True)
class CustomerHeader:
    """What stands at the top of a customer's page."""

    customer: Customer  # with creditor, owner and salesperson
    balances: list[Balance]
    late_days: int
    holds: list[Hold]  # in force, on items or on the whole customer
    contacts: list[Contact]  # who have not left, with `addresses`, in the order we ask them

    @property
    def hold(self) -> Hold | None:
        """The hold on the whole customer that people should know of first."""
        whole = [hold for hold in self.holds if hold.item_id is None]
        return min(whole, key=lambda hold: FIRST_TOLD[hold.kind], default=None)


def customers_visible_to(member: Member | None) -> QuerySet[Customer]:
    """Return the customers a member may see: all, those they sell to, or none."""
    if may(member, Act.SEE_ALL_CUSTOMERS):
        return Customer.objects.all()
    if may(member, Act.SEE_CUSTOMERS):
        return Customer.objects.filter(salesperson=member)
    return Customer.objects.none()


def customer_by_code(creditor: Creditor, code: str) -> Customer | None:
    """Return the customer with that code, else the only one with that exact name; capitals do not matter.

    None: there is none, or several share the name. Two statements; it reads every name, since SQLite cannot tell
    that "É" and "é" are one letter.
    """
    wanted = code.strip().casefold()
    of_creditor = Customer.objects.filter(creditor=creditor)
    names = list(of_creditor.values_list("pk", "code", "name"))
    for found in (
        [pk for pk, known, _name in names if known == code],
        [pk for pk, known, _name in names if known.casefold() == wanted],
        [pk for pk, _code, name in names if name.casefold() == wanted],
    ):
        if len(found) == 1:
            return of_creditor.select_related("creditor").get(pk=found[0])
    return None


def segments(creditor: Creditor) -> list[str]:
    """Return the segments in use, in order."""
    return list(
        Customer.objects.filter(creditor=creditor)
        .exclude(segment="")
        .order_by("segment")
        .values_list("segment", flat=True)
        .distinct()
    )


def customer_header(customer: Customer, *, as_of: date) -> CustomerHeader:
    """Return the top of a customer's page, in five statements."""
    fresh = Customer.objects.select_related("creditor", "owner", "salesperson").get(pk=customer.pk)
    owed = customer_balances(fresh, as_of=as_of)
    present = Contact.objects.filter(customer=fresh, left_on=None).order_by("rank", "pk")
    addresses = Prefetch("addresses", Address.objects.order_by("channel"))
    return CustomerHeader(
        customer=fresh,
        balances=owed,
        late_days=_late_days(owed, as_of),
        holds=list(holds_in_force(fresh, as_of=as_of)),
        contacts=list(present.prefetch_related(addresses)),
    )


def customer_rows(
    member: Member | None,
    *,
    creditor: Creditor,
    as_of: date,
    search: str = "",
    segment: str = "",
    owner: int | None = None,
    bucket: str = "",
    late: bool = False,
    held: bool = False,
    archived: bool = False,
    sort: str = "-late",
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Page[CustomerRow]:
    """Return a page of the customers that a member may see, in five statements.

    `search` finds name, code, SIREN, invoice number and e-mail address; `owner` is a member's key or `NOBODY`;
    `bucket` keeps those with anything open of that age. A page beyond the end gives the last one, for two more.
    """
    where, values = _conditions(member, creditor, search=search, segment=segment, owner=owner, archived=archived)
    if late:
        where.append("o.late_major > 0")
    if bucket in BUCKETS:
        where.append(f"o.bucket_{BUCKETS.index(bucket)} > 0")
    if held:
        where.append(HELD)
    values |= {"as_of": as_of, "creditor": creditor.pk, **bucket_days(as_of)}
    sql = _listing(where, ordering(sort, SORTS), later=anything_later(as_of))
    found = rows(sql, {**values, "limit": per_page, "offset": (max(page, 1) - 1) * per_page})
    if not found and page > 1:
        page = 1
        found = rows(sql, {**values, "limit": per_page, "offset": 0})
        if found and (page := -(-found[0][1] // per_page)) > 1:
            found = rows(sql, {**values, "limit": per_page, "offset": (page - 1) * per_page})
    return Page(
        rows=_rows([pk for pk, _total in found], as_of=as_of),
        number=max(page, 1),
        total=found[0][1] if found else 0,
        per_page=per_page,
    )


HELD = """EXISTS (SELECT 1 FROM ledger_hold h WHERE h.customer_id = c.id AND h.item_id IS NULL
    AND h.held_from <= %(as_of)s AND (h.held_until IS NULL OR h.held_until > %(as_of)s)
    AND (h.ended_on IS NULL OR h.ended_on > %(as_of)s))"""


NUMBERED = """c.id IN (SELECT i.customer_id FROM ledger_item i
    WHERE i.creditor_id = %(creditor)s AND i.number IN (%(typed)s, %(upper)s))"""
WRITTEN_TO = """c.id IN (SELECT p.customer_id FROM ledger_address a JOIN ledger_contact p ON p.id = a.contact_id
    WHERE a.channel = 'email' AND a.value LIKE %(email)s)"""  # kept in lower case


def _conditions(
    member: Member | None, creditor: Creditor, *, search: str, segment: str, owner: int | None, archived: bool
) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions on customers `c`, and the values in them."""
    where = ["c.creditor_id = %(creditor)s", f"c.archived_on IS {'NOT NULL' if archived else 'NULL'}"]
    values: dict[str, Any] = {}
    where.append(visible_condition(member, values))
    if segment:
        where.append("c.segment = %(segment)s")
        values["segment"] = segment
    if owner is not None:
        where.append("c.owner_id IS NULL" if owner == NOBODY else "c.owner_id = %(owner)s")
        values["owner"] = owner
    if search.strip():
        values |= {"typed": search.strip(), "upper": search.strip().upper(), "like": pattern(search)}
        values["digits"] = pattern("".join(search.split()), anywhere=False)
        values["email"] = values["like"]
        found_by = (
            contains("c.name", "like"),
            contains("c.legal_name", "like"),
            contains("c.code", "like"),
            "c.siren LIKE %(digits)s",
            NUMBERED,
            WRITTEN_TO,
        )
        where.append(f"({' OR '.join(found_by)})")
    return where, values


def visible_condition(member: Member | None, values: dict[str, Any]) -> str:
    """Return `customers_visible_to` as a condition on customers `c`, adding its value."""
    if may(member, Act.SEE_ALL_CUSTOMERS):
        return "1 = 1"
    if may(member, Act.SEE_CUSTOMERS):
        values["seller"] = member.pk
        return "c.salesperson_id = %(seller)s"
    return "1 = 0"


def _listing(where: list[str], order: str, *, later: bool) -> str:
    """Return the statement for the keys of a page and the number of customers in the whole list.

    It adds up no more than what the conditions and the order ask for.
    """
    condition = " AND ".join(where)
    tail = f"WHERE {condition} ORDER BY {order}, LOWER(c.name), c.id LIMIT %(limit)s OFFSET %(offset)s"
    largest = {
        "open_major": ("open_minor", f"MAX({_major('open_minor')})"),
        "late_major": ("late_minor", f"MAX({_major('late_minor')})"),
        "oldest_due_on": ("oldest_due_on", "MIN(oldest_due_on)"),
    } | {f"bucket_{place}": (f"bucket_{place}", f"MAX(bucket_{place})") for place in range(len(BUCKETS))}
    asked = [name for name in largest if f"o.{name}" in tail]
    if not asked:
        return f"SELECT c.id, COUNT(*) OVER () FROM ledger_customer c {tail}"  # noqa: S608 constants
    chosen = ", ".join(f"{largest[name][1]} AS {name}" for name in asked)
    return f"""WITH {owed_then(ITEMS_OF_CREDITOR, [largest[name][0] for name in asked], later=later)},
    owes AS (SELECT customer_id, {chosen} FROM owed_then GROUP BY customer_id)
    SELECT c.id, COUNT(*) OVER () FROM ledger_customer c LEFT JOIN owes o ON o.customer_id = c.id
    {tail}"""  # noqa: S608 put together from constants; every value is a parameter


@cache
def _factors() -> str:
    """Return, as SQL, how many minor units of a row's currency make a major one."""
    by_exponent: dict[int, list[str]] = {}
    for currency in sorted(list_currencies()):
        if exponent(currency) != 2:
            by_exponent.setdefault(exponent(currency), []).append(f"'{currency}'")
    cases = " ".join(
        f"WHEN currency IN ({', '.join(codes)}) THEN {10**decimals}.0" for decimals, codes in by_exponent.items()
    )
    return f"CASE {cases} ELSE 100.0 END"


def _major(minor: str) -> str:
    """Return an amount in major units: good for comparing, never for adding up."""
    return f"CAST({minor} AS double precision) / {_factors()}"  # exact division is slow, and an order needs none


def _late_days(owed: list[Balance], as_of: date) -> int:
    oldest = [(as_of - balance.oldest_due_on).days for balance in owed if balance.oldest_due_on]
    return max([0, *oldest])


def _rows(ids: list[int], *, as_of: date) -> tuple[CustomerRow, ...]:
    """Return the lines of a page in the order of its keys, in three statements."""
    customers = Customer.objects.select_related("owner").in_bulk(ids)
    owed = balances_of(ids, as_of=as_of)
    holds: dict[int, Hold] = {}
    for hold in Hold.objects.filter(in_force(as_of), customer__in=ids, item=None):
        known = holds.get(hold.customer_id)
        if known is None or FIRST_TOLD[hold.kind] < FIRST_TOLD[known.kind]:
            holds[hold.customer_id] = hold
    return tuple(
        _row(customers[pk], owed=owed.get(pk, []), hold=holds.get(pk), as_of=as_of) for pk in ids if pk in customers
    )


def _row(customer: Customer, *, owed: list[Balance], hold: Hold | None, as_of: date) -> CustomerRow:
    return CustomerRow(
        customer_id=customer.pk,
        code=customer.code,
        name=customer.name,
        segment=customer.segment,
        country=customer.country,
        owner_id=customer.owner_id,
        owner=str(customer.owner) if customer.owner else "",
        balances=tuple(owed),
        late_days=_late_days(owed, as_of),
        hold=hold.kind if hold else None,
        hold_until=hold.held_until if hold else None,
    )
