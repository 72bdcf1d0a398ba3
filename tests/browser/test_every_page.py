from datetime import timedelta
from io import BytesIO

import pytest

from tests import make
from tests.browser.conftest import Enter, Platform, faults
from tests.collection.lines import call_of, called_line, hours, line_of, waiting_call
from tests.metering.calculated import calculated, plus
from tests.readings.stored import CURVES
from tests.web.readings.uploads import packed
from vatio import clock
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.dates import add_months
from vatio.downloads import running
from vatio.downloads.models import Download
from vatio.metering import installing, retiring, sites, tokens
from vatio.metering.models import CalculatedSeries, SourceDevice
from vatio.notifications.models import Message
from vatio.orders import deciding
from vatio.people import one_time_links
from vatio.portfolios import drafts
from vatio.portfolios.models import ImportDraft
from vatio.readings import deliveries, pending, rejecting, storing_drafts
from vatio.readings import drafts as curves
from vatio.readings.files.curves import CurveOptions
from vatio.readings.models import Delivery, ReadingsDraft
from vatio.readings.pending import HeldReading
from vatio.readings.ranks import Origin
from vatio.tenants.models import Person
from vatio.units import Quantities

TALL = 900
UNKNOWN = "CUADRO" * 20
"""A device id as long as any, without a place to break it."""

PORTFOLIO = """Cuenta;Cliente;Licencia;Mtr;Inicio;Fin;Otra
Nave Sil;Muralla;La de antes;12;01/02/2026;01/02/2027;x
Nave Miño;Muralla;Básica Mtr;12;01/02/2026;01/02/2027;x
""".encode()


def furnish(platform: Platform) -> Account:
    today = clock.today("Europe/Madrid")
    for name, days in (
        ("Hotel Ribadavia 021", 3),
        ("Bodega Val de Rei 033", 20),
        ("Colegio As Pontes", 90),
        ("Gimnasio Fontán 009", -5),
        ("Ayuntamiento de Valdeluz y de las aldeas de la montaña", -60),
    ):
        end = today + timedelta(days=days)
        make.account(
            name, organisation=platform.norte, starts_on=add_months(end, -12, anchor_day=end.day)
        )
    hotel = Account.objects.get(name="Hotel Ribadavia 021")
    make.renewal_order(hotel, by=platform.nuria, at=clock.now())
    make.opening_order(platform.norte, "Camping Playa Boa 040", by=platform.nuria, at=clock.now())
    rejected = make.opening_order(
        platform.norte, "Camping Playa Boa", by=platform.nuria, at=clock.now()
    )
    deciding.reject(rejected, reason="Pida otra licencia.", by=platform.elena, at=clock.now())
    for name, state in (("cuentas.xlsx", "waiting"), ("otras.xlsx", "done")):
        begun = running.ask(
            Download.Kind.ACCOUNTS,
            by=platform.nuria,
            at=clock.now(),
            file_name=name,
            content_type="application/x",
            rows=100_000,
            organisation=platform.norte,
            what={"name": name},
        )
        kept = clock.now() if state == "done" else None
        Download.objects.filter(pk=begun.pk).update(state=state, done=70_000, kept_until=kept)
    drafts.keep(platform.norte, "cartera.csv", PORTFOLIO, by=platform.elena, at=clock.now())
    running.carry_on(
        running.ask(
            Download.Kind.ACCOUNTS,
            by=platform.nuria,
            at=clock.now(),
            file_name=f"{'cuentas_' * 12}.xlsx",
            content_type="application/x",
            rows=1,
            organisation=platform.norte,
            what={},
        ).pk,
        writers={"accounts": lambda begun, tell: BytesIO(b"x")},
        real=clock.now,
        now=clock.now,
    )
    install(hotel, by=platform.nuria)
    add_lines(hotel, by=platform.nuria)
    bring_readings(hotel, by=platform.nuria)
    return hotel


def bring_readings(hotel: Account, *, by: Person) -> None:
    at = clock.now()
    for name in ("errores.csv", "matriz_octubre.csv", "largo_kw_marzo.tsv"):
        content = (CURVES / name).read_bytes()
        draft = curves.keep(hotel, name, content, by=by, at=at)
        curves.settle(draft, CurveOptions(), {"create": True}, at=at)
    for name, files in (("hecho.csv", ["errores.csv"]), ("todo.zip", ["errores.csv", "F5D"])):
        content = packed(dict.fromkeys(files, CURVES / "errores.csv"))
        draft = curves.keep(hotel, name, content, by=by, at=at)
        storing_drafts.begin(draft, by=by, now=clock.now)
    storing_drafts.carry_on(
        hotel.pk, ReadingsDraft.objects.get(file_name="hecho.csv").uid, now=clock.now
    )
    deliveries.open_file(hotel.pk, origin=Origin.FILE, name="x.csv", sha256="", by_id=by.pk, at=at)


