"""Threads in which a process of coroutines speaks to the database, which makes its callers wait."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Some threads, each with a connection of its own, which is made anew once it is lost."""

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Run `work` in one of the threads, and return what it returns."""

        def act() -> T:
            try:
                return work(*given, **named)
            except (OperationalError, InterfaceError):
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._pool, act)

    def close(self) -> None:
        """Wait for what runs, and close the connections."""
        all_here = threading.Barrier(self._count)

        def end() -> None:
            all_here.wait()
            connection.close()

        for _each in range(self._count):
            self._pool.submit(end)
        self._pool.shutdown(wait=True)
