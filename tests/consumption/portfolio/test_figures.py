import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import make
from tests.readings.stored import put, series
from vatio.accounts.models import Account
from vatio.consumption.portfolio import months
from vatio.consumption.portfolio.figures import AccountFigures, figures, spans_of, together
from vatio.metering import installing, retiring
from vatio.metering.models import DataPoint, Measurement, Meter, SupplyPoint
from vatio.readings import series as all_series
from vatio.readings.ranks import Origin
from vatio.readings.series import SeriesKey
from vatio.readings.stretches import Stretch, of_supply_point

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
YEAR = 364 * DAY
MADRID = ZoneInfo("Europe/Madrid")
CAME = datetime(2027, 12, 1, tzinfo=UTC).timestamp()


def instants(day: date, minutes: int) -> list[int]:
    begins = int(datetime(day.year, day.month, day.day, tzinfo=MADRID).timestamp())
    after = day + DAY
    ends = int(datetime(after.year, after.month, after.day, tzinfo=MADRID).timestamp())
    return list(range(begins, ends, minutes * 60))


def measured(meter: Meter, point: SupplyPoint, since: date | None, until: date | None) -> None:
    Measurement.objects.create(
        account_id=meter.account_id,
        organisation_id=meter.organisation_id,
        meter=meter,
        supply_point=point,
        role="principal",
        since=since,
        until=until,
    )


def asked(account: Account, today: date) -> AccountFigures:
    at = datetime(today.year, today.month, today.day, 11, tzinfo=UTC)
    days = months.of_accounts({account.pk: spans_of(today)}, at=at)
    return figures(days[account.pk], today=today, time_zone="Europe/Madrid")


@dataclass
class Kept:
    key: SeriesKey
    rank: int
    days: dict[date, list[float | None]] = field(default_factory=dict)


@dataclass
class Place:
    """A supply point of the oracle: which data point counts from when until when."""

    turns: list[tuple[list[Kept], date | None, date | None]] = field(default_factory=list)

    @property
    def first_on(self) -> date | None:
        told = [
            day
            for each, _since, _until in self.turns
            for kept in each
            for day, values in kept.days.items()
            if any(value is not None for value in values)
        ]
        return min(told, default=None)

    def on(self, day: date) -> tuple[float | None, bool]:
        for kept, since, until in self.turns:
            if (since is None or since <= day) and (until is None or day < until):
                with_values = [
                    each for each in kept if any(v is not None for v in each.days.get(day, []))
                ]
                if not with_values:
                    return None, False
                best = min(with_values, key=lambda each: (each.rank, each.key.minutes))
                values = best.days[day]
                known = [value for value in values if value is not None]
                return sum(known), len(known) == len(instants(day, best.key.minutes))
        return None, False


def fill(kept: Kept, days: Iterable[date], draw: random.Random, origin: Origin) -> None:
    readings = []
    for day in days:
        if draw.random() < 0.15:
            continue
        holes = draw.random() < 0.2
        values: list[float | None] = []
        for at in instants(day, kept.key.minutes):
            value = None if holes and draw.random() < 0.2 else float(draw.randrange(5_000))
            values.append(value)
            if value is not None:
                readings.append((at, value))
        kept.days[day] = values
    if readings:
        put(kept.key, readings, at=CAME, origin=origin)


def add_series(key: SeriesKey, minutes: int) -> SeriesKey:
    point = DataPoint.objects.get(pk=key.data_point_id)
    made = installing.add_series(point, minutes=minutes, at=make.NOON)
    return all_series.find(key.account_id, [made.pk])[made.pk]


def random_place(account: Account, days: list[date], draw: random.Random) -> Place:
    place, point = Place(), make.supply_point(account)
    turn = draw.choice([None, draw.choice(days)])
    gap = draw.choice([0, 0, 2])
    spans = [(None, turn), (turn + gap * DAY, None)] if turn else [(None, None)]
    for since, until in spans:
        meter = make.meter(account)
        kept = [Kept(series(60, meter=meter), 0)]
        if draw.random() < 0.3:
            kept.append(Kept(add_series(kept[0].key, 15), 1))
            kept[0].rank = 2
        for each in kept:
            better = len(kept) > 1 and each.key.minutes == 15
            fill(each, days, draw, Origin.INVOICE if better else Origin.INSERTION)
        measured(meter, point, since, until)
        place.turns.append((kept, since, until))
    return place


