import json

import pytest

from vatio.readings import decoding
from vatio.readings.decoding import MOST_READINGS, TooManyReadings, decode

VALUES = b'[{"did":"A","ts":"2026-10-26T10:00:00Z","values":['


def test_what_is_wrong_stops_at_as_many_as_a_request_may_hold(monkeypatch):
    looked_at = []
    monkeypatch.setattr(decoding, "_moment", looked_at.append)
    items = [{"did": "A", "ts": "x", "values": []}] * (MOST_READINGS // 2)

    with pytest.raises(TooManyReadings):
        decode(json.dumps([*items, *[5] * (3 * MOST_READINGS)]).encode())

    assert len(looked_at) == len(items)


@pytest.mark.parametrize("item", [b"{}", b"[]", b'{"p":1,"v":NaN}'])
def test_what_opens_more_brackets_than_readings_have_is_not_parsed(monkeypatch, item):
    monkeypatch.setattr(decoding, "json", None)
    many = b",".join([item] * 4 * MOST_READINGS)

    with pytest.raises(TooManyReadings):
        decode(VALUES + many + b"]}]")


def test_as_many_readings_as_may_come_are_taken_though_one_is_none():
    values = b",".join([b'{"p":1,"v":1}'] * (MOST_READINGS - 1) + [b'{"p":1,"v":NaN}'])

    batch = decode(VALUES + values + b"]}]")

    assert (batch.readings, len(batch.refused)) == (MOST_READINGS, 1)


def test_messages_that_hold_nothing_are_counted_too():
    one = b'{"did":"A","ts":"2026-10-26T10:00:00Z","values":[]}'

    with pytest.raises(TooManyReadings):
        decode(b"[" + b",".join([one] * (MOST_READINGS + 1)) + b"]")


@pytest.mark.parametrize(
    "ts",
    [
        "2026-10-26T10:00:60Z",
        "2026-12-31T23:59:60+00:00",
        "2026-10-26T10:00:00+25:00",
        "2026-10-26T10:00:00+24:00",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "",
        "Z",
    ],
)
def test_an_instant_that_no_clock_shows_is_refused(ts):
    batch = decode(json.dumps([{"did": "A", "ts": ts, "values": []}]).encode())

    assert not batch.messages
    assert [each.code for each in batch.refused] == ["malformed"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('{"p":true,"v":1}', "malformed"),
        ('{"p":"402","v":1}', "malformed"),
        ('{"p":402.5,"v":1}', "malformed"),
        ('{"p":1e30,"v":1}', "malformed"),
        ('{"p":null,"v":1}', "malformed"),
        ('{"p":402,"v":true}', "malformed"),
        ('{"p":402,"v":[1]}', "malformed"),
        ('{"p":402,"v":1e400}', "not_finite"),
        ('{"p":402,"v":-Infinity}', "not_finite"),
        ("5", "malformed"),
        ("null", "malformed"),
        ("[]", "malformed"),
    ],
)
def test_a_value_that_is_wrong_hides_none_beside_it(value, code):
    batch = decode(VALUES + b'{"p":1,"v":1},' + value.encode() + b',{"p":2,"v":2}]}]')

    ((_place, message),) = batch.messages
    assert [each.p for each in message.values] == [1, 2]
    assert [each.code for each in batch.refused] == [code]


@pytest.mark.parametrize("did", ["\\ud800", "a\\u0000b", "\\u202e", "x" * 121, "a\\nSet-Cookie: b"])
def test_a_device_id_that_cannot_be_written_is_refused(did):
    body = b'[{"did":"%s","ts":"2026-10-26T10:00:00Z","values":[{"p":1,"v":1}]}]' % did.encode()

    batch = decode(body)

    assert not batch.messages
    assert [each.code for each in batch.refused] == ["malformed"]


@pytest.mark.parametrize("digits", [400, 4_000, 5_000])
def test_a_whole_number_of_many_digits_hides_nothing_of_the_batch(digits):
    batch = decode(VALUES + b'{"p":1,"v":1},{"p":2,"v":%s}]}]' % (b"9" * digits))

    assert [each.p for _place, message in batch.messages for each in message.values] == [1]
    assert [each.code for each in batch.refused] == ["not_finite"]


def test_of_a_key_that_stands_twice_the_last_counts():
    (pair,) = decode(VALUES[:-1] + b'[],"values":[{"p":1,"p":2,"v":3}]}]').messages

    assert [(each.p, each.v) for each in pair[1].values] == [(2, 3)]
