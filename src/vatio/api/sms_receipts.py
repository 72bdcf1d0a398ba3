"""`POST /sms/receipts/`: the door at which the SMS gateway reports what became of a message."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from vatio import clock
from vatio.keys import parse_number
from vatio.notifications import sms_receipts

LARGEST = 16_384
"""Bytes of a body."""

SIGNATURE = "X-Signature"
"""The header of the signature: the HMAC-SHA256 of the body, with or without `sha256=` before it."""


@csrf_exempt
def receipts(request: HttpRequest) -> HttpResponse:
    """Write down the report `{"id": …, "status": …}` of a body that is signed.

    204 once it is written, however often it comes. 404: no receipts are taken here, or no such
    message. 403: not signed by our key. 405, 413, 422: not a POST, too large, or no report.
    """
    if not settings.SMS_RECEIPT_KEY:
        return HttpResponse(status=404)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if parse_number(request.META.get("CONTENT_LENGTH") or "0", most=LARGEST) is None:
        return HttpResponse(status=413)
    signature = request.headers.get(SIGNATURE, "")
    if not sms_receipts.is_signed(request.body, signature, key=settings.SMS_RECEIPT_KEY):
        return HttpResponse(status=403)
    try:
        report = json.loads(request.body)
        name, status = report["id"], report["status"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return HttpResponse(status=422)
    if not isinstance(name, str | int) or not isinstance(status, str) or "\0" in str(name):
        return HttpResponse(status=422)
    known = sms_receipts.note(str(name)[:100], status, at=clock.now())
    return HttpResponse(status=204 if known else 404)


receipts.roles = ("the SMS gateway",)  # type: ignore[attr-defined]

urlpatterns = [path("sms/receipts/", receipts, name="sms_receipts")]
