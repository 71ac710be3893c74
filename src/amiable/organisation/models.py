"""Creditors, members and the audit trail: columns and constraints, no decisions."""

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("en", _("English")), ("fr", _("French"))]


class Role(models.TextChoices):
    """What a member may do; `access` says it page by page."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    COLLECTOR = "collector", _("Collector")
    SALES = "sales", _("Sales")
    READER = "reader", _("Reader")


class MemberManager(BaseUserManager):
    """Members are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **facts) -> "Member":
        member = self.model(email=self.normalize_email(email).lower(), **facts)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **facts) -> "Member":
        return self.create_user(
            email, password, **{"role": Role.ADMINISTRATOR, "is_staff": True, "is_superuser": True, **facts}
        )

    def get_by_natural_key(self, email: str) -> "Member":
        return self.get(email__iexact=email)


class Member(AbstractUser):
    """A person of our own team."""

    username = None
    email = models.EmailField(_("e-mail address"), unique=True)
    role = models.CharField(max_length=16, choices=Role, default=Role.READER)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    phone = models.CharField(max_length=32, blank=True)
    job_title = models.CharField(max_length=80, blank=True)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = MemberManager()

    class Meta:
        constraints = [models.UniqueConstraint(models.functions.Lower("email"), name="member_email_any_case")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Creditor(models.Model):
    """A legal entity that is owed money."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)  # as customers know it
    legal_name = models.CharField(max_length=160, blank=True)
    siren = models.CharField(max_length=9, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    address = models.TextField(blank=True)
    country = models.CharField(max_length=2, default="FR")
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    sender_name = models.CharField(max_length=120, blank=True)
    sender_email = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    brand_colour = models.CharField(max_length=7, default="#1f5f4a")
    bank_data_until = models.DateField(null=True, blank=True)  # last day whose bank movements are all here
    sending = models.BooleanField(default=False)  # False is safe mode: messages stay in the outbox

    class Meta:
        constraints = [
            models.CheckConstraint(name="creditor_currency_code", condition=Q(currency__regex="^[A-Z]{3}$")),
            models.CheckConstraint(name="creditor_country_code", condition=Q(country__regex="^[A-Z]{2}$")),
            models.CheckConstraint(name="creditor_brand_colour", condition=Q(brand_colour__regex="^#[0-9a-f]{6}$")),
        ]

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """Where customers pay to, in one currency."""

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="bank_accounts")
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=120)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    bank_name = models.CharField(max_length=80, blank=True)
    is_default = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_default_bank_account_per_currency",
                fields=["creditor", "currency"],
                condition=Q(is_default=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.iban} ({self.currency})"


class AuditEvent(models.Model):
    """One write: who did what to which object. Append-only; each line seals the one before it."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT)  # null: Amiable itself
    action = models.CharField(max_length=60)  # "customer.held", "message.sent", "import.booked"…
    creditor = models.ForeignKey(Creditor, null=True, blank=True, on_delete=models.PROTECT)
    customer_id = models.BigIntegerField(null=True, blank=True, db_index=True)  # the ledger lies above this package
    subject = models.CharField(max_length=80, blank=True)  # "item:4711"
    facts = models.JSONField(default=dict)
    seal = models.CharField(max_length=64, unique=True)  # SHA-256 over this line and the seal before it

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"
