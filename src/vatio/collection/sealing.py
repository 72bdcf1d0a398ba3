"""Seals the keys of meters, so that the database, its copies and its exports do not show them.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits; what is authenticated besides is the
line's uid, so that a sealed key that is moved to another line does not open. A sealed key is

    version (1 byte) · which key sealed it (4 bytes) · nonce (12) · cipher text (4) · tag (16)

and as long whatever the key is. Which key sealed it is told by the first bytes of its SHA-256.
"""

import hashlib
import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vatio.collection.iec102.asdus import MeterKey
from vatio.env import read_data_keys
from vatio.formats import number
from vatio.refusal import Refused
from vatio.secret_key import data_key

VERSION = b"\x01"
NAME, NONCE, TAG = 4, 12, 16
"""Bytes of the name of the key that sealed, of the nonce, and of the tag."""

AT_NAME, AT_NONCE = slice(1, 1 + NAME), slice(1 + NAME, 1 + NAME + NONCE)
"""Where both stand in a sealed key."""

BYTES = 4
"""Bytes of a meter's key."""

SEALED = len(VERSION) + NAME + NONCE + BYTES + TAG
"""Bytes of a sealed key."""

MOST = 2 ** (8 * BYTES) - 1
"""The greatest key of a meter: an unsigned number of 32 bits."""


Sealed = bytes | memoryview
"""What the database gives back of a column of bytes."""


class NotAKey(Refused):
    """What was written is not the key of a meter; the words do not repeat it."""


class KeyUnreadable(Refused):
    """A sealed key does not open: what sealed it is not here, or it was changed or moved."""


def not_a_key() -> NotAKey:
    """Return the refusal of a text that is no key."""
    words = _("The access key is a whole number from 0 to %(most)s.") % {"most": number(MOST)}
    return NotAKey(words, field="key")


def read_key(text: str) -> MeterKey:
    """Return the key that somebody wrote in decimal digits.

    :raises NotAKey: if it is no whole number of 32 bits; the words do not repeat it.
    """
    digits = text.strip()
    is_short = digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST))
    if not is_short or int(digits) > MOST:
        raise not_a_key()
    return MeterKey(int(digits))


def sealing_keys() -> tuple[bytes, ...]:
    """Return the keys that seal: those of DATA_KEY, else those of the home's file `data_key`.

    The first seals, all open. The file is made when it is first needed.

    :raises WrongSetting: if the file holds something else.
    """
    if settings.DATA_KEYS:
        return tuple(settings.DATA_KEYS)
    return read_data_keys(data_key(settings.HOME).split(), of="data_key")


def seal(key: MeterKey, *, line: UUID, keys: Sequence[bytes] | None = None) -> bytes:
    """Return the key of a line's meter, sealed by the first of the keys."""
    first = (keys or sealing_keys())[0]
    nonce = os.urandom(NONCE)
    head = VERSION + _name(first) + nonce
    return head + AESGCM(first).encrypt(nonce, key.encoded(), line.bytes)


def unseal(sealed: Sealed, *, line: UUID, keys: Sequence[bytes] | None = None) -> MeterKey:
    """Return the key of a line's meter.

    :raises KeyUnreadable: if what sealed it is not among the keys, or it was changed or moved.
    """
    sealed = bytes(sealed)
    if len(sealed) != SEALED or sealed[:1] != VERSION:
        raise _damaged()
    name, nonce, rest = sealed[AT_NAME], sealed[AT_NONCE], sealed[AT_NONCE.stop :]
    matching = [each for each in keys or sealing_keys() if _name(each) == name]
    if not matching:
        raise KeyUnreadable(
            _(
                "The access key cannot be opened: DATA_KEY, or the file data_key, lacks what sealed"
                " it. Bring that back, or write the access key anew."
            )
        )
    for each in matching:
        try:
            return MeterKey(int.from_bytes(AESGCM(each).decrypt(nonce, rest, line.bytes), "little"))
        except InvalidTag:
            continue
    raise _damaged()


def is_sealed_by_the_first(sealed: Sealed, *, keys: Sequence[bytes] | None = None) -> bool:
    """Return whether a sealed key was sealed by the first of the keys, which seals now."""
    return bytes(sealed)[AT_NAME] == _name((keys or sealing_keys())[0])


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"vatio.sealing:" + key).digest()[:NAME]


def _damaged() -> KeyUnreadable:
    return KeyUnreadable(
        _("The access key cannot be opened: it was changed or moved. Write it anew.")
    )
