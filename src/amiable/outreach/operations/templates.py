"""How does a new wording come into force?

Nothing is ever changed: a new wording is a new version, and going back to an older one publishes it again.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from amiable.core.policy.model import Tone
from amiable.core.tone import Finding, Severity, judge
from amiable.organisation.access import Act, demand
from amiable.organisation.models import LANGUAGES, Creditor, Member
from amiable.organisation.operations import record
from amiable.outreach.compose.samples import rehearse
from amiable.outreach.compose.sandbox import compile_wording
from amiable.outreach.models import Template
from amiable.outreach.wordings import kind_of

NAME_LONGEST = 60


class TemplateRefused(Exception):
    """The tone guard does not let the wording pass; `findings` say why, each with a kinder wording."""

    def __init__(self, findings: Collection[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(_("The wording is not kind or not complete yet."))


class NoSuchLanguage(ValueError):
    """Messages are not written in this language."""

    def __init__(self, language: str) -> None:
        languages = ", ".join(str(title) for _code, title in LANGUAGES)
        super().__init__(
            _("“%(language)s” is none of our languages: %(all)s.") % {"language": language, "all": languages}
        )


class BadName(ValueError):
    """A wording needs a name that a policy can refer to."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(name)s” cannot be a name: use small letters, digits and hyphens, 60 at most.") % {"name": name[:80]}
        )


def publish_template(
    creditor: Creditor,
    *,
    by: Member | None,
    name: str,
    language: str,
    tone: str,
    subject: str,
    body: str,
    now: datetime,
    in_policy: bool = True,
) -> Template:
    """Put a wording into force as a new version; messages already written keep theirs.

    `in_policy` says whether a step of the policy uses it, which asks for more parts than a wording that only people
    pick. Raise `TemplateFault` for what cannot be filled in, with its line, and `TemplateRefused` for what the tone
    guard does not let pass. The same wording again gives no new version.
    """
    demand(by, Act.EDIT_TEMPLATES)
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip() + "\n"
    _check_name(name, language)
    rehearse(compile_wording(subject, body), language=language)
    findings = judge(body, subject=subject, language=language, tone=Tone(tone), kind=kind_of(name, in_policy=in_policy))
    if refused := [finding for finding in findings if finding.severity is Severity.REFUSED]:
        raise TemplateRefused(refused)
    with transaction.atomic():
        Creditor.objects.select_for_update().get(pk=creditor.pk)  # two publishers at once stand in a queue
        versions = Template.objects.filter(creditor=creditor, name=name, language=language)
        latest = versions.order_by("-version").first()
        if latest and (latest.subject, latest.body, latest.tone) == (subject, body, tone):
            return latest
        template = Template.objects.create(
            creditor=creditor,
            name=name,
            language=language,
            tone=tone,
            version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
            subject=subject,
            body=body,
            published_at=now,
            published_by=by,
        )
        facts = {"name": name, "language": language, "version": template.version}
        record("template.published", by=by, creditor=creditor, subject=f"template:{template.pk}", facts=facts)
    return template


def revert_template(template: Template, *, by: Member | None, now: datetime) -> Template:
    """Publish an older version again, as the newest one; it passes the same guards as any other."""
    return publish_template(
        template.creditor,
        by=by,
        name=template.name,
        language=template.language,
        tone=template.tone,
        subject=template.subject,
        body=template.body,
        now=now,
    )


def _check_name(name: str, language: str) -> None:
    plain = name.replace("-", "")
    if not (plain.isascii() and plain.isalnum() and name == name.lower() and len(name) <= NAME_LONGEST):
        raise BadName(name)
    if language not in dict(LANGUAGES):
        raise NoSuchLanguage(language)
