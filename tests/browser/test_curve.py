import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import faults
from tests.browser.curve_page import ENDS, FIRST, instant
from tests.browser.test_widths import SHIFTS

Open = Callable[..., Page]

WEEK = (instant(2026, 7, 13), instant(2026, 7, 20))
SPRING = (instant(2026, 3, 29), instant(2026, 3, 30))
AUTUMN = (instant(2026, 10, 25), instant(2026, 10, 26))
VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => {
  (window.refused ??= []).push(`${event.violatedDirective} ${event.blockedURI}`);
});"""


@pytest.fixture
def open_curve(live_server: LiveServer, browser: Browser, settings: Any) -> Iterator[Open]:
    """Open a page with a curve in a browser whose own time zone is New York."""
    settings.ROOT_URLCONF = "tests.browser.curve_page"
    contexts = []

    def opened(
        kind: str = "slots",
        *,
        language: str = "es",
        seen: tuple[int, int] | None = None,
        without: str = "",
        **options: Any,
    ) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(timezone_id="America/New_York", **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.add_init_script(VIOLATIONS)
        if without:
            page.route(without, lambda route: route.abort())
        query = f"?seen={seen[0]},{seen[1]}" if seen else ""
        page.goto(f"{live_server.url}/curve/{kind}/{language}/{query}")
        if not without:
            page.locator(".is-live").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()


def spoken(page: Page) -> str:
    return page.locator("[data-part=spoken]").inner_text().replace("\u00a0", " ")


def stretch(page: Page) -> str:
    return page.locator("[data-part=stretch]").inner_text()


def press(page: Page, *keys: str) -> str:
    """Press keys on the curve, and return what is said at the end."""
    page.locator(".plot").focus()
    for key in keys:
        page.keyboard.press(key)
    return spoken(page)


def go(page: Page, name: str) -> str:
    page.get_by_role("button", name=name, exact=True).click()
    return stretch(page)


def paper(page: Page) -> list[int]:
    """Return the colour in the middle of the stretch that a curve's fill or band covers."""
    return page.evaluate("""() => {
      const {width, height} = document.querySelector(".plot canvas");
      const pen = document.querySelector(".plot canvas").getContext("2d");
      return [...pen.getImageData(Math.round(width * 0.5), Math.round(height * 0.62), 1, 1).data];
    }""")


@pytest.mark.parametrize("kind", ["slots", "several", "warmth", "days"])
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark"), (320, "light")])
def test_a_curve_breaks_no_policy_and_has_no_fault_that_axe_knows(
    open_curve: Open, kind: str, width: int, scheme: str
) -> None:
    page = open_curve(kind, viewport={"width": width, "height": 900}, color_scheme=scheme)

    press(page, "ArrowRight", "+")
    page.wait_for_timeout(200)

    assert faults(page) == []
    assert page.evaluate("window.refused ?? []") == []


def test_the_day_that_lacks_an_hour_is_read_by_the_clock_of_the_supply(open_curve: Open) -> None:
    page = open_curve(seen=SPRING)

    at_three = press(page, *["ArrowRight"] * 9)
    before = press(page, "ArrowLeft")

    assert at_three.startswith("dom 29 mar 2026, 03:00–03:15, Hotel Lugo 012 ")
    assert before.startswith("dom 29 mar 2026, 01:45–03:00, ")
    assert stretch(page) == "dom 29 mar 2026 · cada cuarto de hora"


def test_the_hour_that_happens_twice_is_read_twice_and_told_apart(open_curve: Open) -> None:
    page = open_curve(seen=AUTUMN)

    first = press(page, *["ArrowRight"] * 9)
    second = press(page, *["ArrowRight"] * 4)
    after = press(page, *["ArrowRight"] * 4)

    assert first.startswith("dom 25 oct 2026, 02:00–02:15, ")
    assert first.endswith("Hora que se repite: la primera vez")
    assert second.startswith("dom 25 oct 2026, 02:00–02:15, ")
    assert second.endswith("Hora que se repite: la segunda vez")
    assert after.startswith("dom 25 oct 2026, 03:00–03:15, ")
    assert not after.endswith("vez")


