"""The records of a load curve that the simulated meter sends, and the faults among them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vatio.collection.iec102 import asdus
from vatio.collection.iec102.asdus import Asdu, IntegratedTotal
from vatio.collection.iec102.labels import TimeLabel
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.load import MeterLoad

MINUTES = {asdus.HOURLY: 60, asdus.QUARTER_HOURLY: 15}
ANSWERS = {asdus.ASK_TOTALS: asdus.TOTALS, asdus.ASK_INCREMENTS: asdus.INCREMENTS}
IN_RESERVE = 0x80
"""The quality of objects 7 and 8, which no meter measures."""


@dataclass(frozen=True)
class RecordSource:
    """What records are made of: what the meter measured, the zone of its clock, its faults."""

    load: MeterLoad
    zone: ZoneInfo
    faults: MeterFaults


def records(
    request: Asdu, *, objects: range, ends: tuple[datetime, datetime], source: RecordSource
) -> list[Asdu]:
    """Return the records that answer a request, for intervals that end from first to last."""
    faults = source.faults
    step = timedelta(minutes=MINUTES[request.register])
    first, last = ends
    if "edges" in faults:
        first, last = first - step, last + step
    sent: list[Asdu] = []
    end = first
    while end <= last:
        sent.append(_record(request, objects, end, source, count=len(sent) + 1))
        end += step
    return _out_of_order(sent, faults)


def _record(
    request: Asdu, objects: range, end: datetime, source: RecordSource, *, count: int
) -> Asdu:
    load, faults = source.load, source.faults
    minutes = MINUTES[request.register]
    values = (
        load.readings(end)
        if request.type == asdus.ASK_TOTALS
        else load.increments(end - timedelta(minutes=minutes), minutes)
    )
    quality = 0x80 if faults.hits("invalid", count) else 0
    quality |= 0x0C if faults.hits("manipulated", count) else 0
    totals = tuple(
        IntegratedTotal(number, values[number - 1], quality | (IN_RESERVE if number > 6 else 0))
        for number in objects
    )
    label = TimeLabel.of(end, source.zone, invalid=faults.hits("doubtful", count))
    register = request.register + 1 if "other-register" in faults else request.register
    return asdus.record(ANSWERS[request.type], request.point, register, totals, label)


def _out_of_order(sent: list[Asdu], faults: MeterFaults) -> list[Asdu]:
    """Leave records out, repeat them and change their order, as the faults say."""
    if "no-last" in faults:
        del sent[-1:]
    if "hole" in faults:
        number = int(faults.number("hole"))
        del sent[number - 1 : number]
    if "no-first" in faults:
        del sent[:1]
    if "duplicates" in faults:
        sent = [each for each in sent for _time in range(2)]
    if "contradiction" in faults:
        at = int(faults.number("contradiction")) - 1
        sent[at:at] = [_other_value(each) for each in sent[at : at + 1]]
    if "disorder" in faults:
        sent.reverse()
    if "short" in faults:
        sent = [replace(each, data=each.data[:-1]) for each in sent]
    if "no-moment" in faults:
        sent = [replace(each, data=each.data[:-2] + b"\x00" + each.data[-1:]) for each in sent]
    return sent


def _other_value(record: Asdu) -> Asdu:
    """Return a record whose first value is another one."""
    value = bytearray(record.data)
    value[1] ^= 1
    return replace(record, data=bytes(value))
