import gzip
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests import make
from tests.counts import full_or_tenth
from tests.readings.gateways import Gateway, gateway
from tests.readings.stored import seconds
from tests.serving import Served, everything, serving, status
from vatio import clock
from vatio.metering import tokens
from vatio.readings.models import Day, PendingQuantity, PendingReading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

BEGIN = int(seconds("2026-11-20T00:00"))
MIB = 2**20


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(VATIO_THREADS="2") as started:
        yield started
        logged = started.logged()
        assert "vts_" not in logged
        assert "Traceback" not in logged


def request(own: Gateway | str, body: bytes, *more: str, method: str = "POST") -> bytes:
    token = own if isinstance(own, str) else own.token
    lines = [f"{method} /readings HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"x-dexcell-source-token: {token}", *more]
    if not any(each.lower().startswith(("content-length", "transfer")) for each in more):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def post(
    served: Served, own: Gateway | str, body: bytes, *more: str, method: str = "POST"
) -> bytes:
    answer = served.ask(request(own, body, *more, method=method), timeout=60)
    assert b"vts_" not in answer
    return answer


def seconds_to_answer(served: Served) -> float:
    began = time.monotonic()
    assert status(served.get("/healthz", timeout=20)) == 200
    return time.monotonic() - began


def one(value: str = "1", did: str = "D0", ts: str = "2026-11-20T10:00:00Z", p: str = "301") -> str:
    return f'[{{"did":"{did}","ts":"{ts}","values":[{{"p":{p},"v":{value}}}]}}]'


def values(count: int, value: str = '{"p":301,"v":1}') -> bytes:
    inner = ",".join([value] * count)
    return f'[{{"did":"D0","ts":"2026-11-20T10:00:00Z","values":[{inner}]}}]'.encode()


HOSTILE = [
    (b"[" * (10 * MIB - 1), 413),
    (b"[" * 5_000, 422),
    (b'[{"did":' + b'{"a":' * 3_000, 422),
    (b"[" + b"5," * (5 * MIB - 2) + b"5]", 413),
    (values(600_000), 413),
    (b'"' + b"a" * (9 * MIB) + b'"', 422),
    (one("9" * 5_000).encode(), 200),
    (one("NaN").encode(), 200),
    (one("1e15").encode(), 200),
    (one(did="\\ud800").encode(), 200),
    (one(did="a\\u0000").encode(), 200),
    (one(did="x" * 100_000).encode(), 200),
    (one(p="true").encode(), 200),
    (one(ts="9999-12-31T23:59:60+25:00").encode(), 200),
    (b"\x00" * 1_000, 422),
    (b"\xff\xfe[]", 422),
    (b"", 422),
]


def test_hostile_bodies_are_answered_and_the_pages_stay_served(served: Served) -> None:
    own = gateway()
    seconds_to_answer(served)

    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(post, served, own, body) for body, _code in HOSTILE]
        waits = []
        while not all(each.done() for each in answers):
            waits.append(seconds_to_answer(served))
            time.sleep(0.05)

    assert [status(each.result()) for each in answers] == [code for _body, code in HOSTILE]
    assert max(waits) < 1, max(waits)
    assert not Day.objects.exclude(values__contained_by=[1e15]).filter(present__gt=1).exists()


def test_packed_bodies_are_answered_and_the_pages_stay_served(served: Served) -> None:
    own, packed = gateway(), "Content-Encoding: gzip"
    good = gzip.compress(one().encode())
    bodies = [
        (gzip.compress(b" " * 200 * MIB), 413),
        (gzip.compress(gzip.compress(b" " * 200 * MIB)), 422),
        (gzip.compress(b"") * 900_000, 422),
        (good + b"trailing", 422),
        (good + good, 422),
        (good + b"\x00" * 100, 200),
        (good[:-1], 422),
        (one().encode(), 422),
    ]

    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(post, served, own, body, packed) for body, _code in bodies]
        waits = []
        while not all(each.done() for each in answers):
            waits.append(seconds_to_answer(served))
            time.sleep(0.05)

    assert [status(each.result()) for each in answers] == [code for _body, code in bodies]
    assert max(waits) < 1, max(waits)


