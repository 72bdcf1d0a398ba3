import re
from datetime import timedelta

from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import Enter, Platform, faults
from vatio import clock
from vatio.dates import add_months
from vatio.orders import bulk_renewing
from vatio.orders.models import BulkRenewal
from vatio.portfolios import drafts, running
from vatio.portfolios.models import Import


def furnish(platform: Platform, count: int) -> None:
    end = clock.today("Europe/Madrid") + timedelta(days=20)
    for number in range(count):
        make.account(
            f"Hotel {number:02}",
            organisation=platform.norte,
            starts_on=add_months(end, -12, anchor_day=end.day),
        )


def test_many_renewals_go_on_while_one_looks_or_leaves(platform: Platform, enter: Enter) -> None:
    furnish(platform, bulk_renewing.AT_ONCE + 2)
    nuria = enter(platform.nuria)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    nuria.get_by_label("Marcar todas las de esta página").check()
    nuria.get_by_role("button", name="Renovar las marcadas (12)").click()
    report = nuria.locator("#round")
    expect(report).to_contain_text("12 cuentas marcadas")
    expect(report).to_contain_text("0 de 12 hechas")
    assert faults(nuria) == []
    begun = BulkRenewal.objects.get()
    bulk_renewing._renew(begun, begun.items.order_by("id").values_list("pk", flat=True)[0])
    expect(report).to_contain_text("1 de 12 hechas")
    bulk_renewing.carry_on(begun, now=clock.now)

    expect(report).to_contain_text("12 solicitadas o renovadas")
    row = nuria.get_by_role("row", name=re.compile("Hotel 07"))
    expect(row).to_contain_text("Renovación solicitada")
    report.get_by_role("link", name="El informe").click()
    expect(nuria.get_by_role("heading", name="Renovaciones pedidas a la vez")).to_be_visible()
    expect(nuria.get_by_role("listitem").filter(has_text="Hotel 07")).to_contain_text("S-")
    assert faults(nuria) == []


def test_a_long_portfolio_says_how_far_it_is(platform: Platform, enter: Enter) -> None:
    rows = [f"Nave {n};Nadie;Básica Mtr;12;01/02/2026;01/02/2027" for n in range(running.AT_ONCE)]
    content = "\n".join(["Cuenta;Cliente;Licencia;Mtr;Inicio;Fin", *rows]).encode()
    draft = drafts.keep(platform.norte, "cartera.csv", content, by=platform.elena, at=clock.now())
    elena = enter(platform.elena)

    elena.goto(f"/desk/imports/{draft.uid}/")
    elena.get_by_role("button", name="Importar 500 cuentas").click()
    expect(elena.get_by_text("Importándose")).to_be_visible()
    expect(elena.get_by_role("progressbar")).to_be_visible()
    assert faults(elena) == []
    running.carry_on(Import.objects.get(), now=clock.now)

    expect(elena.get_by_text("500 cuentas importadas.")).to_be_visible()
    elena.get_by_role("link", name="Ver las cuentas").click()
    expect(elena.get_by_text("500 cuentas", exact=True)).to_be_visible()


def test_a_file_with_headings_of_its_own_is_mapped_and_its_faults_stand_in_their_cells(
    platform: Platform, enter: Enter
) -> None:
    content = b"Obra;Empresa;Plan;Abre;Cierra\nHotel;Muralla;Otra;01/02/2026;ayer"
    draft = drafts.keep(platform.norte, "obras.csv", content, by=platform.elena, at=clock.now())
    elena = enter(platform.elena)
    meanings = {
        "Obra": "Nombre de la cuenta",
        "Empresa": "Nombre del cliente",
        "Plan": "Licencia",
        "Abre": "Inicio",
        "Cierra": "Fin",
    }

    elena.goto(f"/desk/imports/{draft.uid}/")
    for theirs, ours in meanings.items():
        field = elena.get_by_label(f"Columna «{theirs}» del fichero")
        field.select_option(label=field.locator("option", has_text=ours).first.text_content())
    elena.get_by_role("button", name="Leerlo así").click()

    line = elena.get_by_role("article", name="Línea 2")
    expect(line).to_contain_text("«ayer» no es una fecha")
    assert faults(elena) == []
