"""The first minutes of an account: what is there already, and what comes next."""

from dataclasses import dataclass

from vatio.metering.models import Service
from vatio.web.shell.account_frame import AccountFrame


@dataclass(frozen=True)
class FirstMinutes:
    """How far an account has come: each is a step after the one before."""

    has_place: bool
    has_points: bool
    has_readings: bool
    may_change: bool


def first_minutes(frame: AccountFrame) -> FirstMinutes:
    """Return how far an account has come, in three short questions."""
    account = frame.account
    served = {"service__in": [Service.ACCEPTED, Service.RETIRED]}
    return FirstMinutes(
        has_place=account.supplypoints.filter(**served).exists()
        or account.meters.filter(**served).exists(),
        has_points=account.datapoints.filter(**served).exists(),
        has_readings=account.seriess.filter(first_reading_on__isnull=False).exists(),
        may_change=frame.may_change,
    )
