import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests import make
from tests.browser.conftest import Enter, Platform, faults
from tests.browser.test_curve import VIOLATIONS
from tests.readings.stored import put, series
from vatio import clock
from vatio.accounts.models import Account
from vatio.dates import day_at
from vatio.metering import contracting, installing
from vatio.metering.contracting import ContractDetails
from vatio.metering.models import SupplyPoint
from vatio.readings.slots import local_day

HOURS = 24 * 45
GAP = range(24 * 20, 24 * 21 + 6)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def hotel(platform: Platform) -> Account:
    """An account with a supply point and two more meters, read up to yesterday."""
    account = make.account("Hotel Lugo", organisation=platform.norte)
    at = clock.now()
    point = make.supply_point(account, "Acometida general", at=at)
    first = day_at(at, account.time_zone) - 45 * ONE_DAY
    contracting.add_contract(
        point, ContractDetails(first, None, "", "3.0TD", [20] * 6), by=platform.elena, at=at
    )
    of_supply = installing.MeterDetails(
        "Contador general", measures=installing.Measures(point, since=first)
    )
    general = installing.add_meter(account, of_supply, by=platform.elena, at=at)
    begins = local_day(first, "Europe/Madrid").begins
    for number, meter in enumerate((general, make.meter(account, "Cocina de la planta baja"))):
        key = series(meter=meter)
        readings = [
            (begins + hour * 3600, 4_000.0 + 500 * (hour % 24) - 900 * number)
            for hour in range(HOURS)
            if hour not in GAP
        ]
        put(key, readings, at=at.timestamp())
    return account


@pytest.fixture
def pages(hotel: Account) -> list[str]:
    """The pages of energy in their several states."""
    base = f"/accounts/{hotel.uid}/consumption/"
    today = day_at(clock.now(), hotel.time_zone)
    point = SupplyPoint.objects.get(account=hotel)
    cooking = hotel.datapoints.get(meter__name__startswith="Cocina")
    day = f"{base}?from={today - 3 * ONE_DAY}&to={today - 3 * ONE_DAY}"
    two = f"{base}?what=supply:{point.uid}&what=point:{cooking.uid}"
    return [
        base,
        f"{base}?what=supply:{point.uid}&versus=previous",
        day,
        f"{base}?as=bars",
        f"{base}?what=supply:{point.uid}&as=periods&by=month",
        two,
        f"{base}?from={today + ONE_DAY}&to={today + 9 * ONE_DAY}",
        f"{base}?from=2020-01-01&to=2020-01-31",
        f"{base}heat-map/",
        f"{base}heat-map/?from=2020-01-01&to=2020-01-31",
        f"/accounts/{hotel.uid}/readings/deliveries/",
    ]


@pytest.fixture
def live(platform: Platform, enter: Enter, hotel: Account) -> Iterator[Page]:
    """The curve of the account, drawn by the browser, which refused nothing of it."""
    page = enter(platform.nuria, viewport={"width": 1440, "height": 900})
    page.add_init_script(VIOLATIONS)
    page.goto(f"/accounts/{hotel.uid}/consumption/")
    page.locator(".is-live").wait_for()
    yield page
    assert page.evaluate("window.refused ?? []") == []


def cells(page: Page) -> list[list[str]]:
    """Return what the table under the picture says, row by row."""
    found: list[list[str]] = page.locator(".energy-table").evaluate(
        """(table) => [...table.querySelectorAll("tr")].map((row) =>
            [...row.children].map((cell) => cell.textContent.trim()))"""
    )
    return found


def saved(page: Page, name: str) -> Path:
    with page.expect_download() as started:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(started.value.path())


def number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [
        (320, "light", "es"),
        (390, "dark", "en"),
        (768, "light", "en"),
        (1024, "dark", "es"),
        (1440, "light", "es"),
        (1440, "dark", "en"),
    ],
)
def test_no_page_has_a_fault_that_axe_knows_and_none_scrolls_sideways(
    platform: Platform, enter: Enter, pages: list[str], width: int, scheme: str, language: str
) -> None:
    type(platform.nuria).objects.filter(pk=platform.nuria.pk).update(language=language)
    page = enter(
        platform.nuria,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    page.add_init_script(VIOLATIONS)
    found = {}

    for address in pages:
        page.goto(address, wait_until="networkidle")
        told = faults(page) + page.evaluate("window.refused ?? []")
        if told:
            found[address] = told

    assert found == {}


@pytest.mark.parametrize("width", [320, 1440])
def test_without_script_the_picture_and_the_table_stay(
    platform: Platform, enter: Enter, pages: list[str], width: int
) -> None:
    page = enter(
        platform.nuria, java_script_enabled=False, viewport={"width": width, "height": 900}
    )

    page.goto(pages[5])

    expect(page.locator("svg.curve")).to_be_visible()
    expect(page.locator(".plot-tools")).to_be_hidden()
    expect(page.locator(".plot")).to_contain_text("Solo de «Acometida general»")
    expect(page.locator(".plot .chart-key")).to_contain_text("kW")
    expect(page.locator(".energy-table")).to_be_visible()
    page.goto(pages[8])
    expect(page.locator("svg.chart").filter(visible=True)).to_have_count(1)
    expect(page.get_by_text("Con el teclado")).to_be_hidden()


def test_on_a_phone_what_is_looked_at_folds(
    platform: Platform, enter: Enter, pages: list[str]
) -> None:
    page = enter(platform.nuria, java_script_enabled=False, viewport={"width": 320, "height": 568})
    page.goto(pages[0])
    expect(page.get_by_label("Desde")).to_be_hidden()

    page.get_by_role("button", name="Qué y cuándo").click()
    page.get_by_label("Comparar con").select_option("previous")
    page.get_by_role("button", name="Ver", exact=True).click()

    expect(page).to_have_url(re.compile("versus=previous"))
    expect(page.get_by_role("button", name="Qué y cuándo (1)")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1024])
