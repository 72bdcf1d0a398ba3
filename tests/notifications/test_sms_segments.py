import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.notifications.sms_segments import (
    BASIC,
    EXTENSION,
    Alphabet,
    alphabet_of,
    foreign,
    measure,
    without_accents,
)

DEFAULT = [
    "@",
    "£",
    "$",
    "¥",
    "è",
    "é",
    "ù",
    "ì",
    "ò",
    "Ç",
    "LF",
    "Ø",
    "ø",
    "CR",
    "Å",
    "å",
    "Δ",
    "_",
    "Φ",
    "Γ",
    "Λ",
    "Ω",
    "Π",
    "Ψ",
    "Σ",
    "Θ",
    "Ξ",
    "ESC",
    "Æ",
    "æ",
    "ß",
    "É",
    "SP",
    "!",
    '"',
    "#",
    "¤",
    "%",
    "&",
    "'",
    "(",
    ")",
    "*",
    "+",
    ",",
    "-",
    ".",
    "/",
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    ":",
    ";",
    "<",
    "=",
    ">",
    "?",
    "¡",
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "G",
    "H",
    "I",
    "J",
    "K",
    "L",
    "M",
    "N",
    "O",
    "P",
    "Q",
    "R",
    "S",
    "T",
    "U",
    "V",
    "W",
    "X",
    "Y",
    "Z",
    "Ä",
    "Ö",
    "Ñ",
    "Ü",
    "§",
    "¿",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "o",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
    "ä",
    "ö",
    "ñ",
    "ü",
    "à",
]
"""The 128 places of the default alphabet, row by row of the standard's table read downwards."""

NAMES = {"LF": "\n", "CR": "\r", "SP": " "}
SEPTET = {NAMES.get(name, name): place for place, name in enumerate(DEFAULT) if name != "ESC"}
ESCAPED = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E,
    "|": 0x40, "€": 0x65,
}  # fmt: skip
ESC = 0x1B
STORM = "Vatio: exceso de potencia en Nave 3, P2 23,4 kW de 20 contratados, 25/11 09:15. v.example/a/8F2K"


def oracle(text: str) -> tuple[str, int]:
    """Count by encoding: bytes of the standard, cut where a segment is full, never in a pair."""
    if all(each in SEPTET or each in ESCAPED for each in text):
        septets: list[int] = []
        for each in text:
            septets += [SEPTET[each]] if each in SEPTET else [ESC, ESCAPED[each]]
        return "GSM-7", _cut(septets, 160, 153, lambda last: last == ESC)
    encoded = text.encode("utf-16-be", "surrogatepass")
    units = [int.from_bytes(encoded[n : n + 2]) for n in range(0, len(encoded), 2)]
    return "UCS-2", _cut(units, 70, 67, lambda last: 0xD800 <= last < 0xDC00)


def _cut(units, alone, joined, begins_a_pair):  # type: ignore[no-untyped-def]
    if len(units) <= alone:
        return 1
    segments = 0
    while units:
        end = min(joined, len(units))
        if begins_a_pair(units[end - 1]):
            end -= 1
        units, segments = units[end:], segments + 1
    return segments


def test_the_alphabet_is_that_of_the_standard() -> None:
    assert len(DEFAULT) == 128
    assert DEFAULT.index("ESC") == ESC
    assert set(SEPTET) == BASIC
    assert set(ESCAPED) == EXTENSION


def test_a_thousand_random_texts_cost_what_their_encoding_says() -> None:
    drawn = random.Random(23038)
    wells = [
        sorted(BASIC),
        sorted(BASIC | EXTENSION),
        [*sorted(EXTENSION), "a"],
        [*"abc áíóú ñ € {}"],
        [*"a😀é𝄞ó"],
        [chr(n) for n in range(32, 0x2FF)],
    ]
    different = []

    for number in range(1_000):
        text = "".join(drawn.choices(wells[number % len(wells)], k=drawn.randrange(0, 700)))
        size = measure(text)
        if (str(size.alphabet), size.segments) != oracle(text):
            different.append(text)

    assert different == []


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_whatever_is_written_costs_what_its_encoding_says(text: str) -> None:
    size = measure(text)

    assert (str(size.alphabet), size.segments) == oracle(text)


@pytest.mark.parametrize(
    ("text", "units", "segments", "left"),
    [
        ("", 0, 1, 160),
        ("a" * 160, 160, 1, 0),
        ("a" * 161, 161, 2, 145),
        ("a" * 306, 306, 2, 0),
        ("a" * 307, 307, 3, 152),
        ("€" * 80, 160, 1, 0),
        ("€" * 81, 162, 2, 143),
        ("a" * 152 + "€" + "a" * 10, 164, 2, 141),
        (STORM, 96, 1, 64),
    ],
)
def test_a_text_of_the_default_alphabet_is_cut_at_160_and_153(
    text: str, units: int, segments: int, left: int
) -> None:
    size = measure(text)

    assert (size.alphabet, size.units, size.segments, size.left) == (
        Alphabet.GSM_7,
        units,
        segments,
        left,
    )


@pytest.mark.parametrize(
    ("text", "units", "segments", "left"),
    [
        ("ó" * 70, 70, 1, 0),
        ("ó" * 71, 71, 2, 63),
        ("ó" * 134, 134, 2, 0),
        ("😀" * 35, 70, 1, 0),
        ("😀" * 36, 72, 2, 61),
        ("ó" + "😀" * 36, 73, 2, 61),
        ("Máxima", 6, 1, 64),
    ],
)
def test_one_letter_more_than_the_alphabet_has_makes_70_and_67(
    text: str, units: int, segments: int, left: int
) -> None:
    size = measure(text)

    assert (size.alphabet, size.units, size.segments, size.left) == (
        Alphabet.UCS_2,
        units,
        segments,
        left,
    )


@pytest.mark.parametrize("letter", "áíóúÁÍÓÚç«»")
def test_these_are_not_in_the_default_alphabet(letter: str) -> None:
    assert alphabet_of(letter) == Alphabet.UCS_2
    assert foreign(f"a{letter}b{letter}") == letter
    assert alphabet_of(without_accents(letter)) == Alphabet.GSM_7


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Último dato: máxima de «Nave 3»", 'Ultimo dato: maxima de "Nave 3"'),
        ("España, pingüino, café, ÑÉÜ", "España, pingüino, café, ÑÉÜ"),
        ("cafe\u0301 co\u0301digo", "café codigo"),
        ("el límite…\u00a03 €", "el limite... 3 €"),
        ("plaça · 1.º − 2×", "placa . 1.o - 2x"),
        ("fuera −5 °C ± ½ µg ≈", "fuera -5 C +- 1/2 ug ~"),
        ("alerta 😀", "alerta 😀"),
    ],
)
def test_a_text_is_spelled_without_the_accents_that_cost(written: str, spelled: str) -> None:
    assert without_accents(written) == spelled


@given(st.text(max_size=200))
def test_a_text_spelled_without_accents_is_spelled_so_twice_the_same(text: str) -> None:
    spelled = without_accents(text)

    assert without_accents(spelled) == spelled