def test_days_of_23_and_25_hours_say_so(open_curve: Open) -> None:
    page = open_curve()
    page.locator(".plot").focus()

    page.keyboard.press("Home")
    for _day in range((SPRING[0] - FIRST) // 86_400):
        page.keyboard.press("ArrowRight")

    assert spoken(page).startswith("dom 29 mar 2026, Media del día ")
    assert spoken(page).endswith("Día de 23 horas: cambia la hora")


def test_the_first_and_the_last_step_are_a_key_away(open_curve: Open) -> None:
    page = open_curve(language="en")

    first = press(page, "Home")
    last = press(page, "End")
    press(page, "Escape")

    assert first.startswith("Sat 1 Nov 2025, Mean of the day ")
    assert last.startswith("Sat 31 Oct 2026, ")
    assert spoken(page) == ""
    expect(page.locator(".plot-tip")).to_be_hidden()


def test_nearer_means_finer(open_curve: Open) -> None:
    page = open_curve()

    assert stretch(page).endswith("· media, mínimo y máximo de cada día")
    assert go(page, "1 mes") == "jue 1 oct – sáb 31 oct 2026 · media de cada hora"
    assert go(page, "1 semana") == "lun 12 oct – dom 18 oct 2026 · cada cuarto de hora"
    assert go(page, "Antes") == "lun 5 oct – dom 11 oct 2026 · cada cuarto de hora"
    assert go(page, "1 día") == "jue 8 oct 2026 · cada cuarto de hora"
    expect(page.get_by_role("button", name="1 día")).to_have_attribute("aria-pressed", "true")
    assert go(page, "Todo") == (
        "sáb 1 nov 2025 – sáb 31 oct 2026 · media, mínimo y máximo de cada día"
    )


def test_the_last_week_is_seven_days_though_it_is_not_over(open_curve: Open) -> None:
    page = open_curve()

    assert go(page, "1 semana") == "dom 25 oct – sáb 31 oct 2026 · cada cuarto de hora"
    expect(page.get_by_role("button", name="1 semana")).to_have_attribute("aria-pressed", "true")
    assert go(page, "Antes") == "lun 19 oct – dom 25 oct 2026 · cada cuarto de hora"


def test_only_the_spans_that_fit_have_a_button(open_curve: Open) -> None:
    page = open_curve("warmth")

    shown = page.get_by_role("group", name="Cuánto se ve").get_by_role("button")

    assert shown.all_inner_texts() == ["1 día", "Todo"]


def test_what_is_missing_is_named(open_curve: Open) -> None:
    page = open_curve(seen=(instant(2026, 2, 10), instant(2026, 2, 11)))

    known = press(page, *["ArrowRight"] * 24)
    missing = press(page, "ArrowRight")

    assert known.startswith("mar 10 feb 2026, 05:45–06:00, Hotel Lugo 012 ")
    assert " kW" in known.split("Un año antes")[0]
    assert missing.startswith("mar 10 feb 2026, 06:00–06:15, Hotel Lugo 012 sin datos, ")
    expect(page.locator(".chart-key")).to_contain_text("Sin datos")


def test_what_is_yet_to_come_is_no_gap(open_curve: Open) -> None:
    page = open_curve("running")

    shown = go(page, "1 día")
    running = press(page, *["ArrowRight"] * 60)
    later = press(page, "ArrowRight")
    legend = page.locator(".chart-key").inner_text()
    press(page, "Escape", "0")
    today = press(page, "End", *["ArrowLeft"] * 22)

    assert shown.startswith("vie 9 oct 2026 ")
    assert running.startswith("vie 9 oct 2026, 14:45–15:00, Hotel Lugo 012 9,6 kW, ")
    assert later.startswith("vie 9 oct 2026, 15:00–15:15, Hotel Lugo 012 por venir, ")
    assert "Sin datos" not in legend
    assert today.startswith("vie 9 oct 2026, Media del día ")
    assert today.endswith(", incompleto")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (instant(2026, 6, 4), "estimado"),
        (instant(2026, 7, 13, 9), "dudoso"),
        (instant(2026, 7, 15, 3), "incompleto"),
    ],
)
def test_what_is_less_sure_says_why(open_curve: Open, at: int, words: str) -> None:
    page = open_curve(seen=(at, at + 7200))

    assert press(page, "ArrowRight").endswith(f", {words}")
    expect(page.locator(".chart-key")).to_contain_text(words.capitalize())


def test_an_excess_says_by_how_much(open_curve: Open) -> None:
    page = open_curve(seen=(instant(2026, 7, 17, 20), instant(2026, 7, 17, 22)))

    said = press(page, *["ArrowRight"] * 4)

    assert said == (
        "vie 17 jul 2026, 20:45–21:00, Hotel Lugo 012 87,4 kW, "
        "Un año antes, por día de la semana "
        f"{re.search('semana ([0-9,]+)', said)[1]} kW, Contratada, P1 70 kW, La excede en 17,4 kW"  # type: ignore[index]
    )


