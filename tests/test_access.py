import ast
import hashlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils.http import int_to_base36

from tests import make
from tests.alerts import filled
from tests.metering.calculated import calculated
from tests.metering.inventory.workbooks import written
from vatio import clock
from vatio.accounts.models import Account
from vatio.alerts.models import AlertEpisode
from vatio.catalogue import publishing
from vatio.downloads import running as downloads
from vatio.downloads.models import Download
from vatio.metering import installing, retiring, tokens
from vatio.metering.inventory import drafts as inventories
from vatio.metering.models import (
    CalculatedSeries,
    DataSource,
    InventoryDraft,
    Meter,
    RtcLine,
    Site,
    SupplyPoint,
)
from vatio.metering.sites import SiteDetails, add_site
from vatio.notifications.models import Message
from vatio.notifications.queueing import Recipient, queue
from vatio.orders import bulk_renewing
from vatio.orders.models import BulkRenewal, Order
from vatio.people import one_time_links
from vatio.portfolios import drafts
from vatio.portfolios.models import Import, ImportDraft
from vatio.readings import deliveries, keeping, pending
from vatio.readings import drafts as curves
from vatio.readings.models import Delivery, ReadingsDraft
from vatio.readings.pending import HeldReading
from vatio.readings.ranks import Origin
from vatio.tenants.models import Organisation, Person
from vatio.web.shell import stylesheet

pytestmark = pytest.mark.django_db

PORTFOLIO = """Cuenta;Cliente;Licencia;Mtr;Inicio;Fin
Nave;Nadie;Básica Mtr;12;01/02/2026;01/02/2027""".encode()
CURVE = b"CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion\n"
IN, OUT, NO, GONE, TO = 200, "sign-in", 403, 404, 302
LOST, REFUSED, UNFIT = 410, 409, 422
OF_READINGS = ("readings_", "deliver")
OF_CURVES = ("data_quality",)
NO_PAGE = 405  # A door for programs, which carry a token: tests/api.


@dataclass
class World:
    """One platform: an organisation with an account and orders, and a person of each role."""

    norte: Organisation
    account: Account
    order: Order
    opening: Order
    draft: object
    invitation: object
    running: Import
    download: Download
    bulk_renewal: BulkRenewal
    site: Site
    meter: Meter
    line: RtcLine
    supply_point: SupplyPoint
    source: DataSource
    calculated: CalculatedSeries
    retired: Meter
    episode: AlertEpisode
    people: dict[str, Person | None]


ROLES = (
    "anybody",
    "nobody yet",
    "commercial",
    "superadmin",
    "of another",
    "administrator",
    "viewer",
)

