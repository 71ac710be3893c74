"""What is owed: columns and constraints, no decisions.

Amounts are whole minor units (`…_minor`) beside an ISO 4217 code. `allocated_minor` on either side of an
allocation is kept by the operations in the transaction that books the allocation, so that the database itself
refuses to allocate more than is open.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from amiable.organisation.models import LANGUAGES, Creditor, Member


class Risk(models.TextChoices):
    """How likely a customer is not to pay, as the team sees it."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    UNKNOWN = "unknown", _("Unknown")


class Customer(models.Model):
    """An account that owes a creditor."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="customers")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True)
    siren = models.CharField(max_length=14, blank=True)  # SIREN or SIRET
    vat_number = models.CharField(max_length=20, blank=True)
    segment = models.CharField(max_length=40, blank=True)
    industry = models.CharField(max_length=80, blank=True)
    address = models.TextField(blank=True)
    country = models.CharField(max_length=2, default="FR")
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    currency = models.CharField(max_length=3, default="EUR")
    risk = models.CharField(max_length=8, choices=Risk, default=Risk.UNKNOWN)
    terms = models.CharField(max_length=80, blank=True)  # "30 days end of month"
    customer_since = models.DateField(null=True, blank=True)
    priorities = models.TextField(blank=True)  # what matters to them, in their words
    scenario = models.CharField(max_length=60, blank=True)  # a person's choice; empty: the policy chooses
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_customers")
    salesperson = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="sold_customers"
    )
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="customer_code_per_creditor", fields=["creditor", "code"]),
            models.CheckConstraint(name="customer_country_code", condition=Q(country__regex="^[A-Z]{2}$")),
        ]
        indexes = [models.Index(fields=["creditor", "name"])]

    def __str__(self) -> str:
        return self.name


class ContactRole(models.TextChoices):
    """What a contact does at the customer; decides who is written to first."""

    ACCOUNTS_PAYABLE = "accounts_payable", _("Accounts payable")
    FINANCE = "finance", _("Finance")
    BUYER = "buyer", _("Buyer")
    MANAGEMENT = "management", _("Management")
    OTHER = "other", _("Other")


class Contact(models.Model):
    """A person at the customer."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=120, blank=True)
    salutation = models.CharField(max_length=40, blank=True)  # "Mme", "Dr": as they wish to be addressed
    role = models.CharField(max_length=20, choices=ContactRole, default=ContactRole.ACCOUNTS_PAYABLE)
    language = models.CharField(max_length=2, choices=LANGUAGES, blank=True)  # empty: the customer's
    rank = models.PositiveIntegerField(default=0)  # the lower one is asked first
    left_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.customer.name


class Channel(models.TextChoices):
    """A way to reach a person."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    SMS = "sms", _("SMS")
    POST = "post", _("Letter")


class Reach(models.TextChoices):
    """Whether an address can be used."""

    OK = "ok", _("Reachable")
    BOUNCED = "bounced", _("Bounced")
    REFUSED = "refused", _("Asked not to be contacted here")


class Address(models.Model):
    """One channel to one contact."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="addresses")
    channel = models.CharField(max_length=8, choices=Channel)
    value = models.CharField(max_length=254)  # an e-mail address, an E.164 number, a postal address
    reach = models.CharField(max_length=8, choices=Reach, default=Reach.OK)
    reach_since = models.DateField(null=True, blank=True)
    reach_note = models.CharField(max_length=300, blank=True)  # what the mail server or the person said

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(name="one_address_per_contact_and_channel", fields=["contact", "channel"])
        ]
        indexes = [models.Index(fields=["channel", "value"])]

    def __str__(self) -> str:
        return self.value


class ItemKind(models.TextChoices):
    """What an item is: they owe it, or we do."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class Item(models.Model):
    """An invoice or a credit note; open while `allocated_minor` is below `amount_minor`."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=ItemKind, default=ItemKind.INVOICE)
    number = models.CharField(max_length=64)
    source_key = models.CharField(max_length=160)  # what makes it the same item when its file comes again
    issued_on = models.DateField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    allocated_minor = models.BigIntegerField(default=0)
    settled_on = models.DateField(null=True, blank=True)  # the day nothing was left open; null while something is
    po_number = models.CharField(max_length=64, blank=True)
    terms = models.CharField(max_length=80, blank=True)
    description = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="item_booked_once", fields=["creditor", "source_key"]),
            models.CheckConstraint(name="item_amount_positive", condition=Q(amount_minor__gte=0)),
            models.CheckConstraint(
                name="item_never_over_allocated",
                condition=Q(allocated_minor__gte=0) & Q(allocated_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="item_settled_when_nothing_is_open",
                condition=Q(settled_on=None, allocated_minor__lt=F("amount_minor"))
                | Q(settled_on__isnull=False, allocated_minor=F("amount_minor"))
                | Q(amount_minor=0),
            ),
            models.CheckConstraint(name="item_currency_code", condition=Q(currency__regex="^[A-Z]{3}$")),
        ]
        indexes = [
            models.Index(name="item_of_customer", fields=["customer", "due_on"]),
            models.Index(name="item_by_state_and_due", fields=["creditor", "settled_on", "due_on", "kind"]),
            models.Index(  # every column that a balance asks for, so that balances never read the items themselves
                name="item_open_balance",
                fields=[
                    "creditor",
                    "settled_on",
                    "customer",
                    "currency",
                    "kind",
                    "issued_on",
                    "due_on",
                    "amount_minor",
                    "allocated_minor",
                ],
                condition=Q(settled_on=None),
            ),
            models.Index(name="item_number", fields=["creditor", "number"]),
        ]

    def __str__(self) -> str:
        return self.number