def readings_of(hotel: Account) -> list[str]:
    base = f"/accounts/{hotel.uid}/readings/"
    uids = ReadingsDraft.objects.filter(account_id=hotel.pk).values_list("uid", flat=True)
    delivery = f"{base}deliveries/{Delivery.objects.earliest('id').id}/"
    files = [f"{base}import/", *(f"{base}import/{uid}/" for uid in uids)]
    quality = f"/accounts/{hotel.uid}/consumption/data-quality/"
    return [*files, f"{base}deliveries/", delivery, f"{delivery}take-back/", quality]


def installed(hotel: Account) -> list[str]:
    """Return the pages of things that `install` made, below the page of the installation."""
    point, meter = hotel.supplypoints.earliest("pk"), hotel.meters.earliest("pk")
    site = hotel.sites.earliest("pk")
    return [
        *(f"{kind}/new/" for kind in ("supply-points", "meters", "data-points", "sources")),
        f"sites/{site.uid}/",
        f"sites/{site.uid}/remove/",
        *calculated_of(hotel),
        "lines/new/",
        *lines_of(hotel),
        f"supply-points/{point.uid}/",
        f"meters/{meter.uid}/",
        f"meters/{meter.uid}/device/",
        f"sources/{hotel.datasources.get().uid}/",
        "waiting/",
        f"sources/{hotel.datasources.get().uid}/accept/?did={UNKNOWN}",
    ]


def install(hotel: Account, *, by: Person) -> None:
    at = clock.now()
    place = None
    for name in ("Campus norte", "Edificio de las habitaciones con nombre muy largo", "Cocina"):
        place = sites.add_site(hotel, sites.SiteDetails(name, parent=place), by=by, at=at)
    supply = make.supply_point(hotel, "Cocina", cups="ES0021000000000001RK0F", at=at)
    make.supply_point(hotel, "Garaje", at=at)
    details = installing.MeterDetails(
        "Contador de cocina", serial="Z1", site=place, measures=installing.Measures(supply)
    )
    meter = installing.add_meter(hotel, details, by=by, at=at)
    source, _token = tokens.add_with_token(
        hotel, name="Pasarela", kind="insertion", by=by, at=at, issued_at=at
    )
    SourceDevice.objects.create(
        account=hotel, organisation=hotel.organisation, source=source, did="7-A", meter=meter
    )
    measured = installing.add_data_point(
        meter, quantity=402, minutes=15, source=source, by=by, at=at
    )
    calculated(hotel, [plus(measured)], name="Resto del edificio sin su cocina ni su garaje", at=at)
    for code in (402, 301, 999):
        reading = HeldReading(0, UNKNOWN, code, at.timestamp(), 48_212.182)
        pending.hold(hotel.pk, source.pk, [reading], at=at)
    pending.hold(hotel.pk, source.pk, [HeldReading(0, "VIEJO", 402, 0, 1)], at=at)
    rejecting.reject(source, "VIEJO", None, by=by, at=at)
    for number in range(9):
        retired = make.meter(hotel, f"Contador {number}", at=at)
    retiring.retire(retired, by=by, at=at)


def add_lines(hotel: Account, *, by: Person) -> None:
    """Add a line with calls and gaps, one that fails, one that waits, and one not set up."""
    today = clock.today("Europe/Madrid")
    at = clock.now() - timedelta(hours=9)
    four = Quantities(rtc_lines=4)
    adjusting.adjust_quantities(hotel, four, reason="x", by=make.commercial(), at=clock.now())
    good = called_line(hotel, "Acometida", until=today, at=clock.now())
    hours(good, [today - timedelta(days=2)], lacking={today - timedelta(days=2): 5})
    call_of(good, "engaged", at=at - timedelta(minutes=9))
    call_of(good, at=at, drift=-75)
    call_of(called_line(hotel, "Bodega", until=today, at=clock.now()), "no_carrier", at=at)
    waiting_call(
        called_line(hotel, "Cubierta", at=clock.now()), at=clock.now() - timedelta(minutes=2), by=by
    )
    line_of(hotel, "Depósito", at=clock.now())


def lines_of(hotel: Account) -> list[str]:
    return [f"lines/{each.uid}/" for each in hotel.rtclines.order_by("pk")]


def calculated_of(hotel: Account) -> list[str]:
    uid = CalculatedSeries.objects.get(account=hotel).uid
    onward = ("", "change/", "remove/")
    return ["calculated/new/", *(f"calculated/{uid}/{each}" for each in onward)]


def installation_of(hotel: Account) -> list[str]:
    lists = ("supply-points", "meters", "data-points", "lines", "sources", "calculated")
    base = f"/accounts/{hotel.uid}/installation/"
    return [base, f"{base}?q=cocina", f"{base}?q=nada", *(f"{base}{each}/" for each in lists)]


