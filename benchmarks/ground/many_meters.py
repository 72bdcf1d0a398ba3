"""Simulated utility meters, many in a process: started by its path, with how many there are to be.

It prints their ports in one line of JSON and answers until its input ends; then it prints the
processor seconds that it took.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.server import MeterDoor, opened
from vatio.demo.meter.station import SimulatedMeter


async def answer(count: int) -> None:
    """Answer as some meters until the input ends."""
    async with AsyncExitStack() as doors:
        ports = [
            await doors.enter_async_context(
                opened(MeterDoor(SimulatedMeter(), MeterFaults(()), now=_now), port=0)
            )
            for _each in range(count)
        ]
        print(json.dumps(ports), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps(time.process_time()), flush=True)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    asyncio.run(answer(int(sys.argv[1])))
