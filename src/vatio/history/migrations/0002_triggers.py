"""Closes the history to change, for the owner of the tables too.

`refuse_change()` serves every append-only table.
"""

from django.db import migrations

CLOSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% never changes: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER acts_never_change BEFORE UPDATE OR DELETE ON history_act
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER acts_are_never_emptied BEFORE TRUNCATE ON history_act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0001_schema"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
