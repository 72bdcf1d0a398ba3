from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.counts import full_or_tenth
from tests.metering.calculated import FOREVER, calculated, less, plus, point
from tests.races import together
from vatio.accounts.models import Account
from vatio.entitlements.limits import NothingCanBeAdded
from vatio.entitlements.models import Usage
from vatio.history.models import Act
from vatio.metering import calculating, changing, retiring, sites
from vatio.metering.adding_up import CannotBeAdded
from vatio.metering.calculated_terms import (
    Addend,
    Composition,
    resolution_of,
    shown_versions,
    terms_between,
    with_versions,
)
from vatio.metering.calculating import CalculatedGone, OnlyVersion, TermDetails, WrongTerms
from vatio.metering.models import (
    CalculatedSeries,
    CalculatedTerm,
    CalculatedVersion,
    DataPoint,
    Service,
)
from vatio.metering.refusals import WrongChoice
from vatio.refusal import Refused

pytestmark = pytest.mark.django_db

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def hotel() -> Account:
    return make.account("Hotel Lugo 012")


def change(
    series: CalculatedSeries, terms: Sequence[TermDetails], *, since: date | None = None
) -> None:
    calculating.change_terms(series, terms, since=since, by=make.commercial(), at=make.NOON)


def added(of: DataPoint, factor: str = "1", *, sign: int = 1) -> Addend:
    return Addend(of.pk, sign, Decimal(factor))


def rows() -> tuple[int, int, int]:
    kinds = (CalculatedSeries, CalculatedVersion, CalculatedTerm)
    return tuple(kind.objects.count() for kind in kinds)  # type: ignore[return-value]


def test_a_series_adds_up_its_terms_from_the_beginning_and_takes_nothing(hotel: Account) -> None:
    whole, kitchen = point(hotel), point(hotel)
    before = list(Usage.objects.order_by("id").values("unit", "used"))

    series = calculated(hotel, [plus(whole), less(kitchen, "0.5")])

    assert terms_between(series, *FOREVER) == [
        Composition(*FOREVER, (added(whole), added(kitchen, "0.500000", sign=-1)))
    ]
    assert list(Usage.objects.order_by("id").values("unit", "used")) == before


def test_before_the_first_version_there_is_nothing(hotel: Account) -> None:
    whole = point(hotel)
    series = calculated(hotel, [plus(whole)], since=MAY)

    before, across = (terms_between(series, date(2026, 4, 1), end) for end in (MAY, JUNE))

    assert before == []
    assert across == [Composition(MAY, JUNE, (added(whole),))]


def test_a_change_from_a_day_on_leaves_the_days_before_as_they_were(hotel: Account) -> None:
    one, two, three = (point(hotel) for _each in range(3))
    series = calculated(hotel, [plus(one)])
    change(series, [plus(three)], since=JULY)

    change(series, [plus(two)], since=JUNE)

    assert terms_between(series, *FOREVER) == [
        Composition(FOREVER[0], JUNE, (added(one),)),
        Composition(JUNE, JULY, (added(two),)),
        Composition(JULY, FOREVER[1], (added(three),)),
    ]
    assert terms_between(series, JUNE, JULY) == [Composition(JUNE, JULY, (added(two),))]
    assert terms_between(series, JULY, JULY) == []


def test_terms_are_found_in_one_statement_however_many_versions_there_are(hotel: Account) -> None:
    one, two = point(hotel), point(hotel)
    series = calculated(hotel, [plus(one)])
    for day in (MAY, JUNE, JULY):
        change(
            series,
            [plus(two if day == JUNE else one, "2"), plus(one if day == JUNE else two)],
            since=day,
        )

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = terms_between(series, *FOREVER)

    assert len(found) == 4
    assert len(asked) == 1


@pytest.mark.parametrize("since", [None, JUNE])
def test_correcting_the_same_day_replaces_that_version(hotel: Account, since: date | None) -> None:
    one, two = point(hotel), point(hotel)
    series = calculated(hotel, [plus(one)], since=since)

    change(series, [plus(two), less(one)], since=since)

    assert rows() == (1, 1, 2)
    (found,) = terms_between(series, JUNE, JULY)
    assert found.terms == (added(two, "1.000000"), added(one, "1.000000", sign=-1))


