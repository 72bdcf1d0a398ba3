import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.guide_pictures import frame, is_wanted, is_whole, take
from vatio import clock
from vatio.accounts.models import Account
from vatio.demo import filling, gateways, loading
from vatio.demo_clock.models import Fill
from vatio.tenants.platform import DEMO_SECRET
from vatio.web.help.guide import PICTURES

NOW = datetime(2026, 11, 25, 23, 10, tzinfo=UTC)
"""Ten minutes into Thursday 26 November: yesterday is whole, and no gateway is late."""

HOTEL = "Hotel Lugo 012"
ENOUGH, FOR_PICTURES = 21, 410
"""Days of readings: what the lines need, and what the pictures show, a year before besides."""


@pytest.fixture
def hotel(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> Account:
    settings.HOME = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)
    loading.prepare(True)
    takes = any(map(is_wanted, PICTURES))
    hotel = Account.objects.get(name=HOTEL)
    fill = Fill.objects.get()
    steps = [each for each in filling.steps_of(fill) if takes or each.account == hotel.pk]
    for step in steps:
        since = date.fromisoformat(step.target) - timedelta(FOR_PICTURES if takes else ENOUGH)
        step.until = max(step.until, since.isoformat())
    fill.steps = [asdict(step) for step in steps]
    fill.save(update_fields=["steps"])
    while filling.fill_next(at=NOW):
        pass
    gateways.send(at=NOW, post=door)
    return hotel


def door(token: str, body: bytes) -> bytes | None:
    answer = Client().post(
        "/readings",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    return answer.content if answer.status_code == 200 else None


Enter = Callable[[str], Page]


@pytest.fixture
def enter(browser: Browser, live_server: LiveServer) -> Iterator[Enter]:
    """Open a browser in which somebody of the demo has signed in."""
    contexts: list[BrowserContext] = []

    def opened(email: str) -> Page:
        context = browser.new_context(
            base_url=live_server.url, locale="es-ES", color_scheme="light", reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("Correo electrónico").fill(email)
        page.get_by_label("Contraseña").fill(DEMO_SECRET)
        page.get_by_role("button", name="Entrar").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()


def show(page: Page, **chosen: str) -> None:
    """Choose by the labels of the form, and look at it."""
    for label, words in chosen.items():
        page.get_by_role("combobox", name=label.replace("_", " "), exact=True).select_option(
            label=words
        )
    page.get_by_role("button", name="Ver", exact=True).click()
    page.wait_for_load_state("networkidle")


def hover(page: Page, name: str, *, top: Locator) -> None:
    """Let the curve of a picture tell a value."""
    page.locator(".is-live .plot").wait_for()
    frame(page, name, top)
    box = page.locator(".plot .u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.42, box["y"] + 90)


def test_the_chapters_about_energy_can_be_followed_line_by_line(
    enter: Enter, hotel: Account
) -> None:
    marta = enter("marta.louzao@hotellugo.example")

    marta.goto(f"/accounts/{hotel.uid}/")
    open_things = marta.get_by_role("heading", name="Qué está pendiente")
    take(marta, "resumen", open_things, top=marta.locator("dl.tiles"))
    marta.get_by_role("link", name="Ver el consumo").click()
    marta.get_by_role("link", name="7 días").click()
    curve = marta.get_by_role("region", name="Potencia")
    tabs = marta.get_by_role("link", name="Mapa de calor")
    hover(marta, "consumo", top=tabs)
    take(marta, "consumo", marta.locator(".plot-tip"), top=tabs)
    show(marta, Comparar_con="Un año antes, por día de la semana")
    hover(marta, "comparar", top=curve)
    take(marta, "comparar", marta.locator(".plot-tip"), top=curve)
    marta.get_by_role("link", name="Este año").click()
    show(marta, Comparar_con="Nada", Dibujo="Barras por periodo tarifario")
    bars = marta.get_by_role("region", name="Energía por meses")
    take(marta, "periodos", bars.get_by_text("P1"), top=bars)
    marta.get_by_role("link", name="30 días").click()
    show(marta, Qué="Bombas 05 · Energía activa · Aparcamiento", Dibujo="Curva")
    take(marta, "hueco", curve.get_by_text("Sin datos"), top=curve)
    marta.get_by_role("link", name="Mapa de calor").click()
    heat = marta.get_by_role("region", name="Potencia por día y hora")
    take(marta, "mapa-de-calor", heat, top=heat)
    marta.get_by_role("link", name="Calidad de datos").click()
    days = marta.get_by_role("region", name="Día a día")
    take(marta, "calidad-de-datos", days.get_by_text("En parte"), top=days)

    nuria = enter("nuria.vidal@norte.example")
    nuria.get_by_role("button", name="Menú de Nuria Vidal").click()
    nuria.get_by_role("link", name="Cartera").click()
    late = nuria.get_by_role("columnheader", name="Último dato")
    take(nuria, "cartera", late, top=nuria.locator("dl.tiles"))
    nuria.get_by_role("link", name=re.compile("As Lagoas")).click()
    nuria.get_by_role("link", name="Resumen").click()
    steps = nuria.get_by_role("region", name=re.compile("tres pasos"))
    take(nuria, "primeros-pasos", steps.get_by_text("Traiga las lecturas"), top=steps)

    nuria.get_by_role("button", name="Menú de Nuria Vidal").click()
    nuria.get_by_role("link", name="Ayuda").click()
    expect(nuria.get_by_role("heading", name="Cartera")).to_be_visible()
    assert all(map(is_whole, nuria.locator("article img").all()))
