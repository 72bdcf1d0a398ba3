"""Describes episodes in plain values, for messages that are worded when they are sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.http import int_to_base36

from vatio.accounts.models import Account
from vatio.alerts.curves import thing_of
from vatio.alerts.kinds import SUMS, AlertKind
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.consumption import subjects
from vatio.consumption.subjects import ACTIVE_ENERGY, EnergySubject
from vatio.metering.models import DataSource, RtcLine
from vatio.metering.quantities import Quantity

Facts = dict[str, Any]


@dataclass(frozen=True)
class EpisodeUnit:
    """A unit on the page, and how many base units one of it is."""

    name: str
    factor: float


def unit_of(rule: AlertRule, quantity: Quantity, subject_unit: str) -> EpisodeUnit:
    """Return the unit in which the values of a rule's episodes are shown."""
    if rule.kind == AlertKind.POWER:
        return EpisodeUnit("%", 0.01)
    if rule.kind in SUMS:
        return EpisodeUnit(quantity.shown, quantity.factor)
    if rule.kind == AlertKind.NIGHT:
        return EpisodeUnit("kW", 1_000)
    return EpisodeUnit(subject_unit, quantity.factor)


def described(
    account: Account, episodes: Collection[AlertEpisode], *, at: datetime
) -> dict[int, Facts]:
    """Return what messages say of episodes of an account, by their keys.

    One that is open has lasted until now. The statements do not depend on how many there are.
    """
    rules = {each.rule_id: each.rule for each in episodes}
    things, names = things_of(account, rules.values())
    return {
        each.pk: _facts(account, each, things.get(each.rule_id), names.get(each.rule_id, ""), at=at)
        for each in episodes
    }


def things_of(
    account: Account, rules: Iterable[AlertRule]
) -> tuple[dict[int, EnergySubject], dict[int, str]]:
    """Return, by the key of a rule, what it looks at, and the name of that.

    What brings readings is no subject: it has a name alone. Nine statements at most.
    """
    own = list(rules)
    keys: dict[Any, set[int]] = defaultdict(set)
    for rule in own:
        if rule.source_id is None and rule.line_id is None:
            kind, key = thing_of(rule)
            keys[kind].add(key)
    found = subjects.of_rows(account, keys)
    made = {rule.pk: found[thing_of(rule)] for rule in own if thing_of(rule) in found}
    names = {key: each.name for key, each in made.items()}
    sources = {rule.source_id for rule in own if rule.source_id}
    lines = {rule.line_id for rule in own if rule.line_id}
    named: dict[tuple[str, int], str] = {}
    if sources:
        rows = DataSource.objects.filter(account=account, pk__in=sources)
        named |= {("source", key): name for key, name in rows.values_list("pk", "name")}
    if lines:
        called = RtcLine.objects.filter(account=account, pk__in=lines)
        named |= {
            ("line", key): name for key, name in called.values_list("pk", "supply_point__name")
        }
    for rule in own:
        if rule.source_id is not None:
            names[rule.pk] = named.get(("source", rule.source_id), "")
        if rule.line_id is not None:
            names[rule.pk] = named.get(("line", rule.line_id), "")
    return made, names


def _facts(
    account: Account,
    episode: AlertEpisode,
    thing: EnergySubject | None,
    name: str,
    *,
    at: datetime,
) -> Facts:
    rule, zone = episode.rule, ZoneInfo(account.time_zone)
    until = episode.ends or max(at, episode.begins)
    quantity = thing.quantity if thing else ACTIVE_ENERGY
    unit = unit_of(rule, quantity, thing.unit if thing else "")
    return {
        "account": account.name,
        "alert": rule.name,
        "thing": name,
        "kind": rule.kind,
        "worst": None if episode.worst is None else episode.worst / unit.factor,
        "threshold": None if rule.threshold is None else rule.threshold / unit.factor,
        "unit": unit.name,
        **_moment("begins", episode.begins, zone),
        **_moment("ends", until, zone),
        "lasted": lasted(until - episode.begins),
        "worsened": episode.worsened_at is not None,
        "withdrawn": episode.withdrawn,
        "own_text": rule.sms_text,
        "code": int_to_base36(episode.pk),
        "path": f"/accounts/{account.uid}/alerts/{episode.uid}/",
    }


def _moment(name: str, at: datetime, zone: ZoneInfo) -> Facts:
    local = at.astimezone(zone)
    return {f"{name}_on": local.date().isoformat(), f"{name}_time": f"{local:%H:%M}"}


def lasted(time: timedelta) -> str:
    """Write how long something lasted: 45 min, 3 h 20 min, 2 d 4 h; alike in all languages."""
    minutes = int(time.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"
