"""What time is it?

Only `site`, commands and views ask; everything below them is told. AMIABLE_NOW stops the clock, for the demo and
for tests.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from amiable.organisation.models import Creditor


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return settings.NOW or timezone.now()


def today(creditor: Creditor) -> date:
    """Return the day it is where the creditor is."""
    return now().astimezone(ZoneInfo(creditor.time_zone)).date()
