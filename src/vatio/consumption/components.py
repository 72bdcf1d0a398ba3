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
    """A data point on the days of a stretch; its values count `weight` times."""

    stretch: Stretch
    weight: float = 1.0

    @property
    def data_point_id(self) -> int:
        """The key of the data point."""
        return self.stretch.data_point_id


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
