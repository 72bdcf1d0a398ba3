from datetime import date

import pytest
from playwright.sync_api import expect

from tests import make
from tests.browser.conftest import Enter, Platform
from vatio import clock
from vatio.accounts.models import Account
from vatio.purging import deleting


@pytest.mark.parametrize("scripts", [True, False])
def test_an_expired_account_is_exported_and_deleted(
    platform: Platform, enter: Enter, scripts: bool
) -> None:
    make.account("Hotel Lugo 012", organisation=platform.norte, starts_on=date(2020, 2, 29))
    make.account("Hotel Soria", organisation=platform.norte, starts_on=date(2020, 2, 29))
    elena = enter(platform.elena, java_script_enabled=scripts)

    elena.goto("/desk/accounts/expired/")
    elena.get_by_role("link", name="Hotel Lugo 012", exact=True).click()
    elena.get_by_role("link", name="Eliminar la cuenta").click()
    elena.get_by_label("Nombre de la cuenta").fill("Hotel Lugo 012")
    elena.get_by_label("Motivo").fill("Cerraron el hotel.")
    elena.get_by_role("button", name="Eliminar para siempre").click()
    expect(elena.get_by_role("alert")).to_contain_text("Nadie ha exportado esta cuenta")
    with elena.expect_download() as download:
        elena.get_by_role("button", name="Descargar la exportación").click()
    assert download.value.suggested_filename == "hotel-lugo-012.zip"
    elena.get_by_label("Nombre de la cuenta").fill("Hotel Soria")
    elena.get_by_role("button", name="Eliminar para siempre").click()
    expect(elena.get_by_role("alert")).to_contain_text("Ese no es el nombre")
    elena.get_by_label("Nombre de la cuenta").fill("Hotel Lugo 012")
    elena.get_by_role("button", name="Eliminar para siempre").click()
    expect(elena.get_by_role("heading", name="Se está eliminando")).to_be_visible()
    assert deleting.end_all(at=clock.now()) == 1
    if not scripts:
        elena.get_by_role("link", name="Volver a mirar").click()

    expect(elena.get_by_text("Hotel Lugo 012 se ha eliminado para siempre.")).to_be_visible()
    expect(elena.locator("tbody a.name")).to_have_text(["Hotel Soria"])
    elena.goto(f"/desk/organisations/{platform.norte.slug}/")
    expect(elena.get_by_text("Hotel Lugo 012: eliminada para siempre")).to_be_visible()
    assert [account.name for account in Account.objects.all()] == ["Hotel Soria"]
