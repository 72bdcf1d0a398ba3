"""Adds RTC lines that can be called, changes how they are, and seals their keys anew."""

from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.collection.describing import LineDetails, WrongSettings, check
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import LineSettings
from vatio.collection.reaching.addresses import Lookup, look_up
from vatio.collection.sealing import (
    KeyUnreadable,
    is_sealed_by_the_first,
    seal,
    sealing_keys,
    unseal,
)
from vatio.entitlements.limits import ensure_open
from vatio.history.recording import record
from vatio.metering.installing import add_rtc_line
from vatio.metering.models import Meter, RtcLine, SupplyPoint
from vatio.metering.recording import COMMAND
from vatio.metering.retiring import name_of
from vatio.tenants.models import Person

CALLED = frozenset({"transport", "host", "port", "telephone"})
"""What decides where a key is sent; modems are the operator's, and call what they are told."""

AT_A_TIME = 500
"""How many keys are sealed anew in one transaction."""


def add_line(
    supply_point: SupplyPoint,
    meter: Meter,
    details: LineDetails,
    *,
    by: Person | None,
    at: datetime,
    lookup: Lookup = look_up,
) -> RtcLine:
    """Add an RTC line with how its meter is reached, both or nothing.

    :param by: None if a command adds it.
    :raises Refused: as `check` and `add_rtc_line` do, and if there is no key.
    """
    columns = check(details, lookup=lookup)
    if details.key is None:
        raise _key_is_missing()
    with transaction.atomic():
        line = add_rtc_line(supply_point, meter, by=by, at=at)
        _write(line, columns, details.key, at=at)
    return line


def change_line(
    line: RtcLine,
    details: LineDetails,
    *,
    by: Person | None,
    at: datetime,
    lookup: Lookup = look_up,
) -> LineSettings:
    """Change how the meter of a line is reached; without a key the one that is there stays.

    It stays where it was written for: whoever could send it elsewhere could read it.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises Refused: as `check` does, if there is no key and never was one, and if there is none
        although something else is called.
    """
    columns = check(details, lookup=lookup)
    with transaction.atomic():
        ensure_open(line.account, at=at)
        RtcLine.objects.select_for_update(no_key=True).get(pk=line.pk)
        before = LineSettings.objects.filter(line=line).first()
        changed = _changed(before, columns)
        if before is not None and details.key is None:
            if not changed:
                return before
            if changed & CALLED:
                raise _key_is_missing(_("Another address is called: write the access key anew."))
        elif details.key is None:
            raise _key_is_missing()
        settings = _write(line, columns, details.key, at=at)
        if changed:
            _record("line.configured", line, by=by, at=at, transport=settings.transport)
        if details.key is not None:
            _record("line.key_changed", line, by=by, at=at)
    return settings


def key_of(settings: LineSettings) -> MeterKey:
    """Return the access key of a line's meter: only what calls it asks for it.

    :raises KeyUnreadable: if what sealed it is not here, or it was changed or moved.
    """
    return unseal(settings.sealed_key, line=settings.line.uid)


def reseal() -> tuple[int, int]:
    """Seal anew with the first key what another one sealed.

    :return: how many keys were sealed anew, and how many could not be opened.
    """
    keys = sealing_keys()
    anew, last = 0, 0
    while True:
        with transaction.atomic():
            some = LineSettings.objects.select_for_update(of=("self",)).select_related("line")
            rows = list(some.filter(pk__gt=last).order_by("pk")[:AT_A_TIME])
            for row in rows:
                anew += _reseal(row, keys)
        if not rows:
            return anew, _count_unreadable(keys)
        last = rows[-1].pk


def _reseal(row: LineSettings, keys: tuple[bytes, ...]) -> bool:
    """Seal a key anew; return whether it was: not if it is already, or does not open."""
    if is_sealed_by_the_first(row.sealed_key, keys=keys):
        return False
    try:
        key = unseal(row.sealed_key, line=row.line.uid, keys=keys)
    except KeyUnreadable:
        return False
    row.sealed_key = seal(key, line=row.line.uid, keys=keys)
    row.save(update_fields=["sealed_key"])
    return True


def _count_unreadable(keys: tuple[bytes, ...]) -> int:
    sealed = LineSettings.objects.values_list("sealed_key", flat=True)
    return sum(not is_sealed_by_the_first(each, keys=keys) for each in sealed.iterator())


def _changed(before: LineSettings | None, columns: dict[str, object]) -> set[str]:
    """Return the columns that get another value; all of them if there was none."""
    if before is None:
        return set(columns)
    return {name for name, value in columns.items() if getattr(before, name) != value}


def _write(
    line: RtcLine, columns: dict[str, object], key: MeterKey | None, *, at: datetime
) -> LineSettings:
    values = {**columns, "organisation_id": line.organisation_id, "changed_at": at}
    if key is not None:
        values["sealed_key"] = seal(key, line=line.uid)
    settings, _made = LineSettings.objects.update_or_create(
        line=line, account_id=line.account_id, defaults=values
    )
    line.settings = settings
    return settings


def _record(verb: str, line: RtcLine, *, by: Person | None, at: datetime, **facts: object) -> None:
    record(
        verb,
        at=at,
        by=by,
        rule="" if by else COMMAND,
        organisation=line.organisation,
        account_id=line.account_id,
        facts={"name": name_of(line), **facts},
    )


def _key_is_missing(words: Promise | None = None) -> WrongSettings:
    return WrongSettings(words or _("Write the access key of the meter."), field="key")
