"""The wallet of SMS credits: bought, adjusted, never reset, and never below zero."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils.translation import ngettext

from vatio.accounts.models import Account, Agreement, SmsTransaction, SmsWallet
from vatio.formats import number
from vatio.refusal import Refused

RECOUNT = """
SELECT account.id, account.name, own.balance, coalesce(moved.credits, 0)::int
FROM accounts_smswallet own
JOIN accounts_account account ON account.id = own.account_id
LEFT JOIN (
    SELECT account_id, sum(credits) AS credits FROM accounts_smstransaction GROUP BY account_id
) AS moved ON moved.account_id = own.account_id
WHERE own.balance <> coalesce(moved.credits, 0)
ORDER BY account.id
"""


@dataclass(frozen=True)
class WrongBalance:
    """A wallet whose balance is not the sum of its transactions: the balance told, and the sum."""

    account_id: int
    account: str
    balance: int
    counted: int


class NotEnoughCredits(Refused):
    """The wallet's balance would fall below zero."""


def begin(account: Account, credits: int, *, at: datetime, agreement: Agreement) -> None:
    """Create an account's wallet, with the SMS credits bought with its opening."""
    SmsWallet.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        balance=credits,
        last_added=credits,
    )
    _write_bought(account, credits, at=at, agreement=agreement)


def put_in(account: Account, credits: int, *, at: datetime, agreement: Agreement) -> None:
    """Add bought SMS credits to an account's wallet.

    The agreement is the idempotency key: a repetition raises IntegrityError, and adds nothing.
    """
    if _write_bought(account, credits, at=at, agreement=agreement):
        SmsWallet.objects.filter(account=account).update(
            balance=F("balance") + credits, last_added=credits, told_step=0
        )


@transaction.atomic
def adjust(account: Account, credits: int, *, at: datetime, agreement: Agreement) -> int:
    """Add SMS credits to a wallet or, if negative, remove some; return the new balance.

    :raises NotEnoughCredits: if the balance would fall below zero.
    """
    changed = SmsWallet.objects.filter(account=account, balance__gte=-credits)
    anew = {"last_added": credits, "told_step": 0} if credits > 0 else {}
    if not changed.update(balance=F("balance") + credits, **anew):
        balance = SmsWallet.objects.get(account=account).balance
        raise NotEnoughCredits(
            ngettext(
                "The account has %(balance)s credit: no more can be taken.",
                "The account has %(balance)s credits: no more can be taken.",
                balance,
            )
            % {"balance": number(balance)},
            field="credits",
        )
    _write(account, credits, SmsTransaction.Kind.ADJUSTED, at=at, agreement=agreement)
    return SmsWallet.objects.get(account=account).balance


def recount() -> list[WrongBalance]:
    """Return every wallet whose balance differs from its transactions, of all accounts."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        return [WrongBalance(*row) for row in cursor.fetchall()]


@transaction.atomic
def repair(account_id: int) -> None:
    """Write a wallet's balance anew from its transactions, which nobody can change.

    The wallet is locked first, so that nobody moves credits meanwhile.
    """
    wallet = SmsWallet.objects.select_for_update().get(account=account_id)
    moved = SmsTransaction.objects.filter(account=account_id)
    wallet.balance = moved.aggregate(sum=Sum("credits", default=0))["sum"]
    wallet.save(update_fields=["balance"])


def _write_bought(
    account: Account, credits: int, *, at: datetime, agreement: Agreement
) -> SmsTransaction | None:
    """Write the transaction of the SMS credits that an agreement brought, if any."""
    if credits == 0:
        return None
    return _write(account, credits, SmsTransaction.Kind.BOUGHT, at=at, agreement=agreement)


def _write(
    account: Account, credits: int, kind: SmsTransaction.Kind, *, at: datetime, agreement: Agreement
) -> SmsTransaction:
    return SmsTransaction.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        key=f"agreement:{agreement.pk}",
        kind=kind,
        credits=credits,
        at=at,
        agreement=agreement,
    )
