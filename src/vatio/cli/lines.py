"""`vatio lines add` and `vatio lines reseal`: the key of a meter comes from a file."""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.cli.naming import account_of
from vatio.collection.describing import LineDetails
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import LineSettings
from vatio.collection.sealing import read_key
from vatio.collection.setting_up import add_line, reseal
from vatio.dates import day_at
from vatio.metering.cups import parse_cups
from vatio.metering.models import Meter, RtcLine, SupplyPoint
from vatio.refusal import Refused

Say = Callable[[str], None]
LONGEST = 64
"""Bytes of a file with a key; no more of it is read."""


def run_add(arguments: argparse.Namespace, *, at: datetime, say: Say) -> int:
    """Add an RTC line by IP to a supply point and its meter; print what it is called.

    :raises Refused: as `add_line` does, and if there is no such supply point, meter or file.
    """
    account = account_of(arguments)
    key = key_in(Path(arguments.key_file))
    point = _supply_point(account, arguments.cups)
    meter = _meter(point, arguments.meter, at=at)
    details = LineDetails(
        transport=LineSettings.Transport.IP,
        host=arguments.host,
        port=_number(arguments.port, "--port"),
        link_address=_number(arguments.link, "--link"),
        measuring_point=_number(arguments.point, "--point"),
        key=key,
    )
    line = add_line(point, meter, details, by=None, at=at)
    say(json.dumps(_told(line), ensure_ascii=False) if arguments.json else str(line.uid))
    return 0


def run_reseal(arguments: argparse.Namespace, *, say: Say) -> int:
    """Seal the keys of meters anew with the first of DATA_KEY; 1 if some do not open."""
    resealed, lost = reseal()
    if arguments.json:
        say(json.dumps({"resealed": resealed, "unreadable": lost}))
    else:
        say(_("Sealed anew: %(count)s.") % {"count": resealed})
        if lost:
            say(_("Keys that do not open here, to be written anew: %(count)s.") % {"count": lost})
    return 1 if lost else 0


def key_in(file: Path) -> MeterKey:
    """Return the key that a file holds in decimal digits; the words of a refusal hold none of it.

    :raises Refused: if it cannot be read, or holds something else.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(LONGEST + 1)
    except OSError as error:
        words = _("%(file)s cannot be read: %(why)s.")
        raise Refused(words % {"file": file, "why": error.strerror}) from None
    return read_key(content.decode("ascii", "replace"))


def _number(text: str, option: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refused(
            _("%(option)s: «%(text)s» is not a whole number.") % {"option": option, "text": text}
        )
    return int(text)


def _supply_point(account: Account, text: str) -> SupplyPoint:
    code = parse_cups(text).code
    point = account.supplypoints.in_service().filter(cups=code).first()
    if point is None:
        raise Refused(
            _("%(account)s has no supply point in service of the CUPS %(cups)s.")
            % {"account": account.name, "cups": code}
        )
    return point


def _meter(point: SupplyPoint, serial: str, *, at: datetime) -> Meter:
    """Return the meter of a serial number or, if there is none, the principal one of today."""
    if serial:
        found = point.account.meters.in_service().filter(serial=serial).first()
        if found is None:
            raise Refused(
                _("%(account)s has no meter in service of the serial number %(serial)s.")
                % {"account": point.account.name, "serial": serial}
            )
        return found
    today = day_at(at, point.account.time_zone)
    for each in point.measurements.select_related("meter"):
        if each.is_principal_on(today):
            return each.meter
    raise Refused(
        _("The principal meter of %(cups)s is missing: name a meter with --meter.")
        % {"cups": point.cups}
    )


def _told(line: RtcLine) -> dict[str, object]:
    return {
        "account": line.account.name,
        "organisation": line.organisation.name,
        "line": str(line.uid),
        "cups": line.supply_point.cups,
        "meter": line.meter.serial or line.meter.name,
        "host": line.settings.host,
        "port": line.settings.port,
        "link": line.settings.link_address,
        "point": line.settings.measuring_point,
    }
