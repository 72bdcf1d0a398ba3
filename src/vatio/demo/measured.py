"""What is measured in an account of the demo: each series with its load, its door and its seed."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from django.db import connection

from vatio.accounts.models import Account
from vatio.demo.energy.chance import draw
from vatio.demo.energy.faults import Trouble, faults_of
from vatio.demo.energy.profiles import Profile, profile_of
from vatio.demo.energy.values import CODES
from vatio.demo.histories import History, history_of
from vatio.metering.models import DataSource, Series
from vatio.metering.quantities import QUANTITIES, Adding
from vatio.readings import series as all_series
from vatio.readings.series import SeriesKey

GENERAL = "Contador general"
ELECTRICITY = (402, 404, 408)
"""What a distributor reads of a supply point."""

ORDINARY_KW = 30.0
"""The lowest contracted power of a supply point without one, in kW, as that of gas is."""

LIT_PART = 0.2
"""Which part of the contracted power all street lighting behind a general meter has."""

FIND = """
SELECT series.id, series.kind, meter.name, coalesce(measures.role = 'principal', false),
    (SELECT min(power) FROM metering_supplycontract contract, unnest(contract.powers) AS power
     WHERE contract.supply_point_id = measures.supply_point_id)::float8,
    source.id, source.kind, coalesce(device.did, ''), meter.id,
    source.kind = 'collector' AND EXISTS (
        SELECT FROM metering_rtcline line JOIN collection_linesettings own ON own.line_id = line.id
        WHERE line.meter_id = meter.id)
FROM metering_series series
JOIN metering_datapoint point ON point.id = series.data_point_id
JOIN metering_meter meter ON meter.id = point.meter_id
JOIN metering_datasource source ON source.id = point.source_id
LEFT JOIN metering_measurement measures ON measures.meter_id = meter.id
LEFT JOIN metering_sourcedevice device ON device.meter_id = meter.id
    AND device.source_id = source.id
WHERE series.account_id = %(account)s AND point.account_id = %(account)s
  AND meter.account_id = %(account)s
  AND point.service = 'accepted' AND meter.service = 'accepted'
ORDER BY meter.id, point.id, series.id
"""


@dataclass(frozen=True)
class MeasuredSeries:
    """A series of the demo, the load that it measures, and the source that brings its readings.

    `source_kind` is one of `DataSource.Kind`, `did` what a gateway calls the meter. `is_official`
    says that a distributor reads it, where files bring it; `is_called`, that calls of an RTC line
    bring the last days of it.
    """

    series: SeriesKey
    profile: Profile
    source_id: int
    source_kind: str
    did: str
    meter_id: int
    is_official: bool
    is_called: bool

    @property
    def is_inserted(self) -> bool:
        """Whether a gateway inserts the readings."""
        return self.source_kind == DataSource.Kind.INSERTION

    @property
    def counts(self) -> bool:
        """Whether the quantity is one that registers count."""
        return QUANTITIES[self.profile.quantity].adding == Adding.SUM

    @property
    def first_register(self) -> float:
        """What the register stood at when the history begins, in base units."""
        return draw(self.profile.seed, self.profile.quantity, "register").first * 9e6 // 1


@dataclass(frozen=True)
class _Found:
    """A row of `FIND`."""

    id: int
    kind: str
    meter: str
    is_principal: bool
    kw: float | None
    source_id: int
    source_kind: str
    did: str
    meter_id: int
    is_called: bool


def measured(account: Account, *, made_on: date) -> list[MeasuredSeries]:
    """Return the series of an account that have readings in the demo, the chief ones first.

    Of a quantity that a gateway sends as registers it is the series of registers, once there is
    one.

    :param made_on: the day by which faults are placed.
    """
    return _of(account, made_on=made_on, most=history_of(account.name).series)


def called(account: Account, *, made_on: date) -> list[MeasuredSeries]:
    """Return the series of an account's called meters, those without a history too."""
    return [each for each in _of(account, made_on=made_on) if each.is_called]


def _of(account: Account, *, made_on: date, most: int | None = None) -> list[MeasuredSeries]:
    """Return the series of an account, the chief ones first."""
    asked: dict[str, Any] = {"account": account.pk}
    with connection.cursor() as cursor:
        cursor.execute(FIND, asked)
        found = [_Found(*row) for row in cursor.fetchall()]
    keys = all_series.find(account.pk, [each.id for each in found])
    found = _one_of_each(found, keys)
    kept = sorted(found, key=lambda each: _standing(each, keys[each.id].quantity))
    words = Counter(_word(name) for name in {each.meter for each in found})
    history = history_of(account.name)
    return [
        _measured(account, history, each, keys[each.id], words[_word(each.meter)], made_on)
        for each in kept[:most]
    ]


def _one_of_each(found: list[_Found], keys: dict[int, SeriesKey]) -> list[_Found]:
    """Keep one series of each data point that values are made of: of two that of registers."""
    chosen: dict[int, _Found] = {}
    for each in found:
        key = keys[each.id]
        if key.quantity in CODES and (key.data_point_id not in chosen or key.is_register):
            chosen[key.data_point_id] = each
    return list(chosen.values())


def _standing(found: _Found, quantity: int) -> tuple[int, bool]:
    """Return where a series stands: the whole building, then active energy, then the rest."""
    if found.meter == GENERAL and quantity in (402, 404):
        return 0, False
    return 1 if quantity in (402, 420) else 2, not found.is_principal


def _measured(
    account: Account, history: History, found: _Found, key: SeriesKey, among: int, made_on: date
) -> MeasuredSeries:
    seed = _seed(account.name, found.meter)
    trouble = history.trouble if found.meter == GENERAL else Trouble.NONE
    if history.dead and _word(found.meter) == history.dead:
        trouble |= Trouble.DEAD
    profile = profile_of(
        account.sector,
        found.meter,
        key.quantity,
        seed,
        kw=_kw(found, account.sector, among),
        among=1 if found.is_principal else among,
        faults=faults_of(trouble, seed=seed, today=made_on),
    )
    is_official = found.is_principal and key.quantity in ELECTRICITY
    return MeasuredSeries(
        series=key,
        profile=profile,
        source_id=found.source_id,
        source_kind=found.source_kind,
        did=found.did,
        meter_id=found.meter_id,
        is_official=is_official,
        is_called=found.is_called,
    )


def _kw(found: _Found, sector: str, among: int) -> float:
    """Compute the power of what a meter measures; street lights behind another have their own."""
    kw = found.kw or ORDINARY_KW
    is_lit = sector == "administration" and _word(found.meter) == "Iluminación"
    return kw * LIT_PART / among if is_lit and not found.is_principal else kw


def _word(name: str) -> str:
    return name.split(" ", 1)[0]


def _seed(account: str, meter: str) -> int:
    """Return a seed that is the same in every demo."""
    return int.from_bytes(blake2b(f"{account}/{meter}".encode(), digest_size=4).digest())


def add_registers(account: Account, *, made_on: date) -> None:
    """Add the series of registers that lack of what a gateway is going to insert as such."""
    from_gateway = [
        each
        for each in measured(account, made_on=made_on)
        if each.is_inserted and each.counts and not each.series.is_register
    ]
    Series.objects.bulk_create(
        Series(
            account_id=account.pk,
            organisation_id=account.organisation_id,
            data_point_id=each.series.data_point_id,
            minutes=each.series.minutes,
            kind=Series.Kind.REGISTER,
            time_zone=each.series.time_zone,
            created_at=account.created_at,
        )
        for each in from_gateway
    )
