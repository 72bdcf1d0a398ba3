from datetime import date

import pytest

from vatio.orders.outlook import outlook, span
from vatio.orders.renewals import Ending, Standing

TODAY = date(2026, 12, 31)


def test_twelve_months_are_ahead_from_the_one_that_runs() -> None:
    assert span(TODAY) == (date(2026, 12, 1), date(2027, 12, 1))
    assert span(date(2028, 2, 29)) == (date(2028, 2, 1), date(2029, 2, 1))

    ahead = outlook([], today=TODAY)

    assert [month.key for month in ahead.months][:3] == ["2026-12", "2027-01", "2027-02"]
    assert len(ahead.months) == 12
    assert ahead.months[1].after == date(2027, 2, 1)
    assert ahead.all.total == 0
    assert ahead.all.renewed_percent == 0


def test_endings_are_summed_by_month_and_by_what_is_known() -> None:
    ahead = outlook(
        [
            Ending(date(2026, 12, 3), Standing.UNDECIDED, 2),
            Ending(date(2026, 12, 31), Standing.UNDECIDED, 1),
            Ending(date(2027, 1, 1), Standing.RENEWED, 2),
            Ending(date(2027, 1, 30), Standing.ASKED, 1),
            Ending(date(2027, 1, 31), Standing.RENEWED, 4),
        ],
        today=TODAY,
    )

    december, january = ahead.months[:2]
    assert december.counts == {Standing.UNDECIDED: 3}
    assert january.counts == {Standing.RENEWED: 6, Standing.ASKED: 1}
    assert (january.total, january.renewed_percent) == (7, 86)
    assert ahead.all.counts == {Standing.UNDECIDED: 3, Standing.RENEWED: 6, Standing.ASKED: 1}
    assert (ahead.soon, ahead.soon_until) == (3, date(2027, 1, 30))
    assert ahead.undecided_and_over == 3


@pytest.mark.parametrize("key", ["", "2026-11", "2027-12", "2027-1", "2027-13", "x", "\0"])
def test_a_month_that_is_not_ahead_is_none(key: str) -> None:
    assert outlook([], today=TODAY).month(key) is None


def test_a_month_ahead_is_found_by_its_key() -> None:
    found = outlook([], today=TODAY).month("2027-02")

    assert found is not None
    assert (found.first, found.after) == (date(2027, 2, 1), date(2027, 3, 1))
