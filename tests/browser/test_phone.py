import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Enter, Platform
from tests.browser.test_every_page import furnish
from vatio.orders.models import Order

FINGER = 44


def assert_at_hand(button: Locator, width: int) -> None:
    """Check that a finger finds a button without scrolling sideways."""
    box = button.bounding_box()
    assert box
    assert box["height"] >= FINGER
    assert box["width"] >= FINGER
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [320, 390])
def test_what_is_pressed_most_is_at_hand_on_a_phone(
    platform: Platform, enter: Enter, width: int
) -> None:
    hotel = furnish(platform)
    phone = {"viewport": {"width": width, "height": 700}, "java_script_enabled": False}
    nuria, elena = enter(platform.nuria, **phone), enter(platform.elena, **phone)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/?q=ribadavia")
    card = nuria.locator(f"#a-{hotel.uid}")
    expect(card.get_by_text("Renovación solicitada")).to_be_visible()
    assert_at_hand(card.get_by_role("button", name="Retirar"), width)
    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    assert_at_hand(nuria.get_by_role("button", name="Renovar Bodega Val de Rei 033"), width)
    expect(nuria.locator("#sector")).to_be_hidden()
    assert_at_hand(nuria.get_by_role("button", name="Filtros", exact=True), width)
    nuria.get_by_role("button", name="Filtros", exact=True).click()
    nuria.locator("#sector").select_option("hotels")
    nuria.get_by_role("button", name="Filtrar").click()
    assert_at_hand(nuria.get_by_role("button", name="Filtros (1)"), width)
    elena.goto(f"/orders/{Order.objects.get(kind='renewal').uid}/")
    assert_at_hand(elena.get_by_role("button", name="Aceptar"), width)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_list_prints_as_a_table_without_what_is_pressed(
    platform: Platform, enter: Enter, width: int
) -> None:
    furnish(platform)
    page = enter(platform.nuria, viewport={"width": width, "height": 900})
    page.emulate_media(media="print")
    slug = platform.norte.slug

    for address in (f"/o/{slug}/accounts/", f"/o/{slug}/orders/", f"/o/{slug}/renewals/"):
        page.goto(address)
        for table in page.locator("table").all():
            display = "(each) => getComputedStyle(each).display"
            assert table.evaluate(display) == "table"
            assert table.locator("tbody tr").first.evaluate(display) == "table-row"
            expect(table.locator("thead th").first).to_be_visible()
        expect(page.locator("main button:visible, main input:visible")).to_have_count(0)
    page.goto(f"/o/{slug}/accounts/")
    expect(page.get_by_role("columnheader", name="Caduca")).to_be_visible()
    expect(page.get_by_text("Renovación solicitada")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_what_was_done_is_in_sight_where_the_page_jumps_to(
    platform: Platform, enter: Enter, width: int
) -> None:
    furnish(platform)
    platform.norte.trusted = True
    platform.norte.save(update_fields=["trusted"])
    page = enter(
        platform.nuria, viewport={"width": width, "height": 500}, java_script_enabled=False
    )

    page.goto(f"/o/{platform.norte.slug}/accounts/?sort=-ends")
    page.get_by_role("button", name="Renovar Bodega Val de Rei 033").click()
    notice = page.get_by_role("status").filter(has_text="Bodega Val de Rei 033 está renovada")
    row = page.get_by_role("row", name="Bodega Val de Rei 033")
    for there in (notice, row.locator("a.name")):
        expect(there).to_be_in_viewport()
    assert page.evaluate("scrollY") > 0
    above, below = notice.bounding_box(), row.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"] + 1
    page.get_by_label("Cerrar este aviso").focus()
    page.keyboard.press("Space")
    expect(notice).to_be_hidden()
    row.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_role("status")).to_contain_text("La renovación de Bodega Val de Rei 033")