def test_what_stands_already_on_that_day_makes_no_version(hotel: Account) -> None:
    one = point(hotel)
    series = calculated(hotel, [plus(one, "2.5")])
    told = Act.objects.count()

    change(series, [plus(one, "2.50")], since=JUNE)

    assert rows() == (1, 1, 1)
    assert Act.objects.count() == told


def test_a_version_removed_leaves_its_days_to_the_one_before(hotel: Account) -> None:
    one, two = point(hotel), point(hotel)
    series = calculated(hotel, [plus(one)], since=MAY)
    change(series, [plus(two)], since=JUNE)
    version = series.versions.get(since=JUNE)

    calculating.remove_version(version, by=make.commercial(), at=make.NOON)

    assert terms_between(series, *FOREVER) == [Composition(MAY, FOREVER[1], (added(one),))]
    act = Act.objects.latest("id")
    assert (act.verb, act.facts["since"]) == ("installation.version_removed", "2026-06-01")


def test_the_only_version_stays(hotel: Account) -> None:
    series = calculated(hotel)
    version = series.versions.get()

    with pytest.raises(OnlyVersion):
        calculating.remove_version(version, by=make.commercial(), at=make.NOON)

    assert rows() == (1, 1, 1)


def test_a_removed_series_frees_its_name(hotel: Account) -> None:
    series = calculated(hotel, name="Resto del edificio")

    calculating.remove_calculated(series, by=make.commercial(), at=make.NOON)

    assert rows() == (0, 0, 0)
    assert calculated(hotel, name="Resto del edificio").pk is not None
    assert Act.objects.filter(verb="installation.removed", facts__kind="CalculatedSeries").exists()


def test_a_name_is_taken_whatever_its_accents_in_that_account_alone(hotel: Account) -> None:
    series = calculated(hotel, name="Climatización")
    other = calculated(hotel, name="Otra")

    with pytest.raises(WrongChoice) as refused:
        calculated(hotel, name="CLIMATIZACION")
    with pytest.raises(WrongChoice):
        calculating.rename(other, "climatización", by=make.commercial(), at=make.NOON)
    calculated(make.account(), name="Climatización")

    assert refused.value.field == "name"
    other.refresh_from_db()
    assert (series.name, other.name) == ("Climatización", "Otra")


def test_a_rename_alone_makes_no_version(hotel: Account) -> None:
    one = point(hotel)
    series = calculated(hotel, [plus(one)])

    calculating.change_calculated(
        series, name="Cocinas", terms=[plus(one)], since=JUNE, by=make.commercial(), at=make.NOON
    )

    assert CalculatedSeries.objects.get().name == "Cocinas"
    assert rows() == (1, 1, 1)
    assert Act.objects.latest("id").verb == "installation.changed"


def refused(hotel: Account, terms: Sequence[TermDetails], kind: type[Refused]) -> str:
    """Add a series that is refused, and give the words."""
    with pytest.raises(kind) as error:
        calculated_of(hotel, terms)
    assert error.value.field == "terms"
    assert rows() == (0, 0, 0)
    return str(error.value)


def calculated_of(hotel: Account, terms: Sequence[TermDetails]) -> CalculatedSeries:
    return calculating.add_calculated(
        hotel, name="Resto", terms=terms, by=make.commercial(), at=make.NOON
    )


def test_there_is_at_least_one_term_and_none_twice(hotel: Account) -> None:
    whole = point(hotel, "General")

    assert refused(hotel, [], WrongTerms) == "Elija al menos un punto de datos."
    assert (
        refused(hotel, [plus(whole), less(whole)], WrongTerms)
        == "«General» está dos veces: basta con una, con su factor."
    )


def test_there_are_a_hundred_terms_and_no_more(hotel: Account) -> None:
    whole = point(hotel)

    words = refused(hotel, [plus(whole)] * 101, WrongTerms)

    assert words == "Se suman como mucho 100 puntos de datos."


