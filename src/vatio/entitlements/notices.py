"""Tells the SuperAdministrators that an account is near what it holds, once per crossing."""

from datetime import datetime

from django.db.models import F

from vatio.accounts.models import Account
from vatio.entitlements.models import Usage
from vatio.notifications.queueing import queue_to_leaders
from vatio.units import Unit

STEPS = (100, 80)
"""The percentages of what is held at which it is told, the highest first."""


def tell_if_near(
    account: Account,
    unit: Unit,
    *,
    used: int,
    held: int | None,
    told: tuple[int, int | None],
    at: datetime,
) -> None:
    """Queue a message if a step was crossed that was not told yet for this number held.

    The caller holds the lock of the usage, so that two who cross it at once tell it once. It is
    told again once the usage has fallen under 70 per cent (`limits.free`), or more is held.

    :param told: the step and the number held that were told of last.
    """
    step = step_of(used, held)
    told_step, told_held = told
    if step == 0 or held is None or (held == told_held and step <= told_step):
        return
    row = Usage.objects.filter(account=account, unit=unit)
    row.update(told_step=step, told_held=held, tellings=F("tellings") + 1)
    queue_to_leaders(
        "usage_near",
        account.organisation,
        key=f"usage:{account.pk}:{unit}:{step}:{held}:{row.get().tellings}",
        context={
            "account": account.name,
            "unit": unit.value,
            "used": used,
            "held": held,
            "step": step,
            "path": f"/accounts/{account.uid}/",
        },
        at=at,
        account_id=account.pk,
    )


def step_of(used: int, held: int | None) -> int:
    """Return the highest step that has been reached; 0 for none, or if nothing is held."""
    if not held:
        return 0
    return next((step for step in STEPS if used * 100 >= held * step), 0)
