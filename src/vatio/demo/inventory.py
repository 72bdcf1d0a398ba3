"""Installs something in the demo's accounts, by a few statements for all of them."""

from datetime import datetime, timedelta

from django.db import connection

from vatio.accounts import adjusting
from vatio.accounts.holdings import Holding, shown
from vatio.accounts.models import Account
from vatio.demo.histories import has_gateway, sharpness
from vatio.metering.checking import WANTED
from vatio.tenants.models import Person
from vatio.units import Quantities, Unit

SHARES = (55, 86, 30, 72, 100, 45, 92, 61)
"""How many per cent of what they hold accounts use, one after the other."""

MOST_POINTS = 400
POINTS_OF_A_METER = 8
SUPPLIES_WITHOUT_LIMIT = 3

OVER, FEWER = "Ayuntamiento de Valdeluz 003", 40
"""The account that uses more than it holds, since its meters were adjusted to so many."""

PLAN = """
CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
SELECT * FROM unnest(%(accounts)s::bigint[], %(organisations)s::bigint[], %(time_zones)s::text[],
    %(since)s::timestamptz[], %(until)s::timestamptz[], %(supplies)s::int[], %(meters)s::int[],
    %(points)s::int[], %(lines)s::int[], %(sectors)s::text[], %(minutes)s::int[],
    %(gateways)s::boolean[])
AS plan (account, organisation, time_zone, since, until, supplies, meters, points, lines, sector,
    minutes, has_gateway)
"""
"""One row an account: how many things of each kind, added evenly from `since` to `until`.

The last of several supply points is gas. `minutes` is the resolution of the series, and
`has_gateway` whether a gateway inserts the readings that nobody calls for; else files bring them.
"""

SITES = """
INSERT INTO metering_site (uid, account_id, organisation_id, parent_id, name, address, activity,
    working_hours, local_holidays, time_zone, created_at)
SELECT gen_random_uuid(), account, organisation, NULL, name, '', '', '', '{}', time_zone, since
FROM plan CROSS JOIN (VALUES (1, 'Edificio principal'), (2, 'Exteriores')) AS site (place, name)
ORDER BY account, place;

INSERT INTO metering_site (uid, account_id, organisation_id, parent_id, name, address, activity,
    working_hours, local_holidays, time_zone, created_at)
SELECT gen_random_uuid(), account, organisation, above.id, part.name, '', '', '', '{}',
       plan.time_zone, since
FROM plan JOIN metering_site above ON above.account_id = account AND parent_id IS NULL
JOIN (VALUES (1, 'Edificio principal', 'Planta baja'), (2, 'Edificio principal', 'Planta primera'),
             (3, 'Edificio principal', 'Sala de máquinas'), (4, 'Exteriores', 'Aparcamiento'))
    AS part (place, above, name) ON part.above = above.name
ORDER BY account, place
"""
"""Their order is that of their keys, by which meters are shared out among them."""

SUPPLY_POINTS = """
WITH numbered AS (
    SELECT plan.*, n, n = supplies AND n > 1 AS is_gas,
           (CASE WHEN n = supplies AND n > 1 THEN 217
                 ELSE (ARRAY[21, 22, 26, 31])[1 + account % 4] END
            * 1000000000000 + account * 7919 * 1000 + n * 37)::bigint AS digits
    FROM plan CROSS JOIN generate_series(1, supplies) AS n
)
INSERT INTO metering_supplypoint (uid, account_id, organisation_id, site_id, name, energy, cups,
    cups_suffix, supplier, policy, territory, manages_bills, service, service_since, created_at)
SELECT gen_random_uuid(), account, organisation,
    (SELECT id FROM metering_site WHERE account_id = account AND parent_id IS NULL
     ORDER BY id LIMIT 1),
    CASE WHEN n = 1 THEN 'Acometida general' WHEN is_gas THEN 'Gas de la caldera'
         ELSE 'Suministro ' || lpad(n::text, 2, '0') END,
    CASE WHEN is_gas THEN 'gas' ELSE 'electricity' END,
    'ES' || lpad(digits::text, 16, '0')
        || substr('TRWAGMYFPDXBNJZSQVHLCKE', 1 + (digits % 529 / 23)::int, 1)
        || substr('TRWAGMYFPDXBNJZSQVHLCKE', 1 + (digits % 529 % 23)::int, 1),
    '', '', '',
    CASE WHEN is_gas THEN '' WHEN time_zone = 'Atlantic/Canary' THEN 'canarias'
         ELSE 'peninsula' END,
    true, 'accepted', moment, moment
FROM numbered CROSS JOIN LATERAL (SELECT since + (until - since) * n / supplies) AS taken (moment)
ORDER BY account, n
"""
"""The letters of a CUPS are those of its digits modulo 529, in an alphabet of 23."""