def pages(platform: Platform, hotel: Account) -> dict[str, list[str]]:
    slug = platform.norte.slug
    order = hotel.orders.get()
    version = make.licence("Básica Mtr")
    ended = Account.objects.get(name__startswith="Ayuntamiento")
    return {
        "nuria": [
            f"/o/{slug}/accounts/",
            f"/o/{slug}/accounts/?q=nada",
            f"/o/{slug}/accounts/expired/",
            f"/o/{slug}/renewals/",
            f"/o/{slug}/renewals/?month={clock.today('Europe/Madrid'):%Y-%m}",
            f"/o/{slug}/accounts/new/",
            f"/o/{slug}/orders/",
            f"/o/{slug}/orders/?show=all",
            f"/o/{slug}/people/",
            f"/accounts/{hotel.uid}/",
            f"/accounts/{hotel.uid}/expand/",
            f"/accounts/{hotel.uid}/licence/",
            f"/accounts/{hotel.uid}/?on=2020-01-01",
            f"/accounts/{hotel.uid}/configure/",
            f"/accounts/{hotel.uid}/people/",
            f"/accounts/{hotel.uid}/contract/",
            f"/accounts/{hotel.uid}/sms/",
            f"/accounts/{hotel.uid}/overview/",
            f"/accounts/{hotel.uid}/alerts/",
            f"/accounts/{hotel.uid}/alerts/new/",
            f"/o/{slug}/portfolio/",
            f"/o/{slug}/portfolio/?state=expired",
            *installation_of(hotel),
            *(f"/accounts/{hotel.uid}/installation/{page}" for page in installed(hotel)),
            *readings_of(hotel),
            f"/orders/{order.uid}/",
            "/exports/",
            *(f"/exports/{each.uid}/" for each in Download.objects.all()),
            "/profile/",
            "/notices/",
            "/notices/?show=unread&kind=questions",
            "/help/",
            "/nothing/here/",
            "/desk/",
        ],
        "elena": [
            "/desk/",
            "/desk/?state=decided",
            "/desk/organisations/",
            "/desk/new-organisation/",
            f"/desk/organisations/{slug}/",
            "/desk/licences/",
            "/desk/licences/new/",
            f"/desk/licence-versions/{version.uid}/",
            f"/orders/{order.uid}/",
            f"/accounts/{hotel.uid}/",
            f"/accounts/{hotel.uid}/overview/",
            f"/accounts/{hotel.uid}/adjust/",
            f"/accounts/{hotel.uid}/delete/",
            f"/accounts/{ended.uid}/",
            f"/accounts/{ended.uid}/delete/",
            "/desk/accounts/",
            "/desk/accounts/expired/",
            "/desk/renewals/",
            "/desk/people/",
            "/desk/messages/",
            "/desk/sms/",
            "/desk/lines/",
            "/desk/lines/?q=nada",
            "/desk/lines/modems/",
            f"/accounts/{hotel.uid}/sms/",
            f"/desk/messages/{Message.objects.filter(secret=False).latest('id').pk}/",
            "/exports/",
            "/desk/imports/",
            f"/desk/imports/{ImportDraft.objects.get().uid}/",
        ],
        "marta": [
            "/my-accounts/",
            "/notices/",
            f"/accounts/{hotel.uid}/",
            f"/accounts/{hotel.uid}/people/",
            f"/accounts/{hotel.uid}/contract/",
            *installation_of(hotel),
        ],
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000, 1440])
def test_no_page_has_a_fault_that_axe_knows_and_none_scrolls_sideways(
    platform: Platform, enter: Enter, scheme: str, width: int
) -> None:
    hotel = furnish(platform)
    addresses = pages(platform, hotel)
    found = {}

    marta = make.holder(hotel)
    make.role(Account.objects.get(name="Colegio As Pontes"), marta, "viewer")
    people = {"nuria": platform.nuria, "elena": platform.elena, "marta": marta}

    for who, person in people.items():
        page = enter(
            person,
            color_scheme=scheme,
            viewport={"width": width, "height": TALL},
            reduced_motion="reduce",
        )
        for address in addresses[who]:
            page.goto(address)
            told = faults(page)
            if told:
                found[f"{who} {address}"] = told

    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ways_in_have_no_faults_either(platform: Platform, page, scheme: str) -> None:
    _link, token = one_time_links.invite(
        platform.norte, "ana@norte.example", by=platform.elena, at=clock.now()
    )
    page.emulate_media(color_scheme=scheme)
    found = {}

    for address in ("/sign-in/", "/sign-in/forgotten/", f"/invitation/{token}/", "/invitation/x/"):
        page.goto(platform.address + address)
        told = faults(page)
        if told:
            found[address] = told

    assert found == {}


def test_a_page_is_reached_and_left_by_keyboard_alone(platform: Platform, enter: Enter) -> None:
    page = enter(platform.nuria)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ir al contenido"
    page.get_by_role("button", name="Menú de Nuria Vidal").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Gestionar cuentas"
    page.keyboard.press("Escape")
    assert page.get_by_role("link", name="Gestionar cuentas").is_hidden()
