import pytest

from tests import make
from tests.browser.conftest import Enter, Platform, faults
from vatio import clock
from vatio.metering import tokens

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280])
def test_the_token_of_a_new_source_is_copied_once_and_changed(
    width: int, platform: Platform, enter: Enter
) -> None:
    hotel = make.account("Hotel Lugo 012", organisation=platform.norte, months=120)
    page = enter(platform.nuria, viewport={"width": width, "height": 900})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.goto(f"/accounts/{hotel.uid}/installation/sources/new/")
    page.get_by_label("Nombre").fill("Pasarela de la cubierta")
    page.get_by_role("button", name="Guardar").click()
    first = page.get_by_label("Clave", exact=True).input_value()
    page.get_by_role("button", name="Copiar").click()
    page.get_by_role("button", name="Copiada").wait_for()

    assert tokens.recognised(first, at=clock.real()) is not None
    assert page.evaluate("navigator.clipboard.readText()") == first
    assert faults(page) == []
    page.reload()
    assert page.get_by_label("Clave", exact=True).count() == 0
    page.get_by_role("button", name="Cambiar la clave").click()
    second = page.get_by_label("Clave", exact=True).input_value()
    assert second != first
    assert faults(page) == []
