import io
import logging
import zipfile
from datetime import time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.collection.called import KEY, by_modem, call, details, spellings
from vatio.accounts.models import Account
from vatio.collection.describing import WrongSettings
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.reaching.addresses import NotAllowed, WrongAddress
from vatio.collection.reaching.modems import NoSuchModem
from vatio.collection.sealing import KeyUnreadable
from vatio.collection.setting_up import add_line, change_line, key_of, reseal
from vatio.entitlements.limits import LimitReached
from vatio.entitlements.question import entitlement
from vatio.history.models import Act
from vatio.history_sentences import sentence
from vatio.metering.models import RtcLine
from vatio.people.telephones import NotATelephone
from vatio.purging import exporting
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.units import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Account:
    version = make.licence("Tres", meters=3, supply_points=3, rtc_lines=1)
    return make.account("Hotel Lugo", version=version)


def vigo() -> Account:
    """Make another account that holds a line."""
    return make.account("Hotel Vigo", version=make.licence("Otra", meters=3, rtc_lines=1))


@pytest.fixture
def nuria(hotel: Account) -> Person:
    return make.superadmin(hotel.organisation)


@pytest.fixture(autouse=True)
def _modems(settings) -> None:
    settings.COLLECT_MODEMS = {"Lugo": "/dev/ttyUSB0"}


@pytest.fixture
def line(hotel: Account, nuria: Person) -> RtcLine:
    return added(hotel, nuria)


def added(hotel: Account, by: Person | None, how=None, **options) -> RtcLine:
    point, meter = make.supply_point(hotel, "Acometida"), make.meter(hotel)
    return add_line(point, meter, how or details(), by=by, at=make.NOON, **options)


def stored(line: RtcLine) -> LineSettings:
    return LineSettings.objects.select_related("line").get(line=line)


def test_a_line_is_added_with_how_it_is_called(hotel: Account, nuria: Person) -> None:
    line = added(hotel, nuria, details(host="Meter.Example.org.", night_from=time(23)), lookup=dns)

    settings = stored(line)
    assert (settings.transport, settings.endpoint) == ("ip", "meter.example.org:4001")
    assert (settings.night_from, settings.night_until) == (time(23), time(6))
    assert key_of(settings) == MeterKey(KEY)
    assert entitlement(hotel, at=make.NOON).rooms[Unit.RTC_LINES].left == 0


def dns(name: str) -> list[str]:
    return {"meter.example.org": ["8.8.4.4"], "inside.example.org": ["10.0.0.7"]}.get(name, [])


def test_by_modem_its_number_is_kept_in_one_way(hotel: Account, nuria: Person) -> None:
    settings = stored(added(hotel, nuria, by_modem()))

    assert (settings.telephone, settings.modem) == ("+34982102030", "Lugo")
    assert (settings.host, settings.port, settings.endpoint) == ("", None, "+34982102030")


