"""What goes out, when, to whom, and what became of it?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from amiable.ledger.queries import Page, customers_visible_to
from amiable.ledger.queries.pages import PER_PAGE
from amiable.organisation.access import Act, may
from amiable.organisation.models import Creditor, Member
from amiable.outreach.models import Message, MessageItem, Status

# The outbox tells statuses in a few groups; every status stands in exactly one.
GROUPS: dict[str, tuple[Status, ...]] = {
    "waiting": (Status.READY, Status.HELD, Status.SENDING),
    "sent": (Status.SENT,),
    "kept_in": (Status.WITHHELD, Status.CANCELLED, Status.SUPERSEDED),
    "needs_you": (Status.UNCLEAR, Status.REFUSED, Status.BOUNCED),
}


@dataclass(frozen=True)
class OutboxFilter:
    """Which messages to look at; what is empty does not narrow."""

    day: date | None = None  # of the plan they belong to
    group: str = ""  # of `GROUPS`
    status: str = ""
    step: str = ""
    by_hand: bool | None = None
    search: str = ""  # in the customer's name or code, the address, the subject


def outbox_rows(
    member: Member, *, creditor: Creditor, asked: OutboxFilter, number: int = 1, per_page: int = PER_PAGE
) -> Page[Message]:
    """Return one page of messages, the next to leave first, without their texts. Two statements.

    Each comes with customer, contact and author.
    """
    found = _narrowed(_visible(member, creditor), asked)
    total = found.count()
    last = max(1, -(-total // per_page))
    number = min(max(number, 1), last)
    rows = found.select_related("customer", "contact", "written_by").defer("text", "html")
    rows = rows.order_by("-planned_for", "send_from", "pk")[(number - 1) * per_page : number * per_page]
    return Page(rows=tuple(rows), number=number, total=total, per_page=per_page)


def outbox_counts(member: Member, *, creditor: Creditor, asked: OutboxFilter) -> dict[str, int]:
    """Return how many messages stand in which status, whatever status is asked for. One statement."""
    everywhere = OutboxFilter(day=asked.day, step=asked.step, by_hand=asked.by_hand, search=asked.search)
    counted = _narrowed(_visible(member, creditor), everywhere).order_by().values_list("status")
    return dict(counted.annotate(messages=Count("pk")))


def next_departure(creditor: Creditor, *, now: datetime) -> datetime | None:
    """Return when the next ready message may leave: `now` at the earliest, None where none waits. One statement."""
    ready = Message.objects.filter(creditor=creditor, status=Status.READY, send_until__gt=now)
    first = ready.order_by("send_from").values_list("send_from", flat=True).first()
    return max(first, now) if first else None


def message_for(member: Member, *, creditor: Creditor, pk: int) -> Message | None:
    """Return one message whole, with the items it speaks of; None where the member may not see it. Two statements."""
    items = MessageItem.objects.select_related("item").order_by("item__due_on", "item__number", "pk")
    found = _visible(member, creditor).select_related("creditor", "customer", "contact", "written_by")
    return found.prefetch_related(Prefetch("items", queryset=items)).filter(pk=pk).first()


def messages_among(pks: Collection[int], *, member: Member, creditor: Creditor) -> list[Message]:
    """Return those of some messages that a member may see, without their texts. One statement."""
    found = _visible(member, creditor).filter(pk__in=pks).select_related("customer").defer("text", "html")
    return list(found.order_by("pk"))


def _visible(member: Member, creditor: Creditor) -> QuerySet[Message]:
    messages = Message.objects.filter(creditor=creditor)
    if may(member, Act.SEE_ALL_CUSTOMERS):
        return messages
    return messages.filter(customer__in=customers_visible_to(member))


def _narrowed(messages: QuerySet[Message], asked: OutboxFilter) -> QuerySet[Message]:
    if asked.day:
        messages = messages.filter(planned_for=asked.day)
    if asked.group in GROUPS:
        messages = messages.filter(status__in=GROUPS[asked.group])
    if asked.status:
        messages = messages.filter(status=asked.status)
    if asked.step:
        messages = messages.filter(step=asked.step)
    if asked.by_hand is not None:
        messages = messages.filter(Q(scenario="") if asked.by_hand else ~Q(scenario=""))
    if words := asked.search.strip():
        messages = messages.filter(
            Q(customer__name__icontains=words)
            | Q(customer__code__iexact=words)
            | Q(address__icontains=words)
            | Q(subject__icontains=words)
        )
    return messages
