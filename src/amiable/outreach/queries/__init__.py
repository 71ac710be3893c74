"""All questions that pages ask about messages, contacts and wordings."""

from amiable.outreach.queries.outbox import (
    GROUPS,
    OutboxFilter,
    message_for,
    next_departure,
    outbox_counts,
    outbox_rows,
)
from amiable.outreach.queries.templates import (
    InForce,
    TemplateMissing,
    missing_templates,
    template_history,
    template_in_force,
    templates_in_force,
)

__all__ = [
    "GROUPS",
    "InForce",
    "OutboxFilter",
    "TemplateMissing",
    "message_for",
    "missing_templates",
    "next_departure",
    "outbox_counts",
    "outbox_rows",
    "template_history",
    "template_in_force",
    "templates_in_force",
]
