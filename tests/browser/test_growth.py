import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import Enter, Platform
from vatio import clock
from vatio.dates import add_months, written

FIRST_ORDER = re.compile(r"^S-\d{4}-\d{4}$")


def accept_the_oldest(page: Page) -> None:
    page.goto("/desk/")
    page.get_by_role("link", name=FIRST_ORDER).first.click()
    page.get_by_role("button", name="Aceptar").click()


def test_an_mtr_account_is_expanded_from_its_row(platform: Platform, enter: Enter) -> None:
    today = clock.today("Europe/Madrid")
    make.account("Hotel Lugo 012", organisation=platform.norte, starts_on=today)
    nuria, elena = enter(platform.nuria), enter(platform.elena)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    row = nuria.get_by_role("row", name=re.compile("Hotel Lugo 012"))
    row.get_by_role("link", name="Ampliar Hotel Lugo 012").click()
    expect(nuria.get_by_label("DP que añadir")).to_have_count(0)
    nuria.get_by_label("Medidores que añadir").fill("5")
    nuria.get_by_label("CUPS que añadir").fill("2")
    nuria.get_by_label("Créditos SMS que añadir").fill("100")
    nuria.get_by_label("Líneas RTC que añadir").fill("1")
    nuria.get_by_label("Comentarios").fill("Cinco cuadros nuevos.")
    end = written(add_months(today, 12, anchor_day=today.day))
    expect(nuria.locator("#grown")).to_contain_text(re.compile(r"10\s*→\s*15"))
    expect(nuria.locator("#says")).to_contain_text(
        "De 10 a 15 medidores, de 5 a 7 CUPS, de 0 a 1 línea RTC y de 0 a 100 créditos SMS"
    )
    expect(nuria.locator("#grown")).to_contain_text(end)
    nuria.get_by_role("button", name="Solicitar ampliación").click()
    elena.goto("/desk/")
    elena.get_by_role("link", name=FIRST_ORDER).first.click()
    expect(elena.get_by_text(re.compile("La cuenta pasará de 10 a 15 medidores"))).to_be_visible()
    elena.get_by_role("button", name="Tomar").click()
    elena.get_by_label("Mensaje").fill("¿Cuándo se montan?")
    elena.get_by_role("button", name="Enviar mensaje").click()
    nuria.reload()
    expect(nuria.get_by_text("¿Cuándo se montan?")).to_be_visible()
    accept_the_oldest(elena)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    for cell in ("15", "7", "1", "100"):
        expect(row.get_by_role("cell", name=cell, exact=True).first).to_be_visible()


def test_a_dp_account_is_expanded_by_data_points_alone(platform: Platform, enter: Enter) -> None:
    account = make.account(
        "Bodega Val de Rei 033",
        organisation=platform.norte,
        starts_on=clock.today("Europe/Madrid"),
        version=make.licence("Starter DP", data_points=250),
    )
    nuria, elena = enter(platform.nuria), enter(platform.elena)

    nuria.goto(f"/accounts/{account.uid}/expand/")
    for absent in ("Medidores que añadir", "CUPS que añadir"):
        expect(nuria.get_by_label(absent)).to_have_count(0)
    nuria.get_by_label("DP que añadir").fill("15")
    nuria.get_by_role("button", name="Solicitar ampliación").click()
    accept_the_oldest(elena)

    nuria.goto(f"/accounts/{account.uid}/")
    expect(nuria.locator(".tiles").get_by_text("265", exact=True)).to_be_visible()
    expect(nuria.get_by_text("250 de la licencia y 15 más")).to_be_visible()


def test_a_starter_account_gets_a_better_licence_and_keeps_its_extras(
    platform: Platform, enter: Enter
) -> None:
    make.licence("Professional DP", data_points=1000, rtc_lines=2)
    account = make.account(
        "Bodega Val de Rei 033",
        organisation=platform.norte,
        starts_on=clock.today("Europe/Madrid"),
        version=make.licence("Starter DP", data_points=250),
    )
    nuria, elena = enter(platform.nuria), enter(platform.elena)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    nuria.get_by_role("link", name="Licencia Bodega Val de Rei 033").click()
    nuria.get_by_role("radiogroup", name="Nueva licencia").get_by_label("Professional DP").check()
    nuria.get_by_role("button", name="Solicitar ampliación").click()
    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    row = nuria.get_by_role("row", name=re.compile("Bodega"))
    expect(row).to_contain_text("Licencia pendiente")
    accept_the_oldest(elena)

    nuria.reload()
    expect(row).to_contain_text("Professional DP")
    expect(row).to_contain_text("1.000")
    nuria.goto(f"/accounts/{account.uid}/")
    expect(nuria.get_by_role("img", name=re.compile("Contratado"))).to_be_visible()