class ItemLine(models.Model):
    """What an invoice or credit note is for."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=[("item", _("Goods")), ("service", _("Service"))], default="item")
    description = models.CharField(max_length=300)
    quantity = models.CharField(max_length=24, blank=True)  # as written on the invoice, with its unit
    amount_minor = models.BigIntegerField()  # may be negative: a discount line

    class Meta:
        constraints = [models.UniqueConstraint(name="item_line_position", fields=["item", "position"])]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.description


class Receipt(models.Model):
    """Money received."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="receipts")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts")
    source_key = models.CharField(max_length=160)
    received_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    allocated_minor = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=300, blank=True)
    payer_name = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="receipt_booked_once", fields=["creditor", "source_key"]),
            models.CheckConstraint(name="receipt_amount_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="receipt_never_over_allocated",
                condition=Q(allocated_minor__gte=0) & Q(allocated_minor__lte=F("amount_minor")),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "received_on"]),
            models.Index(
                name="receipt_open",
                fields=["creditor", "customer"],
                condition=Q(allocated_minor__lt=F("amount_minor")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.source_key


class Allocation(models.Model):
    """Part of a receipt, a credit note or a write-off that pays part of an invoice."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="allocations")
    receipt = models.ForeignKey(Receipt, null=True, blank=True, on_delete=models.PROTECT, related_name="allocations")
    credit_note = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="uses")
    write_off_reason = models.CharField(max_length=120, blank=True)  # where neither receipt nor credit note pays
    amount_minor = models.BigIntegerField()
    allocated_on = models.DateField()
    reversed_on = models.DateField(null=True, blank=True)  # first day without it

    class Meta:
        constraints = [
            models.CheckConstraint(name="allocation_amount_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="allocation_has_one_source",
                condition=Q(receipt__isnull=False, credit_note=None, write_off_reason="")
                | Q(receipt=None, credit_note__isnull=False, write_off_reason="")
                | (Q(receipt=None, credit_note=None) & ~Q(write_off_reason="")),
            ),
            models.CheckConstraint(
                name="allocation_reversed_later",
                condition=Q(reversed_on=None) | Q(reversed_on__gte=F("allocated_on")),
            ),
        ]
        indexes = [  # a past balance asks what was written about the days after it
            models.Index(name="allocation_by_day", fields=["allocated_on"]),
            models.Index(name="allocation_reversed", fields=["reversed_on"], condition=Q(reversed_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} → {self.item_id}"


class Correction(models.Model):
    """A fact of an item that was wrong, and what it is now; the item holds the new value."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="corrections")
    corrected_on = models.DateField()
    field = models.CharField(max_length=24)
    before = models.CharField(max_length=300)
    after = models.CharField(max_length=300)
    delta_minor = models.BigIntegerField(default=0)  # change of the amount, so that past balances stay exact
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(name="correction_by_day", fields=["corrected_on"])]

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"


class HoldKind(models.TextChoices):
    """Why reminders stop, for one item or for the whole customer."""

    DISPUTE = "dispute", _("Dispute")
    PROMISE = "promise", _("Promise to pay")
    PLAN = "plan", _("Payment plan")
    DEFERRAL = "deferral", _("Deferral")
    IN_TRANSIT = "in_transit", _("Payment in transit")
    HOLD = "hold", _("Hold")


class Hold(models.Model):
    """A stop on reminders: for an item, or for the whole customer where no item is named."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="holds")
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=12, choices=HoldKind, default=HoldKind.HOLD)
    reason = models.CharField(max_length=300, blank=True)
    held_from = models.DateField()
    held_until = models.DateField(null=True, blank=True)  # first day without it; null: until somebody ends it
    ended_on = models.DateField(null=True, blank=True)  # somebody ended it that day, before its time
    set_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_looks_forward", condition=Q(held_until=None) | Q(held_until__gt=F("held_from"))
            ),
        ]
        indexes = [models.Index(fields=["customer", "held_from"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


class Note(models.Model):
    """What a member wrote about a customer; history, never edited."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:60]
