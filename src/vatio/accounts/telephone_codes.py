"""Sends a code to the telephone that a person wants to use, paid for by an account of theirs."""

import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from vatio.accounts import texting
from vatio.accounts.expiry import has_started, is_expired
from vatio.accounts.locking import hold
from vatio.accounts.models import Account
from vatio.accounts.sms_spending import Cost, reserve
from vatio.notifications.models import Message
from vatio.notifications.sms_queueing import Text, is_set_up, queue_texts
from vatio.notifications.sms_segments import measure, without_accents
from vatio.people.models import Telephone
from vatio.people.telephones import VALID, hash_of, parse_number
from vatio.refusal import Refused
from vatio.tenants.models import Person

CODE = "phone_code"
"""The template of codes, by which they are counted."""

DAY = timedelta(hours=24)
MOST_A_NUMBER = 3
MOST_AN_ACCOUNT = 20
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
"""Those who ask for a code to the same number wait for each other, so that its limit is exact."""


class NoTexts(Refused):
    """The platform sends no text messages."""


class NotTheirAccount(Refused):
    """The person has no role in the account, or it is not running."""


class TooManyCodes(Refused):
    """As many codes went to the number, or out of the account, as a day may have."""


MOST_ACCOUNTS = 200
"""How many accounts a person is offered to pay: who leads more has the first of them by name."""


def paying_accounts(person: Person, *, at: datetime) -> list[Account]:
    """Return the running accounts in which a person has a role, by name, with their wallets."""
    running = Account.objects.with_role_of(person).filter(ends_at__gt=at, closed_at__isnull=True)
    first = running.select_related("wallet").order_by("name_sorted", "id")[:MOST_ACCOUNTS]
    return [account for account in first if has_started(account, at=at)]


@transaction.atomic
def ask_code(person: Person, account: Account, number: str, *, at: datetime, real: datetime) -> str:
    """Send a code to a number, for a credit of the account; return the number as it is stored.

    The code of before, if one waits, works no more; a number confirmed before stays.

    :param real: the wall clock, by which codes are counted and lapse.
    :raises NoTexts: if the platform sends no text messages.
    :raises NotATelephone: if the text is no number that may be used.
    :raises NotTheirAccount: if the person has no role in it, or the account is not running.
    :raises TooManyCodes: if `MOST_A_NUMBER` or `MOST_AN_ACCOUNT` were sent within 24 hours.
    :raises NotEnoughCredits: if the account has none left.
    """
    if not is_set_up():
        raise NoTexts(_("This platform sends no text messages."))
    stored = parse_number(number)
    _ensure_theirs(person, account, at=at)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"code:{stored}"])
        cursor.execute(LOCK, [f"codes:{account.pk}"])
    hold(account.pk)
    _ensure_few(account, stored, real=real)
    code = f"{secrets.randbelow(10**6):06}"
    with override(person.language):
        words = without_accents(
            _("Vatio: your code is %(code)s. It works for 10 minutes.") % {"code": code}
        )
    Telephone.objects.update_or_create(
        person=person,
        defaults={
            "asked_number": stored,
            "code_hash": hash_of(person, stored, code),
            "code_lapses_at": real + VALID,
            "code_tries": 0,
        },
    )
    own = Text(
        key=f"{CODE}:{uuid4()}",
        number=stored,
        text=words,
        template=CODE,
        language=person.language,
        send_before=real + VALID,
        account_id=account.pk,
        organisation_id=account.organisation_id,
        person_id=person.pk,
        secret=True,
    )
    (message,) = queue_texts([own], at=real).values()
    reserve(Cost(account.pk, message, measure(words).segments), at=at)
    texting.wake()
    return stored


def _ensure_theirs(person: Person, account: Account, *, at: datetime) -> None:
    theirs = Account.objects.with_role_of(person).filter(pk=account.pk).exists()
    if not theirs or is_expired(account, at=at) or not has_started(account, at=at):
        raise NotTheirAccount(
            _("Choose a running account in which you have a role."), field="account"
        )


def _ensure_few(account: Account, number: str, *, real: datetime) -> None:
    lately = Message.objects.filter(
        channel=Message.Channel.SMS, template=CODE, queued_at__gt=real - DAY
    )
    if lately.filter(address=number).count() >= MOST_A_NUMBER:
        raise TooManyCodes(
            _("%(most)s codes went to this number within a day. Wait until tomorrow.")
            % {"most": MOST_A_NUMBER},
            field="number",
        )
    if lately.filter(account_id=account.pk).count() >= MOST_AN_ACCOUNT:
        raise TooManyCodes(
            _("%(most)s codes were sent for this account within a day. Choose another, or wait.")
            % {"most": MOST_AN_ACCOUNT},
            field="account",
        )
