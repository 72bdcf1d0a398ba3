from datetime import UTC, date, datetime

import pytest

from vatio.accounts.opening import first_term

LATE = datetime(2027, 11, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time_zone", "months", "days"),
    [
        ("Atlantic/Canary", 3, (date(2027, 11, 30), date(2028, 2, 29))),
        ("Europe/Madrid", 3, (date(2027, 12, 1), date(2028, 3, 1))),
        ("Europe/Madrid", 120, (date(2027, 12, 1), date(2037, 12, 1))),
    ],
)
def test_a_first_term_begins_today_in_the_zone_of_the_account(
    time_zone: str, months: int, days: tuple[date, date]
) -> None:
    assert first_term(months, time_zone=time_zone, at=LATE) == days
