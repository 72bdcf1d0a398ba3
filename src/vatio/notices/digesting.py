"""Queues a daily digest of the news of each person who chose one."""

from datetime import datetime, time

from django.db import connection, transaction

from vatio.dates import DEPARTMENT_TIME_ZONE
from vatio.notifications.models import Message
from vatio.notifications.news import DIGEST
from vatio.notifications.queueing import WORTH_SENDING, insert_from

AT = time(8, 15)
"""When a day's digest is gathered, on the person's clock.

Reminders are decided from eight on: a quarter of an hour later the day's own are in the digest.
"""

# A person's day ends at AT on their clock: of their quiet hours, else of the first organisation
# that they lead, else of their first account, else of the department. The digest of a day takes
# what was queued until its end. Its idempotency key is the person and the day. Rows that another
# worker has locked are left to it; where it has queued the day's digest meanwhile, the insertion
# waits for it and adds nothing, and what was gathered here stays for the next day. What is settled
# is read from the digests that were really inserted.
DUE = f"""
WITH reader AS (
    SELECT person.id, person.email, person.language, zone.name AS time_zone,
           ((%(at)s::timestamptz AT TIME ZONE zone.name) - time '{AT:%H:%M}')::date AS day
    FROM (SELECT DISTINCT person_id FROM notifications_message
          WHERE state = '{Message.State.GATHERED}') AS waiting
    JOIN tenants_person person ON person.id = waiting.person_id
    CROSS JOIN LATERAL (SELECT coalesce(
        (SELECT time_zone FROM people_quiethours WHERE person_id = person.id),
        (SELECT organisation.time_zone FROM tenants_membership membership
         JOIN tenants_organisation organisation ON organisation.id = membership.organisation_id
         WHERE membership.person_id = person.id ORDER BY membership.id LIMIT 1),
        (SELECT account.time_zone FROM accounts_accountrole role
         JOIN accounts_account account ON account.id = role.account_id
         WHERE role.person_id = person.id ORDER BY role.id LIMIT 1),
        '{DEPARTMENT_TIME_ZONE}') AS name OFFSET 0) AS zone
), due AS (
    SELECT reader.*, 'news-digest:' || id || ':' || day AS key,
           (day + time '{AT:%H:%M}') AT TIME ZONE time_zone AS ended_at
    FROM reader
    WHERE NOT EXISTS (SELECT FROM notifications_message known
                      WHERE known.key = 'news-digest:' || reader.id || ':' || reader.day)
), gathered AS (
    SELECT due.*, message.id AS message_id
    FROM due
    JOIN notifications_message message ON message.person_id = due.id
     AND message.state = '{Message.State.GATHERED}' AND message.queued_at <= due.ended_at
    FOR UPDATE OF message SKIP LOCKED
), digest AS (
    SELECT key, NULL::bigint AS organisation_id, NULL::bigint AS account_id,
           NULL::bigint AS order_id, id AS person_id, email AS address, language,
           '{DIGEST}' AS template,
           jsonb_build_object(
               'news', jsonb_agg(message_id ORDER BY message_id), 'count', count(*),
               'groups', '[]'::jsonb, 'more', 0, 'path', '/notices/',
               'time_zone', time_zone) AS context,
           false AS secret, false AS only_leaders,
           %(send_before)s::timestamptz AS send_before, false AS here
    FROM gathered
    GROUP BY key, id, email, language, time_zone
), written AS ({insert_from("digest", returning="context")}),
settled AS (
    UPDATE notifications_message SET state = '{Message.State.TOLD}', settled_at = %(at)s
    WHERE state = '{Message.State.GATHERED}'
      AND id IN (SELECT jsonb_array_elements_text(context -> 'news')::bigint FROM written)
    RETURNING id
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM settled)
"""  # noqa: S608


@transaction.atomic
def digest(*, at: datetime) -> tuple[int, int]:
    """Queue the digests that are due, and settle what they tell, in one statement.

    Return how many digests were queued, and how many messages they tell. However often, late or
    concurrently this runs, each message is told in one digest, and a person has at most one
    digest a day. A day on which nothing waits has none.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "send_before": at + WORTH_SENDING})
        digests, told = cursor.fetchone()
    return digests, told
