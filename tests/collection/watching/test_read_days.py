from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.collection.lines import MADRID, called_line, hours, roomy
from vatio.collection.watching.read_days import DAYS, LineDayState, gaps, read_days
from vatio.metering.models import RtcLine

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
UNTIL = date(2026, 11, 23)


def days_of(line: RtcLine, *, until: date | None = UNTIL, today: date = TODAY) -> dict[date, str]:
    found = read_days(line, read_until=until, time_zone=MADRID, today=today)
    return {each.day: each.state for each in found}


def some_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=each) for each in range((last - first).days + 1)]


def test_days_are_whole_with_gaps_missing_or_yet_to_be_read() -> None:
    line = called_line(roomy(), until=UNTIL)
    there = [each for each in some_days(date(2026, 11, 18), date(2026, 11, 22)) if each.day != 20]
    hours(line, there, lacking={date(2026, 11, 19): 3})

    found = days_of(line)

    assert len(found) == DAYS
    assert next(iter(found)) == date(2026, 10, 10)
    assert list(found.values())[-7:] == [
        "earlier",
        "complete",
        "incomplete",
        "missing",
        "complete",
        "complete",
        "unread",
    ]


def test_a_day_on_which_clocks_go_back_is_whole_with_25_hours() -> None:
    line = called_line(roomy(), until=UNTIL)
    back = date(2026, 10, 25)
    hours(line, some_days(date(2026, 10, 24), date(2026, 10, 26)), lacking={back: 1})

    found = read_days(line, read_until=UNTIL, time_zone=MADRID, today=TODAY)

    assert [(each.present, each.hours) for each in found if each.day == back] == [(24, 25)]
    assert back in [each.day for each in gaps(found)]


def test_what_was_never_read_is_no_gap() -> None:
    line = called_line(roomy())

    assert set(days_of(line, until=None).values()) == {LineDayState.UNREAD}


def test_another_accounts_curve_is_not_looked_at() -> None:
    line, other = called_line(roomy(), until=UNTIL), called_line(roomy(), until=UNTIL)
    hours(other, some_days(date(2026, 11, 18), date(2026, 11, 22)))

    assert LineDayState.COMPLETE not in days_of(line).values()


def test_the_days_are_read_in_one_statement_that_names_the_account() -> None:
    line = called_line(roomy(), until=UNTIL)

    with CaptureQueriesContext(connection) as ran:
        days_of(line)

    assert len(ran) == 1
    assert f"stored.account_id = {line.account_id}" in ran[0]["sql"]
