"""Who may do what?

One table says it for every role; pages ask `may`, and only here is a role compared with anything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from amiable.organisation.models import Member, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Act(StrEnum):
    """Something a page or an operation asks permission for."""

    SEE_CUSTOMERS = "see_customers"  # a seller: the ones they sell to
    SEE_ALL_CUSTOMERS = "see_all_customers"
    SEE_OUTBOX = "see_outbox"
    WRITE_NOTES = "write_notes"
    LOG_CONTACT = "log_contact"
    EDIT_CUSTOMERS = "edit_customers"
    HOLD = "hold"
    CLOSE_TASKS = "close_tasks"
    SEND = "send"
    RELEASE_OUTBOX = "release_outbox"
    IMPORT = "import"
    EXPORT = "export"
    ALLOCATE = "allocate"
    SEE_STRATEGY = "see_strategy"
    EDIT_POLICY = "edit_policy"
    EDIT_TEMPLATES = "edit_templates"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_SETTINGS = "manage_settings"
    SEE_AUDIT = "see_audit"


_READS = frozenset({Act.SEE_CUSTOMERS, Act.SEE_ALL_CUSTOMERS, Act.SEE_OUTBOX, Act.SEE_STRATEGY})
_COLLECTS = _READS | {
    Act.WRITE_NOTES,
    Act.LOG_CONTACT,
    Act.EDIT_CUSTOMERS,
    Act.HOLD,
    Act.CLOSE_TASKS,
    Act.SEND,
    Act.RELEASE_OUTBOX,
    Act.IMPORT,
    Act.EXPORT,
    Act.ALLOCATE,
}
_LEADS = _COLLECTS | {Act.EDIT_POLICY, Act.EDIT_TEMPLATES, Act.SEE_AUDIT}

ACTS: dict[Role, frozenset[Act]] = {
    Role.ADMINISTRATOR: frozenset(Act),
    Role.MANAGER: _LEADS,
    Role.COLLECTOR: _COLLECTS,
    Role.SALES: frozenset({Act.SEE_CUSTOMERS, Act.WRITE_NOTES, Act.LOG_CONTACT, Act.CLOSE_TASKS}),
    Role.READER: _READS,
}


class NotAllowed(Exception):
    """A member asked for what their role does not give them."""

    def __init__(self, act: Act) -> None:
        self.act = act
        super().__init__(_("Your role does not allow this. An administrator can change it."))


def may(member: Member | AnonymousUser | None, act: Act) -> bool:
    """Say whether a member may do something; nobody, and a member who has left, may do nothing."""
    if member is None or not member.is_active:
        return False
    return act in ACTS.get(Role(member.role), frozenset()) if isinstance(member, Member) else False


def demand(member: Member | None, act: Act) -> None:
    """Raise `NotAllowed` unless the member may; None is Amiable itself, which acts for no person and may."""
    if member is not None and not may(member, act):
        raise NotAllowed(act)
