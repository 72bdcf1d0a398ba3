import pytest

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts.models import Account
from vatio.entitlements import limits
from vatio.entitlements.models import Usage
from vatio.metering import changing, checking, consequences, installing, retiring
from vatio.metering.models import DataPoint, DataSource, Meter, RtcLine, Service, SupplyPoint
from vatio.metering.refusals import QuantityTaken, WrongChoice
from vatio.metering.resolutions import add_quantity
from vatio.units import Unit

pytestmark = pytest.mark.django_db


def used(account: Account) -> dict[str, int]:
    rows = Usage.objects.filter(account=account, used__gt=0)
    return dict(rows.values_list("unit", "used"))


def called(account: Account) -> tuple[Meter, RtcLine]:
    by = make.commercial()
    point, meter = make.supply_point(account, manages_bills=False), make.meter(account)
    return meter, installing.add_rtc_line(point, meter, by=by, at=make.NOON)


def insert(meter: Meter, *, quantity: int = 402) -> DataPoint:
    by = make.commercial()
    source = meter.account.datasources.first() or installing.add_source(
        meter.account, name="Pasarela", kind=DataSource.Kind.INSERTION, by=by, at=make.NOON
    )
    return installing.add_data_point(
        meter, quantity=quantity, minutes=15, source=source, by=by, at=make.NOON
    )


def lugo() -> Account:
    return make.account(version=make.licence("Con líneas", meters=3, rtc_lines=3))


def test_a_called_meter_costs_its_line_alone_once_no_gateway_sends_its_readings() -> None:
    hotel = lugo()
    meter, _line = called(hotel)
    point = insert(meter)
    assert used(hotel) == {"meters": 1, "rtc_lines": 1, "data_points": 1}
    foreseen = consequences.of_retiring(point)

    retiring.retire(point, by=make.commercial(), at=make.NOON)

    assert used(hotel) == {"rtc_lines": 1}
    assert foreseen.frees == {Unit.DATA_POINTS: 1, Unit.METERS: 1}
    assert checking.recount() == []


def test_of_two_points_of_a_gateway_the_first_that_goes_frees_no_meter() -> None:
    hotel = lugo()
    meter, _line = called(hotel)
    point, _other = insert(meter), insert(meter, quantity=404)
    foreseen = consequences.of_retiring(point)

    retiring.retire(point, by=make.commercial(), at=make.NOON)

    assert used(hotel) == {"meters": 1, "rtc_lines": 1, "data_points": 1}
    assert foreseen.frees == {Unit.DATA_POINTS: 1}
    assert checking.recount() == []


def test_a_supply_point_that_goes_takes_its_line_along_and_the_meter_counts_again() -> None:
    hotel = lugo()
    meter, line = called(hotel)
    foreseen = consequences.of_retiring(line.supply_point)

    retiring.retire(line.supply_point, by=make.commercial(), at=make.NOON)

    assert used(hotel) == {"meters": 1}
    assert (foreseen.takes, foreseen.along) == ({Unit.METERS: 1}, (line,))
    assert checking.recount() == []
    meter.refresh_from_db()
    assert meter.is_in_service


def test_a_supply_point_stays_where_the_meter_of_its_line_would_find_no_room() -> None:
    hotel = lugo()
    _meter, line = called(hotel)
    for _each in range(3):
        make.meter(hotel)

    with pytest.raises(limits.LimitReached):
        retiring.retire(line.supply_point, by=make.commercial(), at=make.NOON)

    line.refresh_from_db()
    assert line.is_in_service
    assert line.supply_point.__class__.objects.get().service == Service.ACCEPTED
    assert used(hotel) == {"meters": 3, "rtc_lines": 1}


@pytest.mark.parametrize("what", ["meter", "line", "point"])
def test_what_is_foreseen_of_retiring_and_returning_is_what_happens(what: str) -> None:
    hotel = lugo()
    meter, line = called(hotel)
    thing = {"meter": meter, "line": line, "point": insert(meter)}[what]
    by = make.commercial()

    for act, foresee in (
        (retiring.retire, consequences.of_retiring),
        (retiring.put_back, consequences.of_returning),
    ):
        before, foreseen = used(hotel), foresee(thing)
        act(thing, by=by, at=make.NOON)
        after = used(hotel)
        for unit in Unit:
            change = after.get(unit, 0) - before.get(unit, 0)
            assert change == foreseen.takes.get(unit, 0) - foreseen.frees.get(unit, 0)
        assert checking.recount() == []


def test_another_resolution_of_a_quantity_takes_nothing() -> None:
    hotel = make.account()
    meter, by = make.meter(hotel), make.commercial()

    first = add_quantity(meter, quantity=402, minutes=15, by=by, at=make.NOON)
    again = add_quantity(meter, quantity=402, minutes=60, by=by, at=make.NOON)

    assert first == again
    assert sorted(first.series.values_list("minutes", flat=True)) == [15, 60]
    assert used(hotel) == {"meters": 1, "data_points": 1}
    with pytest.raises(QuantityTaken):
        add_quantity(meter, quantity=402, minutes=60, by=by, at=make.NOON)


def test_nothing_is_added_to_what_was_retired_meanwhile() -> None:
    hotel = lugo()
    meter, line = called(hotel)
    stale = Meter.objects.get(pk=meter.pk)
    by = make.commercial()
    retiring.retire(meter, by=by, at=make.NOON)

    with pytest.raises(WrongChoice):
        add_quantity(stale, quantity=402, minutes=15, by=by, at=make.NOON)
    with pytest.raises(WrongChoice):
        installing.add_rtc_line(line.supply_point, stale, by=by, at=make.NOON)

    assert used(hotel) == {}


def test_a_supply_point_retired_meanwhile_takes_no_cups_by_being_changed() -> None:
    hotel = make.account()
    point = make.supply_point(hotel)
    stale, by = SupplyPoint.objects.get(pk=point.pk), make.commercial()
    retiring.retire(point, by=by, at=make.NOON)
    details = installing.SupplyDetails("Otra", "electricity", territory="peninsula")

    changing.change_supply_point(stale, details, by=by, at=make.NOON)

    assert used(hotel) == {}
    assert checking.recount() == []


@pytest.mark.django_db(transaction=True)
def test_what_a_meter_costs_is_right_whoever_is_first() -> None:
    for _round in range(full_or_tenth(100)):
        hotel, by = lugo(), make.commercial()
        meter, called_one = make.meter(hotel), called(hotel)[0]
        point = make.supply_point(hotel, manages_bills=False)
        installing.add_source(hotel, name="Pasarela", kind="insertion", by=by, at=make.NOON)
        gone = insert(called_one)

        together(
            [
                lambda p=point, m=meter.pk, by=by: installing.add_rtc_line(
                    p, Meter.objects.get(pk=m), by=by, at=make.NOON
                ),
                lambda m=meter.pk: insert(Meter.objects.get(pk=m)),
                lambda gone=gone.pk, by=by: retiring.retire(
                    DataPoint.objects.get(pk=gone), by=by, at=make.NOON
                ),
                lambda m=called_one.pk: insert(Meter.objects.get(pk=m), quantity=404),
                lambda m=called_one.pk, by=by: retiring.retire(
                    Meter.objects.get(pk=m), by=by, at=make.NOON
                ),
            ]
        )

        assert checking.recount() == []
