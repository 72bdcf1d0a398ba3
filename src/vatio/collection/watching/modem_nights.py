"""What fits into the night of each modem: the calls of its lines, one after another."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from vatio.accounts.expiry import GRACE_DAYS
from vatio.collection.line_zones import zone_by
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.reaching.modems import modems
from vatio.metering.models import RtcLine

CALL_SECONDS = 40
"""About how long a call by modem takes: dialling, agreeing on a speed, a day of curves."""

COLUMNS = (
    "settings__modem",
    "settings__night_from",
    "settings__night_until",
    "supply_point__energy",
    "supply_point__territory",
    "account__time_zone",
)
NOON = time(12)
ONE_DAY = timedelta(days=1)


class Window(NamedTuple):
    """The part of the night in which a line may be called, by the clock of a time zone."""

    night_from: time
    night_until: time
    time_zone: str

    def span(self, morning: date) -> tuple[datetime, datetime]:
        """Return from when until when the window of the night before a morning is, in UTC.

        A night is from noon to noon: what begins after noon belongs to the next morning.
        """
        local = ZoneInfo(self.time_zone)
        begins_on = morning if self.night_from < NOON else morning - ONE_DAY
        ends_on = begins_on + (ONE_DAY if self.night_until <= self.night_from else timedelta(0))
        begins = datetime.combine(begins_on, self.night_from, tzinfo=local)
        ends = datetime.combine(ends_on, self.night_until, tzinfo=local)
        return begins.astimezone(UTC), ends.astimezone(UTC)


@dataclass(frozen=True)
class ModemNight:
    """A modem, how many lines it has to call in the coming night, and how many calls fit.

    `seconds` is how long any of its lines may be called; `begins` and `ends` are of all of them.
    A modem that the operator does not name any more `is_named` no longer, and calls nobody.
    """

    name: str
    is_named: bool
    windows: tuple[Window, ...]
    lines: int
    begins: datetime | None
    ends: datetime | None
    seconds: int

    @property
    def fitting(self) -> int:
        """How many calls the night holds."""
        return self.seconds // CALL_SECONDS

    @property
    def is_too_short(self) -> bool:
        """Whether its lines need more than the night."""
        return self.lines > self.fitting


def modem_nights(*, at: datetime) -> list[ModemNight]:
    """Return the operator's modems, then those that only lines name still; one statement."""
    windows: dict[str, list[Window]] = defaultdict(list)
    today = at.date()
    rows = RtcLine.objects.in_service().filter(
        settings__transport=LineSettings.Transport.MODEM,
        account__closed_at=None,
        account__opened_on__lte=today,
        account__covered_until__gt=today - timedelta(days=GRACE_DAYS),
    )
    for modem, night_from, night_until, *zoned in rows.order_by("id").values_list(*COLUMNS):
        windows[modem].append(Window(night_from, night_until, zone_by(*zoned)))
    named = list(modems())
    others = sorted(set(windows) - set(named))
    return [_night(each, windows[each], is_named=each in named, at=at) for each in named + others]


def last_night(night: ModemNight, *, at: datetime) -> tuple[datetime, datetime] | None:
    """Return from when until when the last night of a modem was, or is; none without lines."""
    if not night.windows:
        return None
    morning = _last_morning(night.windows, at)
    spans = [each.span(morning) for each in night.windows]
    return min(begin for begin, _end in spans), max(end for _begin, end in spans)


def calls_of_night(name: str, span: tuple[datetime, datetime]) -> QuerySet[CallAttempt]:
    """Return the calls that began in a night by a modem."""
    return CallAttempt.objects.filter(
        modem=name, started_at__gte=span[0], started_at__lt=span[1]
    ).select_related("line__supply_point", "account", "organisation")


def _night(name: str, windows: Sequence[Window], *, is_named: bool, at: datetime) -> ModemNight:
    distinct = tuple(sorted(set(windows)))
    morning = _last_morning(distinct, at) + ONE_DAY
    spans = [each.span(morning) for each in distinct]
    return ModemNight(
        name=name,
        is_named=is_named,
        windows=distinct,
        lines=len(windows),
        begins=min((begin for begin, _end in spans), default=None),
        ends=max((end for _begin, end in spans), default=None),
        seconds=_union(spans),
    )


def _last_morning(windows: Sequence[Window], at: datetime) -> date:
    """Return the morning of the latest night that has begun in any of some windows."""
    morning = at.date() + 2 * ONE_DAY
    while windows and all(each.span(morning)[0] > at for each in windows):
        morning -= ONE_DAY
    return morning


def _union(spans: Iterable[tuple[datetime, datetime]]) -> int:
    """Return how many seconds lie in any of some spans."""
    total, reached = timedelta(0), datetime.min.replace(tzinfo=UTC)
    for begins, ends in sorted(spans):
        if ends > reached:
            total += ends - max(begins, reached)
            reached = ends
    return int(total.total_seconds())
