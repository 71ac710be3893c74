"""What do we know about those we are about to write to?

`setting` reads what all messages of a run share; `gather` reads what belongs to some customers, with one statement
per kind of fact however many customers there are. Both give plain values, so that a message is written without
asking the database.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Count, F, Max, Q, QuerySet

from amiable.core.days import next_working_day
from amiable.core.policy.model import Anchor, Condition, Do, Policy
from amiable.ledger.models import Contact, Customer, Hold, HoldKind, Item, ItemKind, Reach
from amiable.organisation.models import BankAccount, Creditor, Member
from amiable.outreach.models import MessageItem, Status, Touch

from .formats import day
from .letter import House, Letter, Line, Person, plain, sorted_lines
from .payment import Account
from .phrases import phrases_in

HISTORY_DAYS = 730
GOOD_PAYER_INVOICES = 4  # at least so many settled in those days …
GOOD_PAYER_SHARE = 0.8  # … and this share of them by their due date
TOLD_DAYS = 60  # what somebody said longer ago is not mentioned any more


@dataclass(frozen=True)
class Colleague:
    """A member as messages need them."""

    person: Person
    email: str
    manager_id: int | None


@dataclass(frozen=True)
class Setting:
    """What all messages of one run share."""

    house: House
    house_person: Person  # signs where a customer has no owner
    colleagues: dict[int, Colleague]  # only those who are still with us
    following: dict[tuple[str, str], tuple[str, int]]  # (scenario, step) → what is done next, and how many days later


@dataclass(slots=True)
class Known:
    """What we know about one customer."""

    customer_id: int
    code: str
    name: str
    country: str
    time_zone: str
    customer_since: date | None
    owner_id: int | None
    salesperson_id: int | None
    open_lines: list[Line] = field(default_factory=list)
    held_items: set[int] = field(default_factory=set)
    good_payer: bool = False
    told: tuple[date, str] | None = None  # the day, and how: promise, phone, email…
    last_contact_on: date | None = None
    earlier_reminders: int = 0

    def told_us(self, as_of: date, language: str) -> str:
        """Return a sentence on the last thing they told us, in a language; nothing where that is long ago."""
        if self.told is None:
            return ""
        on, how = self.told
        phrases = phrases_in(language)
        pattern = {"promise": phrases.TOLD_PROMISE, "phone": phrases.TOLD_CALL}.get(how, phrases.TOLD_EMAIL)
        return str(pattern.format(day=day(on, as_of, language)))


def setting(creditor: Creditor, policy: Policy | None) -> Setting:
    """Read what all messages of a creditor share. Two statements."""
    accounts = BankAccount.objects.filter(creditor=creditor, is_default=True)
    colleagues = Member.objects.filter(is_active=True).values_list(
        "id", "first_name", "last_name", "job_title", "phone", "email", "manager_id"
    )
    reply_to = creditor.reply_to or creditor.sender_email
    return Setting(
        house=_house(creditor, accounts),
        house_person=Person(plain(creditor.sender_name or creditor.name), "", plain(creditor.phone), reply_to),
        colleagues={
            member_id: Colleague(
                Person(plain(f"{first} {last}") or email, plain(title), plain(phone), email), email, manager_id
            )
            for member_id, first, last, title, phone, email, manager_id in colleagues
        },
        following=_following(policy) if policy else {},
    )


def _house(creditor: Creditor, accounts: Iterable[BankAccount]) -> House:
    details = [
        Account(
            currency=account.currency,
            holder=plain(account.holder),
            iban=account.iban.replace(" ", ""),
            bic=account.bic,
            bank_name=plain(account.bank_name),
        )
        for account in accounts
    ]
    return House(
        name=plain(creditor.name),
        brand=creditor.brand_colour,
        phone=plain(creditor.phone),
        footer=(plain(creditor.legal_name), *plain(creditor.address, keep_lines=True).splitlines()),
        siren=creditor.siren,
        vat_number=creditor.vat_number,
        accounts={account.currency: account for account in details},
    )


def _following(policy: Policy) -> dict[tuple[str, str], tuple[str, int]]:
    """Return for each step what the customer would notice next, and how many days later.

    Reviews stay among ourselves. A step that only some customers get is announced to nobody: better no word on what
    comes next than a wrong one.
    """
    found = {}
    for scenario in policy.scenarios:
        ladder = sorted(
            (s for s in scenario.steps if s.anchor is Anchor.DUE and s.do is not Do.REVIEW), key=lambda s: s.day
        )
        for step in ladder:
            following = next((s for s in ladder if s.day > max(step.day, 0)), None)
            if following and following.when == Condition():
                found[scenario.name, step.name] = (following.do.value, following.day - step.day)
    return found


def gather(customer_ids: Collection[int], *, as_of: date) -> dict[int, Known]:
    """Read what we know about some customers. Seven statements."""
    known = {
        row[0]: Known(row[0], row[1], plain(row[2]), *row[3:])
        for row in Customer.objects.filter(id__in=customer_ids).values_list(
            "id", "code", "name", "country", "time_zone", "customer_since", "owner_id", "salesperson_id"
        )
    }
    open_items = Item.objects.filter(customer_id__in=customer_ids, kind=ItemKind.INVOICE, settled_on=None)
    for customer_id, line in lines_of(open_items):
        known[customer_id].open_lines.append(line)
    _holds(known, as_of)
    _payment_history(known, as_of)
    _touches(known, as_of)
    reminders = (
        MessageItem.objects.filter(
            message__customer_id__in=customer_ids,
            message__status=Status.SENT,
            message__level__gt=0,
            message__planned_for__lt=as_of,
            item__settled_on=None,
        )
        .values_list("message__customer_id")
        .annotate(count=Count("message_id", distinct=True))
        .order_by()
    )
    for customer_id, count in reminders:
        known[customer_id].earlier_reminders = count
    return known


def lines_of(items: QuerySet[Item]) -> Iterable[tuple[int, Line]]:
    """Yield the customer and the line of each item of a query. One statement."""
    rows = items.values_list(
        "customer_id", "id", "number", "due_on", "currency", "amount_minor", "allocated_minor", "settled_on"
    )
    for customer_id, item_id, number, due_on, currency, amount, allocated, settled_on in rows.iterator(
        chunk_size=20_000
    ):
        yield customer_id, Line(item_id, plain(number), due_on, currency, amount - allocated, amount, settled_on)


def _holds(known: dict[int, Known], as_of: date) -> None:
    """Note which items are held, and the last promise that we heard of."""
    holds = Hold.objects.filter(
        Q(ended_on=None)
        | Q(ended_on__gt=as_of)
        | Q(kind=HoldKind.PROMISE, held_from__gte=as_of - timedelta(days=TOLD_DAYS)),
        customer_id__in=list(known),
        held_from__lte=as_of,
    ).values_list("customer_id", "item_id", "kind", "held_from", "held_until", "ended_on")
    for customer_id, item_id, kind, held_from, held_until, ended_on in holds:
        customer = known[customer_id]
        if item_id and (ended_on is None or ended_on > as_of) and (held_until is None or held_until > as_of):
            customer.held_items.add(item_id)
        if kind == HoldKind.PROMISE and (as_of - held_from).days <= TOLD_DAYS:
            customer.told = max(customer.told or (held_from, ""), (held_from, "promise"))


def _payment_history(known: dict[int, Known], as_of: date) -> None:
    """Note who settles nearly all invoices by their due date."""
    history = (
        Item.objects.filter(
            customer_id__in=list(known),
            kind=ItemKind.INVOICE,
            settled_on__gte=as_of - timedelta(days=HISTORY_DAYS),
            settled_on__lte=as_of,
        )
        .values_list("customer_id")
        .annotate(settled=Count("id"), in_time=Count("id", filter=Q(settled_on__lte=F("due_on"))))
        .order_by()
    )
    for customer_id, settled, in_time in history:
        known[customer_id].good_payer = settled >= GOOD_PAYER_INVOICES and in_time >= GOOD_PAYER_SHARE * settled


def _touches(known: dict[int, Known], as_of: date) -> None:
    """Note the last contact, and the last word of theirs."""
    touches = Touch.objects.filter(customer_id__in=list(known))
    for customer_id, on in touches.filter(on__lt=as_of).values_list("customer_id").annotate(Max("on")).order_by():
        known[customer_id].last_contact_on = on
    theirs = touches.filter(direction=Touch.Direction.IN, on__gte=as_of - timedelta(days=TOLD_DAYS), on__lte=as_of)
    for customer_id, on, channel in theirs.values_list("customer_id", "on", "channel"):
        customer = known[customer_id]
        if customer.told is None or on > customer.told[0]:
            customer.told = (on, channel)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A contact and where they are reached."""

    contact_id: int
    name: str
    salutation: str
    addresses: dict[str, str]  # by channel, usable ones only


