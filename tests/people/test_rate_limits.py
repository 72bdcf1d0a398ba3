from datetime import timedelta

import pytest

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.people import one_time_links, rate_limits
from vatio.people.models import OneTimeLink, RateLimit
from vatio.people.rate_limits import Limit, TooOften

pytestmark = pytest.mark.django_db

THREE = Limit("three", 3, timedelta(minutes=10))


def take(subject: str = "nuria", *, minutes: float = 0) -> None:
    rate_limits.take(THREE, subject, at=make.NOON + timedelta(minutes=minutes))


def refused_for(subject: str = "nuria", *, minutes: float = 0) -> timedelta:
    with pytest.raises(TooOften) as refused:
        take(subject, minutes=minutes)
    return refused.value.wait


def test_a_bucket_lets_through_what_it_holds_and_gets_one_back_after_each_interval() -> None:
    for _ in range(3):
        take()

    assert refused_for() == timedelta(minutes=10)
    assert refused_for(minutes=9) == timedelta(minutes=1)
    take(minutes=10)
    assert refused_for(minutes=10) == timedelta(minutes=10)
    for _ in range(3):
        take(minutes=1000)
    assert refused_for(minutes=1000) == timedelta(minutes=10)


def test_one_is_not_counted_for_another_and_limits_are_apart() -> None:
    for _ in range(3):
        take()

    take("iago")
    rate_limits.take(Limit("other", 1, timedelta(minutes=1)), "nuria", at=make.NOON)
    assert refused_for()


def test_what_is_given_back_can_be_taken_again() -> None:
    for _ in range(3):
        take()

    rate_limits.give_back(THREE, "nuria")

    take()
    assert refused_for()


def test_how_long_to_wait_is_said_in_seconds_or_minutes() -> None:
    assert str(TooOften(timedelta(seconds=1))).endswith("dentro de 1 segundo.")
    assert str(TooOften(timedelta(seconds=59.2))).endswith("dentro de 1 minuto.")
    assert str(TooOften(timedelta(seconds=61))).endswith("dentro de 2 minutos.")


def test_what_is_full_again_is_forgotten() -> None:
    take("old")
    take("new", minutes=30)

    rate_limits.forget_full(at=make.NOON + timedelta(minutes=10))

    assert RateLimit.objects.count() == 1
    assert "nuria" not in str(list(RateLimit.objects.values()))


def test_one_person_makes_fifty_invitations_and_then_one_a_minute() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    for number in range(50):
        one_time_links.invite(norte, f"p{number}@norte.example", by=nuria, at=make.NOON)

    with pytest.raises(TooOften):
        one_time_links.invite(norte, "una-mas@norte.example", by=nuria, at=make.NOON)

    assert OneTimeLink.objects.count() == 50
    later = make.NOON + timedelta(minutes=1)
    one_time_links.invite(norte, "una-mas@norte.example", by=nuria, at=later)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_no_more_get_through_than_the_bucket_holds() -> None:
    for turn in range(full_or_tenth(50)):
        done, refused = together([lambda turn=turn: take(f"person {turn}") for _ in range(20)])

        assert (len(done), len(refused)) == (3, 17)