def test_the_list_is_worked_with_javascript_off(platform: Platform, enter: Enter) -> None:
    today = clock.today("Europe/Madrid")
    soon = add_months(today, -12, anchor_day=today.day) + timedelta(days=12)
    for name, started in (("Hotel Uno", soon), ("Nave Dos", soon), ("Hotel Tres", today)):
        make.account(name, organisation=platform.norte, starts_on=started)
    nuria = enter(platform.nuria, java_script_enabled=False)
    names = nuria.locator("tbody a.name")

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    nuria.get_by_role("searchbox", name="Buscar").fill("TRÉS")
    nuria.get_by_role("button", name="Filtrar").click()
    expect(names).to_have_text(["Hotel Tres"])
    nuria.get_by_role("link", name="Limpiar").click()
    nuria.get_by_role("link", name="30 días").click()
    expect(names).to_have_text(["Hotel Uno", "Nave Dos"])
    nuria.get_by_role("link", name="Limpiar").click()
    nuria.get_by_role("columnheader", name="Cuenta").get_by_role("link").click()
    expect(names).to_have_text(["Hotel Tres", "Hotel Uno", "Nave Dos"])
    nuria.get_by_label("Marcar Hotel Uno").check()
    nuria.get_by_label("Marcar Nave Dos").check()
    nuria.get_by_role("button", name="Renovar las marcadas").click()

    expect(nuria.get_by_text("2 cuentas marcadas")).to_be_visible()
    expect(nuria.get_by_role("row", name=re.compile("Nave Dos"))).to_contain_text(
        "Renovación solicitada"
    )


def test_search_goes_on_while_one_types_and_stays_in_the_address(
    platform: Platform, enter: Enter
) -> None:
    today = clock.today("Europe/Madrid")
    for name in ("Hotel Uno", "Nave Dos"):
        make.account(name, organisation=platform.norte, starts_on=today)
    nuria = enter(platform.nuria)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    nuria.get_by_role("searchbox", name="Buscar").press_sequentially("nav")
    expect(nuria.locator("tbody a.name")).to_have_text(["Nave Dos"])
    expect(nuria.locator(".total")).to_have_text("1 cuenta")

    assert "q=nav" in nuria.url
    assert nuria.evaluate("document.activeElement.id") == "q"


def test_a_trusted_renewal_is_undone_where_it_was_pressed(platform: Platform, enter: Enter) -> None:
    today = clock.today("Europe/Madrid")
    make.account("Hotel Lugo 012", organisation=platform.norte, starts_on=today)
    nuria, elena = enter(platform.nuria), enter(platform.elena)

    elena.goto(f"/desk/organisations/{platform.norte.slug}/")
    elena.get_by_role("button", name="Que renueve sin revisión").click()
    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    row = nuria.get_by_role("row", name=re.compile("Hotel Lugo 012"))
    row.get_by_role("button", name="Renovar").click()
    expect(row).to_contain_text("Renovada hasta el")
    row.get_by_role("button", name="Deshacer").click()

    expect(row.get_by_role("button", name="Renovar Hotel Lugo 012")).to_be_visible()


def test_configuring_shows_the_new_instant_before_it_is_saved(
    platform: Platform, enter: Enter
) -> None:
    account = make.account(
        "Hotel Lugo 012", organisation=platform.norte, starts_on=clock.today("Europe/Madrid")
    )
    nuria = enter(platform.nuria)

    nuria.goto(f"/accounts/{account.uid}/")
    nuria.get_by_role("link", name="Configurar").click()
    nuria.get_by_label("Zona horaria").select_option("Atlantic/Canary")
    expect(nuria.locator("#ends")).to_contain_text("01:00 en Europe/Madrid")
    nuria.get_by_label("Nombre del cliente").fill("Grupo Muralla")
    nuria.get_by_role("button", name="Guardar").click()

    expect(nuria.get_by_text("La cuenta está configurada.")).to_be_visible()
    expect(nuria.get_by_text(re.compile("de «Hoteles, S.A.» a «Grupo Muralla»"))).to_be_visible()
