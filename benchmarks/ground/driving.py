"""A load generator: requests one page over persistent connections, from processes of its own."""

import asyncio
import multiprocessing
import resource
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

WARM = 1.0
"""Seconds of warm-up, whose requests are not counted."""

DRIVERS = 2


@dataclass(frozen=True)
class Driven:
    """The latency of each response in milliseconds, and the processor time of the generator."""

    answers: list[float]
    seconds: float
    processor_seconds: float
    bytes_of_a_page: int


def drive(addresses: list[tuple[int, bytes]], *, connections: int, seconds: float) -> Driven:
    """Keep some connections busy for some seconds, distributed over the addresses in turn.

    An address is a port of this machine, and the whole request that is sent there.
    """
    targets = [addresses[number % len(addresses)] for number in range(connections)]
    shares = [targets[start::DRIVERS] for start in range(min(DRIVERS, connections))]
    pipes = []
    drivers = []
    for share in shares:
        here, there = multiprocessing.Pipe(duplex=False)
        driver = multiprocessing.Process(target=_drive, args=(share, seconds, there), daemon=True)
        driver.start()
        there.close()
        pipes.append(here)
        drivers.append(driver)
    results: list[Driven] = [here.recv() for here in pipes]
    for driver in drivers:
        driver.join()
    return Driven(
        answers=[latency for each in results for latency in each.answers],
        seconds=max(each.seconds for each in results),
        processor_seconds=sum(each.processor_seconds for each in results),
        bytes_of_a_page=results[0].bytes_of_a_page,
    )


def _drive(share: list[tuple[int, bytes]], seconds: float, there: Connection) -> None:
    there.send(asyncio.run(_all(share, seconds)))


async def _all(share: list[tuple[int, bytes]], seconds: float) -> Driven:
    begin = time.perf_counter() + WARM
    spent = resource.getrusage(resource.RUSAGE_SELF)
    results = await asyncio.gather(
        *(_ask(port, request, begin, begin + seconds) for port, request in share)
    )
    now = resource.getrusage(resource.RUSAGE_SELF)
    used = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
    return Driven(
        answers=[latency for answers, _size in results for latency in answers],
        seconds=seconds,
        processor_seconds=used * seconds / (seconds + WARM),
        bytes_of_a_page=results[0][1],
    )


async def _ask(port: int, request: bytes, begin: float, end: float) -> tuple[list[float], int]:
    """Send requests until `end`; a response counts if its request was sent after `begin`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    latencies: list[float] = []
    size = 0
    while (sent_at := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(head.decode())
        size = _length(head)
        await reader.readexactly(size)
        received_at = time.perf_counter()
        if begin <= sent_at and received_at <= end:
            latencies.append((received_at - sent_at) * 1000)
    writer.close()
    return latencies, size


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise AssertionError("the answer does not tell its length")
