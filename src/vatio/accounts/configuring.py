"""Changes an account's details (name, client, contact, language, time zone…): «Configurar»."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts import coverage
from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.accounts.opening import NameTaken
from vatio.dates import start_of
from vatio.history.recording import record
from vatio.refusal import Refused
from vatio.tenants.models import Person

UNTOLD = ("contact_email",)
"""Personal data: the history records that such a detail changed, not its old and new value."""


class TimeZoneMovesTheEnd(Refused):
    """The new time zone would make an active account expired now, or an expired one active."""


class DetailsChangedMeanwhile(Refused):
    """Somebody changed the account while the form was open."""


@dataclass(frozen=True)
class Details:
    """The details of an account that «Configurar» writes."""

    name: str
    client: str
    nif: str
    sector: str
    contact_email: str
    language: str
    time_zone: str

    @classmethod
    def of(cls, account: Account) -> "Details":
        """Read the details of an account."""
        return cls(**{name: getattr(account, name) for name in cls.__dataclass_fields__})

    @property
    def mark(self) -> str:
        """A short hash of these values: a form sends back the mark that it was filled from."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


@transaction.atomic
def configure(
    account: Account, details: Details, *, seen: str, by: Person, at: datetime
) -> list[str]:
    """Write an account's details, record the change, and return the names of what changed.

    :param seen: the mark of the details that the form showed (an optimistic lock).
    :raises DetailsChangedMeanwhile: if the stored details no longer have that mark.
    :raises NameTaken: if another account of the organisation has the name.
    :raises TimeZoneMovesTheEnd: if the time zone would move the account between active and
        expired.
    """
    lock(account)
    before = Details.of(account)
    if before.mark != seen:
        raise DetailsChangedMeanwhile(
            _("Somebody changed this account while you had it open. Look at it, and save again.")
        )
    old, new = asdict(before), asdict(details)
    changed = [name for name in old if old[name] != new[name]]
    if not changed:
        return []
    if "time_zone" in changed:
        _ensure_it_stays(account, details.time_zone, at=at)
    for name in changed:
        setattr(account, name, new[name])
    try:
        with transaction.atomic():
            account.save(update_fields=changed)
    except IntegrityError as error:
        if "one_account_of_a_name" in str(error):
            raise NameTaken(details.name) from None
        raise
    if "time_zone" in changed:
        coverage.write(account, at=at)
    record(
        "account.configured",
        at=at,
        by=by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={"changed": {name: _told(name, old[name], new[name]) for name in changed}},
    )
    return changed


def _ensure_it_stays(account: Account, time_zone: str, *, at: datetime) -> None:
    """Refuse a time zone in which an active account would be expired at `at`, or the reverse."""
    if account.covered_until is None or account.ends_at is None:
        return
    if (account.ends_at <= at) != (start_of(account.covered_until, time_zone) <= at):
        raise TimeZoneMovesTheEnd(
            _(
                "It would be expired in one of the two zones and active in the other."
                " Change the zone after that day."
            ),
            field="time_zone",
        )


def _told(name: str, old: str, new: str) -> list[Any]:
    return [] if name in UNTOLD else [old, new]
