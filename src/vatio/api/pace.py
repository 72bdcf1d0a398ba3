"""How often a source may ask: a bucket of requests for each, kept by each web process.

The database is not asked: this keeps a gateway gone wrong from taking the pages with it, and
several processes let through as many times as much.
"""

import threading
import time

FORGET_OVER = 10_000
"""Sources over which those that have been silent longest are forgotten."""


class Pace:
    """So many requests at once, and so many more each second."""

    def __init__(self, *, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self._left: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, source: int) -> float:
        """Take a request from the bucket of a source; return the seconds to wait, 0 for none."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.get(source, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.rate)
            if left < 1:
                return (1 - left) / self.rate
            if len(self._left) >= FORGET_OVER and source not in self._left:
                self._left.pop(min(self._left, key=lambda each: self._left[each][1]))
            self._left[source] = (left - 1, now)
            return 0
