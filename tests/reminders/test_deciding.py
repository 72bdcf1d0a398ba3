from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import adjusting, configuring, non_renewal, undoing
from vatio.accounts.expiry import is_expired
from vatio.accounts.models import Account
from vatio.dates import add_months, day_at
from vatio.notifications.models import Message
from vatio.notifications.rendering import render
from vatio.orders import deciding as orders
from vatio.portfolios import importing
from vatio.reminders.deciding import decide
from vatio.reminders.models import Milestone, Reminder
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

START = date(2026, 5, 3)
END = date(2027, 5, 3)


def morning(day: date, hour: int = 7) -> datetime:
    """Nine in the morning of Madrid in summer, unless another UTC hour is said."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def told() -> list[tuple[str, str]]:
    return list(
        Reminder.objects.filter(overtaken=False)
        .order_by("id")
        .values_list("account__name", "milestone")
    )


def hotel(**about: object) -> Account:
    about.setdefault("starts_on", START)
    account = make.account("Hotel", **about)  # type: ignore[arg-type]
    make.superadmin(account.organisation)
    return account


def test_an_account_is_reminded_a_month_a_week_and_on_the_day_once_each() -> None:
    hotel()

    for day in range(365 * 2):
        decide(at=morning(START + timedelta(days=day)))
        decide(at=morning(START + timedelta(days=day), hour=20))

    decided = list(Reminder.objects.order_by("id").values_list("milestone", "decided_at"))
    assert decided == [
        ("month", morning(date(2027, 4, 3))),
        ("week", morning(date(2027, 4, 26))),
        ("day", morning(END)),
    ]
    assert Message.objects.filter(template="reminder").count() == 3


@pytest.mark.parametrize(("hour", "count"), [(5, 0), (6, 1)])
def test_nothing_leaves_before_eight_in_the_zone_of_the_account(hour: int, count: int) -> None:
    hotel()

    decide(at=morning(date(2027, 4, 3), hour=hour))

    assert Reminder.objects.count() == count


def test_canarias_hears_an_hour_after_madrid() -> None:
    hotel(time_zone="Atlantic/Canary")

    decide(at=morning(date(2027, 4, 3), hour=6))
    assert Reminder.objects.count() == 0
    decide(at=morning(date(2027, 4, 3), hour=7))

    assert Reminder.objects.count() == 1


@pytest.mark.parametrize(
    ("end", "eight"),
    [
        (date(2027, 3, 28), 6),  # the night that loses an hour
        (date(2027, 10, 31), 7),  # the night that repeats one
    ],
)
def test_on_the_mornings_after_a_change_of_the_hour_eight_is_eight(end: date, eight: int) -> None:
    hotel(starts_on=add_months(end, -12, anchor_day=end.day))
    decide(at=morning(end - timedelta(days=1)))
    earlier = Reminder.objects.count()

    decide(at=morning(end, hour=eight) - timedelta(minutes=1))
    assert Reminder.objects.count() == earlier
    decide(at=morning(end, hour=eight))

    assert told()[-1] == ("Hotel", "day")


def test_a_year_that_ends_on_the_29th_of_february_is_told_on_the_29th_of_january() -> None:
    account = hotel(starts_on=date(2024, 2, 29), months=48)
    assert account.covered_until == date(2028, 2, 29)

    decide(at=morning(date(2028, 1, 28), hour=12))
    assert told() == []
    decide(at=morning(date(2028, 1, 29), hour=12))

    assert told() == [("Hotel", "month")]


@pytest.mark.parametrize(
    ("before", "after"),
    [("Europe/Madrid", "Atlantic/Canary"), ("Atlantic/Canary", "Europe/Madrid")],
)
def test_a_zone_that_changes_on_the_last_day_neither_repeats_nor_loses_the_reminder(
    before: str, after: str
) -> None:
    account = hotel(time_zone=before)
    decide(at=morning(END, hour=7))
    expected = [("Hotel", "day")]
    assert told() == expected

    for hour in (8, 9, 20):
        configuring.configure(
            account,
            replace(configuring.Details.of(account), time_zone=after),
            seen=configuring.Details.of(account).mark,
            by=make.superadmin(account.organisation),
            at=morning(END, hour=hour),
        )
        account.refresh_from_db()
        decide(at=morning(END, hour=hour))

    assert told() == expected


def test_an_evening_on_which_madrid_has_expired_and_canarias_has_not() -> None:
    peninsula = hotel()
    island = hotel(time_zone="Atlantic/Canary")
    midnight_in_madrid = morning(END - timedelta(days=1), hour=22)

    assert [is_expired(each, at=midnight_in_madrid) for each in (peninsula, island)] == [
        True,
        False,
    ]
    decide(at=midnight_in_madrid)

    assert {reminder.milestone for reminder in Reminder.objects.filter(overtaken=False)} == {"week"}


def test_a_month_before_the_31st_is_the_last_of_a_shorter_month() -> None:
    account = hotel(starts_on=date(2026, 3, 31))
    assert account.covered_until == date(2027, 3, 31)

    decide(at=morning(date(2027, 2, 27), hour=12))
    assert Reminder.objects.count() == 0
    decide(at=morning(date(2027, 2, 28), hour=12))

    assert told() == [("Hotel", "month")]


def test_after_an_outage_only_the_latest_is_told_and_the_others_are_overtaken() -> None:
    hotel()

    decide(at=morning(date(2027, 4, 28)))

    assert list(Reminder.objects.order_by("milestone").values_list("milestone", "overtaken")) == [
        ("month", True),
        ("week", False),
    ]
    message = Message.objects.get(template="reminder")
    assert message.context["days_left"] == 5
    assert message.send_before == datetime(2027, 5, 3, 6, tzinfo=UTC)


def test_a_week_after_the_end_nothing_is_told_any_more() -> None:
    hotel()

    decide(at=morning(END + timedelta(days=8)))
    assert Reminder.objects.count() == 0
    decide(at=morning(END + timedelta(days=7)))

    assert told() == [("Hotel", "day")]


def test_a_term_shorter_than_a_week_is_reminded_on_its_last_day_alone() -> None:
    account = hotel()
    adjusting.end_early(
        account, START + timedelta(days=4), reason="Baja", by=make.commercial(), at=morning(START)
    )

    for day in range(12):
        decide(at=morning(START + timedelta(days=day), hour=12))

    assert told() == [("Hotel", "day")]


def test_what_was_past_when_it_was_recorded_is_never_told() -> None:
    account = hotel(starts_on=date(2025, 5, 3))
    make.renewal_order(account, at=morning(date(2026, 5, 1)))

    recorded = Account.objects.get(pk=account.pk)
    decide(at=morning(date(2026, 5, 3)))

    assert [milestone for _name, milestone in told()] == ["day"]
    assert recorded.covered_until == date(2026, 5, 3)


def test_a_renewed_account_is_left_alone_and_reminded_again_when_it_is_undone() -> None:
    account = hotel()
    at = morning(date(2027, 4, 2))
    orders.accept(make.renewal_order(account, at=at), by=make.commercial(), at=at)

    decide(at=morning(date(2027, 4, 3)))
    assert told() == []
    account.refresh_from_db()
    undoing.undo(account, by=make.commercial(), at=morning(date(2027, 4, 10)))
    decide(at=morning(date(2027, 4, 10)))

    assert told() == [("Hotel", "month")]


def test_who_will_not_renew_is_not_reminded_until_they_take_it_back() -> None:
    account = hotel()
    nuria = make.superadmin(account.organisation)
    non_renewal.leave(account, by=nuria, at=make.NOON)

    decide(at=morning(date(2027, 4, 3)))
    assert told() == []
    account.refresh_from_db()
    non_renewal.stay(account, by=nuria, at=morning(date(2027, 4, 4)))
    decide(at=morning(date(2027, 4, 4)))

    assert told() == [("Hotel", "month")]


def test_everybody_is_told_once_for_an_address_in_their_own_language() -> None:
    account = hotel()
    organisation = account.organisation
    organisation.notice_address = "avisos@norte.example"
    organisation.save(update_fields=["notice_address"])
    john = make.person("John", language="en")
    john.memberships.create(organisation=organisation, created_at=make.NOON)
    Account.objects.filter(pk=account.pk).update(contact_email="avisos@norte.example")

    decide(at=morning(date(2027, 4, 3)))

    messages = Message.objects.filter(template="reminder")
    assert messages.count() == 3
    assert messages.get(address=john.email).language == "en"
    assert messages.get(address="avisos@norte.example").person is None
    assert set(messages.filter(only_leaders=True).values_list("person__name", flat=True)) == {
        "John",
        "Nuria Vidal",
    }


def test_with_nobody_to_tell_the_commercial_department_is_told() -> None:
    make.account("Sola", starts_on=START)
    elena = make.commercial("Elena Cid")

    decide(at=morning(date(2027, 4, 3)))

    assert Message.objects.filter(template="reminder_unheard", address=elena.email).exists()
    assert not Message.objects.filter(template="reminder").exists()


def test_a_renewal_under_review_is_mentioned() -> None:
    account = hotel()
    order = make.renewal_order(account, at=morning(date(2027, 4, 2)))

    decide(at=morning(date(2027, 4, 3)))

    contexts = Message.objects.filter(template="reminder").values_list("context", flat=True)
    assert {context["renewal"] for context in contexts} == {order.number}


def test_a_long_address_has_room_in_the_key() -> None:
    account = hotel()
    long = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example"
    Account.objects.filter(pk=account.pk).update(contact_email=long)

    decide(at=morning(date(2027, 4, 3)))

    assert Message.objects.filter(address=long).exists()


def test_deciding_takes_as_many_statements_for_forty_accounts_as_for_one() -> None:
    counts = []
    for more in (1, 39):
        for _ in range(more):
            make.superadmin(make.account(starts_on=START).organisation)
        with CaptureQueriesContext(connection) as sent:
            decide(at=morning(date(2027, 4, 3)))
        counts.append(len(sent))
        assert Reminder.objects.filter(milestone="month").count() == sum((1, 39)[: len(counts)])

    assert counts[0] == counts[1]


def test_who_leads_is_told_to_press_and_the_contact_whom_to_ask() -> None:
    account = hotel()
    Account.objects.filter(pk=account.pk).update(contact_email="hola@hotel.example")
    decide(at=morning(date(2027, 4, 3)))

    said = {
        message.address: render(message, address="https://vatio.example").text
        for message in Message.objects.filter(template="reminder")
    }

    leader = Person.objects.get(memberships__organisation=account.organisation).email
    assert "pulse «Renovar» en su página" in said[leader]
    assert "quien dirige la organización" in said["hola@hotel.example"]


def test_importing_a_portfolio_tells_nobody_of_what_was_past() -> None:
    norte = make.organisation()
    make.superadmin(norte)
    make.licence("Básica Mtr")
    rows = [
        "Expirada;Nadie;Básica Mtr;01/11/2025;20/11/2026",
        "Esta semana;Nadie;Básica Mtr;28/11/2025;28/11/2026",
        "Este mes;Nadie;Básica Mtr;15/12/2025;15/12/2026",
        "Hoy;Nadie;Básica Mtr;24/11/2025;24/11/2026",
    ]
    content = "\n".join(["Cuenta;Cliente;Licencia;Inicio;Fin", *rows]).encode()
    plan = importing.plan(norte, content, licences={}, ends="exclusive", at=make.NOON)
    importing.carry_out(plan, by=make.commercial(), at=make.NOON)

    decide(at=make.NOON + timedelta(hours=2))
    assert told() == []
    for day in range(1, 60):
        decide(at=make.NOON + timedelta(days=day))

    assert told() == [("Esta semana", "day"), ("Este mes", "week"), ("Este mes", "day")]


@pytest.mark.django_db(transaction=True)
def test_many_who_decide_at_once_tell_each_milestone_once() -> None:
    for _ in range(5):
        make.superadmin(make.account(starts_on=START).organisation)

    together([lambda: decide(at=morning(date(2027, 4, 3))) for _ in range(6)])

    assert Reminder.objects.count() == 5
    assert Message.objects.filter(template="reminder").count() == 5


class TestCalendars(TestCase):
    """Random accounts, zones, outages and double runs, against a plain reading of the rule."""

    @given(
        start=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
        months=st.integers(1, 14),
        time_zone=st.sampled_from(["Europe/Madrid", "Atlantic/Canary", "America/Santiago"]),
        gaps=st.lists(st.integers(1, 45), min_size=1, max_size=25),
    )
    @settings(
        max_examples=full_or_tenth(60),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_each_milestone_is_decided_when_the_rule_says(
        self, start: date, months: int, time_zone: str, gaps: list[int]
    ) -> None:
        account = make.account(starts_on=start, months=months, time_zone=time_zone)
        make.superadmin(account.organisation)
        end = account.covered_until
        assert end is not None
        milestones = {
            "month": add_months(end, -1, anchor_day=end.day),
            "week": end - timedelta(days=7),
            "day": end,
        }
        assert milestones == {each.value: each.due_on(end) for each in Milestone}
        expected: dict[str, bool] = {}
        at = morning(max(start, end - timedelta(days=40)), hour=15)
        for gap in [0, *gaps]:
            at += timedelta(days=gap)
            today = day_at(at, time_zone)
            if today <= end + timedelta(days=7):
                due = [m for m, day in milestones.items() if start < day <= today]
                for milestone in due:
                    expected.setdefault(milestone, milestone != due[-1])

            decide(at=at)
            decide(at=at)

        decided = dict(Reminder.objects.values_list("milestone", "overtaken"))
        assert decided == expected
        told = [milestone for milestone, overtaken in expected.items() if not overtaken]
        assert Message.objects.filter(template="reminder").count() == len(told)
