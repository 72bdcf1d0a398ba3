from tests.browser.conftest import Enter, Platform
from tests.collection.lines import called_line, roomy
from vatio import clock
from vatio.collection.models import CallAttempt


def test_a_call_is_followed_on_the_page_until_it_has_ended(
    platform: Platform, enter: Enter
) -> None:
    line = called_line(roomy("Hotel", organisation=platform.norte), "Acometida")
    page = enter(platform.nuria)
    page.goto(f"/accounts/{line.account.uid}/installation/lines/{line.uid}/")

    page.get_by_role("button", name="Llamar ahora").click()
    page.get_by_text("Esperando al recolector").wait_for()
    own = CallAttempt.objects.filter(line=line)
    own.update(started_at=clock.now(), days=12, days_read=4)
    page.get_by_text("Leyendo el día 5 de 12").wait_for()
    own.update(ended_at=clock.now(), outcome="done", new=1_152, days_read=12)
    page.get_by_text("1.152 valores nuevos").wait_for()

    assert page.get_by_role("button", name="Llamar ahora").is_visible()
    assert page.get_by_role("table").get_by_text("Llegaron las lecturas").is_visible()
    assert page.locator("progress").count() == 0


def test_a_call_that_waits_is_withdrawn_on_the_page(platform: Platform, enter: Enter) -> None:
    line = called_line(roomy("Hotel", organisation=platform.norte), "Acometida")
    page = enter(platform.nuria)
    page.goto(f"/accounts/{line.account.uid}/installation/lines/{line.uid}/")
    page.get_by_role("button", name="Llamar ahora").click()

    page.locator("#withdraw").click()

    page.get_by_role("button", name="Llamar ahora").wait_for()
    assert not CallAttempt.objects.exists()
