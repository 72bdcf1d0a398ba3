from datetime import datetime, timedelta

import pytest
from django.db import connection

from vatio.notifications import delivery, stoppage
from vatio.notifications.models import Message
from vatio.notifications.queueing import Recipient, queue
from vatio.notifications.stoppage import Outflow, Reason

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def real() -> datetime:
    """Return the database's time, to which heartbeats go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)
    return now


def look(
    *, ahead: timedelta = timedelta(), moved: timedelta | None = None, **more: bool
) -> Outflow:
    """Look now, by a clock that is ahead and was moved some time ago."""
    at = real() + ahead
    even_since = at - (moved if moved is not None else timedelta(days=999))
    has_server = more.get("has_server", True)
    return stoppage.look(at=at, real=real(), even_since=even_since, has_server=has_server)


def heard(ago: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s)", [ago]
        )


def waiting(
    ago: timedelta, *, next_in: timedelta | None = None, last_error: str = "", state: str = "queued"
) -> Message:
    at = real() - ago
    queue(
        "order_rejected",
        [Recipient("ana@norte.example", "es")],
        key=f"try:{Message.objects.count()}",
        context={},
        at=at,
    )
    message = Message.objects.latest("id")
    message.state, message.last_error = state, last_error
    message.next_attempt_at = at if next_in is None else real() + next_in
    message.settled_at = at if state == "sent" else None
    message.save()
    return message


def test_nothing_is_said_while_a_worker_is_heard_of_and_nothing_waits_for_long() -> None:
    heard(timedelta(seconds=30))
    waiting(timedelta(seconds=20))
    waiting(9 * MINUTE, next_in=MINUTE, last_error="Connection refused")

    found = look()

    assert (found.stopped_since, found.reason, found.waiting) == (None, None, 2)
    assert found.heard_at == real() - timedelta(seconds=30)
    assert found.oldest_at == real() - 9 * MINUTE


def test_it_stands_still_once_no_worker_was_heard_of_for_some_minutes() -> None:
    heard(stoppage.SILENCE + MINUTE)

    found = look(has_server=False)

    assert found.reason == Reason.NO_WORKER
    assert found.stopped_since == real() - stoppage.SILENCE - MINUTE


def test_a_worker_that_stopped_in_order_was_heard_of_by_what_it_queued() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
            " VALUES ('send', 'send-1', extract(epoch FROM now() - interval '1 hour')::bigint)"
        )

    found = look()

    assert found.reason == Reason.NO_WORKER
    assert found.heard_at is not None
    assert abs(found.heard_at - (real() - 60 * MINUTE)) < timedelta(seconds=2)


def test_before_the_first_worker_it_stands_still_once_something_waits() -> None:
    assert look().reason is None
    waiting(2 * MINUTE)
    assert look().reason is None
    waiting(4 * MINUTE)

    found = look()

    assert (found.reason, found.stopped_since) == (Reason.NO_WORKER, real() - 4 * MINUTE)
    assert found.heard_at is None


def test_a_server_that_cannot_be_reached_lets_nothing_leave() -> None:
    heard(timedelta())
    waiting(90 * MINUTE, state="sent")
    waiting(11 * MINUTE, next_in=5 * MINUTE, last_error="[Errno 111] Connection refused")
    waiting(11 * MINUTE, next_in=MINUTE)

    found = look()

    assert (found.reason, found.stopped_since) == (Reason.NOT_TAKEN, real() - 11 * MINUTE)
    assert found.last_error == "[Errno 111] Connection refused"
    assert look(has_server=False).reason is None


def test_due_messages_that_no_sender_takes_are_noticed_though_a_worker_lives() -> None:
    heard(timedelta())
    waiting(12 * MINUTE)

    assert look().reason == Reason.NOT_TAKEN


def test_a_long_queue_that_moves_is_no_stoppage() -> None:
    heard(timedelta())
    waiting(60 * MINUTE)
    waiting(MINUTE, state="sent")

    assert look().reason is None


def test_a_full_mailbox_is_no_stoppage() -> None:
    heard(timedelta())
    waiting(600 * MINUTE, next_in=60 * MINUTE, last_error="452 Mailbox full")

    assert look().reason is None


def test_a_message_that_is_tried_again_has_not_waited_since_it_was_queued() -> None:
    heard(timedelta())
    message = waiting(600 * MINUTE, last_error="Connection refused", state="failed")

    delivery.retry(message, at=real())

    assert look().reason is None


def test_what_waits_over_a_move_of_the_demos_clock_waits_from_then_on() -> None:
    heard(timedelta())
    waiting(timedelta())
    ahead = timedelta(days=30)

    assert look(ahead=ahead, moved=9 * MINUTE).reason is None
    found = look(ahead=ahead, moved=11 * MINUTE)

    assert (found.reason, found.heard_at) == (Reason.NOT_TAKEN, real() + ahead)
    assert found.stopped_since == real() + ahead - 11 * MINUTE
