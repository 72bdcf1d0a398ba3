from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from vatio.collection.locks import CallLocks, LocksLost

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def elsewhere(locks: CallLocks, names: list[str]) -> bool:
    """Try to take locks on another connection."""

    def act() -> bool:
        try:
            return locks.take(names)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


def test_locks_are_taken_all_or_none_and_keep_others_out_until_they_are_freed() -> None:
    locks = CallLocks()

    taken = locks.take(["line 1", "endpoint a:1"])
    others = [elsewhere(CallLocks(), names) for names in (["endpoint a:1", "line 2"], ["line 2"])]
    again = locks.take(["line 3", "line 1"])
    locks.release(["line 1", "endpoint a:1"])
    freed = elsewhere(CallLocks(), ["endpoint a:1", "line 1", "line 3"])

    assert (taken, others, again, freed) == (True, [False, True], False, True)


def test_locks_of_a_connection_that_is_lost_are_never_thought_to_be_held() -> None:
    locks = CallLocks()
    locks.take(["line 1"])
    connection.close()

    for act in (locks.ensure_held, lambda: locks.take(["line 2"])):
        with pytest.raises(LocksLost):
            act()

    assert elsewhere(CallLocks(), ["line 1"])
