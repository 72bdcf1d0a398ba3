import pickle
import traceback
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.collection.called import spellings
from vatio import env
from vatio.collection import sealing
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.sealing import KeyUnreadable, NotAKey, read_key, seal, unseal

OLD, NEW = b"o" * 32, b"n" * 32
LINE = UUID("6f3c0d0e-9d7f-4a67-8a5e-1f8d2c3b4a59")
NUMBER = 3_141_592_653


@given(number=some.integers(0, 2**32 - 1), line=some.uuids())
def test_what_is_sealed_opens_for_its_line_and_is_as_long_for_any_key(
    number: int, line: UUID
) -> None:
    sealed = seal(MeterKey(number), line=line, keys=[OLD])

    assert unseal(sealed, line=line, keys=[NEW, OLD]) == MeterKey(number)
    assert len(sealed) == sealing.SEALED


def test_the_same_key_is_sealed_otherwise_each_time() -> None:
    sealed = {seal(MeterKey(NUMBER), line=LINE, keys=[OLD]) for _each in range(100)}

    assert len(sealed) == 100


def test_it_does_not_open_for_another_line() -> None:
    sealed = seal(MeterKey(NUMBER), line=LINE, keys=[OLD])

    with pytest.raises(KeyUnreadable, match="movió"):
        unseal(sealed, line=uuid4(), keys=[OLD])


def test_it_does_not_open_without_what_sealed_it_and_says_so() -> None:
    sealed = seal(MeterKey(NUMBER), line=LINE, keys=[OLD])

    with pytest.raises(KeyUnreadable, match="DATA_KEY"):
        unseal(sealed, line=LINE, keys=[NEW])


@given(place=some.integers(0, sealing.SEALED - 1), change=some.integers(1, 255))
def test_a_changed_byte_anywhere_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(seal(MeterKey(NUMBER), line=LINE, keys=[OLD]))
    sealed[place] ^= change

    with pytest.raises(KeyUnreadable):
        unseal(bytes(sealed), line=LINE, keys=[OLD])


@given(sealed=some.binary(max_size=60))
def test_anything_else_does_not_open(sealed: bytes) -> None:
    with pytest.raises(KeyUnreadable):
        unseal(sealed, line=LINE, keys=[OLD])


def test_the_first_seals_and_all_open() -> None:
    old = seal(MeterKey(1), line=LINE, keys=[OLD])
    new = seal(MeterKey(2), line=LINE, keys=[NEW, OLD])

    assert [sealing.is_sealed_by_the_first(each, keys=[NEW, OLD]) for each in (old, new)] == [
        False,
        True,
    ]
    assert [unseal(each, line=LINE, keys=[NEW, OLD]) for each in (old, new)] == [
        MeterKey(1),
        MeterKey(2),
    ]


def test_a_key_shows_itself_in_no_text_and_no_pickle() -> None:
    key = MeterKey(NUMBER)

    shown = [repr(key), str(key), f"{key}", repr([key]), repr({"key": key})]
    with pytest.raises(TypeError) as raised:
        pickle.dumps(key)

    shown += ["".join(traceback.format_exception(raised.value))]
    assert not [each for each in shown for text in spellings(NUMBER) if text in each]


@pytest.mark.parametrize("text", ["0", " 7 ", "4294967295", "0000000012"])
def test_a_key_is_a_number_of_32_bits(text: str) -> None:
    assert read_key(text) == MeterKey(int(text))


@pytest.mark.parametrize(
    "text", ["", "-1", "4294967296", "12345678901", "1.000", "0x1F", "siete", "٣", "7 7"]
)
def test_what_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NotAKey) as refused:
        read_key(text)

    assert str(refused.value) == "La clave de acceso es un número entero de 0 a 4.294.967.295."
    assert refused.value.field == "key"


def test_the_file_is_made_once_and_only_its_owner_reads_it(settings, tmp_path: Path) -> None:
    settings.DATA_KEYS, settings.HOME = (), tmp_path / "home"

    sealed = seal(MeterKey(NUMBER), line=LINE)

    file = tmp_path / "home" / "data_key"
    assert unseal(sealed, line=LINE) == MeterKey(NUMBER)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["data_key"]


def test_the_file_may_hold_several(settings, tmp_path: Path) -> None:
    settings.DATA_KEYS, settings.HOME = (), tmp_path
    sealed = seal(MeterKey(NUMBER), line=LINE)
    file = tmp_path / "data_key"
    file.write_text(f"{'A' * 43}=\n{file.read_text()}\n")

    assert unseal(sealed, line=LINE) == MeterKey(NUMBER)
    assert not sealing.is_sealed_by_the_first(sealed)


def test_a_file_of_something_else_is_refused_without_repeating_it(settings, tmp_path: Path) -> None:
    settings.DATA_KEYS, settings.HOME = (), tmp_path
    (tmp_path / "data_key").write_text("hunter2")

    with pytest.raises(env.WrongSetting) as refused:
        seal(MeterKey(NUMBER), line=LINE)

    assert "data_key: key 1" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_data_key_takes_both_alphabets_of_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_KEY", "+/" * 21 + "8=" + "," + "-_" * 21 + "8=")

    first, second = env.data_keys("DATA_KEY")

    assert first == second
    assert len(first) == 32


@pytest.mark.parametrize("text", ["hunter2", "A" * 44, "A" * 42 + "==", "é" * 44])
def test_a_wrong_data_key_stops_the_start_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("DATA_KEY", f"{'A' * 43}=,{text}")

    with pytest.raises(env.WrongSetting, match="DATA_KEY: key 2") as refused:
        env.data_keys("DATA_KEY")

    assert text not in str(refused.value)
