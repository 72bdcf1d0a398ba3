"""From a span without data to the last one that has some."""

from collections.abc import Sequence
from datetime import date

from vatio.accounts.models import Account
from vatio.consumption.account_freshness import last_instant
from vatio.consumption.looking import Look
from vatio.dates import day_at
from vatio.web.analysis.asked import ONE_DAY, USUAL_DAYS, Asked


def latest_days(
    account: Account,
    looked: Sequence[Look],
    asked: Asked,
    *,
    today: date,
    most_days: int = USUAL_DAYS,
) -> str:
    """Return the query string of the last days with data; nothing where there is no need of it.

    They are as many as were asked for, up to `most_days`.
    """
    if not all(each.is_empty for each in looked):
        return ""
    at = last_instant(account, {key for look in looked for key in look.known.series})
    if at is None:
        return ""
    last = min(day_at(at, looked[0].subject.time_zone), today)
    first = last - (min(asked.days, most_days) - 1) * ONE_DAY
    if asked.since <= last < asked.until:
        return ""
    return asked.query(**{"from": first.isoformat(), "to": last.isoformat()})
