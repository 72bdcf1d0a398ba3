from datetime import date

from vatio.tariffs.holidays import holidays, is_off_peak


def test_nine_holidays_of_a_year_count() -> None:
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 5, 1),
        date(2026, 8, 15),
        date(2026, 10, 12),
        date(2026, 11, 1),
        date(2026, 12, 6),
        date(2026, 12, 8),
        date(2026, 12, 25),
    ]


def test_good_friday_is_a_working_day_and_so_is_a_holiday_of_a_region() -> None:
    maundy_thursday, good_friday, madrid = date(2026, 4, 2), date(2026, 4, 3), date(2028, 5, 2)

    assert [is_off_peak(day) for day in (maundy_thursday, good_friday, madrid)] == [False] * 3


def test_weekends_and_holidays_are_off_peak() -> None:
    days = [date(2028, 2, 26), date(2026, 10, 25), date(2026, 1, 6), date(2028, 2, 29)]

    assert [is_off_peak(day) for day in days] == [True, True, True, False]
