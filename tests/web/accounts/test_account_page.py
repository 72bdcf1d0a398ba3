from datetime import UTC, date, datetime

import pytest
from django.test import Client

from tests import make
from tests.web.accounts.test_account_list import queries
from vatio import clock
from vatio.accounts import adjusting, current_holdings, growth, renewal, undoing
from vatio.accounts.models import Account, Agreement, SmsTransaction, Term
from vatio.reminders.deciding import decide as remind
from vatio.units import Quantities, Unit
from vatio.web.accounts import agreements, term_chart

pytestmark = pytest.mark.django_db


def table_of(account: Account, *, today: date) -> agreements.Table:
    terms = list(Term.objects.filter(account=account).order_by("starts_on", "id"))
    others = Agreement.objects.filter(account=account, grants__isnull=True)
    credits = SmsTransaction.objects.filter(account=account).values_list("agreement_id", "credits")
    return agreements.table(
        terms, others, credits=dict(credits), time_zone=account.time_zone, today=today
    )


def rows(table: agreements.Table) -> list[tuple[object, ...]]:
    return [
        (
            lived.place,
            lived.look,
            lived.totals.meters,
            [(change.units.get("meters"), change.credits) for change in lived.changes],
        )
        for lived in table.terms
    ]


def test_each_term_adds_up_and_credits_are_told_once() -> None:
    hotel = make.account(
        starts_on=date(2026, 5, 3), totals=Quantities(15, 5, None, 0), sms_credits=80
    )
    by, at = make.commercial(), datetime(2027, 4, 1, 9, tzinfo=UTC)
    growth.expand(hotel, Quantities(3, 0, None, 0), sms_credits=0, by=by, at=make.NOON)
    renewal.renew(hotel, asked_at=at, at=at, by=by)
    growth.expand(hotel, Quantities(2, 0, None, 0), sms_credits=100, by=by, at=at)
    adjusting.adjust_credits(hotel, -5, reason="Se pidieron de más.", by=by, at=at)

    table = table_of(hotel, today=date(2027, 4, 2))

    assert table.units == ["meters", "supply_points"]
    assert rows(table) == [
        (2, "waiting", 20, [(2, 0), (18, 0)]),
        (1, "running", 20, [(None, -5), (2, 100), (3, 0), (15, 80)]),
    ]


def test_a_licence_that_changes_is_a_change_of_the_total() -> None:
    starter = make.licence("Starter DP", data_points=250)
    better = make.licence("Professional DP", data_points=1000, rtc_lines=2)
    bodega = make.account(version=starter, totals=Quantities(None, 5, 265, 0))
    growth.upgrade(bodega, better, by=make.commercial(), at=make.NOON)

    (term,) = table_of(bodega, today=date(2026, 11, 25)).terms

    assert term.totals.data_points == 1015
    assert [(c.licence, c.units["data_points"]) for c in term.changes] == [
        ("Professional DP", 750),
        ("Starter DP", 265),
    ]


def test_a_renewal_taken_back_and_an_early_end_stand_in_the_table() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    by = make.commercial()
    renewal.renew(hotel, asked_at=make.NOON, at=make.NOON, by=by)
    undoing.undo(hotel, by=by, at=make.NOON)
    adjusting.end_early(hotel, date(2026, 12, 1), reason="Se vende.", by=by, at=make.NOON)

    table = table_of(hotel, today=date(2026, 12, 2))

    assert [(lived.look, lived.ends_on) for lived in table.terms] == [
        ("undone", date(2028, 5, 3)),
        ("past", date(2026, 12, 1)),
    ]
    assert [change.agreement.kind for change in table.terms[1].changes] == ["adjustment", "opening"]


def test_the_page_asks_as_often_for_many_terms_as_for_one(client: Client) -> None:
    hotel = make.account(starts_on=date(2020, 5, 3))
    client.force_login(make.superadmin(hotel.organisation))
    address, by = f"/accounts/{hotel.uid}/", make.commercial()

    before = queries(client, address)
    for year in range(2021, 2030):
        at = datetime(year, 4, 20, 9, tzinfo=UTC)
        renewal.renew(hotel, asked_at=at, at=at, by=by)
        growth.expand(hotel, Quantities(1, 0, None, 0), sms_credits=5, by=by, at=at)
    # Those years lie ahead: the copy of what is held is of the last of them.
    current_holdings.write([hotel], at=clock.now())

    assert queries(client, address) == before


def test_a_picture_says_each_change_where_it_has_room() -> None:
    steps = [
        term_chart.Granted(date(2026, 1, 1), 10, "S-1"),
        term_chart.Granted(date(2026, 6, 1), 12, "S-2"),
        term_chart.Granted(date(2026, 6, 20), 13, "S-3"),
        term_chart.Granted(date(2026, 7, 5), 14, "S-4"),
    ]
    term = term_chart.TermSteps(date(2026, 1, 1), date(2027, 1, 1), steps)

    drawn = term_chart.draw([term], unit=Unit.METERS, today=date(2026, 3, 1), next_end=None)

    assert drawn is not None
    assert [(knot.number, knot.side) for knot in drawn.knots] == [
        ("S-1", "start"),
        ("S-2", "end"),
        ("S-3", ""),
        ("S-4", "start"),
    ]


def test_the_page_says_when_its_people_were_reminded_of_the_end_that_it_has(client: Client) -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    client.force_login(make.superadmin(hotel.organisation))
    at = datetime(2027, 4, 27, 7, tzinfo=UTC)
    remind(at=at)
    page = client.get(f"/accounts/{hotel.uid}/").content.decode().replace("\xa0", " ")
    assert "Recordado el 27 abr 2027." in page

    renewal.renew(hotel, asked_at=at, at=at, by=make.commercial())
    page = client.get(f"/accounts/{hotel.uid}/").content.decode().replace("\xa0", " ")
    assert "Recordado" not in page
    assert "3 abr 2028, 26 abr 2028 y 3 may 2028." in page
