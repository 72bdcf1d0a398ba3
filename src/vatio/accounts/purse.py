"""SMS credits: bought, spent, never reset, and never below zero."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from vatio.accounts.models import Account, Agreement, Purse, SmsMovement


@transaction.atomic
def put_in(
    account: Account,
    credits: int,
    *,
    key: str,
    kind: SmsMovement.Kind,
    at: datetime,
    agreement: Agreement,
) -> None:
    """Add bought credits to an account's purse; the key makes a repetition fail whole."""
    if credits == 0:
        return
    SmsMovement.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        key=key,
        kind=kind,
        credits=credits,
        at=at,
        agreement=agreement,
    )
    Purse.objects.filter(account=account).update(balance=F("balance") + credits)
