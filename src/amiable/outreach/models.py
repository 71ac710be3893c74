"""Templates, messages and touches: columns and constraints, no decisions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amiable.ledger.models import Channel, Contact, Customer, Item
from amiable.organisation.models import LANGUAGES, Creditor, Member


class Template(models.Model):
    """One published wording of a step in one language; a new wording is a new version."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="templates")
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    tone = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="template_version", fields=["creditor", "name", "language", "version"])
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language}, version {self.version})"


class Status(models.TextChoices):
    """Where a message stands. Only READY ones are claimed; every other one leaves the queue."""

    READY = "ready", _("Ready")
    HELD = "held", _("Held by a person")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    WITHHELD = "withheld", _("Withheld at the moment of sending")
    SUPERSEDED = "superseded", _("Replaced by a later plan")
    CANCELLED = "cancelled", _("Cancelled by a person")
    REFUSED = "refused", _("Refused by the mail server")
    BOUNCED = "bounced", _("Bounced")
    UNCLEAR = "unclear", _("Unclear: the mail server's answer got lost")


class Message(models.Model):
    """One message to one contact, written once and sent at most once."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="messages")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="messages")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(max_length=254)
    copy_to = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES)
    scenario = models.CharField(max_length=60, blank=True)  # empty: written by a person
    step = models.CharField(max_length=60, blank=True)
    template = models.CharField(max_length=60, blank=True)
    tone = models.CharField(max_length=12, blank=True)
    level = models.IntegerField(default=0)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    send_key = models.CharField(max_length=120, unique=True)  # "2026-03-14/acme/C-0042": a retry finds it taken
    planned_for = models.DateField()
    send_from = models.DateTimeField()  # the hours of the policy in the customer's own time zone
    send_until = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.READY)
    status_reason = models.CharField(max_length=300, blank=True)  # a reason code of the gate, or the server's words
    status_at = models.DateTimeField()
    written_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    claimed_by = models.CharField(max_length=120, blank=True)  # who took it, and in which claim
    not_before = models.DateTimeField(null=True, blank=True)  # a claim's lease, or the mail server asked to wait
    attempts = models.PositiveSmallIntegerField(default=0)  # times the mail server asked to try later
    overridden = models.CharField(max_length=120, blank=True)  # soft reasons of the gate that a person set aside
    provider_id = models.CharField(max_length=200, blank=True, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="message_queue", fields=["creditor", "send_from"], condition=Q(status="ready")),
            models.Index(name="message_of_customer", fields=["customer", "planned_for"]),
            models.Index(name="message_by_day", fields=["creditor", "planned_for", "status"]),
            models.Index(name="message_by_status", fields=["creditor", "status", "status_at"]),
        ]

    def __str__(self) -> str:
        return self.subject


class MessageItem(models.Model):
    """An item that a message speaks of, with what was open when it was written."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="mentions")
    open_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="item_once_per_message", fields=["message", "item"])]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.item_id}"


class Touch(models.Model):
    """A contact that took place, in or out, on any channel. Append-only."""

    class Direction(models.TextChoices):
        OUT = "out", _("We contacted them")
        IN = "in", _("They contacted us")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="touches")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="touches")
    channel = models.CharField(max_length=8, choices=Channel)
    direction = models.CharField(max_length=3, choices=Direction)
    at = models.DateTimeField()
    on = models.DateField()  # the day in the creditor's time zone
    summary = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="touch")
    by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    needs_answer = models.BooleanField(default=False)  # theirs, and it waits for us
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "touches"
        indexes = [
            models.Index(name="touch_of_customer", fields=["customer", "on"]),
            models.Index(
                name="touch_awaiting_answer", fields=["customer"], condition=Q(needs_answer=True, answered_on=None)
            ),
        ]

    def __str__(self) -> str:
        return self.summary