def lacking(places: list[Place], day: date) -> bool:
    """Tell whether something is missing on a day of what was read before it."""
    read = [each for each in places if each.first_on and each.first_on <= day]
    return any(not whole for _value, whole in (each.on(day) for each in read))


def expected(places: list[Place], today: date) -> tuple[float, float, int, int, float, float]:
    first = today.replace(day=1)
    compared = before = 0.0
    days = left_out = 0
    day = first
    while day < today:
        old = [each for each in places if each.first_on and each.first_on <= today - DAY - YEAR]
        now, then = [each.on(day) for each in old], [each.on(day - YEAR) for each in old]
        if old and all(whole for _value, whole in now + then):
            compared += sum(value or 0 for value, _whole in now)
            before += sum(value or 0 for value, _whole in then)
            days += 1
        else:
            left_out += 1
        day += DAY
    month = sum(
        each.on(first + number * DAY)[0] or 0
        for number in range((today - first).days + 1)
        for each in places
    )
    yesterday = sum(each.on(today - DAY)[0] or 0 for each in places)
    return compared / 1000, before / 1000, days, left_out, month / 1000, yesterday / 1000


@pytest.mark.parametrize(
    ("seed", "today"),
    [
        (1, date(2026, 11, 6)),
        (2, date(2027, 10, 31)),
        (3, date(2027, 11, 4)),
        (4, date(2025, 3, 31)),
        (5, date(2026, 1, 1)),
        (6, date(2024, 3, 2)),
        (7, date(2026, 10, 28)),
    ],
)
def test_the_figures_are_those_that_plain_python_adds_up(seed: int, today: date) -> None:
    draw = random.Random(seed)
    few = [today - number * DAY for number in range(7)]
    days = sorted({*few, *(day - YEAR for day in few)})
    accounts = [make.account() for _ in range(4)]
    places = {
        each.pk: [random_place(each, days, draw) for _ in range(draw.randrange(1, 3))]
        for each in accounts
    }

    at = datetime(today.year, today.month, today.day, 11, tzinfo=UTC)
    read = months.of_accounts({key: spans_of(today) for key in places}, at=at)

    for key, own in places.items():
        found = figures(read[key], today=today, time_zone="Europe/Madrid")
        told = (found.compared, found.before, found.days, found.left_out)
        assert (*told, found.month or 0, found.yesterday or 0) == pytest.approx(
            expected(own, today)
        )
        so_far = [today.replace(day=1) + number * DAY for number in range(today.day - 1)]
        assert found.lacking == sum(lacking(own, day) for day in so_far)
        assert found.yesterday_lacks == lacking(own, today - DAY)


def test_what_was_not_read_a_year_ago_counts_this_month_and_is_not_compared() -> None:
    today, account = date(2026, 11, 3), make.account()
    for cups, since in (("old", today - YEAR - 9 * DAY), ("new", today - 5 * DAY), ("none", today)):
        meter = make.meter(account, cups)
        measured(meter, make.supply_point(account), None, None)
        key = series(60, meter=meter)
        days = [since + number * DAY for number in range((today - since).days)]
        put(key, [(at, 100.0) for day in days for at in instants(day, 60)], at=CAME)

    found = asked(account, today)

    assert (found.month, found.yesterday) == (9.6, 4.8)
    assert (found.compared, found.before, found.days, found.left_out) == (4.8, 4.8, 2, 0)


def test_a_day_of_25_hours_beside_one_of_24_is_whole_on_both_sides() -> None:
    today = date(2027, 11, 1)
    key = series(60)
    put(key, [(at, 100.0) for at in instants(date(2027, 10, 31), 60)], at=CAME)
    put(key, [(at, 100.0) for at in instants(date(2026, 11, 1), 60)], at=CAME)
    account = Account.objects.get(pk=key.account_id)

    on_the_last = months.of_accounts(
        {account.pk: [(date(2027, 10, 1), date(2027, 10, 31)), (date(2026, 10, 2), today - YEAR)]},
        at=make.NOON,
    )
    found = figures(on_the_last[account.pk], today=today, time_zone="Europe/Madrid")

    assert found.yesterday == 2.5
    own = on_the_last[account.pk].months
    assert own[date(2027, 10, 1)][0].covered[30] == 1500
    assert own[date(2026, 11, 1)][0].covered[0] == 1440


