"""Ties exports and purges to their account's organisation, and opens one account to deletion.

`vatio.purged_account` is set for a transaction: the tables' owner may then delete the rows of
that account, and of no other. The pages' role may set it too, and gains nothing: it owns no
table. Nothing can be changed, by anybody, as before.
"""

from django.db import migrations

CLOSE = """
ALTER TABLE purging_export ADD CONSTRAINT purging_export_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);
ALTER TABLE purging_purge ADD CONSTRAINT purging_purge_account_id_of_its_own
    FOREIGN KEY (account_id, organisation_id) REFERENCES accounts_account (id, organisation_id);

CREATE FUNCTION is_purged(relation oid, gone jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM pg_class
                   WHERE oid = relation AND pg_get_userbyid(relowner) = current_user)
       AND coalesce(current_setting('vatio.purged_account', true) IN
               (gone->>'account_id',
                (SELECT account_id::text FROM orders_order WHERE id = (gone->>'order_id')::bigint)),
               false)
$$;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND is_purged(TG_RELID, to_jsonb(OLD)) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% never changes: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER exports_are_never_emptied BEFORE TRUNCATE ON purging_export
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER purges_are_never_emptied BEFORE TRUNCATE ON purging_purge
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("purging", "0001_schema"),
        ("orders", "0002_triggers"),
        ("reminders", "0002_triggers"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
