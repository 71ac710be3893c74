"""Which places does the desk have? One list for the sidebar, the phone's bars and the keyboard."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from amiable.organisation.access import Act, may


@dataclass(frozen=True)
class Place:
    """A page that is always at hand; `key` opens it after "g"."""

    name: str  # of its URL in the desk
    label: str | Promise
    icon: str
    key: str
    act: Act
    on_phone: bool = False  # stands in the bar at the bottom
    family: tuple[str, ...] = ()  # how the names of the URLs begin that belong here; empty: its own name

    @property
    def url(self) -> str:
        return reverse(f"desk:{self.name}")


PLACES = (
    Place("today", _("Today"), "sun", "t", Act.SEE_CUSTOMERS, on_phone=True),
    Place("customers", _("Customers"), "users-round", "c", Act.SEE_CUSTOMERS, on_phone=True, family=("customer",)),
    Place("invoices", _("Invoices"), "file-text", "i", Act.SEE_CUSTOMERS),
    Place("outbox", _("Outbox"), "send", "o", Act.SEE_OUTBOX, on_phone=True, family=("outbox", "message")),
    Place("strategy", _("Strategy"), "route", "s", Act.SEE_STRATEGY, family=("strategy", "policy", "wording")),
    Place("import", _("Import"), "file-up", "m", Act.IMPORT),
    Place("settings", _("Settings"), "settings", "e", Act.MANAGE_SETTINGS),
)


def places(request: HttpRequest) -> list[tuple[Place, bool]]:
    """Return the places a member may open, each with whether one is there now.

    A page belongs to a place when the name of its URL begins with the place's family.
    """
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    return [(place, here.startswith(place.family or place.name)) for place in PLACES if may(request.user, place.act)]
