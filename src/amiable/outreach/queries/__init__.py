"""All questions that pages ask about messages, contacts and wordings."""

from amiable.outreach.queries.templates import (
    InForce,
    TemplateMissing,
    missing_templates,
    template_history,
    template_in_force,
    templates_in_force,
)

__all__ = [
    "InForce",
    "TemplateMissing",
    "missing_templates",
    "template_history",
    "template_in_force",
    "templates_in_force",
]
