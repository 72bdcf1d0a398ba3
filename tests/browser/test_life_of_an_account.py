import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.browser.conftest import Enter, Platform
from vatio import clock
from vatio.accounts.models import Account
from vatio.dates import add_months, written

SPANISH = {
    "menu": "Menú de Nuria Vidal",
    "manage": "Gestionar cuentas",
    "create": "Crear una nueva cuenta",
    "name": "Nombre de la cuenta",
    "client": "Nombre del cliente",
    "hotels": "Hoteles",
    "months": "Periodo (meses)",
    "credits": "Créditos SMS",
    "lines": "Líneas RTC",
    "meters": "Medidores (Mtr)",
    "points": "Data points (DP)",
    "comments": "Comentarios",
    "send": "Crear nueva cuenta",
    "accept": "Aceptar",
    "active": "Cuentas activas",
    "expired": "Cuentas expiradas",
    "renew": "Renovar",
    "asked": "Renovación solicitada",
    "renewed": "Renovada hasta el",
    "withdraw": "Retirar",
    "reject": "Rechazar",
    "reason": "Motivo",
    "rejected": "Rechazada",
    "queue": "Bandeja comercial",
}
ENGLISH = {
    "menu": "Menu of Nuria Vidal",
    "manage": "Manage accounts",
    "create": "Create a new account",
    "name": "Account name",
    "client": "Client name",
    "hotels": "Hotels",
    "months": "Period (months)",
    "credits": "SMS credits",
    "lines": "RTC lines",
    "meters": "Meters (Mtr)",
    "points": "Data points (DP)",
    "comments": "Comments",
    "send": "Create new account",
    "accept": "Accept",
    "active": "Active accounts",
    "expired": "Expired accounts",
    "renew": "Renew",
    "asked": "Renewal requested",
    "renewed": "Renewed until",
    "withdraw": "Withdraw",
    "reject": "Reject",
    "reason": "Reason",
    "rejected": "Rejected",
    "queue": "Commercial desk",
}


def speak(platform: Platform, language: str) -> dict[str, str]:
    for person in (platform.nuria, platform.elena):
        person.language = language
        person.save(update_fields=["language"])
    return SPANISH if language == "es" else ENGLISH


def ask_for_an_account(page: Page, words: dict[str, str], name: str) -> None:
    page.get_by_role("button", name=words["menu"]).click()
    page.get_by_role("link", name=words["manage"]).click()
    page.get_by_role("link", name=words["create"]).first.click()
    page.get_by_label(words["name"]).fill(name)
    page.get_by_label(words["client"]).fill("Grupo Muralla, S.A.")
    page.get_by_label("Sector").select_option(label=words["hotels"])
    page.get_by_label(words["meters"]).fill("12")
    page.get_by_label(words["months"]).fill("12")
    page.get_by_label(words["credits"]).fill("1.000" if words is SPANISH else "1,000")
    page.get_by_label(words["lines"]).fill("1")
    page.get_by_label(words["comments"]).fill("Antes del verano, por favor.")
    page.get_by_role("button", name=words["send"]).click()


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_account_is_asked_for_accepted_and_active(
    platform: Platform, enter: Enter, language: str
) -> None:
    words = speak(platform, language)
    nuria, elena = enter(platform.nuria), enter(platform.elena)

    ask_for_an_account(nuria, words, "Hotel Lugo 012")
    expect(nuria.get_by_role("status")).to_contain_text("S-20")
    elena.goto("/desk/")
    expect(elena.get_by_role("heading", name=words["queue"], level=1)).to_be_visible()
    elena.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).first.click()
    elena.get_by_role("button", name=words["accept"]).click()
    expect(elena.get_by_role("status")).to_contain_text("Hotel Lugo 012")

    nuria.get_by_role("link", name=words["active"]).click()
    row = nuria.get_by_role("row", name=re.compile("Hotel Lugo 012"))
    today = clock.today("Europe/Madrid")
    end = add_months(today, 12, anchor_day=today.day)
    expect(row.locator(".ends time")).to_have_attribute("datetime", end.isoformat())
    expect(row).to_contain_text("12")
    account = Account.objects.get()
    assert (account.name, account.wallet.balance) == ("Hotel Lugo 012", 1000)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_rejection_reaches_whoever_asked_with_its_reason(
    platform: Platform, enter: Enter, language: str
) -> None:
    words = speak(platform, language)
    nuria, elena = enter(platform.nuria), enter(platform.elena)
    ask_for_an_account(nuria, words, "Hotel Soria 003")

    elena.goto("/desk/")
    elena.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).first.click()
    elena.locator("summary", has_text=words["reject"]).click()
    elena.get_by_role("button", name=words["reject"]).click()
    expect(elena.locator("#reason-error")).to_be_visible()
    elena.get_by_label(words["reason"]).fill("Pida la licencia Avanzada.")
    elena.get_by_role("button", name=words["reject"]).click()
    expect(elena.get_by_role("heading", name=words["queue"], level=1)).to_be_visible()

    nuria.goto(f"/o/{platform.norte.slug}/orders/?show=all")
    expect(nuria.get_by_role("row", name=re.compile("Hotel Soria"))).to_contain_text(
        words["rejected"]
    )
    nuria.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).click()
    expect(nuria.get_by_text("Pida la licencia Avanzada.").first).to_be_visible()


