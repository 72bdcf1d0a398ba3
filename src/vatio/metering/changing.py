"""Changes what is known of supply points and meters, and the device of a meter."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import lock
from vatio.entitlements.limits import ensure_open
from vatio.metering.adding_up import added_up_across_zones
from vatio.metering.allocating import hold, settle
from vatio.metering.installing import SupplyDetails, zone_of
from vatio.metering.models import DataSource, Meter, MeterChange, Series, Site, SupplyPoint
from vatio.metering.recording import record_installation
from vatio.metering.refusals import in_words
from vatio.refusal import Refused
from vatio.tenants.models import Person


class WrongChange(Refused):
    """The day of a change is one of another change, or its registers go backwards."""


class ZoneIsFixed(Refused):
    """The meter has readings in another time zone than that of the site."""


@dataclass(frozen=True)
class NewDevice:
    """The device that takes a meter's place: its serial and the registers of both on the day.

    The registers are in the unit of the dial; None where nobody read them.
    """

    day: date
    serial: str
    last_register: Decimal | None = None
    first_register: Decimal | None = None


@transaction.atomic
def change_device(meter: Meter, new: NewDevice, *, by: Person, at: datetime) -> MeterChange:
    """Record that another device stands in a meter's place: «Cambiar el contador».

    Places, supply points, data points and lines stay as they are, and nothing is taken or freed.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises SerialTaken: if another meter in service has the serial number.
    :raises WrongChange: if the meter was changed on that day already.
    """
    ensure_open(meter.account, at=at)
    old = meter.serial
    try:
        with transaction.atomic():
            change = MeterChange.objects.create(
                account_id=meter.account_id,
                organisation_id=meter.organisation_id,
                meter=meter,
                day=new.day,
                old_serial=old,
                new_serial=new.serial,
                last_register=new.last_register,
                first_register=new.first_register,
                recorded_at=at,
            )
    except IntegrityError as error:
        if "one_change_of_a_meter_a_day" not in str(error):
            raise
        raise WrongChange(_("This meter was changed on that day already."), field="day") from None
    meter.serial = new.serial
    with in_words():
        meter.save(update_fields=["serial"])
    record_installation(
        "device_changed", meter, name=meter.name, by=by, at=at, old=old, new=new.serial
    )
    return change


@transaction.atomic
def change_supply_point(
    point: SupplyPoint, details: SupplyDetails, *, by: Person, at: datetime
) -> SupplyPoint:
    """Change what is known of a supply point; managing its bills takes a CUPS, leaving it frees it.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises CupsTaken: if another supply point in service has the CUPS.
    :raises LimitReached: if its bills are to be managed and the account holds no more CUPS.
    """
    ensure_open(point.account, at=at)
    hold(point)
    values = details.columns()
    for name, value in values.items():
        setattr(point, name, value)
    with in_words():
        point.save(update_fields=list(values))
    settle(point.account, point, at=at)
    record_installation("changed", point, name=point.name, by=by, at=at)
    return point


@transaction.atomic
def change_meter(
    meter: Meter, *, name: str, make: str, site: Site | None, by: Person, at: datetime
) -> Meter:
    """Change a meter's name, make and site.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises ZoneIsFixed: if it has readings, and the site's days are those of another time zone;
        or a calculated series adds it up with others whose days are.
    """
    # Whoever stores a reading holds the account: none comes before the zone is written.
    lock(meter.account)
    ensure_open(meter.account, at=at)
    meter.name, meter.make, meter.site = name, make, site
    zone = zone_of(meter)
    series = Series.objects.filter(data_point__meter=meter)
    if series.filter(first_reading_on__isnull=False).exclude(time_zone=zone).exists():
        raise ZoneIsFixed(
            _(
                "This meter has readings by the days of another time zone: retire it, and add a"
                " meter in that site."
            ),
            field="site",
        )
    series.update(time_zone=zone)
    if mixed := added_up_across_zones(meter):
        words = _("«%(name)s» adds it up with meters whose days are those of another time zone.")
        raise ZoneIsFixed(words % {"name": mixed.name}, field="site")
    meter.save(update_fields=["name", "make", "site"])
    record_installation("changed", meter, name=meter.name, by=by, at=at)
    return meter


@transaction.atomic
def change_source(
    source: DataSource, *, name: str, registers_at_end: bool, by: Person, at: datetime
) -> DataSource:
    """Change the name of a data source, and what its registers are; its kind never changes.

    :param registers_at_end: each is the state at the end of the interval that begins at its
        instant. It holds for what arrives from now on.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises WrongChoice: if another source of the account has the name.
    """
    ensure_open(source.account, at=at)
    source.name, source.registers_at_end = name, registers_at_end
    with in_words():
        source.save(update_fields=["name", "registers_at_end"])
    record_installation("changed", source, name=name, by=by, at=at)
    return source
