import ast
import importlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

import vatio
from tests import make
from tests.alerts import filled as alerts
from tests.collection.called import call as call_line
from tests.metering.installed import import_inventory, install
from tests.purging.lived import OVER, asked, lived
from tests.readings.devices import gateway
from tests.readings.gateways import gateway as registers
from vatio.accounts import adjusting, configuring, inviting, non_renewal, revoking, undoing
from vatio.accounts.models import Account, AccountRole
from vatio.alerts import making
from vatio.alerts.details import AlertDetails
from vatio.catalogue import publishing
from vatio.consumption import entering
from vatio.history.models import Act
from vatio.history_sentences import SENTENCES, sentence
from vatio.metering import tokens
from vatio.metering.models import Meter
from vatio.orders import assigning, deciding, lapsing
from vatio.people import calendar_links, creating, one_time_links, telephones
from vatio.people.models import Telephone
from vatio.portfolios import importing
from vatio.purging import deleting
from vatio.readings import rejecting, resettling, taking_back
from vatio.readings.models import Delivery, RegisterFinding
from vatio.tenants.models import Organisation

SOURCE = Path(vatio.__file__).resolve().parent
OURS = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
SECRET = "una clave larga 2026"

SPANISH = {
    "consumption.entered": "El departamento comercial consultó su energía",
    "account.adjusted": "Ajuste: +1.200 créditos SMS",
    "alert.acknowledged": "Enterado de un episodio de la alerta: Más de 10 & 20",
    "alert.changed": "Alerta cambiada: Demasiado",
    "alert.made": "Alerta creada: Más de 10 & 20",
    "alert.muted": "Alerta silenciada: Más de 10 & 20",
    "alert.removed": "Alerta eliminada: Demasiado",
    "alert.unmuted": "La alerta vuelve a avisar: Más de 10 & 20",
    "account.configured": "Sector: de «Hoteles» a «Deporte»; Correo de contacto: cambiado",
    "account.imported": "Importada de una hoja de cálculo",
    "account.leaving": "No se va a renovar",
    "account.purged": "Hotel Soria: eliminada para siempre, con 3 acuerdos",
    "account.staying": "Vuelve a poder renovarse",
    "calendar.linked": "Enlace del calendario creado",
    "calendar.unlinked": "Enlace del calendario anulado",
    "colleague.gone": "Se ha quitado a un compañero del departamento comercial",
    "installation.added": "Emplazamiento: se añade «Edificio principal»",
    "installation.changed": "Medidor: se cambia «Contador nuevo»",
    "installation.contracted": "Contrato de suministro añadido: Acometida",
    "installation.device_changed": "Contador cambiado: Contador general, de AB-1 a AB-2",
    "installation.removed": "Emplazamiento: se quita «Caseta»",
    "installation.retired": "Línea RTC: se retira «Acometida»",
    "installation.returned": "Línea RTC: vuelve al servicio «Acometida»",
    "installation.terms_changed": "Cambian los términos de «Todo el edificio» desde el 15 nov 2026",
    "installation.token_issued": "Se crea la clave de «Pasarela»",
    "installation.token_revoked": "Se anula una clave de «Pasarela»",
    "installation.token_rotated": "Se cambia la clave de «Pasarela»",
    "installation.version_removed": (
        "Se quita la versión de «Todo el edificio» que empezaba el 15 nov 2026"
    ),
    "inventory.imported": (
        "Inventario importado de inventario.xlsx: 1 añadidos, 0 cambiados, 0 retirados,"
        " 0 de nuevo en servicio"
    ),
    "line.configured": "Se cambia cómo se llega al contador de la línea RTC de «Acometida»: por IP",
    "line.key_changed": "Se cambia la clave de acceso de la línea RTC de «Acometida»",
    "licence.drafted": "Básica Mtr, versión 1: en borrador",
    "licence.published": "Básica Mtr, versión 1: publicada",
    "licence.retired": "Básica Mtr, versión 1: retirada del catálogo",
    "member.gone": "Se ha quitado a un SuperAdministrador",
    "order.accepted": "Ampliación: aceptada, 2 medidores y 5 créditos SMS",
    "order.lapsed": "Ampliación: caducada",
    "order.let_go": "Vuelve a la cola",
    "order.rejected": "Ampliación: rechazada",
    "order.submitted": "Ampliación: solicitada, 2 medidores",
    "order.taken": "Tomada",
    "order.withdrawn": "Ampliación: retirada",
    "organisation.founded": "Organización creada: Norte",
    "organisation.trusted": "Renueva sin revisión",
    "organisation.untrusted": "Sus renovaciones se revisan",
    "person.first": "Primera persona del departamento comercial",
    "person.invited": "Invitación creada: solo mira",
    "person.joined": "Invitación aceptada: solo mira",
    "person.password_chosen": "Contraseña nueva elegida",
    "person.uninvited": "Invitación retirada",
    "readings.accepted": "Dispositivo 7 de Pasarela aceptado como Cuadro 7, con 1 lectura",
    "readings.change_undone": "Contador general: no hubo otro contador el 25 oct 2026",
    "readings.rejected": "Dispositivo 8 de Pasarela rechazado",
    "readings.taken_back": "Entrega retirada: 7, 1 días",
    "readings.unrejected": "Retirado el rechazo del dispositivo 8 de Pasarela",
    "renewal.undone": "Renovación hasta el 28 feb 2028: deshecha",
    "role.changed": "Papel cambiado: ahora administrador",
    "role.taken": "Papel retirado",
    "telephone.confirmed": "Teléfono confirmado",
    "telephone.taken_away": "Teléfono quitado",
}


