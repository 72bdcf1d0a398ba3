"""The way from an alert to «Consumo» of what it looks at."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from vatio.accounts.models import Account
from vatio.alerts.models import AlertRule
from vatio.alerts.things import FedKind, key_of, looked_at
from vatio.dates import day_at
from vatio.web.shell.addresses import url

USUAL = timedelta(days=7)


def consumption_of(
    account: Account,
    rule: AlertRule,
    *,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
) -> str:
    """Return the address of «Consumo» of what a rule looks at, both days included.

    That of a week up to today without days; nothing for what brings readings, or was removed.
    """
    thing = looked_at(rule)
    if thing is None or key_of(thing).partition(":")[0] in set(FedKind):
        return ""
    today = day_at(at, account.time_zone)
    first, last = since or today - USUAL, until or today
    asked = {"what": key_of(thing), "from": first.isoformat(), "to": last.isoformat()}
    return f"{url('consumption', account.uid)}?{urlencode(asked)}"
