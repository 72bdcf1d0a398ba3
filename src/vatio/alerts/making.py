"""Makes, changes, mutes and removes alerts, and says who is told."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.alerts.details import (
    COLUMNS,
    LOOKS,
    AlertDetails,
    AlertThing,
    RecipientDetails,
    complete,
    completed,
)
from vatio.alerts.kinds import AlertKind
from vatio.alerts.models import AlertEpisode, AlertRecipient, AlertRule
from vatio.entitlements.limits import ensure_open
from vatio.history.recording import record
from vatio.refusal import Refused
from vatio.tenants.models import Person


class NotOfTheAccount(Refused):
    """Whom an alert should tell has no role in the account."""


class AlertGone(Refused):
    """The alert was removed meanwhile."""


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
    columns = completed(rule.kind, details)
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
    last: datetime | str = at if rule.kind == AlertKind.SILENCE else "last_at"
    AlertEpisode.objects.filter(rule=rule, ends__isnull=True).update(
        ends=Greatest("begins", last), told_closed_at=at
    )
    AlertEpisode.objects.filter(rule=rule, told_opened_at__isnull=True).update(muted=True)
    AlertEpisode.objects.filter(rule=rule, told_opened_at__isnull=False).update(
        told_closed_at=Coalesce(F("told_closed_at"), at),
        told_worsened_at=Coalesce(F("told_worsened_at"), at),
    )


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
