import re

from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.browser.conftest import faults
from vatio import clock
from vatio.accounts.models import Account
from vatio.people import one_time_links
from vatio.tenants.models import Person


def choose_password(page: Page) -> None:
    page.get_by_label("Contraseña", exact=True).fill(make.PASSWORD)
    page.get_by_label("La contraseña otra vez").fill(make.PASSWORD)


def test_an_empty_platform_comes_to_life_with_only_the_browser(
    live_server: LiveServer, transactional_db: None, browser: Browser
) -> None:
    token = one_time_links.first_key(at=clock.now())
    elena = browser.new_context(base_url=live_server.url).new_page()
    ana = browser.new_context(base_url=live_server.url).new_page()

    elena.goto(f"/first-use/{token}/")
    assert faults(elena) == []
    elena.get_by_label("Nombre").fill("Elena Cid")
    elena.get_by_label("Correo electrónico").fill("elena@vatio.example")
    choose_password(elena)
    elena.get_by_role("button", name="Empezar").click()
    expect(elena.get_by_role("heading", name="Bandeja comercial")).to_be_visible()
    expect(elena.get_by_text("Primeros pasos")).to_be_visible()
    assert faults(elena) == []

    elena.get_by_role("link", name="Crear una organización").click()
    elena.get_by_label("Nombre").fill("Norte Eficiente")
    elena.get_by_role("button", name="Crear organización").click()
    expect(elena.get_by_role("heading", name="Norte Eficiente", level=1)).to_be_visible()
    elena.get_by_label("Correo electrónico").fill("Ana@Norte.example")
    elena.get_by_role("button", name="Crear la invitación").click()
    link = elena.get_by_label("Enlace de la invitación").input_value()
    elena.reload()

    elena.get_by_role("button", name="Menú de Elena Cid").click()
    elena.get_by_role("link", name="Licencias").click()
    elena.get_by_role("link", name="Crear una licencia").click()
    elena.get_by_label("Nombre").fill("Básica Mtr")
    elena.get_by_label("por Mtr").check()
    elena.get_by_label("Medidores (Mtr)").fill("10")
    elena.get_by_label("CUPS").fill("5")
    elena.get_by_role("button", name="Guardar el borrador").click()
    elena.get_by_role("button", name="Publicar").click()
    expect(elena.get_by_role("row", name=re.compile("Básica Mtr"))).to_contain_text("Publicada")

    ana.goto(link)
    ana.get_by_label("Nombre").fill("Ana Souto")
    choose_password(ana)
    ana.get_by_role("button", name="Aceptar la invitación").click()
    expect(ana.get_by_role("heading", name="Gestionar cuentas")).to_be_visible()
    expect(ana.get_by_text("Todavía no hay cuentas activas")).to_be_visible()
    assert faults(ana) == []
    ana.get_by_role("link", name="Crear una nueva cuenta").click()
    ana.get_by_label("Nombre de la cuenta").fill("Hotel Lugo 012")
    ana.get_by_label("Nombre del cliente").fill("Grupo Muralla")
    ana.get_by_label("Sector").select_option(label="Hoteles")
    ana.get_by_role("button", name="Crear nueva cuenta").click()
    expect(ana.get_by_role("status")).to_contain_text("enviada")

    elena.goto("/")
    elena.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).first.click()
    elena.get_by_role("button", name="Aceptar").click()
    ana.get_by_role("link", name="Cuentas activas").click()
    expect(ana.get_by_role("row", name=re.compile("Hotel Lugo 012"))).to_be_visible()
    assert Account.objects.get().organisation.name == "Norte Eficiente"
    assert Person.objects.get(email="ana@norte.example").name == "Ana Souto"

    for dead in (f"/first-use/{token}/", link.removeprefix(live_server.url)):
        stranger = browser.new_context(base_url=live_server.url).new_page()
        stranger.goto(dead)
        expect(stranger.get_by_role("heading", name="El enlace ya no sirve")).to_be_visible()


def test_the_language_is_changed_from_the_menu_and_kept(
    live_server: LiveServer, transactional_db: None, page: Page
) -> None:
    nuria = make.superadmin(make.organisation("Norte Eficiente"))

    page.goto(f"{live_server.url}/sign-in/")
    expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
    page.get_by_role("button", name="English").click()
    page.get_by_label("E-mail address").fill(nuria.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=f"Menú de {nuria.name}").click()
    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", name="Manage accounts")).to_be_visible()
    nuria.refresh_from_db()
    assert nuria.language == "en"
    page.get_by_role("button", name=f"Menu of {nuria.name}").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
