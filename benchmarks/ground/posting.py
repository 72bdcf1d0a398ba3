"""Posts requests over persistent connections, each once and in order, from a process of its own."""

import asyncio
import json
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

COUNTS = ("new", "same", "corrected", "held")


@dataclass(frozen=True)
class Posted:
    """What became of requests: their latencies in milliseconds, and the counts of the answers."""

    latencies: list[float]
    seconds: float
    processor_seconds: float
    counts: dict[str, int]

    @property
    def readings(self) -> int:
        """How many readings were answered."""
        return sum(self.counts.values())


def post(ports: Sequence[int], queues: Sequence[Sequence[bytes]]) -> Posted:
    """Post each queue over a connection of its own; connections go to the ports in turn."""
    here, there = multiprocessing.Pipe(duplex=False)
    driver = multiprocessing.Process(target=_post, args=(ports, queues, there), daemon=True)
    driver.start()
    there.close()
    posted: Posted = here.recv()
    driver.join()
    return posted


def _post(ports: Sequence[int], queues: Sequence[Sequence[bytes]], there: Connection) -> None:
    there.send(asyncio.run(_all(ports, queues)))


async def _all(ports: Sequence[int], queues: Sequence[Sequence[bytes]]) -> Posted:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    begun = time.perf_counter()
    results = await asyncio.gather(
        *(_one(ports[at % len(ports)], queue) for at, queue in enumerate(queues))
    )
    lasted = time.perf_counter() - begun
    now = resource.getrusage(resource.RUSAGE_SELF)
    counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
    for _latencies, own in results:
        counts.update(own)
    return Posted(
        latencies=[each for latencies, _counts in results for each in latencies],
        seconds=lasted,
        processor_seconds=now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime,
        counts=dict(counts),
    )


async def _one(port: int, queue: Sequence[bytes]) -> tuple[list[float], Counter[str]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    latencies: list[float] = []
    counts: Counter[str] = Counter()
    for request in queue:
        begun = time.perf_counter()
        writer.write(request)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        latencies.append((time.perf_counter() - begun) * 1000)
        answer = json.loads(body)
        if not head.startswith(b"HTTP/1.1 200") or answer["refused"]:
            raise AssertionError(f"{head.decode()}{body[:500].decode()}")
        counts.update({name: answer[name] for name in COUNTS})
    writer.close()
    return latencies, counts


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise AssertionError("the answer does not tell its length")
