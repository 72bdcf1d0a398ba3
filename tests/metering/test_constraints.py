"""What the database refuses by itself, whoever writes."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests import make
from tests.counts import full_or_tenth
from tests.metering.installed import Installed, install
from tests.races import together
from vatio.accounts.models import Account
from vatio.entitlements.models import Usage
from vatio.metering import sites
from vatio.metering.models import Site
from vatio.units import Quantities

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused_by(name: str, statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match=name):
        sql(statement, *values)


@pytest.fixture
def hotel() -> Account:
    return make.account("Hotel Lugo", totals=Quantities(10, 5, None, 2))


@pytest.fixture
def installed(hotel: Account) -> Installed:
    return install(hotel, by=make.commercial(), at=make.NOON)


def chain(hotel: Account, length: int, name: str = "Planta") -> list[Site]:
    """Add sites, each inside the one before."""
    made: list[Site] = []
    for number in range(length):
        details = sites.SiteDetails(f"{name} {number}", parent=made[-1] if made else None)
        made.append(sites.add_site(hotel, details, by=make.commercial(), at=make.NOON))
    return made


def test_a_site_is_never_inside_itself(hotel: Account) -> None:
    first, _second, third = chain(hotel, 3)

    for below in (first, third):
        refused_by(
            "a site is in itself",
            "UPDATE metering_site SET parent_id = %s WHERE id = %s",
            below.pk,
            first.pk,
        )


def test_sites_are_at_most_six_deep_whichever_end_moves(hotel: Account) -> None:
    upper, lower = chain(hotel, 4), chain(hotel, 3, "Sala")
    move = "UPDATE metering_site SET parent_id = %s WHERE id = %s"

    refused_by("six deep", move, upper[3].pk, lower[0].pk)
    sql(move, upper[2].pk, lower[0].pk)
    refused_by(
        "six deep",
        "INSERT INTO metering_site (uid, account_id, organisation_id, parent_id, name, address,"
        " activity, working_hours, local_holidays, time_zone, created_at) SELECT gen_random_uuid(),"
        " account_id, organisation_id, id, 'Cuarto', '', '', '', '{}', time_zone, now()"
        " FROM metering_site WHERE id = %s",
        lower[2].pk,
    )


@pytest.mark.django_db(transaction=True)
def test_two_sites_that_move_into_each_other_at_once_make_no_circle() -> None:
    hotel, by = make.account(), make.commercial()
    for number in range(full_or_tenth(50)):
        one, two = (
            sites.add_site(hotel, sites.SiteDetails(f"{name} {number}"), by=by, at=make.NOON)
            for name in ("Norte", "Sur")
        )

        def move(what: Site, where: Site) -> bool:
            try:
                sql("UPDATE metering_site SET parent_id = %s WHERE id = %s", where.pk, what.pk)
            except DatabaseError:  # a circle, or a deadlock that PostgreSQL ended
                return False
            return True

        done, refused = together(
            [lambda one=one, two=two: move(one, two), lambda one=one, two=two: move(two, one)]
        )

        assert refused == []
        assert sorted(done) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_tree_deeper_than_six() -> None:
    hotel, by = make.account(), make.commercial()
    upper, middle, lower = (chain(hotel, 3, name) for name in ("Alta", "Media", "Baja"))

    done, refused = together(
        [
            lambda: sites.change_site(
                Site.objects.get(pk=middle[0].pk),
                sites.SiteDetails("Media 0", parent=upper[2]),
                by=by,
                at=make.NOON,
            ),
            lambda: sites.change_site(
                Site.objects.get(pk=lower[0].pk),
                sites.SiteDetails("Baja 0", parent=middle[2]),
                by=by,
                at=make.NOON,
            ),
        ]
    )

    assert (len(done), [type(each) for each in refused]) == (1, [sites.NoTree])


COPY = {
    "supply_contracts_never_overlap": (
        "INSERT INTO metering_supplycontract (account_id, organisation_id, supply_point_id,"
        " retailer, tariff, powers, policy, since, until, created_at) SELECT account_id,"
        " organisation_id, supply_point_id, '', '', '{}', '', since + 400, NULL, now()"
        " FROM metering_supplycontract"
    ),
    "one_principal_meter_at_a_time": (
        "INSERT INTO metering_measurement (account_id, organisation_id, meter_id,"
        " supply_point_id, role, since) SELECT account_id, organisation_id, %s, supply_point_id,"
        " 'principal', since + 10 FROM metering_measurement"
    ),
    "one_supply_point_in_service_of_a_cups": (
        "INSERT INTO metering_supplypoint (uid, account_id, organisation_id, name, energy, cups,"
        " cups_suffix, supplier, policy, territory, manages_bills, service, service_since,"
        " created_at) SELECT gen_random_uuid(), account_id, organisation_id, 'Otra', energy, cups,"
        " '1P', '', '', territory, false, service, now(), now() FROM metering_supplypoint"
    ),
    "one_meter_in_service_of_a_serial": (
        "UPDATE metering_meter SET serial = (SELECT serial FROM metering_meter WHERE serial <> '')"
        " WHERE id = %s"
    ),
    "one_data_point_in_service_of_a_quantity": (
        "INSERT INTO metering_datapoint (uid, account_id, organisation_id, meter_id, quantity,"
        " name, service, service_since, created_at) SELECT gen_random_uuid(), account_id,"
        " organisation_id, meter_id, quantity, 'x', service, now(), now() FROM metering_datapoint"
    ),
    "one_series_of_a_resolution": (
        "INSERT INTO metering_series (account_id, organisation_id, data_point_id, minutes, kind,"
        " time_zone, created_at) SELECT account_id, organisation_id, data_point_id, minutes, kind,"
        " 'UTC', now() FROM metering_series"
    ),
    "one_line_in_service_of_a_meter": (
        "INSERT INTO metering_rtcline (uid, account_id, organisation_id, supply_point_id,"
        " meter_id, service, service_since, created_at) SELECT gen_random_uuid(), account_id,"
        " organisation_id, supply_point_id, meter_id, service, now(), now() FROM metering_rtcline"
    ),
    "one_meter_of_a_device": (
        "INSERT INTO metering_sourcedevice (account_id, organisation_id, source_id, did, meter_id)"
        " SELECT account_id, organisation_id, source_id, did, %s FROM metering_sourcedevice"
    ),
    "a_thing_takes_a_unit_once": (
        "INSERT INTO metering_allocation (account_id, organisation_id, unit, kind, thing, taken_at)"
        " SELECT account_id, organisation_id, unit, kind, thing, now() FROM metering_allocation"
        " WHERE freed_at IS NULL"
    ),
    "a_cups_has_20_characters": "UPDATE metering_supplypoint SET cups = 'ES123'",
    "electricity_has_a_territory": "UPDATE metering_supplypoint SET territory = ''",
    "a_unit_is_freed_after_it_is_taken": (
        "UPDATE metering_allocation SET freed_at = taken_at - interval '1 second'"
    ),
    "usage_is_never_negative": "UPDATE entitlements_usage SET used = -1",
    "usage_is_of_a_known_unit": "UPDATE entitlements_usage SET unit = 'watts' WHERE unit = 'meters'",
    "one_usage_of_a_unit": (
        "INSERT INTO entitlements_usage (account_id, organisation_id, unit, used, told_step,"
        " tellings) SELECT account_id, organisation_id, unit, 0, 0, 0 FROM entitlements_usage"
    ),
    "a meter_change never changes|never changes": "UPDATE metering_meterchange SET day = day + 1",
}


@pytest.mark.parametrize("constraint", COPY)
def test_what_must_never_be_is_refused(
    hotel: Account, installed: Installed, constraint: str
) -> None:
    other = make.meter(hotel)

    refused_by(constraint, COPY[constraint], *[other.pk] * COPY[constraint].count("%s"))


def test_a_retired_supply_point_leaves_its_cups_to_another(installed: Installed) -> None:
    sql("UPDATE metering_supplypoint SET service = 'retired'")

    sql(
        COPY["one_supply_point_in_service_of_a_cups"].replace("false, service", "false, 'accepted'")
    )


def test_a_contract_may_begin_on_the_day_on_which_another_ends(installed: Installed) -> None:
    sql("UPDATE metering_supplycontract SET until = since + 400")

    sql(COPY["supply_contracts_never_overlap"])


TIED = """
SELECT conrelid::regclass::text, child.attname::text, confrelid::regclass::text
FROM pg_constraint
JOIN pg_attribute child ON (child.attrelid, child.attnum) = (conrelid, conkey[1])
WHERE contype = 'f' AND conname LIKE 'metering%of_its_own' AND child.attname <> 'account_id'
"""
POINTS = r"""
SELECT table_name::text, column_name::text FROM information_schema.columns
WHERE table_schema = 'public' AND table_name LIKE 'metering\_%' AND column_name LIKE '%\_id'
  AND column_name NOT IN ('account_id', 'organisation_id', 'made_by_id')
