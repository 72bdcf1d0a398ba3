"""Decodes what a gateway posts: messages of values, each with the instant it is of.

A body that is right is decoded at once, with its types. One that is not is looked at message by
message, so that a bad one hides none of the others.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _

from vatio.readings.deliveries import RefusedReading
from vatio.refusal import Refused

MOST_READINGS = 100_000
"""Readings of a request, and messages of it, at most."""

MOST_BRACKETS = 4 * MOST_READINGS
"""Brackets that a body which is not right may open: each message opens two, each value one."""

LONGEST_DID = 120
MOST_DIGITS = 16
"""Digits from which on whole numbers are not exact."""

MALFORMED, NOT_FINITE = "malformed", "not_finite"


class NotABatch(Refused):
    """The body is no list of messages."""


class TooManyReadings(Refused):
    """The body holds more readings than one request may."""


class InsertedValue(msgspec.Struct, frozen=True):
    """A value of a message: the code of its quantity, and the value in the unit of the code."""

    p: Annotated[int, msgspec.Meta(ge=0, le=999_999)]
    v: float


class InsertedMessage(msgspec.Struct, frozen=True):
    """A message of a device: the start of the interval, or when its registers were read."""

    did: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_DID)]
    ts: Annotated[datetime, msgspec.Meta(tz=True)]
    values: list[InsertedValue]
    sqn: Any = None


@dataclass
class Batch:
    """The messages of a body by their place in it, and what of them was refused."""

    messages: list[tuple[int, InsertedMessage]] = field(default_factory=list)
    refused: list[RefusedReading] = field(default_factory=list)

    @property
    def readings(self) -> int:
        """How many readings there are, those that were refused too."""
        return sum(len(each.values) for _place, each in self.messages) + len(self.refused)

    def refuse(self, place: int, code: str, words: str, quantity: int | None = None) -> None:
        """Refuse an item of the body.

        :raises TooManyReadings: if more than `MOST_READINGS` were refused.
        """
        self.refused.append(RefusedReading(place, code, words, quantity))
        if len(self.refused) > MOST_READINGS:
            raise _too_many()


_decoder = msgspec.json.Decoder(list[InsertedMessage])


def decode(body: bytes) -> Batch:
    """Decode a body.

    :raises NotABatch: if it is no JSON, or no list.
    :raises TooManyReadings: if it holds more than `MOST_READINGS`.
    """
    try:
        batch = Batch(list(enumerate(_decoder.decode(body))))
        _refuse_unprintable(batch)
    except (msgspec.MsgspecError, RecursionError):
        batch = _one_by_one(_parsed(body))
    if batch.readings > MOST_READINGS or len(batch.messages) > MOST_READINGS:
        raise _too_many()
    return batch


def _too_many() -> TooManyReadings:
    return TooManyReadings(_("At most %(most)s readings in a request.") % {"most": MOST_READINGS})


def _parsed(body: bytes) -> list[Any]:
    """Return the list of a body; numbers that are none, such as NaN, are let through.

    :raises TooManyReadings: if it opens more brackets than readings have: parsed without their
        types they would take twenty times their bytes.
    """
    if body.count(b"{") + body.count(b"[") > MOST_BRACKETS:
        raise _too_many()
    try:
        parsed = json.loads(body, parse_int=_number)
    except (ValueError, RecursionError):
        raise NotABatch(_("The body is not JSON: send a list of messages.")) from None
    if isinstance(parsed, dict):
        parsed = [parsed]
    if not isinstance(parsed, list):
        raise NotABatch(_("The body is not a list of messages."))
    return parsed


def _number(digits: str) -> float:
    """Return a whole number; one too long to be exact, or to be read at all, may be infinite."""
    return int(digits) if len(digits) < MOST_DIGITS else float(digits)


def _refuse_unprintable(batch: Batch) -> None:
    bad = {each.did for _place, each in batch.messages if not each.did.isprintable()}
    if not bad:
        return
    words = _("The device id has letters of no text.")
    for place, each in batch.messages:
        if each.did in bad:
            batch.refuse(place, MALFORMED, words)
    batch.messages = [pair for pair in batch.messages if pair[1].did not in bad]


def _one_by_one(items: list[Any]) -> Batch:
    batch = Batch()
    words = _("A message has a did, a ts with its offset from UTC, and a list of values.")
    for place, item in enumerate(items):
        try:
            values = item["values"]
            message = msgspec.convert(
                {"did": item["did"], "ts": _moment(item["ts"]), "values": []}, InsertedMessage
            )
            if not isinstance(values, list) or not message.did.isprintable():
                raise TypeError
        except (KeyError, TypeError, ValueError, msgspec.MsgspecError):
            batch.refuse(place, MALFORMED, words)
            continue
        good = list(_values(place, values, batch))
        batch.messages.append((place, InsertedMessage(did=message.did, ts=message.ts, values=good)))
    return batch


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _values(place: int, values: list[Any], batch: Batch) -> Iterator[InsertedValue]:
    words = _("A value has a p, the code of its quantity, and a v, a number.")
    infinite = _("The value is no number.")
    for item in values:
        code = item.get("p") if isinstance(item, dict) else None
        try:
            value = msgspec.convert(item, InsertedValue)
        except (msgspec.MsgspecError, OverflowError):
            code = code if isinstance(code, int) and not isinstance(code, bool) else None
            batch.refuse(place, MALFORMED, words, code)
            continue
        if isfinite(value.v):
            yield value
        else:
            batch.refuse(place, NOT_FINITE, infinite, value.p)
