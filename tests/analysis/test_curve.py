from datetime import date

from vatio.analysis.curve import Curve


def test_the_power_of_a_quarter_is_four_times_its_energy() -> None:
    curve = Curve(
        "Europe/Madrid", 900, [date(2026, 1, 1)], [0, 2], range(0, 1800, 900), 1800, [250.0, None]
    )

    assert curve.powers() == [1000.0, None]


def test_a_state_is_as_it_is() -> None:
    curve = Curve(
        "UTC", 900, [date(2026, 1, 1)], [0, 1], range(0, 900, 900), 900, [21.5], adds=False
    )

    assert curve.powers() == [21.5]


def test_the_power_of_a_short_interval_is_that_of_its_own_length() -> None:
    curve = Curve(
        "Australia/Lord_Howe", 3600, [date(2026, 1, 1)], [0, 2], [0, 3600], 5400, [500.0, 500.0]
    )

    assert curve.powers() == [500.0, 1000.0]