def recipients(contact_ids: Collection[int]) -> dict[int, Recipient]:
    """Read some contacts with their usable addresses. One statement."""
    rows = Contact.objects.filter(id__in=contact_ids).values_list(
        "id", "name", "salutation", "addresses__channel", "addresses__value", "addresses__reach"
    )
    found: dict[int, Recipient] = {}
    for contact_id, name, salutation, channel, value, reach in rows:
        recipient = found.setdefault(contact_id, Recipient(contact_id, plain(name), plain(salutation), {}))
        if reach == Reach.OK:
            recipient.addresses[channel] = value
    return found


def copy_address(colleague: str | None, customer: Known, shared: Setting) -> str:
    """Return the e-mail address of the colleague who gets a copy: the owner, the salesperson, the owner's manager."""
    owner = shared.colleagues.get(customer.owner_id or 0)
    match colleague:
        case "owner":
            chosen = owner
        case "salesperson":
            chosen = shared.colleagues.get(customer.salesperson_id or 0)
        case "manager":
            chosen = shared.colleagues.get(owner.manager_id or 0) if owner else None
        case _:
            chosen = None
    return chosen.email if chosen else ""


def tenure_years(since: date | None, as_of: date) -> int:
    """Return the whole years since somebody became a customer; 0 where unknown."""
    if since is None or since > as_of:
        return 0
    return as_of.year - since.year - ((as_of.month, as_of.day) < (since.month, since.day))


