from datetime import date, timedelta

import pytest
from django.db.models import Sum

from tests import make
from tests.races import together
from vatio.accounts import adjusting, growth, wallet
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, Agreement, SmsTransaction, SmsWallet, Term
from vatio.accounts.opening import WrongQuantity
from vatio.accounts.renewal import AlreadyRenewed
from vatio.history.models import Act
from vatio.notifications.models import Message
from vatio.orders import deciding
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
WHY = "Se aceptó de más."


def holding(account: Account, on: date = TODAY) -> tuple[int | None, ...] | None:
    found = held(account, on)
    return tuple(number for _unit, number in found.totals.items()) if found else None


def renewed(account: Account) -> Account:
    deciding.accept(make.renewal_order(account), by=make.commercial(), at=make.NOON)
    return Account.objects.get(pk=account.pk)


def test_fewer_than_the_licence_includes_is_held_from_today() -> None:
    hotel = make.account(totals=Quantities(20, 10, None, 0))
    elena = make.commercial("Elena Cid")

    agreement = adjusting.adjust_quantities(
        hotel, Quantities(meters=8), reason=WHY, by=elena, at=make.NOON
    )

    assert holding(hotel) == (8, 10, None, 0)
    assert holding(hotel, TODAY - timedelta(days=1)) == (20, 10, None, 0)
    assert (agreement.kind, agreement.note) == (Agreement.Kind.ADJUSTMENT, WHY)
    assert Act.objects.get(verb="account.adjusted").facts["after"]["meters"] == 8


def test_an_adjustment_reaches_the_waiting_term_too() -> None:
    hotel = renewed(make.account(totals=Quantities(20, 10, None, 0)))

    adjusting.adjust_quantities(
        hotel, Quantities(meters=12), reason=WHY, by=make.commercial(), at=make.NOON
    )

    assert holding(hotel) == (12, 10, None, 0)
    assert holding(hotel, date(2027, 5, 3)) == (12, 10, None, 0)


@pytest.mark.parametrize("totals", [Quantities(meters=-1), Quantities(data_points=5)])
def test_what_cannot_be_held_is_refused(totals: Quantities) -> None:
    hotel = make.account()

    with pytest.raises(WrongQuantity):
        adjusting.adjust_quantities(hotel, totals, reason=WHY, by=make.commercial(), at=make.NOON)

    assert Agreement.objects.count() == 1


def test_nothing_changed_is_refused() -> None:
    hotel = make.account()

    with pytest.raises(adjusting.NothingAdjusted):
        adjusting.adjust_quantities(
            hotel, Quantities(meters=10), reason=WHY, by=make.commercial(), at=make.NOON
        )


def test_an_expired_account_is_not_given_other_quantities() -> None:
    hotel = make.account(starts_on=date(2025, 5, 3))

    with pytest.raises(growth.HasExpired):
        adjusting.adjust_quantities(
            hotel, Quantities(meters=5), reason=WHY, by=make.commercial(), at=make.NOON
        )


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_an_adjustment_says_why(reason: str) -> None:
    hotel = make.account()

    for deed in (
        lambda: adjusting.adjust_quantities(
            hotel, Quantities(meters=5), reason=reason, by=make.commercial(), at=make.NOON
        ),
        lambda: adjusting.adjust_credits(
            hotel, 5, reason=reason, by=make.commercial(), at=make.NOON
        ),
        lambda: adjusting.end_early(
            hotel, TODAY, reason=reason, by=make.commercial(), at=make.NOON
        ),
        lambda: adjusting.give_courtesy(
            hotel, 5, reason=reason, by=make.commercial(), at=make.NOON
        ),
    ):
        with pytest.raises(adjusting.AdjustmentWithoutReason):
            deed()

    assert Agreement.objects.count() == 1


def test_credits_are_added_and_taken_and_the_balance_is_the_sum_of_its_movements() -> None:
    hotel = make.account(sms_credits=100)

    for credits in (50, -120):
        adjusting.adjust_credits(hotel, credits, reason=WHY, by=make.commercial(), at=make.NOON)

    assert SmsWallet.objects.get(account=hotel).balance == 30
    assert SmsTransaction.objects.aggregate(total=Sum("credits"))["total"] == 30


def test_more_credits_than_there_are_cannot_be_taken() -> None:
    hotel = make.account(sms_credits=1_000)

    with pytest.raises(wallet.NotEnoughCredits) as refused:
        adjusting.adjust_credits(hotel, -1_001, reason=WHY, by=make.commercial(), at=make.NOON)

    assert "1.000 créditos" in str(refused.value)
    assert SmsWallet.objects.get(account=hotel).balance == 1_000
    assert Agreement.objects.count() == 1


def test_an_account_ended_early_expires_on_that_morning_and_its_waiting_term_goes() -> None:
    hotel = renewed(make.account())

    adjusting.end_early(hotel, date(2026, 12, 1), reason=WHY, by=make.commercial(), at=make.NOON)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2026, 12, 1)
    assert holding(hotel, date(2026, 11, 30)) is not None
    assert holding(hotel, date(2026, 12, 1)) is None
    assert holding(hotel, date(2027, 6, 1)) is None


