"""Closes what is never deleted to TRUNCATE, for the owner of the tables too."""

from django.db import migrations

CLOSE = """
CREATE TRIGGER imports_are_never_emptied BEFORE TRUNCATE ON portfolios_import
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portfolios", "0001_schema"),
        ("history", "0002_triggers"),
    ]
    operations = [migrations.RunSQL(CLOSE)]
