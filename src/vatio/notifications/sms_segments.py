"""Counts the segments of a text message: what it costs, and how to spell it for less.

A text whose characters are all in the GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1) takes
one segment of up to 160 septets or, concatenated, segments of 153; the characters of its extension
table take two septets, which one segment holds together. Any other text is sent as UCS-2: 70
UTF-16 units or, concatenated, segments of 67 (TS 23.040, 9.2.3.24.1); no surrogate pair is split.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")

PLAIN = str.maketrans(
    {
        "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "´": "'", "`": "'",
        "–": "-", "—": "-", "−": "-", "‑": "-", "…": "...", "·": ".", "•": "-", "×": "x",
        "º": "o", "ª": "a", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ",
        "≥": ">=", "≤": "<=", "→": "->", "²": "2", "³": "3", "°": "", "±": "+-", "½": "1/2",
        "¼": "1/4", "¾": "3/4", "µ": "u", "μ": "u", "®": "", "™": "", "©": "", "≈": "~", "÷": "/",
    }
)  # fmt: skip
"""How what people type is spelled in the default alphabet, where it lacks it."""


class Alphabet(StrEnum):
    """The alphabet in which a text is sent."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


ALONE = {Alphabet.GSM_7: 160, Alphabet.UCS_2: 70}
"""How many septets, or UTF-16 units, a text of one segment has at most."""

JOINED = {Alphabet.GSM_7: 153, Alphabet.UCS_2: 67}
"""How many each segment of a longer text has at most: its header takes the rest."""


@dataclass(frozen=True)
class Size:
    """How long a text is: in septets or UTF-16 units, and in segments, a credit each.

    `left` is how many units more the last segment takes.
    """

    alphabet: Alphabet
    units: int
    segments: int
    left: int


def measure(text: str) -> Size:
    """Return the size of a text; an empty one has one segment, as it is sent all the same."""
    alphabet = alphabet_of(text)
    widths = [_width(character, alphabet) for character in text]
    units = sum(widths)
    if units <= ALONE[alphabet]:
        return Size(alphabet, units, 1, ALONE[alphabet] - units)
    segments, filled = 1, 0
    for width in widths:
        if filled + width > JOINED[alphabet]:
            segments, filled = segments + 1, 0
        filled += width
    return Size(alphabet, units, segments, JOINED[alphabet] - filled)


def alphabet_of(text: str) -> Alphabet:
    """Return the alphabet that a text needs: UCS-2 for one character that GSM-7 lacks."""
    return Alphabet.GSM_7 if set(text) <= BASIC | EXTENSION else Alphabet.UCS_2


def foreign(text: str) -> str:
    """Return the characters of a text that GSM-7 lacks, each once, as they come."""
    return "".join(dict.fromkeys(each for each in text if each not in BASIC | EXTENSION))


def without_accents(text: str) -> str:
    """Return a text spelled with what GSM-7 has: «máxima» as «maxima», «España» as it is.

    Letters of the alphabet that have an accent (é, ñ, ü) keep it. What nothing can be written
    for, such as a pictogram, stays, and the text remains one of UCS-2.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(_spelled(character) for character in composed)


def _spelled(character: str) -> str:
    if character in BASIC or character in EXTENSION:
        return character
    written = character.translate(PLAIN)
    if written != character:
        return written
    parts = unicodedata.normalize("NFKD", character)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return bare if bare and not foreign(bare) else character


def _width(character: str, alphabet: Alphabet) -> int:
    if alphabet == Alphabet.GSM_7:
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1
