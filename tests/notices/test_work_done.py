from io import BytesIO

import pytest

from tests import make
from tests.readings.stored import CURVES
from tests.web.readings.uploads import packed
from vatio.downloads import running
from vatio.downloads.models import Download
from vatio.notifications.models import Message
from vatio.notifications.rendering import title_of
from vatio.orders import bulk_renewing
from vatio.portfolios import drafts
from vatio.portfolios import running as imports
from vatio.readings import drafts as curves
from vatio.readings import storing_drafts
from vatio.readings.files.curves import CurveOptions
from vatio.refusal import Refused
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

PORTFOLIO = "Cuenta;Cliente;Licencia;Mtr;Inicio;Fin\nNave;Nadie;{};12;01/02/2026;01/02/2027"


def told() -> list[tuple[str, Person, str, str]]:
    found = Message.objects.filter(template="work_done").select_related("person").order_by("id")
    return [
        (title_of(each, language="es"), each.person, each.context["path"], each.state)
        for each in found
    ]


def ask(nuria: Person, norte: Organisation) -> Download:
    return running.ask(
        Download.Kind.ACCOUNTS,
        by=nuria,
        at=make.NOON,
        file_name="cuentas.xlsx",
        content_type="application/x",
        rows=1,
        organisation=norte,
        what={},
    )


def test_who_asked_for_a_file_is_told_once_that_it_is_ready_or_why_not() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)

    def refuse(download: Download, tell: running.Tell) -> BytesIO:
        raise Refused("Nada.")

    for writer in (lambda download, tell: BytesIO(b"x"), refuse):
        begun = ask(nuria, norte)
        for _ in range(2):
            running.carry_on(
                begun.pk,
                writers={"accounts": writer},
                real=lambda: make.NOON,
                now=lambda: make.NOON,
            )

    assert told() == [
        ("cuentas.xlsx está listo", nuria, "/exports/", "here"),
        ("cuentas.xlsx no se pudo escribir", nuria, "/exports/", "here"),
    ]


def test_who_imported_a_long_portfolio_is_told_of_its_end() -> None:
    norte, elena = make.organisation(), make.commercial()
    make.licence("Básica Mtr")
    begun = []
    for name in ("una.csv", "otra.csv"):
        content = PORTFOLIO.format("Básica Mtr").encode()
        draft = drafts.keep(norte, name, content, by=elena, at=make.NOON)
        begun.append(imports.ask(draft, rows=1, by=elena, at=make.NOON))

    for each in begun:
        imports.carry_on(each, now=lambda: make.NOON)

    paths = [f"/desk/imports/running/{each.uid}/" for each in begun]
    assert told() == [
        ("una.csv: se importó 1 cuenta", elena, paths[0], "here"),
        ("otra.csv: no se importó nada", elena, paths[1], "here"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_long_bulk_renewal_is_told_and_one_that_was_waited_for_is_not() -> None:
    norte = make.organisation("Norte")
    nuria = make.superadmin(norte)
    asked = [
        (account, account.covered_until)
        for account in (make.account(organisation=norte) for _ in range(12))
    ]
    asked[0] = (asked[0][0], make.NOON.date())

    bulk_renewing.ask(norte, asked[1:3], by=nuria, at=make.NOON, now=lambda: make.NOON)
    assert told() == []
    begun = bulk_renewing.ask(norte, asked, by=nuria, at=make.NOON, now=lambda: make.NOON)
    for _ in range(2):
        bulk_renewing.carry_on(begun, now=lambda: make.NOON)

    path = f"/o/{norte.slug}/rounds/{begun.uid}/"
    assert told() == [("Norte: se solicitaron 9 renovaciones", nuria, path, "here")]
    context = Message.objects.get(template="work_done").context
    assert (context["count"], context["refused"]) == (9, 3)


def test_who_stored_a_long_file_of_readings_is_told_and_of_a_short_one_is_not() -> None:
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)
    short = (CURVES / "errores.csv").read_bytes()
    files = {
        "corto.csv": short,
        "todo.zip": packed({"a.csv": CURVES / "errores.csv", "b.csv": CURVES / "errores.csv"}),
    }

    uids = []
    for name, content in files.items():
        draft = curves.keep(hotel, name, content, by=nuria, at=make.NOON)
        curves.settle(draft, CurveOptions(), {"create": True}, at=make.NOON)
        storing_drafts.begin(draft, by=nuria, now=lambda: make.NOON)
        storing_drafts.carry_on(hotel.pk, draft.uid, now=lambda: make.NOON)
        uids.append(draft.uid)

    ((title, person, path, state),) = told()
    assert title.startswith("todo.zip: ")
    assert (person, state) == (nuria, "here")
    assert path == f"/accounts/{hotel.uid}/readings/import/{uids[1]}/"
