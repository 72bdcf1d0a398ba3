import pytest

from tests import make
from vatio.accounts.models import Account
from vatio.demo import loading, people, welcome
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


def test_the_demo_is_settled_once() -> None:
    assert loading.prepare(False) is False
    assert loading.prepare(True) is False

    assert Person.objects.count() == 0
    assert people.listed() == []


def test_a_platform_that_is_used_never_becomes_the_demo() -> None:
    make.commercial()

    assert loading.prepare(True) is False
    assert Account.objects.count() == 0


def test_an_empty_platform_welcomes_with_a_fresh_link_each_time() -> None:
    loading.prepare(False)

    first, second = (welcome.lines("http://127.0.0.1:8000") for _ in range(2))

    assert "/first-use/" in first[1]
    assert first[1] != second[1]
    make.commercial()
    assert welcome.lines("http://127.0.0.1:8000") == []
