import json
from datetime import datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tests.web.analysis.drawn import BARS, month_bar, page_of, parsed
from vatio.web.analysis.bar_labels import BarSpan, bar_words
from vatio.web.analysis.bars import EnergyBar, EnergyPart, notes_of
from vatio.web.analysis.bars_drawing import BarsDrawing, draw_bars
from vatio.web.analysis.chart_numbers import ticks


def drawn(bars: list[EnergyBar], **options: str) -> BarsDrawing:
    picture = draw_bars(bars, what="Energía", unit="kWh", factor=1000, minutes=15, **options)
    assert picture is not None
    return picture


def day_bars(count: int) -> list[EnergyBar]:
    first = datetime(2025, 11, 1)
    return [
        EnergyBar(bar_words(BarSpan.DAY, first + timedelta(days=k)), 1e6 + 1000 * k, (), 0, 96)
        for k in range(count)
    ]


def test_nothing_is_drawn_of_no_bars() -> None:
    assert draw_bars([], what="Energía", unit="kWh", factor=1000, minutes=15) is None


def test_a_column_is_as_high_as_its_amount() -> None:
    picture = drawn([month_bar(1, 20e6), month_bar(2, 10e6), month_bar(3, 0.0)])

    assert picture.unit == "MWh"
    assert [(y, words) for y, words in picture.wide.grid] == [
        (222.0, "0"),
        (174.0, "5"),
        (126.0, "10"),
        (78.0, "15"),
        (30.0, "20"),
    ]
    first, second, third = picture.wide.columns
    assert [(part.y, part.height) for part in first.parts] == [(30.0, 192.0)]
    assert [(part.y, part.height) for part in second.parts] == [(126.0, 96.0)]
    assert third.parts == []
    assert [each.figure for each in picture.wide.columns] == ["20,0", "10,0", "0,0"]


def test_the_dearest_period_stands_on_top() -> None:
    column = drawn([month_bar(1, 6e6, parts=(1e6, 2e6, 0, 0, 0, 3e6))]).wide.columns[0]

    assert [part.look for part in column.parts] == ["period-6", "period-2", "period-1"]
    assert [part.name for part in column.parts] == ["P6", "P2", "P1"]


def test_the_year_stands_where_it_changes() -> None:
    bars = [month_bar(11, 1e6, year=2025), month_bar(12, 1e6, year=2025), month_bar(1, 1e6)]

    columns = drawn(bars).wide.columns

    assert [column.label for column in columns] == ["nov", "dic", "ene"]
    assert [column.under for column in columns] == ["2025", "", "2026"]


def test_what_is_missing_is_marked_and_said() -> None:
    picture = drawn([month_bar(2, 1e6, missing=240), month_bar(3, None, missing=2976)])

    assert picture.wide.columns[0].figure == "1.000*"
    assert picture.wide.columns[1].is_void
    assert picture.notes == [
        "* 33 días 12 h sin datos (feb 2026 y mar 2026): no se han sumado ni estimado."
    ]
    assert picture.told == (
        "Energía: feb 2026 (1.000 kWh*) y mar 2026 (sin datos). 33 días 12 h sin datos (feb 2026 y "
        "mar 2026): no se han sumado ni estimado. La tabla tiene las cifras."
    )


def test_many_bars_with_gaps_are_told_from_the_first_to_the_last() -> None:
    bars = [month_bar(month, 1e6, missing=4) for month in range(1, 6)]

    assert notes_of(bars, minutes=15) == [
        "* 5 h sin datos, de ene 2026 a may 2026: no se han sumado ni estimado."
    ]


def test_what_is_not_over_is_marked() -> None:
    words = bar_words(BarSpan.HOUR, datetime(2026, 10, 25, 23))
    picture = drawn([EnergyBar(words, 500.0, is_unfinished=True)])

    assert words.name == "25 oct 2026, 23:00–00:00"
    assert picture.wide.columns[0].figure == "0,500†"
    assert picture.notes == ["† Todavía no ha terminado."]