def test_what_a_row_is_of_stays_while_its_numbers_scroll(
    platform: Platform, enter: Enter, pages: list[str], width: int
) -> None:
    page = enter(platform.nuria, viewport={"width": width, "height": 900})
    page.goto(pages[1] + "&as=periods")
    region = page.get_by_role("region", name="Tabla de consumo")
    heading = page.locator(".energy-table tbody th").first
    before = heading.bounding_box()

    region.evaluate("(box) => { box.scrollLeft = 400; }")

    after = heading.bounding_box()
    assert before
    assert after
    assert after["x"] == pytest.approx(before["x"], abs=1)


def test_the_curve_is_read_by_keyboard(live: Page) -> None:
    plot = live.locator(".plot")
    plot.focus()

    for _each in range(2):
        live.keyboard.press("ArrowRight")

    expect(live.locator("[data-part=spoken]")).to_contain_text("kW")
    live.keyboard.press("Escape")
    expect(live.locator(".plot-tip")).to_be_hidden()


def test_what_is_seen_stays_in_the_address(live: Page) -> None:
    live.get_by_role("button", name="1 semana").click()
    stretch = live.locator("[data-part=stretch]").inner_text()

    expect(live).to_have_url(re.compile("seen="))
    live.reload()
    live.locator(".is-live").wait_for()

    assert live.locator("[data-part=stretch]").inner_text() == stretch


def test_the_picture_is_saved_as_png(live: Page) -> None:
    with live.expect_download() as started:
        live.get_by_role("button", name="PNG").click()

    content = Path(started.value.path()).read_bytes()
    assert started.value.suggested_filename.endswith(".png")
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) > 5_000


def test_what_is_downloaded_is_what_the_table_says(live: Page) -> None:
    table = cells(live)

    lines = saved(live, "CSV").read_text("utf-8-sig")
    sheet = CalamineWorkbook.from_path(str(saved(live, "XLSX"))).get_sheet_by_index(0).to_python()

    rows = list(csv.reader(io.StringIO(lines), delimiter=";"))
    assert rows[0] == sheet[0] == table[0]
    assert len(rows) == len(sheet) == len(table) - 1
    for shown, line, cell in zip(table[1:-1], rows[1:], sheet[1:], strict=True):
        if shown[1] != "–":
            assert number(shown[1]) == pytest.approx(float(line[1].replace(",", ".")), abs=0.06)
            assert number(shown[1]) == pytest.approx(cell[1], abs=0.06)
        assert shown[3:] == line[3:] == cell[3:]
    assert "sin datos" in [row[-1] for row in rows]


def test_the_table_stands_under_the_bar_where_the_page_is_long(live: Page) -> None:
    live.mouse.wheel(0, 1_500)

    heading = live.locator(".energy-table thead th").first
    live.wait_for_timeout(200)
    box, bar = heading.bounding_box(), live.locator(".app-bar").bounding_box()

    assert box
    assert bar
    assert box["y"] >= bar["y"] + bar["height"] - 1


def test_paper_has_no_tools(live: Page, tmp_path: Path) -> None:
    live.emulate_media(media="print")

    for words in ("XLSX", "CSV", "PNG", "1 semana", "Ver"):
        expect(live.get_by_text(words, exact=True)).to_be_hidden()
    for selector in (".filters", ".spans", ".app-bar", ".account-pages", ".plot-hint"):
        expect(live.locator(selector)).to_be_hidden()
    expect(live.locator(".energy-table")).to_be_visible()
    assert live.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_the_form_asks_what_the_address_says(live: Page) -> None:
    live.get_by_label("Qué", exact=True).select_option(label="Acometida general")
    live.get_by_label("Resolución").select_option(label="Meses")
    live.get_by_role("button", name="Ver", exact=True).click()

    expect(live).to_have_url(re.compile("what=supply.*by=month"))
    expect(live.locator(".bars, svg.chart").first).to_be_visible()
    assert cells(live)[0][0] == "Mes"
