"""`vatio demo meter`: a simulated utility meter on loopback, which calls can be tried against."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime

from vatio.collection.iec102.asdus import MeterKey
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.server import LOOPBACK, MeterDoor, opened
from vatio.demo.meter.station import SimulatedMeter

Say = Callable[[str], None]


def run_meter(arguments: argparse.Namespace, *, now: Callable[[], datetime], say: Say) -> int:
    """Answer calls until the process is stopped; `now` is asked once for each call, in a thread."""
    meter = SimulatedMeter(link=arguments.link, point=arguments.point, key=MeterKey(arguments.key))
    door = MeterDoor(meter, MeterFaults(arguments.fault), now=now)
    asyncio.run(serve(door, meter, port=arguments.port, say=say))
    return 0


async def serve(door: MeterDoor, meter: SimulatedMeter, *, port: int, say: Say) -> None:
    """Answer calls on a port of loopback, say where, and never end by itself."""
    async with opened(door, port=port) as taken:
        say(
            f"A simulated meter answers at {LOOPBACK}:{taken},"
            f" link address {meter.link}, measuring point {meter.point}."
        )
        await asyncio.get_running_loop().create_future()