def test_the_pages_stay_served_while_gateways_send_all_they_may(served: Served) -> None:
    own = gateway(4)
    body = gzip.compress(
        own.body([(n % 4, BEGIN - n // 4 * 3600, float(n % 7)) for n in range(20_000)]), 1
    )
    unknown = gzip.compress(values(100_000, '{"p":7,"v":1}').replace(b'"D0"', b'"N"'), 1)

    with ThreadPoolExecutor(6) as threads:
        answers = [
            threads.submit(post, served, own, each, "Content-Encoding: gzip")
            for each in [body, unknown] * 3
        ]
        waits = []
        while not all(each.done() for each in answers):
            waits.append(seconds_to_answer(served))
            time.sleep(0.05)

    assert [status(each.result()) for each in answers] == [200] * 6
    assert max(waits) < 1, max(waits)


def test_bodies_that_come_slowly_or_lie_about_their_length_hold_nobody_up(served: Served) -> None:
    own, body = gateway(), one().encode()
    lies = [
        request(own, body, f"Content-Length: {len(body) + 10_000}"),
        request(own, body, "Content-Length: 23999999"),
        request(own, b'5\r\n[{"di', "Transfer-Encoding: chunked"),
        request(own, b"fffffff\r\n[", "Transfer-Encoding: chunked"),
    ]
    slow = []
    for number in range(100):
        slow.append(served.connect())
        slow[-1].sendall(lies[number % len(lies)])

    answer = post(served, own, body)
    wait = seconds_to_answer(served)
    for each in slow:
        each.close()

    assert (status(answer), wait < 1) == (200, True)
    assert Day.objects.get().present == 1


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (["Content-Length: 5", "Content-Length: 6"], 400),
        (["Content-Length: -1"], 400),
        (["Content-Length: 0x10"], 400),
        (["Content-Length: 24000002"], 413),
        (["Transfer-Encoding: chunked", "Content-Length: 5"], 400),
        (["Transfer-Encoding: gzip, chunked"], 501),
        (["Content-Encoding: gzip, gzip"], 422),
        (["Content-Encoding: br"], 422),
    ],
)
def test_a_length_that_is_told_wrong_stores_nothing(
    served: Served, headers: list[str], code: int
) -> None:
    answer = post(served, gateway(), one().encode(), *headers)

    assert status(answer) in {code, 400}
    assert not Day.objects.exists()


def test_a_body_by_chunks_is_taken(served: Served) -> None:
    body = one().encode()
    parts = b"".join(b"%x\r\n%s\r\n" % (1, body[at : at + 1]) for at in range(len(body)))

    answer = post(served, gateway(), parts + b"0\r\n\r\n", "Transfer-Encoding: chunked")

    assert status(answer) == 200
    assert Day.objects.get().present == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_readings_are_sent_by_post_alone(served: Served, method: str) -> None:
    answer = post(served, gateway(), b"", method=method)

    assert status(answer) == 405
    assert b"POST" in answer.split(b"Allow: ")[1].split(b"\r\n")[0]
    assert b"Access-Control" not in answer


def test_a_token_works_for_its_own_account_until_it_ends(served: Served) -> None:
    own, other = gateway(), gateway()
    by, now = make.commercial(), clock.real()
    fresh = tokens.rotate(own.source, by=by, at=now, overlap=timedelta(0))
    revoked = gateway()
    tokens.revoke(revoked.source.tokens.get(), by=by, at=now)

    said = {
        name: status(post(served, token, one().encode()))
        for name, token in (
            ("rotated", own.token),
            ("fresh", fresh),
            ("revoked", revoked.token),
            ("split", other.token + "\r\nX-Injected: 1"),
            ("cut", other.token[:-1]),
            ("none", ""),
        )
    }

    assert said == {
        "rotated": 401,
        "fresh": 200,
        "revoked": 401,
        "split": 200,
        "cut": 401,
        "none": 401,
    }
    accounts = set(Day.objects.values_list("account_id", flat=True))
    assert accounts == {own.account.pk, other.account.pk}


def test_a_device_id_is_never_a_header_or_a_line_of_the_log(served: Served) -> None:
    own = gateway()

    answer = post(served, own, one(did="x\\r\\nSet-Cookie: a=b\\r\\n").encode())

    headers, _blank, body = answer.partition(b"\r\n\r\n")
    assert b"Set-Cookie" not in headers
    assert [each["code"] for each in json.loads(body)["refused"]] == ["malformed"]
    assert "Set-Cookie" not in served.logged()


def test_a_source_that_asks_too_often_is_told_how_long_to_wait(served: Served) -> None:
    own = gateway()
    with served.connect() as asking:
        many = request(own, b"[]").replace(b"Connection: close", b"Connection: keep-alive")
        asking.sendall(many * 400 + request(own, b"[]"))
        answers = everything(asking)

    codes = [int(each[:3]) for each in answers.split(b"HTTP/1.1 ")[1:]]
    assert set(codes) == {200, 429}
    assert 300 <= codes.count(200) < 401
    assert b"Retry-After: 1" in answers


def test_unknown_devices_of_many_requests_stay_few_and_cost_no_more(served: Served) -> None:
    own, times = gateway(), []
    requests = 2 + full_or_tenth(8)
    for number in range(requests):
        messages = [
            {"did": f"N{number}-{n}", "ts": "2026-11-20T10:00:00Z", "values": [{"p": 1, "v": 1}]}
            for n in range(100_000)
        ]
        body = gzip.compress(json.dumps(messages).encode(), 1)
        began = time.monotonic()
        answer = post(served, own, body, "Content-Encoding: gzip")
        times.append(time.monotonic() - began)
        assert status(answer) == 200

    assert PendingQuantity.objects.count() == 200
    assert PendingReading.objects.count() == 200
    assert max(times[1:]) < 3 * min(times) + 1