# What each role gets for each page: a GET unless its name begins with POST.
# The roles: not signed in · signed in without a role · commercial · SuperAdministrator of the
# organisation · SuperAdministrator of another organisation · administrator and viewer of the
# account.
TABLE: dict[str, tuple[object, ...]] = {
    "home": (OUT, IN, TO, TO, TO, TO, TO),
    "account_login": (IN, TO, TO, TO, TO, TO, TO),
    "account_logout": (TO, IN, IN, IN, IN, IN, IN),
    "account_reset_password": (IN, IN, IN, IN, IN, IN, IN),
    "forgotten_sent": (IN, IN, IN, IN, IN, IN, IN),
    "POST language": (TO, TO, TO, TO, TO, TO, TO),
    "profile": (OUT, IN, IN, IN, IN, IN, IN),
    "POST telephone_ask": (OUT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT),
    "POST telephone_confirm": (OUT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT),
    "POST telephone_take_away": (OUT, TO, TO, TO, TO, TO, TO),
    "POST quiet_hours": (OUT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT),
    "POST news_choice": (OUT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT, UNFIT),
    "notices": (OUT, IN, IN, IN, IN, IN, IN),
    "notice": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "POST notice_mark": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "POST notices_mark_all": (OUT, TO, TO, TO, TO, TO, TO),
    "POST notices_undo": (OUT, TO, TO, TO, TO, TO, TO),
    "healthz": (IN, IN, IN, IN, IN, IN, IN),
    "readyz": (IN, IN, IN, IN, IN, IN, IN),
    "readings": (NO_PAGE,) * 7,
    "api_readings": (NO_PAGE,) * 7,
    "sms_receipts": (GONE,) * 7,
    "robots": (IN, IN, IN, IN, IN, IN, IN),
    "stylesheet": (IN, IN, IN, IN, IN, IN, IN),
    "accounts": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "accounts_expired": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "desk_accounts": (OUT, NO, IN, NO, NO, NO, NO),
    "desk_accounts_expired": (OUT, NO, IN, NO, NO, NO, NO),
    "portfolio": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "renewals": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "desk_renewals": (OUT, NO, IN, NO, NO, NO, NO),
    "POST calendar_make": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "POST calendar_take_back": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "calendar": (GONE, GONE, GONE, GONE, GONE, GONE, GONE),
    "POST accounts_renew": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "bulk_renewal": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "POST columns": (OUT, TO, TO, TO, TO, TO, TO),
    "account_configure": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "account_adjust": (OUT, NO, IN, NO, NO, NO, NO),
    "account_delete": (OUT, NO, IN, NO, NO, NO, NO),
    "POST account_export": (OUT, NO, IN, NO, NO, NO, NO),
    "POST account_leaving": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "account": (OUT, GONE, IN, IN, GONE, IN, IN),
    "contract": (OUT, GONE, IN, IN, GONE, IN, IN),
    "account_sms": (OUT, GONE, IN, IN, GONE, IN, IN),
    "desk_sms": (OUT, NO, IN, NO, NO, NO, NO),
    "overview": (OUT, GONE, IN, IN, GONE, IN, IN),
    "consumption": (OUT, GONE, IN, IN, GONE, IN, IN),
    "curve_data": (OUT, GONE, IN, IN, GONE, IN, IN),
    "consumption_download": (OUT, GONE, IN, IN, GONE, IN, IN),
    "heat_map": (OUT, GONE, IN, IN, GONE, IN, IN),
    "installation": (OUT, GONE, IN, IN, GONE, IN, IN),
    "installation_supply_points": (OUT, GONE, IN, IN, GONE, IN, IN),
    "installation_meters": (OUT, GONE, IN, IN, GONE, IN, IN),
    "installation_data_points": (OUT, GONE, IN, IN, GONE, IN, IN),
    "installation_lines": (OUT, GONE, IN, IN, GONE, IN, IN),
    "installation_sources": (OUT, GONE, IN, IN, GONE, IN, IN),
    "installation_waiting": (OUT, GONE, IN, IN, GONE, IN, IN),
    "POST account_renew": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "POST renewal_undo": (OUT, GONE, TO, TO, GONE, GONE, GONE),
    "account_expand": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "account_expand_foreseen": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "account_upgrade": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "account_new": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "account_new_foreseen": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "orders": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "order": (OUT, GONE, IN, IN, GONE, GONE, GONE),
    "POST order_withdraw": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "POST order_accept": (OUT, NO, TO, NO, NO, NO, NO),
    "POST order_reject": (OUT, NO, REFUSED, NO, NO, NO, NO),
    "POST order_comment": (OUT, GONE, TO, TO, GONE, GONE, GONE),
    "POST order_note": (OUT, NO, TO, NO, NO, NO, NO),
    "POST order_take": (OUT, NO, TO, NO, NO, NO, NO),
    "desk": (OUT, NO, IN, NO, NO, NO, NO),
    "organisations": (OUT, NO, IN, NO, NO, NO, NO),
    "organisation_new": (OUT, NO, IN, NO, NO, NO, NO),
    "organisation": (OUT, NO, IN, NO, NO, NO, NO),
    "POST organisation_trust": (OUT, NO, TO, NO, NO, NO, NO),
    "people": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "POST invitation_withdraw": (OUT, GONE, TO, TO, GONE, GONE, GONE),
    "licences": (OUT, NO, IN, NO, NO, NO, NO),
    "licence_new": (OUT, NO, IN, NO, NO, NO, NO),
    "POST licence_next": (OUT, NO, TO, NO, NO, NO, NO),
    "licence_version": (OUT, NO, IN, NO, NO, NO, NO),
    "POST licence_publish": (OUT, NO, TO, NO, NO, NO, NO),
    "POST licence_retire": (OUT, NO, TO, NO, NO, NO, NO),
    "invitation": (LOST, LOST, LOST, LOST, LOST, LOST, LOST),
    "first_use": (LOST, LOST, LOST, LOST, LOST, LOST, LOST),
    "new_password": (LOST, LOST, LOST, LOST, LOST, LOST, LOST),
    "my_accounts": (OUT, IN, IN, IN, IN, IN, IN),
    "account_people": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST account_people_change": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "site_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "site": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "site_remove": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "supply_point_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "supply_point_change": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "contract_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "meter_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "meter_change": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "meter_device": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "data_point_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "line_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "line": (OUT, GONE, IN, IN, GONE, IN, IN),
    "line_change": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST line_call": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST line_withdraw": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "desk_lines": (OUT, NO, IN, NO, NO, NO, NO),
    "desk_modems": (OUT, NO, IN, NO, NO, NO, NO),
    "source_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "source": (OUT, GONE, IN, IN, GONE, IN, IN),
    "source_change": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "installation_calculated": (OUT, GONE, IN, IN, GONE, IN, IN),
    "calculated": (OUT, GONE, IN, IN, GONE, IN, IN),
    "calculated_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "calculated_change": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "calculated_remove": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST calculated_version_remove": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "source_accept": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST source_reject": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST source_take_back": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST source_rotate": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST meter_no_change": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST source_revoke": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "supply_point": (OUT, GONE, IN, IN, GONE, IN, IN),
    "meter": (OUT, GONE, IN, IN, GONE, IN, IN),
    "POST thing_retire": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST thing_return": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "inventory_import": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "inventory_draft": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST inventory_carry_out": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST inventory_discard": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "inventory_export": (OUT, GONE, IN, IN, GONE, IN, IN),
    "readings_import": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "readings_draft": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST readings_carry_out": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST readings_discard": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "readings_refused": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "data_quality": (OUT, GONE, IN, IN, GONE, IN, IN),
    "deliveries": (OUT, GONE, IN, IN, GONE, IN, IN),
    "delivery": (OUT, GONE, IN, IN, GONE, IN, IN),
    "delivery_file": (OUT, GONE, GONE, IN, GONE, IN, IN),
    "delivery_take_back": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "alerts": (OUT, GONE, IN, IN, GONE, IN, IN),
    "alerts_download": (OUT, GONE, IN, IN, GONE, IN, IN),
    "alert_episode": (OUT, GONE, IN, IN, GONE, IN, IN),
    "alert_short": (OUT, GONE, TO, TO, GONE, TO, TO),
    "alert_rule": (OUT, GONE, IN, IN, GONE, IN, IN),
    "alert_new": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "alert_change": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "alert_remove": (OUT, GONE, GONE, IN, GONE, IN, GONE),
    "POST alert_mute": (OUT, GONE, GONE, TO, GONE, TO, GONE),
    "POST alert_acknowledge": (OUT, GONE, GONE, TO, GONE, TO, TO),
    "POST people_remove": (OUT, GONE, TO, TO, GONE, GONE, GONE),
    "import_upload": (OUT, NO, IN, NO, NO, NO, NO),
    "import_draft": (OUT, NO, IN, NO, NO, NO, NO),
    "import_running": (OUT, NO, IN, NO, NO, NO, NO),
    "POST import_carry_out": (OUT, NO, TO, NO, NO, NO, NO),
    "POST import_discard": (OUT, NO, TO, NO, NO, NO, NO),
    "import_faults": (OUT, NO, IN, NO, NO, NO, NO),
    "POST demo_advance": (OUT, GONE, GONE, GONE, GONE, GONE, GONE),
    "downloads": (OUT, IN, IN, IN, IN, IN, IN),
    "download": (OUT, GONE, GONE, IN, GONE, GONE, GONE),
    "download_file": (OUT, GONE, GONE, TO, GONE, GONE, GONE),
    "help": (OUT, IN, IN, IN, IN, IN, IN),
    "messages": (OUT, NO, IN, NO, NO, NO, NO),
    "message": (OUT, NO, IN, NO, NO, NO, NO),
    "POST retry_message": (OUT, NO, TO, NO, NO, NO, NO),
    "colleagues": (OUT, NO, IN, NO, NO, NO, NO),
    "POST colleagues_remove": (OUT, NO, TO, NO, NO, NO, NO),
}


