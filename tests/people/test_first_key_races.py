import pytest

from tests import make
from tests.races import together
from vatio.people import one_time_links
from vatio.people.models import OneTimeLink


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_leave_one_key_that_lives() -> None:
    done, refused = together([lambda: one_time_links.first_key(at=make.NOON)] * 4)

    assert (len(done), refused) == (4, [])
    assert OneTimeLink.objects.filter(withdrawn_at__isnull=True).count() == 1
