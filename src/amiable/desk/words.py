"""In which few words do lists name a reason, a task, a state? Whole sentences come from the planner's own reasons."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERY_LATE_DAYS = 60

REASONS: dict[str, str | Promise] = {
    "disputed": _("Disputed"),
    "promised": _("Promised"),
    "payment_plan": _("Payment plan"),
    "deferred": _("Deferred"),
    "in_transit": _("Payment in transit"),
    "item_held": _("Invoice on hold"),
    "customer_held": _("Customer on hold"),
    "awaiting_answer": _("Waits for our answer"),
    "bank_data_stale": _("Bank data too old"),
    "below_minimum": _("Below the minimum"),
    "not_a_working_day": _("Not a working day there"),
    "too_soon": _("Too soon after the last contact"),
    "cap_reached": _("Enough contacts for now"),
    "awaiting_contact": _("Nobody to write to yet"),
}
TONES: dict[str, str | Promise] = {
    "friendly": _("Friendly"),
    "gentle": _("Gentle"),
    "helpful": _("Helpful"),
    "clear": _("Clear"),
}
OFFERS: dict[str, str | Promise] = {
    "plan": _("instalments"),
    "deferral": _("a later date"),
    "question": _("answers to questions"),
    "call_back": _("a call back"),
}
COLLEAGUES: dict[str, str | Promise] = {
    "owner": _("owner"),
    "salesperson": _("salesperson"),
    "manager": _("manager"),
}
RISKS: dict[str, str | Promise] = {
    "low": _("low"),
    "medium": _("medium"),
    "high": _("high"),
    "unknown": _("unknown"),
}
HOLD_ICONS = {
    "dispute": "scale",
    "promise": "handshake",
    "plan": "calendar-check",
    "deferral": "clock",
    "in_transit": "truck",
    "hold": "circle-pause",
}


def reason(code: str) -> str:
    """Return a reason in a few words; one that is not known here is shown as it stands."""
    return str(REASONS.get(code, code))


def lateness(due_on: date | None, today: date) -> str:
    """Return the state that colours something due on a day: nothing, late, or very late."""
    days = (today - due_on).days if due_on else 0
    if days <= 0:
        return ""
    return "very-late" if days > VERY_LATE_DAYS else "late"
