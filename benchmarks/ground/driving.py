"""Asks for one page over and over, on connections that are kept, from processes of its own."""

import asyncio
import multiprocessing
import resource
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

WARM = 1.0
"""Seconds of asking that are not counted."""

DRIVERS = 2


@dataclass(frozen=True)
class Driven:
    """What came of it: the time of each answer in milliseconds, and what asking cost itself."""

    answers: list[float]
    seconds: float
    processor_seconds: float
    bytes_of_a_page: int


def drive(addresses: list[tuple[int, bytes]], *, connections: int, seconds: float) -> Driven:
    """Keep so many connections busy for some seconds, in turns over the ports.

    Each address is a port and the whole request that is sent to it.
    """
    kept = [addresses[number % len(addresses)] for number in range(connections)]
    shares = [kept[start::DRIVERS] for start in range(min(DRIVERS, connections))]
    listening = []
    drivers = []
    for share in shares:
        here, there = multiprocessing.Pipe(duplex=False)
        driver = multiprocessing.Process(target=_drive, args=(share, seconds, there), daemon=True)
        driver.start()
        there.close()
        listening.append(here)
        drivers.append(driver)
    told: list[Driven] = [here.recv() for here in listening]
    for driver in drivers:
        driver.join()
    return Driven(
        answers=[taken for each in told for taken in each.answers],
        seconds=max(each.seconds for each in told),
        processor_seconds=sum(each.processor_seconds for each in told),
        bytes_of_a_page=told[0].bytes_of_a_page,
    )


def _drive(share: list[tuple[int, bytes]], seconds: float, there: Connection) -> None:
    there.send(asyncio.run(_all(share, seconds)))


async def _all(share: list[tuple[int, bytes]], seconds: float) -> Driven:
    begin = time.perf_counter() + WARM
    spent = resource.getrusage(resource.RUSAGE_SELF)
    told = await asyncio.gather(
        *(_ask(port, request, begin, begin + seconds) for port, request in share)
    )
    now = resource.getrusage(resource.RUSAGE_SELF)
    used = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
    return Driven(
        answers=[taken for answers, _size in told for taken in answers],
        seconds=seconds,
        processor_seconds=used * seconds / (seconds + WARM),
        bytes_of_a_page=told[0][1],
    )


async def _ask(port: int, request: bytes, begin: float, end: float) -> tuple[list[float], int]:
    """Ask until the end; an answer counts if it was asked for after the beginning."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    taken: list[float] = []
    size = 0
    while (asked := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(head.decode())
        size = _length(head)
        await reader.readexactly(size)
        answered = time.perf_counter()
        if begin <= asked and answered <= end:
            taken.append((answered - asked) * 1000)
    writer.close()
    return taken, size


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise AssertionError("the answer does not tell its length")
