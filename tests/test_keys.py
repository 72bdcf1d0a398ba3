from uuid import UUID

import pytest

from vatio.keys import parse_key, parse_number, parse_uuid


@pytest.mark.parametrize("text", [None, "", "x", "\0", "9" * 5000, "12345678-1234-1234-1234"])
def test_what_is_no_uuid_is_none(text: str | None) -> None:
    assert parse_uuid(text) is None


def test_a_uuid_is_read_with_and_without_its_strokes() -> None:
    uid = UUID("12345678-1234-4234-8234-123456789012")

    assert parse_uuid(str(uid)) == uid
    assert parse_uuid(uid.hex.upper()) == uid
    assert parse_uuid(uid) == uid


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12", 12),
        (12, 12),
        ("0", 0),
        (None, 0),
        ("", 0),
        ("-1", 0),
        ("1.5", 0),
        ("½", 0),
        ("١", 0),
        ("9" * 18, 999_999_999_999_999_999),
        ("9" * 19, 0),
    ],
)
def test_what_is_no_key_is_the_key_of_no_row(text: object, key: int) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("640", 640),
        (640, 640),
        ("641", None),
        ("0000", None),
        ("9" * 5000, None),
        ("²", None),
        ("٣", None),
        ("-1", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_read_up_to_the_most(text: object, number: int | None) -> None:
    assert parse_number(text, most=640) == number
