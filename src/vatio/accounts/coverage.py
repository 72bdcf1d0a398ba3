"""Writes on the account what its terms say: opened when, covered until when, in which instant."""

from vatio.accounts.models import Account, Term
from vatio.dates import start_of


def write(account: Account) -> None:
    """Repeat the terms on the account, after every change of terms or of zone.

    `covered_until` is the end of the last term that covers any day; a renewal
    closed on its first day held nothing, and does not count.
    """
    terms = list(
        Term.objects.filter(account=account, cancelled_at__isnull=True).values_list(
            "starts_on", "ends_on", "closed_on"
        )
    )
    if not terms:
        return
    lived = [(starts, closed or ends) for starts, ends, closed in terms]
    ends = [end for start, end in lived if end > start]
    account.opened_on = min(start for start, _ in lived)
    account.covered_until = max(ends) if ends else account.opened_on
    account.ends_at = start_of(account.covered_until, account.zone)
    account.save(update_fields=["opened_on", "covered_until", "ends_at"])
