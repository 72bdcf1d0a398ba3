"""Fills the current holdings of the accounts that there are.

An account without a row would be shown right as well, but its list would compute what it holds
on every visit, until the next change of the account.
"""

from django.db import migrations

FILL = """
INSERT INTO accounts_currentholding (account_id, organisation_id, term_id, licence_id,
    meters, supply_points, data_points, rtc_lines, holds_from, changes_on)
SELECT asked.id, asked.organisation_id, term.id, granted.licence_id,
       version.meters + extras.meters, version.supply_points + extras.supply_points,
       version.data_points + extras.data_points, version.rtc_lines + extras.rtc_lines,
       greatest(term.starts_on, extras.latest), least(ahead.effective_on, following.starts_on)
FROM (
    SELECT id, organisation_id,
           greatest(opened_on,
                    least((now() AT TIME ZONE time_zone)::date, covered_until - 1)) AS day
    FROM accounts_account
) AS asked
JOIN accounts_term term ON term.account_id = asked.id AND term.live @> asked.day
JOIN LATERAL (
    SELECT max(effective_on) AS latest, sum(extra_meters)::int AS meters,
           sum(extra_supply_points)::int AS supply_points,
           sum(extra_data_points)::int AS data_points, sum(extra_rtc_lines)::int AS rtc_lines
    FROM accounts_grant WHERE term_id = term.id AND effective_on <= asked.day
) AS extras ON true
JOIN LATERAL (
    SELECT licence_id FROM accounts_grant
    WHERE term_id = term.id AND effective_on <= asked.day AND licence_id IS NOT NULL
    ORDER BY effective_on DESC, id DESC LIMIT 1
) AS granted ON true
JOIN catalogue_licenceversion version ON version.id = granted.licence_id
CROSS JOIN LATERAL (
    SELECT min(effective_on) AS effective_on FROM accounts_grant
    WHERE term_id = term.id AND effective_on > asked.day
) AS ahead
CROSS JOIN LATERAL (
    SELECT min(starts_on) AS starts_on FROM accounts_term
    WHERE account_id = asked.id AND starts_on > asked.day AND NOT isempty(live)
) AS following
ON CONFLICT (account_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_current_holdings_are_of_their_account")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