@pytest.mark.parametrize("on", [TODAY - timedelta(days=1), date(2027, 5, 3), date(2030, 1, 1)])
def test_an_early_end_is_today_or_later_and_before_the_term_ends(on: date) -> None:
    hotel = make.account()

    with pytest.raises(adjusting.WrongEnd):
        adjusting.end_early(hotel, on, reason=WHY, by=make.commercial(), at=make.NOON)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 5, 3)


def test_an_end_is_brought_forward_once_and_said_so_the_second_time() -> None:
    hotel, elena = make.account(), make.commercial()
    adjusting.end_early(hotel, date(2026, 12, 1), reason=WHY, by=elena, at=make.NOON)

    with pytest.raises(adjusting.WrongEnd, match="adelantó"):
        adjusting.end_early(hotel, date(2026, 11, 30), reason=WHY, by=elena, at=make.NOON)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2026, 12, 1)


def test_an_account_yet_to_start_ends_on_its_first_day_and_held_nothing() -> None:
    hotel = make.account(starts_on=date(2027, 1, 1))

    adjusting.end_early(hotel, date(2027, 1, 1), reason=WHY, by=make.commercial(), at=make.NOON)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 1, 1)
    assert holding(hotel, date(2027, 1, 1)) is None


def test_courtesy_days_follow_the_end_with_what_was_held() -> None:
    hotel = make.account(totals=Quantities(20, 10, None, 1))

    adjusting.give_courtesy(hotel, 10, reason=WHY, by=make.commercial(), at=make.NOON)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 5, 13)
    assert holding(hotel, date(2027, 5, 12)) == (20, 10, None, 1)


def test_courtesy_days_of_an_expired_account_count_from_today() -> None:
    hotel = make.account(starts_on=date(2025, 5, 3))

    adjusting.give_courtesy(hotel, 10, reason=WHY, by=make.commercial(), at=make.NOON)

    term = Term.objects.get(account=hotel, starts_on=TODAY)
    assert (term.ends_on, term.anchor_day) == (TODAY + timedelta(days=10), 24)


def test_courtesy_days_are_refused_while_a_term_waits() -> None:
    hotel = renewed(make.account())

    with pytest.raises(AlreadyRenewed):
        adjusting.give_courtesy(hotel, 10, reason=WHY, by=make.commercial(), at=make.NOON)


def test_a_renewal_after_courtesy_days_counts_from_their_end() -> None:
    hotel = make.account(starts_on=date(2025, 11, 30))
    adjusting.give_courtesy(hotel, 10, reason=WHY, by=make.commercial(), at=make.NOON)
    hotel.refresh_from_db()

    order = make.renewal_order(hotel, at=make.noon(date(2026, 12, 5)))
    deciding.accept(order, by=make.commercial(), at=make.noon(date(2026, 12, 6)))

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 12, 10)


def test_the_organisation_is_told_the_reason() -> None:
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)

    adjusting.give_courtesy(hotel, 1, reason=WHY, by=make.commercial(), at=make.NOON)

    message = Message.objects.get(template="account_adjusted")
    assert (message.address, message.context["reason"]) == (nuria.email, WHY)


@pytest.mark.django_db(transaction=True)
def test_credits_taken_by_many_at_once_never_go_below_zero() -> None:
    hotel = make.account(sms_credits=10)
    elena = make.commercial()

    done, refused = together(
        [
            lambda: adjusting.adjust_credits(
                Account.objects.get(pk=hotel.pk), -3, reason=WHY, by=elena, at=make.NOON
            )
            for _ in range(8)
        ]
    )

    assert (len(done), len(refused)) == (3, 5)
    assert SmsWallet.objects.get(account=hotel).balance == 1


@pytest.mark.django_db(transaction=True)
def test_a_renewal_and_an_early_end_at_once_leave_no_term_that_waits_alone() -> None:
    hotel = make.account()
    order = make.renewal_order(hotel)
    elena = make.commercial()

    together(
        [
            lambda: deciding.accept(order, by=elena, at=make.NOON),
            lambda: adjusting.end_early(
                Account.objects.get(pk=hotel.pk), TODAY, reason=WHY, by=elena, at=make.NOON
            ),
        ]
    )

    hotel.refresh_from_db()
    live = Term.objects.filter(account=hotel, live__isempty=False)
    assert hotel.covered_until == max(term.closed_on or term.ends_on for term in live)
    assert live.count() in {1, 2}
    if live.count() == 2:
        assert live.order_by("starts_on").last().starts_on == TODAY  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("credits", "balance", "words"),
    [(1, 1, "La cuenta tiene 1 crédito: no se puede"), (2, 2, "La cuenta tiene 2 créditos: no se")],
)
def test_one_credit_is_said_as_one(credits: int, balance: int, words: str) -> None:
    hotel = make.account("Hotel", sms_credits=credits)

    with pytest.raises(wallet.NotEnoughCredits, match=words):
        adjusting.adjust_credits(
            hotel, -balance - 1, reason=WHY, by=make.commercial(), at=make.NOON
        )