CONTRACTS = """
INSERT INTO metering_supplycontract (account_id, organisation_id, supply_point_id, retailer,
    tariff, powers, policy, since, created_at)
SELECT account_id, organisation_id, point.id,
    (ARRAY['Comercializadora del Miño', 'Energía Clara', 'Luz de Poniente'])[1 + point.id % 3],
    kind.tariff, kind.powers, 'P-' || lpad(point.id::text, 7, '0'), plan.since::date - 400,
    created_at
FROM plan JOIN metering_supplypoint point ON account_id = account
JOIN (VALUES (0, '3.0TD', '{30,30,30,30,30,35}'::numeric[]), (1, '2.0TD', '{9.2,9.2}'),
             (2, '6.1TD', '{120,120,140,140,140,160}'), (3, 'RL.4', '{}'))
    AS kind (number, tariff, powers)
  ON kind.number = CASE WHEN energy = 'gas' THEN 3
        WHEN point.name <> 'Acometida general' THEN point.id % 2
        WHEN sector IN ('hotels', 'health', 'industry', 'logistics', 'commerce')
            THEN account % 2 * 2
        ELSE 0 END
"""
"""A whole building has three phases, and the larger trades every other time a transformer."""

METERS = """
INSERT INTO metering_meter (uid, account_id, organisation_id, site_id, name, serial, make, service,
    service_since, created_at)
SELECT gen_random_uuid(), account, organisation, sites.ids[1 + n % cardinality(sites.ids)],
    CASE WHEN n = 1 THEN 'Contador general'
         WHEN n = supplies THEN 'Contador de gas'
         WHEN n < supplies AND sector = 'administration' THEN 'Alumbrado ' || lpad(n::text, 2, '0')
         WHEN n < supplies THEN 'Contador ' || lpad(n::text, 2, '0')
         ELSE (ARRAY['Climatización', 'Iluminación', 'Cocina',
             'Ascensores', 'Calderas', 'Bombas', 'Cámaras', 'Cargadores'])[1 + n % 8]
             || ' ' || lpad(n::text, 2, '0') END,
    'VT' || account || '-' || lpad(n::text, 4, '0'),
    (ARRAY['Circutor', 'Schneider', 'Landis+Gyr'])[1 + n % 3], 'accepted', moment, moment
FROM plan CROSS JOIN generate_series(1, meters) AS n
CROSS JOIN LATERAL (SELECT array_agg(id ORDER BY id) FROM metering_site
                    WHERE account_id = account) AS sites (ids)
CROSS JOIN LATERAL (SELECT since + (until - since) * n / meters) AS taken (moment)
ORDER BY account, n;

INSERT INTO metering_datasource (uid, account_id, organisation_id, name, kind, created_at)
SELECT gen_random_uuid(), account, organisation, name, kind, since
FROM plan JOIN (VALUES ('Pasarela', 'insertion', 0), ('Ficheros de la distribuidora', 'files', 0),
                       ('Llamadas', 'collector', 1)) AS source (name, kind, least)
  ON lines >= least
"""