@pytest.fixture
def world(kept_world: World) -> World:
    """Give a case the world as it was built, whatever those before it did to theirs."""
    return deepcopy(kept_world)


@pytest.fixture(scope="module")
def kept_world(module_transaction: None) -> World:
    norte = make.organisation("Norte Eficiente")
    nuria = make.superadmin(norte)
    account = make.account("Hotel Lugo 012", organisation=norte)
    make.licence("Avanzada Mtr")
    drafts.keep(norte, "cartera.csv", PORTFOLIO, by=make.commercial(), at=make.NOON)
    sheets = {"Medidores": [["Nombre"], ["Contador"]]}
    inventories.keep(account, "hotel.xlsx", written(sheets), by=nuria, at=clock.now())
    curves.keep(account, "curva.csv", CURVE, by=nuria, at=clock.now())
    digest = hashlib.sha256(CURVE).hexdigest()
    keeping.keep(account.pk, CURVE, sha256=digest, name="curva.csv", at=clock.now())
    deliveries.open_file(
        account.pk, origin=Origin.FILE, name="curva.csv", sha256=digest, at=clock.now()
    )
    running = Import.objects.create(
        organisation=norte,
        file_name="larga.csv",
        asked_by=make.commercial(),
        asked_at=make.NOON,
        rows=1,
    )
    download = downloads.ask(
        Download.Kind.ACCOUNTS,
        by=nuria,
        at=make.NOON,
        file_name="cuentas.xlsx",
        content_type="application/octet-stream",
        rows=1,
        organisation=norte,
        what={"parameters": {}, "expired": False},
    )
    retired = make.meter(account, "Retirado")
    retiring.retire(retired, by=nuria, at=make.NOON)
    source, _secret = tokens.add_with_token(
        account, name="Pasarela", kind="insertion", by=nuria, at=make.NOON, issued_at=make.NOON
    )
    held = HeldReading(0, "7", 402, make.NOON.timestamp(), 1)
    pending.hold(account.pk, source.pk, [held], at=make.NOON)
    measuring = make.meter(account)
    installing.add_data_point(measuring, quantity=402, minutes=15, by=nuria, at=make.NOON)
    episode = filled.fill(account, by=nuria, at=make.NOON)
    link, _token = one_time_links.invite(norte, "ana@norte.example", by=nuria, at=make.NOON)
    queue(
        "account_leaving",
        [Recipient.of(nuria)],
        key="leaving",
        context={
            "account": "Hotel",
            "organisation": "Norte",
            "by": "Nuria",
            "ends_on": "2027-05-03",
            "path": "/help/",
        },
        at=make.NOON,
        organisation=norte,
        account_id=account.pk,
    )
    return World(
        norte=norte,
        account=account,
        order=make.opening_order(norte, "Hotel Soria", by=nuria),
        opening=make.opening_order(norte, "Hotel Teruel", by=nuria),
        draft=publishing.draft(
            "Nueva",
            billing="MTR",
            quantities=make.Quantities(),
            description="",
            by=make.commercial(),
            at=make.NOON,
        ),
        invitation=link,
        running=running,
        download=download,
        bulk_renewal=bulk_renewing.ask(norte, [], by=nuria, at=make.NOON, now=lambda: make.NOON),
        site=add_site(account, SiteDetails("Nave"), by=nuria, at=make.NOON),
        meter=make.meter(account),
        line=retired_line(account),
        episode=episode,
        supply_point=make.supply_point(account),
        source=source,
        calculated=calculated(account),
        retired=retired,
        people={
            "anybody": None,
            "nobody yet": make.person(),
            "commercial": make.commercial("Tomás Arrieta"),
            "superadmin": nuria,
            "of another": make.superadmin(make.organisation("Sur Energía")),
            "administrator": make.holder(account, "administrator"),
            "viewer": make.holder(account, "viewer"),
        },
    )


