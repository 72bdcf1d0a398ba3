from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.races import together
from vatio.accounts.models import Account
from vatio.orders import bulk_renewing, submitting
from vatio.orders.models import BulkRenewal, BulkRenewalItem, Order
from vatio.people import creating
from vatio.tenants.models import Organisation, Person

END = date(2027, 5, 3)

pytestmark = pytest.mark.django_db(transaction=True)


def begin(norte: Organisation, by: Person, asked: list[tuple[Account, date]]) -> BulkRenewal:
    return bulk_renewing.ask(norte, asked, by=by, at=make.NOON, now=lambda: make.NOON)


def outcomes(begun: BulkRenewal) -> dict[str, str]:
    return dict(begun.items.values_list("account__name", "outcome"))


def _jobs(begun: BulkRenewal) -> int:
    asked = ProcrastinateJob.objects.filter(task_name=bulk_renewing.TASK, args={"number": begun.pk})
    return asked.count()


def many(norte: Organisation, count: int) -> list[tuple[Account, date]]:
    return [(make.account(organisation=norte), END) for _ in range(count)]


def test_each_account_is_asked_for_itself_and_the_report_says_of_each_what_became_of_it() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    hotel, nave, colegio = (
        make.account(name, organisation=norte) for name in ("Hotel", "Nave", "Colegio")
    )
    asked_before = make.renewal_order(nave, by=nuria)

    begun = begin(norte, nuria, [(hotel, END), (nave, END), (colegio, date(2020, 1, 1))])

    assert outcomes(begun) == {"Hotel": "asked", "Nave": "refused", "Colegio": "refused"}
    words = dict(begun.items.values_list("account__name", "words"))
    assert asked_before.number in words["Nave"]
    assert "3 may 2027" in words["Colegio"]
    assert begun.finished_at == make.NOON
    assert Order.objects.count() == 2


def test_a_trusted_round_says_until_when_each_is_renewed() -> None:
    norte = make.organisation()
    creating.trust(norte, trusted=True, by=make.commercial(), at=make.NOON)

    begun = begin(norte, make.superadmin(norte), many(norte, 2))

    assert list(begun.items.values_list("outcome", "until")) == [("renewed", date(2028, 5, 3))] * 2


def test_a_long_round_is_written_down_for_the_worker() -> None:
    norte = make.organisation()

    begun = begin(norte, make.superadmin(norte), many(norte, bulk_renewing.AT_ONCE + 1))

    assert begun.finished_at is None
    assert set(outcomes(begun).values()) == {"waiting"}
    assert _jobs(begun) == 1
    bulk_renewing.carry_on(begun, now=lambda: make.NOON)
    assert begun.finished_at == make.NOON
    assert set(outcomes(begun).values()) == {"asked"}


def test_it_counts_as_asked_when_it_was_pressed_however_long_it_takes() -> None:
    norte = make.organisation()
    begun = begin(norte, make.superadmin(norte), many(norte, bulk_renewing.AT_ONCE + 1))

    bulk_renewing.carry_on(begun, now=lambda: make.noon(date(2026, 11, 27)))

    assert set(Order.objects.values_list("submitted_at", flat=True)) == {make.NOON}
    assert begun.finished_at == make.noon(date(2026, 11, 27))


def test_an_account_that_fails_hides_neither_those_behind_it_nor_another_bulk_renewal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    norte = make.organisation()
    first = many(norte, bulk_renewing.AT_ONCE + 2)
    begun = [
        begin(norte, make.superadmin(norte), accounts) for accounts in (first, many(norte, 11))
    ]

    def fail_for_the_first(account: Account, **about: object) -> Order:
        if account.pk == first[0][0].pk:
            raise ZeroDivisionError
        return submitting.submit_renewal(account, **about)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(bulk_renewing, "submit_renewal", fail_for_the_first)
        with pytest.raises(ExceptionGroup):
            bulk_renewing.carry_all_on(now=lambda: make.NOON)

    assert sorted(outcomes(begun[0]).values()) == ["asked"] * (len(first) - 1) + ["waiting"]
    assert set(outcomes(begun[1]).values()) == {"asked"}
    for each in begun:
        each.refresh_from_db()
    assert [each.finished_at for each in begun] == [None, make.NOON]


def test_whoever_is_killed_on_the_way_leaves_the_rest_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    norte = make.organisation()
    begun = begin(norte, make.superadmin(norte), many(norte, bulk_renewing.AT_ONCE + 2))
    asked = 0

    def die_at_the_fifth(*args: object, **kwargs: object) -> Order:
        nonlocal asked
        asked += 1
        if asked == 5:
            raise KeyboardInterrupt
        return submitting.submit_renewal(*args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(bulk_renewing, "submit_renewal", die_at_the_fifth)
        with pytest.raises(KeyboardInterrupt):
            bulk_renewing.carry_on(begun, now=lambda: make.NOON)
    assert Order.objects.count() == 4

    bulk_renewing.carry_all_on(now=lambda: make.NOON)

    assert Order.objects.count() == bulk_renewing.AT_ONCE + 2
    assert set(outcomes(begun).values()) == {"asked"}


def test_four_workers_at_once_ask_for_each_account_once() -> None:
    norte = make.organisation()
    begun = begin(norte, make.superadmin(norte), many(norte, 20))

    _done, refused = together(
        [
            lambda: bulk_renewing.carry_on(
                BulkRenewal.objects.get(pk=begun.pk), now=lambda: make.NOON
            )
            for _ in range(4)
        ]
    )

    begun.refresh_from_db()
    assert refused == []
    assert begun.finished_at is not None
    assert Order.objects.count() == 20
    assert BulkRenewalItem.objects.filter(outcome="asked").count() == 20


def test_a_round_of_somebody_who_lost_their_place_asks_for_nothing_more() -> None:
    norte = make.organisation()
    iago = make.superadmin(norte, "Iago Ferro")
    begun = begin(norte, iago, many(norte, bulk_renewing.AT_ONCE + 1))
    iago.memberships.all().delete()

    bulk_renewing.carry_on(begun, now=lambda: make.NOON)

    assert set(outcomes(begun).values()) == {"refused"}
    assert "Iago Ferro ya no dirige" in begun.items.first().words
    assert not Order.objects.exists()
