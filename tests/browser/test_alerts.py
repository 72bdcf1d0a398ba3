import pytest
from playwright.sync_api import expect

from tests.browser.alerts_world import furnish
from tests.browser.conftest import Enter, Platform, faults
from vatio.alerts.models import AlertEpisode, AlertRule

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 390, 320)


def test_an_alert_is_made_with_what_it_would_have_found_beside_it(
    platform: Platform, enter: Enter
) -> None:
    account, ana = furnish(platform)
    page = enter(ana)
    page.goto(f"/accounts/{account.uid}/alerts/")
    page.get_by_role("link", name="Crear una alerta").click()
    page.get_by_label("Nombre").fill("Más de 30 kW")
    page.get_by_label("Clase").select_option(label="Por encima de un umbral")
    page.get_by_label("Sobre qué").select_option(label="Acometida general · Edificio principal")
    page.get_by_label("Umbral").fill("30")
    page.get_by_label("Durante (minutos)").fill("15")
    page.get_by_label("Horario", exact=True).select_option("outside")

    foreseen = page.locator("#foreseen")
    expect(foreseen.get_by_text("en los últimos 90 días")).to_be_visible()
    expect(foreseen.locator(".chart")).to_be_visible()
    expect(page.locator("#threshold-unit")).to_have_text("kW")
    page.get_by_role("button", name="Crear una alerta").click()

    expect(page.get_by_role("heading", name="Más de 30 kW")).to_be_visible()
    assert AlertRule.objects.get(name="Más de 30 kW").threshold == 30_000.0


def test_an_episode_is_acknowledged_from_its_page(platform: Platform, enter: Enter) -> None:
    account, ana = furnish(platform)
    episode = AlertEpisode.objects.filter(account=account, ends=None, late=False).latest("pk")
    page = enter(ana)
    page.goto(f"/accounts/{account.uid}/alerts/{episode.uid}/")

    page.get_by_role("button", name="Enterado").click()

    expect(page.get_by_text("Ana Souto se dio por enterado")).to_be_visible()
    episode.refresh_from_db()
    assert episode.acknowledged_by == ana


def test_the_pages_of_alerts_have_no_faults_in_any_width(platform: Platform, enter: Enter) -> None:
    account, ana = furnish(
        platform, "Residencia universitaria de la Facultad de Ciencias Medioambientales 021"
    )
    rule = AlertRule.objects.get(name="Más de 35 kW")
    episodes = AlertEpisode.objects.filter(account=account).order_by("-begins")
    addresses = [
        "",
        "?state=open",
        "?q=nada",
        "new/",
        "new/?kind=silence",
        f"rules/{rule.uid}/",
        f"rules/{rule.uid}/change/",
        f"rules/{rule.uid}/remove/",
        f"{episodes[0].uid}/",
        f"{episodes.filter(rule__kind='power').latest('pk').uid}/",
    ]
    found = []
    for width in WIDTHS:
        scheme = "dark" if width in (768, 320) else "light"
        page = enter(ana, viewport={"width": width, "height": 900}, color_scheme=scheme)
        for each in addresses:
            page.goto(f"/accounts/{account.uid}/alerts/{each}")
            found += [f"{width} {each}: {fault}" for fault in faults(page)]

    assert found == []