class Module:
    """A module as it is written, in which what a call passes on can be followed to its values."""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.calls = [
            (inside, call)
            for inside in ast.walk(self.tree)
            if isinstance(inside, ast.FunctionDef)
            for call in ast.walk(inside)
            if isinstance(call, ast.Call)
        ]

    def recorded(self) -> Iterator[str]:
        """Find every verb that the module writes into the history."""
        for inside, call in self.calls:
            called = ast.unparse(call.func)
            if called == "record":
                yield from self.values(call.args[0], inside)
            elif called == "Act":
                (verb,) = (each.value for each in call.keywords if each.arg == "verb")
                yield from self.values(verb, inside)

    def values(self, node: ast.expr, inside: ast.FunctionDef) -> set[str]:
        """Follow an expression to the texts that it may be."""
        if isinstance(node, ast.Constant):
            return {str(node.value)}
        if isinstance(node, ast.IfExp):
            return self.values(node.body, inside) | self.values(node.orelse, inside)
        if isinstance(node, ast.JoinedStr):
            found = {""}
            for part in node.values:
                found = {a + b for a in found for b in self.values(part, inside)}
            return found
        if isinstance(node, ast.FormattedValue) or getattr(node, "attr", "") == "value":
            return self.values(node.value, inside)  # type: ignore[attr-defined]
        if isinstance(node, ast.Attribute):
            return {str(eval(ast.unparse(node), vars(importlib.import_module(self.name))))}
        assert isinstance(node, ast.Name), ast.dump(node)
        return self._of_name(node.id, inside)

    def _of_name(self, name: str, inside: ast.FunctionDef) -> set[str]:
        found: set[str] = set()
        for each in ast.walk(inside):
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name:
                found |= self.values(each.value, inside)
        places = [argument.arg for argument in inside.args.args]
        callers = [self] if inside.name.startswith("_") else [Module(path) for path in OURS]
        for module in callers if name in places else []:
            for caller, call in module.calls:
                if ast.unparse(call.func) == inside.name:
                    found |= module.values(call.args[places.index(name)], caller)
        assert found, f"{self.name}: {inside.name}: {name}"
        return found


