"""How does a day get planned, once and for all customers, whoever runs it and however often?

Customers are planned for in spans of neighbouring ids. Each span is one transaction: a run that is killed leaves
whole spans behind, and the next run completes the day. Whoever finds a span taken waits for it, then finds its
outcomes made and adds only what is new.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import IntegerField
from django.db.models.functions import Cast

from amiable.core.policy.model import Policy
from amiable.ledger.frames import of_customers
from amiable.ledger.models import Customer
from amiable.organisation.models import Creditor
from amiable.organisation.operations import record
from amiable.outreach.models import Message, Status
from amiable.planning.models import DayPlan, Outcome, PlannedSpan, PolicyVersion
from amiable.planning.operations.deciding import decide
from amiable.planning.operations.policies import policy_in_force
from amiable.planning.operations.remember import remember

SPAN_IDS = 5_000  # customers in one transaction: bounds memory, and what a kill can undo
WITHHELD_KEPT_DAYS = 60  # how long it is remembered why somebody was not written to


def plan_day(creditor: Creditor, *, as_of: date, now: datetime) -> DayPlan:
    """Decide the day's steps for every customer and remember them with their messages, tasks and reasons.

    Planning a day again changes nothing where no fact has changed. A customer who already has a contact or a task
    that day keeps it; what is due since is added, and the reasons of what is withheld are told afresh.
    """
    return plan_shard(creditor, as_of=as_of, shard=0, shards=1, now=now)


def plan_shard(creditor: Creditor, *, as_of: date, shard: int, shards: int, now: datetime) -> DayPlan:
    """Plan the day for one of several shards of customers; together they are the whole day.

    Several workers may plan shards at once, even the same one. Whoever plans the last span finishes the plan.
    """
    version, policy = policy_in_force(creditor)
    day_plan = _day_plan(creditor, as_of=as_of, version=version, now=now)
    for span in spans(creditor):
        if span % shards == shard:
            _plan_span(day_plan, policy, span, now=now)
    planned = set(day_plan.spans.values_list("span", flat=True))
    return finish_plan(creditor, as_of=as_of, now=now) if planned.issuperset(spans(creditor)) else day_plan


def finish_plan(creditor: Creditor, *, as_of: date, now: datetime) -> DayPlan:
    """Count what the day brought, once it is planned for everybody, and forget old reasons."""
    with transaction.atomic():
        day_plan = DayPlan.objects.select_for_update().get(creditor=creditor, day=as_of)
        before = (day_plan.contacts, day_plan.tasks, day_plan.withheld)
        day_plan.contacts = day_plan.outcomes.filter(message__isnull=False).values("message").distinct().count()
        day_plan.tasks = day_plan.outcomes.filter(task__isnull=False).values("task").distinct().count()
        day_plan.withheld = day_plan.outcomes.filter(kind=Outcome.Kind.WITHHELD).count()
        counts = (day_plan.contacts, day_plan.tasks, day_plan.withheld)
        forgotten = Outcome.objects.filter(
            plan__creditor=creditor, kind=Outcome.Kind.WITHHELD, day__lt=as_of - timedelta(days=WITHHELD_KEPT_DAYS)
        )
        forgotten._raw_delete(forgotten.db)  # nothing points at an outcome: no need to load millions to delete them
        if day_plan.finished_at is None or counts != before:
            day_plan.finished_at = now
            day_plan.save()
            facts = dict(zip(("contacts", "tasks", "withheld"), counts, strict=True))
            record("plan.made", by=None, creditor=creditor, subject=f"plan:{as_of}", facts={"day": as_of, **facts})
    return day_plan


def spans(creditor: Creditor) -> list[int]:
    """Return the numbers of the spans that hold customers; a span's customers never change."""
    numbers = Customer.objects.filter(creditor=creditor).annotate(span=Cast("id", IntegerField()) / SPAN_IDS)
    return sorted(numbers.values_list("span", flat=True).distinct())


def _day_plan(creditor: Creditor, *, as_of: date, version: PolicyVersion, now: datetime) -> DayPlan:
    day_plan, _ = DayPlan.objects.get_or_create(
        creditor=creditor, day=as_of, defaults={"policy": version, "made_at": now}
    )
    if day_plan.policy_id != version.pk:
        day_plan.policy, day_plan.made_at = version, now
        day_plan.save(update_fields=["policy", "made_at"])
    return day_plan


def _plan_span(day_plan: DayPlan, policy: Policy, span: int, *, now: datetime) -> None:
    creditor, as_of = day_plan.creditor, day_plan.day
    customer_ids = range(span * SPAN_IDS, (span + 1) * SPAN_IDS)
    with _alone(f"plan/{creditor.pk}/{as_of}/{span}"):
        # Before the book is opened, so that no message of an earlier day leaves between our look and our decision.
        _supersede(creditor, as_of=as_of, customer_ids=customer_ids, now=now)
        plan = decide(creditor, as_of=as_of, customer_ids=customer_ids, policy=policy)
        with transaction.atomic():
            remember(day_plan, plan, policy, customer_ids=customer_ids, now=now)
            PlannedSpan.objects.get_or_create(plan=day_plan, span=span)


def _supersede(creditor: Creditor, *, as_of: date, customer_ids: Sequence[int], now: datetime) -> None:
    """Take back the planned messages of earlier days that never left: what they said is decided anew."""
    Message.objects.filter(
        of_customers(customer_ids),
        creditor=creditor,
        planned_for__lt=as_of,
        status__in=(Status.READY, Status.HELD),
    ).exclude(scenario="").update(status=Status.SUPERSEDED, status_at=now)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let one session at a time work under a name; a session that dies lets go.

    On SQLite there is one writer at a time anyway, and `remember` looks at what is there before it writes.
    """
    if connection.vendor != "postgresql":
        yield
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
