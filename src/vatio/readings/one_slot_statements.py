"""The two statements of the short road: see `one_slot`."""

from vatio.readings.deliveries import OF_HOUR
from vatio.readings.storing import tight

LOCK = tight(f"""
SELECT asked.of_id, hour.id, hour.today,
    own.series_id, own.first_on, extract(epoch FROM own.last_at)::float8, own.last_value,
    extract(epoch FROM own.last_arrival)::float8, extract(epoch FROM own.register_at)::float8,
    own.register, own.is_clear, own.digits
FROM (
    SELECT series_id, NULL::bigint AS of_id FROM unnest(%(series)s::bigint[]) AS series_id
    UNION ALL
    SELECT counted.id, register.id FROM metering_series register
    JOIN metering_series counted ON counted.account_id = %(account)s
        AND counted.data_point_id = register.data_point_id
        AND counted.minutes = register.minutes AND counted.kind = 'interval'
    WHERE register.account_id = %(account)s AND register.id = ANY(%(registers)s::bigint[])
) AS asked
JOIN readings_state own ON own.account_id = %(account)s AND own.series_id = asked.series_id
CROSS JOIN ({OF_HOUR}) AS hour
ORDER BY own.series_id FOR UPDATE OF own
""")  # noqa: S608
"""Where the series stand and those into which registers are derived, locked; and the delivery."""

PUT = tight("""
WITH asked AS (
    SELECT * FROM unnest(%(series)s::bigint[], %(day)s::date[], %(slot)s::smallint[],
        %(value)s::float8[], %(quality)s::smallint[], %(may_fill)s::boolean[],
        %(begins)s::float8[], %(arrival)s::float8[], %(day_begins)s::float8[],
        %(day_ends)s::float8[], %(part_of)s::bigint[], %(follows)s::float8[])
    AS new (series_id, day, slot, value, quality, may_fill, begins, arrival, day_begins, day_ends,
        whole, follows)
), found AS MATERIALIZED (
    SELECT asked.*, own."values"[slot + 1] IS NULL AS is_gap,
        coalesce(own.qualities IS NULL AND own.quality = asked.quality
            AND (own."values"[slot + 1] IS NULL AND may_fill
                 OR own."values"[slot + 1] = value AND whole IS NULL), false)
        AND (whole IS NULL OR NOT EXISTS (
                SELECT FROM readings_registerfinding
                WHERE account_id = %(account)s AND series_id = whole
                  AND at >= to_timestamp(follows))
            AND NOT EXISTS (
                SELECT FROM metering_series register
                JOIN metering_datapoint point ON point.id = register.data_point_id
                JOIN metering_meterchange change ON change.account_id = %(account)s
                    AND change.meter_id = point.meter_id
                WHERE register.id = whole AND change.day >= asked.day)) AS fits
    FROM asked LEFT JOIN readings_day own ON own.account_id = %(account)s
        AND own.series_id = asked.series_id AND own.day = asked.day
), stays AS (
    SELECT series_id FROM found WHERE whole IS NULL AND NOT is_gap
), taken AS MATERIALIZED (
    SELECT found.*, coalesce(whole, series_id) IN (SELECT series_id FROM stays) AS is_old
    FROM found
    WHERE (SELECT bool_and(fits OR coalesce(whole IN (SELECT series_id FROM stays), false))
           FROM found)
), due AS (
    SELECT * FROM taken WHERE NOT is_old
), revised AS (
    INSERT INTO readings_revision (account_id, series_id, day, replaced_at, delivery_id,
        delivery_before, filled_before, version_before, slots, "values", qualities)
    SELECT %(account)s, own.series_id, own.day, to_timestamp(arrival), %(delivery)s,
        own.delivery_id, filled, own.version, '{}', '{}', '{}'
    FROM due JOIN readings_day own ON own.account_id = %(account)s
        AND own.series_id = due.series_id AND own.day = due.day
    WHERE own.delivery_id <> %(delivery)s AND own.quality >> 6 <> 6
), written AS (
    UPDATE readings_day own SET "values"[slot + 1] = value, present = present + 1,
        total = total + value, least = least(least, value),
        most = greatest(most, value), delivery_id = %(delivery)s,
        filled = CASE WHEN delivery_id <> %(delivery)s THEN ARRAY[slot]
            WHEN filled IS NOT NULL THEN array_append(filled, slot) END
    FROM due WHERE own.account_id = %(account)s AND own.series_id = due.series_id
      AND own.day = due.day
), stood AS (
    UPDATE readings_state own SET last_arrival = to_timestamp(arrival),
        last_at = CASE WHEN is_old THEN last_at ELSE to_timestamp(begins) END,
        last_value = CASE WHEN is_old THEN last_value ELSE value END,
        register_at = CASE WHEN is_old OR follows IS NULL OR whole IS NOT NULL
            THEN register_at ELSE to_timestamp(begins) END,
        register = CASE WHEN is_old OR follows IS NULL OR whole IS NOT NULL
            THEN register ELSE value END
    FROM taken WHERE own.account_id = %(account)s AND own.series_id = taken.series_id
), touched AS (
    INSERT INTO readings_touched AS own (account_id, series_id, begins_at, ends_at, arrived_at)
    SELECT %(account)s, series_id, to_timestamp(day_begins), to_timestamp(day_ends),
        to_timestamp(arrival)
    FROM due ORDER BY series_id
    ON CONFLICT (account_id, series_id) DO UPDATE SET
        begins_at = least(own.begins_at, excluded.begins_at),
        ends_at = greatest(own.ends_at, excluded.ends_at)
    WHERE own.begins_at > excluded.begins_at OR own.ends_at < excluded.ends_at
), told AS (
    SELECT count(*) FILTER (WHERE whole IS NULL AND NOT is_old) AS new,
        count(*) FILTER (WHERE whole IS NULL AND is_old) AS same,
        min(day) FILTER (WHERE whole IS NULL OR NOT is_old) AS first,
        max(day) FILTER (WHERE whole IS NULL OR NOT is_old) AS last
    FROM taken
), counted AS (
    UPDATE readings_delivery own SET new = own.new + told.new, same = own.same + told.same,
        first_day = least(first_day, first), last_day = greatest(last_day, last),
        ended_at = greatest(ended_at, %(at)s)
    FROM told WHERE account_id = %(account)s AND id = %(delivery)s AND first IS NOT NULL
        AND taken_back_at IS NULL
    RETURNING id
)
SELECT new, same, first IS NOT NULL AND NOT EXISTS (SELECT FROM counted) FROM told
""")
"""Puts all slots into their days, or none. A slot that stands there already stays.

A gateway that goes on with a day of its own (origin 6, the high bits of a quality) keeps no row of
the delivery before, as in `day_merging.merge`.

What is `whole` a register is the interval before it, which the two registers make: it is put
there if the register is, and if nothing was found of those registers, and no device was changed.
"""
