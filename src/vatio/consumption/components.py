"""What a thing is made of: data points, each on some days, with a sign and a factor."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from vatio.accounts.models import Account
from vatio.consumption.subjects import EnergySubject, SubjectKind
from vatio.metering.calculated_terms import terms_between
from vatio.metering.models import CalculatedSeries, Site
from vatio.readings import stretches
from vatio.readings.stretches import Stretch


@dataclass(frozen=True)
class Component:
    """A data point on the days of a stretch; its values count `weight` times.

    One that `is_uncovered` is no data point at all: on these days the principal meter of a supply
    point is missing, so that nothing can be added for it. They are days `uncovered_in` a time zone.
    """

    stretch: Stretch
    weight: float = 1.0
    uncovered_in: str = ""

    @property
    def data_point_id(self) -> int:
        """The key of the data point."""
        return self.stretch.data_point_id

    @property
    def is_uncovered(self) -> bool:
        """Whether no data point counts on these days."""
        return bool(self.uncovered_in)


def components(
    account: Account, subject: EnergySubject, since: date, until: date
) -> list[Component]:
    """Return what a thing of an account is made of from `since` up to, not including, `until`."""
    if subject.kind == SubjectKind.CALCULATED:
        return [
            Component(
                Stretch(each.data_point_id, composed.since, composed.until),
                each.sign * float(each.factor),
            )
            for composed in terms_between(
                CalculatedSeries(pk=subject.pk, account=account), since, until
            )
            for each in composed.terms
        ]
    return [Component(each) for each in _stretches(account, subject, since, until)]


def uncovered(
    account: Account, subject: EnergySubject, known: Iterable[Component], since: date, until: date
) -> list[Component]:
    """Return what a thing lacks: the days on which a supply point has no principal meter.

    Two statements at most, none for a supply point that one meter measures on all of these days.
    Where meters count for themselves, because there is no supply point, nothing is missing.

    :param known: what the thing is made of on these days.
    """
    place, supply_point = None, None
    if subject.kind == SubjectKind.SUPPLY_POINT:
        if any(each.stretch.since <= since and until <= each.stretch.until for each in known):
            return []
        supply_point = subject.pk
    elif subject.kind not in (SubjectKind.SITE, SubjectKind.ACCOUNT) or not any(
        each.stretch.supply_point_id for each in known
    ):
        return []
    elif subject.kind == SubjectKind.SITE:
        place = stretches.below(Site(pk=subject.pk, account=account))
    found = stretches.uncovered(
        account.pk,
        since,
        until,
        supply_point=supply_point,
        places=place,
        quantity=subject.quantity.code,
    )
    return [
        Component(
            Stretch(-each.supply_point_id, each.since, each.until, each.supply_point_id),
            uncovered_in=each.time_zone,
        )
        for each in found
    ]


def within(components: Iterable[Component], since: date, until: date) -> list[Component]:
    """Return what of components is from `since` up to, not including, `until`."""
    cut = (
        replace(
            each,
            stretch=replace(
                each.stretch,
                since=max(each.stretch.since, since),
                until=min(each.stretch.until, until),
            ),
        )
        for each in components
    )
    return [each for each in cut if each.stretch.since < each.stretch.until]


def _stretches(account: Account, subject: EnergySubject, since: date, until: date) -> list[Stretch]:
    quantity = subject.quantity.code
    if subject.kind == SubjectKind.ACCOUNT:
        return stretches.of_places(account.pk, None, since, until, quantity=quantity)
    if subject.kind == SubjectKind.SITE:
        site = Site(pk=subject.pk, account=account)
        return stretches.of_site(site, since, until, quantity=quantity)
    if subject.kind == SubjectKind.SUPPLY_POINT:
        return stretches.of_supply_points(account.pk, [subject.pk], since, until, quantity=quantity)
    return [Stretch(subject.pk, since, until)]
