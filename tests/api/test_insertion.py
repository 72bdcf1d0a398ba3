import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from tests import make
from vatio.accounts.models import Account
from vatio.api import insertion as door
from vatio.api.pace import Pace
from vatio.metering import installing, retiring, tokens
from vatio.metering.models import DataPoint, DataSource, Meter, Series, SourceDevice
from vatio.readings import series as all_series
from vatio.readings.curves import curve
from vatio.readings.models import Day, Delivery, PendingQuantity, PendingReading
from vatio.readings.receiving import partners
from vatio.readings.slots import ONE_DAY
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
BATCH = Path(__file__).parent.parent / "readings" / "curves" / "insercion_octubre.json"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    monkeypatch.setattr(door, "pace", Pace(rate=60, burst=300))


@dataclass
class Gateway:
    """A source with one device and one data point of active energy."""

    account: Account
    by: Person
    source: DataSource
    token: str
    meter: Meter
    point: DataPoint

    def post(self, body: object, **told: str) -> object:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"x-dexcell-source-token": self.token} | told
        kind = headers.pop("content_type", "application/json")
        return Client().post("/readings", text, content_type=kind, headers=headers)

    def said(self, body: object, **told: str) -> dict[str, object]:
        answer = self.post(body, **told)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def intervals(self):
        register = Series.objects.get(data_point=self.point, kind="register")
        key = all_series.find(self.account.pk, [register.pk])
        (into,) = partners(self.account.pk, key, at=NOW.timestamp()).values()
        return into


def gateway(minutes: int = 60, quantity: int = 402, did: str = "CUADRO-1") -> Gateway:
    account = make.account()
    by = make.commercial()
    source, token = tokens.add_with_token(
        account, name="Pasarela", kind="insertion", by=by, at=make.NOON, issued_at=NOW
    )
    meter = make.meter(account)
    SourceDevice.objects.create(
        account=account, organisation=account.organisation, source=source, did=did, meter=meter
    )
    point = installing.add_data_point(
        meter, quantity=quantity, minutes=minutes, source=source, by=by, at=make.NOON
    )
    return Gateway(account, by, source, token, meter, point)


def message(at: str = "2026-10-26T10:00:00+01:00", v: object = 5, p: object = 402, did="CUADRO-1"):
    return {"did": did, "sqn": 1, "ts": at, "values": [{"p": p, "v": v}]}


def test_registers_of_a_day_of_25_hours_become_its_intervals():
    own = gateway()

    said = own.said(BATCH.read_bytes())

    assert said == {"new": 26, "same": 1, "corrected": 0, "held": 0, "refused": []}
    (day,) = curve(own.intervals(), NOW.date() - 2 * ONE_DAY, NOW.date() - ONE_DAY)
    assert len(day.values) == 25
    assert sum(day.values) == 41_431


def test_a_whole_batch_again_changes_nothing():
    own = gateway()
    own.said(BATCH.read_bytes())
    before = list(Day.objects.values())

    said = own.said(BATCH.read_bytes())

    assert said == {"new": 0, "same": 27, "corrected": 0, "held": 0, "refused": []}
    assert list(Day.objects.values()) == before
    delivery = Delivery.objects.get()
    assert (delivery.new, delivery.same) == (26, 28)


@pytest.mark.parametrize("header", ["x-dexcell-source-token", "Authorization"])
def test_an_empty_batch_tries_the_credentials(header):
    own = gateway()
    text = own.token if header.startswith("x-") else f"Bearer {own.token}"

    answer = Client().post(
        "/api/v1/readings", b"[]", content_type="application/json", headers={header: text}
    )

    assert (answer.status_code, answer.content) == (200, b"OK")
    assert own.source.tokens.get().last_seen_at == NOW


@pytest.mark.parametrize("token", ["", "vts_", "vts_" + "A" * 43, "ñ" * 10, "x" * 5_000])
def test_nobody_gets_in_with_a_wrong_token(token):
    own = gateway()

    answer = own.post([message()], **{"x-dexcell-source-token": token.encode().decode("latin-1")})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert not Day.objects.exists()


