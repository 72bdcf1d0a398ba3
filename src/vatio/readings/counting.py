"""Which data points count for a supply point, from day to day: one rule, in SQL.

On each day the data point of the principal meter counts. One that was retired goes on counting
for the days on which its meter was the principal one.
"""

PRINCIPALS = """
SELECT DISTINCT ON (measured.id) measured.id, measured.account_id, measured.supply_point_id,
    measured.since, measured.until, measured.days, point.id AS data_point_id,
    CASE WHEN point.service = 'retired' THEN point.service_since::date END AS retired_on
FROM metering_measurement measured
JOIN metering_datapoint point ON point.meter_id = measured.meter_id
    AND point.quantity = %(quantity)s
    AND point.service IN ('accepted', 'retired')
WHERE {which} AND measured.role = 'principal'
ORDER BY measured.id, point.service, point.id DESC
"""
"""The data points of principal meters, of the measurements `which`, for a quantity.

`since` and `until` (open where null) are the days, half-open, on which each counts.
"""

OF_SUPPLY_POINTS = (
    "measured.account_id = %(account)s AND measured.supply_point_id = ANY(%(supply_points)s)"
)
OF_ACCOUNTS = "measured.account_id = ANY(%(accounts)s)"