BELOW = """
CREATE TEMPORARY TABLE numbered_meter ON COMMIT DROP AS
SELECT meter.id, account_id, row_number() OVER (PARTITION BY account_id ORDER BY meter.id) AS n,
       created_at
FROM metering_meter meter JOIN plan ON account = account_id;

CREATE TEMPORARY TABLE numbered_supply ON COMMIT DROP AS
SELECT point.id, account_id, row_number() OVER (PARTITION BY account_id ORDER BY point.id) AS n
FROM metering_supplypoint point JOIN plan ON account = account_id;
CREATE UNIQUE INDEX ON numbered_meter (account_id, n);
CREATE UNIQUE INDEX ON numbered_supply (account_id, n);
ANALYZE numbered_meter, numbered_supply
"""

MEASUREMENTS = """
INSERT INTO metering_measurement (account_id, organisation_id, meter_id, supply_point_id, role)
SELECT account, organisation, meter.id, supply.id,
       CASE WHEN meter.n = supply.n THEN 'principal' ELSE 'part' END
FROM plan JOIN numbered_meter meter ON meter.account_id = account
JOIN numbered_supply supply ON supply.account_id = account
 AND supply.n = CASE WHEN meter.n <= supplies THEN meter.n ELSE 1 END
"""

LINES = """
INSERT INTO metering_rtcline (uid, account_id, organisation_id, supply_point_id, meter_id, service,
    service_since, created_at)
SELECT gen_random_uuid(), account, organisation, supply.id, meter.id, 'accepted', created_at,
       created_at
FROM plan JOIN numbered_meter meter ON meter.account_id = account AND meter.n <= lines
JOIN numbered_supply supply ON (supply.account_id, supply.n) = (account, meter.n)
"""

DATA_POINTS = """
INSERT INTO metering_datapoint (uid, account_id, organisation_id, meter_id, quantity, name,
    source_id, service, service_since, created_at)
SELECT gen_random_uuid(), account, organisation, meter.id, kind.quantity,
    measured.name || ' · ' || kind.name, source.id, 'accepted', moment, moment
FROM plan CROSS JOIN generate_series(0, points - 1) AS place
JOIN numbered_meter meter ON (meter.account_id, meter.n) = (account, 1 + place % meters)
JOIN metering_meter measured ON measured.id = meter.id
JOIN (VALUES (0, 402, 'Energía activa', false), (1, 404, 'Energía reactiva inductiva', false),
             (2, 401, 'Potencia activa', false), (3, 405, 'Tensión', false),
             (4, 406, 'Corriente', false), (5, 412, 'Factor de potencia', false),
             (6, 408, 'Energía reactiva capacitiva', false), (7, 414, 'Frecuencia', false),
             (0, 420, 'Energía de gas', true), (1, 419, 'Gas', true))
    AS kind (number, quantity, name, is_gas)
  ON (kind.number, kind.is_gas) = (place / meters, meter.n = supplies AND supplies > 1)
JOIN metering_datasource source ON source.account_id = account
 AND source.kind = CASE WHEN meter.n <= lines THEN 'collector'
                        WHEN has_gateway THEN 'insertion' ELSE 'files' END
CROSS JOIN LATERAL (
    SELECT greatest(meter.created_at, since + (until - since) * (place + 1) / points)
) AS taken (moment);

INSERT INTO metering_sourcedevice (account_id, organisation_id, source_id, did, meter_id)
SELECT account, organisation, source.id, meter.n::text, meter.id
FROM plan JOIN metering_datasource source ON source.account_id = account AND kind = 'insertion'
JOIN numbered_meter meter ON meter.account_id = account AND meter.n > lines;

INSERT INTO metering_series (account_id, organisation_id, data_point_id, minutes, kind, time_zone,
    created_at)
SELECT account, organisation, point.id, minutes, 'interval', time_zone, created_at
FROM plan JOIN metering_datapoint point ON account_id = account
"""

ALLOCATIONS = f"""
INSERT INTO metering_allocation (account_id, organisation_id, unit, kind, thing, taken_at)
SELECT wanted.account_id, wanted.organisation_id, unit, kind, thing,
       coalesce(point.created_at, meter.created_at, supply.created_at, line.created_at)
FROM ({WANTED}) AS wanted
LEFT JOIN metering_supplypoint supply ON (kind, thing) = ('supply_point', supply.id)
LEFT JOIN metering_meter meter ON (kind, thing) = ('meter', meter.id)
LEFT JOIN metering_datapoint point ON (kind, thing) = ('data_point', point.id)
LEFT JOIN metering_rtcline line ON (kind, thing) = ('rtc_line', line.id)
ORDER BY 6
"""  # noqa: S608