def test_a_revoked_token_is_a_wrong_one():
    own = gateway()
    tokens.revoke(own.source.tokens.get(), by=own.by, at=NOW)

    assert own.post([message()]).status_code == 401


def test_an_expired_account_takes_readings_while_its_grace_lasts():
    own = gateway()
    end = own.account.covered_until

    with time_machine.travel(datetime(end.year, end.month, end.day, 12, tzinfo=UTC)):
        during = own.post([message(f"{end - ONE_DAY}T10:00:00+01:00")])
    with time_machine.travel(
        datetime(end.year, end.month, end.day, 12, tzinfo=UTC) + timedelta(31)
    ):
        after = own.post([message(f"{end}T10:00:00+01:00")])

    assert during.status_code == 200
    assert after.status_code == 403
    assert str(end.year) in after.json()["detail"]


def test_a_device_of_another_account_is_unknown_here():
    own, other = gateway(did="MINE"), gateway(did="THEIRS")

    said = own.said([message(did="THEIRS")])

    assert (said["new"], said["held"]) == (0, 1)
    assert not Day.objects.exists()
    waiting = PendingQuantity.objects.get()
    assert (waiting.account_id, waiting.did) == (own.account.pk, "THEIRS")
    assert other.account.pk != own.account.pk


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (message(v=1e308), "not_finite"),
        (message(v=-1), "negative"),
        (message("2016-10-20T00:00:00Z"), "too_old"),
        (message("2026-10-28T10:00:00Z"), "ahead"),
        (message("0001-01-01T00:00:00Z"), "too_old"),
        (message("9999-12-31T23:59:59-12:00"), "ahead"),
        (message("2026-10-26T10:00:00"), "malformed"),
        (message("31/10/2026"), "malformed"),
        (message(v="12"), "malformed"),
        (message(v=None), "malformed"),
        (message(p=-1), "malformed"),
        (message(did=""), "malformed"),
        (message(did="a\x00b"), "malformed"),
        (message(did="x" * 121), "malformed"),
        ({"did": "CUADRO-1"}, "malformed"),
        (5, "malformed"),
    ],
)
def test_what_is_wrong_is_refused_and_hides_nothing(body, code):
    own = gateway()

    said = own.said([message(), body, message("2026-10-26T11:00:00+01:00", 9)])

    assert said["new"] == 2
    assert [(each["index"], each["code"]) for each in said["refused"]] == [(1, code)]
    assert all(each["why"] for each in said["refused"])


@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_numbers_that_are_none_are_refused_one_by_one(text):
    own = gateway()
    body = json.dumps([message(), message("2026-10-26T11:00:00+01:00", 77)]).encode()

    said = own.said(body.replace(b"77", text))

    assert said["new"] == 1
    assert [(each["index"], each["p"], each["code"]) for each in said["refused"]] == [
        (1, 402, "not_finite")
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"5", b'"x"', b"[" * 100_000, b"\xff\xfe", b"null"])
def test_what_is_no_list_of_messages_is_422(body):
    assert gateway().post(body).status_code == 422


def test_a_body_in_gzip_is_inflated_up_to_10_mib():
    own = gateway()
    packed = {"Content-Encoding": "gzip"}

    assert own.said(gzip.compress(BATCH.read_bytes()), **packed)["new"] == 26
    assert own.post(gzip.compress(b" " * 11 * 2**20), **packed).status_code == 413
    assert own.post(gzip.compress(b"[]")[:-5], **packed).status_code == 422
    assert own.post(b"[]", **packed).status_code == 422
    assert own.post(b"[]", **{"Content-Encoding": "br"}).status_code == 422
    assert own.post(b" " * 11 * 2**20).status_code == 413


def test_at_most_100_000_readings_come_at_once():
    one = '{"did":"CUADRO-1","ts":"2026-10-26T10:00:00Z","values":['
    values = ",".join(['{"p":1,"v":1}'] * 100_001)

    answer = gateway().post(f"[{one}{values}]}}]".encode())

    assert answer.status_code == 413