@pytest.mark.parametrize("factor", ["0", "-1", "1000000", "0.0000001"])
def test_a_factor_is_above_zero_and_has_six_decimals(hotel: Account, factor: str) -> None:
    refused(hotel, [plus(point(hotel), factor)], WrongTerms)


def test_a_sign_is_plus_or_minus(hotel: Account) -> None:
    refused(hotel, [TermDetails(point(hotel), 2)], WrongTerms)


def test_terms_are_of_the_account(hotel: Account) -> None:
    strange = point(make.account("Otra", organisation=hotel.organisation))

    words = refused(hotel, [plus(point(hotel)), plus(strange)], WrongTerms)

    assert words == "No hay tal punto de datos en esta cuenta."


@pytest.mark.parametrize(
    ("service", "is_taken"),
    [(Service.RETIRED, True), (Service.PENDING, False), (Service.REJECTED, False)],
)
def test_a_retired_data_point_can_be_added_up_and_a_pending_one_not(
    hotel: Account, service: str, is_taken: bool
) -> None:
    whole = point(hotel)
    retiring.retire(whole, by=make.commercial(), at=make.NOON)
    DataPoint.objects.filter(pk=whole.pk).update(service=service)

    if is_taken:
        calculated_of(hotel, [plus(whole)])
    else:
        refused(hotel, [plus(whole)], WrongTerms)

    assert rows()[0] == int(is_taken)


@pytest.mark.parametrize(("quantity", "adds_up"), [(452, True), (404, False), (401, False)])
def test_terms_are_of_one_family_of_quantity(hotel: Account, quantity: int, adds_up: bool) -> None:
    whole, other = point(hotel, "General"), point(hotel, "Otro", quantity=quantity)

    if adds_up:
        calculated_of(hotel, [plus(whole), less(other)])
    else:
        words = refused(hotel, [plus(whole), less(other)], CannotBeAdded)
        assert words.startswith("«Otro» y «General» no se pueden sumar: son ")

    assert rows()[0] == int(adds_up)


def test_terms_are_of_one_time_zone(hotel: Account) -> None:
    whole, strange = point(hotel, "General"), point(hotel, "Tenerife")
    strange.series.update(time_zone="Atlantic/Canary")

    words = refused(hotel, [plus(whole), plus(strange)], CannotBeAdded)

    assert words == (
        "«Tenerife» y «General» no se pueden sumar: sus días son los de"
        " Atlantic/Canary y Europe/Madrid."
    )


def test_all_versions_are_of_one_family_and_one_zone(hotel: Account) -> None:
    whole, reactive, strange = point(hotel), point(hotel, quantity=404), point(hotel)
    strange.series.update(time_zone="Atlantic/Canary")
    series = calculated(hotel, [plus(whole)])

    for other in (reactive, strange):
        with pytest.raises(CannotBeAdded):
            change(series, [plus(other)], since=JUNE)
    change(series, [plus(reactive)])

    assert [each.terms for each in terms_between(series, *FOREVER)] == [
        (added(reactive, "1.000000"),)
    ]


def test_a_meter_whose_days_are_added_up_stays_in_their_zone(hotel: Account) -> None:
    by = make.commercial()
    one, two = point(hotel), point(hotel)
    alone = point(hotel)
    calculated(hotel, [plus(one), plus(two)], name="Resto")
    calculated(hotel, [plus(alone)], name="Solo")
    details = sites.SiteDetails("Tenerife", time_zone="Atlantic/Canary")
    island = sites.add_site(hotel, details, by=by, at=make.NOON)

    with pytest.raises(changing.ZoneIsFixed, match="Resto"):
        changing.change_meter(one.meter, name="A", make="", site=island, by=by, at=make.NOON)
    changing.change_meter(alone.meter, name="B", make="", site=island, by=by, at=make.NOON)

    assert one.series.get().time_zone == "Europe/Madrid"
    assert alone.series.get().time_zone == "Atlantic/Canary"


