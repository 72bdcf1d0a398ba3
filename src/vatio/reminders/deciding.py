"""Decides which reminders are due, and queues them: «queda un mes», «una semana», «hoy»."""

from datetime import datetime

from django.db import connection, transaction

from vatio.notifications.queueing import insert_from
from vatio.reminders.models import Milestone

HOUR = 8
"""Reminders are queued from this hour on, in the account's time zone."""

DAYS_BEFORE = 33
"""How many days ahead to look: a month and the widest difference between time zones."""

DAYS_AFTER = 7
"""Until how many days after the end a reminder is still sent, that day included."""

# An account's last term is the one that ends when the account does. Its milestones are dates: the
# newest that is due is sent, earlier ones are overtaken. Milestones decided before are skipped, and
# the unique constraint keeps concurrent runs from sending one twice. Recipients are looked up for
# each account by key, in a LATERAL join: PostgreSQL cannot estimate how many rows a CTE returns,
# and joining two CTEs takes quadratic time. The context that all recipients of an account's
# reminder share is built once, in `told`.
DUE = f"""
WITH ending AS (
    SELECT account.id AS account_id, account.organisation_id, account.covered_until AS ends_on,
           term.id AS term_id, term.starts_on,
           (agreement.decided_at AT TIME ZONE account.time_zone)::date AS recorded_on,
           (%(at)s::timestamptz AT TIME ZONE account.time_zone) AS local_now
    FROM accounts_account account
    JOIN accounts_term term ON term.account_id = account.id AND term.cancelled_at IS NULL
     AND coalesce(term.closed_on, term.ends_on) = account.covered_until
     AND coalesce(term.closed_on, term.ends_on) > term.starts_on
    JOIN accounts_agreement agreement ON agreement.id = term.agreement_id
    WHERE account.ends_at > %(at)s::timestamptz - interval '{DAYS_AFTER + 2} days'
      AND account.ends_at < %(at)s::timestamptz + interval '{DAYS_BEFORE} days'
      AND account.not_renewing_since IS NULL
), due AS (
    SELECT ending.*, milestone.name AS milestone, milestone.due_on,
           row_number() OVER (PARTITION BY ending.term_id ORDER BY milestone.due_on DESC) AS place
    FROM ending
    CROSS JOIN LATERAL (VALUES
        ('{Milestone.MONTH}', (ends_on - interval '1 month')::date),
        ('{Milestone.WEEK}', ends_on - 7),
        ('{Milestone.DAY}', ends_on)) AS milestone (name, due_on)
    WHERE milestone.due_on > ending.starts_on AND milestone.due_on > ending.recorded_on
      AND milestone.due_on + interval '{HOUR} hours' <= ending.local_now
      AND ending.local_now::date <= ending.ends_on + {DAYS_AFTER}
), decided AS (
    INSERT INTO reminders_reminder
        (account_id, organisation_id, term_id, milestone, decided_at, overtaken)
    SELECT account_id, organisation_id, term_id, milestone, %(at)s, place > 1
    FROM due
    WHERE NOT EXISTS (SELECT 1 FROM reminders_reminder known
                      WHERE known.term_id = due.term_id AND known.milestone = due.milestone)
    ON CONFLICT (term_id, milestone) DO NOTHING
    RETURNING account_id, organisation_id, term_id, milestone, overtaken
), told AS MATERIALIZED (
    SELECT decided.account_id, decided.organisation_id, account.language, account.contact_email,
           organisation.notice_address, organisation.language AS organisation_language,
           'term-ending:' || decided.term_id || ':' || decided.milestone || ':' AS occasion,
           jsonb_build_object(
               'account', account.name, 'organisation', organisation.name,
               'ends_on', account.covered_until::text,
               'days_left', account.covered_until
                            - (%(at)s::timestamptz AT TIME ZONE account.time_zone)::date,
               'renewal', coalesce(renewal.number, ''),
               'path', '/accounts/' || account.uid || '/') AS context,
           (CASE decided.milestone
                WHEN '{Milestone.MONTH}' THEN account.covered_until - 7
                WHEN '{Milestone.WEEK}' THEN account.covered_until
                ELSE account.covered_until + {DAYS_AFTER + 1} END + interval '{HOUR} hours')
           AT TIME ZONE account.time_zone AS send_before
    FROM decided
    JOIN accounts_account account ON account.id = decided.account_id
    JOIN tenants_organisation organisation ON organisation.id = decided.organisation_id
    LEFT JOIN LATERAL (
        SELECT number FROM orders_order
        WHERE account_id = decided.account_id AND kind = 'renewal'
          AND state IN ('pending', 'offered')
        LIMIT 1) AS renewal ON true
    WHERE NOT decided.overtaken
), message AS (
    SELECT told.occasion || recipient.address AS key, told.organisation_id, told.account_id,
           NULL::bigint AS order_id, recipient.person_id, recipient.address, recipient.language,
           recipient.template,
           told.context || jsonb_build_object('leads', recipient.person_id IS NOT NULL) AS context,
           false AS secret,
           recipient.person_id IS NOT NULL AND recipient.template = 'reminder' AS only_leaders,
           told.send_before, false AS here
    FROM told
    CROSS JOIN LATERAL (
        WITH heard AS (
            SELECT DISTINCT ON (address) address, language, person_id
            FROM (SELECT lower(person.email) AS address, person.language, person.id AS person_id,
                         1 AS rank
                  FROM tenants_membership membership
                  JOIN tenants_person person
                    ON person.id = membership.person_id AND person.is_active
                  WHERE membership.organisation_id = told.organisation_id
                  UNION ALL
                  SELECT lower(told.notice_address), told.organisation_language, NULL, 2
                  WHERE told.notice_address <> ''
                  UNION ALL
                  SELECT lower(told.contact_email), told.language, NULL, 3
                  WHERE told.contact_email <> '') AS listener
            ORDER BY address, rank)
        SELECT address, language, person_id, 'reminder' AS template FROM heard
        UNION ALL
        SELECT email, language, id, 'reminder_unheard' FROM tenants_person
        WHERE is_commercial AND is_active AND NOT EXISTS (SELECT 1 FROM heard)) AS recipient
), written AS ({insert_from("message")})
SELECT (SELECT count(*) FROM decided WHERE NOT overtaken), (SELECT count(*) FROM written)
"""  # noqa: S608


@transaction.atomic
def decide(*, at: datetime) -> tuple[int, int]:
    """Decide every reminder that is due and undecided, and queue its messages, in one statement.

    Return the number of milestones announced and the number of messages queued. However often,
    late or concurrently this runs, each milestone of a term is announced at most once.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at})
        told, written = cursor.fetchone()
    return told, written
