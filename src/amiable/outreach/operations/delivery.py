"""How does a message leave exactly once, although any worker may die at any moment?

Two steps, each one conditional UPDATE:

1. **Claim**: a READY message gets a lease (`claimed_by`, `not_before`) and stays READY. A lease only keeps workers
   out of each other's way. When its worker dies it ends by itself, or is taken over at once by a worker that
   has nothing else to do: nothing has left yet, so taking over is always safe. A person who holds or cancels the
   message, or a later plan that replaces it, wins over a lease as well.
2. **Begin**: right before a small group is handed to the mail server, READY → SENDING is committed for those that
   this very claim still holds. Only from here on may bytes leave, and no message leaves SENDING by itself
   except by the answer of the server. Whoever finds one that has been SENDING for too long knows that its worker
   stopped, and marks it UNCLEAR for a person to decide; it is never sent again by itself.

So a killed worker leaves at most the group in flight unclear (`dispatch.IN_FLIGHT` messages), loses nothing and
repeats nothing. Answers are recorded group by group: one statement for the messages, one for the touches, one audit
line.

Beginning also refuses a message when another one to the same customer is being sent, or left after the claim: the
gate, which looked before, cannot have known it. Such a message keeps its lease and meets the gate again.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from amiable.ledger.models import Customer
from amiable.organisation.models import Creditor
from amiable.organisation.operations import record
from amiable.outreach.channels.handover import Handover, Outcome
from amiable.outreach.channels.registry import CHANNELS
from amiable.outreach.models import Message, Status
from amiable.outreach.operations.failures import note_failure

CLAIM_AT_MOST = 500  # messages: bounds what a dead worker's lease delays, and the lists of ids in what follows
LEASE = timedelta(minutes=2)
ABANDONED_AFTER = timedelta(minutes=15)  # longer than any group can take: a stalled server ends it at the timeout
RETRY_AFTER = {  # doubled with every try
    Outcome.DEFERRED: timedelta(minutes=5),
    Outcome.NOT_HANDED_OVER: timedelta(minutes=1),
}
DOUBLED_AT_MOST = 6
WORKER_STOPPED = "worker_stopped"  # status_reason: the worker stopped while sending; nobody knows whether it left
REASON_LONGEST = 300

STATUS_AFTER = {
    Outcome.ACCEPTED: Status.SENT,
    Outcome.REFUSED: Status.REFUSED,
    Outcome.DEFERRED: Status.READY,
    Outcome.NOT_HANDED_OVER: Status.READY,
    Outcome.UNCLEAR: Status.UNCLEAR,
}


def claim_ready(
    creditor: Creditor, *, now: datetime, worker: str, limit: int, take_over: bool = False
) -> list[Message]:
    """Lease up to `limit` messages that may leave now, oldest first; no two workers get the same one.

    More than `CLAIM_AT_MOST` are never leased at once.
    The messages carry their claim in `claimed_by`, which `begin_sending` asks for. With `take_over` those under
    another claim's lease are taken as well: what that claim has not begun by then, it will not begin any more.
    """
    claim = _new_claim(worker)
    moment = connection.ops.adapt_datetimefield_value(now)
    free = "(not_before IS NULL OR not_before <= %s" + (" OR claimed_by <> '')" if take_over else ")")
    channels = ", ".join(["%s"] * len(CHANNELS))
    chosen = (
        "SELECT id FROM outreach_message WHERE creditor_id = %s AND status = 'ready'"  # noqa: S608  no input in it
        f" AND send_from <= %s AND send_until > %s AND {free} AND channel IN ({channels})"
        " ORDER BY send_from, id LIMIT %s"
    )
    in_chosen = f"= ANY(ARRAY({chosen} FOR UPDATE SKIP LOCKED))" if _is_postgres() else f"IN ({chosen})"
    claimed = Message.objects.raw(
        f"UPDATE outreach_message SET claimed_by = %s, not_before = %s WHERE id {in_chosen} RETURNING *",  # noqa: S608
        [
            claim,
            connection.ops.adapt_datetimefield_value(now + LEASE),
            creditor.pk,
            moment,
            moment,
            moment,
            *CHANNELS,
            min(limit, CLAIM_AT_MOST),
        ],
    )
    with transaction.atomic():
        messages = list(claimed)
    return sorted(messages, key=lambda message: (message.send_from, message.pk))


def claim_one(message: Message, *, now: datetime, worker: str) -> Message | None:
    """Lease one ready message for sending it at once, whoever holds a lease on it; None: it is not ready."""
    claim = _new_claim(worker)
    taken = Message.objects.filter(pk=message.pk, status=Status.READY).update(claimed_by=claim, not_before=now + LEASE)
    return Message.objects.get(pk=message.pk) if taken else None


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _new_claim(worker: str) -> str:
    return f"{worker[:80]} {uuid.uuid4().hex[:12]}"


def give_back(messages: Collection[Message]) -> None:
    """End the lease on those of the messages that were not begun."""
    for claim in {message.claimed_by for message in messages}:
        ids = [message.pk for message in messages if message.claimed_by == claim]
        Message.objects.filter(pk__in=ids, status=Status.READY, claimed_by=claim).update(claimed_by="", not_before=None)


@transaction.atomic
def begin_sending(messages: Sequence[Message], *, claimed_at: datetime, now: datetime) -> set[int]:
    """Mark a group of one claim as being sent, and return the ids of those that may be handed over.

    Left out is what the claim does not hold any more, and a second message to a customer (see above).
    """
    first_of_customer = {message.customer_id: message for message in reversed(messages)}
    ids = [message.pk for message in first_of_customer.values()]
    if not ids:
        return set()
    # Two workers that begin messages to the same customer must see one another; SQLite writes one at a time anyway.
    if connection.features.has_select_for_no_key_update:
        locked = Customer.objects.select_for_update(no_key=True).filter(pk__in=first_of_customer).order_by("pk")
        list(locked.values_list("pk"))
    marks = ", ".join(["%s"] * len(ids))
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE outreach_message SET status = 'sending', status_at = %s, status_reason = ''
            WHERE id IN ({marks}) AND status = 'ready' AND claimed_by = %s
              AND NOT EXISTS (
                SELECT 1 FROM outreach_message other
                WHERE other.customer_id = outreach_message.customer_id AND other.id <> outreach_message.id
                  AND (other.status = 'sending' OR (other.status IN ('sent', 'unclear') AND other.status_at >= %s))
              )
            RETURNING id
            """,  # noqa: S608  only placeholders are put in
            [moment(now), *ids, messages[0].claimed_by, moment(claimed_at)],
        )
        return {pk for (pk,) in cursor.fetchall()}


