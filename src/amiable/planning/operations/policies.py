"""Writes of a creditor's policy: every published text is a version, and the newest one is in force."""

from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.core.policy.model import Policy
from amiable.core.policy.text import read_policy
from amiable.organisation.models import AuditEvent, Creditor, Member
from amiable.organisation.operations import record
from amiable.outreach.queries.templates import missing_templates
from amiable.planning.defaults import default_policy_text
from amiable.planning.models import PolicyVersion


class WordingsMissing(ValueError):
    """A policy asks for messages that nobody has worded; `missing` holds (wording, language) pairs."""

    def __init__(self, missing: list[tuple[str, str]]) -> None:
        self.missing = missing
        listed = ", ".join(f"{name} ({language})" for name, language in missing)
        super().__init__(
            _("Please write these wordings first, or let the steps use others: %(list)s.") % {"list": listed}
        )


_read_once = lru_cache(maxsize=64)(read_policy)  # a version never changes, so a process reads it once


def policy_in_force(creditor: Creditor) -> tuple[PolicyVersion, Policy]:
    """Return the newest version and what it says. One statement; the first question installs the shipped policy."""
    newest = PolicyVersion.objects.filter(creditor=creditor).order_by("-version").first()
    version = newest or install_default_policy(creditor)
    return version, _read_once(version.text)


def publish_policy(creditor: Creditor, *, by: Member | None, text: str, note: str = "", now: datetime) -> PolicyVersion:
    """Put a policy's text in force from now on and return its version.

    Raise `PolicyErrors`, which names every line that cannot be understood, or `WordingsMissing`; then the old version
    stays. Publishing the text that is in force already changes nothing.
    """
    if missing := missing_templates(creditor, read_policy(text)):
        raise WordingsMissing(missing)
    with transaction.atomic():
        newest = _newest_locked(creditor)
        if newest and newest.text == text:
            return newest
        version = PolicyVersion.objects.create(
            creditor=creditor,
            version=newest.version + 1 if newest else 1,
            text=text,
            note=note,
            published_at=now,
            published_by=by,
        )
        _record(version, by=by)
    return version


def install_default_policy(creditor: Creditor) -> PolicyVersion:
    """Publish the shipped policy for a creditor who has none yet; return the version in force."""
    with transaction.atomic():
        if newest := _newest_locked(creditor):
            return newest
        version = PolicyVersion(creditor=creditor, version=1, text=default_policy_text(), note="")
        version.published_at = _record(version, by=None).at
        version.save(force_insert=True)
    return version


def _newest_locked(creditor: Creditor) -> PolicyVersion | None:
    """Return the newest version; whoever publishes for the same creditor waits for us."""
    Creditor.objects.select_for_update().get(pk=creditor.pk)
    return PolicyVersion.objects.filter(creditor=creditor).order_by("-version").first()


def _record(version: PolicyVersion, *, by: Member | None) -> AuditEvent:
    facts = {"version": version.version, "note": version.note}
    return record(
        "policy.published", by=by, creditor=version.creditor, subject=f"policy:{version.version}", facts=facts
    )
