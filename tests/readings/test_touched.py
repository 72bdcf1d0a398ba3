import pytest

from tests.readings.gateways import NOW, gateway
from vatio.readings import following

pytestmark = pytest.mark.django_db

QUARTER = 900.0


def test_what_changed_says_when_the_first_of_it_came_by_either_road() -> None:
    own = gateway(minutes=15)
    begun = NOW.timestamp() - 8 * QUARTER
    own.insert([(0, begun + n * QUARTER, 20.0) for n in range(4)])
    following.claim(10)

    own.insert([(0, begun + 4 * QUARTER, 20.0)], at=NOW)
    own.insert([(0, begun + 5 * QUARTER, 20.0)], at=NOW.replace(minute=15))

    (changed,) = following.claim(10)
    assert changed.arrived == NOW.timestamp()
