"""Policy versions, daily plans, tasks and outcomes: columns and constraints, no decisions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amiable.ledger.models import Customer, Item
from amiable.organisation.models import Creditor, Member
from amiable.outreach.models import Message


class PolicyVersion(models.Model):
    """One published text of a creditor's policy; the newest one is in force."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="policy_versions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    note = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="policy_version_per_creditor", fields=["creditor", "version"])]

    def __str__(self) -> str:
        return f"{self.creditor} {self.version}"


class DayPlan(models.Model):
    """The plan of one creditor for one day."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="day_plans")
    day = models.DateField()
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)  # null: some customers may still be missing
    contacts = models.IntegerField(default=0)
    tasks = models.IntegerField(default=0)
    withheld = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_plan_per_day", fields=["creditor", "day"])]

    def __str__(self) -> str:
        return f"{self.creditor} {self.day}"


class PlannedSpan(models.Model):
    """A span of customers for whom a day is planned, written in the transaction that plans them."""

    plan = models.ForeignKey(DayPlan, on_delete=models.CASCADE, related_name="spans")
    span = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="span_planned_once", fields=["plan", "span"])]

    def __str__(self) -> str:
        return f"{self.plan} {self.span}"


class Task(models.Model):
    """Something a person is asked to do, with an owner and a deadline."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        REVIEW = "review", _("Review")
        FIND_CONTACT = "find_contact", _("Find a contact")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("No longer needed")

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="tasks")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=120, unique=True)  # "2026-03-14/acme/C-0042/call"
    scenario = models.CharField(max_length=60, blank=True)
    step = models.CharField(max_length=60, blank=True)
    level = models.IntegerField(default=0)
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks")
    planned_for = models.DateField()
    due_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    outcome = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(name="task_open", fields=["creditor", "due_on"], condition=Q(status="open")),
            models.Index(name="task_of_customer", fields=["customer", "planned_for"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.customer}"


class Outcome(models.Model):
    """What became of one due step of one item on one day. Exactly one per plan and item."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact")
        TASK = "task", _("Task")
        WITHHELD = "withheld", _("Withheld")

    plan = models.ForeignKey(DayPlan, on_delete=models.CASCADE, related_name="outcomes")
    day = models.DateField()  # the plan's day, repeated for the history of an item
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="outcomes")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=8, choices=Kind)
    scenario = models.CharField(max_length=60)
    step = models.CharField(max_length=60)
    anchor = models.CharField(max_length=4)
    step_day = models.IntegerField()
    level = models.IntegerField()
    open_minor = models.BigIntegerField()
    reason = models.CharField(max_length=24, blank=True)
    fact_on = models.DateField(null=True, blank=True)
    fact_minor = models.BigIntegerField(null=True, blank=True)
    fact_count = models.IntegerField(null=True, blank=True)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_outcome_per_plan_item_and_step", fields=["plan", "item", "step"]),
        ]
        indexes = [
            models.Index(name="outcome_of_customer", fields=["customer", "day"]),
            models.Index(name="outcome_progress", fields=["item"], condition=~Q(kind="withheld")),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.item_id} {self.step} {self.kind}"
