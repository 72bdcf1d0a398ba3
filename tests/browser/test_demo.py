import re

from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from vatio.demo import loading
from vatio.tenants.platform import DEMO_SECRET


def sign_in(browser: Browser, address: str, email: str) -> Page:
    page = browser.new_context(base_url=address).new_page()
    page.goto("/")
    expect(page.get_by_text(email)).to_be_visible()
    page.get_by_label("Correo electrónico").fill(email)
    page.get_by_label("Contraseña").fill(DEMO_SECRET)
    page.get_by_role("button", name="Entrar").click()
    return page


def test_a_visitor_asks_accepts_and_renews_in_the_demo(
    live_server: LiveServer, transactional_db: None, browser: Browser
) -> None:
    loading.prepare(True)
    nuria = sign_in(browser, live_server.url, "nuria.vidal@norte.example")
    tomas = sign_in(browser, live_server.url, "tomas.arrieta@vatio.example")

    nuria.get_by_role("link", name="Crear una nueva cuenta").click()
    nuria.get_by_label("Nombre de la cuenta").fill("Balneario de Mondariz 043")
    nuria.get_by_label("Nombre del cliente").fill("Aguas de Mondariz, S.A.")
    nuria.get_by_label("NIF").fill("A36025716")
    nuria.get_by_label("Sector").select_option(label="Hoteles")
    nuria.get_by_label("Professional DP").check()
    expect(nuria.get_by_label("Data points (DP)")).to_have_value("1000")
    nuria.get_by_label("Data points (DP)").fill("1.250")
    nuria.get_by_role("button", name="Crear nueva cuenta").click()
    expect(nuria.get_by_role("row", name=re.compile("Mondariz"))).to_contain_text("Pendiente")
    tomas.get_by_role("searchbox", name="Buscar").fill("mondariz")
    tomas.get_by_role("button", name="Filtrar").click()
    queued = tomas.get_by_role("row", name=re.compile("Mondariz"))
    queued.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).click()
    expect(tomas.get_by_text(re.compile(r"1\.250 DP durante 12 meses"))).to_be_visible()
    tomas.get_by_role("button", name="Aceptar").click()

    nuria.get_by_role("link", name="Cuentas activas").click()
    nuria.get_by_role("searchbox", name="Buscar").fill("MONDARIZ")
    nuria.get_by_role("button", name="Filtrar").click()
    row = nuria.get_by_role("row", name=re.compile("Mondariz"))
    expect(row).to_contain_text("1.250")
    row.get_by_role("button", name="Renovar").click()
    expect(row).to_contain_text("Renovación solicitada")
    row.get_by_role("link", name="Balneario de Mondariz 043", exact=True).click()
    expect(nuria.get_by_role("heading", name="Balneario de Mondariz 043")).to_be_visible()
    expect(nuria.get_by_text("Renovación solicitada").first).to_be_visible()
