"""`POST /readings`: the door at which gateways insert readings."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from vatio import clock
from vatio.accounts.locking import AccountGone
from vatio.alerts import waking
from vatio.api.pace import Pace
from vatio.metering import tokens
from vatio.metering.tokens import NotCollecting, RecognisedToken
from vatio.readings import insertion
from vatio.readings.decoding import Batch, NotABatch, TooManyReadings, decode
from vatio.readings.files.unpacking import InflatesTooFar, inflate_gzip
from vatio.readings.insertion import Inserted, InsertionSender, TooManyToday
from vatio.spreadsheets.tables import Unreadable

LARGEST = 10 * 1024 * 1024
"""Bytes of a body after inflation."""

CHUNK = 65_536
NO_TOKEN = gettext_lazy("There is no token that works: send it as a header.")
ENCODINGS = ("", "identity", "gzip")

pace = Pace(rate=settings.INSERTION_RATE, burst=settings.INSERTION_BURST)


class Answered(Exception):
    """The request is answered before anything was stored."""

    def __init__(self, status: int, words: object, *, wait: float = 0) -> None:
        super().__init__(words)
        self.status, self.words, self.wait = status, str(words), wait


@csrf_exempt
def readings(request: HttpRequest) -> HttpResponse:
    """Store the readings of a body, and answer what became of each.

    200 with the counts, and each refused item with its message, code and reason; `[]` is
    answered `OK`. 401: no token that works. 403: the account collects no readings. 405, 413,
    422: not a POST, too large, or no list of messages. 429: too often, with `Retry-After`.
    """
    try:
        if request.method != "POST":
            raise Answered(405, _("Readings are sent by POST."))
        token = _sender(request)
        batch = _batch(request)
        if not batch.messages and not batch.refused:
            tokens.seen(token, at=clock.real())
            return HttpResponse("OK", content_type="text/plain")
        return _answer(_insert(token, batch))
    except Answered as answered:
        return _refusal(answered)


readings.roles = ("an insertion source",)  # type: ignore[attr-defined]


def _sender(request: HttpRequest) -> RecognisedToken:
    """Return whose token the request carries.

    :raises Answered: if none that works, if its account collects nothing, or if it asks too often.
    """
    token = tokens.recognised(_token(request), at=clock.real())
    if token is None:
        raise Answered(401, NO_TOKEN)
    try:
        tokens.ensure_collects(token, at=clock.now())
    except NotCollecting as refused:
        raise Answered(403, refused) from None
    wait = pace.take(token.source_id)
    if wait:
        raise Answered(429, _("Too many requests."), wait=wait)
    return token


def _token(request: HttpRequest) -> str:
    scheme, _blank, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return request.headers.get("x-dexcell-source-token", "").strip()


def _batch(request: HttpRequest) -> Batch:
    """Read and decode the body.

    :raises Answered: if it is too large, or no list of messages.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        raise Answered(422, _("The body is sent plain or as gzip."))
    try:
        chunks = _chunks(request)
        return decode(_whole(inflate_gzip(chunks, LARGEST) if encoding == "gzip" else chunks))
    except (InflatesTooFar, TooManyReadings) as refused:
        raise Answered(413, refused) from None
    except (Unreadable, NotABatch) as refused:
        raise Answered(422, refused) from None


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK):
        yield chunk


def _whole(chunks: Iterator[bytes]) -> bytes:
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > LARGEST:
            raise Answered(413, _("A body has at most 10 MiB."))
    return bytes(found)


def _insert(token: RecognisedToken, batch: Batch) -> Inserted:
    """Store the batch, and write that the token was seen.

    :raises Answered: if the account was deleted meanwhile, and its tokens with it, or if the
        source has sent as many readings as it may in a day.
    """
    at = clock.now()
    sender = InsertionSender(token.account_id, token.source_id, settings.INSERTION_READINGS_A_DAY)
    try:
        made = insertion.insert(sender, batch, at=at)
    except AccountGone:
        raise Answered(401, NO_TOKEN) from None
    except TooManyToday as refused:
        raise Answered(429, refused, wait=_to_midnight(at)) from None
    tokens.seen(token, at=clock.real())
    if made.counts.new or made.counts.corrected:
        waking.wake(token.account_id)
    return made


def _to_midnight(at: datetime) -> float:
    """Return the seconds until the next day begins in UTC."""
    tomorrow = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - at).total_seconds()


def _answer(made: Inserted) -> HttpResponse:
    counts = made.counts
    return _json(
        200,
        {
            "new": counts.new,
            "same": counts.same + counts.outranked,
            "corrected": counts.corrected,
            "held": counts.held,
            "refused": [
                {"index": each.place, "p": each.quantity, "code": each.code, "why": each.why}
                for each in made.refused
            ],
        },
    )


def _refusal(answered: Answered) -> HttpResponse:
    response = _json(answered.status, {"detail": answered.words})
    if answered.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if answered.status == 405:
        response.headers["Allow"] = "POST"
    if answered.wait:
        response.headers["Retry-After"] = str(math.ceil(answered.wait))
    return response


def _json(status: int, body: dict[str, object]) -> HttpResponse:
    response = HttpResponse(
        msgspec.json.encode(body), content_type="application/json", status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("readings", readings, name="readings"),
    path("api/v1/readings", readings, name="api_readings"),
]
