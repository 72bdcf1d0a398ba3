"""Ties every row below an account to that account's organisation, closes what was agreed to
change, and counts the accounts that end at each instant.

The counting triggers act once for a statement, in the order of the instants: two statements
that touch the same counts wait for each other, and never for ever.
"""

from django.db import migrations

CLOSE = """
ALTER TABLE accounts_accountrole ADD CONSTRAINT accounts_accountrole_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE accounts_agreement ADD CONSTRAINT accounts_agreement_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE accounts_term ADD CONSTRAINT accounts_term_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE accounts_term ADD CONSTRAINT accounts_term_agreement_id_of_its_own
    FOREIGN KEY (agreement_id, account_id) REFERENCES accounts_agreement (id, account_id);
ALTER TABLE accounts_term ADD CONSTRAINT accounts_term_closed_by_id_of_its_own
    FOREIGN KEY (closed_by_id, account_id) REFERENCES accounts_agreement (id, account_id);
ALTER TABLE accounts_grant ADD CONSTRAINT accounts_grant_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE accounts_grant ADD CONSTRAINT accounts_grant_term_id_of_its_own
    FOREIGN KEY (term_id, account_id) REFERENCES accounts_term (id, account_id);
ALTER TABLE accounts_grant ADD CONSTRAINT accounts_grant_agreement_id_of_its_own
    FOREIGN KEY (agreement_id, account_id) REFERENCES accounts_agreement (id, account_id);
ALTER TABLE accounts_smswallet ADD CONSTRAINT accounts_smswallet_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE accounts_smstransaction ADD CONSTRAINT accounts_smstransaction_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE accounts_smstransaction ADD CONSTRAINT accounts_smstransaction_agreement_id_of_its_own
    FOREIGN KEY (agreement_id, account_id) REFERENCES accounts_agreement (id, account_id);
ALTER TABLE history_act ADD CONSTRAINT history_act_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE notifications_message ADD CONSTRAINT notifications_message_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE people_onetimelink ADD CONSTRAINT people_onetimelink_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);

CREATE SEQUENCE agreements_number;

CREATE TRIGGER agreements_never_change BEFORE UPDATE OR DELETE ON accounts_agreement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER grants_never_change BEFORE UPDATE OR DELETE ON accounts_grant
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sms_transactions_never_change BEFORE UPDATE OR DELETE ON accounts_smstransaction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION keep_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.account_id, OLD.organisation_id, OLD.agreement_id, OLD.starts_on, OLD.ends_on,
        OLD.anchor_day)
     = (NEW.id, NEW.account_id, NEW.organisation_id, NEW.agreement_id, NEW.starts_on, NEW.ends_on,
        NEW.anchor_day)
       AND (OLD.closed_on IS NULL
            OR (OLD.closed_on, OLD.closed_by_id) IS NOT DISTINCT FROM (NEW.closed_on, NEW.closed_by_id))
       AND (OLD.cancelled_at IS NULL OR OLD.cancelled_at IS NOT DISTINCT FROM NEW.cancelled_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a term never changes: only its closing and its cancelling are written, once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER terms_never_change BEFORE UPDATE ON accounts_term
    FOR EACH ROW EXECUTE FUNCTION keep_terms();
CREATE TRIGGER terms_stay BEFORE DELETE ON accounts_term
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

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

CREATE TRIGGER accounts_are_never_emptied BEFORE TRUNCATE ON accounts_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agreements_are_never_emptied BEFORE TRUNCATE ON accounts_agreement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER terms_are_never_emptied BEFORE TRUNCATE ON accounts_term
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER grants_are_never_emptied BEFORE TRUNCATE ON accounts_grant
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallets_are_never_emptied BEFORE TRUNCATE ON accounts_smswallet
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sms_transactions_are_never_emptied BEFORE TRUNCATE ON accounts_smstransaction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_schema"),
        ("history", "0002_triggers"),
        ("notifications", "0001_schema"),
        ("people", "0001_schema"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
