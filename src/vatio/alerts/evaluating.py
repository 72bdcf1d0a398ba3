"""Evaluates rules on what changed: finds their episodes anew and reconciles what is stored.

From the episode that covers what came before the change, or from a little before it, to the end
of what is known: so any order in which readings come leaves the same episodes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from vatio.accounts.models import Account
from vatio.alerts import curves, finding, reconciling
from vatio.alerts.contracted import contracted
from vatio.alerts.curves import ThingKey, Watched, thing_of
from vatio.alerts.holding import hold_free
from vatio.alerts.kinds import SUMS, AlertKind
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.alerts.reconciling import Reconciled
from vatio.alerts.touching import TouchedRule, touched_by
from vatio.consumption import subjects
from vatio.consumption.subjects import EnergySubject
from vatio.dates import day_at
from vatio.readings.following import ChangedSeries

EARLIEST = 0.0
"""An instant before all others: for rules that look at all that there is anew."""


@transaction.atomic
def evaluate(changes: Sequence[ChangedSeries], *, at: datetime) -> set[int]:
    """Evaluate the rules that look at series that changed; return the accounts of those rules.

    It belongs into the transaction that claimed the changes. The rules are locked, in their
    order, so that of two who evaluate one the second finds what the first wrote.
    """
    now = at.timestamp()
    arrived: dict[int, float] = {}
    for each in changes:
        first = arrived.get(each.account_id, now)
        arrived[each.account_id] = min(first, now if each.arrived is None else each.arrived)
    return _evaluate(touched_by(changes, at=at), arrived, at=at)


@transaction.atomic
def evaluate_anew(*, at: datetime, account: Account | None = None) -> set[int]:
    """Evaluate all rules of live accounts from the beginning; return their accounts."""
    rules = AlertRule.objects.standing().filter(asleep=False, account__ends_at__gt=at)
    rules = rules.exclude(kind=AlertKind.SILENCE)
    if account is not None:
        rules = rules.filter(account=account)
    of = dict(rules.values_list("pk", "account_id"))
    free = hold_free(set(of.values()))
    keys = [key for key, owner in of.items() if owner in free]
    return _evaluate([TouchedRule(key, EARLIEST, at.timestamp()) for key in keys], {}, at=at)


def _evaluate(
    touched: Collection[TouchedRule], arrived: Mapping[int, float], *, at: datetime
) -> set[int]:
    """Evaluate rules; `arrived` is when what changed came, by account, where that was before."""
    if not touched:
        return set()
    by_key = {each.rule_id: each for each in touched}
    rules = (
        AlertRule.objects.standing()
        .filter(pk__in=by_key, asleep=False)
        .select_for_update(no_key=True)
        .order_by("id")
    )
    by_account: dict[int, list[AlertRule]] = defaultdict(list)
    for rule in rules:
        by_account[rule.account_id].append(rule)
    accounts = Account.objects.in_bulk(by_account)
    made = Reconciled()
    for key, own in sorted(by_account.items()):
        came = reconciling.moment(arrived[key]) if key in arrived else at
        _evaluate_account(accounts[key], own, by_key, made, at=at, arrived=came)
    reconciling.write(made)
    return set(by_account)


@dataclass(frozen=True)
class _Window:
    """A rule that is evaluated: from which instant on, and its rows since."""

    rule: AlertRule
    begin: int
    rows: list[AlertEpisode]


def _evaluate_account(
    account: Account,
    rules: Sequence[AlertRule],
    touched: Mapping[int, TouchedRule],
    made: Reconciled,
    *,
    at: datetime,
    arrived: datetime,
) -> None:
    """Evaluate rules of an account: the statements go by its things, not by their rules."""
    things = _things(account, rules)
    until = curves.last_day(day_at(at, account.time_zone))
    watched = curves.watch(account, things.values(), _looked_from(rules, things), until)
    windows = _windows([each for each in rules if thing_of(each) in watched], watched, touched)
    first: dict[ThingKey, date] = {}
    for each in windows:
        key = thing_of(each.rule)
        zone = watched[key].subject.time_zone
        day = finding.first_day(each.rule, each.begin, zone)
        first[key] = min(day, first.get(key, day))
    read = curves.read(account.pk, {key: watched[key] for key in first}, first, until)
    compared = {thing_of(each.rule) for each in windows if each.rule.kind == AlertKind.POWER}
    powers = contracted(account.pk, [watched[key] for key in compared])
    for each in windows:
        key = thing_of(each.rule)
        found = finding.find(
            each.rule, watched[key], read[key], powers, begin=each.begin, now=at.timestamp()
        )
        reconciling.reconcile(each.rule, each.rows, found, made, at=at, arrived=arrived)
    _remember(windows, watched)


def _things(account: Account, rules: Iterable[AlertRule]) -> dict[ThingKey, EnergySubject]:
    keys: dict[Any, set[int]] = defaultdict(set)
    for rule in rules:
        kind, key = thing_of(rule)
        keys[kind].add(key)
    return subjects.of_rows(account, keys)


def _looked_from(
    rules: Iterable[AlertRule], things: Mapping[ThingKey, EnergySubject]
) -> dict[ThingKey, date]:
    """Return the first day of each thing that one of its rules ever reads."""
    found: dict[ThingKey, date] = {}
    for rule in rules:
        key = thing_of(rule)
        if key in things:
            zone = things[key].time_zone
            day = finding.first_day(rule, finding.floor_of(rule, zone), zone)
            found[key] = min(day, found.get(key, day))
    return found


def _windows(
    rules: Sequence[AlertRule],
    watched: Mapping[ThingKey, Watched],
    touched: Mapping[int, TouchedRule],
) -> list[_Window]:
    """Return from where on each rule is evaluated, with its rows since; one statement.

    What was found before a rule looked for something else is no row of it any more.
    """
    begins: dict[int, int] = {}
    floors: dict[int, int] = {}
    for rule in rules:
        own, change = watched[thing_of(rule)], touched[rule.pk]
        floor = finding.floor_of(rule, own.subject.time_zone)
        is_before = change.ends <= floor and rule.kind != AlertKind.NIGHT
        if is_before and rule.resolution == own.minutes:
            continue
        floors[rule.pk] = floor
        begins[rule.pk] = floor
        if rule.resolution == own.minutes and change.begins > floor:
            begins[rule.pk] = max(floor, finding.begin_of(rule, own, change.begins))
    rows = reconciling.by_rule(_rows(begins))
    windows = []
    for rule in rules:
        if rule.pk in begins:
            own_rows = [
                each
                for each in rows.get(rule.pk, [])
                if each.begins.timestamp() >= floors[rule.pk] and each.noticed_at >= rule.looks_from
            ]
            begin = _covered(own_rows, begins[rule.pk])
            kept = [each for each in own_rows if each.begins.timestamp() >= begin]
            windows.append(_Window(rule, begin, kept))
    return windows


def _rows(begins: Mapping[int, int]) -> Iterable[AlertEpisode]:
    """Return the rows of rules that reach beyond the earliest instant asked for."""
    if not begins:
        return []
    earliest = reconciling.moment(min(begins.values()))
    return AlertEpisode.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=earliest), rule__in=begins
    ).order_by("begins")


def _covered(rows: Iterable[AlertEpisode], begin: int) -> int:
    """Return the begin of the episode that covers an instant, else that instant."""
    for each in rows:
        starts = each.begins.timestamp()
        if starts < begin and (each.ends is None or each.ends.timestamp() > begin):
            return int(starts)
    return begin


def _remember(windows: Iterable[_Window], watched: Mapping[ThingKey, Watched]) -> None:
    """Write in which resolution rules were evaluated, where it is another than before."""
    changed = defaultdict(list)
    for each in windows:
        minutes = watched[thing_of(each.rule)].minutes
        if each.rule.resolution != minutes:
            changed[minutes].append(each.rule.pk)
    for minutes, keys in changed.items():
        AlertRule.objects.filter(pk__in=keys).update(resolution=minutes)


@transaction.atomic
def close_periods(*, at: datetime) -> set[int]:
    """Close the days, weeks and months that are over; return the accounts of their rules."""
    rows = AlertEpisode.objects.filter(
        ends__isnull=True, rule__kind__in=SUMS, rule__asleep=False, account__ends_at__gt=at
    ).select_related("rule", "account")
    over = [
        row
        for row in rows
        if finding.is_over(row.rule.kind, row.begins, row.account.time_zone, at=at)
    ]
    free = hold_free({row.account_id for row in over})
    touched = [
        TouchedRule(row.rule_id, row.begins.timestamp(), at.timestamp())
        for row in over
        if row.account_id in free
    ]
    return _evaluate(touched, {}, at=at)


def forget(changes: Collection[ChangedSeries], *, at: datetime) -> None:
    """Have the rules that look at changes begin anew the next time: they could not be followed."""
    rules = {each.rule_id for each in touched_by(changes, at=at)}
    AlertRule.objects.filter(pk__in=rules).update(resolution=None)
