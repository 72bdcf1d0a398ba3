from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from random import Random

import pytest
from django.db import transaction

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import adjusting
from vatio.accounts.holdings import held
from vatio.accounts.models import Account
from vatio.dates import day_at, start_of
from vatio.entitlements import limits
from vatio.entitlements.models import Usage
from vatio.entitlements.question import entitlement
from vatio.metering import checking, installing, retiring
from vatio.metering.models import Allocation, Meter, Service
from vatio.orders import deciding
from vatio.units import Quantities, Unit

pytestmark = pytest.mark.django_db(transaction=True)

INSTANT = timedelta(microseconds=1)
SERIALS = count(1)


def used(account: Account, unit: Unit = Unit.METERS) -> int:
    return Usage.objects.get(account=account, unit=unit).used


def agreed(account: Account) -> int:
    """Return the number of meters that page, table, allocations and usage all tell."""
    told = {
        Meter.objects.filter(account=account, service=Service.ACCEPTED).count(),
        Allocation.objects.filter(account=account, unit="meters", freed_at=None).count(),
        entitlement(account, at=make.NOON).rooms[Unit.METERS].used,
        used(account),
    }
    assert len(told) == 1
    return told.pop()


@transaction.atomic
def add_in_bulk(account: Account, number: int) -> None:
    """Add some meters or none, as a workbook does."""
    by = make.commercial()
    for _each in range(number):
        details = installing.MeterDetails(f"Hoja {next(SERIALS)}")
        installing.add_meter(account, details, by=by, at=make.NOON)


def test_twenty_installers_and_a_bulk_fill_ten_places_and_never_more() -> None:
    version = make.licence("Diez", meters=10)
    for number in range(full_or_tenth(100)):
        hotel, by = make.account(version=version), make.commercial()
        size = 1 + number % 10
        adds: list[Callable[[], object]] = [
            lambda hotel=hotel, by=by: installing.add_meter(  # type: ignore[misc]
                hotel, installing.MeterDetails(f"Contador {next(SERIALS)}"), by=by, at=make.NOON
            )
            for _each in range(20)
        ]
        bulk: Callable[[], object] = lambda hotel=hotel, size=size: add_in_bulk(hotel, size)  # type: ignore[misc]  # noqa: E731

        done, refused = together([*adds, bulk])

        assert (len(done) + len(refused), agreed(hotel)) == (21, 10)
        assert all(isinstance(refusal, limits.LimitReached) for refusal in refused)
        assert checking.recount() == []


def more(account: Account) -> object:
    order = make.expansion_order(account, meters=3)
    return lambda: deciding.accept(order, by=make.commercial(), at=make.NOON)


def fewer(account: Account) -> object:
    return lambda: adjusting.adjust_quantities(
        Account.objects.get(pk=account.pk),
        Quantities(meters=4),
        reason="Baja",
        by=make.commercial(),
        at=make.NOON,
    )


@pytest.mark.parametrize(("change", "least", "most"), [(more, 10, 13), (fewer, 4, 10)])
def test_what_is_held_may_change_while_it_is_filled(
    change: Callable[[Account], Callable[[], object]], least: int, most: int
) -> None:
    version = make.licence("Diez", meters=10)
    for _round in range(full_or_tenth(50)):
        hotel = make.account(version=version)
        for _each in range(4):
            make.meter(hotel)
        adds = [lambda hotel=hotel: make.meter(hotel) for _each in range(10)]

        done, refused = together([change(hotel), *adds])

        before = agreed(hotel)
        assert least <= before <= most
        assert before - 4 == len([each for each in done if isinstance(each, Meter)])
        assert all(isinstance(refusal, limits.LimitReached) for refusal in refused)
        now = entitlement(hotel, at=make.NOON).rooms[Unit.METERS]
        for _each in range(max(now.left or 0, 0)):
            make.meter(hotel)
        with pytest.raises(limits.LimitReached):
            make.meter(hotel)
        assert agreed(hotel) == max(before, now.held or 0)