def letter_about(
    customer: Known,
    shared: Setting,
    recipient: Recipient | None,
    *,
    lines: list[Line],
    paid: list[Line],
    language: str,
    offers: Sequence[str],
    as_of: date,
    step: tuple[str, str] = ("", ""),
) -> Letter:
    """Return the facts of one message; `step` is the (scenario, step) that it belongs to, where it has one.

    What is not due yet is told along, unless it is held.
    """
    apart = customer.held_items.union(line.item_id for line in lines)
    later = [line for line in customer.open_lines if line.due_on >= as_of and line.item_id not in apart]
    following, days = shared.following.get(step, ("", 0)) if lines else ("", 0)
    owner = shared.colleagues.get(customer.owner_id or 0)
    return Letter(
        house=shared.house,
        language=language,
        as_of=as_of,
        customer_code=customer.code,
        customer_name=customer.name,
        contact_name=recipient.name if recipient else "",
        salutation=recipient.salutation if recipient else "",
        signer=owner.person if owner else shared.house_person,
        lines=sorted_lines(lines),
        paid=sorted_lines(paid),
        also_open=sorted_lines(later),
        offers=list(offers),
        tenure_years=tenure_years(customer.customer_since, as_of),
        good_payer=customer.good_payer,
        told_us=customer.told_us(as_of, language),
        last_contact_on=customer.last_contact_on,
        earlier_reminders=customer.earlier_reminders,
        next_step=following,
        next_step_on=_first_working_day(as_of + timedelta(days=days), customer.country) if following else None,
    )


_first_working_day = lru_cache(maxsize=4096)(next_working_day)