@pytest.mark.parametrize(
    ("how", "refusal", "field"),
    [
        (details(transport="pigeon"), WrongSettings, "transport"),
        (details(host=" "), WrongSettings, "host"),
        (details(host="2130706433"), WrongAddress, "host"),
        (details(host="127.0.0.1"), NotAllowed, "host"),
        (details(host="inside.example.org"), NotAllowed, "host"),
        (details(port=None), WrongSettings, "port"),
        (details(port=443), WrongAddress, "port"),
        (details(link_address=65536), WrongSettings, "link_address"),
        (details(measuring_point=-1), WrongSettings, "measuring_point"),
        (details(night_from=time(6)), WrongSettings, "night_until"),
        (details(key=None), WrongSettings, "key"),
        (by_modem(telephone=""), WrongSettings, "telephone"),
        (by_modem(telephone="803 12 34 56"), NotATelephone, "telephone"),
        (by_modem(telephone="902 12 34 56"), NotATelephone, "telephone"),
        (by_modem(telephone="+44 20 7946 0958"), NotATelephone, "telephone"),
        (by_modem(telephone="982102030;ATDT803123456"), NotATelephone, "telephone"),
        (by_modem(modem="/dev/ttyUSB0"), NoSuchModem, "modem"),
    ],
)
def test_what_cannot_be_called_is_refused_and_nothing_is_added(
    hotel: Account, nuria: Person, how, refusal: type[Refused], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        added(hotel, nuria, how, lookup=dns)

    assert refused.value.field == field
    assert not RtcLine.objects.exists()
    assert entitlement(hotel, at=make.NOON).rooms[Unit.RTC_LINES].left == 1


def test_a_line_beyond_the_limit_is_refused_and_leaves_no_settings(
    hotel: Account, nuria: Person, line: RtcLine
) -> None:
    with pytest.raises(LimitReached):
        added(hotel, nuria)

    assert LineSettings.objects.get().line == line


def test_a_change_without_a_key_keeps_it(line: RtcLine, nuria: Person) -> None:
    change_line(line, details(link_address=7, key=None), by=nuria, at=make.NOON)

    assert stored(line).link_address == 7
    assert key_of(stored(line)) == MeterKey(KEY)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"host": "8.8.4.4"},
        {"port": 4002},
        {"transport": "modem", "telephone": "982 10 20 30", "modem": "Lugo"},
    ],
    ids=["host", "port", "modem"],
)
def test_a_key_is_sent_nowhere_else_than_where_it_was_written_for(
    line: RtcLine, nuria: Person, elsewhere: dict[str, object]
) -> None:
    before = stored(line)

    with pytest.raises(WrongSettings) as refused:
        change_line(line, details(**elsewhere, key=None), by=nuria, at=make.NOON)

    assert refused.value.field == "key"
    assert (stored(line).endpoint, stored(line).changed_at) == (
        before.endpoint,
        before.changed_at,
    )
    change_line(line, details(**elsewhere), by=nuria, at=make.NOON)
    assert stored(line).endpoint != before.endpoint


def test_another_number_needs_the_key_and_another_modem_does_not(
    settings, line: RtcLine, nuria: Person
) -> None:
    settings.COLLECT_MODEMS = {"Lugo": "/dev/ttyUSB0", "Vigo": "/dev/ttyUSB1"}
    change_line(line, by_modem(), by=nuria, at=make.NOON)

    with pytest.raises(WrongSettings):
        change_line(line, by_modem(telephone="982 10 20 31", key=None), by=nuria, at=make.NOON)
    change_line(line, by_modem(modem="Vigo", key=None), by=nuria, at=make.NOON)

    assert (stored(line).telephone, stored(line).modem) == ("+34982102030", "Vigo")


def test_a_change_of_nothing_is_no_change(line: RtcLine, nuria: Person) -> None:
    before = stored(line)

    change_line(line, details(key=None), by=nuria, at=make.NOON + timedelta(hours=1))

    assert stored(line).changed_at == before.changed_at


def test_the_history_tells_of_a_change_and_of_a_new_key_but_not_which(
    line: RtcLine, nuria: Person
) -> None:
    before = Act.objects.latest("id").pk

    change_line(line, details(), by=nuria, at=make.NOON)
    change_line(line, details(link_address=7, key=None), by=nuria, at=make.NOON)
    change_line(line, details(link_address=7, key=None), by=nuria, at=make.NOON)

    acts = Act.objects.filter(pk__gt=before).order_by("pk")
    assert [(act.verb, sentence(act.verb, act.facts).words) for act in acts] == [
        ("line.key_changed", "Se cambia la clave de acceso de la línea RTC de «Acometida»"),
        (
            "line.configured",
            "Se cambia cómo se llega al contador de la línea RTC de «Acometida»: por IP",
        ),
    ]


def test_a_command_adds_lines_too(hotel: Account) -> None:
    added(hotel, None)

    assert set(Act.objects.filter(account_id=hotel.pk).values_list("rule", flat=True)) >= {
        "command"
    }


def test_a_key_does_not_open_in_the_row_of_another_line(line: RtcLine, nuria: Person) -> None:
    other = added(vigo(), nuria)
    stolen = stored(line).sealed_key

    LineSettings.objects.filter(line=other).update(sealed_key=stolen)

    with pytest.raises(KeyUnreadable):
        key_of(stored(other))


