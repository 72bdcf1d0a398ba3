from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.collection.iec102.labels import TimeLabel, decode_a, decode_b, encode_a, encode_b

MADRID = ZoneInfo("Europe/Madrid")
CANARY = ZoneInfo("Atlantic/Canary")

instants = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


def test_the_known_label_is_an_hour_of_summer() -> None:
    label = decode_a(bytes.fromhex("00 81 E1 05 10"))

    assert label == TimeLabel(datetime(2016, 5, 1, 1), True)
    assert label.instant(MADRID) == datetime(2016, 4, 30, 23, tzinfo=UTC)
    assert encode_a(label, weekday=True) == bytes.fromhex("00 81 E1 05 10")


def test_the_hour_that_occurs_twice_is_two_instants() -> None:
    first = TimeLabel(datetime(2026, 10, 25, 2, 30), True)
    second = TimeLabel(datetime(2026, 10, 25, 2, 30), False)

    assert first.instant(MADRID) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second.instant(MADRID) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_end_at_which_clocks_change_may_be_labelled_either_way() -> None:
    before = TimeLabel(datetime(2026, 3, 29, 2), False)
    after = TimeLabel(datetime(2026, 3, 29, 3), True)

    assert before.instant(MADRID) == after.instant(MADRID) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_meter_that_stays_in_winter_time_is_understood() -> None:
    assert TimeLabel(datetime(2026, 7, 1, 12), False).instant(MADRID) == datetime(
        2026, 7, 1, 11, tzinfo=UTC
    )
    assert TimeLabel(datetime(2026, 7, 1, 12), False).instant(CANARY) == datetime(
        2026, 7, 1, 12, tzinfo=UTC
    )


def test_summer_is_the_greater_offset_of_a_year_whatever_a_zone_calls_its_standard() -> None:
    noons = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in range(1, 13)]

    months = {
        zone: [at.month for at in noons if TimeLabel.of(at, ZoneInfo(zone)).summer]
        for zone in ("Europe/Madrid", "Europe/Dublin", "Africa/Casablanca", "Asia/Tokyo")
    }

    assert months == {
        "Europe/Madrid": [4, 5, 6, 7, 8, 9, 10],
        "Europe/Dublin": [4, 5, 6, 7, 8, 9, 10],
        "Africa/Casablanca": [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        "Asia/Tokyo": [],
    }


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(sorted(available_timezones())),
)
def test_every_instant_comes_back_from_its_label_in_every_zone(at: datetime, zone: str) -> None:
    assert TimeLabel.of(at, ZoneInfo(zone)).instant(ZoneInfo(zone)) == at


@given(instants, st.sampled_from([MADRID, CANARY, ZoneInfo("UTC")]))
def test_every_instant_comes_back_from_its_label(at: datetime, zone: ZoneInfo) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    minute = at.replace(second=0, microsecond=0)

    assert decode_b(encode_b(TimeLabel.of(at, zone))).instant(zone) == at
    label = decode_a(encode_a(TimeLabel.of(minute, zone), weekday=False))
    assert label.instant(zone) == minute


def test_the_meters_doubt_of_its_clock_is_kept() -> None:
    label = TimeLabel.of(datetime(2026, 2, 28, 23, tzinfo=UTC), MADRID, invalid=True)

    assert decode_a(encode_a(label, weekday=True)) == label
    assert label.local == datetime(2026, 3, 1)
    assert label.instant(MADRID) + timedelta(hours=1) == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    ["", "00 81 E1 05", "3C 01 01 01 10", "00 18 01 01 10", "00 01 1F 02 10", "00 01 01 0D 10"],
)
def test_moments_that_do_not_exist_are_refused(data: str) -> None:
    with pytest.raises(ValueError):
        decode_a(bytes.fromhex(data))
    with pytest.raises(ValueError):
        decode_b(b"\0\0" + bytes.fromhex(data))
