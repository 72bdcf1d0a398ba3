"""Addresses and forms of the tests of an installation."""

from vatio.accounts.models import Account
from vatio.entitlements.models import Usage

CUPS = "ES0021000000000001RK"
OTHER = "ES0021000000000002RE"


def at(account: Account, onward: str) -> str:
    """Return the address of a page of the account's installation."""
    return f"/accounts/{account.uid}/installation/{onward}"


def used(account: Account) -> dict[str, int]:
    """Return how many of each unit the account uses, if any."""
    return dict(Usage.objects.filter(account=account, used__gt=0).values_list("unit", "used"))


def supply(**written: object) -> dict[str, object]:
    """Return what a form of a supply point says, once filled."""
    return {
        "name": "Acometida",
        "energy": "electricity",
        "territory": "peninsula",
        "manages_bills": "yes",
        **written,
    }
