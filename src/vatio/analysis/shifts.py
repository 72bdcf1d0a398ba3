"""When the clocks of a time zone change, for whoever has to tell local times without its rules."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DAY = 86_400
MINUTE = 60


def shifts(begins: int, ends: int, time_zone: str) -> list[tuple[int, int]]:
    """Return from when on which offset from UTC applies, in minutes east, between two instants.

    Instants are seconds since 1970, UTC. The first is `begins` itself.
    """
    zone = ZoneInfo(time_zone)
    found = [(begins, _offset(begins, zone))]
    for before in range(begins, ends, DAY):
        after = min(before + DAY, ends)
        if _offset(after, zone) == found[-1][1]:
            continue
        low, high = before, after
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(middle, zone) == found[-1][1]:
                low = middle
            else:
                high = middle
        found.append((high, _offset(high, zone)))
    return found


def _offset(instant: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(instant, zone)
    return round((local.replace(tzinfo=UTC).timestamp() - instant) / MINUTE)
