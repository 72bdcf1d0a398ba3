"""Brings the readings of the time that passes in the demo: by its gateways, and by files."""

from vatio import clock
from vatio.demo import filling, gateways
from vatio.demo.histories import HISTORIES


def on_each_day() -> None:
    """Bring the day that the demo's clock has just passed, for the accounts with quarters.

    The others follow with the next minute, many days at once.
    """
    filling.bring_days(at=clock.now(), only=HISTORIES)
    gateways.send(at=clock.now(), post=gateways.to_own_door)


def catch_up() -> None:
    """Bring what the demo's clock has passed, for all accounts."""
    filling.bring_days(at=clock.now())
    gateways.send(at=clock.now(), post=gateways.to_own_door)
