import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.analysis.curves import curve_of
from tests.web.analysis.drawn import BARS, HEAT, month_bar, page_of
from vatio.analysis.heat import grid_of
from vatio.web import analysis
from vatio.web.analysis.bars_drawing import draw_bars
from vatio.web.analysis.heat_drawing import draw_heat
from vatio.web.shell import stylesheet
from vatio.web.shell.security_headers import ALL

pytestmark = pytest.mark.browser

SCRIPTS = Path(analysis.__file__).parent / "static"
AROUND = """<!doctype html><html lang="es"><head><title>Energía</title><meta name="viewport"
content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">
<script src="/chart_tips.js" defer></script><script src="/heat_map.js" defer></script></head>
<body>{icons}<main><h1>Energía</h1>{charts}</main></body></html>"""


def files() -> dict[str, str]:
    curve = curve_of(
        "Europe/Madrid", date(2026, 10, 24), 3, 900, lambda place: 1000.0 * (place % 90)
    )
    curve.values[4] = None
    curve.values[277:] = [-1500.0] + [None] * 14
    begins = curve.starts[0]
    sent = {
        "level": "slots",
        "zone": "Europe/Madrid",
        "language": "es",
        "unit": "kW",
        "shifts": [[begins, 120], [int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp()), 60]],
        "first": begins,
        "step": 900,
        "count": len(curve.values),
        "ends": curve.ends,
        "now": curve.starts[280],
        "curves": [
            {
                "name": "Hotel",
                "values": [None if value is None else value / 1000 for value in curve.values],
                "estimated": [[1, 2]],
                "doubtful": [],
                "partial": [],
            }
        ],
        "before": None,
        "periods": [[0, 6], [32, 3]],
        "contracted": [[0, 80]],
    }
    heat = draw_heat(grid_of(curve), what="Potencia", unit="kW", factor=1000)
    bars = draw_bars(
        [month_bar(1, 3e6, parts=(1e6, 2e6)), month_bar(2, None, missing=2688)],
        what="Energía",
        unit="kWh",
        factor=1000,
        minutes=15,
    )
    charts = page_of(HEAT, drawn=heat, address="/curve.json") + page_of(BARS, drawn=bars, before="")
    icons = page_of('{% include "parts/icons.html" %}')
    return {
        "/": AROUND.format(icons=icons, charts=charts),
        "/style.css": stylesheet.text(),
        "/curve.json": json.dumps(sent),
        "/chart_tips.js": (SCRIPTS / "chart_tips.js").read_text(),
        "/heat_map.js": (SCRIPTS / "heat_map.js").read_text(),
    }


@pytest.fixture
def chart_page(browser: Browser) -> Iterator[Page]:
    """A page with a heat map and bars, under our own security headers, in a browser far away."""
    served = files()
    kinds = {
        "": "text/html",
        "css": "text/css",
        "js": "text/javascript",
        "json": "application/json",
    }

    def answer(route: Route) -> None:
        path = "/" + route.request.url.split("/", 3)[3]
        kind = kinds[path.rpartition(".")[2] if "." in path else ""]
        headers = {**ALL, "Content-Type": f"{kind}; charset=utf-8"}
        route.fulfill(body=served.get(path, ""), headers=headers)

    context = browser.new_context(timezone_id="America/New_York", locale="en-US")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))  # type: ignore[attr-defined]
    page.route("**/*", answer)
    page.goto("https://charts.example/")
    page.locator("[data-with-script]:not([hidden])").wait_for()
    yield page
    assert page.errors == []  # type: ignore[attr-defined]
    context.close()


def test_the_arrows_read_the_cells_of_the_heat_map(chart_page: Page) -> None:
    heat = chart_page.locator(".heat")
    read = heat.locator("[data-chart-read]")

    heat.focus()
    heat.press("ArrowDown")
    expect(read).to_have_text(
        "sáb 24 oct 2026, 00:00–00:15, Potencia 0,0 kW, Periodo tarifario P6, Potencia contratada 80,0 kW"
    )
    heat.press("ArrowDown")
    expect(read).to_contain_text("Potencia 1,0 kW")
    expect(read).to_contain_text("Estimado, no medido")
    heat.press("Shift+ArrowDown")
    expect(read).to_contain_text("01:15–01:30, Potencia 5,0 kW")
    heat.press("ArrowUp")
    expect(read).to_contain_text("01:00–01:15, Potencia sin datos")
    heat.press("ArrowRight")
    for _each in range(4):
        heat.press("ArrowDown")
    expect(read).to_have_text(
        "dom 25 oct 2026, 02:00–02:15, Hora de verano 14,0 kW, Hora de invierno 18,0 kW, "
        "Periodo tarifario P3, Potencia contratada 80,0 kW, Cambio de hora: esta hora se repite"
    )
    heat.press("Shift+ArrowRight")
    expect(read).to_contain_text("lun 26 oct 2026, 02:00–02:15")
    expect(heat.locator(".chart-tip")).to_be_visible()
    expect(heat.locator(".chart-tip")).to_have_attribute("aria-hidden", "true")
    heat.press("Escape")
    expect(heat.locator(".chart-tip")).to_be_hidden()


def test_on_a_phone_the_hours_are_read(chart_page: Page) -> None:
    chart_page.set_viewport_size({"width": 360, "height": 800})
    heat = chart_page.locator(".heat")
    read = heat.locator("[data-chart-read]")

    heat.focus()
    heat.press("ArrowRight")
    expect(read).to_have_text("sáb 24 oct 2026, 00:00–01:00, Potencia 1,5 kW, Estimado, no medido")
    heat.press("ArrowRight")
    expect(read).to_contain_text("01:00–02:00, Potencia 6,0 kW")
    heat.press("ArrowDown")
    expect(read).to_contain_text("dom 25 oct 2026, 01:00–02:00")


def test_what_is_yet_to_come_is_not_missing(chart_page: Page) -> None:
    heat = chart_page.locator(".heat")
    read = heat.locator("[data-chart-read]")

    heat.focus()
    for _day in range(3):
        heat.press("ArrowRight")
    for _hour in range(20):
        heat.press("Shift+ArrowDown")
    expect(read).to_contain_text("lun 26 oct 2026, 20:00–20:15")
    for words in ("Potencia −1,5 kW", "Potencia sin datos", "Potencia sin datos", "por venir"):
        heat.press("ArrowDown")
        expect(read).to_contain_text(words)


def test_the_pointer_reads_the_cell_under_it(chart_page: Page) -> None:
    plot = chart_page.locator(".heat .wide-chart").bounding_box()
    assert plot
    scale = plot["width"] / 1300

    chart_page.mouse.move(plot["x"] + 100 * scale, plot["y"] + (26 + 3.75 * 2.5) * scale)

    expect(chart_page.locator(".heat .chart-tip")).to_contain_text("sáb 24 oct 2026, 00:30–00:45")


def test_the_arrows_read_the_bars(chart_page: Page) -> None:
    box = chart_page.locator("[data-chart-tips]")
    read = box.locator("[data-chart-read]")

    box.focus()
    box.press("ArrowRight")
    expect(read).to_have_text("ene 2026, Energía 3.000 kWh, P1 1.000 kWh, P2 2.000 kWh")
    box.press("End")
    expect(read).to_have_text("feb 2026, Energía sin datos, 28 días sin datos")
    expect(box.locator(".chart-tip")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_charts_have_no_faults(chart_page: Page, width: int) -> None:
    chart_page.set_viewport_size({"width": width, "height": 900})

    found = Axe().run(chart_page).response["violations"]

    assert [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found] == []
    assert not chart_page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