def test_the_database_refuses_a_key_that_is_not_sealed(line: RtcLine) -> None:
    with pytest.raises(IntegrityError, match="the_key_of_a_line_is_sealed"), transaction.atomic():
        LineSettings.objects.filter(line=line).update(sealed_key=KEY.to_bytes(4, "little"))


def test_the_database_ties_settings_to_the_account_of_their_line(line: RtcLine) -> None:
    other = make.account("Hotel Vigo")
    with pytest.raises(IntegrityError), transaction.atomic():
        LineSettings.objects.filter(line=line).update(
            account=other, organisation=other.organisation
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_keys_are_sealed_anew_with_the_first(settings, line: RtcLine, nuria: Person) -> None:
    old, new = b"o" * 32, b"n" * 32
    settings.DATA_KEYS = (old,)
    lost = added(vigo(), nuria)
    LineSettings.objects.filter(line=lost).update(sealed_key=b"\x01" + b"?" * 36)
    change_line(line, details(), by=nuria, at=make.NOON)
    settings.DATA_KEYS = (new, old)

    first, again = reseal(), reseal()

    settings.DATA_KEYS = (new,)
    assert (first, again) == ((1, 1), (0, 1))
    assert key_of(stored(line)) == MeterKey(KEY)


def unpacked(content: bytes) -> bytes:
    """Return all that is in a zip, what is packed in it unpacked too."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"\n".join(unpacked(packed.read(name)) for name in packed.namelist())


def test_the_key_is_in_no_log_refusal_repr_act_export_or_dump(
    hotel: Account, nuria: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connection.force_debug_cursor = True
    line = added(hotel, nuria)
    call(line, by=nuria, at=make.NOON)
    with pytest.raises(LimitReached) as refused:
        added(hotel, nuria)
    connection.force_debug_cursor = False

    row = stored(line)
    with exporting.export(
        hotel, words=lambda column, row: row[column], by=nuria, at=make.NOON
    ) as file:
        export = unpacked(file.read())
    with connection.cursor() as cursor:
        with cursor.copy("COPY collection_linesettings TO STDOUT") as copied:
            dump = [bytes(text).decode() for text in copied]
        cursor.execute("SELECT facts::text FROM history_act")
        acts = [text for (text,) in cursor.fetchall()]
    shown = [
        caplog.text,
        str(refused.value),
        repr(refused.value),
        repr(details()),
        repr(row.__dict__),
        repr(bytes(row.sealed_key)),
        *dump,
        *acts,
        *(repr(query) for query in connection.queries_log),
    ]
    assert len(connection.queries_log) > 10
    assert not [text for text in shown for number in spellings() if number in text]
    assert b"8.8.8.8" in export
    assert not [number for number in spellings() if number.encode() in export]


def test_calls_of_a_line_are_one_at_a_time_and_end_after_they_begin(
    line: RtcLine, nuria: Person
) -> None:
    call(line, by=nuria, at=make.NOON)
    own = {"line": line, "account_id": line.account_id, "organisation_id": line.organisation_id}
    CallAttempt.objects.create(**own, started_at=make.NOON)

    wrong = [
        {"started_at": make.NOON},
        {"started_at": make.NOON, "ended_at": make.NOON},
        {"started_at": make.NOON, "ended_at": make.NOON, "outcome": "eaten"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            CallAttempt.objects.create(**own, **values)


@pytest.mark.parametrize(
    "night_from, night_until, is_short",
    [
        (time(20), time(6), True),
        (time(20), time(6, 1), False),
        (time(0), time(10), True),
        (time(0), time(10, 1), False),
        (time(6), time(5), False),
    ],
)
def test_a_night_has_ten_hours_at_most_by_the_rule_and_in_the_database(
    hotel: Account, nuria: Person, line: RtcLine, night_from, night_until, is_short
) -> None:
    night = {"night_from": night_from, "night_until": night_until}

    refused = []
    try:
        change_line(line, details(**night), by=nuria, at=make.NOON)
    except WrongSettings as problem:
        refused.append(problem.field)
    try:
        with transaction.atomic():
            LineSettings.objects.update(**night)
    except IntegrityError:
        refused.append("database")

    assert refused == ([] if is_short else ["night_until", "database"])
