"""The tokens by which an insertion source is recognised: issued, rotated, revoked, seen."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from vatio.accounts.expiry import Covered, collects, grace_ends_on, has_started
from vatio.accounts.models import Account
from vatio.dates import day_at, written
from vatio.metering.installing import add_source
from vatio.metering.models import DataSource, SourceToken
from vatio.metering.recording import record_installation
from vatio.people.tokens import hashed
from vatio.refusal import Refused
from vatio.tenants.models import Person

PREFIX = "vts_"
SHAPE = re.compile(r"vts_[A-Za-z0-9_-]{43}", re.ASCII)
"""The prefix, by which a token that leaked is known, and 256 random bits in base64url."""

OVERLAP = timedelta(hours=24)
"""How long a rotated token goes on working, unless said: gateways are changed one by one."""

SEEN_EVERY = timedelta(minutes=1)
"""How often at most it is written that a token was seen: a gateway may send many times a second."""

FIND = """
SELECT token.id, token.source_id, token.account_id, token.organisation_id, token.last_seen_at,
       account.opened_on, account.covered_until, account.ends_at, account.time_zone
FROM metering_sourcetoken token JOIN accounts_account account ON account.id = token.account_id
WHERE token.digest = %(digest)s AND token.revoked_at IS NULL
  AND (token.expires_at IS NULL OR token.expires_at > %(at)s)
"""
SEE = """
UPDATE metering_sourcetoken SET last_seen_at = %(at)s
WHERE id = %(token)s AND (last_seen_at IS NULL OR last_seen_at <= %(before)s)
"""


class NoInsertion(Refused):
    """The source is none of those that insert readings: nobody sends for it."""


class TokenExists(Refused):
    """The source has a token that works: it can be rotated."""


class NotCollecting(Refused):
    """The account's readings are not collected: it has yet to start, or its grace is over."""


@dataclass(frozen=True)
class RecognisedToken:
    """A token that works, by its keys, and what tells whether its account collects readings."""

    id: int
    source_id: int
    account_id: int
    organisation_id: int
    last_seen_at: datetime | None
    opened_on: date | None
    covered_until: date | None
    ends_at: datetime | None
    time_zone: str


@transaction.atomic
def add_with_token(
    account: Account, *, name: str, kind: str, by: Person | None, at: datetime, issued_at: datetime
) -> tuple[DataSource, str]:
    """Add a data source and, if it inserts readings, issue its token; else that is empty.

    :param issued_at: the real time, by which tokens go; `at` is that of the account.
    :raises NothingCanBeAdded, WrongChoice: as `add_source`.
    """
    source = add_source(account, name=name, kind=kind, by=by, at=at)
    if kind != DataSource.Kind.INSERTION:
        return source, ""
    return source, issue(source, by=by, at=issued_at)


@transaction.atomic
def issue(source: DataSource, *, by: Person | None, at: datetime) -> str:
    """Issue the token of a source that has none, and return it to be shown once.

    Only its hash is stored.

    :raises NoInsertion: if readings do not come from the source by insertion.
    :raises TokenExists: if a token of the source works.
    """
    _lock(source)
    if source.tokens.live(at=at).exists():
        raise TokenExists(_("This source has a token already: it can be changed."))
    token = _make(source, by=by, at=at)
    record_installation("token_issued", source, name=source.name, by=by, at=at)
    return token


@transaction.atomic
def rotate(
    source: DataSource, *, by: Person | None, at: datetime, overlap: timedelta = OVERLAP
) -> str:
    """Issue another token of a source, and return it to be shown once.

    The former token goes on working up to, not including, `at + overlap`, or its own earlier
    end. Of several former ones that is the one seen last, or else made last, and the others end
    now: at most two work, and pressing twice does not shut out the gateway that sends.

    :raises NoInsertion: if readings do not come from the source by insertion.
    """
    _lock(source)
    former = source.tokens.live(at=at).order_by(
        F("last_seen_at").desc(nulls_last=True), "-made_at", "-id"
    )
    for number, each in enumerate(former):
        end = at if number else at + overlap
        each.expires_at = min(each.expires_at or end, end)
        each.save(update_fields=["expires_at"])
    token = _make(source, by=by, at=at)
    record_installation("token_rotated", source, name=source.name, by=by, at=at)
    return token


@transaction.atomic
def revoke(token: SourceToken, *, by: Person | None, at: datetime) -> None:
    """Stop a token at once. Doing it twice, or after its end, is harmless and records nothing."""
    live = SourceToken.objects.live(at=at).filter(pk=token.pk)
    if live.update(revoked_at=at):
        source = token.source
        record_installation("token_revoked", source, name=source.name, by=by, at=at)


def recognised(token: str, *, at: datetime) -> RecognisedToken | None:
    """Return what a token stands for, if it works at the real time `at`: one statement.

    Unknown, revoked and ended tokens cost the same statement by the hash alone, so that the time
    of the answer reveals nothing.
    """
    if not SHAPE.fullmatch(token):
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"digest": hashed(token), "at": at})
        row = cursor.fetchone()
    return RecognisedToken(*row) if row else None


def ensure_collects(account: Covered, *, at: datetime) -> None:
    """Refuse what arrives at `at` for an account whose readings are not collected then.

    :raises NotCollecting: with the day on which it starts, or on which collecting ended.
    """
    if collects(account, today=day_at(at, account.time_zone)):
        return
    over = grace_ends_on(account)
    if has_started(account, at=at) and account.covered_until and over:
        words = _("This account expired on %(day)s, and no readings are collected since %(over)s.")
        raise NotCollecting(words % {"day": written(account.covered_until), "over": written(over)})
    starts = written(account.opened_on) if account.opened_on else "–"
    raise NotCollecting(
        _("This account starts on %(day)s: no readings are collected before.") % {"day": starts}
    )


def seen(token: RecognisedToken, *, at: datetime) -> None:
    """Write that a token was seen at the real time `at`, at most once in `SEEN_EVERY`."""
    before = at - SEEN_EVERY
    if token.last_seen_at is not None and token.last_seen_at > before:
        return
    with connection.cursor() as cursor:
        cursor.execute(SEE, {"token": token.id, "at": at, "before": before})


def _lock(source: DataSource) -> None:
    """Lock a source until the transaction ends, if it is one that inserts readings."""
    if source.kind != DataSource.Kind.INSERTION:
        raise NoInsertion(_("Only a source by insertion has a token."))
    DataSource.objects.select_for_update(no_key=True).get(pk=source.pk)


def _make(source: DataSource, *, by: Person | None, at: datetime) -> str:
    token = f"{PREFIX}{secrets.token_urlsafe(32)}"
    SourceToken.objects.create(
        account_id=source.account_id,
        organisation_id=source.organisation_id,
        source=source,
        digest=hashed(token),
        made_at=at,
        made_by=by,
    )
    return token
