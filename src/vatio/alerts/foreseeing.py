"""Foresees how often an alert would have spoken, before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vatio.accounts.models import Account
from vatio.alerts import curves, finding
from vatio.alerts.contracted import contracted
from vatio.alerts.episodes import FoundEpisode
from vatio.alerts.kinds import AlertKind
from vatio.alerts.making import COLUMNS, AlertDetails, AlertThing, complete
from vatio.alerts.models import AlertRule
from vatio.consumption import subjects
from vatio.dates import day_at

DAYS = 90
"""How many days are looked back."""


@dataclass(frozen=True)
class ForeseenEpisodes:
    """The episodes that an alert would have found in the last `DAYS` days, in order."""

    episodes: Sequence[FoundEpisode]

    @property
    def count(self) -> int:
        """How many there would have been."""
        return len(self.episodes)

    @property
    def open_now(self) -> bool:
        """Whether one would be open."""
        return bool(self.episodes) and self.episodes[-1].ends is None

    def since(self, at: datetime) -> int:
        """Return how many began from an instant on."""
        return sum(each.begins >= at.timestamp() for each in self.episodes)


def foresee(
    account: Account, thing: AlertThing, kind: str, details: AlertDetails, *, at: datetime
) -> ForeseenEpisodes:
    """Return the episodes that an alert on a thing of an account would have found.

    Silences are not foreseen: when something came is not kept. A few statements, as many as an
    evaluation takes.

    :raises WrongAlert: if the details do not fit the kind, or the kind the thing.
    """
    columns = complete(thing, kind, details)
    if kind == AlertKind.SILENCE:
        return ForeseenEpisodes([])
    rule = AlertRule(
        account=account,
        kind=kind,
        looks_from=at - timedelta(days=DAYS),
        **{COLUMNS[type(thing)]: thing},
        **columns,
    )
    key = curves.thing_of(rule)
    found = subjects.of_rows(account, {key[0]: [key[1]]})
    zone = found[key].time_zone
    begin = finding.floor_of(rule, zone)
    since = {key: finding.first_day(rule, begin, zone)}
    until = curves.last_day(day_at(at, account.time_zone))
    watched = curves.watch(account, found.values(), since, until)
    if key not in watched:
        return ForeseenEpisodes([])
    curve = curves.read(account.pk, watched, since, until)[key]
    powers = contracted(account.pk, watched.values() if kind == AlertKind.POWER else ())
    own = finding.find(rule, watched[key], curve, powers, begin=begin, now=at.timestamp())
    return ForeseenEpisodes(own)
