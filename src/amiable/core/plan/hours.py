"""When may a message go out?"""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def sending_window(day: date, time_zone: str, hours_from: time, hours_until: time) -> tuple[datetime, datetime]:
    """Return the hours of a day in the customer's own time zone as two instants in UTC; the second is exclusive.

    An unknown time zone counts as UTC. Where a change of clocks swallows the hours, both instants are the same.
    """
    zone = _zone(time_zone)
    begin = datetime.combine(day, hours_from, zone).astimezone(UTC)
    end = datetime.combine(day, hours_until, zone).astimezone(UTC)
    return begin, max(begin, end)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last one: the name of a folder of zones
        return ZoneInfo("UTC")
