"""What was written, by whom, and has anybody changed the record since?

Each line is sealed: SHA-256 over its own canonical JSON and the seal of the line before it. Whoever changes, removes
or slips in a line breaks every seal after it. Cutting off the newest lines alone leaves an intact shorter chain;
keep the newest seal elsewhere to notice that too.
"""

import hashlib
import json
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from amiable.organisation.clock import now
from amiable.organisation.models import AuditEvent, Creditor, Member

LOCK = 0x616D6961626C65  # "amiable": the one lock that puts audit lines in a row, on PostgreSQL


class NotInTransaction(RuntimeError):
    """An audit line was written outside of a transaction, so it could outlive the write that it tells of."""


def record(
    action: str,
    *,
    by: Member | None,
    creditor: Creditor | None = None,
    customer_id: int | None = None,
    subject: str = "",
    facts: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one sealed line about a write, inside the transaction of that write.

    `by` is None where Amiable itself acted. Record last in the transaction: writers stand in a queue from here to
    their commit. Raise `NotInTransaction` outside of one.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(action)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    previous = AuditEvent.objects.order_by("-id").values_list("seal", flat=True).first() or ""
    event = AuditEvent(
        at=now(),  # the moment of writing is a fact of the write itself, whatever day the write is about
        actor=by,
        action=action,
        creditor=creditor,
        customer_id=customer_id,
        subject=subject,
        facts=as_json(facts or {}),
    )
    event.seal = seal(event, previous)
    event.save(force_insert=True)
    return event


def as_json(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts as JSON holds them: days and moments as ISO text, decimals as text."""
    plain: dict[str, Any] = json.loads(json.dumps(facts, cls=DjangoJSONEncoder))
    return plain


def seal(event: AuditEvent, previous: str) -> str:
    """Return the seal of a line after the line sealed `previous` ("" for the first one)."""
    line = {
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor_id,
        "action": event.action,
        "creditor": event.creditor_id,
        "customer": event.customer_id,
        "subject": event.subject,
        "facts": event.facts,
    }
    canonical = json.dumps(line, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def verify_audit() -> AuditEvent | None:
    """Return the first line whose seal does not follow from the line before it; None: the trail is intact."""
    previous = ""
    for event in AuditEvent.objects.order_by("id").iterator(chunk_size=5000):
        if event.seal != seal(event, previous):
            return event
        previous = event.seal
    return None