def retired_line(account: Account) -> RtcLine:
    """Make an RTC line that takes none of what is contracted."""
    return RtcLine.objects.create(
        account=account,
        organisation=account.organisation,
        supply_point=make.supply_point(account),
        meter=make.meter(account),
        service="retired",
        service_since=make.NOON,
        created_at=make.NOON,
    )


def notice_of(world: World) -> Message:
    return Message.objects.exclude(news="").filter(person=world.people["superadmin"]).latest("id")


def address(name: str, world: World) -> str:
    uids: dict[str, object] = {
        "account": world.account.uid,
        "contract": world.account.uid,
        "account_renew": world.account.uid,
        **{name: ImportDraft.objects.get().uid for name in PAGES if name.startswith("import_")},
        "import_running": world.running.uid,
        "download": world.download.uid,
        "download_file": world.download.uid,
        "bulk_renewal": world.bulk_renewal.uid,
        "account_people": world.account.uid,
        "account_people_change": world.account.uid,
        **{name: world.account.uid for name in PAGES if name.startswith("inventory_")},
        "account_configure": world.account.uid,
        "account_sms": world.account.uid,
        "account_adjust": world.account.uid,
        "account_delete": world.account.uid,
        "account_export": world.account.uid,
        "account_leaving": world.account.uid,
        "renewal_undo": world.account.uid,
        "account_expand": world.account.uid,
        "account_expand_foreseen": world.account.uid,
        "account_upgrade": world.account.uid,
        "order": world.order.uid,
        "order_comment": world.order.uid,
        "order_note": world.order.uid,
        "order_take": world.order.uid,
        "order_withdraw": world.order.uid,
        "order_accept": world.order.uid,
        "order_reject": world.order.uid,
        "invitation_withdraw": world.invitation.uid,
        "licence_next": make.licence("Avanzada Mtr").licence.uid,
        "licence_version": world.draft.uid,
        "licence_publish": world.draft.uid,
        "licence_retire": world.draft.uid,
    }
    things = {
        "site": world.site,
        "source": world.source,
        "calculated": world.calculated,
        "supply": world.supply_point,
        "contract": world.supply_point,
        "line": world.line,
    }
    thing = next((each for word, each in things.items() if name.startswith(word)), world.meter)
    uids |= {name: world.account.uid for name in PAGES if name.startswith("installation")}
    uids |= {name: world.account.uid for name in PAGES if name.startswith(OF_READINGS)}
    uids |= {name: world.account.uid for name in PAGES if name.startswith(OF_CURVES)}
    draft: object = InventoryDraft.objects.get().uid
    if name.startswith("readings_"):
        draft = ReadingsDraft.objects.get().uid
    number = Message.objects.filter(secret=False).latest("id").pk
    if name.startswith("deliver"):
        number = Delivery.objects.get().id
    if name == "notice":
        number = notice_of(world).pk
    of_energy = ("overview", "consumption", "curve_data", "consumption_download", "heat_map")
    uids |= dict.fromkeys(of_energy, world.account.uid)
    uids |= {name: world.account.uid for name in PAGES if name.startswith("alert")}
    pattern = PAGES[name]
    route = "/" + str(pattern.pattern)
    if "/installation/" in route:
        uids[name] = world.account.uid
    return (
        route.replace("<slug:slug>", world.norte.slug)
        .replace("download.<str:kind>", "download.csv")
        .replace("<str:kind>", "meters")
        .replace("<uuid:thing>", str((world.retired if name == "thing_return" else thing).uid))
        .replace("<uuid:uid>", str(uids.get(name, uuid4())))
        .replace("<uuid:rule>", str(world.episode.rule.uid))
        .replace("<uuid:episode>", str(world.episode.uid))
        .replace("<str:code>", int_to_base36(world.episode.pk))
        .replace("<int:number>", str(number))
        .replace("<uuid:draft>", str(draft))
        .replace("<str:token>", "not-a-token")
        .replace("<str:version>", stylesheet.version())
    )


