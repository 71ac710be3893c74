"""What did customers say that waits for us, which messages need a person, and what leaves today?"""

from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from amiable.ledger.models import Address, Customer, Reach
from amiable.ledger.queries import customers_visible_to
from amiable.organisation.access import Act, may
from amiable.organisation.models import Creditor, Member
from amiable.outreach.models import Message, Status, Touch

REMEMBERED = timedelta(days=14)  # how long a bounced message stays in the worklist


def awaiting_answer(member: Member, *, creditor: Creditor, limit: int = 50) -> list[Touch]:
    """Return what customers wrote or said and we have not answered, the oldest first. One statement."""
    touches = Touch.objects.filter(customer__creditor=creditor, needs_answer=True, answered_on=None)
    touches = _visible(touches, member).select_related("customer__owner", "contact")
    return list(touches.order_by("at", "pk")[:limit])


def troubled_messages(member: Member, *, creditor: Creditor, now: datetime, limit: int = 50) -> list[Message]:
    """Return messages that a person should look at, the newest first. One statement.

    An unclear one stays until somebody says whether it left; one that could not be delivered leaves the list after
    two weeks, or as soon as the contact can be reached on that channel again.
    """
    reachable = Address.objects.filter(contact=OuterRef("contact"), channel=OuterRef("channel"), reach=Reach.OK)
    lost = Q(status__in=(Status.BOUNCED, Status.REFUSED), status_at__gte=now - REMEMBERED) & ~Exists(reachable)
    troubled = (Status.UNCLEAR, Status.BOUNCED, Status.REFUSED)  # said first: an index knows where they are
    messages = Message.objects.filter(Q(status=Status.UNCLEAR) | lost, creditor=creditor, status__in=troubled)
    messages = _visible(messages, member).select_related("customer__owner", "contact").defer("html", "text")
    return list(messages.order_by("-status_at", "pk")[:limit])


def messages_of_day(creditor: Creditor, *, day: date) -> dict[str, int]:
    """Return how many messages of that day's plan stand in which status. One statement."""
    counted = Message.objects.filter(creditor=creditor, planned_for=day).values_list("status")
    return dict(counted.annotate(messages=Count("pk")).order_by())


def touch_of(customer: Customer, *, pk: int) -> Touch | None:
    """Return one contact that took place with this customer. One statement."""
    return Touch.objects.select_related("customer__creditor").filter(customer=customer, pk=pk).first()


def touches_with(customer: Customer, *, limit: int) -> list[Touch]:
    """Return the latest contacts with a customer, in and out, the newest first. One statement."""
    touches = Touch.objects.filter(customer=customer).select_related("contact", "by", "message")
    return list(touches.defer("message__html").order_by("-at", "-pk")[:limit])


def messages_without_touch(customer: Customer, *, limit: int) -> list[Message]:
    """Return the latest messages that did not become a contact: planned, held, withheld or lost. One statement."""
    messages = Message.objects.filter(customer=customer, touch=None).select_related("contact", "written_by")
    return list(messages.defer("html", "text").order_by("-status_at", "-pk")[:limit])


def _visible(rows: QuerySet, member: Member) -> QuerySet:
    if may(member, Act.SEE_ALL_CUSTOMERS):
        return rows
    return rows.filter(customer__in=customers_visible_to(member))


def waiting_touches(customer: Customer) -> list[Touch]:
    """Return what this customer wrote or said and we have not answered, the oldest first. One statement."""
    touches = Touch.objects.filter(customer=customer, needs_answer=True, answered_on=None)
    return list(touches.order_by("at", "pk"))