def test_nothing_is_added_or_changed_in_an_expired_account_and_it_can_be_removed(
    hotel: Account,
) -> None:
    whole = point(hotel)
    series = calculated(hotel, [plus(whole)])
    over = make.noon(date(2028, 5, 3))
    by = make.commercial()

    with pytest.raises(NothingCanBeAdded):
        calculating.add_calculated(hotel, name="Otra", terms=[plus(whole)], by=by, at=over)
    with pytest.raises(NothingCanBeAdded):
        calculating.change_terms(series, [less(whole)], since=JUNE, by=by, at=over)
    with pytest.raises(NothingCanBeAdded):
        calculating.rename(series, "Otra", by=by, at=over)
    calculating.remove_calculated(series, by=by, at=over)

    assert rows() == (0, 0, 0)


def test_what_is_gone_is_changed_by_nobody(hotel: Account) -> None:
    whole = point(hotel)
    series = calculated(hotel, [plus(whole)])
    change(series, [less(whole)], since=JUNE)
    late, version = CalculatedSeries.objects.get(), series.versions.get(since=JUNE)
    again = CalculatedVersion.objects.get(pk=version.pk)
    by = make.commercial()
    calculating.remove_version(version, by=by, at=make.NOON)

    with pytest.raises(CalculatedGone):
        calculating.remove_version(again, by=by, at=make.NOON)
    calculating.remove_calculated(series, by=by, at=make.NOON)
    with pytest.raises(CalculatedGone):
        change(late, [plus(whole)], since=JULY)
    with pytest.raises(CalculatedGone):
        calculating.remove_calculated(late, by=by, at=make.NOON)

    assert rows() == (0, 0, 0)


def test_the_resolution_is_the_coarsest_of_the_finest_of_each_term(hotel: Account) -> None:
    fine, coarse = point(hotel, minutes=15), point(hotel, minutes=60)
    calculated(hotel, [plus(fine), plus(coarse)])
    (series,) = with_versions(CalculatedSeries.objects.all())

    (shown,) = shown_versions(series)

    assert shown.minutes == 60
    assert resolution_of([fine]) == 15
    assert resolution_of([]) is None


@pytest.mark.django_db(transaction=True)
def test_two_changes_of_the_same_day_at_once_leave_the_terms_of_one_of_them() -> None:
    hotel = make.account()
    points = [point(hotel) for _each in range(4)]
    by = make.commercial()
    for number in range(full_or_tenth(50)):
        series = calculated(hotel, [plus(points[0])], name=f"Resto {number}")
        pairs = [[plus(points[1]), less(points[2])], [plus(points[2]), less(points[3])]]

        done, refusals = together(
            [
                lambda pair=pair, pk=series.pk: calculating.change_terms(
                    CalculatedSeries.objects.get(pk=pk), pair, since=JUNE, by=by, at=make.NOON
                )
                for pair in pairs
            ]
        )

        assert (len(done), refusals) == (2, [])
        before, after = terms_between(series, *FOREVER)
        assert before.terms == (added(points[0]),)
        assert after.terms in [
            tuple(added(each.data_point, sign=each.sign) for each in pair) for pair in pairs
        ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_name_at_once_one_is_told_that_it_is_taken() -> None:
    hotel = make.account()
    whole, by = point(hotel), make.commercial()

    done, refusals = together(
        [
            lambda name=name: calculating.add_calculated(
                Account.objects.get(pk=hotel.pk),
                name=name,
                terms=[plus(whole)],
                by=by,
                at=make.NOON,
            )
            for name in ("Resto", "RESTO")
        ]
    )

    assert (len(done), [type(each) for each in refusals]) == (1, [WrongChoice])
    assert rows() == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_change_while_the_series_is_removed_leaves_nothing_of_it() -> None:
    hotel = make.account()
    one, two = point(hotel), point(hotel)
    by = make.commercial()
    for _round in range(full_or_tenth(20)):
        pk = calculated(hotel, [plus(one)]).pk

        together(
            [
                lambda pk=pk: calculating.change_terms(
                    CalculatedSeries.objects.get(pk=pk),
                    [plus(two)],
                    since=JUNE,
                    by=by,
                    at=make.NOON,
                ),
                lambda pk=pk: calculating.remove_calculated(
                    CalculatedSeries.objects.get(pk=pk), by=by, at=make.NOON
                ),
            ]
        )

        assert rows() == (0, 0, 0)