def test_exports_are_drawn_below_the_axis_and_their_net_is_marked() -> None:
    words = bar_words(BarSpan.MONTH, datetime(2026, 6, 1))
    parts = [EnergyPart("Consumo", "site-1", 1e6), EnergyPart("Vertido", "site-3", -3e6)]
    picture = drawn([EnergyBar(words, -2e6, parts)])

    column = picture.wide.columns[0]
    below, above = column.parts
    assert below.y == picture.wide.zero
    assert above.y + above.height == pytest.approx(picture.wide.zero, abs=0.05)
    assert below.height == pytest.approx(3 * above.height, abs=0.05)
    assert column.figure == "−2.000"
    assert column.figure_y > below.y + below.height
    assert column.net
    assert picture.legend.has_net


def test_a_tooltip_has_the_parts_the_comparison_and_the_difference() -> None:
    bars = [month_bar(1, 3e6, parts=(1e6, 2e6), missing=1, before=4e6)]

    picture = drawn(bars, before="Un año antes")

    assert json.loads(picture.tips) == [
        [
            "ene 2026",
            [
                ["Energía", "3.000 kWh"],
                ["P1", "1.000 kWh"],
                ["P2", "2.000 kWh"],
                ["Un año antes", "4.000 kWh"],
                ["Diferencia", "−25\xa0%"],
            ],
            "15 min sin datos",
        ]
    ]


def test_a_year_of_days_has_no_figures_but_months() -> None:
    picture = drawn(day_bars(400))

    columns = picture.wide.columns
    assert {column.figure for column in columns} == {""}
    assert [column.under for column in columns if column.under][:3] == [
        "nov 2025",
        "dic 2025",
        "ene 2026",
    ]
    assert picture.narrow.is_dense
    assert picture.told.startswith(
        "Energía: 479.800 kWh en total; lo más alto, sáb 5 dic 2026 (1.399 kWh); lo más bajo, "
        "sáb 1 nov 2025 (1.000 kWh)."
    )


def test_english_readers_get_their_own_numbers() -> None:
    with override("en"):
        picture = drawn([month_bar(2, 1e6, missing=4)])
        html = page_of(BARS, drawn=picture, before="")

    assert picture.wide.columns[0].figure == "1,000*"
    assert picture.notes == ["* 1 h without data (Feb 2026): neither added nor estimated."]
    assert "Energía, kWh" in html


@pytest.mark.parametrize("count", [1, 28, 400])
def test_the_drawing_is_well_formed_and_has_no_style_of_its_own(count: int) -> None:
    bars = [*day_bars(count), month_bar(1, None, missing=96), month_bar(2, -5.0, before=7.0)]

    html = page_of(BARS, drawn=drawn(bars), before="Un año antes")

    tree = parsed(html)
    assert len(tree.findall(".//*[@data-bars]")) == 2
    assert "style=" not in html
    assert "NaN" not in html


@given(st.lists(st.lists(st.integers(-900, 900), min_size=1, max_size=6), min_size=1, max_size=40))
def test_stacked_parts_add_up_to_their_bar(amounts: list[list[int]]) -> None:
    bars = [month_bar(1, float(sum(values)), parts=tuple(map(float, values))) for values in amounts]

    picture = drawn(bars)

    wide, narrow = picture.wide, picture.narrow
    lines = ticks(min(bar.lowest for bar in bars), max(bar.highest for bar in bars))
    a_unit = (wide.base - wide.top) / (lines[-1] - lines[0])
    for bar, column, row in zip(bars, wide.columns, narrow.rows, strict=True):
        heights = [part.height for part in column.parts]
        amounts_up = [part.value for part in reversed(bar.stack)]
        assert heights == pytest.approx([abs(each) * a_unit for each in amounts_up], abs=0.02)
        foot = max((part.y + part.height for part in column.parts), default=wide.zero)
        head = min((part.y for part in column.parts), default=wide.zero)
        assert foot - head == pytest.approx(sum(heights), abs=0.1)
        assert sorted(part.look for part in column.parts) == sorted(p.look for p in row.parts)
        assert sum(part.width for part in row.parts) <= narrow.width + 0.1


def test_a_difference_is_of_what_is_compared_and_says_what_is_not() -> None:
    bars = [month_bar(3, 9e6, faced=4.8e6, before=4e6, cut="comparado sin 15 días")]

    picture = drawn(bars, before="Un año antes")

    ((_name, rows, note),) = json.loads(picture.tips)
    assert ["Diferencia", "+20 %"] in [[a, b.replace("\u00a0", " ")] for a, b in rows]
    assert note == "comparado sin 15 días"