@transaction.atomic
def record_handovers(creditor: Creditor, handovers: Sequence[Handover], *, claim: str, now: datetime) -> Counter[str]:
    """Remember what the other side answered, and return how many messages now have which status.

    Only messages that this claim began are changed: SENDING ones, and those that were taken for abandoned
    meanwhile. A dead address is marked as bounced, with the server's words.
    """
    if not handovers:
        return Counter()
    recorded = _write_answers(handovers, claim=claim, now=now)
    sent = [pk for pk, status in recorded.items() if status == Status.SENT]
    write_touches(creditor, sent, now=now)
    by_status: dict[str, list[int]] = {}
    for pk, status in recorded.items():
        by_status.setdefault(status, []).append(pk)
    refused = [answer for answer in handovers if recorded.get(answer.message_id) == Status.REFUSED]
    if refused:
        _note_failures(creditor, refused, now=now)
    record("messages.handed_over", by=None, creditor=creditor, facts={"messages": by_status})
    return Counter(recorded.values())


def _write_answers(handovers: Sequence[Handover], *, claim: str, now: datetime) -> dict[int, str]:
    """Write all answers in one statement; return message id → its status now."""
    moment = connection.ops.adapt_datetimefield_value(now)
    rows: list[object] = []
    for answer in handovers:
        status = STATUS_AFTER[answer.outcome].value
        rows += [answer.message_id, status, answer.words[:REASON_LONGEST], answer.provider_id[:200]]
    values = ", ".join(["(%s, %s, %s, %s)"] * len(handovers))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE outreach_message SET
              status = answer.column2, status_reason = answer.column3, provider_id = answer.column4, status_at = %s,
              sent_at = CASE WHEN answer.column2 = 'sent' THEN %s ELSE sent_at END,
              claimed_by = CASE WHEN answer.column2 = 'ready' THEN '' ELSE claimed_by END,
              attempts = attempts + CASE WHEN answer.column2 = 'ready' THEN 1 ELSE 0 END
            FROM (VALUES {values}) AS answer
            WHERE outreach_message.id = answer.column1 AND status IN ('sending', 'unclear') AND claimed_by = %s
            RETURNING id, status, attempts
            """,  # noqa: S608  only placeholders are put in
            [moment, moment, *rows, claim],
        )
        written = cursor.fetchall()
    outcome_of = {answer.message_id: answer.outcome for answer in handovers}
    later: dict[timedelta, list[int]] = {}
    for pk, status, attempts in written:
        if status == Status.READY:
            pause = RETRY_AFTER[outcome_of[pk]] * 2 ** min(attempts - 1, DOUBLED_AT_MOST)
            later.setdefault(pause, []).append(pk)
    for pause, ids in later.items():
        Message.objects.filter(pk__in=ids, status=Status.READY).update(not_before=now + pause)
    return {pk: status for pk, status, _attempts in written}


def write_touches(creditor: Creditor, message_ids: Collection[int], *, now: datetime) -> None:
    """Write one outgoing touch for each sent message that has none yet."""
    if not message_ids:
        return
    on = now.astimezone(ZoneInfo(creditor.time_zone)).date()
    marks = ", ".join(["%s"] * len(message_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO outreach_touch
              (customer_id, contact_id, channel, direction, at, "on", summary, text, message_id, by_id, needs_answer)
            SELECT customer_id, contact_id, channel, 'out', %s, %s, subject, '', id, written_by_id, %s
            FROM outreach_message WHERE id IN ({marks})
            ON CONFLICT (message_id) DO NOTHING
            """,  # noqa: S608  only placeholders are put in
            [
                connection.ops.adapt_datetimefield_value(now),
                connection.ops.adapt_datefield_value(on),
                False,
                *message_ids,
            ],
        )


