import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from vatio.jobs import mending, tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs() -> Iterator[None]:
    _forget()
    yield
    _forget()


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def one(statement: str, *parameters: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def worker(*, silent: int = 0) -> int:
    """Make a worker that was last heard of some seconds ago."""
    made = one(
        "INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - make_interval(secs => %s)) RETURNING id",
        silent,
    )
    assert isinstance(made, int)
    return made


def job(
    task: str = "send",
    *,
    status: str = "doing",
    lock: str | None = None,
    queueing_lock: str | None = None,
    by: int | None = None,
    args: str = "{}",
) -> int:
    made = one(
        "INSERT INTO procrastinate_jobs"
        " (queue_name, task_name, lock, queueing_lock, status, worker_id, args)"
        " VALUES ('default', %s, %s, %s, %s::procrastinate_job_status, %s, %s::jsonb) RETURNING id",
        task,
        lock,
        queueing_lock,
        status,
        by,
        args,
    )
    assert isinstance(made, int)
    return made


def states() -> dict[int, str]:
    return dict(ProcrastinateJob.objects.order_by("id").values_list("id", "status"))


def fetched() -> int | None:
    """Let a living worker ask for its next job."""
    found = one("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", worker())
    assert found is None or isinstance(found, int)
    return found


def test_a_job_whose_worker_fell_silent_is_taken_up_again() -> None:
    dead = job(lock="send-1", queueing_lock="send-1", by=worker(silent=31))

    assert mending.mend() == 1

    assert fetched() == dead


def test_a_job_whose_worker_was_struck_off_is_taken_up_again() -> None:
    gone = worker(silent=31)
    dead = job(by=gone)
    one("SELECT procrastinate_prune_stalled_workers_v1(30)")

    assert mending.mend() == 1

    assert states() == {dead: "todo"}


def test_a_job_that_a_worker_left_when_it_stopped_in_order_is_taken_up_again() -> None:
    stopped = worker()
    dead = job(by=stopped)
    one("SELECT procrastinate_unregister_worker_v1(%s)", stopped)

    assert mending.mend() == 1

    assert states() == {dead: "todo"}


def test_a_job_of_a_living_worker_is_left_alone() -> None:
    busy = job(by=worker(silent=29))

    assert mending.mend() == 0

    assert states() == {busy: "doing"}


def test_a_dead_job_gives_way_to_one_that_waits_to_do_the_same() -> None:
    job(lock="send-1", queueing_lock="send-1", by=worker(silent=99))
    waiting = job(status="todo", lock="send-1", queueing_lock="send-1")
    assert fetched() is None

    mending.mend()

    assert fetched() == waiting
    assert states() == {waiting: "doing"}


def test_dead_jobs_are_mended_whatever_stands_before_them() -> None:
    dead = worker(silent=99)
    job(lock="send-1", queueing_lock="send-1", by=dead)
    job(lock="send-2", queueing_lock="send-2", by=dead)
    first = job(status="todo", lock="send-1", queueing_lock="send-1")
    second = job(status="todo", lock="send-2", queueing_lock="send-2")
    unlocked = job("remind", by=dead)
    locked = job("purge", lock="one at a time", by=dead)

    assert mending.mend() == 4

    assert states() == {first: "todo", second: "todo", unlocked: "todo", locked: "todo"}


def test_two_dead_jobs_of_one_queueing_lock_leave_one() -> None:
    dead = worker(silent=99)
    first = job("remind", queueing_lock="remind", by=dead)
    job("remind", queueing_lock="remind", by=dead)

    assert mending.mend() == 2

    assert states() == {first: "todo"}


def test_a_job_dies_as_often_as_its_workers_do_and_is_taken_up_each_time() -> None:
    dead = job(lock="send-1", queueing_lock="send-1", by=worker(silent=99))
    for _death in range(20):
        assert mending.mend() == 1
        assert fetched() == dead
        one("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")

    assert ProcrastinateJob.objects.get(id=dead).attempts == 20


def test_a_dead_job_that_was_to_be_aborted_frees_its_lock() -> None:
    job("purge", lock="one", by=worker(silent=99))
    one("UPDATE procrastinate_jobs SET abort_requested = true")
    waiting = job("purge", status="todo", lock="one")

    assert mending.mend() == 1

    assert fetched() == waiting


def test_what_cannot_be_taken_up_hides_nothing_behind_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    dead = worker(silent=99)
    broken = job("broken", by=dead)
    sound = job("send", by=dead)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE procrastinate_jobs ADD CONSTRAINT broken_stays"
            " CHECK (task_name <> 'broken' OR status = 'doing')"
        )
    try:
        assert mending.mend() == 1
        assert states() == {broken: "doing", sound: "todo"}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE procrastinate_jobs DROP CONSTRAINT broken_stays")
    assert f"The job {broken} cannot be taken up." in caplog.text


def test_workers_that_mend_at_once_take_each_job_up_once() -> None:
    dead = job(lock="send-1", by=worker(silent=99))
    mended: list[int] = []

    def mend() -> None:
        mended.append(mending.mend())
        connection.close()

    with transaction.atomic():
        ProcrastinateJob.objects.select_for_update().get(id=dead)
        thread = threading.Thread(target=mend)
        thread.start()
        thread.join(10)
        assert mended == [0]

    assert mending.mend() == 1
    assert states() == {dead: "todo"}


def test_old_failures_leave_their_rows_and_young_ones_stay() -> None:
    old = [job(status=status) for status in ("failed", "aborted", "cancelled")]
    young, waiting = job(status="failed"), job(status="todo")
    for number, hours in [(each, tasks.KEPT_HOURS + 1) for each in old] + [(young, 1)]:
        one(
            "INSERT INTO procrastinate_events (job_id, type, at)"
            " VALUES (%s, 'failed', now() - make_interval(hours => %s))",
            number,
            hours,
        )

    # In a thread of its own: a test in a browser leaves an event loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, tasks.prune.func(timestamp=0)).result()

    assert set(states()) == {young, waiting}
