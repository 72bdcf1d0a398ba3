"""Counts the accounts that end at each instant, from now on by triggers.

They act once for a statement, in the order of the instants: two statements that
touch the same counts wait for each other, and never for ever.
"""

from django.db import migrations

COUNT = """
CREATE FUNCTION count_endings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO accounts_endingcount AS kept (organisation_id, ends_at, accounts)
        SELECT organisation_id, ends_at, count(*) FROM came
        WHERE ends_at IS NOT NULL
        GROUP BY organisation_id, ends_at ORDER BY organisation_id, ends_at
        ON CONFLICT (organisation_id, ends_at)
            DO UPDATE SET accounts = kept.accounts + excluded.accounts;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE accounts_endingcount kept SET accounts = kept.accounts - gone.number
        FROM (SELECT organisation_id, ends_at, count(*) AS number FROM went
              WHERE ends_at IS NOT NULL GROUP BY organisation_id, ends_at) AS gone
        WHERE (kept.organisation_id, kept.ends_at) = (gone.organisation_id, gone.ends_at);
    ELSIF EXISTS (SELECT 1 FROM came JOIN went USING (id)
                  WHERE came.ends_at IS DISTINCT FROM went.ends_at) THEN
        PERFORM 1 FROM accounts_endingcount kept
        JOIN (SELECT organisation_id, ends_at FROM came UNION
              SELECT organisation_id, ends_at FROM went) AS touched
          ON (kept.organisation_id, kept.ends_at) = (touched.organisation_id, touched.ends_at)
        ORDER BY kept.organisation_id, kept.ends_at FOR UPDATE OF kept;
        INSERT INTO accounts_endingcount AS kept (organisation_id, ends_at, accounts)
        SELECT came.organisation_id, came.ends_at, count(*) FROM came JOIN went USING (id)
        WHERE came.ends_at IS DISTINCT FROM went.ends_at AND came.ends_at IS NOT NULL
        GROUP BY came.organisation_id, came.ends_at
        ORDER BY came.organisation_id, came.ends_at
        ON CONFLICT (organisation_id, ends_at)
            DO UPDATE SET accounts = kept.accounts + excluded.accounts;
        UPDATE accounts_endingcount kept SET accounts = kept.accounts - gone.number
        FROM (SELECT went.organisation_id, went.ends_at, count(*) AS number
              FROM came JOIN went USING (id)
              WHERE came.ends_at IS DISTINCT FROM went.ends_at AND went.ends_at IS NOT NULL
              GROUP BY went.organisation_id, went.ends_at) AS gone
        WHERE (kept.organisation_id, kept.ends_at) = (gone.organisation_id, gone.ends_at);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER endings_come AFTER INSERT ON accounts_account
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION count_endings();
CREATE TRIGGER endings_move AFTER UPDATE ON accounts_account
    REFERENCING OLD TABLE AS went NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_endings();
CREATE TRIGGER endings_go AFTER DELETE ON accounts_account
    REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION count_endings();

INSERT INTO accounts_endingcount (organisation_id, ends_at, accounts)
SELECT organisation_id, ends_at, count(*) FROM accounts_account
WHERE ends_at IS NOT NULL GROUP BY organisation_id, ends_at;
"""

FORGET = """
DROP TRIGGER endings_go ON accounts_account;
DROP TRIGGER endings_move ON accounts_account;
DROP TRIGGER endings_come ON accounts_account;
DROP FUNCTION count_endings();
DELETE FROM accounts_endingcount;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_endings_are_counted")]
    operations = [migrations.RunSQL(COUNT, FORGET)]
