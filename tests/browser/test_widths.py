from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_demo import sign_in
from vatio.demo import loading

WIDTHS = (320, 360, 414, 640, 833, 1024, 1280, 1359, 1360, 1366, 1440, 1473, 1920, 2560)
LISTS = {
    "nuria.vidal@norte.example": [
        "/o/norte-eficiente/accounts/",
        "/o/norte-eficiente/accounts/expired/",
        "/o/norte-eficiente/orders/?show=all",
        "/o/norte-eficiente/people/",
        "/help/",
    ],
    "tomas.arrieta@vatio.example": [
        "/desk/",
        "/desk/?state=decided",
        "/desk/accounts/",
        "/desk/accounts/expired/",
        "/desk/organisations/",
        "/desk/messages/",
        "/desk/lines/",
        "/desk/lines/modems/",
        "/desk/licences/",
    ],
}
LANGUAGE = """async (language) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({language, back: "/", csrfmiddlewaretoken: token});
  await fetch("/language/", {method: "POST", body});
}"""
SHIFTS = """() => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput)
        for (const source of entry.sources) window.moved.push(source.node?.outerHTML?.slice(0, 90));
  }).observe({type: "layout-shift", buffered: true});
}"""


def wide(page: Page, addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{address} at {width}")
    return found


def test_no_list_of_the_demo_scrolls_sideways_at_any_width_in_either_language(
    live_server: LiveServer, transactional_db: None, browser: Browser
) -> None:
    loading.prepare(True)
    found = []

    for email, addresses in LISTS.items():
        page = sign_in(browser, live_server.url, email)
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        for language in ("es", "en"):
            page.evaluate(LANGUAGE, language)
            found += [f"{language} {told}" for told in wide(page, addresses)]
        page.context.close()

    assert found == []


def test_nothing_jumps_while_a_page_loads_or_a_list_is_worked(
    live_server: LiveServer, transactional_db: None, browser: Browser
) -> None:
    loading.prepare(True)
    page = sign_in(browser, live_server.url, "nuria.vidal@norte.example")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.add_init_script(f"({SHIFTS})()")
    found = {}

    for address in [
        *LISTS["nuria.vidal@norte.example"],
        "/o/norte-eficiente/accounts/new/",
        "/profile/",
    ]:
        page.goto(address, wait_until="networkidle")
        moved = page.evaluate("window.moved")
        if moved:
            found[address] = moved
    page.goto("/o/norte-eficiente/accounts/", wait_until="networkidle")
    page.get_by_role("link", name="Cliente").click()
    page.wait_for_url("**sort=client**")
    page.wait_for_timeout(300)
    moved = page.evaluate("window.moved")
    if moved:
        found["sorting"] = moved

    assert found == {}
