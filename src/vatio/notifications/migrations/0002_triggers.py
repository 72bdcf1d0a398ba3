"""Closes what is never deleted to TRUNCATE, for the owner of the tables too."""

from django.db import migrations

CLOSE = """
CREATE TRIGGER messages_are_never_emptied BEFORE TRUNCATE ON notifications_message
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_schema"),
        ("history", "0002_triggers"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
