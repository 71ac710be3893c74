"""Which mapping is a file read with?"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from amiable.organisation.models import Creditor
from amiable.sources.adapters import open_source
from amiable.sources.facts import Context
from amiable.sources.mapping import Mapping
from amiable.sources.models import Profile
from amiable.sources.operations.profiles import load_profile
from amiable.sources.reading.currencies import currency_of
from amiable.sources.source import Source


def opened(
    path: Path,
    *,
    creditor: Creditor,
    as_of: date,
    format: str | None = None,
    mapping: Mapping | None = None,
    profile: str | None = None,
    currency: str | None = None,
) -> Source:
    """Open a file with the mapping given, else the profile named, else one saved for just such columns, else a guess.

    `currency` is taken where no column tells. Raise an `UnreadableFile`, `BadMapping` or `UnknownProfile`.
    """
    chosen = mapping or (load_profile(profile) if profile else None)
    context = Context(currency=creditor.currency, country=creditor.country, as_of=as_of)
    source = open_source(path, context=context, format=format, mapping=chosen)
    if chosen is None and (known := _profile_for(source)):
        source = open_source(path, context=context, format=format, mapping=known)
    code = currency_of(currency) if currency else None
    if code and source.mapping:
        source = open_source(path, context=context, format=format, mapping=replace(source.mapping, currency=code))
    return source


def _profile_for(source: Source) -> Mapping | None:
    """Return the newest profile that was saved for a table with exactly these columns."""
    header = [column.column for column in source.columns]
    if not header:
        return None
    for profile in Profile.objects.filter(format=source.format).order_by("-pk"):
        if profile.mapping.get("header") == header:
            return Mapping.from_json(profile.mapping)
    return None