def test_below_zero_and_several_curves_are_read_alike(open_curve: Open) -> None:
    cold = press(open_curve("warmth"), *["ArrowRight"] * 20)
    plants = press(open_curve("several", language="en"), "Home")

    assert cold == "sáb 10 ene 2026, 19:00–20:00, Fuera −6,0 °C"
    assert plants.startswith("Sat 1 Nov 2025, Planta 1 ")
    assert "Planta 2 6.4 kW (estimated), Planta 3 " in plants


def test_a_drag_zooms_and_the_address_remembers_it(open_curve: Open) -> None:
    page = open_curve()
    box = page.locator(".plot .u-over").bounding_box()
    assert box

    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 100, steps=4)
    page.mouse.up()
    page.wait_for_url("**?seen=*")
    seen = stretch(page)
    page.reload()
    page.locator(".is-live").wait_for()

    assert seen.endswith("2026 · media de cada hora")
    assert stretch(page) == seen
    page.dblclick(".plot .u-over")
    page.wait_for_url(lambda url: "seen" not in url)


def test_two_fingers_zoom_about_what_lies_between_them(open_curve: Open) -> None:
    page = open_curve(viewport={"width": 390, "height": 800}, has_touch=True)
    box = page.locator(".plot .u-over").bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    middle, height = box["x"] + box["width"] / 2, box["y"] + 80

    def touch(kind: str, *places: float) -> None:
        points = [{"x": x, "y": height, "id": number} for number, x in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", middle - 20, middle + 20)
    for wide in (30, 50, 70, 100):
        touch("touchMove", middle - wide, middle + wide)
    touch("touchEnd")
    page.wait_for_url("**?seen=*")
    start, end = (int(each) for each in page.url.split("seen=")[1].split(","))

    assert (end - start) / (ENDS - FIRST) == pytest.approx(0.2, abs=0.02)
    assert (start + end) / 2 == pytest.approx((FIRST + ENDS) / 2, abs=3 * 86_400)


def test_the_picture_can_be_kept(open_curve: Open, tmp_path: Path) -> None:
    page = open_curve(seen=WEEK, color_scheme="dark")

    with page.expect_download() as downloading:
        page.get_by_role("button", name="PNG").click()
    downloading.value.save_as(tmp_path / "curve.png")

    assert downloading.value.suggested_filename == "curva-2026-07-13-2026-07-19.png"
    content = (tmp_path / "curve.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(content[16:20]) > 1300
    assert page.evaluate("window.refused ?? []") == []
    assert page.evaluate("document.documentElement.dataset.theme") is None


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_jumps_while_the_curve_is_drawn(open_curve: Open, width: int) -> None:
    page = open_curve(viewport={"width": width, "height": 900})
    page.add_init_script(f"({SHIFTS})()")

    page.reload(wait_until="networkidle")
    page.locator(".is-live").wait_for()
    page.wait_for_timeout(200)

    # On a phone the legend stands below, and what follows it makes room.
    moved = page.evaluate("window.moved")
    assert [each for each in moved if width > 390 or "plot" in each] == []


@pytest.mark.parametrize("without", ["**/uplot.iife.min.js", "**/curve.js", "**/slots.es.json"])
def test_without_library_script_or_figures_the_servers_picture_stays(
    open_curve: Open, without: str
) -> None:
    page = open_curve(without=without)
    page.wait_for_load_state("networkidle")

    expect(page.get_by_role("img", name="Lo que dibuja el servidor")).to_be_visible()
    expect(page.locator("[data-part=tools]")).to_be_hidden()
    assert faults(page) == []


def test_an_answer_that_cannot_be_drawn_leaves_the_servers_picture(open_curve: Open) -> None:
    def broken(route: Route) -> None:
        route.fulfill(json={"level": "slots", "curves": [{"name": "x"}], "count": 4})

    page = open_curve()
    page.route("**/slots.es.json", broken)
    page.reload()
    page.wait_for_load_state("networkidle")

    expect(page.get_by_role("img", name="Lo que dibuja el servidor")).to_be_visible()


def test_the_dark_scheme_and_paper_repaint_the_canvas(open_curve: Open) -> None:
    page = open_curve(color_scheme="light")
    light = paper(page)

    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(100)
    dark = paper(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(100)
    printed = paper(page)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.wait_for_timeout(100)

    assert light[:3] == [0xDC, 0xEE, 0xED]
    assert dark[:3] == [0x12, 0x38, 0x3A]
    assert printed == light
    assert paper(page) == dark
