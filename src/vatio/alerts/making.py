"""Makes, changes, mutes and removes alerts, and says who is told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from math import isfinite
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.alerts.kinds import (
    NIGHT_LEAST,
    NIGHT_SHARE,
    SUMS,
    WARNS_AT,
    WORSENS_AT,
    AlertKind,
    Severity,
)
from vatio.alerts.models import AlertEpisode, AlertRecipient, AlertRule
from vatio.entitlements.limits import ensure_open
from vatio.history.recording import record
from vatio.metering.models import (
    CalculatedSeries,
    DataPoint,
    DataSource,
    RtcLine,
    Site,
    SupplyPoint,
)
from vatio.refusal import Refused
from vatio.tenants.models import Person

COLUMNS: dict[type[models.Model], str] = {
    DataPoint: "data_point",
    CalculatedSeries: "calculated",
    Site: "site",
    SupplyPoint: "supply_point",
    DataSource: "source",
    RtcLine: "line",
}
"""The column of a rule that holds each kind of thing."""

AlertThing = DataPoint | CalculatedSeries | Site | SupplyPoint | DataSource | RtcLine

DEFAULTS: dict[str, dict[str, float]] = {
    AlertKind.POWER: {"threshold": WARNS_AT, "worse": WORSENS_AT},
    AlertKind.NIGHT: {"threshold": NIGHT_LEAST, "share": NIGHT_SHARE},
}
"""What a kind takes where nothing else is said."""

LONGEST = 31 * 24 * 60
LONGEST_NAME = 120
LONGEST_TEXT = 300


class WrongAlert(Refused):
    """An alert cannot be what was asked: it lacks a threshold, or its thing cannot be watched."""


class NotOfTheAccount(Refused):
    """Whom an alert should tell has no role in the account."""


class AlertGone(Refused):
    """The alert was removed meanwhile."""


@dataclass(frozen=True)
class AlertDetails:
    """What can be said of an alert; see `AlertRule` for the units."""

    name: str
    threshold: float | None = None
    worse: float | None = None
    share: float | None = None
    minutes: int = 0
    schedule: str = ""
    sms_text: str = ""
    severity: str = Severity.NORMAL


SAYS = ("name", "severity", "sms_text")
"""What changes how a rule tells of episodes, and not which it finds."""

LOOKS = tuple(each.name for each in fields(AlertDetails) if each.name not in SAYS)
"""What makes a rule find other episodes where it is changed."""


@dataclass(frozen=True)
class RecipientDetails:
    """A person whom an alert tells, and by which channels."""

    person: Person
    by_mail: bool = True
    by_sms: bool = False


@transaction.atomic
def make_alert(
    thing: AlertThing,
    kind: str,
    details: AlertDetails,
    *,
    recipients: Collection[RecipientDetails],
    by: Person,
    at: datetime,
) -> AlertRule:
    """Make an alert on a thing of an account: it looks at what is measured from now on.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises WrongAlert: if the kind does not fit the thing, or the details do not fit the kind.
    :raises NotOfTheAccount: if a recipient has no role in the account.
    """
    account = thing.account
    lock(account)
    ensure_open(account, at=at)
    columns = complete(thing, kind, details)
    rule = AlertRule.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        kind=kind,
        **{COLUMNS[type(thing)]: thing},
        **columns,
        made_by=by,
        made_at=at,
        looks_from=at,
        due_at=at if kind == AlertKind.SILENCE else None,
    )
    _write_recipients(rule, recipients)
    _record("made", rule, by=by, at=at)
    return rule


@transaction.atomic
def change_alert(
    rule: AlertRule,
    details: AlertDetails,
    *,
    recipients: Collection[RecipientDetails],
    by: Person,
    at: datetime,
) -> AlertRule:
    """Change an alert; where it then looks for something else it begins anew from now on.

    :raises WrongAlert: if the details do not fit the kind.
    :raises NotOfTheAccount: if a recipient has no role in the account.
    :raises AlertGone: if the alert was removed meanwhile.
    """
    _lock(rule)
    columns = _columns(rule.kind, details)
    if any(getattr(rule, name) != columns[name] for name in LOOKS):
        _close(rule, at=at)
        columns |= {"looks_from": at, "resolution": None}
        columns |= {"due_at": at} if rule.kind == AlertKind.SILENCE else {}
    for name, value in columns.items():
        setattr(rule, name, value)
    rule.save(update_fields=list(columns))
    AlertRecipient.objects.filter(rule=rule).delete()
    _write_recipients(rule, recipients)
    _record("changed", rule, by=by, at=at)
    return rule


@transaction.atomic
def remove_alert(rule: AlertRule, *, by: Person, at: datetime) -> None:
    """Remove an alert: it looks no more; its episodes can still be read.

    :raises AlertGone: if it was removed meanwhile.
    """
    _lock(rule)
    _close(rule, at=at)
    rule.removed_at = at
    rule.save(update_fields=["removed_at"])
    _record("removed", rule, by=by, at=at)


@transaction.atomic
def mute_alert(rule: AlertRule, *, until: datetime | None, by: Person, at: datetime) -> None:
    """Mute an alert until a moment, or let it speak again: what it finds meanwhile is not told.

    :raises AlertGone: if it was removed meanwhile.
    """
    _lock(rule)
    rule.muted_until = until
    rule.save(update_fields=["muted_until"])
    _record("muted" if until else "unmuted", rule, by=by, at=at)


@transaction.atomic
def acknowledge(episode: AlertEpisode, *, by: Person, at: datetime) -> bool:
    """Acknowledge an episode; return whether nobody had."""
    own = AlertEpisode.objects.filter(pk=episode.pk, acknowledged_at__isnull=True)
    if not own.update(acknowledged_by=by, acknowledged_at=at):
        return False
    _record("acknowledged", episode.rule, by=by, at=at)
    return True


def complete(thing: AlertThing, kind: str, details: AlertDetails) -> dict[str, Any]:
    """Return the columns of an alert on a thing, with what its kind takes where nothing is said.

    :raises WrongAlert: if the kind does not fit the thing, or the details do not fit the kind.
    """
    _ensure_fits(thing, kind)
    return _columns(kind, details)


def may_be_told(account: Account) -> models.QuerySet[Person]:
    """Return the people of an account: who has a role in it, or leads its organisation."""
    return Person.objects.filter(
        Q(account_roles__account=account) | Q(memberships__organisation=account.organisation_id),
        is_active=True,
    ).distinct()


def _lock(rule: AlertRule) -> None:
    """Lock an alert's account, and read the alert again; refuse one that is gone."""
    lock(rule.account)
    rule.refresh_from_db()
    if rule.removed_at is not None:
        raise AlertGone(_("This alert was removed meanwhile."))