def sent(name: str, world: World) -> dict[str, object]:
    """What a form says that names a person, or a token."""
    named = {
        "account_people_change": world.people["viewer"],
        "people_remove": world.people["superadmin"],
        "colleagues_remove": world.people["commercial"],
    }
    person = named.get(name)
    if name == "notice_mark":
        return {"read": notice_of(world).pk}
    if name == "source_revoke":
        return {"token": world.source.tokens.get().pk}
    if name in ("source_accept", "source_reject", "source_take_back"):
        return {"did": "7"}
    return {"person": person.pk} if person else {}


PAGES: dict[str, URLPattern] = {pattern.name: pattern for pattern in get_resolver().url_patterns}


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert {key.removeprefix("POST ") for key in TABLE} == set(PAGES)


def test_every_page_says_who_may_open_it() -> None:
    assert [name for name, page in PAGES.items() if not hasattr(page.callback, "roles")] == []


@pytest.mark.parametrize("key", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_opens_for_whom_the_table_says(
    key: str, role: str, world: World, client: Client
) -> None:
    name = key.removeprefix("POST ")
    person = world.people[role]
    if person is not None:
        client.force_login(person)
    ask: Callable[..., object] = client.post if key.startswith("POST ") else client.get

    answer = ask(address(name, world), sent(name, world))

    expected = TABLE[key][ROLES.index(role)]
    if expected == OUT:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    else:
        assert answer.status_code == expected


@pytest.mark.parametrize("case", ["one", "another"])
def test_no_case_sees_what_another_changed(case: str, world: World, client: Client) -> None:
    client.force_login(world.people["commercial"])
    order = Order.objects.get(pk=world.opening.pk)
    assert (order.state, Account.objects.count()) == ("pending", 1)

    client.post(f"/orders/{order.uid}/accept/")

    order.refresh_from_db()
    assert (order.state, Account.objects.count()) == ("accepted", 2)


@pytest.mark.parametrize("key", [key for key in TABLE if key.startswith("POST ")])
def test_what_changes_something_is_not_done_by_a_link(
    key: str, world: World, client: Client
) -> None:
    person = world.people["commercial" if TABLE[key][3] == NO else "superadmin"]
    client.force_login(person)

    assert client.get(address(key.removeprefix("POST "), world)).status_code == 405


@pytest.mark.parametrize("key", [key for key in TABLE if key.startswith("POST ")])
def test_a_form_without_its_token_is_refused(key: str, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["superadmin"])

    answer = client.post(address(key.removeprefix("POST "), world))

    assert answer.status_code == 403


def names_read_by(page: URLPattern) -> set[str]:
    """Every word of the modules beside a page's that may name what a form or an address sends."""
    folder = Path(inspect.getfile(inspect.unwrap(page.callback))).parent
    words: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.Name):
                words.add(node.id)
    return {each for each in words if re.fullmatch("[a-z][a-z0-9_]{1,20}", each)}


@pytest.fixture
def short_numbers() -> Iterator[None]:
    """Let Python refuse numbers of more than 640 digits, not of 4,300: shorter to send."""
    usual = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    yield
    sys.set_int_max_str_digits(usual)


@pytest.mark.usefixtures("short_numbers")
@pytest.mark.parametrize("key", TABLE)
def test_a_number_of_too_many_digits_breaks_no_page(key: str, world: World, client: Client) -> None:
    name = key.removeprefix("POST ")
    person = world.people["commercial" if TABLE[key][3] == NO else "superadmin"]
    client.force_login(person)
    long = dict.fromkeys(names_read_by(PAGES[name]), "9" * 641)
    long |= {word: value for word, value in sent(name, world).items() if word == "did"}

    asked = [] if key.startswith("POST ") else [client.get(address(name, world), long)]
    answers = [*asked, client.post(address(name, world), long)]

    assert [each.status_code for each in answers if each.status_code >= 500] == []
