import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from vatio.task_queue import defer


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
