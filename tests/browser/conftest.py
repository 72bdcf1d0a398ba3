"""What the browser tests share: a small platform, signing in, and looking for faults."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests import make
from vatio.tenants.models import Organisation, Person


@dataclass
class Platform:
    """An organisation with its SuperAdministrator, and somebody who decides."""

    address: str
    norte: Organisation
    nuria: Person
    elena: Person


@pytest.fixture
def platform(live_server: LiveServer, transactional_db: None) -> Platform:
    norte = make.organisation("Norte Eficiente")
    make.licence("Básica Mtr")
    make.licence("Starter DP", data_points=250)
    return Platform(
        live_server.url,
        norte,
        make.superadmin(norte, "Nuria Vidal"),
        make.commercial("Elena Cid"),
    )


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, platform: Platform) -> Iterator[Enter]:
    """Open a browser of somebody's own, signed in; any context option may be given."""
    contexts: list[BrowserContext] = []

    def open_as(person: Person, **options: object) -> Page:
        context = browser.new_context(base_url=platform.address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in/")
        page.locator("#id_login").fill(person.email)
        page.locator("#id_password").fill(make.PASSWORD)
        page.locator("form button.main").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield open_as
    for context in contexts:
        context.close()


def faults(page: Page) -> list[str]:
    """List what axe finds wrong with a page, and whether it scrolls sideways."""
    found = Axe().run(page).response["violations"]
    told = [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        told.append(f"{page.url} scrolls sideways")
    return told