USAGE = f"""
INSERT INTO entitlements_usage (account_id, organisation_id, unit, used, told_step, told_held,
    tellings)
SELECT account, organisation, unit, used, step, CASE WHEN step > 0 THEN held END,
       CASE WHEN step > 0 THEN 1 ELSE 0 END
FROM plan JOIN accounts_currentholding own ON own.account_id = account
CROSS JOIN LATERAL (VALUES {", ".join(f"('{unit}', own.{unit})" for unit in Unit)})
    AS each (unit, held)
CROSS JOIN LATERAL (
    SELECT count(*)::int FROM metering_allocation allocation
    WHERE allocation.account_id = account AND allocation.unit = each.unit
) AS counted (used)
CROSS JOIN LATERAL (
    SELECT CASE WHEN held > 0 AND used >= held THEN 100
                WHEN held > 0 AND used * 100 >= held * 80 THEN 80 ELSE 0 END
) AS told (step)
"""  # noqa: S608
"""What is used, with the step that the SuperAdministrators would have been told of on the way."""

FILL = (
    SITES,
    SUPPLY_POINTS,
    CONTRACTS,
    METERS,
    BELOW,
    MEASUREMENTS,
    LINES,
    DATA_POINTS,
    ALLOCATIONS,
    USAGE,
)


def install(*, by: Person, at: datetime) -> None:
    """Install things in every account that has started, within what it holds but for one."""
    accounts = list(Account.objects.filter(opened_on__lte=at.date()).order_by("id"))
    holdings = shown(accounts, at=at)
    planned = [
        _counts(holdings[account.pk], 94 if account.name == OVER else SHARES[place % len(SHARES)])
        for place, account in enumerate(accounts)
    ]
    supplies, meters, points, lines = map(list, zip(*planned, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            PLAN,
            {
                "accounts": [account.pk for account in accounts],
                "organisations": [account.organisation_id for account in accounts],
                "time_zones": [account.time_zone for account in accounts],
                "since": [account.created_at for account in accounts],
                "until": [_last_work(account, at=at) for account in accounts],
                "supplies": supplies,
                "meters": meters,
                "points": points,
                "lines": lines,
                "sectors": [account.sector for account in accounts],
                "minutes": [sharpness(account.name) for account in accounts],
                "gateways": [has_gateway(account.name) for account in accounts],
            },
        )
        for statements in FILL:
            for statement in statements.split(";\n"):
                cursor.execute(statement)
    adjusting.adjust_quantities(
        Account.objects.get(name=OVER),
        Quantities(meters=FEWER),
        reason="Se han cerrado dos edificios municipales.",
        by=by,
        at=at - timedelta(days=40),
    )


def _counts(holding: Holding, share: int) -> tuple[int, int, int, int]:
    """Return how many supply points, meters, data points and lines make a share of what is held.

    A meter that is called costs its line: it comes on top of the meters. Gas is never called.
    """
    held = holding.totals
    supplies = _part(held[Unit.SUPPLY_POINTS], share, SUPPLIES_WITHOUT_LIMIT)
    most_points = _part(held[Unit.DATA_POINTS], share, MOST_POINTS)
    points = min(most_points, MOST_POINTS)
    lines = min(_part(held[Unit.RTC_LINES], share, 0), max(supplies - 1, min(supplies, 1)))
    meters = _part(held[Unit.METERS], share, -(-points // POINTS_OF_A_METER)) + lines
    return supplies, meters, min(points, meters * 2) if held[Unit.METERS] else points, lines


def _part(held: int | None, share: int, without_limit: int) -> int:
    return without_limit if held is None else held * share // 100


def _last_work(account: Account, *, at: datetime) -> datetime:
    """Return when the last thing was added: before the account ended, and before today."""
    assert account.ends_at is not None
    days = 60 if account.name == OVER else 3
    return max(min(at, account.ends_at) - timedelta(days=days), account.created_at)