def test_every_verb_that_is_recorded_has_its_sentence_and_no_other_has_one() -> None:
    recorded = {verb for path in OURS for verb in Module(path).recorded()}

    assert recorded == set(SENTENCES)


def test_a_package_words_no_verb_of_another() -> None:
    gathered = [
        verb
        for path in OURS
        if path.name == "acts.py"
        for verb in importlib.import_module(Module(path).name).SENTENCES
    ]

    assert sorted(gathered) == sorted(SENTENCES)


def test_a_verb_of_long_ago_is_shown_as_it_is() -> None:
    assert sentence("account.baptised", {}).words == "account.baptised"


def people_come_and_go(norte: Organisation, hotel: Account) -> None:
    elena, nuria = make.commercial("Elena Cid"), make.superadmin(norte)
    _link, token = inviting.invite_to_account(
        hotel, "marta@norte.example", role=AccountRole.Role.VIEWER, by=nuria, at=make.NOON
    )
    marta = inviting.enter_invited(token, name="Marta", password=SECRET, at=make.NOON)
    role = hotel.roles.get(person=marta)
    revoking.change_role(role, AccountRole.Role.ADMINISTRATOR, by=nuria, at=make.NOON)
    revoking.leave_account(role, by=nuria, at=make.NOON)
    link, _token = one_time_links.invite(norte, "leo@norte.example", by=nuria, at=make.NOON)
    one_time_links.withdraw_invitation(link, by=nuria, at=make.NOON)
    token = one_time_links.password_link(nuria.email, at=make.NOON)
    one_time_links.choose_password(token, password=SECRET, at=make.NOON)
    calendar_links.make(norte, by=nuria, at=make.NOON)
    calendar_links.take_back(norte, by=nuria, at=make.NOON)
    Telephone.objects.create(
        person=nuria,
        asked_number="+34600000001",
        code_hash=telephones.hash_of(nuria, "+34600000001", "123456"),
        code_lapses_at=make.NOON + telephones.VALID,
    )
    telephones.confirm(nuria, "123456", at=make.NOON, real=make.NOON)
    telephones.take_away(nuria, at=make.NOON)
    creating.trust(norte, trusted=True, by=elena, at=make.NOON)
    creating.trust(norte, trusted=False, by=elena, at=make.NOON)
    revoking.leave_organisation(norte.memberships.get(person=nuria), by=elena, at=make.NOON)
    revoking.leave_department(make.commercial(), by=elena, at=make.NOON)


def orders_come_and_go(norte: Organisation, hotel: Account) -> None:
    elena, nuria = make.commercial("Elena Cid"), make.superadmin(norte)
    order = make.expansion_order(hotel, by=nuria, meters=2)
    assigning.take(order, seen=None, by=elena, at=make.NOON)
    assigning.let_go(order, by=elena, at=make.NOON)
    deciding.withdraw(order, by=nuria, at=make.NOON)
    deciding.reject(make.expansion_order(hotel, meters=2), reason="No", by=elena, at=make.NOON)
    deciding.accept(make.expansion_order(hotel, meters=2, sms=5), by=elena, at=make.NOON)
    deciding.accept(make.renewal_order(hotel), by=elena, at=make.NOON)
    hotel.refresh_from_db()
    undoing.undo(hotel, by=elena, at=make.NOON)
    overdue = make.account("Hotel Viejo", organisation=norte, starts_on=date(2025, 9, 1))
    make.expansion_order(overdue, at=make.noon(date(2025, 10, 1)), meters=1)
    lapsing.lapse(at=make.NOON)


def readings_come_and_go() -> None:
    own = gateway()
    own.sends((0, 20), p=301)
    own.sends((0, 20), did="8")
    own.accept({301: 60})
    rejecting.reject(own.source, "8", None, by=own.by, at=make.NOON)
    rejecting.take_back_rejection(own.source, "8", by=own.by, at=make.NOON)
    delivery = Delivery.objects.get(hour=None)
    taking_back.take_back(own.account, delivery.id, by=own.by, at=make.NOON)
    reset_and_back()


