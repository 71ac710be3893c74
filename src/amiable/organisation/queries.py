"""Who are we? What pages and commands ask about creditors and members."""

from amiable.organisation.models import Creditor, Member


def creditors() -> list[Creditor]:
    """Return every creditor, by name. One statement."""
    return list(Creditor.objects.order_by("name", "id"))


def colleagues() -> list[Member]:
    """Return the members who can be given work, by name. One statement."""
    return list(Member.objects.filter(is_active=True).order_by("first_name", "last_name", "email"))


def has_members() -> bool:
    """Say whether anybody can sign in yet. One statement."""
    return Member.objects.exists()
