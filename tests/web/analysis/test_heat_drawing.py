from datetime import date

import pytest
from django.utils.translation import override

from tests.analysis.curves import curve_of
from tests.web.analysis.drawn import HEAT, page_of, parsed
from vatio.analysis.curve import Curve, Value
from vatio.analysis.heat import grid_of
from vatio.web.analysis.heat_cells import HeatBox
from vatio.web.analysis.heat_drawing import HeatDrawing, draw_heat

MADRID = "Europe/Madrid"


def drawn(curve: Curve, unit: str = "kW", factor: float = 1000) -> HeatDrawing:
    picture = draw_heat(grid_of(curve), what="Potencia", unit=unit, factor=factor)
    assert picture is not None
    return picture


def hotel(place: int) -> Value:
    return 20_000.0 + 2_500 * (place % 24)


def test_nothing_is_drawn_of_nothing_known() -> None:
    curve = curve_of(MADRID, date(2026, 11, 2), 2, 3600, [None])

    assert draw_heat(grid_of(curve), what="Potencia", unit="kW", factor=1000) is None


def test_runs_of_cells_of_a_class_are_joined() -> None:
    values = [*[1000.0] * 12, *[7000.0] * 12]
    picture = drawn(curve_of("UTC", date(2026, 11, 2), 2, 3600, values))

    assert [(path.look, path.d) for path in picture.wide.cells] == [
        ("heat-0", "M0.5 0v12M1.5 0v12"),
        ("heat-6", "M0.5 12v12M1.5 12v12"),
    ]
    assert [(path.look, path.d) for path in picture.narrow.cells] == [
        ("heat-0", "M0 0.5h12M0 1.5h12"),
        ("heat-6", "M12 0.5h12M12 1.5h12"),
    ]


def test_a_gap_over_days_is_one_box_and_is_said() -> None:
    values = [*[2000.0] * 6, None, None, *[1000.0] * 16]
    picture = drawn(curve_of("UTC", date(2026, 11, 2), 3, 3600, values))

    assert picture.wide.gaps == [HeatBox(0.0, 90.0, 1250.0, 30.0)]
    assert picture.has_gaps
    assert picture.notes == ["6 h sin datos, de 3 días."]


def test_days_of_23_and_25_hours_are_marked_and_no_gap() -> None:
    picture = drawn(curve_of(MADRID, date(2026, 3, 28), 3, 900, lambda place: 1000.0 + place))

    assert [tick.words for tick in picture.wide.unusual] == ["23 h"]
    assert picture.wide.gaps == []
    assert picture.notes == ["El 29 mar 2026 se adelantó el reloj: falta una hora."]


def test_the_legend_is_in_the_numbers_of_the_reader() -> None:
    curve = curve_of("UTC", date(2026, 11, 2), 2, 3600, lambda place: 2.5e6 + 125_000 * place)

    spanish = [key.words for key in drawn(curve).key]
    with override("en"):
        english = [key.words for key in drawn(curve).key]

    assert spanish[:2] == ["menos de 3.000", "3.000–4.000"]
    assert english[:2] == ["under 3,000", "3,000–4,000"]
    assert english[-1] == "8,000 or more"


def test_what_is_all_the_same_has_a_legend_too() -> None:
    zeros = drawn(curve_of("UTC", date(2026, 11, 2), 2, 3600, [0.0]))
    same = drawn(curve_of("UTC", date(2026, 11, 2), 2, 3600, [20_000.0]))

    assert [key.words for key in zeros.key] == ["0"]
    assert same.key[-1].words == "18 o más"
    assert same.told == (
        "Potencia: la misma a todas las horas, 20,0 kW de media. La tabla tiene las medias de "
        "cada hora."
    )


def test_it_is_told_when_in_the_day_it_is_highest_and_lowest() -> None:
    picture = drawn(curve_of("UTC", date(2026, 11, 2), 2, 3600, hotel))

    assert picture.told == (
        "Potencia: la media más alta es de 23:00 a 00:00 (77,5 kW); la más baja, de 00:00 a 01:00 "
        "(20,0 kW). La tabla tiene las medias de cada hora."
    )
    assert picture.when(picture.hours[23]) == "lun 2 nov 2026, 23:00"


def test_ticks_are_months_of_a_year_and_days_of_a_few_weeks() -> None:
    year = drawn(curve_of(MADRID, date(2025, 11, 20), 365, 3600, hotel)).wide.days
    month = drawn(curve_of(MADRID, date(2026, 10, 1), 31, 3600, hotel)).wide.days

    assert [(tick.words, tick.under) for tick in year[:3]] == [
        ("nov", "2025"),
        ("dic", ""),
        ("ene", "2026"),
    ]
    assert [(tick.words, tick.under) for tick in month[:2]] == [
        ("jue 1", "oct 2026"),
        ("sáb 3", ""),
    ]


@pytest.mark.parametrize("step", [300, 900, 3600, 86_400])
@pytest.mark.parametrize("days", [1, 31, 400])
def test_the_drawing_is_well_formed_and_has_no_style_of_its_own(days: int, step: int) -> None:
    if days * 86_400 // step > 40_000:
        days = 100
    curve = curve_of(
        MADRID, date(2025, 10, 1), days, step, lambda k: 1000.0 * (k % 97 - 20) or None
    )

    html = page_of(HEAT, drawn=drawn(curve), address="/curve.json")

    tree = parsed(html)
    assert len(tree.findall(".//*[@data-map]")) == 2
    assert len(tree.findall(".//tbody/tr")) == (0 if step == 86_400 else 24)
    assert "style=" not in html


def test_temperatures_below_nothing_have_classes() -> None:
    curve = curve_of("UTC", date(2026, 1, 1), 9, 3600, lambda place: place % 24 - 12.0)

    keys = drawn(curve, "°C", 1).key

    assert keys[0].words == "menos de −12"
    assert keys[1].words == "de −12 a −8"