def test_a_form_is_taken_as_what_it_holds():
    own = gateway()

    answer = own.post([message()], content_type="application/x-www-form-urlencoded")

    assert answer.json()["new"] == 1


def test_a_source_that_asks_too_often_waits(monkeypatch):
    own = gateway()
    monkeypatch.setattr(door, "pace", Pace(rate=0.5, burst=3))

    answers = [own.post(b"[]") for _each in range(4)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "2"


def test_a_source_that_sent_too_much_waits_for_the_next_day(settings):
    own = gateway()
    settings.INSERTION_READINGS_A_DAY = 30
    own.said(BATCH.read_bytes())

    answer = own.post(BATCH.read_bytes())

    assert answer.status_code == 429
    assert answer["Retry-After"] == str(15 * 3600)
    assert Delivery.objects.get().new == 26


def test_what_comes_for_something_retired_is_refused():
    own = gateway()
    retiring.retire(own.point, by=own.by, at=NOW)

    said = own.said([message()])

    assert [each["code"] for each in said["refused"]] == ["retired"]
    assert not PendingQuantity.objects.exists()


def test_an_instant_beside_the_grid_snaps_within_30_seconds():
    own = gateway(quantity=301)

    said = own.said(
        [
            message("2026-10-26T10:00:29+01:00", p=301),
            message("2026-10-26T10:59:31+01:00", p=301),
            message("2026-10-26T12:00:31+01:00", p=301),
            message("2026-10-26T12:30:00+01:00", p=301),
        ]
    )

    assert said["new"] == 2
    assert [(each["index"], each["code"]) for each in said["refused"]] == [
        (2, "off_grid"),
        (3, "off_grid"),
    ]


def test_inside_one_batch_the_first_stays_and_another_value_is_refused():
    own = gateway(quantity=301)

    said = own.said([message(p=301, v=20), message(p=301, v=21), message(p=301, v=20)])

    assert (said["new"], said["same"]) == (1, 1)
    assert [(each["index"], each["code"]) for each in said["refused"]] == [(1, "contradicts")]


def test_a_dip_is_held():
    own = gateway()
    own.said([message("2026-10-26T08:00:00Z", 100), message("2026-10-26T09:00:00Z", 110)])

    dip = own.said([message("2026-10-26T10:00:00Z", 0)])
    after = own.said([message("2026-10-26T11:00:00Z", 130)])

    assert (dip["held"], dip["new"]) == (1, 0)
    assert after["new"] == 1
    (day,) = curve(own.intervals(), NOW.date() - ONE_DAY, NOW.date())
    assert [value for value in day.values if value is not None] == [10_000, 10_000, 10_000]


def test_unknown_devices_wait_200_of_a_source_and_50_quantities_of_each():
    own = gateway()
    devices = [message(did=f"D{number:04}") for number in range(205)]
    quantities = [message(did="D0000", p=number) for number in range(1, 60)]

    said = own.said([*devices, *quantities])

    assert said["held"] == 200 + 49
    assert {each["code"] for each in said["refused"]} == {"too_many_pending"}
    assert len(said["refused"]) == 5 + 10
    assert own.said(devices)["held"] == 200


def test_of_what_waits_the_oldest_is_dropped_and_the_drops_are_counted(monkeypatch):
    monkeypatch.setattr(PendingReading, "MOST", 5)
    own = gateway()

    own.said([message(did="NEW", v=number) for number in range(8)])

    assert list(PendingReading.objects.order_by("id").values_list("value", flat=True)) == [
        *range(3, 8)
    ]
    waiting = PendingQuantity.objects.get()
    assert (waiting.readings, waiting.dropped) == (8, 3)


def test_a_get_is_no_way_to_send():
    answer = Client().get("/readings")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_source_can_send_the_state_at_the_end_of_each_interval():
    own = gateway()
    DataSource.objects.update(registers_at_end=True)

    own.said([message("2026-10-26T08:00:00Z", 100), message("2026-10-26T09:00:00Z", 110)])

    (day,) = curve(own.intervals(), NOW.date() - ONE_DAY, NOW.date())
    assert (day.values[10], day.values[9]) == (10_000, None)
