import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from vatio.task_queue import defer, each_by_itself


@pytest.mark.django_db(transaction=True)
def test_the_web_role_gives_the_worker_something_to_do(as_web: None) -> None:
    defer("renew_several", bulk_renewal=7)

    job = ProcrastinateJob.objects.get(args={"bulk_renewal": 7})
    assert (job.task_name, job.status) == ("renew_several", "todo")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_wakes_nobody() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        defer("renew_several", bulk_renewal=8)
        _ = 1 / 0

    assert not ProcrastinateJob.objects.filter(args={"bulk_renewal": 8}).exists()


def test_a_row_that_fails_hides_none_behind_it_and_is_not_hidden_itself() -> None:
    done = []

    def act(number: int) -> None:
        done.append(12 // number)

    with pytest.raises(ExceptionGroup) as failed:
        each_by_itself([0, 3, 0, 4], act)

    assert done == [4, 3]
    assert failed.group_contains(ZeroDivisionError)
    assert len(failed.value.exceptions) == 2


def test_what_came_of_each_row_is_told() -> None:
    assert each_by_itself([1, 2], lambda number: number + 1) == [2, 3]
