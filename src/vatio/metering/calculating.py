"""Adds calculated series to an account, changes what they add up from a day on, removes them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.entitlements.limits import ensure_open
from vatio.metering.adding_up import ensure_add_up
from vatio.metering.models import (
    CalculatedSeries,
    CalculatedTerm,
    CalculatedVersion,
    DataPoint,
    Service,
)
from vatio.metering.recording import record_installation
from vatio.metering.refusals import in_words
from vatio.refusal import Refused
from vatio.tenants.models import Person

MOST_TERMS = 100
"""How many terms a version has at most."""

MOST_FACTOR, PLACES = 1_000_000, 6
"""What a factor is less than, and how many decimals it has at most."""


class WrongTerms(Refused):
    """The terms cannot be those of a calculated series: none, too many, twice, not its own."""


class CalculatedGone(Refused):
    """The calculated series, or its version, was removed meanwhile."""


class OnlyVersion(Refused):
    """The version is the only one of its series."""


@dataclass(frozen=True)
class TermDetails:
    """A data point to add up, its sign (1 or −1) and its factor."""

    data_point: DataPoint
    sign: int = 1
    factor: Decimal = Decimal(1)


@transaction.atomic
def add_calculated(
    account: Account,
    *,
    name: str,
    terms: Sequence[TermDetails],
    since: date | None = None,
    by: Person | None,
    at: datetime,
) -> CalculatedSeries:
    """Add a calculated series with its first version; it takes nothing.

    :param since: the day from which on it adds up; None from the beginning.
    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises WrongTerms, CannotBeAdded: if these terms cannot be added up.
    :raises WrongChoice: if a calculated series of the account has the name.
    """
    lock(account)
    ensure_open(account, at=at)
    _check(account, terms)
    ensure_add_up([each.data_point for each in terms])
    series = CalculatedSeries(
        account=account, organisation_id=account.organisation_id, name=name, created_at=at
    )
    with in_words():
        series.save(force_insert=True)
    _write(series, terms, since=since, at=at)
    record_installation("added", series, name=name, by=by, at=at)
    return series


@transaction.atomic
def change_calculated(
    series: CalculatedSeries,
    *,
    name: str,
    terms: Sequence[TermDetails],
    since: date | None,
    by: Person,
    at: datetime,
) -> CalculatedSeries:
    """Change the name of a calculated series and what it adds up from a day on, or either.

    :raises Refused: as `rename` and `change_terms`.
    """
    if name != series.name:
        rename(series, name, by=by, at=at)
    change_terms(series, terms, since=since, by=by, at=at)
    return series


@transaction.atomic
def change_terms(
    series: CalculatedSeries,
    terms: Sequence[TermDetails],
    *,
    since: date | None,
    by: Person,
    at: datetime,
) -> None:
    """Change what a calculated series adds up from a day on, up to its next version.

    It is a version of its own; one of the same day is replaced. The terms that it has on that day
    already change nothing.

    :param since: the day; None from the beginning.
    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises CalculatedGone: if the series was removed meanwhile.
    :raises WrongTerms, CannotBeAdded: if these terms cannot be added up, or are of another
        family or time zone than those of its other versions.
    """
    _hold(series)
    ensure_open(series.account, at=at)
    _check(series.account, terms)
    versions = series.versions
    others = versions.exclude(since=since) if since else versions.exclude(since__isnull=True)
    beside = DataPoint.objects.filter(calculated_terms__version__in=others).order_by("pk").first()
    ensure_add_up([each.data_point for each in terms], beside=beside)
    if sorted(_terms_on(series, since)) == sorted(_values(each) for each in terms):
        return
    _write(series, terms, since=since, at=at)
    facts = {"since": since.isoformat() if since else ""}
    record_installation("terms_changed", series, name=series.name, by=by, at=at, **facts)


@transaction.atomic
def rename(series: CalculatedSeries, name: str, *, by: Person, at: datetime) -> None:
    """Give a calculated series another name.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises CalculatedGone: if the series was removed meanwhile.
    :raises WrongChoice: if another one of the account has the name.
    """
    _hold(series)
    ensure_open(series.account, at=at)
    series.name = name
    with in_words():
        series.save(update_fields=["name"])
    record_installation("changed", series, name=name, by=by, at=at)


@transaction.atomic
def remove_version(version: CalculatedVersion, *, by: Person, at: datetime) -> None:
    """Remove a version: the one before it is valid on its days, or none if it was the first.

    :raises CalculatedGone: if it was removed meanwhile.
    :raises OnlyVersion: if it is the only one: then its series is removed.
    """
    series = version.series
    _hold(series)
    if not series.versions.filter(pk=version.pk).exists():
        raise CalculatedGone(_("This was removed meanwhile."))
    if not series.versions.exclude(pk=version.pk).exists():
        raise OnlyVersion(_("It is the only version: remove the series instead."))
    facts = {"since": version.since.isoformat() if version.since else ""}
    version.terms.all().delete()
    version.delete()
    record_installation("version_removed", series, name=series.name, by=by, at=at, **facts)


@transaction.atomic
def remove_calculated(series: CalculatedSeries, *, by: Person, at: datetime) -> None:
    """Remove a calculated series with its versions; what it added up stays, and its name is free.

    :raises CalculatedGone: if it was removed meanwhile.
    """
    _hold(series)
    record_installation("removed", series, name=series.name, by=by, at=at)
    CalculatedTerm.objects.filter(version__series=series).delete()
    series.versions.all().delete()
    series.delete()


def _hold(series: CalculatedSeries) -> None:
    """Lock the account of a series until the transaction ends; refuse a series that is gone."""
    lock(series.account)
    if not CalculatedSeries.objects.filter(pk=series.pk).exists():
        raise CalculatedGone(_("This was removed meanwhile."))


def _check(account: Account, terms: Sequence[TermDetails]) -> None:
    """Refuse terms that are none or too many, of others, or no terms at all."""
    if not terms:
        raise WrongTerms(_("Choose at least one data point."), field="terms")
    if len(terms) > MOST_TERMS:
        most = _("At most %(most)s data points are added up.") % {"most": MOST_TERMS}
        raise WrongTerms(most, field="terms")
    counts = Counter(each.data_point for each in terms)
    point, count = counts.most_common(1)[0]
    if count > 1:
        words = _("«%(name)s» is there twice: once is enough, with a factor.")
        raise WrongTerms(words % {"name": point.name}, field="terms")
    for each in terms:
        _check_values(each)
    of_account = account.datapoints.filter(
        pk__in=[point.pk for point in counts], service__in=[Service.ACCEPTED, Service.RETIRED]
    )
    if of_account.count() < len(counts):
        raise WrongTerms(_("There is no such data point in this account."), field="terms")


def _check_values(term: TermDetails) -> None:
    if term.sign not in (-1, 1):
        raise WrongTerms(_("A data point is added or taken away."), field="terms")
    if not 0 < term.factor < MOST_FACTOR or term.factor != round(term.factor, PLACES):
        words = _("A factor is above zero and below %(most)s, with at most %(places)s decimals.")
        raise WrongTerms(words % {"most": MOST_FACTOR, "places": PLACES}, field="terms")


def _terms_on(series: CalculatedSeries, day: date | None) -> list[tuple[int, int, Decimal]]:
    """Return the terms of the version that is valid on a day, None the first of all days."""
    begun = Q(since__isnull=True) | Q(since__lte=day) if day else Q(since__isnull=True)
    versions = series.versions.filter(begun).order_by(F("since").desc(nulls_last=True))
    version = versions.first()
    if version is None:
        return []
    return list(version.terms.order_by("place").values_list("data_point_id", "sign", "factor"))


def _values(term: TermDetails) -> tuple[int, int, Decimal]:
    return term.data_point.pk, term.sign, term.factor


def _write(
    series: CalculatedSeries, terms: Sequence[TermDetails], *, since: date | None, at: datetime
) -> None:
    """Write the version of a day, in the place of one of the same day."""
    own = {"account_id": series.account_id, "organisation_id": series.organisation_id}
    version, is_new = CalculatedVersion.objects.get_or_create(
        series=series, since=since, defaults={**own, "created_at": at}
    )
    if not is_new:
        version.terms.all().delete()
        version.created_at = at
        version.save(update_fields=["created_at"])
    CalculatedTerm.objects.bulk_create(
        CalculatedTerm(
            **own,
            version=version,
            place=place,
            data_point=each.data_point,
            sign=each.sign,
            factor=each.factor,
        )
        for place, each in enumerate(terms)
    )