def _note_failures(creditor: Creditor, refused: Collection[Handover], *, now: datetime) -> None:
    """Give up the addresses that the refusals call dead, or that failed too often."""
    answer_of = {answer.message_id: answer for answer in refused}
    on = now.astimezone(ZoneInfo(creditor.time_zone)).date()
    for message in Message.objects.filter(pk__in=answer_of).order_by("pk"):
        answer = answer_of[message.pk]
        note_failure(message, words=answer.words, is_dead=answer.dead_address, on=on)


@transaction.atomic
def withhold(creditor: Creditor, reasons: dict[int, str], *, claim: str, now: datetime) -> int:
    """Withhold claimed messages that the gate refused, each with its reason code; return how many."""
    withheld = 0
    for reason in sorted(set(reasons.values())):
        ids = [pk for pk, code in reasons.items() if code == reason]
        withheld += Message.objects.filter(pk__in=ids, status=Status.READY, claimed_by=claim).update(
            status=Status.WITHHELD, status_reason=reason, status_at=now, claimed_by="", not_before=None
        )
    if withheld:
        record("messages.withheld", by=None, creditor=creditor, facts={"messages": _ids_by(reasons)})
    return withheld


@transaction.atomic
def settle_abandoned(creditor: Creditor, *, now: datetime) -> int:
    """Mark as unclear what has been SENDING for too long: its worker stopped, nobody knows whether it left."""
    stopped = Message.objects.filter(creditor=creditor, status=Status.SENDING, status_at__lte=now - ABANDONED_AFTER)
    ids = list(stopped.values_list("pk", flat=True))
    if not ids:
        return 0
    settled = stopped.filter(pk__in=ids).update(status=Status.UNCLEAR, status_reason=WORKER_STOPPED, status_at=now)
    record("messages.unclear", by=None, creditor=creditor, facts={"messages": {WORKER_STOPPED: ids}})
    return settled


def _ids_by(codes: dict[int, str]) -> dict[str, list[int]]:
    by_code: dict[str, list[int]] = {}
    for pk, code in codes.items():
        by_code.setdefault(code, []).append(pk)
    return by_code