def test_an_hour_that_is_missing_on_either_side_leaves_the_day_out_and_is_said() -> None:
    key = series(60)
    for day in (date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)):
        put(key, [(at, 200.0) for at in instants(day, 60)], at=CAME)
        put(key, [(at, 100.0) for at in instants(day - YEAR, 60)[: 24 - (day.day == 3)]], at=CAME)

    found = asked(Account.objects.get(pk=key.account_id), date(2026, 11, 5))

    assert (found.days, found.left_out) == (2, 2)
    assert (found.compared, found.before, found.change, found.percent) == (9.6, 4.8, 1.0, 100)
    assert found.month == pytest.approx(14.4)


def test_a_series_of_days_is_whole_on_a_day_of_25_hours() -> None:
    key = series(1440)
    put(key, [(instants(date(2026, 10, 25), 60)[0], 9_000.0)], at=CAME)
    put(key, [(instants(date(2025, 10, 26), 60)[0], 6_000.0)], at=CAME)

    found = asked(Account.objects.get(pk=key.account_id), date(2026, 10, 26))

    assert (found.days, found.compared, found.before) == (1, 9.0, 6.0)


def test_days_that_are_not_whole_are_counted_also_where_nothing_is_compared() -> None:
    key = series(60)
    for day in range(3, 10):
        if day != 6:
            hours = instants(date(2026, 11, day), 60)[: 24 - (day == 9)]
            put(key, [(at, 100.0) for at in hours], at=CAME)
    account = Account.objects.get(pk=key.account_id)

    found = asked(account, date(2026, 11, 10))

    assert (found.change, found.lacking, found.yesterday_lacks) == (None, 2, True)
    assert asked(account, date(2026, 11, 9)).yesterday_lacks is False
    assert together([found, found]).lacking == 4


def test_without_a_supply_point_the_meters_count_and_with_one_its_principal_alone() -> None:
    account = make.account()
    meters = [make.meter(account), make.meter(account)]
    for meter in meters:
        key = series(60, meter=meter)
        put(key, [(at, 100.0) for at in instants(date(2026, 11, 2), 60)], at=CAME)
    without = asked(account, date(2026, 11, 3))

    measured(meters[0], make.supply_point(account), None, None)
    with_one = asked(account, date(2026, 11, 3))

    assert (without.month, with_one.month) == (4.8, 2.4)


def test_a_retired_meter_leaves_its_days_and_no_hole_after_them() -> None:
    account = make.account()
    point = make.supply_point(account)
    meter, gone = make.meter(account), make.meter(account)
    key, other = series(60, meter=meter), series(60, meter=gone)
    measured(meter, point, None, None)
    measured(gone, make.supply_point(account), None, None)
    for day in (date(2026, 11, 2), date(2026, 11, 3)):
        put(key, [(at, 200.0) for at in instants(day, 60)], at=CAME)
        put(key, [(at, 100.0) for at in instants(day - YEAR, 60)], at=CAME)
        put(other, [(at, 100.0) for at in instants(day - YEAR, 60)], at=CAME)
    put(other, [(at, 50.0) for at in instants(date(2026, 11, 2), 60)], at=CAME)
    at = datetime(2026, 11, 3, 1, tzinfo=UTC)
    retiring.retire(gone, by=make.commercial(), at=at)

    found = asked(account, date(2026, 11, 4))

    assert (found.days, found.compared, found.before) == (2, 10.8, 9.6)


def test_a_supply_point_counts_as_it_does_in_its_sums() -> None:
    account = make.account()
    point = make.supply_point(account)
    key = series(60, meter=make.meter(account))
    meter = Meter.objects.get(data_points__series=key.id)
    measured(meter, point, date(2026, 11, 2), date(2026, 11, 4))
    for day in (1, 2, 3, 4):
        put(key, [(at, 100.0) for at in instants(date(2026, 11, day), 60)], at=CAME)

    found = asked(account, date(2026, 11, 6))

    assert found.month == 4.8
    assert of_supply_point(point, date(2026, 11, 1), date(2026, 11, 30)) == [
        Stretch(key.data_point_id, date(2026, 11, 2), date(2026, 11, 4), point.pk)
    ]


def test_the_total_compares_only_what_can_be_compared() -> None:
    one = AccountFigures(month=10, yesterday=1, compared=6, before=4, days=3)
    other = AccountFigures(month=5, yesterday=None, compared=0, before=0, days=0, left_out=3)

    total = together([one, other])

    assert (total.month, total.yesterday, total.percent, total.left_out) == (15, 1, 50, 0)


def test_without_accounts_nothing_is_asked() -> None:
    assert months.of_accounts({}, at=make.NOON) == {}
    assert together([]).change is None
