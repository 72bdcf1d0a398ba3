from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import Enter, Platform, faults
from tests.readings.stored import put, series
from vatio import clock
from vatio.accounts.models import Account
from vatio.metering import installing
from vatio.metering.models import DataPoint
from vatio.metering.sites import SiteDetails, add_site
from vatio.readings.slots import ONE_DAY, local_day
from vatio.units import Quantities

pytestmark = pytest.mark.browser

MADRID = "Europe/Madrid"
WIDTHS = (320, 360, 390, 480, 640, 700, 768, 832, 833, 1024, 1280, 1360, 1440)
LONG = "Residencia universitaria de la Facultad de Ciencias Medioambientales y Agroalimentarias 021"
LANGUAGE = """async (language) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({language, back: "/", csrfmiddlewaretoken: token});
  await fetch("/language/", {method: "POST", body});
}"""


def today() -> date:
    return clock.today(MADRID)


def opened(platform: Platform, name: str) -> Account:
    return make.account(
        name,
        organisation=platform.norte,
        starts_on=today() - timedelta(days=40),
        totals=Quantities(500, 500),
    )


def fill(account: Account, days: int, *, until: int = 0, gap: int = -1, wh: float = 4e6) -> None:
    """Put hours into a data point of a gateway: days up to some days ago, one of them without."""
    at = clock.now()
    by = make.commercial()
    source = account.datasources.first() or installing.add_source(
        account, name=f"Pasarela de la {LONG}", kind="insertion", by=by, at=at
    )
    key = series(of=account)
    DataPoint.objects.filter(pk=key.data_point_id).update(source=source)
    for number in range(until, days):
        if number == gap:
            continue
        local = local_day(today() - (number + 1) * ONE_DAY, MADRID)
        put(key, [(each, wh) for each in range(local.begins, local.ends, 3600)], at=at.timestamp())


def furnish(platform: Platform) -> Account:
    """Open accounts in every state; the first is that of a long name, with faults and sites."""
    hotel = opened(platform, LONG)
    fill(hotel, 40, gap=3)
    fill(hotel, 30, until=9)
    for number, meter in enumerate(hotel.meters.order_by("pk")):
        place = add_site(hotel, SiteDetails(f"{LONG} {number}"), by=platform.nuria, at=clock.now())
        hotel.meters.filter(pk=meter.pk).update(site=place)
    make.expansion_order(hotel, meters=3, at=clock.now())
    opened(platform, "Nada instalado")
    series(of=opened(platform, "Sin datos"))
    fill(opened(platform, "Un día"), 1)
    return hotel


def addresses(platform: Platform) -> list[str]:
    accounts = Account.objects.filter(organisation=platform.norte).order_by("pk")
    found = [f"/accounts/{each.uid}/overview/" for each in accounts]
    quality = f"/accounts/{accounts[0].uid}/consumption/data-quality/"
    return [*found, quality, f"/o/{platform.norte.slug}/portfolio/"]


def wide(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.url} at {width}")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_has_a_fault_that_axe_knows_or_scrolls_sideways_in_either_language(
    platform: Platform, enter: Enter, scheme: str
) -> None:
    furnish(platform)
    page = enter(platform.nuria, color_scheme=scheme, reduced_motion="reduce")
    said: list[str] = []
    page.on("console", lambda each: each.type == "error" and said.append(each.text))
    found = []

    for language in ("es", "en"):
        page.evaluate(LANGUAGE, language)
        for address in addresses(platform):
            page.goto(address)
            found += wide(page) + faults(page)
            page.set_viewport_size({"width": 320, "height": 900})
            found += faults(page)

    assert (found, said) == ([], [])


def test_its_own_people_read_it_at_any_width(platform: Platform, enter: Enter) -> None:
    hotel = furnish(platform)
    found = []

    for role in ("administrator", "viewer"):
        page = enter(make.holder(hotel, role))
        page.goto(f"/accounts/{hotel.uid}/")
        found += wide(page)
        page.emulate_media(media="print")
        found += wide(page)

    assert found == []


def test_a_bar_leads_to_its_day_by_the_pointer_and_by_the_keyboard(
    platform: Platform, enter: Enter
) -> None:
    hotel = furnish(platform)
    page = enter(platform.nuria, viewport={"width": 1280, "height": 900})
    there = f"/accounts/{hotel.uid}/overview/"
    yesterday = (today() - ONE_DAY).isoformat()
    day = f"**/consumption/?from={yesterday}&to={yesterday}"

    page.goto(there)
    page.locator(".wide-chart a").last.click()
    page.wait_for_url(day)
    page.goto(there)
    page.locator("[data-chart-tips]").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_url(day)


def test_without_javascript_what_is_open_and_a_bar_lead_on(
    platform: Platform, enter: Enter
) -> None:
    hotel = furnish(platform)
    page = enter(platform.nuria, java_script_enabled=False, viewport={"width": 1280, "height": 900})

    page.goto(f"/accounts/{hotel.uid}/overview/")
    expect(page.get_by_role("heading", name="Qué está pendiente")).to_be_visible()
    page.locator(".wide-chart a").last.click()
    page.wait_for_url("**/consumption/**")
    page.goto(f"/accounts/{hotel.uid}/overview/")
    page.get_by_role("link", name="Datos con retraso").click()
    page.wait_for_url("**/installation/sources/**")
    page.goto(f"/accounts/{hotel.uid}/overview/")
    page.get_by_role("link", name="falta una parte").click()
    page.wait_for_url("**/data-quality/**")
    expect(page.get_by_role("heading", name="Huecos")).to_be_visible()


def test_from_the_portfolio_one_goes_to_an_overview_and_back(
    platform: Platform, enter: Enter
) -> None:
    hotel = furnish(platform)
    page = enter(platform.nuria)
    portfolio = f"/o/{platform.norte.slug}/portfolio/"

    page.goto(portfolio)
    page.get_by_role("link", name=hotel.name).click()
    page.wait_for_url(f"**/accounts/{hotel.uid}/overview/**")
    page.get_by_label("Ruta").get_by_role("link", name="Cartera").click()
    page.wait_for_url(f"**{portfolio}")
