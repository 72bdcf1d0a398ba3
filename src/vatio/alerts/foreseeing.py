"""Foresees how often an alert would have spoken, before it is made."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import ngettext

from vatio.accounts.models import Account
from vatio.alerts import curves, finding
from vatio.alerts.contracted import contracted
from vatio.alerts.details import COLUMNS, AlertDetails, AlertThing, complete
from vatio.alerts.episodes import FoundEpisode
from vatio.alerts.judging import JudgedCurve, judged, watched_curve
from vatio.alerts.kinds import AlertKind
from vatio.alerts.models import AlertRule
from vatio.consumption import subjects
from vatio.dates import day_at, written
from vatio.formats import number
from vatio.readings.slots import day_of
from vatio.refusal import Refused

DAYS = 90
"""How many days are looked back."""

MOST_TEXTS = 20
"""How many text messages of an alert on one day are asked about before it is saved.

A day holds every storm within it, so that one number says both."""

OFTEN = 20
"""On how many of the last `LATELY` days an alert speaks that speaks daily."""

LATELY = 30


class ManyTexts(Refused):
    """An alert would have sent more text messages on a day than one may want."""


@dataclass(frozen=True)
class ForeseenEpisodes:
    """The episodes that an alert would have found in the last `DAYS` days, in order.

    `curve` is what it would have looked at, None where there is no reading or nothing to foresee.
    """

    episodes: Sequence[FoundEpisode]
    curve: JudgedCurve | None = None

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

    def speaks_daily(self, time_zone: str, *, at: datetime) -> bool:
        """Return whether it would have spoken on most of the last days."""
        since = (at - timedelta(days=LATELY)).timestamp()
        days = {day_of(e.begins, time_zone).day for e in self.episodes if e.begins >= since}
        return len(days) >= OFTEN

    def most_texts(self, people: int, time_zone: str) -> tuple[int, date | None]:
        """Return the most text messages on one day, and which day: to so many people each.

        An episode is told when it opens, once when it worsens and when it closes.
        """
        days: Counter[date] = Counter()
        for each in self.episodes:
            for at in (each.begins, each.worsened_at, each.ends):
                if at is not None:
                    days[day_of(at, time_zone).day] += people
        day, most = max(days.items(), key=lambda item: item[1], default=(None, 0))
        return most, day


def ensure_few_texts(foreseen: ForeseenEpisodes, *, people: int, time_zone: str) -> None:
    """Refuse an alert that would have sent more than `MOST_TEXTS` text messages on one day.

    :param people: how many are told by SMS.
    :raises ManyTexts: saying how many, and on which day.
    """
    most, day = foreseen.most_texts(people, time_zone)
    if day is None or most <= MOST_TEXTS:
        return
    words = ngettext(
        "On %(day)s it would have sent %(num)s text message.",
        "On %(day)s it would have sent %(num)s text messages.",
        most,
    )
    raise ManyTexts(words % {"day": written(day), "num": number(most)}, field="sure")


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
    zone = subjects.of_rows(account, {key[0]: [key[1]]})[key].time_zone
    begin = finding.floor_of(rule, zone)
    until = curves.last_day(day_at(at, account.time_zone))
    seen = watched_curve(account, rule, finding.first_day(rule, begin, zone), until)
    if seen is None:
        return ForeseenEpisodes([])
    now = at.timestamp()
    powers = contracted(account.pk, [seen.watched] if kind == AlertKind.POWER else [])
    found = finding.find(rule, seen.watched, seen.curve, powers, begin=begin, now=now)
    return ForeseenEpisodes(found, judged(rule, account.pk, seen).since(begin))