def test_at_the_instant_in_which_a_renewal_starts_the_new_term_counts() -> None:
    version = make.licence("Tres", meters=3)
    hotel = make.account(version=version, starts_on=date(2025, 12, 3))
    deciding.accept(make.renewal_order(hotel), by=make.commercial(), at=make.NOON)
    hotel.refresh_from_db()
    start = start_of(date(2026, 12, 3), hotel.time_zone)
    adjusting.adjust_quantities(
        Account.objects.get(pk=hotel.pk),
        Quantities(meters=8),
        reason="Obra",
        by=make.commercial(),
        at=start,
    )
    times = [start - INSTANT, start] * 5

    done, refused = together(
        [lambda at=at: make.meter(Account.objects.get(pk=hotel.pk), at=at) for at in times]
    )

    yesterday = held(hotel, day_at(start - INSTANT, hotel.time_zone))
    today = held(hotel, day_at(start, hotel.time_zone))
    assert yesterday is not None
    assert today is not None
    assert (yesterday.totals[Unit.METERS], today.totals[Unit.METERS]) == (3, 8)
    late = [meter for meter in done if meter.created_at == start]
    assert len(late) == 5
    assert len(done) - len(late) <= 3
    assert len(done) + len(refused) == 10
    assert checking.recount() == []


def test_from_the_instant_of_expiry_nothing_is_taken_however_close() -> None:
    for _round in range(full_or_tenth(30)):
        hotel = make.account(starts_on=date(2025, 12, 3))
        end = start_of(date(2026, 12, 3), hotel.time_zone)
        times = [end - INSTANT, end, end + INSTANT] * 3

        done, refused = together(
            [lambda hotel=hotel, at=at: make.meter(hotel, at=at) for at in times]
        )

        assert [meter.created_at for meter in done] == [end - INSTANT] * 3
        assert [type(refusal) for refusal in refused] == [limits.NothingCanBeAdded] * 6


def test_an_account_that_is_ended_meanwhile_takes_nothing_more() -> None:
    for _round in range(full_or_tenth(30)):
        hotel = make.account(version=make.licence("Cien", meters=100))

        def end(hotel: Account = hotel) -> object:
            return adjusting.end_early(
                Account.objects.get(pk=hotel.pk),
                date(2026, 11, 24),
                reason="Cierra",
                by=make.commercial(),
                at=make.NOON,
            )

        done, refused = together(
            [end, *[lambda hotel=hotel: make.meter(hotel) for _each in range(8)]]
        )

        assert all(isinstance(refusal, limits.NothingCanBeAdded) for refusal in refused)
        assert (
            len([each for each in done if isinstance(each, Meter)])
            == Meter.objects.filter(account=hotel).count()
        )
        with pytest.raises(limits.NothingCanBeAdded):
            make.meter(hotel)


def test_all_that_happens_to_one_meter_at_once_is_counted_right() -> None:
    """Lines, fed points, retirements and returns of one meter: no deadlock, nothing miscounted."""
    version = make.licence("Muchos", meters=50, supply_points=50, rtc_lines=50)
    by = make.commercial()
    for number in range(full_or_tenth(200)):
        hotel = make.account(version=version)
        meter, supply = make.meter(hotel), make.supply_point(hotel)
        gateway = installing.add_source(
            hotel, name="Pasarela", kind="insertion", by=by, at=make.NOON
        )
        first = installing.add_data_point(
            meter, quantity=402, minutes=15, source=gateway, by=by, at=make.NOON
        )
        line = installing.add_rtc_line(supply, meter, by=by, at=make.NOON)
        second = installing.add_data_point(meter, quantity=404, minutes=15, by=by, at=make.NOON)
        deeds: list[Callable[[], object]] = [
            *(
                lambda thing=thing: retiring.retire(  # type: ignore[misc]
                    type(thing).objects.get(pk=thing.pk), by=by, at=make.NOON
                )
                for thing in (meter, supply, first, second, line)
            ),
            lambda meter=meter, gateway=gateway: installing.add_data_point(  # type: ignore[misc]
                meter, quantity=408, minutes=15, source=gateway, by=by, at=make.NOON
            ),
            lambda meter=meter, supply=supply: installing.add_rtc_line(  # type: ignore[misc]
                supply, meter, by=by, at=make.NOON
            ),
            lambda line=line: retiring.put_back(  # type: ignore[misc]
                type(line).objects.get(pk=line.pk), by=by, at=make.NOON
            ),
        ]
        Random(number).shuffle(deeds)

        together(deeds)

        assert checking.recount() == []
        open_things = Allocation.objects.filter(account=hotel, freed_at=None).count()
        assert open_things == sum(used(hotel, unit) for unit in Unit)
