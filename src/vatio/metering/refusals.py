"""What an installation refuses, and the database's constraints as refusals in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.metering.models import Meter, SupplyPoint
from vatio.refusal import Refused


class CupsTaken(Refused):
    """A supply point of the account in service has the CUPS."""


class SerialTaken(Refused):
    """A meter of the account in service has the serial number."""


class RetiredBefore(Refused):
    """A thing of the same CUPS or serial is retired here: it can be put back into service."""

    def __init__(self, thing: SupplyPoint | Meter) -> None:
        super().__init__(
            _("«%(name)s» is retired here: put it back into service, or insist on another one.")
            % {"name": thing.name}
        )
        self.thing = thing


class PrincipalTaken(Refused):
    """Another principal meter measures the supply point on those days."""


class QuantityTaken(Refused):
    """The meter has a data point of the quantity in service."""


class WrongChoice(Refused):
    """What was chosen is not of the published lists, or not of the account."""


TAKEN: dict[str, tuple[type[Refused], Promise | str, str]] = {
    "one_supply_point_in_service_of_a_cups": (
        CupsTaken,
        _("A supply point in service has this CUPS."),
        "cups",
    ),
    "one_meter_in_service_of_a_serial": (
        SerialTaken,
        _("A meter in service has this serial number."),
        "serial",
    ),
    "one_principal_meter_at_a_time": (
        PrincipalTaken,
        _("Another principal meter measures this supply point on those days."),
        "role",
    ),
    "a_meter_measures_a_supply_point_once_at_a_time": (
        PrincipalTaken,
        _("This meter measures that supply point on those days already."),
        "supply_point",
    ),
    "one_data_point_in_service_of_a_quantity": (
        QuantityTaken,
        _("This meter has a data point of that quantity already."),
        "quantity",
    ),
    "one_line_in_service_of_a_meter": (
        WrongChoice,
        _("This meter has an RTC line already."),
        "meter",
    ),
    "one_meter_of_a_device": (
        WrongChoice,
        _("This device is of another meter already."),
        "meter",
    ),
    "electricity_has_a_territory": (
        WrongChoice,
        _("Say in which territory: its clock and its tariffs follow from it."),
        "territory",
    ),
    "one_source_of_a_name": (WrongChoice, _("There is a source of this name."), "name"),
    "one_calculated_series_of_a_name": (
        WrongChoice,
        _("There is a calculated series of this name."),
        "name",
    ),
}
"""By the constraint that refuses a row: the refusal, its words, and the field that it is about."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a constraint that refuses a row into a refusal in words; nothing else is undone.

    :raises Refused: as `TAKEN` says.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for constraint, (refusal, words, field) in TAKEN.items():
            if constraint in str(error):
                raise refusal(words, field=field) from None
        raise
