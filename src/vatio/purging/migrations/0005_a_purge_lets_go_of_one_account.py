"""Lets the tables' owner delete the rows of the one account that it says it is purging.

`vatio.purged_account` is set for a transaction. The pages' role may set it too, and
gains nothing: it owns no table. Nothing can be changed, by anybody, as before.
"""

from django.db import migrations

OPEN = """
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
"""

CLOSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% never changes: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION is_purged(oid, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("purging", "0004_purges_stay_with_their_account"),
        ("orders", "0004_comments_stay_with_their_order"),
        ("reminders", "0002_decisions_never_change"),
    ]
    operations = [migrations.RunSQL(OPEN, CLOSE)]
