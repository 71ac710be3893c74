"""How is a mapping kept for the next file of its kind?"""

import json
from pathlib import Path

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from amiable.organisation.models import Member
from amiable.organisation.operations.audit import record
from amiable.sources.errors import BadMapping
from amiable.sources.mapping import Mapping
from amiable.sources.models import Profile

MOST_BYTES = 1 << 20


class UnknownProfile(ValueError):
    """No profile has that name, and no file either."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is no profile “%(name)s”.") % {"name": name})


def save_profile(name: str, mapping: Mapping, *, format: str, by: Member | None) -> Profile:
    """Keep a mapping under a name; a profile of that name is replaced. Raise `BadMapping` for an unusable name."""
    name = name.strip()
    if not name or len(name) > Profile._meta.get_field("name").max_length:
        raise BadMapping(_("Please name the profile, in up to 60 characters."))
    with transaction.atomic():
        facts = {"format": format, "mapping": mapping.to_json()}
        profile, _created = Profile.objects.update_or_create(name=name, defaults=facts)
        record("import.profile_saved", by=by, subject=f"profile:{profile.pk}", facts={"name": name, **facts})
    return profile


def load_profile(name: str) -> Mapping:
    """Return a saved profile, or the one that a YAML or JSON file holds. Raise `UnknownProfile` or `BadMapping`."""
    if saved := Profile.objects.filter(name=name).first():
        return Mapping.from_json(saved.mapping)
    path = Path(name)
    if path.suffix.lower() not in (".yaml", ".yml", ".json") or not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise UnknownProfile(name)
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        plain = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except (yaml.YAMLError, json.JSONDecodeError, RecursionError) as error:
        raise BadMapping(_("The profile cannot be read: %(error)s") % {"error": error}) from error
    return Mapping.from_json(plain)
