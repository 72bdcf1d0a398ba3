"""How often tests repeat what one time alone does not show: kills, races, drawn examples.

The number that stands in a test, and in the name of some, is that of a full proof. A tenth of it
is tried, so that every change can be; FULL=1 tries all.
"""

import os

FULL = os.environ.get("FULL") == "1"


def full_or_tenth(times: int) -> int:
    """Tell how often to repeat what a full proof repeats so many times: once at least."""
    return times if FULL else -(-times // 10)
