"""Who are we? What pages and commands ask about creditors and members."""

from datetime import date

from django.core.paginator import Page, Paginator

from amiable.organisation.models import LANGUAGES, AuditEvent, BankAccount, Creditor, Member, Role

__all__ = [
    "LANGUAGES",
    "Role",
    "audit_about",
    "audit_page",
    "bank_accounts",
    "colleagues",
    "creditors",
    "has_members",
    "member_or_none",
    "members",
]
AUDIT_LINES_PER_PAGE = 50


def creditors() -> list[Creditor]:
    """Return every creditor, by name. One statement."""
    return list(Creditor.objects.order_by("name", "id"))


def colleagues() -> list[Member]:
    """Return the members who can be given work, by name. One statement."""
    return list(Member.objects.filter(is_active=True).order_by("first_name", "last_name", "email"))


def has_members() -> bool:
    """Say whether anybody can sign in yet. One statement."""
    return Member.objects.exists()


def members() -> list[Member]:
    """Return everybody who is or was on the team: those who are, first. One statement."""
    return list(Member.objects.select_related("manager").order_by("-is_active", "first_name", "last_name", "email"))


def member_or_none(pk: int) -> Member | None:
    """Return one member. One statement."""
    return Member.objects.filter(pk=pk).first()


def bank_accounts(creditor: Creditor) -> list[BankAccount]:
    """Return the accounts that messages name now, by currency. One statement."""
    return list(creditor.bank_accounts.filter(is_default=True).order_by("currency"))


def audit_page(*, number: int, actor: int | None = None, action: str = "", until: date | None = None) -> Page:
    """Return a page of the audit trail, newest first. Two statements.

    `action` is how the action's name begins ("customer." or "import.booked"); `until` is the last day shown.
    """
    lines = AuditEvent.objects.select_related("actor", "creditor").order_by("-id")
    if actor is not None:
        lines = lines.filter(actor_id=actor)
    if action:
        lines = lines.filter(action__startswith=action)
    if until is not None:
        lines = lines.filter(at__date__lte=until)
    return Paginator(lines, AUDIT_LINES_PER_PAGE).get_page(number)


def audit_about(subject: str, *, customer_id: int) -> list[AuditEvent]:
    """Return the trail of one thing of a customer ("message:4711"), the oldest line first. One statement."""
    lines = AuditEvent.objects.filter(customer_id=customer_id, subject=subject).select_related("actor")
    return list(lines.order_by("pk"))
