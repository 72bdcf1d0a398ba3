"""By which clock a line is called: one rule, in a statement and for what is read into memory."""

from vatio.metering.installing import CANARIES, MAINLAND
from vatio.metering.models import RtcLine, SupplyPoint

ZONE = f"""CASE WHEN supply.energy = 'electricity' THEN
    CASE WHEN supply.territory = 'canarias' THEN '{CANARIES}' ELSE '{MAINLAND}' END
    ELSE account.time_zone END"""
"""The zone of a line, in a statement that joins its supply point and its account."""


def zone_of(line: RtcLine) -> str:
    """Return the IANA time zone of a line's window and of the days of its curves."""
    point = line.supply_point
    return zone_by(point.energy, point.territory, line.account.time_zone)


def zone_by(energy: str, territory: str, of_account: str) -> str:
    """Return the time zone of a line by its supply point and its account's time zone."""
    if energy == SupplyPoint.Energy.ELECTRICITY:
        return CANARIES if territory == "canarias" else MAINLAND
    return of_account