def _close(rule: AlertRule, *, at: datetime) -> None:
    """Close what is open of a rule that looks no more, and tell it no more."""
    AlertEpisode.objects.filter(rule=rule, ends__isnull=True).update(
        ends=Greatest("begins", "last_at"), told_closed_at=at
    )
    AlertEpisode.objects.filter(rule=rule, told_opened_at__isnull=True).update(muted=True)
    AlertEpisode.objects.filter(rule=rule, told_opened_at__isnull=False).update(
        told_closed_at=Coalesce(F("told_closed_at"), at),
        told_worsened_at=Coalesce(F("told_worsened_at"), at),
    )


def _ensure_fits(thing: AlertThing, kind: str) -> None:
    is_fed = isinstance(thing, DataSource | RtcLine)
    if kind == AlertKind.SILENCE:
        if not is_fed and not isinstance(thing, DataPoint):
            raise WrongAlert(_("No data is told of a source, a line or a data point."))
        if isinstance(thing, DataSource) and thing.kind not in (
            DataSource.Kind.INSERTION,
            DataSource.Kind.COLLECTOR,
        ):
            raise WrongAlert(_("Files and people bring data when they have them."))
    elif is_fed:
        raise WrongAlert(_("Of a source or a line no data can be told, and nothing else."))
    elif kind == AlertKind.POWER and not isinstance(thing, SupplyPoint | DataPoint):
        raise WrongAlert(_("A power is contracted for a supply point."))
    if kind not in AlertKind.values:
        raise WrongAlert(_("This kind of alert is not known."), field="kind")


def _columns(kind: str, details: AlertDetails) -> dict[str, Any]:
    """Return the columns of details, with what the kind takes where nothing is said."""
    columns: dict[str, Any] = {each.name: getattr(details, each.name) for each in fields(details)}
    columns["name"] = " ".join(details.name.split())
    columns["sms_text"] = " ".join(details.sms_text.split())
    for name, usual in DEFAULTS.get(kind, {}).items():
        columns[name] = usual if columns[name] is None else columns[name]
    if not columns["name"]:
        raise WrongAlert(_("Write a name."), field="name")
    if len(columns["name"]) > LONGEST_NAME:
        raise WrongAlert(_("That is too long."), field="name")
    if kind != AlertKind.SILENCE and columns["threshold"] is None:
        raise WrongAlert(_("Write a threshold."), field="threshold")
    numbers = (columns["threshold"], columns["worse"], columns["share"])
    if any(isinstance(each, float) and not isfinite(each) for each in numbers):
        raise WrongAlert(_("Write a threshold."), field="threshold")
    if details.schedule and (
        len(details.schedule) != AlertRule.HOURS or set(details.schedule) - {"0", "1"}
    ):
        raise WrongAlert(_("The schedule is not understood."), field="schedule")
    if len(columns["sms_text"]) > LONGEST_TEXT:
        raise WrongAlert(_("The text is too long: it would cost too much."), field="sms_text")
    if not 0 <= details.minutes <= LONGEST:
        raise WrongAlert(_("That is too long."), field="minutes")
    if kind in SUMS or kind == AlertKind.NIGHT:
        columns["minutes"] = 0
    return columns


def _write_recipients(rule: AlertRule, recipients: Iterable[RecipientDetails]) -> None:
    asked = {each.person.pk: each for each in recipients}
    known = set(may_be_told(rule.account).filter(pk__in=asked).values_list("pk", flat=True))
    if known != set(asked):
        raise NotOfTheAccount(_("Only people of the account are told."), field="recipients")
    AlertRecipient.objects.bulk_create(
        AlertRecipient(
            account_id=rule.account_id,
            organisation_id=rule.organisation_id,
            rule=rule,
            person_id=key,
            by_mail=each.by_mail,
            by_sms=each.by_sms,
        )
        for key, each in asked.items()
    )


def _record(what: str, rule: AlertRule, *, by: Person, at: datetime) -> None:
    record(
        f"alert.{what}",
        at=at,
        by=by,
        organisation=rule.organisation,
        account_id=rule.account_id,
        facts={"name": rule.name, "kind": rule.kind, "alert": str(rule.uid)},
    )