def reset_and_back() -> None:
    own = registers(quantity=402)
    Meter.objects.filter(pk=own.meters[0].pk).update(name="Contador general")
    at = make.NOON.timestamp() - 30 * 86_400
    own.insert([(0, at + hour * 3600, value) for hour, value in enumerate((100, 101, 5, 6))])
    found = RegisterFinding.objects.get(account_id=own.account.pk, kind="change")
    resettling.undo_change(
        own.account, found.series_id, found_at=found.at, by=make.commercial(), at=make.NOON
    )


def alerts_come_and_go() -> None:
    own = registers(quantity=402)
    by, at = make.commercial(), make.NOON
    episode = alerts.fill(own.account, by=by, at=at)
    making.acknowledge(episode, by=by, at=at)
    making.mute_alert(episode.rule, until=at + timedelta(days=1), by=by, at=at)
    making.mute_alert(episode.rule, until=None, by=by, at=at)
    details = AlertDetails("Demasiado", threshold=5_000.0)
    making.change_alert(episode.rule, details, recipients=[], by=by, at=at)
    making.remove_alert(episode.rule, by=by, at=at)


@pytest.mark.django_db
def test_the_facts_that_the_rules_record_make_sentences_in_both_languages() -> None:
    first = one_time_links.first_key(at=make.NOON)
    assert first is not None
    one_time_links.enter_first(
        first, name="Ada", email="ada@vatio.example", password=SECRET, at=make.NOON
    )
    norte = make.organisation("Norte")
    hotel = make.account("Hotel Lugo", organisation=norte, starts_on=date(2026, 2, 28))
    people_come_and_go(norte, hotel)
    orders_come_and_go(norte, hotel)
    deciding.accept(make.expansion_order(hotel, rtc_lines=1), by=make.commercial(), at=make.NOON)
    installed = install(hotel, by=make.commercial(), at=make.NOON)
    source = installed.source
    call_line(installed.line, by=make.commercial(), at=make.NOON)
    tokens.rotate(source, by=make.commercial(), at=make.NOON)
    for each in source.tokens.all():
        tokens.revoke(each, by=make.commercial(), at=make.NOON)
    import_inventory(hotel, by=make.commercial(), at=make.NOON)
    readings_come_and_go()
    alerts_come_and_go()
    entering.record_entry(hotel, by=make.commercial(), at=make.NOON)
    details = configuring.Details.of(hotel)
    changed = configuring.Details(**{**vars(details), "sector": "sport", "contact_email": "a@b.es"})
    configuring.configure(hotel, changed, seen=details.mark, by=make.commercial(), at=make.NOON)
    adjusting.adjust_credits(hotel, 1200, reason="Más", by=make.commercial(), at=make.NOON)
    non_renewal.leave(hotel, by=make.commercial(), at=make.NOON)
    non_renewal.stay(hotel, by=make.commercial(), at=make.NOON)
    make.licence("Solar")
    sheet = "Cuenta;Cliente;Licencia;Inicio;Fin\nNave;Nadie;Solar;28/02/2026;28/02/2027"
    plan = importing.plan(norte, sheet.encode(), licences={}, ends="exclusive", at=make.NOON)
    importing.carry_out(plan, by=make.commercial(), at=make.NOON)
    deleting.end(asked(lived("Hotel Soria")).pk, at=OVER)
    publishing.retire(make.licence(), by=make.commercial(), at=make.NOON)

    told: dict[str, dict[str, str]] = {}
    for act in Act.objects.order_by("-id"):
        for language in ("es", "en"):
            with override(language):
                words = sentence(act.verb, act.facts).words
            told.setdefault(act.verb, {})[language] = words

    assert {verb: words["es"] for verb, words in told.items()} == SPANISH
    assert set(SPANISH) == set(SENTENCES)
    assert [verb for verb, words in told.items() if words["es"] == words["en"]] == []
