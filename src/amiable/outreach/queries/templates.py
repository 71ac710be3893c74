"""Which wording is in force?"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from amiable.core.policy.model import Do, Policy
from amiable.organisation.models import LANGUAGES, Creditor, Member
from amiable.outreach.models import Template
from amiable.outreach.wordings import shipped_wordings

SHIPPED = 0  # the version of a wording that nobody has changed


class TemplateMissing(LookupError):
    """Nobody has written this wording in this language."""

    def __init__(self, name: str, language: str) -> None:
        self.name, self.language = name, language
        super().__init__(
            _("There is no wording “%(name)s” in the language “%(language)s”.") % {"name": name, "language": language}
        )


@dataclass(frozen=True)
class InForce:
    """The wording that messages are written with."""

    name: str
    language: str
    tone: str
    subject: str
    body: str
    version: int = SHIPPED
    published_at: datetime | None = None
    published_by: Member | None = None


def templates_in_force(creditor: Creditor) -> dict[tuple[str, str], InForce]:
    """Return every wording by name and language: the newest published one, else the shipped one. One statement."""
    found = {
        (shipped.name, shipped.language): InForce(
            shipped.name, shipped.language, shipped.tone.value, shipped.subject, shipped.body
        )
        for shipped in shipped_wordings()
    }
    newest = Template.objects.filter(creditor=creditor, name=OuterRef("name"), language=OuterRef("language"))
    newest = newest.order_by("-version").values("pk")[:1]
    published = Template.objects.filter(creditor=creditor, pk=Subquery(newest)).select_related("published_by")
    return found | {(template.name, template.language): as_in_force(template) for template in published}


def template_in_force(creditor: Creditor, *, name: str, language: str) -> InForce:
    """Return one wording; raise `TemplateMissing` where neither a published nor a shipped one exists. One statement."""
    published = template_history(creditor, name=name, language=language)[:1]
    if published:
        return as_in_force(published[0])
    for shipped in shipped_wordings():
        if (shipped.name, shipped.language) == (name, language):
            return InForce(name, language, shipped.tone.value, shipped.subject, shipped.body)
    raise TemplateMissing(name, language)


def template_history(creditor: Creditor, *, name: str, language: str) -> list[Template]:
    """Return the published versions of a wording, the newest first. One statement."""
    versions = Template.objects.filter(creditor=creditor, name=name, language=language).order_by("-version")
    return list(versions.select_related("published_by"))


def missing_templates(creditor: Creditor, policy: Policy) -> list[tuple[str, str]]:
    """Return the (name, language) pairs that a policy's messages need and that nobody has written. One statement."""
    known = templates_in_force(creditor)
    steps = {step.template for scenario in policy.scenarios for step in scenario.steps if step.do is Do.MESSAGE}
    return [
        (name, language) for name in sorted(steps) for language, _title in LANGUAGES if (name, language) not in known
    ]


def as_in_force(template: Template) -> InForce:
    """Return a published version as the wording it is."""
    return InForce(
        template.name,
        template.language,
        template.tone,
        template.subject,
        template.body,
        template.version,
        template.published_at,
        template.published_by,
    )
