"""What an account would hold less of than it uses: legal, and said before it comes."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.entitlements.models import Usage
from vatio.entitlements.question import Room
from vatio.formats import number
from vatio.units import Quantities, Unit


def used_by(account: Account) -> dict[Unit, int]:
    """Return how many of each unit an account uses, without those of which it uses none."""
    rows = Usage.objects.filter(account=account, used__gt=0)
    return {Unit(unit): used for unit, used in rows.values_list("unit", "used")}


def shortfall(held: Quantities, used: Mapping[Unit, int]) -> dict[Unit, Room]:
    """Return the units of which fewer would be held than are used, with both numbers."""
    rooms = {unit: Room(number, used.get(unit, 0)) for unit, number in held.items()}
    return {unit: room for unit, room in rooms.items() if room.is_over}


def sentences(held: Quantities, used: Mapping[Unit, int]) -> list[str]:
    """Return a sentence for each unit of which fewer would be held than are used."""
    return [
        _(
            "%(unit)s: it will hold less than is installed: %(used)s of %(held)s; nothing is"
            " removed, nothing can be added."
        )
        % {"unit": unit.label, "used": number(room.used), "held": number(room.held or 0)}
        for unit, room in shortfall(held, used).items()
    ]
