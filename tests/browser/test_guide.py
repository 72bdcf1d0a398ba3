import re
from datetime import timedelta

from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import Enter, Platform
from tests.browser.guide_pictures import is_whole, take
from vatio import clock
from vatio.dates import add_months
from vatio.units import Quantities


def furnish(platform: Platform) -> None:
    today = clock.today("Europe/Madrid")
    make.licence("Professional DP", data_points=1000, rtc_lines=2)
    for name, days, billing in (
        ("Hotel Ribadavia 021", 3, "MTR"),
        ("Bodega Val de Rei 033", 20, "DP"),
        ("Colegio San Roque 017", 90, "MTR"),
        ("Gimnasio Fontán 009", -5, "MTR"),
    ):
        end = today + timedelta(days=days)
        by_points = billing == "DP"
        make.account(
            name,
            organisation=platform.norte,
            starts_on=add_months(end, -12, anchor_day=end.day),
            version=make.licence("Starter DP", data_points=250) if by_points else None,
            totals=Quantities(None, 0, 265, 1) if by_points else Quantities(20, 10, None, 2),
            sms_credits=120,
        )


def test_the_guide_can_be_followed_line_by_line(platform: Platform, enter: Enter) -> None:
    furnish(platform)
    nuria = enter(platform.nuria, reduced_motion="reduce")
    listing = f"/o/{platform.norte.slug}/accounts/"

    nuria.goto(listing)
    nuria.get_by_role("button", name="Menú de Nuria Vidal").click()
    take(nuria, "menu", nuria.get_by_role("link", name="Gestionar cuentas"))
    nuria.get_by_role("link", name="Gestionar cuentas").click()
    take(nuria, "zonas", nuria.get_by_role("link", name="Cuentas expiradas"))
    nuria.get_by_role("link", name="Crear una nueva cuenta").click()
    nuria.get_by_label("Nombre de la cuenta").fill("Camping Playa Boa 040")
    nuria.get_by_label("Nombre del cliente").fill("Playa Boa, S.L.")
    nuria.get_by_label("Sector").select_option(label="Hoteles")
    nuria.get_by_label("Medidores (Mtr)").fill("12")
    take(nuria, "nueva-cuenta", nuria.get_by_text(re.compile("12 medidores y 5 CUPS")))
    nuria.get_by_role("button", name="Crear nueva cuenta").click()
    nuria.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).first.click()
    take(nuria, "solicitud", nuria.get_by_text("Pendiente"))
    nuria.goto(listing)
    nuria.get_by_role("link", name="Ampliar Hotel Ribadavia 021").click()
    nuria.get_by_label("Medidores que añadir").fill("5")
    take(nuria, "ampliar-mtr", nuria.get_by_role("button", name="Solicitar ampliación"))
    nuria.goto(listing)
    nuria.get_by_role("link", name="Ampliar Bodega Val de Rei 033").click()
    nuria.get_by_label("DP que añadir").fill("50")
    take(nuria, "ampliar-dp", nuria.get_by_role("button", name="Solicitar ampliación"))
    nuria.goto(listing)
    nuria.get_by_role("link", name="Licencia Bodega Val de Rei 033").click()
    nuria.get_by_label("Professional DP").check()
    take(nuria, "licencia", nuria.get_by_role("button", name="Solicitar ampliación"))
    nuria.goto(f"{listing}?q=ribadavia")
    take(nuria, "renovar", nuria.get_by_role("button", name="Renovar Hotel Ribadavia 021"))

    nuria.get_by_role("button", name="Menú de Nuria Vidal").click()
    nuria.get_by_role("link", name="Ayuda").click()
    expect(nuria.get_by_role("heading", name="La vida de una cuenta")).to_be_visible()
    assert all(map(is_whole, nuria.locator("article img").all()))


def test_the_guide_speaks_english_too(platform: Platform, enter: Enter) -> None:
    platform.nuria.language = "en"
    platform.nuria.save(update_fields=["language"])
    nuria = enter(platform.nuria)

    nuria.goto("/help/")

    expect(nuria.get_by_role("heading", name="3. Renew an account")).to_be_visible()
