"""Brings the stored episodes of rules in line with those that were found.

An episode that was told stays the same row, whatever better data make of it: it is extended, cut
or moved, and its telling is not repeated. One that nobody was told of comes and goes. Where people
were told that it is over, and data in time say that it goes on, its end is told once more; where
they were told that it did not happen, what happens later is another episode.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vatio.alerts.episodes import FoundEpisode
from vatio.alerts.models import AlertEpisode, AlertHeld, AlertRule

LATE = timedelta(hours=48)
"""How long before it came the last interval of an episode ended that is told to nobody."""

FOUND = ("begins", "ends", "worst", "worst_at", "worsened_at", "last_at", "late", "withdrawn")
"""The columns that what is found decides."""


@dataclass
class Reconciled:
    """What has to be written: new episodes, changed ones, and those that never were."""

    new: list[AlertEpisode] = field(default_factory=list)
    changed: list[AlertEpisode] = field(default_factory=list)
    gone: list[AlertEpisode] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


def reconcile(
    rule: AlertRule,
    stored: Collection[AlertEpisode],
    found: Iterable[FoundEpisode],
    made: Reconciled,
    *,
    at: datetime,
    arrived: datetime,
) -> None:
    """Add to `made` what has to be written for a rule.

    :param arrived: when what changed came: what is late by then is told to nobody.
    :param stored: all rows of the stretch of time in which episodes were found.
    """
    left = sorted(
        stored, key=lambda each: (each.told_opened_at is None, each.withdrawn, each.begins)
    )
    matched: list[FoundEpisode] = []
    known = [(row, copy(row)) for row in left if row.told_opened_at and not row.withdrawn]
    for each in found:
        matched.append(each)
        own = next(
            (row for row in left if _meet(row, each) and not _is_another(row, each, arrived)), None
        )
        if own is None:
            own = AlertEpisode(
                account_id=rule.account_id,
                organisation_id=rule.organisation_id,
                rule=rule,
                noticed_at=at,
                muted=rule.is_muted(at),
            )
            made.new.append(own)
            _take(own, each, arrived)
            whole = next((pair for pair in known if _meet(pair[1], each)), None)
            if whole:
                _part(own, *whole, made, at=at)
        else:
            left.remove(own)
            if _take(own, each, arrived):
                made.changed.append(own)
    for row in left:
        _leave(row, matched, made, at=at)


def _part(
    own: AlertEpisode, row: AlertEpisode, before: AlertEpisode, made: Reconciled, *, at: datetime
) -> None:
    """Have a later part of an episode that was told be known too: what ends is told of it alone.

    :param before: the row as it was, before it became the earlier part.
    """
    own.told_opened_at, own.late = before.told_opened_at, False
    own.told_together = before.told_together
    if own.worsened_at is not None:
        own.told_worsened_at = before.told_worsened_at
    if before.told_closed_at is not None and own.ends is not None:
        own.told_closed_at = before.told_closed_at
    if row.told_closed_at is None:
        row.told_closed_at = at
        if row not in made.changed:
            made.changed.append(row)


def _meet(row: AlertEpisode, found: FoundEpisode) -> bool:
    """Return whether a row and what was found are of the same time; a withdrawn one is a point."""
    begins = row.begins.timestamp()
    ends = None if row.ends is None else row.ends.timestamp()
    if found.ends is not None and begins >= found.ends:
        return False
    return ends is None or ends > found.begins or begins >= found.begins


def _is_another(row: AlertEpisode, found: FoundEpisode, arrived: datetime) -> bool:
    """Return whether a row was said not to have happened, and what was found happened later."""
    last_at = moment(found.last)
    is_undone = row.withdrawn and row.told_closed_at is not None
    return is_undone and last_at > row.last_at and last_at >= arrived - LATE


def _take(row: AlertEpisode, found: FoundEpisode, arrived: datetime) -> bool:
    """Write what was found into a row; return whether that changes it."""
    last_at = moment(found.last)
    values = {
        "begins": moment(found.begins),
        "ends": None if found.ends is None else moment(found.ends),
        "worst": found.worst,
        "worst_at": moment(found.worst_at),
        "worsened_at": None if found.worsened_at is None else moment(found.worsened_at),
        "last_at": last_at,
        "late": last_at < arrived - LATE if _is_news(row, last_at) else row.late,
        "withdrawn": False,
    }
    is_changed = any(getattr(row, name, None) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    if row.told_opened_at is not None and is_changed:
        _tell_anew(row, found, arrived)
    return is_changed


def _tell_anew(row: AlertEpisode, found: FoundEpisode, arrived: datetime) -> None:
    """Have the end of a row told once more if it goes on; of what worsened late nobody is told."""
    if row.told_closed_at is not None and row.is_open and row.last_at >= arrived - LATE:
        row.told_closed_at = None
        row.reopened += 1
    if found.worsened_by is not None and moment(found.worsened_by) < arrived - LATE:
        row.told_worsened_at = row.told_worsened_at or arrived


def _is_news(row: AlertEpisode, last_at: datetime) -> bool:
    """Return whether a row was told to nobody and goes on for longer than it did."""
    is_untold = row.told_opened_at is None
    return is_untold and (row.last_at is None or last_at > row.last_at)


def _leave(
    row: AlertEpisode, found: Sequence[FoundEpisode], made: Reconciled, *, at: datetime
) -> None:
    """Take an episode back that is no more; of one that was told say so, unless another has it."""
    if row.told_opened_at is None and row.acknowledged_at is None:
        made.gone.append(row)
        return
    if row.withdrawn:
        return
    is_part = any(_meet(row, each) for each in found)
    row.ends = row.begins
    row.withdrawn = True
    row.told_opened_at = row.told_opened_at or at
    if is_part:
        row.told_closed_at = row.told_closed_at or at
    made.changed.append(row)


def write(made: Reconciled) -> None:
    """Write what was reconciled: four statements and one for what nobody is told of any more.

    Rows that close are written before those that open: of a rule one is open at a time.
    """
    if made.gone:
        keys = [each.pk for each in made.gone]
        AlertHeld.objects.filter(episode__in=keys).delete()
        AlertEpisode.objects.filter(pk__in=keys).delete()
    columns = [*FOUND, "told_opened_at", "told_worsened_at", "told_closed_at", "reopened"]
    for is_open in (False, True):
        rows = [each for each in made.changed if each.is_open == is_open]
        if rows:
            AlertEpisode.objects.bulk_update(rows, columns, batch_size=500)
    if made.new:
        AlertEpisode.objects.bulk_create(made.new)


def moment(seconds: float) -> datetime:
    """Return an instant of seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def by_rule(rows: Iterable[AlertEpisode]) -> Mapping[int, list[AlertEpisode]]:
    """Return rows by the key of their rule."""
    found: dict[int, list[AlertEpisode]] = {}
    for row in rows:
        found.setdefault(row.rule_id, []).append(row)
    return found