@pytest.mark.parametrize(("language", "script"), [("es", True), ("en", True), ("es", False)])
def test_one_click_renews_and_says_what_it_did_where_it_was_pressed(
    platform: Platform, enter: Enter, language: str, script: bool
) -> None:
    words = speak(platform, language)
    today = clock.today("Europe/Madrid")
    hotel = make.account(
        "Hotel Ribadavia 021",
        organisation=platform.norte,
        starts_on=add_months(
            today + timedelta(days=3), -12, anchor_day=(today + timedelta(days=3)).day
        ),
    )
    end = add_months(hotel.covered_until, 12, anchor_day=hotel.covered_until.day)
    nuria = enter(platform.nuria, java_script_enabled=script)
    elena = enter(platform.elena)
    row = nuria.get_by_role("row", name=re.compile("Hotel Ribadavia 021"))

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    expect(row.get_by_role("button", name=words["renew"])).to_have_accessible_name(
        f"{words['renew']} Hotel Ribadavia 021"
    )
    expect(row).to_contain_text(str(end.year))
    row.get_by_role("button", name=words["renew"]).click()
    expect(row).to_contain_text(words["asked"])
    expect(row.get_by_role("button", name=f"{words['renew']} Hotel")).to_have_count(0)

    row.get_by_role("button", name=words["withdraw"]).click()
    row.get_by_role("button", name=words["renew"]).click()
    elena.goto("/desk/")
    elena.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).first.click()
    elena.get_by_role("button", name=words["accept"]).click()
    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    expect(row).to_contain_text(words["renewed"])
    assert [term.ends_on for term in hotel.terms.order_by("starts_on")][-1] == end


def test_an_expired_account_is_renewed_from_its_zone(platform: Platform, enter: Enter) -> None:
    today = clock.today("Europe/Madrid")
    started = add_months(
        today - timedelta(days=40), -12, anchor_day=(today - timedelta(days=40)).day
    )
    make.account("Hotel Praia 001", organisation=platform.norte, starts_on=started)
    nuria, elena = enter(platform.nuria), enter(platform.elena)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/")
    nuria.get_by_role("link", name="Cuentas expiradas").click()
    row = nuria.get_by_role("row", name=re.compile("Hotel Praia 001"))
    expect(row).to_contain_text("Detenida")
    expect(row).to_contain_text("un año más, desde que se acepte")
    row.get_by_role("button", name="Renovar").click()
    expect(row).to_contain_text("Renovación solicitada")
    elena.goto("/desk/")
    elena.get_by_role("link", name=re.compile(r"^S-\d{4}-\d{4}$")).first.click()
    elena.get_by_role("button", name="Aceptar").click()

    nuria.get_by_role("link", name="Cuentas activas").click()
    end = add_months(today, 12, anchor_day=today.day)
    expect(nuria.get_by_role("row", name=re.compile("Hotel Praia 001"))).to_contain_text(
        written(end)
    )


def test_the_form_shows_its_errors_beside_the_fields_and_loses_nothing(
    platform: Platform, enter: Enter
) -> None:
    make.account("Hotel Lugo 012", organisation=platform.norte)
    nuria = enter(platform.nuria)

    nuria.goto(f"/o/{platform.norte.slug}/accounts/new/")
    nuria.get_by_label("Nombre de la cuenta").fill("hotel LUGO 012")
    nuria.get_by_label("Nombre del cliente").fill("Muralla")
    nuria.get_by_label("NIF").fill("B1234567X")
    nuria.get_by_label("Sector").select_option(label="Hoteles")
    nuria.get_by_label("Medidores (Mtr)").fill("3")
    nuria.get_by_label("Periodo (meses)").fill("0")
    nuria.get_by_role("button", name="Crear nueva cuenta").click()

    expect(nuria.get_by_role("alert")).to_contain_text("Falta corregir 4 datos")
    for wrong in ("Nombre de la cuenta", "NIF", "Medidores (Mtr)", "Periodo (meses)"):
        expect(nuria.get_by_label(wrong)).to_have_attribute("aria-invalid", "true")
    nuria.get_by_label("NIF").fill("")
    nuria.get_by_label("Periodo (meses)").fill("12")
    nuria.get_by_role("button", name="Crear nueva cuenta").click()
    expect(nuria.get_by_label("Medidores (Mtr)")).to_have_attribute("aria-invalid", "true")
    expect(nuria.get_by_label("Medidores (Mtr)")).to_have_value("3")
    nuria.get_by_label("Medidores (Mtr)").fill("10")
    nuria.get_by_role("button", name="Crear nueva cuenta").click()
    expect(nuria.get_by_label("Nombre de la cuenta")).to_have_attribute("aria-invalid", "true")
    expect(nuria.get_by_label("Nombre del cliente")).to_have_value("Muralla")


def test_the_consequence_keeps_in_step_with_the_form(platform: Platform, enter: Enter) -> None:
    nuria = enter(platform.nuria)
    today = clock.today("Europe/Madrid")

    nuria.goto(f"/o/{platform.norte.slug}/accounts/new/")
    says = nuria.locator("#foreseen .says")
    expect(nuria.get_by_label("Medidores (Mtr)")).to_have_value("10")
    nuria.get_by_label("Medidores (Mtr)").fill("12")
    nuria.get_by_label("Periodo (meses)").fill("6")
    end = add_months(today, 6, anchor_day=today.day)
    expect(says).to_contain_text("12 medidores y 5 CUPS durante 6 meses")
    expect(says).to_contain_text(str(end.year))
    nuria.get_by_label("Starter DP").check()

    expect(says).to_contain_text("250 DP durante 6 meses")
    expect(nuria.get_by_label("Medidores (Mtr)")).to_be_hidden()
    expect(nuria.get_by_label("Data points (DP)")).to_have_value("250")
