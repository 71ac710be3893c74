"""Is a day planned for everybody?"""

from datetime import date

from amiable.organisation.models import Creditor
from amiable.planning.models import DayPlan


def plan_is_complete(creditor: Creditor, *, day: date) -> bool:
    """Say whether a day has been planned for every customer at least once. One statement."""
    return DayPlan.objects.filter(creditor=creditor, day=day, finished_at__isnull=False).exists()
