from datetime import timedelta

import pytest

from tests import make
from tests.collection.lines import call_of, called_line, line_of, roomy, waiting_call
from vatio.collection.models import CallAttempt
from vatio.collection.watching.standing import LATELY, with_standing
from vatio.metering.models import RtcLine

pytestmark = pytest.mark.django_db

NIGHT = make.NOON - timedelta(hours=10)


def standing(line: RtcLine) -> tuple[object, ...]:
    found = with_standing(RtcLine.objects.filter(pk=line.pk), at=make.NOON).get()
    return found.standing, found.last_outcome, found.failing_since


def test_a_line_of_which_nothing_is_said_is_not_set_up() -> None:
    assert standing(line_of(roomy())) == ("not_set_up", None, None)


def test_a_line_that_was_set_up_and_not_called_is_never_called() -> None:
    line = called_line(roomy())
    waiting_call(line, at=make.NOON, by=make.commercial())

    assert standing(line) == ("never", None, None)


def test_a_call_that_nobody_took_up_says_nothing_of_the_line() -> None:
    line = called_line(roomy())
    waiting_call(line, at=NIGHT, by=make.commercial(), ended_at=make.NOON, outcome="not_taken")
    call_of(line, "stopped", at=make.NOON - timedelta(hours=1))

    assert standing(line) == ("never", None, None)


def test_a_line_whose_last_call_was_answered_answers() -> None:
    line = called_line(roomy())
    call_of(line, "no_answer", at=NIGHT)
    call_of(line, at=NIGHT + timedelta(minutes=5))

    assert standing(line) == ("answered", "done", None)


def test_a_line_fails_since_the_first_call_after_its_last_answer() -> None:
    line = called_line(roomy())
    call_of(line, at=NIGHT - timedelta(days=3))
    call_of(line, "no_answer", at=NIGHT - timedelta(days=2))
    call_of(line, "engaged", at=NIGHT - timedelta(days=1))
    call_of(line, "stopped", at=NIGHT)

    assert standing(line) == ("failing", "engaged", NIGHT - timedelta(days=2))


def test_a_line_that_never_answered_fails_since_its_first_call() -> None:
    line = called_line(roomy())
    call_of(line, "wrong_key", at=NIGHT)

    assert standing(line) == ("failing", "wrong_key", NIGHT)


@pytest.mark.parametrize(
    ("ago", "stands"),
    [(LATELY, "answered"), (LATELY + timedelta(seconds=1), "overdue")],
)
def test_a_line_that_answered_too_long_ago_is_not_called_lately(
    ago: timedelta, stands: str
) -> None:
    line = called_line(roomy())
    call_of(line, at=make.NOON - ago)

    assert standing(line)[0] == stands


def test_calls_of_another_line_say_nothing() -> None:
    hotel = roomy()
    line, other = called_line(hotel), called_line(hotel)
    call_of(other, "no_answer", at=NIGHT)
    call_of(line, at=NIGHT)

    assert standing(line)[0] == "answered"
    assert CallAttempt.objects.count() == 2