"""


def test_no_row_is_tied_to_things_of_two_accounts(hotel: Account, installed: Installed) -> None:
    other = make.account("Hotel Soria", organisation=hotel.organisation)
    with connection.cursor() as cursor:
        cursor.execute(TIED)
        tied = cursor.fetchall()
        cursor.execute(POINTS)
        assert {(table, column) for table, column, _target in tied} == set(cursor.fetchall())
    assert len(tied) >= 14

    for table, column, _target in tied:
        if table == "metering_meterchange":
            continue
        sql_of_two = f"UPDATE {table} SET account_id = %s WHERE {column} IS NOT NULL"
        if table == "metering_site":
            sites.add_site(
                hotel,
                sites.SiteDetails("Caseta", parent=installed.site),
                by=make.commercial(),
                at=make.NOON,
            )
        refused_by("_of_its_own|never changes", sql_of_two, other.pk)


def test_a_site_of_another_account_is_no_parent(hotel: Account, installed: Installed) -> None:
    other = make.account("Hotel Soria", organisation=hotel.organisation)
    (foreign,) = chain(other, 1)

    refused_by(
        "metering_site_parent_id_of_its_own", "UPDATE metering_site SET parent_id = %s WHERE id = %s",
        foreign.pk, installed.site.pk,
    )  # fmt: skip


def test_a_usage_is_of_the_organisation_of_its_account(
    hotel: Account, installed: Installed
) -> None:
    other = make.organisation()

    refused_by("_of_its_own", "UPDATE entitlements_usage SET organisation_id = %s", other.pk)
    assert set(Usage.objects.values_list("organisation", flat=True)) == {hotel.organisation_id}


def test_the_days_of_a_meter_and_a_measurement_go_forward(installed: Installed) -> None:
    day = date(2026, 5, 3)

    refused_by(
        "a_meter_measures_forward",
        "UPDATE metering_meter SET measured_from = %s, measured_until = %s",
        day,
        day,
    )
    with pytest.raises(DatabaseError, match="a_measurement_ends|range lower bound"):
        sql("UPDATE metering_measurement SET since = %s, until = %s", day, date(2026, 5, 2))
