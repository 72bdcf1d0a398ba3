from datetime import date

import pytest
from django.test import Client

from tests import make
from tests.web.accounts.test_account_page import queries
from vatio import clock
from vatio.accounts.models import Term
from vatio.accounts.timeline import timeline
from vatio.entitlements.question import Room
from vatio.metering.past import UsageStep, usage_steps
from vatio.units import Unit
from vatio.web.accounts import term_chart, usage_table

pytestmark = pytest.mark.django_db


def test_each_month_tells_what_was_used_of_what_was_held_then() -> None:
    hotel = make.account(starts_on=date(2026, 1, 10))
    moments = timeline(Term.objects.filter(account=hotel).prefetch_related("grants__licence"))
    used = [
        UsageStep(Unit.METERS, date(2026, 1, 31), 3),
        UsageStep(Unit.DATA_POINTS, date(2026, 2, 1), 9),
        UsageStep(Unit.METERS, date(2026, 4, 2), 12),
    ]

    table = usage_table.table(moments, used, today=date(2026, 4, 7))

    assert table is not None
    assert table.units == [Unit.METERS, Unit.DATA_POINTS]
    assert [(row.day, *row.rooms) for row in table.rows] == [
        (date(2026, 4, 7), Room(10, 12), Room(None, 9)),
        (date(2026, 3, 31), Room(10, 3), Room(None, 9)),
        (date(2026, 2, 28), Room(10, 3), Room(None, 9)),
        (date(2026, 1, 31), Room(10, 3), Room(None, 0)),
    ]


def test_the_months_go_on_over_the_end_of_a_year_and_after_the_last_term() -> None:
    used = [UsageStep(Unit.METERS, date(2026, 12, 31), 1)]

    table = usage_table.table([], used, today=date(2027, 1, 31))

    assert table is not None
    assert [(row.day, row.rooms[0]) for row in table.rows] == [
        (date(2027, 1, 31), Room(0, 1)),
        (date(2026, 12, 31), Room(0, 1)),
    ]


def test_the_picture_draws_what_is_used_until_today_beside_what_is_held() -> None:
    granted = [term_chart.Granted(date(2026, 1, 1), 10, "S-1")]
    term = term_chart.TermSteps(date(2026, 1, 1), date(2027, 1, 1), granted)
    used = [
        UsageStep(Unit.METERS, date(2026, 1, 1), 5),
        UsageStep(Unit.DATA_POINTS, date(2026, 2, 1), 900),
        UsageStep(Unit.METERS, date(2026, 7, 2), 10),
    ]

    drawn = term_chart.draw(
        [term], unit=Unit.METERS, today=date(2026, 12, 1), next_end=None, used=used
    )

    assert drawn is not None
    half, today = 48 + 740 * 182 / 365, 48 + 740 * 334 / 365
    assert drawn.used == f"M48.0 128.5H{half:.1f}V61.0H{today:.1f}"
    assert "10 medidores" in drawn.told.partition("En uso")[2]


def test_the_page_asks_as_often_however_much_was_installed(client: Client) -> None:
    hotel = make.account(starts_on=clock.today("Europe/Madrid"))
    client.force_login(make.superadmin(hotel.organisation))
    address = f"/accounts/{hotel.uid}/"
    before = queries(client, address)

    for _each in range(5):
        make.meter(hotel, at=clock.now())
    page = client.get(address).content.decode()

    assert queries(client, address) == before
    assert 'class="in-use"' in page
    assert "Lo que estaba en uso, mes a mes" in page
    assert len(usage_steps(hotel)) == 1


def test_another_date_tells_what_was_used_when_it_ended(client: Client) -> None:
    hotel = make.account(starts_on=date(2026, 1, 10))
    client.force_login(make.superadmin(hotel.organisation))
    make.meter(hotel, at=make.noon(date(2026, 3, 1)))
    make.meter(hotel, at=make.noon(date(2026, 3, 3)))

    page = client.get(f"/accounts/{hotel.uid}/?on=2026-03-02").content.decode()

    assert "<dd>1 de 10</dd>" in page.partition('id="then"')[2]
