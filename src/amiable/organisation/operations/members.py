"""Writes about members of our team: invited by an administrator, never erased."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from amiable.organisation.access import Act, demand
from amiable.organisation.models import Member, Role
from amiable.organisation.operations.audit import record
from amiable.organisation.operations.facts import BadFact, admit, change, check

FACTS = ("first_name", "last_name", "language", "phone", "job_title", "manager")


class LastAdministrator(Exception):
    """The only administrator left would no longer be one."""

    def __init__(self) -> None:
        super().__init__(_("This is the only administrator. Make somebody else one first."))


class EmailTaken(BadFact):
    """Another member already signs in with this address."""

    def __init__(self, email: str) -> None:
        super().__init__("email", _("%(email)s already belongs to a member.") % {"email": email})


def invite_member(*, by: Member | None, email: str, role: str, **facts: Any) -> Member:
    """Add a member who can sign in once a password is set; raise `NotAllowed`, `EmailTaken` or `BadFact`."""
    demand(by, Act.MANAGE_MEMBERS)
    admit(facts, FACTS)
    member = Member(email=email.strip().lower(), role=role, **facts)
    member.set_unusable_password()
    check(member, ["email", "role", *facts])
    with transaction.atomic():
        if Member.objects.filter(email__iexact=member.email).exists():
            raise EmailTaken(member.email)
        member.save(force_insert=True)
        _record("member.invited", member, by=by, facts={"email": member.email, "role": member.role})
    return member


def change_member(member: Member, *, by: Member | None, **facts: Any) -> Member:
    """Change a member's facts, `role`, or `is_active` (False: they have left, and nothing they did is lost).

    A member may change their own facts; role and leaving are for administrators. Raise `LastAdministrator` where
    nobody would be left to invite others.
    """
    admit(facts, (*FACTS, "email", "role", "is_active"))
    if by != member or {"role", "is_active", "email", "manager"} & set(facts):
        demand(by, Act.MANAGE_MEMBERS)
    if "email" in facts:
        facts["email"] = facts["email"].strip().lower()
    with transaction.atomic():
        # Every administrator is locked, so that two who demote each other cannot both succeed.
        administrators = set(
            Member.objects.select_for_update()
            .filter(role=Role.ADMINISTRATOR, is_active=True)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        row = Member.objects.select_for_update().get(pk=member.pk)
        stays = facts.get("role", row.role) == Role.ADMINISTRATOR and facts.get("is_active", row.is_active)
        if administrators == {row.pk} and not stays:
            raise LastAdministrator
        if Member.objects.filter(email__iexact=facts.get("email", row.email)).exclude(pk=row.pk).exists():
            raise EmailTaken(facts["email"])
        if changes := change(row, facts):
            _record("member.changed", row, by=by, facts=changes)
    return row


def set_password(member: Member, *, by: Member | None, password: str) -> Member:
    """Give a member a password; raise `BadFact` for one that is too easy to guess. The trail never holds it."""
    if by != member:
        demand(by, Act.MANAGE_MEMBERS)
    try:
        validate_password(password, member)
    except ValidationError as weak:
        raise BadFact("password", " ".join(weak.messages)) from weak
    with transaction.atomic():
        row = Member.objects.select_for_update().get(pk=member.pk)
        row.set_password(password)
        row.save(update_fields=["password"])
        _record("member.password_set", row, by=by, facts={})
    return row


def _record(action: str, member: Member, *, by: Member | None, facts: dict[str, Any]) -> None:
    record(action, by=by, subject=f"member:{member.pk}", facts=facts)
