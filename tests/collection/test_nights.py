from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.collection.called import details
from tests.collection.field import MADRID, NIGHT, account, demo, line
from vatio.collection import nights
from vatio.collection.models import CallAttempt
from vatio.collection.setting_up import change_line
from vatio.metering.models import RtcLine

pytestmark = pytest.mark.django_db

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
STEP = timedelta(minutes=5)
WINDOWS = [
    (time(0, 30), time(6)),
    (time(22), time(4)),
    (time(2, 15), time(2, 45)),
    (time(2, 15), time(3, 15)),
    (time(2, 50), time(3, 20)),
    (time(1, 30), time(2, 30)),
    (time(23, 50), time(0, 10)),
    (time(2), time(3)),
]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda pair: f"{pair[0]:%H:%M}-{pair[1]:%H:%M}")
@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_a_line_has_one_call_in_each_of_its_nights_whatever_the_clock_does(change, window) -> None:
    own = one_line(window)

    begun = calls_around(own, change)

    local = [at.astimezone(ZoneInfo(MADRID)) for at in begun]
    assert len(local) == 4
    assert [at.time() for at in local[:1] + local[2:]] == [window[0]] * 3
    assert all(later - earlier >= timedelta(hours=22) for earlier, later in pairwise(begun))


def test_the_hour_that_spring_skips_is_made_up_for_in_the_next() -> None:
    own = one_line((time(2, 15), time(2, 45)))

    begun = calls_around(own, SPRING)

    assert begun[1].astimezone(ZoneInfo(MADRID)) == datetime(
        2027, 3, 28, 3, 15, tzinfo=ZoneInfo(MADRID)
    )


def one_line(window: tuple[time, time]) -> RtcLine:
    demo()
    added = datetime(2026, 5, 20, 10, tzinfo=UTC)
    own = line(account(), 4001, at=added)
    change_line(own, details(night_from=window[0], night_until=window[1]), by=None, at=added)
    return own


def calls_around(own: RtcLine, change: date) -> list[datetime]:
    """Return when calls began from noon two days before a change of the clock to two days after."""
    at = datetime.combine(change - timedelta(days=2), time(12), tzinfo=UTC)
    until = at + timedelta(days=4)
    begun = []
    while at < until:
        if not 7 <= at.hour < 20 and nights.due_line(own.pk, at=at):
            begun.append(at)
            ended(own, "done", at)
        at += STEP
    return begun


def ended(own: RtcLine, outcome: str, at: datetime) -> None:
    """Leave a call of a night that ended a minute after it began."""
    CallAttempt.objects.create(
        line=own,
        account_id=own.account_id,
        organisation_id=own.organisation_id,
        started_at=at,
        ended_at=at + timedelta(minutes=1),
        outcome=outcome,
    )


def test_what_was_not_called_yet_comes_before_what_is_called_again() -> None:
    demo()
    failing, many = line(account("Una"), 4001), account("Muchas", lines=9)
    for port in range(4101, 4105):
        line(many, port)
    ended(failing, "silent", NIGHT)

    order = [each.line_id for each in nights.due_lines(at=NIGHT + timedelta(minutes=5))]

    assert len(order) == 5
    assert order[-1] == failing.pk


def test_who_was_left_out_of_the_last_night_comes_first_in_this_one() -> None:
    demo()
    of = account(lines=9)
    lines = [line(of, port) for port in range(4001, 4005)]
    for own in lines[:2]:
        ended(own, "done", NIGHT - timedelta(days=1))
    ended(lines[2], "done", NIGHT - timedelta(days=2))

    order = [each.line_id for each in nights.due_lines(at=NIGHT)]

    assert order == [lines[3].pk, lines[2].pk, lines[0].pk, lines[1].pk]


@pytest.mark.parametrize(
    "outcome, waits",
    [
        ("silent", [2, 4, 8, 16, 32, 60, 60]),
        ("in_use", [2, 4, 8, 16, 16, 16, 16]),
        ("stopped", [2, 2, 2, 2, 2, 2, 2]),
    ],
)
def test_the_waits_before_a_call_is_made_again(outcome: str, waits: list[int]) -> None:
    own = one_line((time(0, 30), time(10)))
    at, found = NIGHT, []

    for _each in waits:
        ended(own, outcome, at)
        over = at + timedelta(minutes=1)
        found.append(
            next(
                minutes
                for minutes in range(1, 90)
                if nights.due_line(own.pk, at=over + timedelta(minutes=minutes))
            )
        )
        at = over + timedelta(minutes=found[-1])

    assert found == waits
