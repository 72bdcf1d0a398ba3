from datetime import timedelta

import pytest

from tests import make
from tests.alerts.test_announcing import quiet
from tests.alerts.test_telling import SOON, bring
from tests.alerts.watching import point_of, rule
from tests.readings.stored import series
from vatio.accounts.models import Account, AccountRole
from vatio.alerts import telling
from vatio.alerts.models import AlertTold
from vatio.alerts.summary import fill_summary
from vatio.notifications.models import Message
from vatio.notifications.rendering import render
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

MORNING = SOON + timedelta(hours=6)


def awoken(accounts: int) -> tuple[Person, list[Account]]:
    """Open an episode in each of some accounts in a person's quiet hours, and end these."""
    keys = [series(15) for _each in range(accounts)]
    own = [Account.objects.get(pk=key.account_id) for key in keys]
    marta = make.holder(own[0], "viewer", "Marta Vega")
    for each in own[1:]:
        AccountRole.objects.create(
            person=marta,
            account=each,
            organisation_id=each.organisation_id,
            role="viewer",
            created_at=make.NOON,
        )
    quiet(marta)
    for key in keys:
        rule(point_of(key), recipients=[marta])
        bring(key, 12)
    telling.tell_waiting(at=MORNING)
    return marta, own


def sent() -> list[Message]:
    return list(Message.objects.filter(state="queued", channel="email"))


def test_what_is_open_in_several_accounts_after_quiet_hours_is_one_mail_with_each_of_them() -> None:
    marta, accounts = awoken(3)

    (mail,) = sent()
    said = fill_summary(mail)
    words = render(mail, address="https://vatio.example", context=said)

    assert mail.person == marta
    assert "3 alertas siguen abiertas" in words.subject
    for each in accounts:
        assert each.name in words.text
        assert f"https://vatio.example/accounts/{each.uid}/alerts/" in words.text
    told = AlertTold.objects.filter(what="still", channel="mail")
    assert {each.message_key for each in told} == {mail.key}
    assert told.count() == 3


def test_a_summary_keeps_no_word_of_an_account_and_says_nothing_of_one_that_was_left() -> None:
    marta, accounts = awoken(2)
    (mail,) = sent()
    marta.account_roles.filter(account=accounts[0]).delete()

    said = fill_summary(mail)

    assert not [each for each in accounts if each.name in str(mail.context)]
    assert said is not None
    assert (said["count"], mail.account_id) == (1, None)
    assert accounts[0].name not in str(said)


def test_a_summary_of_which_nothing_is_left_is_not_sent() -> None:
    marta, _accounts = awoken(2)
    (mail,) = sent()
    marta.account_roles.all().delete()

    assert fill_summary(mail) is None


def test_what_is_open_in_one_account_is_a_mail_of_that_account() -> None:
    _marta, accounts = awoken(1)

    (mail,) = sent()

    assert (mail.template, mail.account_id) == ("alerts_together_again", accounts[0].pk)
