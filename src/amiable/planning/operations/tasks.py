"""Writes about tasks: who does them, and how they ended."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.organisation.models import Member
from amiable.organisation.operations import record
from amiable.planning.models import Task


class TaskClosed(Exception):
    """Somebody has closed the task already."""

    def __init__(self) -> None:
        super().__init__(_("This task has already been closed."))


class TaskOpen(Exception):
    """A task that is still open cannot be opened again."""

    def __init__(self) -> None:
        super().__init__(_("This task is still open."))


class OutcomeMissing(ValueError):
    """A task is closed without saying how it ended."""

    def __init__(self) -> None:
        super().__init__(_("Please say in a few words how it ended."))


def close_task(task: Task, *, by: Member | None, outcome: str, now: datetime, status: str = Task.Status.DONE) -> Task:
    """Close a task as done or as no longer needed, with a word on how it ended.

    Raise `TaskClosed` or `OutcomeMissing`; nothing is written then.
    """
    if not outcome.strip():
        raise OutcomeMissing
    with transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        if row.status != Task.Status.OPEN:
            raise TaskClosed
        row.status, row.outcome, row.closed_at, row.closed_by = Task.Status(status), outcome.strip()[:300], now, by
        row.save(update_fields=["status", "outcome", "closed_at", "closed_by"])
        _record("task.closed", row, by=by, facts={"status": row.status, "outcome": row.outcome})
    return row


def reopen_task(task: Task, *, by: Member | None) -> Task:
    """Open a closed task again; its earlier outcome stays in the audit trail. Raise `TaskOpen`."""
    with transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        if row.status == Task.Status.OPEN:
            raise TaskOpen
        before = {"status": row.status, "outcome": row.outcome}
        row.status, row.outcome, row.closed_at, row.closed_by = Task.Status.OPEN, "", None, None
        row.save(update_fields=["status", "outcome", "closed_at", "closed_by"])
        _record("task.reopened", row, by=by, facts=before)
    return row


def assign_task(task: Task, *, by: Member | None, owner: Member | None) -> Task:
    """Give an open task to a colleague, or to nobody in particular. Raise `TaskClosed`."""
    with transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        if row.status != Task.Status.OPEN:
            raise TaskClosed
        if row.owner_id != (owner.pk if owner else None):
            before, row.owner = row.owner_id, owner
            row.save(update_fields=["owner"])
            _record("task.assigned", row, by=by, facts={"owner": [before, row.owner_id]})
    return row


def _record(action: str, task: Task, *, by: Member | None, facts: dict) -> None:
    record(
        action,
        by=by,
        creditor=task.creditor,
        customer_id=task.customer_id,
        subject=f"task:{task.pk}",
        facts={"kind": task.kind, **facts},
    )
