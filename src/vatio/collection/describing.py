"""Reads how the meter of a line is reached, and refuses what cannot be called."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import (
    LONGEST_NIGHT,
    MOST_ADDRESS,
    NIGHT_FROM,
    NIGHT_UNTIL,
    LineSettings,
)
from vatio.collection.reaching.addresses import (
    Lookup,
    NotFound,
    allowed_here,
    check_host,
    check_port,
    find,
    look_up,
)
from vatio.collection.reaching.modems import modem_called
from vatio.formats import number
from vatio.people.telephones import CALLED, NotATelephone, parse_number
from vatio.refusal import Refused

Transport = LineSettings.Transport


class WrongSettings(Refused):
    """What a line needs is missing, or out of range."""


@dataclass(frozen=True)
class LineDetails:
    """How the meter of a line is reached; what its transport does not use is left out.

    :param host: a name or an IP address, as somebody wrote it.
    :param telephone: a number as somebody wrote it.
    :param modem: the name of one of `COLLECT_MODEMS`.
    :param night_from, night_until: the part of the night, by the clock of the meter's zone.
    :param key: None keeps the key of a line that has one.
    """

    transport: str
    link_address: int | None
    measuring_point: int | None
    host: str = ""
    port: int | None = None
    telephone: str = ""
    modem: str = ""
    night_from: time = NIGHT_FROM
    night_until: time = NIGHT_UNTIL
    key: MeterKey | None = None


def check(details: LineDetails, *, lookup: Lookup = look_up) -> dict[str, Any]:
    """Return the columns of `LineSettings` but for the key, each value as it is stored.

    A host is judged as when it is called; a name that has no address now may have one later.

    :raises WrongAddress, NotAllowed: if the host or the port may not be called.
    :raises NotATelephone: if the number may not be.
    :raises NoSuchModem: if the operator named no such modem.
    :raises WrongSettings: if something is missing or out of range.
    """
    if details.transport not in Transport.values:
        raise WrongSettings(_("Choose how it is called."), field="transport")
    for field in ("link_address", "measuring_point"):
        written = getattr(details, field)
        if written is None or not 0 <= written <= MOST_ADDRESS:
            words = _("Write a number from 0 to %(most)s.") % {"most": number(MOST_ADDRESS)}
            raise WrongSettings(words, field=field)
    if details.night_from == details.night_until:
        raise WrongSettings(
            _("The night ends at another time than it begins."), field="night_until"
        )
    if length(details.night_from, details.night_until) > LONGEST_NIGHT:
        raise WrongSettings(
            _("A night has %(most)s hours at most.")
            % {"most": LONGEST_NIGHT // timedelta(hours=1)},
            field="night_until",
        )
    reached = _by_ip(details, lookup) if details.transport == Transport.IP else _by_modem(details)
    return {
        "transport": details.transport,
        "link_address": details.link_address,
        "measuring_point": details.measuring_point,
        "night_from": details.night_from,
        "night_until": details.night_until,
        **reached,
    }


def length(night_from: time, night_until: time) -> timedelta:
    """Return how long a night is by the clock; it may go over midnight."""
    day = date(2000, 1, 1)
    span = datetime.combine(day, night_until) - datetime.combine(day, night_from)
    return span % timedelta(days=1)


def _by_ip(details: LineDetails, lookup: Lookup) -> dict[str, Any]:
    if not details.host.strip():
        raise WrongSettings(_("Write the address of the meter."), field="host")
    if details.port is None:
        raise WrongSettings(_("Write the port of the meter."), field="port")
    host, port = check_host(details.host), check_port(details.port)
    with suppress(NotFound):
        find(host, port, allowed=allowed_here(lookup), lookup=lookup)
    return {"host": host, "port": port, "telephone": "", "modem": ""}


def _by_modem(details: LineDetails) -> dict[str, Any]:
    if not details.telephone.strip():
        raise WrongSettings(_("Write the number of the meter."), field="telephone")
    try:
        telephone = parse_number(details.telephone, kinds=CALLED)
    except NotATelephone as refused:
        raise NotATelephone(refused.words, field="telephone") from None
    modem = modem_called(details.modem).name
    return {"host": "", "port": None, "telephone": telephone, "modem": modem}
